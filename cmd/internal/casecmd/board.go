// SPDX-License-Identifier: Apache-2.0

package casecmd

import (
	"context"
	"flag"

	"tamizdat/claim"
	"tamizdat/claim/board"
	"tamizdat/internal/cli"
)

// runBoard shows one row a question as of a day, or the weeks of one question; and
// nothing of that to a person who has still to give a number.
func (p *program) runBoard(ctx context.Context, env *cli.Env, args []string) error {
	var o options
	fs := o.reading("board")
	day := p.dayFlag(fs)
	viewer := fs.String("for", "", "")
	f, err := p.read(ctx, env, &o, fs, args, 1, 2)
	if err != nil {
		return err
	}
	today, err := day()
	if err != nil {
		return err
	}
	if f.shared != nil && *viewer == "" {
		*viewer = f.shared.Me // a number that was seen cannot be forgotten
	}
	x := claim.NewIndex(&f.c)
	b := board.New(x)
	if len(o.words) == 2 {
		return showQuestion(env, &o, x, b, *viewer, today)
	}
	rows := b.Rows(today)
	if *viewer != "" {
		rows = b.RowsFor(*viewer, today)
	}
	if o.json {
		return env.JSON(rows)
	}
	for _, r := range rows {
		printRow(env, r)
	}
	for _, problem := range b.Problems() {
		env.Notef("%s %s: %s\n", problem.Rule, problem.Object, problem.Text)
	}
	if len(rows) == 0 {
		env.Printf("there is no question in it yet\n")
	}
	return nil
}

// dayFlag adds --today, which is this day unless it is given.
func (p *program) dayFlag(fs *flag.FlagSet) func() (claim.Day, error) {
	text := fs.String("today", "", "")
	return func() (claim.Day, error) { return p.dayNamed("--today", *text) }
}

func printRow(env *cli.Env, r board.Row) {
	env.Printf("%s  %s\n", r.Question, r.Text)
	switch {
	case r.Hidden:
		env.Printf("    closed until you have given a number\n")
	case r.Line != "":
		env.Printf("    %s (%s to %s, %s)\n", r.Line, board.Percent(*r.Low), board.Percent(*r.High), people(r.N))
	default:
		env.Printf("    nobody has given a number\n")
	}
	if r.Resolution != "" {
		env.Printf("    resolved: %s\n", r.Resolution)
	} else if r.DaysToClose != nil {
		env.Printf("    %d days to close\n", *r.DaysToClose)
	}
	if r.Stale != "" {
		env.Printf("    %s\n", r.Stale)
	}
}
