// SPDX-License-Identifier: Apache-2.0

//go:build !unix

package dropcmd

import "errors"

// lock is not possible here, so that a drop does not start.
type lock struct{}

func takeLock(string) (*lock, error) {
	return nil, errors.New("a drop runs on Linux and other Unix systems only")
}

func takeBackupLock(dir string) (*lock, error) { return takeLock(dir) }

func (*lock) release() error { return nil }

func noCoreDumps() error { return nil }
