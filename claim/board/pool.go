// SPDX-License-Identifier: Apache-2.0

package board

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"tamizdat/claim"
)

// The parameters of the pool. Measured on 4,790 resolved questions of
// PredictionBook with three forecasters and more; docs/BOARD.md says what that
// does not prove.
const (
	PoolFloor    = 0.005 // no entry counts as surer than this
	PoolCeiling  = 0.995
	HalfLifeDays = 30.0 // after which an entry weighs half
)

// Entry is one person's last number for a question.
type Entry struct {
	Person string
	P      float64 // in [0, 1]
	Day    claim.Day
	Blind  bool // that person's first number for the question was given unseen
}

// Pooled is one number for many, and what to show beside it.
type Pooled struct {
	P        float64
	N        int     // people
	Exponent float64 // of the odds; 1 where not everybody was blind
	Blind    bool
	Odds     float64 // the weighted geometric mean of the odds, as a probability, before the exponent
	Median   float64
	Low      float64
	High     float64
	Mean     float64 // unweighted
	Method   string  // in words
}

// Pool takes the geometric mean of the odds, newer entries weighing more, and
// raises it to an exponent by the number of people (Satopää et al. 2014, with
// the parameters above). One person counts once; an entry from after the day is
// an error, and so is a number outside [0, 1].
func Pool(entries []Entry, day claim.Day) (Pooled, error) {
	if err := checkEntries(entries, day); err != nil {
		return Pooled{}, err
	}
	// In the order of names, so that the sums do not depend on the order given.
	entries = slices.SortedFunc(slices.Values(entries), func(a, b Entry) int { return cmp.Compare(a.Person, b.Person) })
	p, log := poolLogit(entries)
	out := Pooled{P: p, N: len(entries), Odds: expit(log), Blind: allBlind(entries)}
	out.Exponent = Exponent(out.N, out.Blind)
	out.describe(entries)
	return out, nil
}

func checkEntries(entries []Entry, day claim.Day) error {
	if len(entries) == 0 {
		return errors.New("nobody has given a number yet")
	}
	seen := make(map[string]bool, len(entries))
	for _, e := range entries {
		if err := checkChance(e.P); err != nil {
			return fmt.Errorf("%s: %w", e.Person, err)
		}
		if e.Day > day {
			return fmt.Errorf("the entry of %s is from %s, after %s", e.Person, e.Day, day)
		}
		if seen[e.Person] {
			return fmt.Errorf("%s is there twice; only the last number of a person counts", e.Person)
		}
		seen[e.Person] = true
	}
	return nil
}

// poolLogit gives the pooled number and the mean of the log odds behind it.
// Ages are taken from the newest entry: only their differences matter, and so
// the weights of old entries cannot all vanish.
func poolLogit(entries []Entry) (p, log float64) {
	newest := entries[0].Day
	for _, e := range entries {
		newest = max(newest, e.Day)
	}
	var sum, weights float64
	for _, e := range entries {
		w := weight(newest - e.Day)
		sum += w * logit(e.P)
		weights += w
	}
	log = sum / weights
	return expit(Exponent(len(entries), allBlind(entries)) * log), log
}

func weight(age claim.Day) float64 { return math.Exp2(-float64(age) / HalfLifeDays) }

// Exponent is 1 for up to two people, 1.2 for three, 1.3 for four and five,
// 1.5 for six and more, and always 1 where people saw each other's numbers.
func Exponent(n int, blind bool) float64 {
	switch {
	case !blind || n <= 2:
		return 1
	case n == 3:
		return 1.2
	case n <= 5:
		return 1.3
	}
	return 1.5
}

func allBlind(entries []Entry) bool {
	return !slices.ContainsFunc(entries, func(e Entry) bool { return !e.Blind })
}

func (out *Pooled) describe(entries []Entry) {
	ps := make([]float64, len(entries))
	for i, e := range entries {
		ps[i] = e.P
		out.Mean += e.P / float64(len(entries))
	}
	slices.Sort(ps)
	out.Low, out.High = ps[0], ps[len(ps)-1]
	out.Median = (ps[(len(ps)-1)/2] + ps[len(ps)/2]) / 2
	seen := "blind"
	if !out.Blind {
		seen = "not all blind"
	}
	out.Method = fmt.Sprintf("geometric mean of odds, half-life %g days, exponent %g for %d (%s)", HalfLifeDays, out.Exponent, out.N, seen)
}

// Pooled gives the pool of the last number of each person up to the end of a
// day.
func (b *Board) Pooled(question string, day claim.Day) (Pooled, error) {
	t, err := b.track(question)
	if err != nil {
		return Pooled{}, err
	}
	if t.numeric() {
		return Pooled{}, fmt.Errorf("question %s asks for a number, and ranges are not pooled", question)
	}
	return Pool(t.asOf(day), day)
}

func checkChance(p float64) error {
	if math.IsNaN(p) || p < 0 || p > 1 {
		return fmt.Errorf("%v is no probability; give one from 0 to 1", p)
	}
	return nil
}

// logit gives the log odds, of a number kept away from 0 and 1.
func logit(p float64) float64 {
	p = min(max(p, PoolFloor), PoolCeiling)
	return math.Log(p) - math.Log1p(-p)
}

func expit(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
