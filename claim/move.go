// SPDX-License-Identifier: Apache-2.0

package claim

import (
	"math"
	"slices"
)

// How far a number may move without a cause (I7): points of probability, and
// times the odds.
const (
	MovePoints = 0.02
	MoveOdds   = 1.2
)

// moveTie forgives what binary fractions do to decimal ones.
const moveTie = 1e-12

// NeedsCause reports whether a change from one probability to another is large
// enough to need a cause (I7).
func NeedsCause(from, to float64) bool {
	return math.Abs(to-from) > MovePoints+moveTie || ratio(odds(from), odds(to)) > MoveOdds+moveTie
}

func odds(p float64) float64 { return p / (1 - p) }

// ratio is how many times the larger is the smaller. Equal numbers, two zeros
// among them, give 1.
func ratio(a, b float64) float64 {
	if a == b {
		return 1
	}
	return max(a/b, b/a)
}

// Uncaused reports whether a forecast cites no cause and lies so far from where
// the person stood that it needs one (I7): from their last forecast that cited a
// cause, or their first ([Forecast.Footing]). The chances decide, also where the
// two are by hazard; what implies none, such as quantiles, needs a cause as soon
// as it is another.
func (f *Forecast) Uncaused(q *Question, footing *Forecast) bool {
	if len(f.Because) > 0 {
		return false
	}
	from, known := footing.Chance(q)
	to, knownToo := f.Chance(q)
	if known && knownToo {
		return NeedsCause(from, to)
	}
	return !f.saysTheSame(footing)
}

// Footing gives the forecast from which a person's next move is measured, out of
// the one until now, nil before the first, and the one that follows. Measured
// from the last number, whatever it rested on, twenty moves of a point each would
// walk twenty points for no reason.
func (f *Forecast) Footing(until *Forecast) *Forecast {
	if until == nil || len(f.Because) > 0 {
		return f
	}
	return until
}

func (f *Forecast) saysTheSame(o *Forecast) bool {
	same := func(a, b *float64) bool { return (a == nil) == (b == nil) && (a == nil || *a == *b) }
	return same(f.P, o.P) && same(f.Hazard, o.Hazard) && same(f.Growth, o.Growth) && slices.Equal(f.Quantiles, o.Quantiles)
}

// MaxWeeks is the longest time that a hazard is followed.
const MaxWeeks = 10_000

// Chance gives the probability of YES by the end of its question that a forecast
// states. One by hazard is counted from its day: h·(1+g)^k in week k, at most 1,
// and spread evenly inside a week, of which the last can be a part. It is not ok
// for quantiles, and for a hazard where the question is unknown or has no end.
// Whether the numbers are in range is for the caller to ask.
func (f *Forecast) Chance(q *Question) (p float64, ok bool) {
	switch {
	case f.P != nil:
		return *f.P, true
	case f.Hazard == nil || q == nil || q.Closes.IsZero() || f.At.IsZero():
		return 0, false
	}
	weeks := min(float64(q.Closes.latest-f.At.latest)/7, MaxWeeks)
	growth := 1.0
	if f.Growth != nil {
		growth += *f.Growth
	}
	survival := 0.0 // its logarithm
	for k := 0; float64(k) < weeks && *f.Hazard > 0; k++ {
		h := min(1, *f.Hazard*math.Pow(growth, float64(k)))
		survival += min(1, weeks-float64(k)) * math.Log1p(-h)
	}
	return max(0, -math.Expm1(survival)), true
}
