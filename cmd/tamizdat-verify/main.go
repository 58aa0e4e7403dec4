// SPDX-License-Identifier: Apache-2.0

// Command tamizdat-verify checks what a newsroom published, offline: a page, a
// proof or a whole site. It knows nothing of sources and holds no key.
package main

import (
	"tamizdat/cmd/internal/verifycmd"
	"tamizdat/internal/cli"
)

func main() {
	root := verifycmd.Command()
	root.Name = "tamizdat-verify"
	cli.Main(root)
}
