// SPDX-License-Identifier: Apache-2.0

package claim

import (
	"fmt"
	"maps"
	"math"
	"slices"
)

// Authenticity judges whether a document is what and whose it says. It says
// nothing on whether its content is true.
type Authenticity struct {
	Value      string             `json:"value"` // confirmed, probable, possible, doubtful, cannot_judge
	Method     string             `json:"method,omitempty"`
	Reasons    string             `json:"reasons,omitempty"`
	Hypotheses map[string]float64 `json:"hypotheses,omitempty"` // of [Rivals]; what the desk gives each, summing to 1
	By         string             `json:"by,omitempty"`
}

// sumTie forgives what binary fractions do to decimal ones, and no more: what
// is left to one is a rival that nobody thought of, or a slip.
const sumTie = 1e-9

// Wrong lists what keeps a judgement of authenticity from being saved. What the
// hypotheses are given are of [Rivals], each between 0 and 1, and sum to 1. None at
// all is right: nobody judged.
func (a *Authenticity) Wrong() []string {
	var says []string
	if values := Authenticities(); a.Value != "" && !slices.Contains(values, a.Value) {
		says = append(says, oneOf("authenticity", a.Value, values))
	}
	sum := 0.0
	for _, name := range slices.Sorted(maps.Keys(a.Hypotheses)) {
		if !slices.Contains(rivalKeys(), name) {
			says = append(says, oneOf("hypothesis", name, rivalKeys()))
		}
		p := a.Hypotheses[name]
		if !(p >= 0 && p <= 1) {
			says = append(says, fmt.Sprintf("what is given to %s does not lie between 0 and 1", name))
		}
		sum += p
	}
	if len(a.Hypotheses) > 0 && !(math.Abs(sum-1) <= sumTie) {
		says = append(says, fmt.Sprintf("what the hypotheses are given adds up to %g, not to 1", sum))
	}
	return says
}

// Authenticities lists how sure one can be that a document is what it says.
func Authenticities() []string {
	return []string{"confirmed", "probable", "possible", "doubtful", "cannot_judge"}
}

// Rival is one explanation of how a letter came about.
type Rival struct{ Key, Words string }

// Rivals lists the five explanations between which the authenticity of a letter is
// judged; a desk keeps all of them open.
func Rivals() []Rival {
	return []Rival{
		{"genuine_insider", "a genuine insider"},
		{"insider_with_agenda", "an insider with an agenda, or a sanctioned leak"},
		{"outside_fabricator", "a fabricator outside"},
		{"hostile_provocation", "a provocation by the other side, to discredit who prints it"},
		{"friendly_operation", "a psychological operation by one's own side"},
	}
}

func rivalKeys() []string {
	return idsOf(Rivals(), func(r Rival) string { return r.Key })
}
