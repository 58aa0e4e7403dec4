// SPDX-License-Identifier: Apache-2.0

package board

import (
	"errors"
	"fmt"
	"math"
	"time"

	"tamizdat/claim"
)

// MaxWeeks is the longest time that a hazard is followed.
const MaxWeeks = claim.MaxWeeks

// Model says how likely an event is in each week in which it has not happened
// before: the hazard h of week k = 0, 1, 2 … “The risk grows every week” is about
// this, and not about the probability by some date, which grows of itself.
type Model struct {
	hazard, growth float64
	from           claim.Day
	months         []float64
}

// Constant has the same hazard every week, in [0, 1].
func Constant(hazard float64) (Model, error) { return Growing(hazard, 0) }

// Growing has the hazard h·(1+g)^k in week k, no higher than 1. Growth is a
// share a week, in (-1, 10].
func Growing(hazard, growth float64) (Model, error) {
	if err := checkChance(hazard); err != nil {
		return Model{}, fmt.Errorf("the hazard of a week: %w", err)
	}
	if math.IsNaN(growth) || growth <= -1 || growth > 10 {
		return Model{}, fmt.Errorf("a growth of %v a week is out of range; give 0.05 for 5 %%", growth)
	}
	return Model{hazard: hazard, growth: growth}, nil
}

// ByMonth has one weekly hazard for each calendar month, the first being that
// of the day from which weeks are counted. A week belongs to the month in which
// it begins; after the last month, its hazard stays.
func ByMonth(from claim.Day, hazards []float64) (Model, error) {
	if len(hazards) == 0 {
		return Model{}, errors.New("there is no hazard for the first month")
	}
	for i, h := range hazards {
		if err := checkChance(h); err != nil {
			return Model{}, fmt.Errorf("the hazard of month %d: %w", i+1, err)
		}
	}
	return Model{from: from, months: append([]float64(nil), hazards...)}, nil
}

// Hazard gives the probability that the event falls into week k, if it has not
// come before.
func (m Model) Hazard(week int) float64 {
	if m.months == nil && m.hazard == 0 {
		return 0 // however it grows: zero times what has grown beyond all numbers is none
	}
	if m.months == nil {
		return min(1, m.hazard*math.Pow(1+m.growth, float64(week)))
	}
	a, b := month(m.from), month(m.from+claim.Day(7*week))
	return m.months[min(max(b-a, 0), len(m.months)-1)]
}

// month counts calendar months.
func month(d claim.Day) int {
	y, m, _ := time.Unix(int64(d)*86400, 0).UTC().Date()
	return 12*y + int(m)
}

// logSurvival is the log of the probability that nothing happens from one time
// to another, in weeks. Inside a week, the hazard is spread evenly: a part f of
// a week has survival (1-h)^f.
func (m Model) logSurvival(from, to float64) float64 {
	to = min(to, MaxWeeks)
	if !(from < to) { // NaN too
		return 0
	}
	sum := 0.0
	for k := int(from); float64(k) < to; k++ {
		part := min(to, float64(k+1)) - max(from, float64(k))
		sum += part * math.Log1p(-m.Hazard(k))
	}
	return sum
}

// Survival gives the probability that nothing has happened after so many weeks,
// parts of weeks included. Weeks below 0 count as 0.
func (m Model) Survival(weeks float64) float64 { return math.Exp(m.logSurvival(0, weeks)) }

// By gives the probability that it has happened after so many weeks. It never
// falls as weeks grow.
func (m Model) By(weeks float64) float64 { return m.Left(weeks, 0) }

// Week is one week of a model. The two curves are apart: Hazard and By.
type Week struct {
	Week     int     // 0 is the first
	Hazard   float64 // in this week, if not before
	In       float64 // that it happens in this very week
	Survival float64 // that nothing has happened at its end
	By       float64 // that it has happened by its end
}

// Curves gives the weeks of a model one by one, at most [MaxWeeks].
func (m Model) Curves(weeks int) []Week {
	weeks = min(max(weeks, 0), MaxWeeks)
	out := make([]Week, weeks)
	log := 0.0
	for k := range out {
		h := m.Hazard(k)
		in := math.Exp(log) * h
		log += math.Log1p(-h)
		out[k] = Week{k, h, in, math.Exp(log), max(0, -math.Expm1(log))}
	}
	return out
}

// Left gives the probability that it happens by the end of so many weeks, if
// nothing has happened in the first of them. With a fixed end, and a hazard that
// does not grow, it falls with every quiet week.
func (m Model) Left(weeks, quiet float64) float64 {
	return max(0, -math.Expm1(m.logSurvival(max(quiet, 0), weeks)))
}

// QuietFactor says how much better one model than another foretold that nothing
// would happen in so many weeks: the Bayes factor, S of one / S of the other. It
// is an error where the other leaves no chance of that.
func QuietFactor(one, other Model, weeks float64) (float64, error) {
	log := one.logSurvival(0, weeks) - other.logSurvival(0, weeks)
	if math.IsNaN(log) || math.IsInf(log, 0) {
		return 0, fmt.Errorf("one of the two leaves no chance of %g quiet weeks", weeks)
	}
	return math.Exp(log), nil
}

// QuietWeeks gives the first number of quiet weeks after which the Bayes factor
// for one model against another reaches a value, and false if that takes more
// than [MaxWeeks].
func QuietWeeks(one, other Model, factor float64) (int, bool) {
	log := 0.0
	for k := range MaxWeeks {
		log += math.Log1p(-one.Hazard(k)) - math.Log1p(-other.Hazard(k))
		if math.IsNaN(log) {
			return 0, false
		}
		if log >= math.Log(factor) {
			return k + 1, true
		}
	}
	return 0, false
}
