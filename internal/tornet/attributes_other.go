// SPDX-License-Identifier: Apache-2.0

//go:build !linux

package tornet

import "syscall"

// childAttributes asks for nothing: only Linux ends children with their parent.
// Elsewhere a tor notices by itself that its owner is gone, within 15 seconds.
func childAttributes() *syscall.SysProcAttr { return nil }
