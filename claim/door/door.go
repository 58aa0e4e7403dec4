// SPDX-License-Identifier: Apache-2.0

// Package door is the one way into a register for what a person does, whatever the
// register lies in and whichever program it goes through. Call [Admit] before a
// change is written down. [Check] lists what stands in a case although the door
// would refuse it: it came in by a colleague's program, or was true when it came.
//
// It refuses what breaks a rule of the register, a reliability that nothing bears
// out and a credibility above the ceiling of the evidence (package judge), and
// forecasts that the board does not take (package board). It trusts nobody about
// the order in which things were done, and the caller about the time.
package door

import (
	"slices"
	"time"

	"tamizdat/claim"
	"tamizdat/claim/board"
	"tamizdat/claim/judge"
)

// Admit asks all that can refuse changes to a register, of which before is the
// case as it stands. What is refused is a [claim.Refusal].
func Admit(r *claim.Register, before *claim.Case, actor string, at time.Time, changes []claim.Change) error {
	after, err := r.Preview(actor, at, changes)
	if err != nil {
		return err
	}
	refused := slices.Concat(unearned(&after, changes), unbelievable(&after, changes), untimely(before, after, changes, claim.DayOf(at)))
	if len(refused) > 0 {
		return claim.Refusal(refused)
	}
	return nil
}

// Check lists ratings and credibilities that nothing in the case bears out, and
// forecasts that the board leaves out, in the order of the case.
func Check(c *claim.Case) []claim.Problem {
	x := claim.NewIndex(c)
	out := judge.Unearned(x)
	for i := range c.Claims {
		k := &c.Claims[i]
		if err := judge.MayBelieve(x, k.ID, k.Credibility, x.Origins); err != nil {
			out = append(out, claim.Problem{Object: k.ID, Says: err.Error()})
		}
	}
	for _, p := range board.New(x).Problems() {
		if p.Rule == "" { // what breaks a rule, the case tells itself
			out = append(out, claim.Problem{Object: p.Object, Says: p.Text})
		}
	}
	return out
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
func untimely(before *claim.Case, after claim.Case, changes []claim.Change, today claim.Day) []claim.Problem {
	made := giving(changes, []string{claim.KindForecast}, "question")
	if len(made) == 0 {
		return nil
	}
	isNew := func(v claim.Forecast) bool { return made[v.ID] }
	fresh := slices.DeleteFunc(slices.Clone(after.Forecasts), func(v claim.Forecast) bool { return !isNew(v) })
	after.Forecasts = slices.DeleteFunc(slices.Clone(after.Forecasts), isNew)
	after.Questions = slices.Clone(after.Questions)
	was := claim.NewIndex(before)
	for i := range after.Questions {
		q := &after.Questions[i]
		if known := was.Question(q.ID); known == nil || known.Resolution == "" {
			q.Resolution = ""
		}
	}
	return board.New(claim.NewIndex(&after)).CheckForecasts(fresh, today)
}
