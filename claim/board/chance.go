// SPDX-License-Identifier: Apache-2.0

package board

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"tamizdat/claim"
)

// Types of a question.
const (
	TypeBinary  = claim.TypeBinary
	TypeHazard  = claim.TypeHazard
	TypeNumeric = claim.TypeNumeric
)

// MaxQuantiles is how many quantiles a forecast can have.
const MaxQuantiles = 200

// Chance gives the probability of YES that a forecast states. One by hazard and
// growth is counted from its day to the closing day of the question, in weeks
// and parts of weeks. For a numeric question it is NaN, after the quantiles were
// found to be in order.
func Chance(q *claim.Question, f *claim.Forecast) (float64, error) {
	p, err := chance(q, f)
	if err != nil {
		return 0, fmt.Errorf("forecast %s: %w", f.ID, err)
	}
	return p, nil
}

func chance(q *claim.Question, f *claim.Forecast) (float64, error) {
	if q.Type == TypeNumeric {
		if f.P != nil || f.Hazard != nil {
			return 0, errors.New("the question asks for a number; give quantiles")
		}
		return math.NaN(), checkQuantiles(f.Quantiles)
	}
	switch {
	case len(f.Quantiles) > 0:
		return 0, errors.New("the question asks for a probability and not for quantiles")
	case f.P != nil && (f.Hazard != nil || f.Growth != nil):
		return 0, errors.New("give a probability, or a hazard with its growth, and not both")
	case f.P != nil:
		return *f.P, checkChance(*f.P)
	case f.Hazard == nil:
		return 0, errors.New("it states no number")
	}
	return fromHazard(q, f)
}

func fromHazard(q *claim.Question, f *claim.Forecast) (float64, error) {
	growth := 0.0
	if f.Growth != nil {
		growth = *f.Growth
	}
	if _, err := Growing(*f.Hazard, growth); err != nil {
		return 0, err
	}
	p, ok := f.Chance(q)
	if !ok {
		return 0, errors.New("a hazard gives no probability as long as the question has no closing day")
	}
	return p, nil
}

// weeksTo counts from the last day that one date allows to that of the other.
func weeksTo(closes, from claim.Date) float64 {
	_, end := closes.Bounds()
	_, start := from.Bounds()
	return max(0, float64(end-start)/7)
}

func checkQuantiles(qs []claim.Quantile) error {
	if len(qs) == 0 || len(qs) > MaxQuantiles {
		return fmt.Errorf("it has %d quantiles; give 1 to %d", len(qs), MaxQuantiles)
	}
	for i, q := range qs {
		if math.IsNaN(q.Q) || q.Q <= 0 || q.Q >= 1 {
			return fmt.Errorf("the level %v of a quantile is not between 0 and 1", q.Q)
		}
		if math.IsNaN(q.X) || math.IsInf(q.X, 0) {
			return fmt.Errorf("the value of the quantile %v is no number", q.Q)
		}
		if i > 0 && (q.Q <= qs[i-1].Q || q.X < qs[i-1].X) {
			return errors.New("quantiles rise in level, and their values never fall")
		}
	}
	return nil
}

// quantile finds a level among the quantiles given.
func quantile(qs []claim.Quantile, level float64) (float64, bool) {
	i := slices.IndexFunc(qs, func(q claim.Quantile) bool { return math.Abs(q.Q-level) < tie })
	if i < 0 {
		return 0, false
	}
	return qs[i].X, true
}
