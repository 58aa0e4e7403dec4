// SPDX-License-Identifier: Apache-2.0

//go:build !unix

package cli

// noCoreDumps has nothing to do: here a program cannot forbid that the system
// keeps its memory. BUG: Windows Error Reporting may keep a dump of a crash.
func noCoreDumps() error { return nil }
