// SPDX-License-Identifier: Apache-2.0

package board

import (
	"errors"
	"fmt"
	"math"

	"tamizdat/claim"
)

// Proposal is a number that time alone would give. People take it over with the
// cause [claim.BecauseTime], or leave it.
type Proposal struct {
	Question   string
	Since      claim.Day // of the newest forecast
	From, To   float64
	QuietWeeks float64
	Line       []float64 // From, then the number after each further whole week until the end
	Working    string
}

// Decay proposes where the number of a question with a fixed end stands after
// the days since its newest forecast, if the event has not come: the weekly
// hazard h for which 1 - (1-h)^W is that forecast, over the weeks that are left.
// Only a question of the type hazard_by_date has such a line.
func (b *Board) Decay(question string, today claim.Day) (Proposal, error) {
	t, err := b.fading(question)
	if err != nil {
		return Proposal{}, err
	}
	from, ok := t.at(today)
	if !ok {
		return Proposal{}, errors.New("nobody has given a number yet")
	}
	return t.decay(from, t.newest(today), today), nil
}

// DecayFor is [Board.Decay] for one person's last number, which that person can
// take over.
func (b *Board) DecayFor(question, person string, today claim.Day) (Proposal, error) {
	t, err := b.fading(question)
	if err != nil {
		return Proposal{}, err
	}
	for _, e := range t.asOf(today) {
		if e.Person == person {
			return t.decay(e.P, e.Day, today), nil
		}
	}
	return Proposal{}, fmt.Errorf("%s has given no number yet", person)
}

// fading gives the track of a question whose number falls with quiet.
func (b *Board) fading(question string) (*track, error) {
	t, err := b.track(question)
	if err == nil && (t.question.Type != TypeHazard || t.question.Closes.IsZero()) {
		err = errors.New("only the number of an event before a fixed day falls with quiet")
	}
	return t, err
}

func (t *track) decay(from float64, since, today claim.Day) Proposal {
	out := Proposal{Question: t.question.ID, Since: since, From: from, QuietWeeks: float64(today-since) / 7}
	return out.over(weeksTo(t.question.Closes, claim.DateOn(since)))
}

// over fills in what follows from a number for so many weeks. The hazard need
// not be known for it: (1-h)^(rest) = (1-p)^(rest/weeks).
func (o Proposal) over(weeks float64) Proposal {
	left := func(quiet float64) float64 {
		if weeks <= 0 || quiet >= weeks {
			return 0
		}
		return -math.Expm1(math.Log1p(-o.From) * (1 - quiet/weeks))
	}
	o.To = left(o.QuietWeeks)
	for k := 0; float64(k) <= weeks && k <= MaxWeeks; k++ {
		o.Line = append(o.Line, left(float64(k)))
	}
	hazard := 0.0
	if weeks > 0 {
		hazard = -math.Expm1(math.Log1p(-o.From) / weeks)
	}
	o.Working = fmt.Sprintf("%s over %.1f weeks is %.2g %% a week; after %.1f quiet weeks, %s is left",
		Percent(o.From), weeks, 100*hazard, o.QuietWeeks, Percent(o.To))
	return o
}

// newest is the day of the newest entry up to a day.
func (t *track) newest(day claim.Day) claim.Day {
	var out claim.Day
	for _, e := range t.entries {
		if e.day <= day {
			out = e.day
		}
	}
	return out
}

// Silent says what quiet has told so far about growth: the Bayes factor of a
// constant hazard against the same hazard growing, and how much quiet it takes
// until that reaches 10.
func Silent(hazard, growth, weeks float64) (string, error) {
	same, err := Constant(hazard)
	if err != nil {
		return "", err
	}
	more, err := Growing(hazard, growth)
	if err != nil {
		return "", err
	}
	factor, err := QuietFactor(same, more, weeks)
	if err != nil {
		return "", err
	}
	until := "no length of quiet that is followed here brings it to 10"
	if n, ok := QuietWeeks(same, more, 10); ok {
		until = fmt.Sprintf("it reaches 10 after %d", n)
	}
	return fmt.Sprintf("%g quiet weeks speak %.3g to 1 for a constant hazard against one that grows by %g %% a week; %s", weeks, factor, 100*growth, until), nil
}
