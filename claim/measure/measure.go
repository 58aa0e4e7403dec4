// SPDX-License-Identifier: Apache-2.0

// Package measure compares numbers that were given for something, and checks
// the sums by which one was made from another. How many? is the question;
// of what exactly, as of when, known since when and by whom come first.
//
// Call [Chart] for the lanes: one bar for each estimate, those of one measurand
// together, as known on a day. [Check] holds a derived figure against its own
// formula, [Disagreements] tells where sources cannot both be right, and [Pool]
// makes one range of several when somebody asks for it. What an estimate needs
// before it is saved is [claim.Estimate.Wrong].
//
// It refuses to mix measurands: killed is not casualties, one ministry is not
// all forces. It refuses a median where the sources disagree. It never decides
// what a speaker gains by a number: what the case does not say is unknown, and
// what is unknown has no weight until a person gives it one.
package measure

import (
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

// Stated gives the numbers of an estimate as they were said, without any
// reading of ours: a floor is open upwards, a ceiling downwards, and about so
// much is that number. False where there is no number that its bound has.
func Stated(e *claim.Estimate) (Interval, bool) {
	if len(e.WrongNumbers()) > 0 {
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
