// SPDX-License-Identifier: Apache-2.0

// Package durable changes files so that the change outlives a power cut.
//
// Call [WriteFile] to replace a file, [CreateFile] (or [CreateFileFrom]) to make
// one that must not exist yet, [Rename] and [Remove] to move and delete, [MkdirAll] for folders.
// When one of them returns nil, the content and the name are on disk; when it
// returns an error, the old state is what the next start will find, whole.
// Nobody ever sees half a file under its final name.
//
// A process that is killed may leave a temporary file behind. [Sweep] deletes
// such leftovers; a store calls it once at its start, because a leftover holds
// content that its owner believes was never stored.
//
// The package trusts the operating system's word that a synced byte is on the
// medium. It refuses nothing about names: a caller that takes a name from a
// stranger must have judged it before.
//
// BUG: Windows offers no way to sync a folder. There a name may be lost in a
// power cut although the call returned nil; the content of what is there is
// still whole. A journal that is replayed at the start would close this.
package durable

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// tempPrefix begins the name of every temporary file of this package.
const tempPrefix = ".durable-"

// WriteFile puts data under path, replacing what was there in one step. The
// file gets exactly perm, whatever the umask says. On return it survives a
// power cut; on an error the former file, if any, is untouched.
func WriteFile(path string, data []byte, perm fs.FileMode) error {
	return replace(osDisk{}, path, content{data: data, perm: perm})
}

// WriteFileTime is [WriteFile] with both file times set to mtime before the
// name appears, for places where the true time of writing must not be on
// disk. Change and birth times, which some file systems keep as well, cannot
// be set by any program.
func WriteFileTime(path string, data []byte, perm fs.FileMode, mtime time.Time) error {
	return replace(osDisk{}, path, content{data: data, perm: perm, mtime: mtime})
}

// CreateFile is [WriteFile] for a name that must be new: if path exists, it
// fails with an error that is [fs.ErrExist] and leaves the file as it is. Of
// several callers with the same path exactly one succeeds.
func CreateFile(path string, data []byte, perm fs.FileMode) error {
	return create(osDisk{}, path, content{data: data, perm: perm})
}

// CreateFileFrom is [CreateFile] for content that is too large to hold in memory:
// write is called once with where it goes. What write returns is returned, and then
// there is no file.
func CreateFileFrom(path string, perm fs.FileMode, write func(io.Writer) error) error {
	return create(osDisk{}, path, content{write: write, perm: perm})
}

// Rename moves the file old to new, replacing new, and syncs both folders.
func Rename(old, new string) error {
	return rename(osDisk{}, old, new)
}

// Remove deletes the file or empty folder path and syncs the folder it was
// in. The bytes may stay on the medium: deleting is not wiping.
func Remove(path string) error {
	if err := os.Remove(path); err != nil {
		return err
	}
	return SyncDir(filepath.Dir(path))
}

// SyncDir makes the names inside the folder path survive a power cut.
func SyncDir(path string) error {
	return osDisk{}.syncDir(path)
}

// MkdirAll makes the folder path and every missing folder above it, each with
// perm less the umask, and syncs each folder that gained a name. A folder
// that is there already keeps its permissions.
func MkdirAll(path string, perm fs.FileMode) error {
	path = filepath.Clean(path)
	if info, err := os.Stat(path); err == nil {
		if !info.IsDir() {
			return fmt.Errorf("%s is in the way: it is a file, not a folder", path)
		}
		return nil
	}
	parent := filepath.Dir(path)
	if parent != path {
		if err := MkdirAll(parent, perm); err != nil {
			return err
		}
	}
	if err := os.Mkdir(path, perm); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return SyncDir(parent)
}

// Sweep deletes the temporary files that killed writers left in the folder
// dir, not in folders below it. No other process may be writing there: its
// file in the making would be deleted too, and its call would fail.
func Sweep(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	swept := false
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), tempPrefix) || !e.Type().IsRegular() {
			continue
		}
		if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
			return err
		}
		swept = true
	}
	if !swept {
		return nil
	}
	return SyncDir(dir)
}
