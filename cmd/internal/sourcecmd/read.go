// SPDX-License-Identifier: Apache-2.0

package sourcecmd

import (
	"context"
	"flag"

	"tamizdat/internal/cli"
)

const aboutRead = `tamizdat-source read --drop URL [--newsroom KEY | --check "W W W W"] [--socks HOST:PORT] [--week]

Shows what the newsroom answered to your words. All replies to everybody are
fetched and yours are looked for on this machine, so the drop does not learn
whether there are any.

Without a terminal, the words are the first line of standard input.
`

func readCommand() *cli.Command {
	return &cli.Command{Name: "read", Summary: "read what the newsroom answered", Usage: aboutRead, Run: runRead}
}

func runRead(ctx context.Context, env *cli.Env, args []string) (err error) {
	var p place
	defer p.leave(env)
	defer func() { err = p.sweepAfter(env, err) }()
	if err := p.parse(flag.NewFlagSet("read", flag.ContinueOnError), args); err != nil {
		return err
	}
	visit, words, err := p.meet(ctx, env)
	if err != nil {
		return err
	}
	mail, err := visit.Read(words...)
	if err != nil {
		return err
	}
	showMail(env, mail)
	showNewWords(env)
	return nil
}

// sweepAfter ends every call that showed something: what was written, and to
// whom, shall not stay on a screen because a line was down. The reason of a
// failure is printed afterwards, on the empty screen. An interrupt clears at
// once.
func (p *place) sweepAfter(env *cli.Env, failed error) error {
	if !p.shown || !env.Terminal() {
		return failed
	}
	if failed != nil {
		env.Notef("\nThis did not work; you will be told why.")
	}
	if err := sweep(env); failed == nil {
		return err
	}
	return failed
}

// sweep clears the screen and what scrolled out of it, as far as the terminal
// obeys. A terminal that was told to record, or a multiplexer, keeps its own
// copy; nothing here can reach that.
func sweep(env *cli.Env) error {
	_, err := env.Line("\nPress Enter to clear the screen. ")
	env.Notef(clearAll)
	return err
}
