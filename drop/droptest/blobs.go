// SPDX-License-Identifier: Apache-2.0

package droptest

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"testing"

	"tamizdat/drop/server"
)

// OpenBlobs is to blobs what OpenStore is to a store.
type OpenBlobs func(t *testing.T) server.Blobs

// RunBlobs runs the suite of server.Blobs.
func RunBlobs(t *testing.T, fresh func(t *testing.T) OpenBlobs) {
	for name, test := range map[string]func(*testing.T, OpenBlobs){
		"WhatIsPutIsThere":         testBlobPut,
		"AFailedPutChangesNothing": testBlobFailedPut,
		"AnOpenBlobStays":          testBlobStays,
		"DeletingTwice":            testBlobDelete,
	} {
		t.Run(name, func(t *testing.T) { test(t, fresh(t)) })
	}
}

func writing(b []byte) func(io.Writer) error {
	return func(w io.Writer) error {
		// In pieces, as a page comes.
		for len(b) > 0 {
			n := min(len(b), 1000)
			if _, err := w.Write(b[:n]); err != nil {
				return err
			}
			b = b[n:]
		}
		return nil
	}
}

func readBlob(t *testing.T, b server.Blobs, name string) []byte {
	t.Helper()
	r, n, err := b.Open(name)
	Expect(t, "open "+name, err, nil)
	defer r.Close()
	data, err := io.ReadAll(r)
	Expect(t, "read "+name, err, nil)
	if int64(len(data)) != n {
		t.Fatalf("%s has %d bytes and says %d", name, len(data), n)
	}
	return data
}

func testBlobPut(t *testing.T, open OpenBlobs) {
	b := open(t)
	want := map[string][]byte{
		"letters/000000000000": random(12345), "chunks/ab/abcdef": random(1 << 20), "views/everyone": nil,
	}
	for name, data := range want {
		Expect(t, "put "+name, b.Put(name, 3600, writing(data)), nil)
	}
	want["views/everyone"] = random(5000)
	Expect(t, "replace", b.Put("views/everyone", 7200, writing(want["views/everyone"])), nil)
	b = open(t)
	for name, data := range want {
		if !bytes.Equal(readBlob(t, b, name), data) {
			t.Errorf("%s is another", name)
		}
	}
	_, _, err := b.Open("letters/000000000001")
	Expect(t, "an absent blob", err, fs.ErrNotExist)
	_, _, err = b.Open("nowhere/at/all")
	Expect(t, "an absent folder", err, fs.ErrNotExist)
}

func testBlobFailedPut(t *testing.T, open OpenBlobs) {
	b := open(t)
	old := random(3000)
	failed := errors.New("failed half-way")
	half := func(w io.Writer) error { return errors.Join(writing(random(500))(w), failed) }
	Expect(t, "put", b.Put("letters/000000000000", 1, writing(old)), nil)
	Expect(t, "a failing replacement", b.Put("letters/000000000000", 2, half), failed)
	Expect(t, "a failing blob", b.Put("letters/000000000001", 2, half), failed)
	b = open(t)
	if !bytes.Equal(readBlob(t, b, "letters/000000000000"), old) {
		t.Error("the old blob changed")
	}
	_, _, err := b.Open("letters/000000000001")
	Expect(t, "half a blob", err, fs.ErrNotExist)
}

func testBlobStays(t *testing.T, open OpenBlobs) {
	b := open(t)
	first, second := random(100_000), random(100_000)
	Expect(t, "put", b.Put("views/week", 1, writing(first)), nil)
	r, _, err := b.Open("views/week")
	Expect(t, "open", err, nil)
	defer r.Close()
	Expect(t, "replace", b.Put("views/week", 2, writing(second)), nil)
	if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, first) {
		t.Errorf("what was opened changed: %v", err)
	}
	if !bytes.Equal(readBlob(t, b, "views/week"), second) {
		t.Error("the new blob is not there")
	}
}

func testBlobDelete(t *testing.T, open OpenBlobs) {
	b := open(t)
	Expect(t, "put", b.Put("chunks/00/0011", 1, writing(random(10))), nil)
	for range 2 {
		Expect(t, "delete", b.Delete("chunks/00/0011"), nil)
	}
	Expect(t, "delete from no folder", b.Delete("chunks/01/0100"), nil)
	_, _, err := open(t).Open("chunks/00/0011")
	Expect(t, "a deleted blob", err, fs.ErrNotExist)
}
