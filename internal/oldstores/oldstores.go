// SPDX-License-Identifier: Apache-2.0

// Package oldstores is for tests that open what earlier versions of the
// programs wrote.
//
// A room keeps such folders as testdata/stores/VERSION/NAME, made once by a test
// of that version with -stores VERSION, and never changed: [Write] makes one, [Each]
// gives a test copies of all there are. Their keys are test keys, published with
// the source, and protect nothing.
//
// It refuses to find nothing: a test that opened no old folder would have proved
// nothing.
package oldstores

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

const root = "testdata/stores"

// Each runs a test on a private copy of the folder called name of each version,
// as it looks after it was moved from another machine: everything in it is this
// user's, and for nobody else.
func Each(t *testing.T, name string, test func(t *testing.T, dir string)) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(root, "*", name))
	if err != nil || len(found) == 0 {
		t.Fatalf("there is no old folder %q in %s: %v", name, root, err)
	}
	for _, from := range found {
		t.Run(filepath.Base(filepath.Dir(from)), func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), name)
			if err := Copy(dir, from); err != nil {
				t.Fatal(err)
			}
			test(t, dir)
		})
	}
}

// Copy copies a folder for this user alone.
func Copy(to, from string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.MkdirAll(filepath.Join(to, rel), 0o700)
		}
		if !d.Type().IsRegular() {
			return nil
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rel), b, 0o600)
	})
}

// Write keeps a folder as that of this version. It replaces none: what a version
// wrote does not change. Without a version nothing is kept: the test has shown
// that such a folder can still be made.
func Write(t *testing.T, version, name, from string) {
	t.Helper()
	if version == "" {
		return
	}
	to := filepath.Join(root, version, name)
	if _, err := os.Stat(to); err == nil {
		t.Fatalf("%s is there already; a new version has a folder of its own", to)
	}
	if err := Copy(to, from); err != nil {
		t.Fatal(err)
	}
}
