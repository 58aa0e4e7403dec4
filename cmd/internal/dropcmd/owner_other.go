// SPDX-License-Identifier: Apache-2.0

//go:build !linux

package dropcmd

// enter does nothing here: only on Linux does the drop come as a service with a
// user of its own.
func enter(dir, beside string) (in, other string, err error) {
	in, err = resolve(dir)
	return in, beside, err
}

// actAsOwner does nothing either.
func actAsOwner(dir string) (string, error) { return resolve(dir) }
