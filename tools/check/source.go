// SPDX-License-Identifier: Apache-2.0

package main

import (
	"path/filepath"
	"strings"
)

// formatted lists the files that gofumpt would change.
func formatted(root string) (string, error) {
	output, _, err := command(root, nil, "go", "tool", "-modfile=tools/go.mod", "gofumpt", "-l", ".")
	return output, err
}

// staticAnalysis runs staticcheck, with the checks of staticcheck.conf, over
// both modules.
func staticAnalysis(root string) (string, error) {
	product, err := quiet(root, nil, "go", "tool", "-modfile=tools/go.mod", "staticcheck", "./...")
	if err != nil {
		return product, err
	}
	tools, err := quiet(filepath.Join(root, "tools"), nil, "go", "tool", "staticcheck", "./...")
	return product + tools, err
}

// otherSystems vets, and thereby compiles, what runs on a journalist's or a
// source's own machine for the systems such machines have.
func otherSystems(root string) (string, error) {
	var complaints strings.Builder
	for _, system := range []string{"windows", "darwin"} {
		output, err := quiet(root, []string{"GOOS=" + system, "GOARCH=amd64", "CGO_ENABLED=0"}, "go", "vet", "./...")
		if err != nil {
			return "", err
		}
		if output != "" {
			complaints.WriteString(system + ":\n" + output)
		}
	}
	return complaints.String(), nil
}
