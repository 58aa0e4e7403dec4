// SPDX-License-Identifier: Apache-2.0

//go:build !linux

package fs

// noAccessTime is nothing where the system has no such flag. There the file
// system must be mounted without access times.
const noAccessTime = 0
