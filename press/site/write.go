// SPDX-License-Identifier: Apache-2.0

package site

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"

	"tamizdat/internal/durable"
	"tamizdat/press/tlog"
)

// announced is the name under which Write leaves the new manifest while it
// works, so that the next Write knows the files of a killed one as the
// press's own. No tree can hold a file of this name ([validPath]).
const announced = ".manifest"

// Write brings the folder to the state of the tree: changed files are
// replaced, those go that the former manifest listed and the new one does not,
// and the manifest comes last: as long as it is the former one, the next Write
// knows what that listed. Files that no manifest listed are left alone and
// given back: the press did not put them there. A killed Write is mended by the
// next, whatever tree that one brings.
func Write(dir string, tree Tree, log tlog.LogKey) (strangers []string, err error) {
	if err := durable.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	former := filesOf(filepath.Join(dir, ManifestName), log)
	killed := filesOf(filepath.Join(dir, announced), log)
	maps.DeleteFunc(killed, func(p string, _ listed) bool { _, was := former[p]; return was })
	if err := removeOthers(dir, killed, tree); err != nil {
		return nil, err
	}
	if err := durable.WriteFile(filepath.Join(dir, announced), tree[ManifestName], 0o644); err != nil {
		return nil, err
	}
	if err := writePages(dir, tree); err != nil {
		return nil, err
	}
	if err := removeOthers(dir, former, tree); err != nil {
		return nil, err
	}
	if err := writeChanged(filepath.Join(dir, ManifestName), tree[ManifestName]); err != nil {
		return nil, err
	}
	if err := durable.Remove(filepath.Join(dir, announced)); err != nil {
		return nil, err
	}
	return sweep(dir, tree)
}

func writePages(dir string, tree Tree) error {
	for _, p := range tree.Paths() {
		if p == ManifestName {
			continue
		}
		if err := writeChanged(filepath.Join(dir, filepath.FromSlash(p)), tree[p]); err != nil {
			return err
		}
	}
	return nil
}

// removeOthers removes those of the files that the tree does not have.
func removeOthers(dir string, files map[string]listed, tree Tree) error {
	for p := range files {
		if _, stays := tree[p]; stays {
			continue
		}
		if err := durable.Remove(filepath.Join(dir, filepath.FromSlash(p))); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
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

// filesOf gives the files that the manifest at path lists; none where there is
// no manifest that this log's key signed.
func filesOf(path string, log tlog.LogKey) map[string]listed {
	b, err := os.ReadFile(path)
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

// sweep removes leftovers of killed writes of single files, and gives back what
// the tree does not have.
func sweep(dir string, tree Tree) (strangers []string, err error) {
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
		if strings.HasPrefix(d.Name(), ".durable-") {
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
