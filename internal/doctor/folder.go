// SPDX-License-Identifier: Apache-2.0

package doctor

import (
	"errors"
	"io/fs"
	"path/filepath"

	"tamizdat/internal/places"
)

// enough is the number of entries after which no more are looked at: a drop has
// as many files as it was sent pieces.
const enough = 20_000

// Folder looks at who else may read or change a folder and what is in it. The
// names of files in it mean nothing to a person, and are not told.
func (m *Machine) Folder(dir string) Finding {
	if m.System == "windows" {
		return Unknown("who may read the folder is in its access list; see that only you are in it")
	}
	found := OK("nobody else may read or change what is in it")
	seen, whose := 0, -1
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		var info fs.FileInfo
		if err == nil {
			info, err = d.Info()
		}
		if errors.Is(err, fs.ErrNotExist) && seen > 0 {
			return nil // it was there a moment ago
		}
		if err != nil {
			return err
		}
		if seen++; seen == 1 {
			whose = places.Owner(info)
		}
		if found = judge(info, whose, found); found.Grade != Good || seen > enough {
			return fs.SkipAll
		}
		return nil
	})
	if err != nil {
		return unseenFolder(err)
	}
	return found
}

// unseenFolder tells what kind of error kept us from looking, and not at which
// file: see [Machine.Folder].
func unseenFolder(err error) Finding {
	kind := "something in it cannot be read"
	if e := (*fs.PathError)(nil); errors.As(err, &e) {
		kind = e.Err.Error()
	}
	return Fail("the folder cannot be looked at: "+kind, "run this as its owner, or with sudo")
}

// judge looks at one file or folder; whose is the owner of all.
func judge(info fs.FileInfo, whose int, good Finding) Finding {
	kind := info.Mode().Type()
	switch {
	case kind != 0 && kind != fs.ModeDir && kind != fs.ModeSocket:
		return Fail("in the folder is something that is neither a file nor a folder", "no program of ours makes such things: find out who else was there")
	case info.Mode().Perm()&0o077 != 0:
		return Fail("other users may read or change something in the folder", "chmod -R go-rwx the folder; if they had the time to read a key, replace it")
	case places.Owner(info) != whose:
		return Fail("in the folder is something of another user's", "give it to the folder's owner with chown; work there as that user")
	}
	return good
}
