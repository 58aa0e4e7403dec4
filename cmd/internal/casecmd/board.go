// SPDX-License-Identifier: Apache-2.0

package casecmd

import (
	"context"
	"flag"

	"tamizdat/claim"
	"tamizdat/claim/board"
	"tamizdat/internal/cli"
)

// runBoard shows one row a question, as of a day.
func (p *program) runBoard(ctx context.Context, env *cli.Env, args []string) error {
	var o options
	fs := o.reading("board")
	day := p.dayFlag(fs)
	f, err := p.read(ctx, env, &o, fs, args, 1, 1)
	if err != nil {
		return err
	}
	today, err := day()
	if err != nil {
		return err
	}
	b := board.New(claim.NewIndex(&f.c))
	rows := b.Rows(today)
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

// runScores tells how good the numbers were.
func (p *program) runScores(ctx context.Context, env *cli.Env, args []string) error {
	var o options
	f, err := p.read(ctx, env, &o, o.reading("scores"), args, 1, 1)
	if err != nil {
		return err
	}
	scores := board.New(claim.NewIndex(&f.c)).Scores()
	if o.json {
		return env.JSON(scores)
	}
	for _, q := range scores.Questions {
		env.Printf("%s  Brier %.4f, log %.3f over %d days", q.Question, q.Desk.Brier, q.Desk.Log, q.Desk.Days)
		if q.Skill != nil {
			env.Printf("; skill against the base rate %.2f", *q.Skill)
		}
		env.Printf("\n")
	}
	for _, u := range scores.Unscored {
		env.Printf("%s  not scored: %s\n", u.Question, u.Reason)
	}
	return nil
}
