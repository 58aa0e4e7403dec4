// SPDX-License-Identifier: Apache-2.0

//go:build !linux

package trycmd

import "syscall"

// childAttributes asks for nothing: only Linux ends children with their parent.
func childAttributes() *syscall.SysProcAttr { return nil }
