// SPDX-License-Identifier: Apache-2.0

//go:build unix

package fs

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// Free is how many bytes this process may still write on the disk of dir.
func Free(dir string) (int64, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, fmt.Errorf("asking for the free space: %w", err)
	}
	return int64(st.Bavail) * int64(st.Bsize), nil
}
