// SPDX-License-Identifier: Apache-2.0

package fs

import (
	"bytes"
	"errors"
	"io"
	iofs "io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"tamizdat/drop"
)

// filling is a disk that has room for so many bytes.
type filling struct {
	w    io.Writer
	room int
}

func (f *filling) Write(p []byte) (int, error) {
	n := min(len(p), f.room)
	f.room -= n
	n, err := f.w.Write(p[:n])
	if err == nil && n < len(p) {
		err = &iofs.PathError{Op: "write", Path: "disk", Err: syscall.ENOSPC}
	}
	return n, err
}

func writing(b []byte) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := w.Write(b)
		return err
	}
}

// TestA17DiskFull: at whatever byte the disk fills up, nothing new is there,
// what was there stays, and nothing half-written is left.
func TestA17DiskFull(t *testing.T) {
	dir := t.TempDir()
	b, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	old, next := bytes.Repeat([]byte("old "), 100_000), bytes.Repeat([]byte("new "), 200_000)
	if err := b.Put("views/everyone", 3600, writing(old)); err != nil {
		t.Fatal(err)
	}
	for _, room := range []int{0, 1, 4096, len(next) / 2, len(next) - 1} {
		b.wrap = func(w io.Writer) io.Writer { return &filling{w, room} }
		for _, name := range []string{"views/everyone", "letters/000000000001"} {
			if err := b.Put(name, 7200, writing(next)); !errors.Is(err, drop.ErrFull) {
				t.Errorf("room for %d: %v", room, err)
			}
		}
		if got, err := os.ReadFile(filepath.Join(dir, "views/everyone")); err != nil || !bytes.Equal(got, old) {
			t.Errorf("room for %d: the old view changed: %v", room, err)
		}
		if _, _, err := b.Open("letters/000000000001"); !errors.Is(err, iofs.ErrNotExist) {
			t.Errorf("room for %d: half a page is there: %v", room, err)
		}
		if left, err := os.ReadDir(filepath.Join(dir, aside)); err != nil || len(left) != 0 {
			t.Errorf("room for %d: %d files are left: %v", room, len(left), err)
		}
	}
}

// TestLeftoversAreSwept: what a killed process left half-written is gone after
// the next start.
func TestLeftoversAreSwept(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, aside), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, aside, "7"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	b, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if left, err := os.ReadDir(filepath.Join(dir, aside)); err != nil || len(left) != 0 {
		t.Errorf("%d files are left: %v", len(left), err)
	}
}

// TestTimes: files and their folders show the time they were given.
func TestTimes(t *testing.T) {
	dir := t.TempDir()
	b, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	for _, at := range []int64{3600, 7200} {
		for _, name := range []string{"chunks/ab/abcd", "chunks/ab/abce"} {
			if err := b.Put(name, at, writing([]byte("x"))); err != nil {
				t.Fatal(err)
			}
		}
		if err := b.Delete("chunks/ab/abce"); err != nil {
			t.Fatal(err)
		}
		r, _, err := b.Open("chunks/ab/abcd")
		if err != nil {
			t.Fatal(err)
		}
		r.Close()
		for _, name := range []string{"chunks/ab/abcd", "chunks/ab", "chunks", aside, "."} {
			info, err := os.Stat(filepath.Join(dir, name))
			if err != nil || !info.ModTime().Equal(time.Unix(at, 0)) {
				t.Errorf("%s is dated %v: %v", name, info.ModTime(), err)
			}
		}
	}
}

// TestA8NamesStayInside: no name and no link leads out of the folder.
func TestA8NamesStayInside(t *testing.T) {
	outside, dir := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(outside, "secret"), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	b, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if err := os.Symlink(outside, filepath.Join(dir, "letters")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(outside, "secret"), filepath.Join(dir, "views")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{
		"letters/secret", "views", "../" + filepath.Base(outside) + "/secret", "/etc/passwd", "", ".", "..", "a/../b",
		"a//b", "a/", aside + "/1", "state.db", "a\\b", "c:x", "dir",
	} {
		if r, _, err := b.Open(name); err == nil {
			r.Close()
			t.Errorf("%q was opened", name)
		}
		if name == "dir" || name == "views" {
			continue // a name as good as any for a new blob
		}
		if err := b.Put(name, 1, writing([]byte("x"))); err == nil {
			t.Errorf("%q was written", name)
		}
		_ = b.Delete(name)
	}
	if got, err := os.ReadFile(filepath.Join(outside, "secret")); err != nil || string(got) != "secret" {
		t.Errorf("a file outside was changed: %q, %v", got, err)
	}
}

// TestFree: the disk of the folder has some room.
func TestFree(t *testing.T) {
	if n, err := Free(t.TempDir()); err != nil || n <= 0 {
		t.Errorf("%d bytes are free: %v", n, err)
	}
	if _, err := Free(filepath.Join(t.TempDir(), "absent")); err == nil {
		t.Error("an absent folder has a disk")
	}
}
