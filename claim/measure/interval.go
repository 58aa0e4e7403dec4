// SPDX-License-Identifier: Apache-2.0

package measure

import (
	"errors"
	"math"

	"tamizdat/claim/wording"
)

// Interval is all numbers from Low to High; an end can be infinite.
type Interval struct{ Low, High float64 }

// exactly is the interval of one number.
func exactly(v float64) Interval { return Interval{v, v} }

// meets reports whether two intervals have a number in common.
func (a Interval) meets(b Interval) bool { return a.Low <= b.High && b.Low <= a.High }

func (a Interval) add(b Interval) Interval { return Interval{a.Low + b.Low, a.High + b.High} }
func (a Interval) sub(b Interval) Interval { return Interval{a.Low - b.High, a.High - b.Low} }

// mul is the interval product (Moore 1966). Zero times an open end is zero: an
// open end stands for numbers without limit, each of which is finite.
func (a Interval) mul(b Interval) Interval {
	corners := [4]float64{times(a.Low, b.Low), times(a.Low, b.High), times(a.High, b.Low), times(a.High, b.High)}
	r := exactly(corners[0])
	for _, c := range corners[1:] {
		r.Low, r.High = min(r.Low, c), max(r.High, c)
	}
	return r
}

func times(a, b float64) float64 {
	if a == 0 || b == 0 {
		return 0
	}
	return a * b
}

func (a Interval) div(b Interval) (Interval, error) {
	if b.Low <= 0 && b.High >= 0 {
		return Interval{}, errors.New("it divides by something that can be zero")
	}
	return a.mul(Interval{1 / b.High, 1 / b.Low}), nil
}

// String writes 7,000–15,000, or 10,000, or at least 1,351, or at most 90.
func (a Interval) String() string {
	low, high := math.IsInf(a.Low, -1), math.IsInf(a.High, 1)
	switch {
	case low && high:
		return "any number"
	case low:
		return "at most " + wording.Write(a.High)
	case high:
		return "at least " + wording.Write(a.Low)
	case a.Low == a.High:
		return wording.Write(a.Low)
	}
	return wording.Write(a.Low) + "–" + wording.Write(a.High)
}
