// SPDX-License-Identifier: Apache-2.0

package board

import (
	"fmt"
	"math"
	"slices"

	"tamizdat/claim"
)

// Brier scores a probability of YES: (p-o)², one-sided, 0 is best and 1 worst
// (Brier 1950, halved).
func Brier(p float64, yes bool) float64 {
	d := p - outcome(yes)
	return d * d
}

// LogScore is -ln of the probability that was given to what happened, which
// counts as no less than [PoolFloor]. 0 is best.
func LogScore(p float64, yes bool) float64 {
	if !yes {
		p = 1 - p
	}
	return -math.Log(max(p, PoolFloor))
}

// Skill is 1 - score/reference: 0 is no better than the reference, below 0 worse.
// It is nil where the reference was perfect.
func Skill(score, reference float64) *float64 {
	if reference == 0 {
		return nil
	}
	s := 1 - score/reference
	return &s
}

func outcome(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

// Score is how good the numbers for one question were, averaged over its days.
type Score struct {
	Brier, Log float64
	Last       float64 // the number at the end
	Days       int     // scored
	OwnDays    int     // on which it was the person's own number; before, it was the group's
}

// QuestionScore is the scores for one resolved question.
type QuestionScore struct {
	Question string
	Yes      bool
	Unscored int // days after the opening on which nobody had given a number
	Desk     Score
	BaseRate *float64 // the Brier score of the frozen base rate
	Skill    *float64 // of the desk's against it
	People   []PersonScore
}

// PersonScore is one person's score for one question.
type PersonScore struct {
	Person string
	Score
}

// span is the days that count for a question, both included.
type span struct{ first, last claim.Day }

// days gives the span from the opening, or the first number where nobody wrote
// an opening day, to the day before the outcome was known, and not beyond the
// closing day. A question that was opened and resolved on one day has that day.
func (t *track) days() (span, error) {
	q := t.question
	if len(t.entries) == 0 {
		return span{}, fmt.Errorf("nobody gave a number for question %s", q.ID)
	}
	if q.ResolvedAt.IsZero() && q.Closes.IsZero() {
		return span{}, fmt.Errorf("nobody says when question %s was resolved", q.ID)
	}
	s := span{t.entries[0].day, math.MaxInt32}
	if !q.Opens.IsZero() {
		s.first, _ = q.Opens.Bounds()
	}
	if !q.Closes.IsZero() {
		_, s.last = q.Closes.Bounds()
	}
	if !q.ResolvedAt.IsZero() {
		_, known := q.ResolvedAt.Bounds()
		s.last = min(s.last, known-1)
	}
	s.last = max(s.last, s.first)
	if t.entries[0].day > s.last {
		return span{}, fmt.Errorf("nobody gave a number for question %s before the outcome was known", q.ID)
	}
	return s, nil
}

// score scores a question that was resolved as YES or NO.
func (t *track) score() (QuestionScore, error) {
	days, err := t.days()
	if err != nil {
		return QuestionScore{}, err
	}
	out := QuestionScore{Question: t.question.ID, Yes: t.question.Resolution == Yes}
	out.Unscored = max(0, int(t.entries[0].day-days.first))
	days.first = max(days.first, t.entries[0].day)
	out.Desk = average(t.steps, days, out.Yes)
	out.Desk.OwnDays = out.Desk.Days
	if r := t.question.BaseRate; r != nil && checkChance(*r) == nil {
		ref := Brier(*r, out.Yes)
		out.BaseRate, out.Skill = &ref, Skill(out.Desk.Brier, ref)
	}
	for i, own := range t.own() {
		if own[0].day > days.last {
			continue
		}
		s := average(after(t.steps, own), days, out.Yes)
		s.OwnDays = int(days.last-max(days.first, own[0].day)) + 1
		out.People = append(out.People, PersonScore{t.people[i], s})
	}
	return out, nil
}

// own gives each person's numbers as steps.
func (t *track) own() [][]step {
	out := make([][]step, len(t.people))
	for _, e := range t.entries {
		out[e.person] = append(out[e.person], step{e.day, e.p})
	}
	return out
}

// after gives the steps of the group until the first of a person, and then the
// person's own: whoever comes late is not rewarded for having been silent.
func after(group, own []step) []step {
	var out []step
	for _, s := range group {
		if s.day >= own[0].day {
			break
		}
		out = append(out, s)
	}
	return append(out, own...)
}

// average scores the last value carried forward, day by day. The steps begin no
// later than the days.
func average(steps []step, days span, yes bool) Score {
	var out Score
	for i, s := range steps {
		from, to := max(s.day, days.first), days.last
		if i+1 < len(steps) {
			to = min(to, steps[i+1].day-1)
		}
		if s.day <= days.last {
			out.Last = s.p
		}
		if from > to {
			continue
		}
		n := int(to-from) + 1
		out.Days += n
		out.Brier += float64(n) * Brier(s.p, yes)
		out.Log += float64(n) * LogScore(s.p, yes)
	}
	out.Brier /= float64(out.Days)
	out.Log /= float64(out.Days)
	return out
}

// QuestionScore scores one question, or says why it has no score.
func (b *Board) QuestionScore(question string) (QuestionScore, error) {
	t, err := b.track(question)
	if err != nil {
		return QuestionScore{}, err
	}
	if t.numeric() || !slices.Contains([]string{Yes, No}, t.question.Resolution) {
		return QuestionScore{}, fmt.Errorf("question %s is not resolved as %s or %s", question, Yes, No)
	}
	return t.score()
}
