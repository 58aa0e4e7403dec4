// SPDX-License-Identifier: Apache-2.0

package doctor

import "golang.org/x/sys/unix"

// clockIsKept asks the kernel, whom a time daemon tells that it keeps the clock.
func clockIsKept() (bool, error) {
	state, err := unix.Adjtimex(&unix.Timex{})
	return state != unix.TIME_ERROR, err
}
