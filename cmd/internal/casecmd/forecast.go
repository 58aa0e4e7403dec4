// SPDX-License-Identifier: Apache-2.0

package casecmd

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"strings"

	"tamizdat/claim"
	"tamizdat/claim/board"
	"tamizdat/internal/cli"
)

// runForecast adds what one person gives for a question. A person's first number
// is marked as blind, and nothing that others gave is printed before it is in; a
// file cannot know who has looked into it.
func (p *program) runForecast(_ context.Context, env *cli.Env, args []string) error {
	var o options
	var made claim.Forecast
	fs := o.writing("forecast")
	on := fs.String("on", "", "")
	fs.StringVar(&made.Note, "rationale", "", "")
	listFlag(fs, "because", &made.Because)
	if err := p.parseEdit(&o, fs, args, 3, 4); err != nil {
		return err
	}
	day, err := p.dayNamed("--on", *on)
	if err != nil {
		return err
	}
	made.ID, made.Question, made.By, made.At = claim.NewID(), o.words[1], o.by, claim.DateOn(day)
	// The fourth word is a “%” that stands apart.
	typed := strings.Join(o.words[2:], " ")
	f, err := p.change(env, o.words[0], o.by, func(f *file) ([]claim.Change, error) { return p.forecasting(f, &made, typed) })
	if err != nil {
		return err
	}
	x := claim.NewIndex(&f.c)
	return tellForecast(env, &o, x, &made)
}

// forecasting completes a forecast, and refuses what the board does.
func (p *program) forecasting(f *file, made *claim.Forecast, typed string) ([]claim.Change, error) {
	x := claim.NewIndex(&f.c)
	b := board.New(x)
	if err := readNumber(x.Question(made.Question), made, typed); err != nil {
		return nil, err
	}
	if first := !b.MaySee(made.Question, made.By); first {
		made.Blind = &first
	}
	today := claim.DayOf(p.now())
	if err := b.CheckForecast(made, today); err != nil {
		return nil, hinted(b, made, today, err)
	}
	return things(claim.Case{Forecasts: []claim.Forecast{*made}})
}

// readNumber reads a probability, or the hazard of a week, or quantiles where the
// question asks for a number.
func readNumber(q *claim.Question, made *claim.Forecast, typed string) (err error) {
	if q != nil && q.Type == board.TypeNumeric {
		if made.Quantiles, err = board.ParseQuantiles(typed); err != nil {
			return cli.Usagef("the question asks for a number: %w", err)
		}
		return nil
	}
	if hazard, growth, ok, err := board.ParseHazard(typed); ok {
		made.Hazard, made.Growth = &hazard, &growth
		return misuse(err)
	}
	chance, err := board.ParseChance(typed)
	made.P = &chance
	return misuse(err)
}

func misuse(err error) error {
	if err == nil {
		return nil
	}
	return cli.Usagef("%w", err)
}

// hinted adds, to a refusal, where time alone would have taken the person's number.
func hinted(b *board.Board, made *claim.Forecast, today claim.Day, err error) error {
	day, _ := made.At.Bounds()
	time, none := b.DecayFor(made.Question, made.By, min(day, today))
	if none != nil || len(made.Because) > 0 {
		return err
	}
	return cli.WithHint(err, "name what moves you with --because; time alone would give "+board.Percent(time.To)+" (--because "+claim.BecauseTime+")")
}

// tellForecast shows what was added, and the board that its author may see now.
func tellForecast(env *cli.Env, o *options, x *claim.Index, made *claim.Forecast) error {
	if o.json {
		return env.JSON(made)
	}
	b := board.New(x)
	env.Printf("forecast %s: %s", made.ID, spoken(x.Question(made.Question), made))
	if made.Blind != nil {
		env.Printf(", blind")
	}
	moves := b.Moves(made.Question)
	if i := slices.IndexFunc(moves, func(m board.Move) bool { return m.Forecast == made.ID }); i >= 0 {
		env.Printf(" after %s", board.Percent(moves[i].From))
	}
	for i, c := range made.Because {
		env.Printf("%s%s", [2]string{" because of ", ", "}[min(i, 1)], b.CauseName(c))
	}
	env.Printf("\n")
	day, _ := made.At.Bounds()
	if pool, err := b.Pooled(made.Question, day); err == nil {
		env.Printf("the board of %s: %s (%s to %s, %s)\n", day, board.Percent(pool.P), board.Percent(pool.Low), board.Percent(pool.High), people(pool.N))
	}
	return nil
}

func people(n int) string {
	if n == 1 {
		return "1 person"
	}
	return fmt.Sprintf("%d people", n)
}

// spoken gives the number of a forecast in words.
func spoken(q *claim.Question, f *claim.Forecast) string {
	switch {
	case f.P != nil:
		return board.Percent(*f.P)
	case f.Hazard == nil:
		return board.SayQuantiles(f.Quantiles)
	}
	// CheckForecast has counted it before.
	p, _ := board.Chance(q, f)
	text := board.Rate(*f.Hazard) + " in a week"
	if *f.Growth != 0 {
		text += fmt.Sprintf(" and %+g %% from week to week", 100**f.Growth)
	}
	return text + ", that is " + board.Percent(p)
}

// listFlag adds a flag that may be given again and again.
func listFlag(fs *flag.FlagSet, name string, to *[]string) {
	fs.Func(name, "", func(s string) error {
		*to = append(*to, s)
		return nil
	})
}

// dayNamed reads the one day that a flag wants; this day where it is not given.
func (p *program) dayNamed(flag, text string) (claim.Day, error) {
	if text == "" {
		return claim.DayOf(p.now()), nil
	}
	d, err := claim.ParseDate(text)
	if err != nil || !d.Exact() {
		return 0, cli.Usagef("%s wants one day, such as 2022-04-01", flag)
	}
	day, _ := d.Bounds()
	return day, nil
}
