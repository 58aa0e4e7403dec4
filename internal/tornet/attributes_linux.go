// SPDX-License-Identifier: Apache-2.0

package tornet

import "syscall"

// childAttributes makes the kernel end a tor whose starter died without having
// ended it, and keeps Ctrl-C in a terminal for the starter, who ends all of
// them in order.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
}
