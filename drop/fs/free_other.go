// SPDX-License-Identifier: Apache-2.0

//go:build !unix

package fs

import "errors"

// Free is how many bytes this process may still write on the disk of dir. A
// drop runs on Unix; elsewhere this is an error, and a drop does not start.
func Free(dir string) (int64, error) {
	return 0, errors.New("asking for the free space is not possible on this system")
}
