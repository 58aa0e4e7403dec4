// SPDX-License-Identifier: Apache-2.0

package judge

import (
	"fmt"
	"slices"
	"strings"

	"tamizdat/claim"
)

// Credibilities gives the words of the Admiralty code for 1 to 6, and "" for what
// nobody has judged.
func Credibilities(value int) string {
	words := [...]string{"", "confirmed by other sources", "probably true", "possibly true", "doubtful", "improbable", "cannot be judged"}
	if value < 1 || value >= len(words) {
		return ""
	}
	return words[value]
}

// Ceiling is the best credibility that a claim can be given: 1 is the highest, 4
// where the document is doubtful, 6 where nobody says it.
type Ceiling struct {
	Best    int
	Reasons []string // sentences, each with what would lift it
}

// CeilingOf works out the ceiling of a claim. A 1 says that other sources confirm
// it, and so needs two independent origins for certain (R1); an origin in a
// doubtful document is not one of them, and where all stand in such documents the
// claim is not better than 4 (R4).
func CeilingOf(x *claim.Index, id string, origins Counter) Ceiling {
	c := x.Claim(id)
	if c == nil {
		return Ceiling{6, []string{fmt.Sprintf("there is no claim %q in the case", id)}}
	}
	o := origins(id)
	if len(o.Roots) == 0 {
		return unsaid(c)
	}
	doubtful := doubtfulRoots(x, o)
	sound := o.MinWithout(func(r claim.Root) bool { return doubtedRoot(x, r) != nil })
	if sound == 0 {
		return Ceiling{4, []string{"the authenticity of " + strings.Join(doubtful, ", ") + " is doubtful, and a claim is no better than the document that it stands in"}}
	}
	if sound < 2 {
		return Ceiling{2, []string{short(o, sound, doubtful)}}
	}
	return Ceiling{1, []string{fmt.Sprintf("at least %d independent origins: %s", sound, o.Sentence)}}
}

func unsaid(c *claim.Claim) Ceiling {
	if c.DeskObservation {
		return Ceiling{2, []string{"the desk saw it itself; a second origin is needed to call it confirmed"}}
	}
	return Ceiling{6, []string{"nobody in the case says it; add who did"}}
}

func short(o claim.Origins, sound int, doubtful []string) string {
	s := fmt.Sprintf("confirmed needs two independent origins, and only %d can be counted on: %s", sound, o.Sentence)
	if len(doubtful) > 0 {
		s += "; " + strings.Join(doubtful, ", ") + " is of doubtful authenticity and does not count"
	}
	return s
}

// doubtfulRoots names the documents of those roots that stand in doubtful ones.
func doubtfulRoots(x *claim.Index, o claim.Origins) []string {
	var out []string
	for _, r := range o.Roots {
		if d := doubtedRoot(x, r); d != nil && !slices.Contains(out, title(d)) {
			out = append(out, title(d))
		}
	}
	return out
}

func doubtedRoot(x *claim.Index, r claim.Root) *claim.Document {
	if u := x.Utterance(r.Utterance); u != nil {
		return doubted(x, u.Doc)
	}
	return nil
}

// doubted climbs from a translation or copy to what it was made of, and gives the
// document that is doubtful, or nil.
func doubted(x *claim.Index, id string) *claim.Document {
	for range 32 { // a longer row of copies is no document but a mistake
		d := x.Document(id)
		if d == nil {
			return nil
		}
		if d.Authenticity != nil && d.Authenticity.Value == "doubtful" {
			return d
		}
		id = d.DerivativeOf
	}
	return nil
}

func title(d *claim.Document) string {
	if d.Title != "" {
		return d.Title
	}
	return d.ID
}

// MayBelieve tells whether a claim can be given a credibility, 0 for none.
func MayBelieve(x *claim.Index, id string, value int, origins Counter) error {
	if value < 0 || value > 6 {
		return fmt.Errorf("%d is no credibility; it is 1 to 6, or 0 where nobody has judged", value)
	}
	if value == 0 || value == 6 {
		return nil
	}
	if c := CeilingOf(x, id, origins); value < c.Best {
		return fmt.Errorf("claim %s cannot be given %d, but %d at best: %s", id, value, c.Best, strings.Join(c.Reasons, "; "))
	}
	return nil
}
