// SPDX-License-Identifier: Apache-2.0

//go:build unix

package cli

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// noCoreDumps keeps the memory of a program that crashes off the disk, and of
// all programs that it starts: keys and words are in it.
func noCoreDumps() error {
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}); err != nil {
		return fmt.Errorf("switch off core dumps: %w", err)
	}
	return nil
}
