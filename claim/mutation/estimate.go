// SPDX-License-Identifier: Apache-2.0

package mutation

import (
	"fmt"
	"strconv"
	"strings"

	"tamizdat/claim"
	"tamizdat/claim/wording"
)

// estimates compares the numbers that an utterance gives with those that it
// relays: the same numbers for something else, or other numbers for the same.
func (e *engine) estimates(u *claim.Utterance, above []ancestor) {
	for _, s := range e.named[u.ID] {
		e.estimate(u, above, s)
	}
}

func (e *engine) estimate(u *claim.Utterance, above []ancestor, s claim.Estimate) {
	if e.carried(above, s) {
		return
	}
	for _, v := range above {
		for _, o := range e.named[v.ID] {
			if !v.informed && sameNumbers(s, o) {
				e.otherMeaning(u, v, o, s)
				return
			}
		}
	}
	for _, v := range above {
		for _, o := range e.named[v.ID] {
			if !v.informed && o.Measurand == s.Measurand {
				e.propose(u, v, LabelCount, e.sideOf(o), e.sideOf(s), fmt.Sprintf("“%s” became “%s”: other numbers for one thing", e.tell(o), e.tell(s)))
				return
			}
		}
	}
}

// carried tells whether an ancestor gives the same numbers for the same thing.
func (e *engine) carried(above []ancestor, s claim.Estimate) bool {
	for _, v := range above {
		for _, o := range e.named[v.ID] {
			if o.Measurand == s.Measurand && sameNumbers(s, o) {
				return true
			}
		}
	}
	return false
}

func sameNumbers(a, b claim.Estimate) bool {
	equal := func(p, q *float64) bool { return p == nil && q == nil || p != nil && q != nil && *p == *q }
	return equal(a.Low, b.Low) && equal(a.Point, b.Point) && equal(a.High, b.High)
}

// otherMeaning tells in what two measurands differ.
func (e *engine) otherMeaning(u *claim.Utterance, v ancestor, from, to claim.Estimate) {
	a, b := e.x.Measurand(from.Measurand), e.x.Measurand(to.Measurand)
	if a == nil || b == nil {
		return
	}
	label, was, is := LabelMeasurand, a.Quantity, b.Quantity
	switch {
	case wording.Fold(a.Quantity) != wording.Fold(b.Quantity):
	case wording.Fold(a.Unit) != wording.Fold(b.Unit):
		label, was, is = LabelUnit, a.Unit, b.Unit
	case bare(a.Population) != bare(b.Population):
		label, was, is = LabelPopulation, a.Population, b.Population
	default:
		return
	}
	e.propose(u, v, label, e.sideOf(from), e.sideOf(to), fmt.Sprintf("the same numbers, %s, stand for “%s” and were given for “%s”", numbers(to), is, was))
}

// bare is a population without what stands in brackets.
func bare(s string) string {
	s, _, _ = strings.Cut(s, "(")
	return strings.TrimSpace(wording.Fold(s))
}

func (e *engine) sideOf(s claim.Estimate) Side { return Side{claim.KindEstimate, s.ID, e.tell(s)} }

func (e *engine) tell(s claim.Estimate) string {
	if m := e.x.Measurand(s.Measurand); m != nil {
		return numbers(s) + " " + m.Unit + ", " + m.Quantity + ", " + m.Population
	}
	return numbers(s)
}

func numbers(s claim.Estimate) string {
	show := func(p *float64) string {
		if p == nil {
			return "…"
		}
		return strconv.FormatFloat(*p, 'f', -1, 64)
	}
	if s.Low != nil || s.High != nil {
		return show(s.Low) + "–" + show(s.High)
	}
	return show(s.Point)
}
