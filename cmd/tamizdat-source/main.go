// SPDX-License-Identifier: Apache-2.0

// Command tamizdat-source writes letters to a newsroom and reads its answers,
// and leaves nothing on the machine it runs on.
package main

import (
	"tamizdat/cmd/internal/sourcecmd"
	"tamizdat/internal/cli"
)

func main() { cli.Main(sourcecmd.Command()) }
