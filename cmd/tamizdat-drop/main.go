// SPDX-License-Identifier: Apache-2.0

// Command tamizdat-drop is the server between sources and a newsroom. It can
// open nothing that it holds.
package main

import (
	"tamizdat/cmd/internal/dropcmd"
	"tamizdat/internal/cli"
)

func main() { cli.Main(dropcmd.Command()) }
