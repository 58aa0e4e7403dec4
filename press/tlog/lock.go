// SPDX-License-Identifier: Apache-2.0

package tlog

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// ErrLocked says that another process works in the folder.
var ErrLocked = errors.New("another process is at work in this folder")

// Lock takes an exclusive lock on the file at path for as long as the process
// lives or until unlock is called. The system drops it when a process is
// killed. Two writers on one log could otherwise sign a fork.
func Lock(path string) (unlock func() error, err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := lockFile(f); err != nil {
		return nil, errors.Join(fmt.Errorf("%w: %s", ErrLocked, filepath.Dir(path)), f.Close())
	}
	return f.Close, nil
}
