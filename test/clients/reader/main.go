// Decodes the output of stream-snapshot from stdin and encodes it again. Members without a field are
// errors, except for readers that ignore unknown members.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

const usage = "reader stream|known|streams|marketplace|configmap [SPACES]"

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 {
		return errors.New(usage)
	}
	spaces := 2
	if len(args) > 1 {
		var err error
		if spaces, err = strconv.Atoi(args[1]); err != nil {
			return err
		}
	}
	text, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	value, err := read(args[0], text)
	if err != nil {
		return err
	}
	encoded, err := json.MarshalIndent(value, "", strings.Repeat(" ", spaces))
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(encoded)
	return err
}

func read(what string, text []byte) (any, error) {
	switch what {
	case "stream":
		return decode[writtenStream](text, true)
	case "known":
		return decode[knownStream](text, false)
	case "streams":
		return decode[map[string]knownStream](text, false)
	case "marketplace":
		return decode[map[string]marketplace](text, true)
	case "configmap":
		return readConfigMap(text)
	}
	return nil, errors.New(usage)
}

func decode[Value any](text []byte, strictly bool) (Value, error) {
	var value Value
	decoder := json.NewDecoder(bytes.NewReader(text))
	if strictly {
		decoder.DisallowUnknownFields()
	}
	if err := decoder.Decode(&value); err != nil {
		return value, err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return value, errors.New("more than one value")
	}
	return value, nil
}
