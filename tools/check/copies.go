// SPDX-License-Identifier: Apache-2.0

package main

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// generated remakes every generated file in a copy of the tree and lists the
// files that came out differently.
func generated(root string) (string, error) {
	dir, err := os.MkdirTemp("", "generate-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	if err := copyTree(dir, root); err != nil {
		return "", err
	}
	before, err := hashTree(dir)
	if err != nil {
		return "", err
	}
	if complaint, err := quiet(dir, nil, "go", "generate", "./..."); complaint != "" || err != nil {
		return complaint, err
	}
	after, err := hashTree(dir)
	return differences(before, after), err
}

// sameBytes builds all programs in two copies of the tree that lie in folders
// with names of different length. The second build starts from an empty cache:
// from a filled one it would get the first build's files, and the comparison
// could not fail.
func sameBytes(root string) (string, error) {
	dir, err := os.MkdirTemp("", "build-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	first, complaint, err := buildCopy(root, filepath.Join(dir, "a"))
	if complaint != "" || err != nil {
		return complaint, err
	}
	second, complaint, err := buildCopy(root, filepath.Join(dir, "another", "place"), "GOCACHE="+filepath.Join(dir, "cache"))
	if complaint != "" || err != nil {
		return complaint, err
	}
	if len(first) == 0 {
		return "there is no program to build", nil
	}
	return differences(first, second), nil
}

// buildCopy copies the tree to dir, builds there, and returns the hashes of
// the programs by name.
func buildCopy(root, dir string, env ...string) (programs map[string]string, complaint string, err error) {
	if err := copyTree(dir, root); err != nil {
		return nil, "", err
	}
	out := filepath.Join(dir, "bin")
	if err := os.Mkdir(out, 0o700); err != nil {
		return nil, "", err
	}
	if complaint, err := quiet(dir, env, "tools/build.sh", out); complaint != "" || err != nil {
		return nil, complaint, err
	}
	programs, err = hashTree(out)
	return programs, "", err
}

// differences lists the names whose hashes differ or that only one side has.
func differences(a, b map[string]string) string {
	var list strings.Builder
	all := maps.Clone(a)
	maps.Copy(all, b)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if a[name] != b[name] {
			fmt.Fprintf(&list, "%s differs\n", name)
		}
	}
	return list.String()
}

// notSource are the folders at the root that are not part of the source.
func notSource(rel string) bool {
	return slices.Contains([]string{".git", "bin", "dist", ".try"}, rel)
}

// copyTree copies the source below from to dir, which it creates.
func copyTree(dir, from string) error {
	return walkSource(from, func(rel string, info fs.FileInfo) error {
		target := filepath.Join(dir, rel)
		if info.IsDir() {
			return os.MkdirAll(target, 0o700)
		}
		data, err := os.ReadFile(filepath.Join(from, rel))
		if err != nil {
			return err
		}
		return os.WriteFile(target, data, info.Mode().Perm())
	})
}

// hashTree returns the SHA-256 of every file below dir by relative name.
func hashTree(dir string) (map[string]string, error) {
	hashes := map[string]string{}
	err := walkSource(dir, func(rel string, info fs.FileInfo) error {
		if info.IsDir() {
			return nil
		}
		data, err := os.ReadFile(filepath.Join(dir, rel))
		hashes[rel] = fmt.Sprintf("%x", sha256.Sum256(data))
		return err
	})
	return hashes, err
}

// walkSource calls visit for every folder and regular file of the source.
func walkSource(root string, visit func(rel string, info fs.FileInfo) error) error {
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		if d.IsDir() && notSource(rel) {
			return fs.SkipDir
		}
		if !d.IsDir() && !d.Type().IsRegular() {
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		return visit(rel, info)
	})
}
