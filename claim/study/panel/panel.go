// SPDX-License-Identifier: Apache-2.0

// Package panel plays three invented people who give numbers for the founding
// case, week by week until its question is resolved, so that a board can be seen
// from its first week to its score. Call [Case] for what they add, as a case of its
// own, or [Over] for the founding case with all of it.
//
// Nobody of that panel exists, and nobody gave these numbers in 2022. Its checks of
// indicators are invented as well and find nothing about anybody. Each thing says
// so, and none of it is in package study. The numbers go through the door that a
// desk's go through: blind at first, and each move with its cause. Most of them
// only follow the passing of time, as the board proposes it.
package panel

import (
	"fmt"
	"math"

	"tamizdat/claim"
	"tamizdat/claim/board"
	"tamizdat/claim/study"
)

// What the panel takes as the base rate of Q1, to be set before its first number.
const (
	BaseRate       = 0.02
	ReferenceClass = "0.013 % a week (successful coups in all states, 2015–2025) gives 0.5 % by the end, 0.20 % a week (leaders of personalist regimes after 20 years, leaving by any route) gives 7.7 %; 2 % is about the geometric mean of the two"
)

// Case gives what the panel adds to the founding case, as a case of its own.
func Case() claim.Case {
	p := play()
	first := study.Case()
	return claim.Case{
		Case:        "invented panel on " + first.Case,
		Note:        notice,
		Documents:   p.Documents[len(first.Documents):],
		Questions:   p.Questions[len(first.Questions):],
		Indicators:  p.Indicators[len(first.Indicators):],
		Forecasts:   p.Forecasts,
		Assessments: p.Assessments,
	}
}

// Over gives the founding case with the panel's numbers and its resolution by two
// of them. The founding case itself has neither.
func Over() claim.Case {
	c := play()
	v := board.Verdict{Resolution: board.No, At: date("2023-01-01"), By: []string{name(0), name(1)}, Document: noteID}
	must(board.New(claim.NewIndex(&c)).CheckResolution("Q1", v, day("2023-01-01")))
	q := &c.Questions[0]
	q.Resolution, q.ResolvedAt, q.ResolvedBy, q.ResolutionDocument = v.Resolution, v.At, v.By, v.Document
	return c
}

// name is one of the three.
func name(i int) string { return fmt.Sprintf("panelist %c (invented)", 'A'+i) }

// play gives the founding case as it stands on the last Friday of the question,
// before it was resolved.
func play() claim.Case {
	c := stage()
	for friday, n := day(firstFriday), 0; friday <= day(lastFriday); friday, n = friday+7, n+1 {
		for _, t := range turns(&c, friday, n) {
			give(&c, t)
		}
		freeze(&c, friday)
	}
	return c
}

// stage is the founding case before the first number: its question is open, and the
// panel has its own indicators, its version of Q2, and the note that will end it.
func stage() claim.Case {
	c := study.Case()
	q := &c.Questions[0]
	q.Resolution, q.ResolvedAt = "", claim.Date{}
	q.BaseRate, q.ReferenceClass = new(BaseRate), ReferenceClass
	c.Questions = append(c.Questions, rebellion(c.Questions[1]))
	c.Indicators = append(c.Indicators, indicators()...)
	c.Documents = append(c.Documents, note())
	return c
}

// turns gives what is said on a Friday. On the first all is in the script. Later,
// who has nothing there takes over what time has left of the number before: every
// week for Q1, every fourth for the other question.
func turns(c *claim.Case, friday claim.Day, n int) []turn {
	said := scripted(friday)
	for _, q := range []string{"Q1", rebellionID} {
		if n == 0 || (q == rebellionID && n%4 != 0) {
			continue
		}
		for who := range panelists {
			if !spoken(said, q, who) {
				said = append(said, faded(c, q, who, friday))
			}
		}
	}
	return said
}

func spoken(said []turn, question string, who int) bool {
	for _, t := range said {
		if t.question == question && t.who == who {
			return true
		}
	}
	return false
}

// faded is a panelist's number after the time since it was given, to a
// hundredth of a point, and never none.
func faded(c *claim.Case, question string, who int, friday claim.Day) turn {
	time, err := board.New(claim.NewIndex(c)).DecayFor(question, name(who), friday)
	must(err)
	left := max(math.Round(10_000*time.To)/10_000, 0.0005)
	return turn{friday.String(), question, who, left, []string{claim.BecauseTime}, "no news: what time has left of the number before"}
}

// give adds a turn as a forecast, if the board takes it.
func give(c *claim.Case, t turn) {
	f := claim.Forecast{
		ID: fmt.Sprintf("panel-%s-%s-%c", t.question, t.day, 'A'+t.who), Question: t.question, P: &t.p,
		Because: t.because, By: name(t.who), At: date(t.day), Note: "invented: " + t.note,
	}
	if t.day == firstFriday {
		f.Blind = new(true)
	}
	must(board.New(claim.NewIndex(c)).CheckForecast(&f, day(t.day)))
	c.Forecasts = append(c.Forecasts, f)
}

// freeze adds the week's assessment of Q1.
func freeze(c *claim.Case, friday claim.Day) {
	a, err := board.New(claim.NewIndex(c)).Freeze("Q1", friday, friday, board.Words{
		ID: "panel-" + friday.String(), Confidence: "low", Author: name(0), Reviewer: name(1), Reasons: reasons(),
	})
	must(err)
	c.Assessments = append(c.Assessments, a)
}

func date(s string) claim.Date {
	d, err := claim.ParseDate(s)
	must(err)
	return d
}

func day(s string) claim.Day {
	d, _ := date(s).Bounds()
	return d
}

// must holds of a script that is part of the program and tested with it.
func must(err error) {
	if err != nil {
		panic("panel: the script breaks a rule of the board: " + err.Error())
	}
}
