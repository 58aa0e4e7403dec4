// SPDX-License-Identifier: Apache-2.0

//go:build !unix

package cli

import "os"

// checkWriters trusts the file. Who may write to it is told here by access
// lists, which a person's own folder has right.
//
// BUG: a file in a folder that others may write to is not refused here.
func checkWriters(*os.File) error { return nil }
