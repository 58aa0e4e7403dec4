// SPDX-License-Identifier: Apache-2.0

package casecmd

import (
	"slices"
	"time"

	"tamizdat/claim"
	"tamizdat/claim/board"
	"tamizdat/claim/judge"
)

// admits asks all that can refuse changes: the rules of the register, who may be
// rated and how far a claim may be believed (package judge), and what the board
// takes. It is the one door to a log, so that no verb is a way round another. What
// is refused is a [claim.Refusal].
func (f *file) admits(by string, at time.Time, changes []claim.Change) error {
	after, err := f.register.Preview(by, at, changes)
	if err != nil {
		return err
	}
	refused := slices.Concat(unearned(&after, changes), unbelievable(&after, changes), f.untimely(after, changes, claim.DayOf(at)))
	if len(refused) > 0 {
		return claim.Refusal(refused)
	}
	return nil
}

// giving lists the things of some kinds of which a change gives one of the fields,
// or all of them, by bringing the thing back.
func giving(changes []claim.Change, kinds []string, fields ...string) map[string]bool {
	ids := map[string]bool{}
	for _, c := range changes {
		given := func(field string) bool { return c.Fields[field] != nil }
		if slices.Contains(kinds, c.Kind) && (c.Verb == claim.VerbRestore || slices.ContainsFunc(fields, given)) {
			ids[c.Object] = true
		}
	}
	return ids
}

// unearned finds reliabilities that a change gives and nothing bears out. What a
// party is and as whom a source speaks decide that too.
func unearned(after *claim.Case, changes []claim.Change) []claim.Problem {
	touched := giving(changes, []string{claim.KindParty, claim.KindSource}, "reliability", "kind", "party")
	if len(touched) == 0 {
		return nil
	}
	return slices.DeleteFunc(judge.Unearned(claim.NewIndex(after)), func(p claim.Problem) bool { return !touched[p.Object] })
}

// unbelievable finds claims that a change holds for surer than their ceiling.
func unbelievable(after *claim.Case, changes []claim.Change) []claim.Problem {
	touched := giving(changes, []string{claim.KindClaim}, "credibility")
	if len(touched) == 0 {
		return nil
	}
	var out []claim.Problem
	x := claim.NewIndex(after)
	for i := range after.Claims {
		c := &after.Claims[i]
		if !touched[c.ID] {
			continue
		}
		if err := judge.MayBelieve(x, c.ID, c.Credibility, x.Origins); err != nil {
			out = append(out, claim.Problem{Object: c.ID, Says: err.Error()})
		}
	}
	return out
}

// untimely finds forecasts that the board does not take. It is asked about the
// case as it stands after the changes, but before the new forecasts and before any
// outcome that comes with them.
func (f *file) untimely(after claim.Case, changes []claim.Change, today claim.Day) []claim.Problem {
	made := giving(changes, []string{claim.KindForecast}, "question")
	if len(made) == 0 {
		return nil
	}
	isNew := func(v claim.Forecast) bool { return made[v.ID] }
	fresh := slices.DeleteFunc(slices.Clone(after.Forecasts), func(v claim.Forecast) bool { return !isNew(v) })
	after.Forecasts = slices.DeleteFunc(slices.Clone(after.Forecasts), isNew)
	after.Questions = slices.Clone(after.Questions)
	was := claim.NewIndex(&f.c)
	for i := range after.Questions {
		q := &after.Questions[i]
		if before := was.Question(q.ID); before == nil || before.Resolution == "" {
			q.Resolution = ""
		}
	}
	return board.New(claim.NewIndex(&after)).CheckForecasts(fresh, today)
}
