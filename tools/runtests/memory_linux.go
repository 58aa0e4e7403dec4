// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"os"
	"syscall"
)

const (
	memoryFolder = "/dev/shm"
	memoryNeeded = 6 << 30 // bytes
	noExec       = 8       // ST_NOEXEC of statfs(2): nothing there can be run
)

// inMemory gives an environment in which tests keep their temporary files in memory,
// where this machine has room: most of what they wait for elsewhere is a disk that is
// told to be sure. Crashes are simulated, so nothing is proved by the disk; soak rounds
// and benchmarks use it. Where there is no room it gives nil, the environment as it is.
func inMemory() (env []string, remove func(), err error) {
	remove = func() {}
	var fs syscall.Statfs_t
	if err := syscall.Statfs(memoryFolder, &fs); err != nil || fs.Flags&noExec != 0 || fs.Bavail*uint64(fs.Bsize) < memoryNeeded {
		return nil, remove, nil
	}
	dir, err := os.MkdirTemp(memoryFolder, "tests-")
	if err != nil {
		return nil, remove, err
	}
	remove = func() {
		if err := os.RemoveAll(dir); err != nil {
			fmt.Fprintln(os.Stderr, "a folder of tests in memory is left over:", err)
		}
	}
	return append(os.Environ(), "TMPDIR="+dir, "GOTMPDIR="+os.TempDir()), remove, nil
}
