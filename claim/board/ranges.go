// SPDX-License-Identifier: Apache-2.0

package board

import (
	"errors"

	"tamizdat/claim"
)

// winklerAlpha is the share that an interval of 80 % leaves out.
const winklerAlpha = 0.2

// Winkler scores an interval of 80 %: its width, and ten times (2/0.2) the
// distance by which the outcome missed it (Winkler 1972). Less is better.
func Winkler(low, high, x float64) (float64, error) {
	if !finite(low, high, x) || low > high {
		return 0, errors.New("an interval has two numbers, the lower one first")
	}
	return high - low + 2/winklerAlpha*(max(low-x, 0)+max(x-high, 0)), nil
}

// CRPS scores quantiles against a number: the integral of (F(y) - [y ≥ x])² over
// y, in the unit of the number; less is better (Matheson and Winkler 1976).
//
// F is taken to be straight between the quantiles given. Nothing is known of the
// tails, so what lies below the first quantile and above the last is put on
// those two. For that F the integral is exact, each piece being a parabola.
func CRPS(qs []claim.Quantile, x float64) (float64, error) {
	if err := checkQuantiles(qs); err != nil {
		return 0, err
	}
	if !finite(x) {
		return 0, errors.New("the outcome is no number")
	}
	first, last := qs[0], qs[len(qs)-1]
	sum := max(first.X-x, 0) + max(x-last.X, 0)
	for i := 1; i < len(qs); i++ {
		sum += piece(qs[i-1], qs[i], x)
	}
	return sum, nil
}

// piece is the part of the integral between two quantiles.
func piece(a, b claim.Quantile, x float64) float64 {
	switch {
	case a.X == b.X:
		return 0
	case x <= a.X:
		return parabola(b.X-a.X, 1-a.Q, 1-b.Q)
	case x >= b.X:
		return parabola(b.X-a.X, a.Q, b.Q)
	}
	middle := a.Q + (b.Q-a.Q)*(x-a.X)/(b.X-a.X)
	return parabola(x-a.X, a.Q, middle) + parabola(b.X-x, 1-middle, 1-b.Q)
}

// parabola integrates the square of what goes straight from one height to
// another, over a width.
func parabola(width, from, to float64) float64 {
	return width * (from*from + from*to + to*to) / 3
}
