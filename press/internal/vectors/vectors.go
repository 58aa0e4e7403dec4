// SPDX-License-Identifier: Apache-2.0

// Package vectors reads and writes the test vectors of the public record,
// spec/vectors/record/*.json (spec/record.md §11). Only tests use it: call
// [Check]; with the environment variable TAMIZDAT_WRITE_VECTORS set it writes
// the file from the cases first.
//
// The files are trusted: they are part of the source.
package vectors

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"unicode/utf8"
)

// Case is one input. Class names the kind of failure of a bad one.
type Case struct {
	Name   string `json:"name"`
	Class  string `json:"class,omitempty"`
	Input  string `json:"input,omitempty"`
	Base64 string `json:"input_base64,omitempty"`
}

// File is one file of vectors.
type File struct {
	About   string            `json:"about"`
	Context map[string]string `json:"context,omitempty"` // keys, seeds, times that the cases need
	Good    []Case            `json:"good"`
	Bad     []Case            `json:"bad"`
}

// Add appends a bad case.
func (f *File) Add(class, name string, input []byte) {
	f.Bad = append(f.Bad, newCase(class, name, input))
}

// AddGood appends a good case.
func (f *File) AddGood(name string, input []byte) {
	f.Good = append(f.Good, newCase("", name, input))
}

func newCase(class, name string, input []byte) Case {
	if utf8.Valid(input) {
		return Case{Name: name, Class: class, Input: string(input)}
	}
	return Case{Name: name, Class: class, Base64: base64.StdEncoding.EncodeToString(input)}
}

// Bytes gives the input.
func (c Case) Bytes(t testing.TB) []byte {
	t.Helper()
	if c.Base64 == "" {
		return []byte(c.Input)
	}
	b, err := base64.StdEncoding.DecodeString(c.Base64)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Check holds the stored file against the cases that the generator makes, so
// that neither can change alone, and feeds each case to parse: good ones must
// pass, bad ones must fail.
func Check(t *testing.T, path string, made File, parse func([]byte) error) {
	t.Helper()
	want, err := json.MarshalIndent(made, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	if os.Getenv("TAMIZDAT_WRITE_VECTORS") != "" {
		if err := os.WriteFile(filepath.FromSlash(path), want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(filepath.FromSlash(path))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s is not what the generator makes: set TAMIZDAT_WRITE_VECTORS, run again, and look at the difference", path)
	}
	var f File
	if err := json.Unmarshal(got, &f); err != nil {
		t.Fatal(err)
	}
	for _, c := range f.Good {
		if err := parse(c.Bytes(t)); err != nil {
			t.Errorf("good %q: %v", c.Name, err)
		}
	}
	for _, c := range f.Bad {
		if parse(c.Bytes(t)) == nil {
			t.Errorf("bad %q (%s) was taken", c.Name, c.Class)
		}
	}
}
