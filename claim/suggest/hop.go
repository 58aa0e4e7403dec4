// SPDX-License-Identifier: Apache-2.0

package suggest

import (
	"fmt"
	"slices"

	"tamizdat/claim"
)

// byBook looks at what the entries themselves leave open.
func (d *desk) byBook() {
	for i := range d.says {
		d.missing(i)
		d.credit(i)
		d.hearer(i)
	}
}

// missing: told, or read, by whom and where nobody has entered.
func (d *desk) missing(i int) {
	u := d.says[i].u
	if u.Basis != "told" && u.Basis != "document" || len(u.Relays) > 0 || u.UpstreamUnknown {
		return
	}
	from := "was told it"
	if u.Basis == "document" {
		from = "had it from a document"
	}
	d.out = append(d.out, Suggestion{
		Key: key(KindMissing, u.ID), Kind: KindMissing, Strength: 0.3, Unknown: &Unknown{Utterance: u.ID},
		Reason: fmt.Sprintf("%s %s, and no utterance before it is entered; enter it, or mark that it is unknown", d.cite(i), from),
	})
}

// credit: the party that is credited is nowhere above.
func (d *desk) credit(i int) {
	u := d.says[i].u
	if u.AttributedTo == "" || u.AttributedTo == u.Speaker {
		return
	}
	above := d.above(i)
	for up := range above {
		if d.same(d.says[up].u.Speaker, u.AttributedTo) {
			return
		}
	}
	s := Suggestion{
		Kind: KindCredit, Strength: 0.6,
		Reason: fmt.Sprintf("%s credits %s, who is not among those before it", d.cite(i), d.x.Name(u.AttributedTo)),
	}
	if up := d.saidBefore(i, u.AttributedTo); up >= 0 {
		s.Relay, s.Key = &Relay{From: u.ID, To: d.says[up].u.ID}, key(KindCredit, u.ID, d.says[up].u.ID)
		s.Reason += fmt.Sprintf("; %s says the same, and not later", d.cite(up))
		s.Strength = 0.7
	} else {
		s.Hop, s.Key = &Hop{From: u.ID, Speaker: u.AttributedTo}, key(KindCredit, u.ID, u.AttributedTo)
		s.Reason += "; nothing that they said of it is entered"
	}
	d.out = append(d.out, s)
}

// same reports whether two parties may be one, or one belongs to the other.
func (d *desk) same(a, b string) bool { return a == b || slices.Contains(d.alias[a], b) }

// saidBefore finds the last utterance of a party on the same family that is
// earlier than one and does not come from it, or -1.
func (d *desk) saidBefore(i int, party string) int {
	best := -1
	for _, h := range d.says[i].heads {
		for _, p := range append([]string{party}, d.alias[party]...) {
			for _, up := range d.sayers[[2]string{h, p}] {
				if d.earlier(up, i) < 0 && (best < 0 || d.earlier(best, up) < 0) {
					best = up
				}
			}
		}
	}
	if best >= 0 && d.above(best)[i] {
		return -1
	}
	return best
}

// hearer: what was said to one, and not in public, is relayed by another.
func (d *desk) hearer(i int) {
	u := d.says[i].u
	for _, id := range u.Relays {
		up, ok := d.number[id]
		if !ok {
			continue
		}
		v := d.says[up].u
		if v.To == "" || d.same(v.To, u.Speaker) || d.same(v.Speaker, u.Speaker) || d.public(v.Doc) {
			continue
		}
		d.out = append(d.out, Suggestion{
			Key: key(KindHearer, u.ID, v.ID), Kind: KindHearer, Strength: 0.55,
			Hop:    &Hop{From: u.ID, Speaker: v.To, To: v.ID},
			Reason: fmt.Sprintf("%s relays %s, which was said to %s; what they said in between is not entered%s", d.cite(i), d.cite(up), d.x.Name(v.To), between(v, u)),
		})
	}
}

// between says what the dates leave open.
func between(a, b *claim.Utterance) string {
	if !a.At.Before(b.At) {
		return ""
	}
	return fmt.Sprintf(" (%s to %s)", a.At, b.At)
}

// public reports whether anybody could read a document.
func (d *desk) public(doc string) bool {
	k := d.x.Document(doc)
	if k == nil {
		return false
	}
	switch k.Kind {
	case "article", "post", "report", "interview", "dataset":
		return true
	}
	return false
}
