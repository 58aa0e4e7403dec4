// SPDX-License-Identifier: Apache-2.0

package release

import (
	"fmt"
	"slices"

	"tamizdat/claim/judge"
	"tamizdat/claim/measure"
)

// notes says what an editor should look at: what stands against what was chosen
// and was left out, what few hundreds could know, numbers that rest on a claim
// that has fallen.
func (m *maker) notes() []string {
	var out []string
	for _, id := range m.choice.Claims {
		c := m.all.Claim(id)
		if c == nil {
			continue
		}
		if e := judge.Exposed(m.all, id, nil); e.Answer == "<=100" {
			out = append(out, id+": "+e.Why)
		}
		for _, other := range c.Contradicts {
			if !slices.Contains(m.choice.Claims, other) {
				out = append(out, fmt.Sprintf("%s contradicts %s, which is not on the page", id, other))
			}
		}
	}
	return slices.Concat(out, m.leftOut(), m.leaning())
}

// leftOut names the numbers of a chosen lane that were not chosen.
func (m *maker) leftOut() []string {
	var out []string
	chosen := func(id string) bool { return slices.Contains(m.choice.Estimates, id) }
	for _, l := range measure.Chart(m.all, nil).Lanes {
		if !slices.ContainsFunc(l.Bars, func(b measure.Bar) bool { return chosen(b.Estimate) }) {
			continue
		}
		for _, b := range l.Bars {
			if !chosen(b.Estimate) && b.SetAside == "" {
				out = append(out, fmt.Sprintf("%s measures the same and is not on the page: %s, %s", b.Estimate, b.Who, b.Text))
			}
		}
	}
	return out
}

func (m *maker) leaning() []string {
	var out []string
	for _, l := range m.board.Fallen() {
		if slices.Contains(m.choice.Questions, l.Question) {
			out = append(out, fmt.Sprintf("forecasts for %s rest on %s, which is %s", l.Question, l.Claim, l.Reason))
		}
	}
	return out
}
