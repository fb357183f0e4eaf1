package main

import (
	"bytes"
	"fmt"
	"reflect"

	yaml "gopkg.in/yaml.v3"
	kubernetes "sigs.k8s.io/yaml"
)

// The manifest by which a cluster knows its boot images.
type configMap struct {
	ApiVersion string `json:"apiVersion" yaml:"apiVersion"`
	Data       struct {
		ReleaseVersion string `json:"releaseVersion" yaml:"releaseVersion"`
		Stream         string `json:"stream" yaml:"stream"`
		Streams        string `json:"streams" yaml:"streams"`
	} `json:"data" yaml:"data"`
	Kind     string `json:"kind" yaml:"kind"`
	Metadata struct {
		Annotations map[string]string `json:"annotations" yaml:"annotations"`
		Name        string            `json:"name" yaml:"name"`
		Namespace   string            `json:"namespace" yaml:"namespace"`
	} `json:"metadata" yaml:"metadata"`
}

// Go has two readers of YAML that matter here: its own, and the one that Kubernetes reads manifests by.
func readConfigMap(text []byte) (configMap, error) {
	var own, theirs configMap
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&own); err != nil {
		return own, err
	}
	if err := kubernetes.UnmarshalStrict(text, &theirs); err != nil {
		return own, err
	}
	if !reflect.DeepEqual(own, theirs) {
		return own, fmt.Errorf("Go's reader and Kubernetes' differ")
	}
	return own, nil
}
