// SPDX-License-Identifier: Apache-2.0

// Package board keeps count of what a newsroom expects: questions with a date,
// what each person gave for them, why a number moved, and how good the numbers
// turned out to be. It is arithmetic over a [claim.Case]: no clock, no file;
// what day it is, the caller says.
//
// Call [New] first. [Board.Rows] gives one row a question, [Board.Freeze] makes
// the week's assessment, [Board.Scores] says how it went. Before a forecast, an
// edit or a resolution is put into the case, ask [Board.CheckForecast],
// [Board.CheckEdit] and [Board.CheckResolution]: these are the rules I7 and I8
// of docs/CLAIMS.md. The parts stand alone too: [Pool], [Model], [ICD203],
// [Decompose], [Calibrate], [Winkler], [CRPS].
//
// It refuses numbers that are none or lie outside their range, a first forecast
// that was not blind, a move without a cause, and a threshold drawn after the
// number was known. It decides nothing: the decay of a quiet question and the
// weight of an indicator are proposed with their working and never applied.
package board

import (
	"cmp"
	"fmt"
	"slices"

	"tamizdat/claim"
)

// Board is a case ordered by question and by person. It keeps pointers into
// the case: make a new one when the case has changed.
type Board struct {
	index    *claim.Index
	tracks   map[string]*track // by question
	checks   map[string]checked
	problems []Problem
}

// checked is a check with the indicator that it looked at.
type checked struct {
	indicator *claim.Indicator
	check     *claim.Check
}

// Problem is something in a case that the board had to leave out, or that
// breaks a rule.
type Problem struct {
	Rule   string // I7, I8, or empty where the thing cannot be read at all
	Object string // id
	Text   string
}

// track is what was given for one question, oldest first.
type track struct {
	question *claim.Question
	people   []string // in alphabetical order
	entries  []entry
	steps    []step
}

// entry is a forecast that could be read. Its p is NaN where the question asks
// for a number and the forecast has quantiles.
type entry struct {
	forecast *claim.Forecast
	person   int // in people
	day      claim.Day
	p        float64
	blind    bool // the person's first forecast for the question was
}

// step is the pooled number from the end of one day on.
type step struct {
	day claim.Day
	p   float64
}

// New reads a case through once. What cannot be read is left out and told by
// [Board.Problems].
func New(x *claim.Index) *Board {
	b := &Board{
		index:  x,
		tracks: make(map[string]*track, len(x.Case.Questions)),
		checks: map[string]checked{},
	}
	for i := range x.Case.Indicators {
		in := &x.Case.Indicators[i]
		for j := range in.Checks {
			b.checks[in.Checks[j].ID] = checked{in, &in.Checks[j]}
		}
	}
	for i := range x.Case.Questions {
		b.tracks[x.Case.Questions[i].ID] = &track{question: &x.Case.Questions[i]}
	}
	for i := range x.Case.Forecasts {
		b.add(&x.Case.Forecasts[i])
	}
	for _, t := range b.tracks {
		t.settle()
	}
	return b
}

// Problems lists the forecasts that the board leaves out, and what breaks rules
// I7 and I8, in the order of the case.
func (b *Board) Problems() []Problem {
	out := slices.Clone(b.problems)
	for i := range b.index.Case.Questions {
		q := &b.index.Case.Questions[i]
		for _, m := range b.Moves(q.ID) {
			if m.Uncaused {
				out = append(out, Problem{"I7", m.Forecast, m.String() + " cites no cause"})
			}
		}
		for _, says := range b.index.WrongResolution(q) {
			out = append(out, Problem{"I8", q.ID, says})
		}
	}
	return out
}

func (b *Board) add(f *claim.Forecast) {
	t := b.tracks[f.Question]
	if t == nil {
		b.leaveOut(f, fmt.Errorf("question %q is not in the case", f.Question))
		return
	}
	e, err := readEntry(t.question, f)
	if err != nil {
		b.leaveOut(f, err)
		return
	}
	t.entries = append(t.entries, e)
}

func (b *Board) leaveOut(f *claim.Forecast, err error) {
	b.problems = append(b.problems, Problem{Object: f.ID, Text: err.Error()})
}

func readEntry(q *claim.Question, f *claim.Forecast) (entry, error) {
	if f.By == "" {
		return entry{}, fmt.Errorf("forecast %s says not by whom it is", f.ID)
	}
	if !f.At.Exact() {
		return entry{}, fmt.Errorf("forecast %s needs the day on which it was given, such as 2022-03-25", f.ID)
	}
	day, _ := f.At.Bounds()
	p, err := Chance(q, f)
	if err != nil {
		return entry{}, err
	}
	return entry{forecast: f, day: day, p: p}, nil
}

// settle puts the entries in order and works out what does not depend on the
// day that it is.
func (t *track) settle() {
	slices.SortStableFunc(t.entries, func(a, b entry) int { return cmp.Compare(a.day, b.day) })
	for _, e := range t.entries {
		t.people = append(t.people, e.forecast.By)
	}
	slices.Sort(t.people)
	t.people = slices.Compact(t.people)
	first := make([]*bool, len(t.people))
	seen := make([]bool, len(t.people))
	for i := range t.entries {
		e := &t.entries[i]
		e.person, _ = slices.BinarySearch(t.people, e.forecast.By)
		if !seen[e.person] {
			seen[e.person], first[e.person] = true, e.forecast.Blind
		}
		e.blind = first[e.person] != nil && *first[e.person]
	}
	if !t.numeric() {
		t.steps = t.walk()
	}
}

func (t *track) numeric() bool { return t.question.Type == TypeNumeric }

// walk pools anew at the end of each day on which somebody gave a number. In
// between, the pool does not change: age makes all weights smaller alike.
func (t *track) walk() []step {
	var steps []step
	last := make([]Entry, len(t.people))
	var now []Entry
	for i, e := range t.entries {
		last[e.person] = e.public()
		if i+1 < len(t.entries) && t.entries[i+1].day == e.day {
			continue
		}
		now = now[:0]
		for _, l := range last {
			if l.Person != "" {
				now = append(now, l)
			}
		}
		p, _ := poolLogit(now)
		steps = append(steps, step{e.day, p})
	}
	return steps
}

func (e entry) public() Entry {
	return Entry{Person: e.forecast.By, P: e.p, Day: e.day, Blind: e.blind}
}

// asOf gives the last entry of each person up to the end of a day, in the
// order of their names.
func (t *track) asOf(day claim.Day) []Entry {
	last := make([]Entry, len(t.people))
	for _, e := range t.entries {
		if e.day > day {
			break
		}
		last[e.person] = e.public()
	}
	return slices.DeleteFunc(last, func(e Entry) bool { return e.Person == "" })
}

// at gives the pooled number as of a day, and false before the first entry.
func (t *track) at(day claim.Day) (float64, bool) {
	i, _ := slices.BinarySearchFunc(t.steps, day+1, func(s step, d claim.Day) int { return cmp.Compare(s.day, d) })
	if i == 0 {
		return 0, false
	}
	return t.steps[i-1].p, true
}

// track gives the track of a question, or an error for a person to read.
func (b *Board) track(question string) (*track, error) {
	if t := b.tracks[question]; t != nil {
		return t, nil
	}
	return nil, fmt.Errorf("there is no question %q in the case", question)
}
