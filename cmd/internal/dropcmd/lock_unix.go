// SPDX-License-Identifier: Apache-2.0

//go:build unix

package dropcmd

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"tamizdat/internal/cli"
)

// lock keeps a second process off a folder. The system lets go of it when the
// process ends, however it ends.
type lock struct{ f *os.File }

func takeLock(dir string) (*lock, error) {
	f, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	return take(f, cli.WithHint(errors.New("another process uses this folder"), "a drop runs once"))
}

// takeBackupLock keeps a second backup off a folder, beside the drop that serves
// from it. It needs no file: the folder itself is locked.
func takeBackupLock(dir string) (*lock, error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	return take(f, cli.WithHint(errors.New("another backup of this drop is being made"), "wait until it is done"))
}

func take(f *os.File, taken error) (*lock, error) {
	err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		err = taken
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &lock{f}, nil
}

func (l *lock) release() error { return l.f.Close() }

// noCoreDumps keeps the memory of a crashing drop off the disk: the drop's key
// and the tickets of the hour are in it.
func noCoreDumps() error {
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}); err != nil {
		return fmt.Errorf("switching off core dumps: %w", err)
	}
	return nil
}
