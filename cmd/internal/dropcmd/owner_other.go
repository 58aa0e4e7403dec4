// SPDX-License-Identifier: Apache-2.0

//go:build !linux

package dropcmd

const (
	mayNothing uint32 = 0
	mayRead    uint32 = 1
)

// actAsOwner does nothing here: only on Linux does the drop come as a service
// with a user of its own.
func actAsOwner(string, uint32) error { return nil }
