// SPDX-License-Identifier: Apache-2.0

package durable

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestWriteFileReplacesWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "page")
	for _, text := range []string{"first, and rather long", "second", ""} {
		if err := WriteFile(path, []byte(text), 0o640); err != nil {
			t.Fatal(err)
		}
		wantFile(t, path, text)
	}
	wantOnly(t, filepath.Dir(path), "page")
	if runtime.GOOS != "windows" {
		if got := stat(t, path).Mode().Perm(); got != 0o640 {
			t.Errorf("mode is %v, want 0640 whatever the umask", got)
		}
	}
}

func TestWriteFileTimeHidesTheTrueTime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "page")
	sealed := time.Date(2026, 3, 1, 6, 0, 0, 0, time.UTC)
	if err := WriteFileTime(path, []byte("x"), 0o600, sealed); err != nil {
		t.Fatal(err)
	}
	if got := stat(t, path).ModTime(); !got.Equal(sealed) {
		t.Errorf("modification time is %v, want %v", got, sealed)
	}
}

func TestCreateFileRefusesATakenName(t *testing.T) {
	path := filepath.Join(t.TempDir(), "root")
	if err := CreateFile(path, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := CreateFile(path, []byte("yours"), 0o600); !errors.Is(err, fs.ErrExist) {
		t.Fatalf("second create gave %v, want fs.ErrExist", err)
	}
	wantFile(t, path, "mine")
	wantOnly(t, filepath.Dir(path), "root")
}

func TestCreateFileHasOneWinner(t *testing.T) {
	path := filepath.Join(t.TempDir(), "root")
	var wg sync.WaitGroup
	won := make(chan string, 8)
	for name := range strings.SplitSeq("abcdefgh", "") {
		wg.Go(func() {
			if CreateFile(path, []byte(name), 0o600) == nil {
				won <- name
			}
		})
	}
	wg.Wait()
	close(won)
	if len(won) != 1 {
		t.Fatalf("%d callers succeeded, want exactly one", len(won))
	}
	wantFile(t, path, <-won)
	wantOnly(t, filepath.Dir(path), "root")
}

func TestRenameAndRemove(t *testing.T) {
	dir := t.TempDir()
	a, b := filepath.Join(dir, "x", "a"), filepath.Join(dir, "y", "deep", "b")
	for _, d := range []string{filepath.Dir(a), filepath.Dir(b)} {
		if err := MkdirAll(d, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := WriteFile(a, []byte("kept"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Rename(a, b); err != nil {
		t.Fatal(err)
	}
	wantOnly(t, filepath.Dir(a))
	wantFile(t, b, "kept")
	if err := Remove(b); err != nil {
		t.Fatal(err)
	}
	wantOnly(t, filepath.Dir(b))
	if err := Remove(b); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("second remove gave %v, want fs.ErrNotExist", err)
	}
}

func TestMkdirAllRefusesAFileInTheWay(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	if err := WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if MkdirAll(path, 0o700) == nil {
		t.Error("a file was taken for a folder")
	}
	if MkdirAll(filepath.Join(path, "below"), 0o700) == nil {
		t.Error("a folder was made below a file")
	}
}

func TestSweepDeletesOnlyLeftovers(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{tempPrefix + "123", "page", "x" + tempPrefix} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, tempPrefix+"dir"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := Sweep(dir); err != nil {
		t.Fatal(err)
	}
	wantOnly(t, dir, tempPrefix+"dir", "page", "x"+tempPrefix)
}

func wantFile(t *testing.T, path, want string) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || string(got) != want {
		t.Errorf("%s holds %q (%v), want %q", filepath.Base(path), got, err, want)
	}
}

func wantOnly(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("names in the folder (-want +got):\n%s", diff)
	}
}

func stat(t *testing.T, path string) fs.FileInfo {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info
}
