// SPDX-License-Identifier: Apache-2.0

package board

import (
	"cmp"
	"slices"

	"tamizdat/claim"
)

// Scores is how good the numbers of a desk were.
type Scores struct {
	Questions []QuestionScore // in the order of the case
	Ranges    []RangeScore
	Desk      Record
	People    []Record // in alphabetical order
	Unscored  []Unscored
	VoidShare *float64 // of ambiguous and annulled questions among the resolved; nil if none is
}

// Unscored is a resolved question that has no score.
type Unscored struct {
	Question string
	Reason   string
}

// Record is one person's scores, or the desk's, over all questions: the mean of
// the questions, each counting once. Calibration and decomposition are of the
// last number for each question.
type Record struct {
	Person        string // empty for the desk
	Questions     int
	Brier, Log    float64
	Skill         *float64 // over the questions that have a base rate; nil if none has
	Calibration   []Bin
	Decomposition Decomposition
	results       []Result
	ours, ref     float64 // sums, over the questions that have a base rate
}

// RangeScore is one person's score for one numeric question, from the last
// forecast before its outcome was known. It is in the unit of the question.
type RangeScore struct {
	Question string
	Person   string
	CRPS     float64
	Winkler  *float64 // nil where the quantiles 0.1 and 0.9 were not given
}

// Scores scores every question that was resolved as YES, NO or a number. Those
// that were ambiguous or annulled are listed, and not scored.
func (b *Board) Scores() Scores {
	var out Scores
	people := map[string]*Record{}
	resolved, void := 0, 0
	for i := range b.index.Case.Questions {
		q := &b.index.Case.Questions[i]
		if q.Resolution == "" {
			continue
		}
		resolved++
		if q.Resolution == Ambiguous || q.Resolution == Annulled {
			void++
			out.Unscored = append(out.Unscored, Unscored{q.ID, q.Resolution})
			continue
		}
		if err := out.add(b.tracks[q.ID], people); err != nil {
			out.Unscored = append(out.Unscored, Unscored{q.ID, err.Error()})
		}
	}
	if resolved > 0 {
		share := float64(void) / float64(resolved)
		out.VoidShare = &share
	}
	out.finish(people)
	return out
}

func (out *Scores) add(t *track, people map[string]*Record) error {
	if err := t.question.WrongOutcome(); err != nil {
		return err
	}
	if t.numeric() {
		ranges, err := t.ranges()
		out.Ranges = append(out.Ranges, ranges...)
		return err
	}
	s, err := t.score()
	if err != nil {
		return err
	}
	out.Questions = append(out.Questions, s)
	out.Desk.add(s.Desk, s)
	for _, p := range s.People {
		if people[p.Person] == nil {
			people[p.Person] = &Record{Person: p.Person}
		}
		people[p.Person].add(p.Score, s)
	}
	return nil
}

func (r *Record) add(s Score, q QuestionScore) {
	r.Questions++
	r.Brier += s.Brier
	r.Log += s.Log
	r.results = append(r.results, Result{s.Last, q.Yes})
	if q.BaseRate != nil {
		r.ours += s.Brier
		r.ref += *q.BaseRate
	}
}

func (out *Scores) finish(people map[string]*Record) {
	out.Desk.finish()
	for _, r := range people {
		r.finish()
		out.People = append(out.People, *r)
	}
	slices.SortFunc(out.People, func(a, b Record) int { return cmp.Compare(a.Person, b.Person) })
}

func (r *Record) finish() {
	if r.Questions == 0 {
		return
	}
	r.Brier /= float64(r.Questions)
	r.Log /= float64(r.Questions)
	r.Skill = Skill(r.ours, r.ref)
	// The numbers were found to be in range when they were read.
	r.Calibration, _ = Calibrate(r.results)
	r.Decomposition, _ = Decompose(r.results)
	r.results = nil
}

// ranges scores a numeric question.
func (t *track) ranges() ([]RangeScore, error) {
	x, err := t.question.Number()
	if err != nil {
		return nil, err
	}
	days, err := t.days()
	if err != nil {
		return nil, err
	}
	last := make([]*claim.Forecast, len(t.people))
	for _, e := range t.entries {
		if e.day <= days.last {
			last[e.person] = e.forecast
		}
	}
	var out []RangeScore
	for i, f := range last {
		if f == nil {
			continue
		}
		s := RangeScore{Question: t.question.ID, Person: t.people[i]}
		if s.CRPS, err = CRPS(f.Quantiles, x); err != nil {
			return nil, err
		}
		s.Winkler = winklerOf(f.Quantiles, x)
		out = append(out, s)
	}
	return out, nil
}

func winklerOf(qs []claim.Quantile, x float64) *float64 {
	low, ok1 := quantile(qs, 0.1)
	high, ok2 := quantile(qs, 0.9)
	if !ok1 || !ok2 {
		return nil
	}
	w, err := Winkler(low, high, x)
	if err != nil {
		return nil
	}
	return &w
}
