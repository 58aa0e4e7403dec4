// SPDX-License-Identifier: Apache-2.0

package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"
	"path"
	"slices"
	"strings"
	"time"
)

// entry is one file in a package or an archive.
type entry struct {
	name string // with "/", never beginning with it
	mode int64
	data []byte
}

// sorted returns the entries by name: no order of making may show.
func sorted(entries []entry) []entry {
	list := slices.Clone(entries)
	slices.SortFunc(list, func(a, b entry) int { return strings.Compare(a.name, b.name) })
	return list
}

// folders are all folders above the entries, each before those in it.
func folders(entries []entry) []string {
	var list []string
	for _, e := range entries {
		for dir := path.Dir(e.name); dir != "."; dir = path.Dir(dir) {
			list = append(list, dir)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// tarball packs the entries and the folders above them. Everything belongs to
// root and is from the same moment. prefix is put before each name; with "./"
// the folder itself is there too, as in a Debian package.
func tarball(entries []entry, prefix string, when time.Time) ([]byte, error) {
	var out bytes.Buffer
	zipped := gzip.NewWriter(&out)
	w := tar.NewWriter(zipped)
	add := func(h tar.Header, data []byte) error {
		h.Uname, h.Gname, h.ModTime, h.Format = "root", "root", when, tar.FormatGNU
		if err := w.WriteHeader(&h); err != nil {
			return err
		}
		_, err := w.Write(data)
		return err
	}
	dirs := folders(entries)
	if prefix != "" {
		dirs = append([]string{""}, dirs...)
	}
	for _, dir := range dirs {
		name := strings.TrimSuffix(prefix+dir, "/") + "/"
		if err := add(tar.Header{Typeflag: tar.TypeDir, Name: name, Mode: 0o755}, nil); err != nil {
			return nil, err
		}
	}
	for _, e := range sorted(entries) {
		h := tar.Header{Typeflag: tar.TypeReg, Name: prefix + e.name, Mode: e.mode, Size: int64(len(e.data))}
		if err := add(h, e.data); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	err := zipped.Close()
	return out.Bytes(), err
}

// zipped packs the entries for Windows.
func zipped(entries []entry, prefix string, when time.Time) ([]byte, error) {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, e := range sorted(entries) {
		f, err := w.CreateHeader(&zip.FileHeader{Name: prefix + e.name, Method: zip.Deflate, Modified: when})
		if err != nil {
			return nil, err
		}
		if _, err := io.Copy(f, bytes.NewReader(e.data)); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return out.Bytes(), err
}
