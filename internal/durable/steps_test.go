// SPDX-License-Identifier: Apache-2.0

package durable

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// recorder is the real disk that writes down each call and fails the call
// with the number failAt (from 1; 0 for never).
type recorder struct {
	osDisk
	calls   []string
	failAt  int
	noLinks bool
}

var errInjected = errors.New("injected failure")

func (r *recorder) step(name string) error {
	r.calls = append(r.calls, name)
	if len(r.calls) == r.failAt {
		return errInjected
	}
	return nil
}

func (r *recorder) createTemp(dir string) (file, error) {
	if err := r.step("create"); err != nil {
		return nil, err
	}
	f, err := r.osDisk.createTemp(dir)
	return &recordedFile{f, r}, err
}

func (r *recorder) chtimes(path string, t time.Time) error {
	return r.do("chtimes", func() error { return r.osDisk.chtimes(path, t) })
}

func (r *recorder) link(old, new string) error {
	if r.noLinks {
		return errors.ErrUnsupported
	}
	return r.do("link", func() error { return r.osDisk.link(old, new) })
}

func (r *recorder) reserve(path string) error {
	return r.do("reserve", func() error { return r.osDisk.reserve(path) })
}

func (r *recorder) rename(old, new string) error {
	return r.do("rename", func() error { return r.osDisk.rename(old, new) })
}

func (r *recorder) syncDir(path string) error {
	return r.do("syncdir "+filepath.Base(path), func() error { return r.osDisk.syncDir(path) })
}

func (r *recorder) do(name string, call func() error) error {
	if err := r.step(name); err != nil {
		return err
	}
	return call()
}

type recordedFile struct {
	file
	r *recorder
}

// Write fails as a full disk does: after some of the bytes.
func (f *recordedFile) Write(b []byte) (int, error) {
	if err := f.r.step("write"); err != nil {
		n, _ := f.file.Write(b[:len(b)/2])
		return n, err
	}
	return f.file.Write(b)
}

func (f *recordedFile) Chmod(m fs.FileMode) error {
	return f.r.do("chmod", func() error { return f.file.Chmod(m) })
}

func (f *recordedFile) Sync() error {
	return f.r.do("sync", f.file.Sync)
}

func (f *recordedFile) Close() error {
	return errors.Join(f.r.step("close"), f.file.Close())
}

func TestOrderOfCalls(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "store")
	other := filepath.Join(dir, "other")
	if err := os.MkdirAll(other, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "f")
	c := content{data: []byte("x"), perm: 0o600, mtime: time.Unix(1, 0)}
	for _, tt := range []struct {
		name    string
		noLinks bool
		run     func(d disk) error
		want    []string
	}{
		{
			"replace", false, func(d disk) error { return replace(d, path, c) },
			[]string{"create", "write", "chmod", "chtimes", "sync", "close", "rename", "syncdir store"},
		},
		{
			"rename across folders", false, func(d disk) error { return rename(d, path, filepath.Join(other, "f")) },
			[]string{"rename", "syncdir other", "syncdir store"},
		},
		{
			"create", false, func(d disk) error { return create(d, path, c) },
			[]string{"create", "write", "chmod", "chtimes", "sync", "close", "link", "syncdir store"},
		},
		{
			"rename in one folder", false, func(d disk) error { return rename(d, path, path+"2") },
			[]string{"rename", "syncdir store"},
		},
		{
			"create without links", true, func(d disk) error { return create(d, path, c) },
			[]string{"create", "write", "chmod", "chtimes", "sync", "close", "reserve", "rename", "syncdir store"},
		},
	} {
		r := &recorder{noLinks: tt.noLinks}
		if err := tt.run(r); err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		if diff := cmp.Diff(tt.want, r.calls); diff != "" {
			t.Errorf("%s: calls (-want +got):\n%s", tt.name, diff)
		}
	}
}

// Whatever call fails, the caller is told, the old file is whole unless the
// new one is, and no temporary file stays.
func TestEachCallFailsInTurn(t *testing.T) {
	for failAt := 1; ; failAt++ {
		dir := t.TempDir()
		path := filepath.Join(dir, "f")
		if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
			t.Fatal(err)
		}
		r := &recorder{failAt: failAt}
		err := replace(r, path, content{data: []byte("new and longer"), perm: 0o600, mtime: time.Unix(1, 0)})
		if len(r.calls) < failAt {
			if err != nil || failAt < 9 {
				t.Fatalf("only %d calls before success (%v)", failAt-1, err)
			}
			return
		}
		if !errors.Is(err, errInjected) {
			t.Errorf("%s failed, but the caller got %v", r.calls[failAt-1], err)
		}
		want := "old"
		if r.calls[failAt-1] == "syncdir "+filepath.Base(dir) {
			want = "new and longer" // the name has changed; only its survival is in doubt
		}
		wantFile(t, path, want)
		wantOnly(t, dir, "f")
	}
}

// TestEachWriteOfALongContentFailsInTurn: content that comes in pieces is there
// whole, or not at all.
func TestEachWriteOfALongContentFailsInTurn(t *testing.T) {
	pieces := func(w io.Writer) error {
		for _, piece := range []string{"one, ", "two, ", "three"} {
			if _, err := io.WriteString(w, piece); err != nil {
				return err
			}
		}
		return nil
	}
	for failAt := 1; ; failAt++ {
		dir := t.TempDir()
		path := filepath.Join(dir, "f")
		r := &recorder{failAt: failAt}
		err := create(r, path, content{write: pieces, perm: 0o600})
		if len(r.calls) < failAt {
			if err != nil || failAt < 9 {
				t.Fatalf("only %d calls before success (%v)", failAt-1, err)
			}
			wantFile(t, path, "one, two, three")
			return
		}
		switch call := r.calls[failAt-1]; {
		case call == "link": // the second way
		case !errors.Is(err, errInjected):
			t.Errorf("%s failed, but the caller got %v", call, err)
		case call != "syncdir "+filepath.Base(dir):
			wantOnly(t, dir)
		}
	}
}

func TestEachCallOfCreateFailsInTurn(t *testing.T) {
	for _, noLinks := range []bool{false, true} {
		for failAt := 1; ; failAt++ {
			dir := t.TempDir()
			path := filepath.Join(dir, "f")
			r := &recorder{failAt: failAt, noLinks: noLinks}
			err := create(r, path, content{data: []byte("new"), perm: 0o600})
			if len(r.calls) < failAt {
				if err != nil {
					t.Fatal(err)
				}
				break
			}
			call := r.calls[failAt-1]
			switch {
			case call == "link": // falls back to the way without links
				if err != nil {
					t.Errorf("no second way after link failed: %v", err)
				}
			case !errors.Is(err, errInjected):
				t.Errorf("%s failed, but the caller got %v", call, err)
			case call != "syncdir "+filepath.Base(dir):
				wantOnly(t, dir)
			}
		}
	}
}
