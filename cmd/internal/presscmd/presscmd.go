// SPDX-License-Identifier: Apache-2.0

// Package presscmd is the press: it takes signed editions, logs them, has them
// witnessed and prints the site. Call [Command].
//
// It is the only program that links the log's private key. It holds no letter,
// no source and no key of a desk, and is best run on a machine of its own. The
// passphrase is read from the terminal or the first line of the input.
package presscmd

import (
	"context"
	"flag"
	"time"

	"tamizdat/internal/cli"
)

const usage = `tamizdat press: print what two editors have signed, so that nobody can quietly change it

  tamizdat press init --dir D --origin NAME --name "Newsroom" --editor VKEY ...
                      [--threshold N] [--witness VKEY=URL ...] [--quorum N]
                      [--notice TEXT] [--key-dir K]
        found a press. NAME names its log for ever, such as lamp.example/log.
        Asks for a passphrase, twice. --notice is printed on every page.
  tamizdat press take --dir D FILE [--reviewed]
        check an edition file (signatures, hidden marks, place in the series) and keep it for printing.
        --reviewed says that somebody has looked at what the gate reported.
  tamizdat press publish --dir D [--key-dir K] [--socks HOST:PORT]
        log what was taken, ask the witnesses, build D/site. Asks for the passphrase.
  tamizdat press cosign --dir D [--key-dir K] [--socks HOST:PORT]
        ask the witnesses again, and print what they add.
  tamizdat press key --dir D --add VKEY | --revoke VKEY
        change who may sign off, from the next entry on.
  tamizdat press status --dir D
        what is logged, taken, witnessed.

Keep D/key (or --key-dir) on another medium than the rest. Witnesses learn the
address you come from; --socks 127.0.0.1:9050 asks them over Tor.
`

// Command gives the verb “press”.
func Command() *cli.Command { return command(time.Now) }

func command(now func() time.Time) *cli.Command {
	p := program{now: now}
	return &cli.Command{
		Name: "press", Summary: "log, witness and print signed editions", Usage: usage,
		Sub: []*cli.Command{
			{Name: "init", Summary: "found a press", Run: p.runInit},
			{Name: "take", Summary: "check an edition and keep it for printing", Run: p.runTake},
			{Name: "publish", Summary: "log and print what was taken", Run: p.runPublish},
			{Name: "cosign", Summary: "ask the witnesses again", Run: p.runCosign},
			{Name: "key", Summary: "change who may sign off", Run: p.runKey},
			{Name: "status", Summary: "what is logged, taken, witnessed", Run: p.runStatus},
		},
	}
}

// program holds what the verbs share.
type program struct{ now func() time.Time }

func (p program) today() string { return p.now().UTC().Format(time.DateOnly) }

// flags parses flags before and after at most one argument.
func flags(verb string, args []string, define func(*flag.FlagSet)) (arg string, err error) {
	fl := flag.NewFlagSet(verb, flag.ContinueOnError)
	define(fl)
	for {
		if err := cli.ParseFlags(fl, args); err != nil {
			return "", err
		}
		if fl.NArg() == 0 {
			return arg, nil
		}
		if arg != "" {
			return "", cli.Usagef("%s: %q is one argument too many", verb, fl.Arg(0))
		}
		arg, args = fl.Arg(0), fl.Args()[1:]
	}
}

// openFlags are those of the verbs that use the key.
type openFlags struct{ dir, keyDir, socks string }

func (o *openFlags) define(fl *flag.FlagSet) {
	fl.StringVar(&o.dir, "dir", "", "")
	fl.StringVar(&o.keyDir, "key-dir", "", "")
	fl.StringVar(&o.socks, "socks", "", "")
}

func (p program) runPublish(ctx context.Context, env *cli.Env, args []string) error {
	return p.withOpenPress(ctx, env, "publish", args, (*openPress).publish)
}

func (p program) runCosign(ctx context.Context, env *cli.Env, args []string) error {
	return p.withOpenPress(ctx, env, "cosign", args, (*openPress).cosign)
}
