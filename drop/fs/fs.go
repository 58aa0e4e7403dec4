// SPDX-License-Identifier: Apache-2.0

// Package fs keeps a drop's blobs as files in one folder: page bodies, chunks
// and views.
//
// Call [Open]; it deletes what a killed process left half-written. A file is
// written aside, synced, given the time it may show, and renamed; so under its
// final name it is whole, and a power cut cannot take it back once Put has
// returned. Both times of a file, and those of all folders, are the time that the
// caller named last: when something was really written, or read, is
// not to be learnt from them. Change and birth times cannot be set by any
// program; they lie within the moment of sealing.
//
// The package trusts the operating system's word that synced bytes are on the
// medium. It cannot be led out of its folder, by names or by links.
package fs

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	iofs "io/fs"
	"os"
	"path"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"tamizdat/drop"
	"tamizdat/drop/server"
)

// aside is the folder in which files are written before they get their name.
const aside = "unfinished"

// Blobs is a server.Blobs over a folder. One process at a time may use it.
type Blobs struct {
	root  *os.Root
	count atomic.Uint64 // names files in the making

	// wrap stands between Put and a file in the making, so that tests can
	// fill up the disk. Nil: nothing stands there.
	wrap func(io.Writer) io.Writer
}

var _ server.Blobs = (*Blobs)(nil)

// Open returns the blobs in the folder dir, which must exist.
func Open(dir string) (*Blobs, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	b := &Blobs{root: root}
	if err := b.sweep(); err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return b, nil
}

// sweep empties the folder for unfinished files, without a trace of when.
func (b *Blobs) sweep() error {
	before, err := b.root.Stat(".")
	if err != nil {
		return err
	}
	err = errors.Join(b.root.RemoveAll(aside), b.root.Mkdir(aside, 0o700))
	return errors.Join(err, b.stamp(before.ModTime(), aside))
}

// stamp gives a folder and all above it the only time that they may show.
func (b *Blobs) stamp(at time.Time, dir string) error {
	for ; ; dir = path.Dir(dir) {
		if err := b.root.Chtimes(dir, at, at); err != nil {
			return err
		}
		if dir == "." {
			return nil
		}
	}
}

// Close gives up the folder.
func (b *Blobs) Close() error { return b.root.Close() }

// Put implements server.Blobs.
func (b *Blobs) Put(name string, at int64, write func(io.Writer) error) error {
	if err := check(name); err != nil {
		return err
	}
	temp := fmt.Sprintf("%s/%d", aside, b.count.Add(1))
	err := b.writeFile(temp, time.Unix(at, 0), write)
	if err == nil {
		err = b.place(temp, name, time.Unix(at, 0))
	}
	if err != nil {
		_ = b.root.Remove(temp) // swept at the next start if this fails
	}
	return full(errors.Join(err, b.stamp(time.Unix(at, 0), aside)))
}

// writeFile makes a synced file.
func (b *Blobs) writeFile(temp string, at time.Time, write func(io.Writer) error) error {
	f, err := b.root.OpenFile(temp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	err = b.fill(f, write)
	if err == nil {
		err = b.root.Chtimes(temp, at, at)
	}
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

func (b *Blobs) fill(f io.Writer, write func(io.Writer) error) error {
	if b.wrap != nil {
		f = b.wrap(f)
	}
	w := bufio.NewWriterSize(f, 256<<10)
	if err := write(w); err != nil {
		return err
	}
	return w.Flush()
}

// place gives a finished file its name, durably.
func (b *Blobs) place(temp, name string, at time.Time) error {
	dir := path.Dir(name)
	if err := b.mkdirs(dir); err != nil {
		return err
	}
	if err := b.root.Rename(temp, name); err != nil {
		return err
	}
	if err := b.stamp(at, dir); err != nil {
		return err
	}
	return b.syncDir(dir)
}

// mkdirs makes a folder and those above it, and syncs where it made one.
func (b *Blobs) mkdirs(dir string) error {
	if dir == "." {
		return nil
	}
	err := b.root.Mkdir(dir, 0o700)
	switch {
	case err == nil:
		return b.syncDir(path.Dir(dir))
	case errors.Is(err, iofs.ErrExist):
		return nil
	case !errors.Is(err, iofs.ErrNotExist):
		return err
	}
	if err := b.mkdirs(path.Dir(dir)); err != nil {
		return err
	}
	return b.mkdirs(dir)
}

func (b *Blobs) syncDir(dir string) error {
	f, err := b.root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Open implements server.Blobs. What it returns is an *os.File, which the
// kernel can send to a socket by itself.
func (b *Blobs) Open(name string) (io.ReadCloser, int64, error) {
	if err := check(name); err != nil {
		return nil, 0, err
	}
	f, err := b.root.OpenFile(name, os.O_RDONLY|noAccessTime, 0)
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is not a file", name)
	}
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	return f, info.Size(), nil
}

// Delete implements server.Blobs. The bytes may stay on the medium: deleting
// is not wiping.
func (b *Blobs) Delete(name string) error {
	if err := check(name); err != nil {
		return err
	}
	before, err := b.root.Stat(path.Dir(name))
	if errors.Is(err, iofs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := b.root.Remove(name); err != nil && !errors.Is(err, iofs.ErrNotExist) {
		return err
	}
	if err := b.root.Chtimes(path.Dir(name), before.ModTime(), before.ModTime()); err != nil {
		return err
	}
	return b.syncDir(path.Dir(name))
}

// check refuses names that are not of the form the server makes.
func check(name string) error {
	if !iofs.ValidPath(name) || strings.ContainsAny(name, ".\\:") || strings.HasPrefix(name, aside) {
		return fmt.Errorf("%q is no name of a blob", name)
	}
	return nil
}

// full makes a lack of room the error that the contract has for it.
func full(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("%w: %w", drop.ErrFull, err)
	}
	return err
}
