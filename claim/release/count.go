// SPDX-License-Identifier: Apache-2.0

package release

import (
	"fmt"
	"slices"
	"strings"

	"tamizdat/claim"
	"tamizdat/claim/judge"
	"tamizdat/claim/measure"
)

// lanes sorts the chosen estimates by what they measure, in the order of their
// first. What is no estimate stands alone, to be refused.
func (m *maker) lanes() [][]string {
	var out [][]string
	for _, id := range m.choice.Estimates {
		i := slices.IndexFunc(out, func(lane []string) bool { return m.sameLane(lane[0], id) })
		if i < 0 {
			out = append(out, nil)
			i = len(out) - 1
		}
		out[i] = append(out[i], id)
	}
	return out
}

func (m *maker) sameLane(a, b string) bool {
	x, y := m.measurand(a), m.measurand(b)
	return x != nil && y != nil && measure.Same(*x, *y)
}

func (m *maker) measurand(estimate string) *claim.Measurand {
	if e := m.all.Estimate(estimate); e != nil {
		return m.all.Measurand(e.Measurand)
	}
	return nil
}

// lane gives the statement about one measurand: who gives which number as of
// when, and whether they can all be right.
func (m *maker) lane(ids []string) (Line, []string) {
	var why []string
	for _, id := range ids {
		for _, w := range m.keepsNumber(id) {
			why = append(why, id+": "+w)
		}
	}
	if len(why) > 0 {
		return Line{}, why
	}
	chosen := *m.public.Case
	chosen.Estimates = slices.DeleteFunc(slices.Clone(chosen.Estimates), func(e claim.Estimate) bool { return !slices.Contains(ids, e.ID) })
	chart := measure.Chart(claim.NewIndex(&chosen), nil)
	if len(chart.Lanes) != 1 {
		return Line{}, []string{"its number or its measurand cannot be read"}
	}
	lane := chart.Lanes[0]
	what := capital(lane.Title()) + ":"
	if m.disagree(ids) {
		what += " sources disagree."
	}
	var bars []string
	for _, b := range lane.Bars {
		bars = append(bars, bar(b))
	}
	return m.finish(Line{Estimates: ids}, what, capital(strings.Join(bars, "; "))+".")
}

func bar(b measure.Bar) string {
	s := b.Who + ": " + b.Text
	if !b.AsOf.IsZero() {
		s += ", as of " + b.AsOf.String()
	}
	return s
}

// keepsNumber lists why an estimate may not be printed.
func (m *maker) keepsNumber(id string) []string {
	e := m.all.Estimate(id)
	if e == nil {
		return []string{"there is no such estimate in the case"}
	}
	var why []string
	if w, kept := m.withheld[[2]string{claim.KindEstimate, id}]; kept {
		why = append(why, "it is withheld: "+w)
	}
	if w := m.setAside(id); w != "" {
		why = append(why, w)
	}
	if c := m.all.Claim(e.Claim); c != nil && c.Fallen() {
		why = append(why, fmt.Sprintf("the claim %s behind it has fallen: %s", c.ID, fell(c)))
	}
	for _, c := range m.toldBy(e) {
		if x := judge.Exposed(m.all, c, nil); x.Ask {
			why = append(why, "the claim "+c+" behind it: "+x.Why)
		}
	}
	return append(why, m.wrong(
		thing{claim.KindEstimate, id}, thing{claim.KindMeasurand, e.Measurand}, thing{claim.KindClaim, e.Claim},
		thing{claim.KindUtterance, e.By}, thing{claim.KindParty, m.speaker(e)})...)
}

func (m *maker) speaker(e *claim.Estimate) string { return measure.SpeakerOf(m.all, e) }

// setAside tells why a number is not to be reckoned with, or "".
func (m *maker) setAside(id string) string {
	chart := measure.Chart(m.all, nil)
	for _, l := range chart.Lanes {
		for _, b := range l.Bars {
			if b.Estimate == id {
				return b.SetAside
			}
		}
	}
	return "it has no number that fits its bound"
}

// toldBy lists the claims that a number tells.
func (m *maker) toldBy(e *claim.Estimate) []string {
	var ids []string
	if u := m.all.Utterance(e.By); u != nil {
		ids = append(ids, u.Claims...)
	}
	if e.Claim != "" {
		ids = append(ids, e.Claim)
	}
	return once(ids)
}

// disagree reports whether two of the estimates cannot both be right. Whom they
// have it from is looked up in the whole case.
func (m *maker) disagree(ids []string) bool {
	return slices.ContainsFunc(measure.Disagreements(m.all, nil), func(d measure.Disagreement) bool {
		return slices.Contains(ids, d.A) && slices.Contains(ids, d.B)
	})
}
