// SPDX-License-Identifier: Apache-2.0

// Command tamizdat is the newsroom's program: its desks, its press, the
// witness for other newsrooms' records, the verifier, and the demonstration.
// Each is a subcommand that runs as a process of its own with its own folder;
// the press and the desk of one newsroom belong on different machines.
package main

import (
	"tamizdat/cmd/internal/casecmd"
	"tamizdat/cmd/internal/deskcmd"
	"tamizdat/cmd/internal/presscmd"
	"tamizdat/cmd/internal/trycmd"
	"tamizdat/cmd/internal/verifycmd"
	"tamizdat/cmd/internal/witnesscmd"
	"tamizdat/internal/cli"
)

const about = `tamizdat carries a letter from someone who must not be found to a record that
cannot be quietly changed. This is the newsroom's program.

  tamizdat try       watch one letter go all the way, on this machine
  tamizdat desk      found a newsroom, read letters, answer, sign editions
  tamizdat doctor    look whether this desk is well, and say what to do
  tamizdat case      who said it first, how sure we are, how the risk moves
  tamizdat press     log and publish what two desks have signed
  tamizdat witness   countersign another newsroom's record
  tamizdat verify    check a page, a proof or a whole site, without a network

tamizdat help COMMAND tells more about one of them. The drop and the source have
programs of their own: tamizdat-drop and tamizdat-source.
`

func main() {
	cli.Main(&cli.Command{
		Name: "tamizdat", Summary: "the newsroom's program", Usage: about,
		Sub: []*cli.Command{
			trycmd.Command(), deskcmd.Command(), deskcmd.Doctor(), casecmd.Command(), presscmd.Command(), witnesscmd.Command(), verifycmd.Command(),
		},
	})
}
