// SPDX-License-Identifier: Apache-2.0

//go:build unix

package tor

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// lockFile takes a lock for this process until the file is closed. errLocked:
// another has it.
func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		err = errLocked
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}
