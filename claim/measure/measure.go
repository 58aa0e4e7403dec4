// SPDX-License-Identifier: Apache-2.0

// Package measure compares numbers that were given for something, and checks
// the sums by which one was made from another. How many? is the question;
// of what exactly, as of when, known since when and by whom come first.
//
// Call [Chart] for the lanes: one bar for each estimate, those of one measurand
// together, as known on a day. [Check] holds a derived figure against its own
// formula, [Disagreements] tells where sources cannot both be right, and [Pool]
// makes one range of several when somebody asks for it. [Savable] is rule I5.
//
// It refuses to mix measurands: killed is not casualties, one ministry is not
// all forces. It refuses a median where the sources disagree. It never decides
// what a speaker gains by a number: what the case does not say is unknown, and
// what is unknown has no weight until a person gives it one.
package measure

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"tamizdat/claim"
)

// Same reports whether two measurands are one: the same id, or the same content
// in all other fields. Only white space may differ.
func Same(a, b claim.Measurand) bool {
	return a.ID == b.ID && a.ID != "" || content(a) == content(b)
}

// content is a measurand without its id, fit for comparison.
func content(m claim.Measurand) [6]string {
	fields := [6]string{m.Quantity, m.Population, m.Unit, m.Area, m.From.String(), m.InclusionRule}
	for i, f := range fields {
		fields[i] = strings.Join(strings.Fields(f), " ")
	}
	return fields
}

// Savable returns what keeps an estimate from being saved (I5): it needs a
// measurand, the day as of which it counts, and a bound with the numbers that
// this bound has; numbers are finite and low ≤ point ≤ high.
func Savable(e claim.Estimate) error {
	var problems []error
	if e.Measurand == "" {
		problems = append(problems, errors.New("it does not say what it counts; name a measurand"))
	}
	if e.AsOf.IsZero() {
		problems = append(problems, errors.New("it does not say as of which day it counts; give as_of"))
	}
	problems = append(problems, ordered(e), boundHasNumbers(e), levelFits(e))
	if err := errors.Join(problems...); err != nil {
		return fmt.Errorf("estimate %s cannot be saved: %w", e.ID, err)
	}
	return nil
}

// ordered checks low ≤ point ≤ high, as far as they are given.
func ordered(e claim.Estimate) error {
	last := math.Inf(-1)
	for _, v := range []*float64{e.Low, e.Point, e.High} {
		switch {
		case v == nil:
			continue
		case math.IsNaN(*v) || math.IsInf(*v, 0):
			return errors.New("a number is not finite")
		case *v < last:
			return errors.New("its numbers are not in order; low ≤ point ≤ high")
		}
		last = *v
	}
	return nil
}

func boundHasNumbers(e claim.Estimate) error {
	switch e.Bound {
	case "":
		return fmt.Errorf("it does not say how its number is meant; give bound, one of %s", strings.Join(claim.Bounds(), ", "))
	case "interval", "unstated_range":
		if e.Low == nil || e.High == nil {
			return fmt.Errorf("a bound of %s needs low and high", e.Bound)
		}
	case "at_least":
		if e.Low == nil && e.Point == nil {
			return errors.New("a bound of at_least needs the number in low or point")
		}
	case "at_most":
		if e.High == nil && e.Point == nil {
			return errors.New("a bound of at_most needs the number in high or point")
		}
	case "about":
		if e.Point == nil {
			return errors.New("a bound of about needs the number in point")
		}
	default:
		return fmt.Errorf("%q is no bound; it is one of %s", e.Bound, strings.Join(claim.Bounds(), ", "))
	}
	return nil
}

func levelFits(e claim.Estimate) error {
	switch {
	case e.Bound == "interval" && e.Level == nil:
		return errors.New("an interval needs its level, such as 0.8; a range that says nothing about itself is an unstated_range")
	case e.Bound != "interval" && e.Level != nil:
		return errors.New("only an interval has a level")
	case e.Level != nil && !(*e.Level >= 0.01 && *e.Level <= 0.999):
		return errors.New("a level lies between 0.01 and 0.999; 80 % is 0.8")
	}
	return nil
}

// Stated gives the numbers of an estimate as they were said, without any
// reading of ours: a floor is open upwards, a ceiling downwards, and about so
// much is that number. False where there is no number that its bound has.
func Stated(e *claim.Estimate) (Interval, bool) {
	if boundHasNumbers(*e) != nil || ordered(*e) != nil {
		return Interval{}, false
	}
	switch e.Bound {
	case "at_least":
		return Interval{*first(e.Low, e.Point), math.Inf(1)}, true
	case "at_most":
		return Interval{math.Inf(-1), *first(e.High, e.Point)}, true
	case "about":
		return Interval{*e.Point, *e.Point}, true
	}
	return Interval{*e.Low, *e.High}, true
}

func first(a, b *float64) *float64 {
	if a != nil {
		return a
	}
	return b
}

// known reports whether an estimate was certainly known at the end of a day. The
// second result is false where the case does not tell since when it is known.
func known(x *claim.Index, e *claim.Estimate, day claim.Day) (known, dated bool) {
	at := e.KnownAt
	if at.IsZero() {
		if u := x.Utterance(e.By); u != nil {
			at = u.At
		}
	}
	if at.IsZero() {
		return false, false
	}
	_, latest := at.Bounds()
	return latest <= day, true
}

// setAside tells why an estimate is not to be reckoned with, or "".
func setAside(e *claim.Estimate) string {
	switch {
	case e.Misquotes != "":
		return "it misquotes " + e.Misquotes
	case slices.Contains([]string{"misquoted", "withdrawn", "refuted", "superseded"}, e.Status):
		return "its status is " + e.Status
	}
	return ""
}
