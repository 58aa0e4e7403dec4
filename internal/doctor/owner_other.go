// SPDX-License-Identifier: Apache-2.0

//go:build !unix

package doctor

import "io/fs"

func owner(fs.FileInfo) int { return -1 }

func inode(fs.FileInfo) uint64 { return 0 }
