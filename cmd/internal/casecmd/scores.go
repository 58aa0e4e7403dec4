// SPDX-License-Identifier: Apache-2.0

package casecmd

import (
	"context"
	"fmt"
	"math"

	"tamizdat/claim"
	"tamizdat/claim/board"
	"tamizdat/internal/cli"
)

// runScores tells how good the numbers were: question by question, person by
// person, and whether what was said to be likely came about.
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
		env.Printf("%s  ", q.Question)
		printScore(env, &q)
	}
	for _, r := range scores.Ranges {
		env.Printf("%s  ", r.Question)
		printRange(env, r)
	}
	printRecords(env, &scores)
	for _, u := range scores.Unscored {
		env.Printf("%s  not scored: %s\n", u.Question, u.Reason)
	}
	if scores.VoidShare != nil && *scores.VoidShare > 0 {
		env.Printf("%s of the resolved questions were ambiguous or annulled\n", board.Percent(*scores.VoidShare))
	}
	if scores.VoidShare == nil {
		env.Printf("no question is resolved yet\n")
	}
	return nil
}

// printScore prints the scores for one question: the desk's, and each person's.
func printScore(env *cli.Env, q *board.QuestionScore) {
	env.Printf("Brier %s, log %.3f over %d days", small(q.Desk.Brier), q.Desk.Log, q.Desk.Days)
	if q.BaseRate != nil {
		env.Printf("; the base rate %s", small(*q.BaseRate))
	}
	if q.Skill != nil {
		env.Printf(", skill against it %+.2f", *q.Skill)
	}
	env.Printf("\n")
	for _, s := range q.People {
		env.Printf("    %s: Brier %s, log %.3f, last %s", s.Person, small(s.Brier), s.Log, board.Percent(s.Last))
		if s.OwnDays < s.Days {
			env.Printf("; own number on %d of %d days, before that the group's", s.OwnDays, s.Days)
		}
		env.Printf("\n")
	}
}

func printRange(env *cli.Env, r board.RangeScore) {
	env.Printf("%s: CRPS %.4g", r.Person, r.CRPS)
	if r.Winkler != nil {
		env.Printf(", Winkler for 80 %% %.4g", *r.Winkler)
	}
	env.Printf(" (less is better, in the unit of the question)\n")
}

// printRecords prints the desk's record over all questions, and people's beside it
// where that is more than one question.
func printRecords(env *cli.Env, s *board.Scores) {
	if s.Desk.Questions == 0 {
		return
	}
	printRecord(env, "the desk", &s.Desk)
	for i := range s.People {
		if s.People[i].Questions > 1 {
			printRecord(env, s.People[i].Person, &s.People[i])
		}
	}
	printCalibration(env, s.Desk.Calibration)
}

func printRecord(env *cli.Env, who string, r *board.Record) {
	env.Printf("\n%s, %d scored: Brier %s, log %.3f", who, r.Questions, small(r.Brier), r.Log)
	if r.Skill != nil {
		env.Printf(", skill against base rates %+.2f", *r.Skill)
	}
	d := r.Decomposition
	env.Printf("\n    of the last numbers: Brier %s = reliability %s - resolution %s + uncertainty %s", small(d.Brier), small(d.Reliability), small(d.Resolution), small(d.Uncertainty))
	if within := d.Brier - d.Binned; math.Abs(within) >= 1e-6 {
		env.Printf(", and %+.6f inside the bins", within)
	}
	env.Printf("\n")
}

// small prints a score with the digits that a small one needs.
func small(x float64) string {
	if x != 0 && math.Abs(x) < 0.001 {
		return fmt.Sprintf("%.6f", x)
	}
	return fmt.Sprintf("%.4f", x)
}

// printCalibration prints the bins in which something was said. Where there are
// too few for a verdict, it says so.
func printCalibration(env *cli.Env, bins []board.Bin) {
	env.Printf("\ncalibration of the desk's last numbers (Wilson's interval of 90 %%)\n")
	for _, b := range bins {
		if b.N == 0 {
			continue
		}
		verdict := b.Verdict
		if verdict == "" {
			verdict = "too few to tell"
		}
		env.Printf("  %3.0f–%3.0f %%: %d, said %s, happened %.0f %% (%.0f to %.0f %%): %s\n",
			100*b.Low, 100*b.High, b.N, board.Percent(b.Said), 100*b.Happened, 100*b.WilsonLow, 100*b.WilsonHigh, verdict)
	}
}
