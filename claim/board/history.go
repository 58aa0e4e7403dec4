// SPDX-License-Identifier: Apache-2.0

package board

import (
	"fmt"
	"math"

	"tamizdat/claim"
)

// History is one question from its first number to a day, week by week. What
// happens in a week and what happens by the end stand apart in it.
type History struct {
	Question *claim.Question
	Weeks    []Past
	Entries  []claim.Forecast // all until that day, oldest first; of a numeric question this is all
	Looks    []Looks          // at its indicators
	Hint     *Hint            // where they would take the newest number; nil where nobody weighed what they showed
	Quiet    *Proposal        // what time alone would make of the newest number; nil where it makes nothing
	Silence  string           // what quiet has told so far about a hazard that grows; empty where nothing
	Agreed   string           // how it resolves if nothing is reported, once that is due
	Score    *QuestionScore   // once it is resolved, as are those below
	Ranges   []RangeScore
	Lessons  []Lesson
}

// Past is one week of a question.
type Past struct {
	Day        claim.Day // its Friday, or the last day that counts
	P          float64   // by the end
	Low, High  float64
	N          int
	Band       string         // words of ICD 203
	Confidence string         // of the assessment that was frozen for the week, if one was
	Hazard     *float64       // the same in every week that is left, to give P; nil without an end, and where all numbers are beyond what the pool counts
	Quiet      *float64       // what time alone would have left of the first week's number
	Drivers    []claim.Driver // since the week before
}

// Looks is an indicator of a question with what was seen of it, week by week.
type Looks struct {
	Indicator *claim.Indicator
	Weeks     []WeekState
}

// growing is the growth a week against which quiet is held, and soonest is after how
// many weeks: before, it says nothing.
const (
	growing = 0.05
	soonest = 4
)

// History gives a question until a day, or until it closed or its outcome was known.
func (b *Board) History(question string, today claim.Day) (History, error) {
	t, err := b.track(question)
	if err != nil {
		return History{}, err
	}
	h := History{Question: t.question, Agreed: b.Silence(question, today)}
	last := t.over(today)
	for _, e := range t.entries {
		if e.day <= last {
			h.Entries = append(h.Entries, *e.forecast)
		}
	}
	if !t.numeric() && len(h.Entries) > 0 {
		h.Weeks = b.weeks(t, last)
		h.quiet(b, t, today)
	}
	if len(h.Entries) > 0 {
		h.looks(b, t, last)
	}
	h.outcome(b, t)
	return h, nil
}

// looks adds what the indicators showed from the first number on. What they would do
// to the odds counts each root behind their claims once.
func (h *History) looks(b *Board, t *track, last claim.Day) {
	for i := range b.index.Case.Indicators {
		if in := &b.index.Case.Indicators[i]; in.Question == t.question.ID {
			h.Looks = append(h.Looks, Looks{in, Grid(in, t.entries[0].day, last)})
		}
	}
	if len(h.Weeks) == 0 || t.question.Resolution != "" {
		return
	}
	hint, err := b.Hint(t.question.ID, h.Weeks[len(h.Weeks)-1].P, Friday(last), b.rootNames)
	if err == nil && len(hint.Terms) > 0 {
		h.Hint = &hint
	}
}

// rootNames names the origins of a claim, or the claim where it has none.
func (b *Board) rootNames(id string) []string {
	var out []string
	for _, r := range b.index.Origins(id).Roots {
		out = append(out, r.Utterance)
	}
	if out == nil {
		return []string{id}
	}
	return out
}

// over is a day, or the last one on which a number counted, if that was before.
func (t *track) over(day claim.Day) claim.Day {
	if q := t.question; !q.Closes.IsZero() {
		_, closes := q.Closes.Bounds()
		day = min(day, closes)
	}
	if days, err := t.days(); err == nil && t.question.Resolution != "" {
		day = min(day, days.last)
	}
	return day
}

// weeks gives the weeks from the first number on, at most [maxGrid] and then the
// latest.
func (b *Board) weeks(t *track, last claim.Day) []Past {
	first := max(Friday(t.entries[0].day), Friday(last)-7*(maxGrid-1))
	var out []Past
	for f := first; f < last+7; f += 7 {
		out = append(out, b.past(t, f, min(f, last), first))
	}
	return out
}

func (b *Board) past(t *track, friday, day, first claim.Day) Past {
	entries := t.asOf(day)
	w := Past{Day: day, N: len(entries)}
	// The entries were found to be in order when they were read.
	pool, _ := Pool(entries, day)
	w.P, w.Low, w.High = pool.P, pool.Low, pool.High
	if band, err := ICD203(w.P); err == nil {
		w.Band = band.Words
	}
	if a := b.assessmentOf(t.question.ID, friday); a != nil {
		w.Confidence = a.Confidence
	}
	if friday > first {
		w.Drivers = b.Drivers(t.question.ID, friday-7, day)
	}
	if from, ok := t.at(first); ok && t.question.Type == TypeHazard && !t.question.Closes.IsZero() {
		w.Quiet = new(t.decay(from, first, day).To)
		w.Hazard = t.hazard(w, day)
	}
	return w
}

// hazard is the h for which 1 - (1-h)^weeks is the number of a week.
func (t *track) hazard(w Past, day claim.Day) *float64 {
	weeks := weeksTo(t.question.Closes, claim.DateOn(day))
	if weeks <= 0 || w.High <= PoolFloor || w.Low >= PoolCeiling {
		return nil
	}
	return new(-math.Expm1(math.Log1p(-w.P) / weeks))
}

// quiet works out what time and silence say of a question that is open.
func (h *History) quiet(b *Board, t *track, day claim.Day) {
	if t.question.Resolution != "" || t.over(day) < day {
		return
	}
	if p, err := b.Decay(t.question.ID, day); err == nil {
		h.Quiet = &p
	}
	first := h.Weeks[0]
	if first.Hazard == nil || day < first.Day+7*soonest {
		return
	}
	// An error says that a hazard leaves no chance of quiet; then there is nothing to say.
	h.Silence, _ = Silent(*first.Hazard, growing, float64(int(day-first.Day)/7))
}

// outcome adds the scores of a question that is resolved.
func (h *History) outcome(b *Board, t *track) {
	if s, err := b.QuestionScore(t.question.ID); err == nil {
		h.Score = &s
	}
	if t.question.Resolution != "" && t.numeric() {
		h.Ranges, _ = t.ranges() // without a number there are no scores
	}
	h.Lessons, _ = b.PostMortem(t.question.ID) // nor are there lessons
}

// Rate prints the hazard of a week, which is often far below a tenth of a point.
func Rate(hazard float64) string {
	switch {
	case hazard < 0.00001:
		return "<0.001 %"
	case hazard < 0.01:
		return fmt.Sprintf("%.3f %%", 100*hazard)
	}
	return Percent(hazard)
}
