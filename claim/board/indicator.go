// SPDX-License-Identifier: Apache-2.0

package board

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"tamizdat/claim"
)

// States of an indicator in a week. Where nobody looked, the state is empty.
const (
	Present = "present"
	Absent  = "absent"
	Unclear = "unclear"
)

// Friday gives the Friday by which a week is called: the day itself, or the
// next Friday. A week runs from Saturday to Friday.
func Friday(d claim.Day) claim.Day {
	// 1970-01-02, day 1, was a Friday.
	return d + ((1-d)%7+7)%7
}

// WeekState is what was seen of an indicator in one week.
type WeekState struct {
	Friday claim.Day
	State  string
	Check  string  // the last of the week
	LR     float64 // likelihood ratio of the state; 0 where nobody gave one
}

// maxGrid is the longest row of weeks: thirty years.
const maxGrid = 1600

// Grid gives the state of an indicator for each week from one day to another.
// The last check of a week counts; a check without an exact day counts nowhere.
func Grid(in *claim.Indicator, from, to claim.Day) []WeekState {
	first := Friday(from)
	n := int(Friday(to)-first)/7 + 1
	if n <= 0 || to < from {
		return nil
	}
	if n > maxGrid {
		first, n = Friday(to)-7*(maxGrid-1), maxGrid
	}
	out := make([]WeekState, n)
	for i := range out {
		out[i].Friday = first + claim.Day(7*i)
	}
	for _, c := range byDay(in.Checks) {
		day, _ := c.Date.Bounds()
		if i := int(Friday(day) - first); i >= 0 && i/7 < n && day >= from && day <= to {
			out[i/7].State, out[i/7].Check, out[i/7].LR = c.State, c.ID, ratio(in, c.State)
		}
	}
	return out
}

// byDay gives the checks that have an exact day, oldest first.
func byDay(checks []claim.Check) []*claim.Check {
	var out []*claim.Check
	for i := range checks {
		if checks[i].Date.Exact() {
			out = append(out, &checks[i])
		}
	}
	slices.SortStableFunc(out, func(a, b *claim.Check) int { return compareDates(a.Date, b.Date) })
	return out
}

// ratio gives the likelihood ratio that people gave for a state, or 0.
func ratio(in *claim.Indicator, state string) float64 {
	lr := (*float64)(nil)
	switch state {
	case Present:
		lr = in.LRPresent
	case Absent:
		lr = in.LRAbsent
	}
	if lr == nil || math.IsNaN(*lr) || math.IsInf(*lr, 0) || *lr <= 0 {
		return 0
	}
	return *lr
}

// StateFrom proposes the state of an indicator in the week of a Friday from its
// numbers: present if any number of that week that counts as evidence lies on
// the threshold's side, absent if none does, empty if there is none.
func StateFrom(s *claim.Series, t claim.Threshold, friday claim.Day) (string, error) {
	readings, err := Readings(s, t, friday)
	if err != nil {
		return "", err
	}
	state := ""
	for _, r := range readings {
		first, last := r.Point.Date.Bounds()
		if r.Refused != "" || first != last || Friday(last) != friday {
			continue
		}
		if r.Crossed {
			return Present, nil
		}
		state = Absent
	}
	return state, nil
}

// capLR bounds what all indicators together can do to the odds.
const capLR = 30.0

// Hint is where a number would go if the indicators alone moved it. It is never
// applied.
type Hint struct {
	From, To float64
	Terms    []Term
	Capped   bool
	Working  string // the sum, to be shown with it
}

// Term is what one indicator adds.
type Term struct {
	Indicator string
	Check     string
	State     string
	LR        float64
	Counts    bool   // false where a stronger one rests on the same claims
	Because   string // why it does not
}

// Hint multiplies the odds of a number by the likelihood ratios of what the
// indicators of a question showed in the week of a Friday. Of those whose checks
// rest on a common root only the strongest counts, and together they move the
// odds by 30 at most. Root names what stands behind a claim, such as its origins;
// nil lets each claim stand for itself.
func (b *Board) Hint(question string, from float64, friday claim.Day, root func(claimID string) []string) (Hint, error) {
	if err := checkChance(from); err != nil {
		return Hint{}, err
	}
	h := Hint{From: from}
	roots := map[string]string{} // the indicator that holds each root
	for _, t := range b.terms(question, friday) {
		h.Terms = append(h.Terms, t.judge(b.rootsOf(t.Check, root), roots))
	}
	h.sum()
	return h, nil
}

// terms gives what the indicators showed, the strongest first.
func (b *Board) terms(question string, friday claim.Day) []Term {
	var out []Term
	for i := range b.index.Case.Indicators {
		in := &b.index.Case.Indicators[i]
		if in.Question != question {
			continue
		}
		for _, w := range Grid(in, friday-6, friday) {
			if w.LR > 0 {
				out = append(out, Term{Indicator: in.ID, Check: w.Check, State: w.State, LR: w.LR})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Term) int {
		return cmp.Compare(math.Abs(math.Log(b.LR)), math.Abs(math.Log(a.LR)))
	})
	return out
}

func (b *Board) rootsOf(check string, root func(string) []string) []string {
	var out []string
	for _, c := range b.checks[check].check.Claims {
		if root == nil {
			out = append(out, c)
		} else {
			out = append(out, root(c)...)
		}
	}
	return out
}

// judge lets a term count unless a stronger one rests on one of its roots.
func (t Term) judge(mine []string, taken map[string]string) Term {
	for _, r := range mine {
		if by := taken[r]; by != "" {
			t.Because = fmt.Sprintf("rests on %s, as %s does", r, by)
			return t
		}
	}
	for _, r := range mine {
		taken[r] = t.Indicator
	}
	t.Counts = true
	return t
}

func (h *Hint) sum() {
	log := 0.0
	var working strings.Builder
	// Not clamped as the pool is: this is the number as it was given.
	odds := h.From / (1 - h.From)
	fmt.Fprintf(&working, "%s is odds of %.4g", Percent(h.From), odds)
	for _, t := range h.Terms {
		if t.Counts {
			log += math.Log(t.LR)
			fmt.Fprintf(&working, " × %.4g (%s %s)", t.LR, t.Indicator, t.State)
		}
	}
	if limit := math.Log(capLR); math.Abs(log) > limit {
		log, h.Capped = math.Copysign(limit, log), true
		fmt.Fprintf(&working, ", held at × %.4g", math.Exp(log))
	}
	after := odds * math.Exp(log)
	h.To = 1
	if !math.IsInf(after, 1) {
		h.To = after / (1 + after)
	}
	fmt.Fprintf(&working, " = %.4g, that is %s", after, Percent(h.To))
	h.Working = working.String()
}
