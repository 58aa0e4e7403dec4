// SPDX-License-Identifier: Apache-2.0

//go:build unix

package dropcmd

import (
	"errors"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"

	"tamizdat/internal/places"
)

// openOurs opens a file of the drop to read it. It follows no link at its end,
// does not wait for a pipe, and takes a file of the process's own user only: it
// judges what it has opened, not what had the name a moment before. Who broke
// into the service can put anything into the folder.
func openOurs(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && (!info.Mode().IsRegular() || !places.Own(info)) {
		err = &fs.PathError{Op: "open", Path: path, Err: errNotOurs}
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}
