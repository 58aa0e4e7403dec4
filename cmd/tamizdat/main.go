// SPDX-License-Identifier: Apache-2.0

// Command tamizdat is the newsroom's program: the desk, the press, the witness
// and the verifier, each a verb of its own.
package main

import (
	"tamizdat/cmd/internal/deskcmd"
	"tamizdat/cmd/internal/presscmd"
	"tamizdat/cmd/internal/verifycmd"
	"tamizdat/cmd/internal/witnesscmd"
	"tamizdat/internal/cli"
)

const usage = `tamizdat carries a letter from a source who must not be found to a newsroom that
must not be fooled, and from there to a record that cannot be quietly changed.

  tamizdat desk       a journalist's desk: found a newsroom, read, answer
  tamizdat press      log, witness and print what two people have signed
  tamizdat witness    vouch for another newsroom's log
  tamizdat verify     check what was printed, offline
`

func main() {
	cli.Main(&cli.Command{
		Name: "tamizdat", Summary: "the newsroom's program", Usage: usage,
		Sub: []*cli.Command{deskcmd.Command(), presscmd.Command(), witnesscmd.Command(), verifycmd.Command()},
	})
}
