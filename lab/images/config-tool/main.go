// A stand-in for milvusdb/milvus-config-tool, which the charts 3.3.2 to 4.1.36 use to merge their settings over those of the image.
// As "cp" it copies files (two comma-separated lists); as "merge" it merges YAML files over the first one, map by map.
package main

import (
	"log"
	"os"
	"path/filepath"
	"strings"

	"gopkg.in/yaml.v3"
)

func main() {
	var err error
	if filepath.Base(os.Args[0]) == "cp" {
		err = copyFiles(strings.Split(os.Args[1], ","), strings.Split(os.Args[2], ","))
	} else {
		err = mergeFiles(os.Args[1], os.Args[2:])
	}
	if err != nil {
		log.Fatal(err)
	}
}

func copyFiles(from, to []string) error {
	for i := range from {
		data, err := os.ReadFile(from[i])
		if err != nil {
			return err
		}
		if err := os.WriteFile(to[i], data, 0o755); err != nil {
			return err
		}
	}
	return nil
}

func mergeFiles(target string, over []string) error {
	settings := map[string]any{}
	for _, path := range append([]string{target}, over...) {
		data, err := os.ReadFile(path)
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			return err
		}
		layer := map[string]any{}
		if err := yaml.Unmarshal(data, &layer); err != nil {
			return err
		}
		lay(settings, layer)
	}
	data, err := yaml.Marshal(settings)
	if err != nil {
		return err
	}
	return os.WriteFile(target, data, 0o644)
}

func lay(under, over map[string]any) {
	for key, value := range over {
		above, isMap := value.(map[string]any)
		below, wasMap := under[key].(map[string]any)
		if isMap && wasMap {
			lay(below, above)
		} else {
			under[key] = value
		}
	}
}
