// SPDX-License-Identifier: Apache-2.0

package judge

import (
	"fmt"
	"slices"

	"tamizdat/claim"
)

// Compare makes the [Matrix] of rival claims from the evidence that a case holds:
// the claims are the rows, the items of evidence about any of them the columns. An
// item that nobody held against a claim does not apply to it; where several people
// did, the one who finds it fits least stands. Items that lead to one origin share
// its weight.
func Compare(x *claim.Index, claims []string) (Matrix, error) {
	m := Matrix{Hypotheses: claims}
	for i, id := range claims {
		if x.Claim(id) == nil {
			return Matrix{}, fmt.Errorf("there is no claim %q in the case", id)
		}
		if slices.Contains(claims[:i], id) {
			return Matrix{}, fmt.Errorf("claim %s is there twice", id)
		}
	}
	for i := range x.Case.Evidence {
		e := &x.Case.Evidence[i]
		row := slices.Index(claims, e.Claim)
		v, ok := Consistency(e.Direction)
		if row < 0 || !ok {
			continue
		}
		item := m.at(x, e.Item)
		if was := item.Consistent[row]; was == 0 || v < was {
			item.Consistent[row] = v
		}
	}
	return m, nil
}

// Contradicting gives a claim with all that it contradicts or that contradict it, in the
// order of the case.
func Contradicting(x *claim.Index, id string) []string {
	own := x.Claim(id)
	if own == nil {
		return nil
	}
	out := []string{id}
	for i := range x.Case.Claims {
		c := &x.Case.Claims[i]
		if c.ID != id && (slices.Contains(own.Contradicts, c.ID) || slices.Contains(c.Contradicts, id)) {
			out = append(out, c.ID)
		}
	}
	return out
}

// Consistency puts a direction of evidence on the scale of a matrix: -- is 1, ++
// is 5.
func Consistency(direction string) (int, bool) {
	i := slices.Index(claim.Directions(), direction)
	return i + 1, i >= 0
}

// at finds or makes the column of an item.
func (m *Matrix) at(x *claim.Index, id string) *Item {
	i := slices.IndexFunc(m.Items, func(item Item) bool { return item.ID == id })
	if i < 0 {
		origin := originOfItem(x, id)
		m.Items = append(m.Items, Item{ID: id, Cluster: origin, Unjudged: unjudged(x, origin), Consistent: make([]int, len(m.Hypotheses))})
		i = len(m.Items) - 1
	}
	return &m.Items[i]
}

// originOfItem is the utterance to which an item leads, or the item where it leads
// to none.
func originOfItem(x *claim.Index, id string) string {
	var said []string
	switch {
	case x.Utterance(id) != nil:
		said = []string{id}
	case x.Claim(id) != nil:
		said = x.Saying(id)
	default:
		for i := range x.Case.Utterances {
			if x.Case.Utterances[i].Doc == id {
				said = append(said, x.Case.Utterances[i].ID)
			}
		}
	}
	if ends := sources(x, said); len(ends) > 0 {
		return slices.Min(ends)
	}
	return id
}

// unjudged reports whether an origin is of somebody who cannot be judged (F), and
// nothing that it says can be judged either (6).
func unjudged(x *claim.Index, origin string) bool {
	u := x.Utterance(origin)
	if u == nil || len(u.Claims) == 0 {
		return false
	}
	for _, id := range u.Claims {
		if c := x.Claim(id); c == nil || c.Credibility != 6 {
			return false
		}
	}
	r, _ := ReliabilityFor(x, u.Speaker, "")
	return r == "F"
}

// Matrix sets the rivals of a letter against its signs. Each sign stands alone: what
// two checks have in common, the desk has to see.
func (w Weighing) Matrix() Matrix {
	var m Matrix
	for _, r := range w.Rivals {
		m.Hypotheses = append(m.Hypotheses, r.Key)
	}
	for _, s := range w.Signs {
		item := Item{ID: s.Item}
		for _, r := range w.Rivals {
			// Weigh has refused what is no direction; a rival that was not judged is 0.
			v, _ := Consistency(s.Says[r.Key])
			item.Consistent = append(item.Consistent, v)
		}
		m.Items = append(m.Items, item)
	}
	return m
}
