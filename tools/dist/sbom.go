// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

// A list of what a program was built of, in CycloneDX 1.6. It is read out of
// the program itself, so it cannot speak of another one.
type bill struct {
	Format     string      `json:"bomFormat"`
	Spec       string      `json:"specVersion"`
	Version    int         `json:"version"`
	Metadata   metadata    `json:"metadata"`
	Components []component `json:"components"`
}

type metadata struct {
	Timestamp string    `json:"timestamp"`
	Component component `json:"component"`
}

type component struct {
	Type       string     `json:"type"`
	Name       string     `json:"name"`
	Version    string     `json:"version"`
	URL        string     `json:"purl,omitempty"`
	Hashes     []hash     `json:"hashes,omitempty"`
	Properties []property `json:"properties,omitempty"`
}

type hash struct {
	Algorithm string `json:"alg"`
	Content   string `json:"content"`
}

type property struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

func (f *factory) sbom(p program) ([]byte, error) {
	b := bill{Format: "CycloneDX", Spec: "1.6", Version: 1}
	b.Metadata.Timestamp = f.when.Format(time.RFC3339)
	b.Metadata.Component = component{
		Type: "application", Name: p.name, Version: f.version,
		Hashes: []hash{{"SHA-256", fmt.Sprintf("%x", sha256.Sum256(p.data))}},
	}
	b.Components = append(b.Components, library("std", strings.TrimPrefix(p.info.GoVersion, "go"), ""))
	for _, m := range modules([]program{p}) {
		b.Components = append(b.Components, library(m.Path, m.Version, m.Sum))
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(b)
	return out.Bytes(), err
}

// library is a module. Its sum is that of go.sum, the hash of a list of hashes,
// which is no hash of any file and so has no place among the hashes.
func library(path, version, sum string) component {
	c := component{Type: "library", Name: path, Version: version, URL: "pkg:golang/" + path + "@" + version}
	if sum != "" {
		c.Properties = []property{{"go.sum", sum}}
	}
	return c
}

// modules are those linked into any of the programs, by path. A module that
// another one replaces is not linked; the other one is.
func modules(programs []program) []*debug.Module {
	found := map[string]*debug.Module{}
	for _, p := range programs {
		for _, m := range p.info.Deps {
			if m.Replace != nil {
				m = m.Replace
			}
			found[m.Path] = m
		}
	}
	var list []*debug.Module
	for _, path := range slices.Sorted(maps.Keys(found)) {
		list = append(list, found[path])
	}
	return list
}
