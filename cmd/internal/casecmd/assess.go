// SPDX-License-Identifier: Apache-2.0

package casecmd

import (
	"context"

	"tamizdat/claim"
	"tamizdat/claim/board"
	"tamizdat/internal/cli"
)

// runAssess freezes what the desk says about a question in one week. The number
// is the board's; people add the confidence with its three reasons.
func (p *program) runAssess(_ context.Context, env *cli.Env, args []string) error {
	var o options
	var w board.Words
	fs := o.writing("assess")
	week := fs.String("week", "", "")
	for name, to := range map[string]*string{
		"confidence": &w.Confidence, "assumptions": &w.Reasons.Assumptions, "sourcing": &w.Reasons.Sourcing,
		"argument": &w.Reasons.Argument, "text": &w.Text, "reviewer": &w.Reviewer,
	} {
		fs.StringVar(to, name, "", "")
	}
	if err := p.parseEdit(&o, fs, args, 2, 2); err != nil {
		return err
	}
	friday, err := p.week(*week)
	if err != nil {
		return err
	}
	w.ID, w.Author = claim.NewID(), o.by
	var frozen claim.Assessment
	f, err := p.change(env, o.words[0], o.by, func(f *file) (_ []claim.Change, err error) {
		b := board.New(claim.NewIndex(&f.c))
		if frozen, err = b.Freeze(o.words[1], friday, claim.DayOf(p.now()), w); err != nil {
			return nil, err
		}
		return things(claim.Case{Assessments: []claim.Assessment{frozen}})
	})
	if err != nil {
		return err
	}
	return tellAssessment(env, &o, claim.NewIndex(&f.c), &frozen)
}

// week is the Friday that is named, or the last one that is over.
func (p *program) week(text string) (claim.Day, error) {
	if text != "" {
		return p.dayNamed("--week", text)
	}
	today := claim.DayOf(p.now())
	if friday := board.Friday(today); friday == today {
		return friday, nil
	}
	return board.Friday(today) - 7, nil
}

func tellAssessment(env *cli.Env, o *options, x *claim.Index, a *claim.Assessment) error {
	if o.json {
		return env.JSON(a)
	}
	line, err := board.Say(a.P, x.Question(a.Question).Closes, a.Confidence)
	if err != nil {
		return err
	}
	env.Printf("week of %s: %s\n", a.Week, line)
	since := board.New(x).Since(a)
	env.Printf("%s\n", since)
	if a.Text != since {
		env.Text("  ", a.Text)
	}
	return nil
}
