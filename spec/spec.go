// SPDX-License-Identifier: Apache-2.0

// Package spec carries the specification's test vectors inside of the program that
// tests with them. Call [Vectors] first. The pages beside it are the authority; the
// vectors are made by the packages' own tests, run with -update, from seeds that
// stand in the files. The package refuses nothing and trusts nobody: it only holds
// files.
package spec

import (
	"embed"
	"io/fs"
)

//go:embed vectors
var files embed.FS

// Vectors is the folder spec/vectors: wire, letter, vault and record, one JSON file for each
// construction.
func Vectors() fs.FS {
	sub, err := fs.Sub(files, "vectors")
	if err != nil {
		panic("spec: the vectors were not built in: " + err.Error())
	}
	return sub
}
