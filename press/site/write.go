// SPDX-License-Identifier: Apache-2.0

package site

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"tamizdat/internal/durable"
	"tamizdat/press/tlog"
)

// Write brings the folder to the state of the tree: changed files are
// replaced, the manifest last, and then files go that the former manifest
// listed and the new one does not. Files that no manifest listed are left
// alone and given back: the press did not put them there. A killed Write is
// mended by the next.
func Write(dir string, tree Tree, log tlog.LogKey) (strangers []string, err error) {
	former := formerFiles(dir, log)
	if err := durable.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	for _, p := range tree.Paths() {
		if p == ManifestName {
			continue
		}
		if err := writeChanged(filepath.Join(dir, filepath.FromSlash(p)), tree[p]); err != nil {
			return nil, err
		}
	}
	if err := writeChanged(filepath.Join(dir, ManifestName), tree[ManifestName]); err != nil {
		return nil, err
	}
	return sweep(dir, tree, former)
}

func writeChanged(path string, data []byte) error {
	if have, err := os.ReadFile(path); err == nil && bytes.Equal(have, data) {
		return nil
	}
	if err := durable.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return durable.WriteFile(path, data, 0o644)
}

func formerFiles(dir string, log tlog.LogKey) map[string]listed {
	b, err := os.ReadFile(filepath.Join(dir, ManifestName))
	if err != nil {
		return nil
	}
	text, err := tlog.OpenNote(b, log)
	if err != nil {
		return nil
	}
	_, _, files, _ := parseManifest(text)
	return files
}

// sweep removes what was ours once and leftovers of killed writes.
func sweep(dir string, tree Tree, former map[string]listed) (strangers []string, err error) {
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if _, ours := tree[rel]; ours {
			return nil
		}
		_, was := former[rel]
		if was || strings.HasPrefix(d.Name(), ".durable-") {
			if err := durable.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			return nil
		}
		strangers = append(strangers, rel)
		return nil
	})
	return strangers, err
}
