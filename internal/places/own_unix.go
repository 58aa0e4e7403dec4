// SPDX-License-Identifier: Apache-2.0

//go:build unix

package places

import (
	"io/fs"
	"os"
	"syscall"
)

// Owner is the user to whom a file or folder belongs, or -1 where the system
// does not tell.
func Owner(info fs.FileInfo) int {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(s.Uid)
	}
	return -1
}

// Own reports whether a file or folder belongs to the user who runs this.
func Own(info fs.FileInfo) bool { return Owner(info) == os.Geteuid() }
