// SPDX-License-Identifier: Apache-2.0

package tor

import "golang.org/x/sys/unix"

// onlyMemory reports whether a folder is on a file system that has no disk. A
// folder that is usually in memory may be on a disk all the same, as
// $XDG_RUNTIME_DIR is where somebody has set it.
func onlyMemory(dir string) bool {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return false
	}
	kind := uint32(s.Type) // its width differs between machines
	return kind == unix.TMPFS_MAGIC || kind == unix.RAMFS_MAGIC
}
