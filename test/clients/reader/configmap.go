package main

import (
	"bytes"
	"fmt"
	"reflect"

	yaml "gopkg.in/yaml.v3"
	kubernetes "sigs.k8s.io/yaml"
)

// The manifest with the boot images of a cluster.
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

// Reads the manifest with the two YAML libraries that matter: yaml.v3 and that of Kubernetes.
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
