// SPDX-License-Identifier: Apache-2.0

package fs

import "syscall"

// noAccessTime keeps the system from noting on disk when a file was read.
const noAccessTime = syscall.O_NOATIME
