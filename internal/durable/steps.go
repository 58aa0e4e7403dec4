// SPDX-License-Identifier: Apache-2.0

package durable

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// disk is the handful of file system calls whose order is this package's
// whole point. Tests record that order and fail each call in turn.
type disk interface {
	createTemp(dir string) (file, error)
	chtimes(path string, t time.Time) error
	link(old, new string) error   // fails with fs.ErrExist if new exists
	reserve(path string) error    // makes path, empty; fs.ErrExist if there
	rename(old, new string) error // replaces new in one step
	remove(path string) error
	syncDir(path string) error
}

// file is an open temporary file.
type file interface {
	io.WriteCloser
	Name() string
	Chmod(fs.FileMode) error
	Sync() error
}

// content is what a file is to become: data, or what write writes. A zero mtime
// means "now".
type content struct {
	data  []byte
	write func(io.Writer) error
	perm  fs.FileMode
	mtime time.Time
}

// replace is the classic sequence: write aside, sync, rename, sync the folder.
// Without the first sync a file system may commit the rename before the bytes;
// without the second the name may be lost although the caller was told yes.
func replace(d disk, path string, c content) error {
	temp, err := writeTemp(d, filepath.Dir(path), c)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := d.rename(temp, path); err != nil {
		return errors.Join(err, d.remove(temp))
	}
	return d.syncDir(filepath.Dir(path))
}

// create is replace with a hard link in the place of the rename, because a
// link refuses a name that is taken.
func create(d disk, path string, c content) error {
	dir := filepath.Dir(path)
	temp, err := writeTemp(d, dir, c)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	err = d.link(temp, path)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return createUnlinked(d, temp, path)
	}
	if err := errors.Join(err, d.remove(temp)); err != nil {
		return err
	}
	return d.syncDir(dir)
}

// createUnlinked serves file systems without hard links, such as that of most
// memory sticks: it takes the name with an empty file and renames over it. A
// power cut between the two leaves the empty file, and the error of the next
// attempt will say that the name exists.
func createUnlinked(d disk, temp, path string) error {
	if err := d.reserve(path); err != nil {
		return errors.Join(err, d.remove(temp))
	}
	if err := d.rename(temp, path); err != nil {
		return errors.Join(err, d.remove(temp), d.remove(path))
	}
	return d.syncDir(filepath.Dir(path))
}

// rename moves a file and syncs the folder that gained a name before the one
// that lost it, so that a power cut can show the file twice but never nowhere.
func rename(d disk, old, new string) error {
	if err := d.rename(old, new); err != nil {
		return err
	}
	if err := d.syncDir(filepath.Dir(new)); err != nil {
		return err
	}
	if filepath.Dir(old) == filepath.Dir(new) {
		return nil
	}
	return d.syncDir(filepath.Dir(old))
}

// writeTemp returns the name of a synced, closed temporary file in dir. After
// a failure the file is gone. A failed sync is final: the kernel may have
// dropped the dirty pages, and a second sync would then claim success.
func writeTemp(d disk, dir string, c content) (string, error) {
	f, err := d.createTemp(dir)
	if err != nil {
		return "", err
	}
	if err := fill(d, f, c); err != nil {
		return "", errors.Join(err, d.remove(f.Name()))
	}
	return f.Name(), nil
}

// fill writes c into f and closes f in any case.
func fill(d disk, f file, c content) error {
	err := c.writeTo(f)
	if err == nil {
		err = f.Chmod(c.perm)
	}
	if err == nil && !c.mtime.IsZero() {
		err = d.chtimes(f.Name(), c.mtime)
	}
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}

func (c content) writeTo(w io.Writer) error {
	if c.write != nil {
		return c.write(w)
	}
	_, err := w.Write(c.data)
	return err
}

// osDisk is the real thing.
type osDisk struct{}

func (osDisk) createTemp(dir string) (file, error)    { return os.CreateTemp(dir, tempPrefix+"*") }
func (osDisk) chtimes(path string, t time.Time) error { return os.Chtimes(path, t, t) }
func (osDisk) link(old, new string) error             { return os.Link(old, new) }
func (osDisk) rename(old, new string) error           { return os.Rename(old, new) }
func (osDisk) remove(path string) error               { return os.Remove(path) }
func (osDisk) syncDir(path string) error              { return syncDir(path) }

func (osDisk) reserve(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}
