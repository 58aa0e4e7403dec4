// SPDX-License-Identifier: Apache-2.0

package measure

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"tamizdat/claim"
)

// Finding is the sum of one derived estimate, worked out again.
type Finding struct {
	Estimate string
	Formula  string // as it was read, in plain signs
	Computed Interval
	Stated   Interval
	Low      bool   // the low end follows, within the rounding of what was stated
	High     bool   // and the high end
	Sentence string // what to tell the reader
}

// Follows reports whether both ends follow.
func (f Finding) Follows() bool { return f.Low && f.High }

// Check works out what a derived estimate should be by its formula, or by a
// method that is known to be a formula: ratio_3_wounded_per_killed is E * (1 + 3)
// over the one estimate that it is derived from. False where neither is given.
//
// An end that was stated may differ from the sum by half a unit of its last
// digit that is not zero: 30,000 stands for 25,000 to 35,000. The error tells why
// the formula cannot be worked out.
func Check(x *claim.Index, e *claim.Estimate) (Finding, bool, error) {
	text := formulaOf(e)
	if text == "" {
		return Finding{}, false, nil
	}
	f := Finding{Estimate: e.ID}
	formula, err := ParseFormula(text)
	if err == nil {
		err = isDerivedFrom(e, formula)
	}
	if err == nil {
		f.Formula = formula.String()
		f.Computed, err = formula.Eval(func(id string) (Interval, bool) { return statedOf(x, id) })
	}
	if err != nil {
		return f, true, fmt.Errorf("estimate %s cannot be checked: %w", e.ID, err)
	}
	stated, ok := Stated(e)
	if !ok {
		return f, true, fmt.Errorf("estimate %s cannot be checked: it has no number that fits its bound", e.ID)
	}
	f.Stated = stated
	f.Low, f.High = follows(f.Computed.Low, stated.Low), follows(f.Computed.High, stated.High)
	f.Sentence = f.sentence()
	return f, true, nil
}

// CheckAll gives the findings of all estimates with a formula, and the errors,
// in the order of the case.
func CheckAll(x *claim.Index) (findings []Finding, problems []error) {
	for i := range x.Case.Estimates {
		f, checked, err := Check(x, &x.Case.Estimates[i])
		switch {
		case err != nil:
			problems = append(problems, err)
		case checked:
			findings = append(findings, f)
		}
	}
	return findings, problems
}

func statedOf(x *claim.Index, id string) (Interval, bool) {
	e := x.Estimate(id)
	if e == nil {
		return Interval{}, false
	}
	return Stated(e)
}

// formulaOf gives the formula of an estimate, its own or that of its method.
func formulaOf(e *claim.Estimate) string {
	if e.Formula != "" {
		return e.Formula
	}
	ratio, starts := strings.CutPrefix(e.Method, "ratio_")
	ratio, ends := strings.CutSuffix(ratio, "_wounded_per_killed")
	if v, err := strconv.ParseFloat(ratio, 64); !starts || !ends || err != nil || !(v >= 0 && v < 1000) || len(e.DerivedFrom) != 1 {
		return ""
	}
	return "[" + e.DerivedFrom[0] + "] * (1 + " + ratio + ")"
}

func isDerivedFrom(e *claim.Estimate, f Formula) error {
	for _, id := range f.IDs() {
		if id == e.ID {
			return fmt.Errorf("its formula mentions the estimate itself")
		}
		if !slices.Contains(e.DerivedFrom, id) {
			return fmt.Errorf("its formula mentions %s, from which it is not said to be derived; add it to derived_from", id)
		}
	}
	return nil
}

// follows compares one end. An open end follows only from an open end.
func follows(computed, stated float64) bool {
	if math.IsInf(computed, 0) || math.IsInf(stated, 0) {
		return computed == stated
	}
	return math.Abs(computed-stated) <= rounding(stated)+1e-9*math.Abs(stated)
}

// rounding is half a unit of the last digit of a number that is not zero, and
// zero for zero.
func rounding(v float64) float64 {
	if v == 0 {
		return 0
	}
	s := strconv.FormatFloat(math.Abs(v), 'e', -1, 64)
	digits, exponent, _ := strings.Cut(s, "e")
	e, err := strconv.Atoi(exponent)
	if err != nil {
		return 0
	}
	_, fraction, _ := strings.Cut(digits, ".")
	return math.Pow10(e-len(fraction)) / 2
}

func (f Finding) sentence() string {
	sum := f.Formula + " = " + f.Computed.String()
	if f.Follows() {
		return sum + ", and " + f.Stated.String() + " was stated: it follows"
	}
	which := "the top end does not follow"
	switch {
	case !f.Low && !f.High:
		which = "neither end follows"
		if f.Stated.Low == f.Stated.High {
			which = "it does not follow"
		}
	case !f.Low:
		which = "the low end does not follow"
	}
	return sum + ", but " + f.Stated.String() + " was stated: " + which
}
