// SPDX-License-Identifier: Apache-2.0

package judge

import (
	"fmt"
	"math"
	"slices"

	"tamizdat/claim"
)

// house gives the worth of an origin of which nobody has judged the evidence: the
// ratio of its speaker; its square root where the speaker gains by being believed,
// but one and a half times as much for what is said against that interest; and the
// square root for what was told. What is inferred, and what rests on nothing that
// is known, contributes nothing.
func (w *weigher) house(c *cluster) (float64, bool) {
	u := w.x.Utterance(c.key)
	if u == nil {
		return 0, false
	}
	if !slices.Contains(u.Claims, w.claim) {
		w.say("%s: says only a variant, no contribution", w.name(c))
		return 0, false
	}
	r, where := ReliabilityFor(w.x, u.Speaker, w.topic())
	ratio, ok := houseRatio(r)
	if !ok {
		w.say("%s: reliability %s, no contribution", w.name(c), orElse(string(r), where))
		return 0, false
	}
	text := fmt.Sprintf("%s: house ratio %v for %s (%s)", w.name(c), ratio, r, where)
	ratio, text = w.interest(u, ratio, text)
	ratio, text, ok = basis(u, ratio, text)
	if !ok {
		w.say("%s, no contribution", text)
		return 0, false
	}
	w.say("%s = %.3f, %+.3f", text, ratio, math.Log(ratio))
	return math.Log(ratio), true
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func (w *weigher) topic() string {
	if c := w.x.Claim(w.claim); c != nil {
		return c.Topic
	}
	return ""
}

func (w *weigher) interest(u *claim.Utterance, ratio float64, text string) (float64, string) {
	switch {
	case w.against[u.ID]:
		return ratio * 1.5, text + ", × 1.5 against the speaker's interest"
	case interested(w.x, u.Speaker):
		return math.Sqrt(ratio), text + ", √ since the speaker gains by it"
	}
	return ratio, text
}

func interested(x *claim.Index, party string) bool {
	p, s := x.Party(party), sourceOf(x, party)
	return p != nil && p.Interest != "" || s != nil && s.Interests != ""
}

func basis(u *claim.Utterance, ratio float64, text string) (float64, string, bool) {
	switch u.Basis {
	case "witnessed", "document", "own_act":
		return ratio, text + ", " + u.Basis, true
	case "told":
		return math.Sqrt(ratio), text + ", √ since it was told", true
	}
	return 0, text + ", basis " + orElse(u.Basis, "not stated"), false
}

// originOf names the origin of an item of evidence: an origin of the claim itself
// where the item leads to one, or else whatever it leads to. So the same letter,
// cited as a letter, as a newspaper that prints it and as another sentence of it,
// is one piece of evidence.
func (w *weigher) originOf(item string) (string, bool) {
	x := w.x
	var said []string
	switch {
	case x.Utterance(item) != nil:
		said = []string{item}
	case x.Document(item) != nil:
		said = w.standingIn(item)
	case x.Claim(item) != nil:
		said = x.Saying(item)
	default:
		return "", false
	}
	ends := sources(x, said)
	for _, r := range w.origins.Roots {
		if slices.Contains(ends, r.Utterance) {
			return r.Utterance, true
		}
	}
	if len(ends) > 0 {
		return ends[0], true
	}
	return item, true
}

// standingIn lists the utterances of the claim's family in a document.
func (w *weigher) standingIn(doc string) []string {
	var out []string
	for _, id := range w.x.Saying(w.claim) {
		if u := w.x.Utterance(id); u != nil && u.Doc == doc {
			out = append(out, id)
		}
	}
	return out
}

// sources climbs from utterances to those that repeat nobody.
func sources(x *claim.Index, from []string) []string {
	seen := map[string]bool{}
	var ends []string
	todo := slices.Clone(from)
	for len(todo) > 0 {
		id := todo[0]
		todo = todo[1:]
		u := x.Utterance(id)
		if u == nil || seen[id] {
			continue
		}
		seen[id] = true
		if len(u.Relays) == 0 {
			ends = append(ends, id)
		}
		todo = append(todo, u.Relays...)
	}
	return ends
}
