// SPDX-License-Identifier: Apache-2.0

//go:build unix

package places

import (
	"io/fs"
	"os"
	"syscall"
)

// Own reports whether a file or folder belongs to the user who runs this.
func Own(info fs.FileInfo) bool {
	s, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(s.Uid) == os.Geteuid()
}
