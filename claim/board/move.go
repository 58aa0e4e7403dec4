// SPDX-License-Identifier: Apache-2.0

package board

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"tamizdat/claim"
)

// Causes in the account of a move that nobody cited.
const (
	CauseNone  = "no_cause" // of moves too small to need one, and of those that lack one
	CausePanel = "panel"    // who takes part, how old entries are, and what exponent follows
)

// Move is the difference of two successive forecasts of one person.
type Move struct {
	Question string
	Person   string
	Forecast string // the later one
	Day      claim.Day
	From, To float64
	Because  []string
	Uncaused bool // it needs a cause and cites none: see [claim.Forecast.Uncaused]
}

func (m Move) String() string {
	return fmt.Sprintf("the move of %s on %s, %s → %s", m.Person, m.Day, Percent(m.From), Percent(m.To))
}

// Moves lists the moves for a question, oldest first.
func (b *Board) Moves(question string) []Move {
	t := b.tracks[question]
	if t == nil || t.numeric() {
		return nil
	}
	var out []Move
	last, footing := make([]*entry, len(t.people)), make([]*claim.Forecast, len(t.people))
	for i := range t.entries {
		e := &t.entries[i]
		if was := last[e.person]; was != nil {
			out = append(out, Move{
				Question: question, Person: e.forecast.By, Forecast: e.forecast.ID, Day: e.day,
				From: was.p, To: e.p, Because: e.forecast.Because,
				Uncaused: e.forecast.Uncaused(t.question, footing[e.person]),
			})
		}
		last[e.person], footing[e.person] = e, e.forecast.Footing(footing[e.person])
	}
	return out
}

// Drivers says how far each cause moved the pooled number from the end of one
// day to the end of another. The differences add up to that of the number.
//
// The account is kept in log odds. What a person moved counts with the weight
// that the person has at the end, times the exponent at the end, and is divided
// evenly among the causes that the forecast cites, for nobody said which of them
// weighed more. What is left over, because people joined or entries aged, is
// [CausePanel]. Log odds become probability at one rate for all of them. The
// largest is first; without a number on both days there are none.
func (b *Board) Drivers(question string, from, to claim.Day) []claim.Driver {
	t := b.tracks[question]
	if t == nil || t.numeric() {
		return nil
	}
	before, after := t.asOf(from), t.asOf(to)
	if len(before) == 0 || len(after) == 0 || from >= to {
		return nil
	}
	p0, log0 := poolLogit(before)
	p1, log1 := poolLogit(after)
	a0, a1 := Exponent(len(before), allBlind(before)), Exponent(len(after), allBlind(after))
	byCause := t.causes(from, to, after, a1)
	rest := a1*log1 - a0*log0
	for _, c := range sortedCauses(byCause) {
		rest -= byCause[c]
	}
	byCause[CausePanel] += rest
	return drivers(byCause, p0, p1, a1*log1-a0*log0)
}

// causes adds up, by cause, what the moves after one day until another did to
// the pooled log odds. People who had no number on the first day are left out:
// whatever they moved since, what they did to the pool is that they joined.
func (t *track) causes(from, to claim.Day, after []Entry, exponent float64) map[string]float64 {
	weights := normalWeights(after)
	out := map[string]float64{}
	last := make([]*entry, len(t.people))
	joined := make([]bool, len(t.people))
	for i := range t.entries {
		e := &t.entries[i]
		if e.day > to {
			break
		}
		was := last[e.person]
		last[e.person] = e
		if was == nil {
			joined[e.person] = e.day > from
			continue
		}
		if e.day > from && !joined[e.person] {
			share(out, e.forecast.Because, exponent*weights[e.forecast.By]*(logit(e.p)-logit(was.p)))
		}
	}
	return out
}

func normalWeights(entries []Entry) map[string]float64 {
	out := make(map[string]float64, len(entries))
	newest, sum := entries[0].Day, 0.0
	for _, e := range entries {
		newest = max(newest, e.Day)
	}
	for _, e := range entries {
		sum += weight(newest - e.Day)
	}
	for _, e := range entries {
		out[e.Person] = weight(newest-e.Day) / sum
	}
	return out
}

// share divides a difference evenly among the causes cited.
func share(out map[string]float64, because []string, delta float64) {
	if len(because) == 0 {
		because = []string{CauseNone}
	}
	for _, c := range because {
		out[c] += delta / float64(len(because))
	}
}

func sortedCauses(m map[string]float64) []string {
	out := make([]string, 0, len(m))
	for c := range m {
		out = append(out, c)
	}
	slices.Sort(out)
	return out
}

// drivers turns differences of log odds into differences of probability, at the
// slope between the two numbers.
func drivers(byCause map[string]float64, p0, p1, total float64) []claim.Driver {
	slope := p0 * (1 - p0)
	if math.Abs(total) > tie {
		slope = (p1 - p0) / total
	}
	var out []claim.Driver
	for _, c := range sortedCauses(byCause) {
		if d := byCause[c] * slope; math.Abs(d) > 1e-12 {
			out = append(out, claim.Driver{Cause: c, Delta: d})
		}
	}
	slices.SortStableFunc(out, func(a, b claim.Driver) int { return cmp.Compare(math.Abs(b.Delta), math.Abs(a.Delta)) })
	return out
}

// Lean is a question whose forecasts rest on a claim that has fallen.
type Lean struct {
	Claim     string
	Reason    string   // why it has fallen
	Question  string   // open
	Forecasts []string // that cite it, oldest first
	Checks    []string // through which they do, where they do not cite it themselves
}

// Fallen lists the open questions to look at again: some forecast cites a claim
// that has fallen ([claim.Claim.Fallen]), or a check that rests on it. A person's later forecast for another reason does not
// lift it, for the number still stands on all that moved it.
func (b *Board) Fallen() []Lean {
	reasons := map[string]string{}
	for i := range b.index.Case.Claims {
		if c := &b.index.Case.Claims[i]; c.Fallen() {
			reasons[c.ID] = c.FallenAs()
		}
	}
	var out []Lean
	for i := range b.index.Case.Questions {
		q := &b.index.Case.Questions[i]
		if q.Resolution == "" {
			out = append(out, b.leaning(q.ID, reasons)...)
		}
	}
	return out
}

func (b *Board) leaning(question string, reasons map[string]string) []Lean {
	byClaim := map[string]*Lean{}
	var order []string
	for _, e := range b.tracks[question].entries {
		for _, cited := range e.forecast.Because {
			for _, id := range b.claimsBehind(cited) {
				if reasons[id] == "" {
					continue
				}
				l := byClaim[id]
				if l == nil {
					l = &Lean{Claim: id, Reason: reasons[id], Question: question}
					byClaim[id] = l
					order = append(order, id)
				}
				l.add(e.forecast.ID, cited)
			}
		}
	}
	var out []Lean
	for _, id := range order {
		out = append(out, *byClaim[id])
	}
	return out
}

func (l *Lean) add(forecast, cited string) {
	if !slices.Contains(l.Forecasts, forecast) {
		l.Forecasts = append(l.Forecasts, forecast)
	}
	if cited != l.Claim && !slices.Contains(l.Checks, cited) {
		l.Checks = append(l.Checks, cited)
	}
}

// claimsBehind gives the claim that a cause is, or those that a check cites.
func (b *Board) claimsBehind(cause string) []string {
	if c, ok := b.checks[cause]; ok {
		return c.check.Claims
	}
	return []string{cause}
}
