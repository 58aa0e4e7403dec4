// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestFilesAreReadWithinBounds, whatever a name leads to.
func TestFilesAreReadWithinBounds(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "page")
	if err := os.WriteFile(file, []byte("12345"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		path  string
		limit int64
		want  string // of the error; empty for none
	}{
		{file, 5, ""},
		{file, 4, "page is too large to be what it should be: it has more than 4 bytes"},
		{dir, 5, "is a folder, not a file"},
		{filepath.Join(dir, "absent"), 5, "absent"},
		{filepath.Join(dir, "a\x00b"), 5, "invalid argument"},
	} {
		b, err := ReadFile(tt.path, tt.limit)
		if tt.want == "" && (err != nil || string(b) != "12345") {
			t.Errorf("%s: %q, %v", tt.path, b, err)
		}
		if tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: %v, want %s", tt.path, err, tt.want)
		}
	}
}

// TestADeviceEnds: a device tells no size and never ends.
func TestADeviceEnds(t *testing.T) {
	if _, err := os.Stat("/dev/zero"); err != nil {
		t.Skip("SKIPPED: this system has no /dev/zero")
	}
	if _, err := ReadFile("/dev/zero", 3<<20); err == nil || !strings.Contains(err.Error(), "more than 3 MiB") {
		t.Error(err)
	}
}

func TestInputIsAFileOrADash(t *testing.T) {
	env := &Env{Stdin: strings.NewReader("12345")}
	if b, err := env.ReadInput("-", 5); err != nil || string(b) != "12345" {
		t.Errorf("%q, %v", b, err)
	}
	env = &Env{Stdin: strings.NewReader(strings.Repeat("1", 2<<10))}
	if _, err := env.ReadInput("-", 1<<10); err == nil || !strings.Contains(err.Error(), "more than 1 KiB") {
		t.Error(err)
	}
	if _, err := env.ReadInput(t.TempDir(), 5); err == nil {
		t.Error("a folder was read")
	}
}

// TestWriteNewReplacesNothing, and nobody else may read it.
func TestWriteNewReplacesNothing(t *testing.T) {
	file := filepath.Join(t.TempDir(), "page")
	if err := WriteNew(file, []byte("first")); err != nil {
		t.Fatal(err)
	}
	err := WriteNew(file, []byte("second"))
	if err == nil || !strings.Contains(err.Error(), "is there already") || len(Hints(err)) != 1 {
		t.Errorf("%v, %v", err, Hints(err))
	}
	if b, err := os.ReadFile(file); err != nil || string(b) != "first" {
		t.Errorf("%q, %v", b, err)
	}
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	if mode := info.Mode().Perm(); runtime.GOOS != "windows" && mode != 0o600 {
		t.Errorf("its mode is %v", mode)
	}
}
