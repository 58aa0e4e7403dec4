// SPDX-License-Identifier: Apache-2.0

package trycmd

import "syscall"

// childAttributes makes the kernel end the story's servers if the story dies
// without having ended them.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
}
