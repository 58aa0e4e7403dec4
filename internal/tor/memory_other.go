// SPDX-License-Identifier: Apache-2.0

//go:build !linux

package tor

// onlyMemory cannot be told here, so that no folder is taken for one.
func onlyMemory(string) bool { return false }
