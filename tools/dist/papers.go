// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"path/filepath"
)

// papers are what goes with the programs wherever they go: what this is and
// what it does not protect against, the terms, and what was linked. They lie in
// the folder prefix.
func (f *factory) papers(programs []program, prefix string) ([]entry, error) {
	files := []string{"LICENSE", "NOTICE", "README.md"}
	docs, err := os.ReadDir(filepath.Join(f.root, "docs"))
	if err != nil {
		return nil, err
	}
	for _, d := range docs {
		if d.Type().IsRegular() {
			files = append(files, "docs/"+d.Name())
		}
	}
	var list []entry
	for _, name := range files {
		data, err := os.ReadFile(filepath.Join(f.root, filepath.FromSlash(name)))
		if err != nil {
			return nil, err
		}
		list = append(list, entry{prefix + name, 0o644, data})
	}
	terms, err := f.licences(programs)
	if err != nil {
		return nil, err
	}
	list = append(list, entry{prefix + "LICENCES-OF-OTHERS", 0o644, terms})
	for _, p := range programs {
		bom, err := f.sbom(p)
		if err != nil {
			return nil, err
		}
		list = append(list, entry{prefix + p.name + ".cdx.json", 0o644, bom})
	}
	return list, nil
}
