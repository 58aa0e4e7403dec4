// SPDX-License-Identifier: Apache-2.0

package mutation

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"tamizdat/claim"
)

// alias is how a party is called in a text.
type alias struct {
	party string
	keys  []string // all of them, or
	last  string   // the family name of a person
}

// parties reads the labels: “FSB analyst, author of the report” is called FSB
// analyst, “Christo Grozev (Bellingcat)” is called Grozev.
func (e *engine) parties() {
	e.aliases = map[string][]alias{}
	for _, p := range e.x.Case.Parties {
		for _, name := range strings.FieldsFunc(p.Label, func(r rune) bool { return strings.ContainsRune(",(/;", r) }) {
			e.alias(p, name)
			if p.Kind == "person" || strings.ContainsAny(p.Label, ",(") {
				break
			}
		}
	}
}

func (e *engine) alias(p claim.Party, name string) {
	r := e.lexicon.read(name)
	a := alias{party: p.ID, keys: r.keys}
	if len(r.keys) == 0 {
		return
	}
	if p.Kind == "person" {
		a.last = r.tokens[len(r.tokens)-1].content()
		a.keys = []string{a.last}
	}
	e.aliases[a.keys[0]] = append(e.aliases[a.keys[0]], a)
}

// mentions lists the parties that a text names, sorted.
func (e *engine) mentions(keys []string) []string {
	var out []string
	for _, k := range keys {
		for _, a := range e.aliases[k] {
			if !slices.ContainsFunc(a.keys, func(k string) bool { return !slices.Contains(keys, k) }) {
				out = append(out, a.party)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// modes proposes where an assertion is made of a denial or a question, or the
// other way: the claim stands unchanged, and says the opposite.
func (e *engine) modes(u *claim.Utterance, above []ancestor) {
	for _, v := range above {
		if v.hops != 1 || plainMode(u.Mode) == plainMode(v.Mode) {
			continue
		}
		for _, id := range u.Claims {
			if c := e.x.Claim(id); c != nil && slices.Contains(v.Claims, id) {
				e.propose(u, v, LabelModality, Side{claim.KindClaim, id, c.Text + " — " + plainMode(v.Mode)}, Side{claim.KindClaim, id, c.Text + " — " + plainMode(u.Mode)},
					fmt.Sprintf("%s %s what %s %s: “%s”", e.x.Name(u.Speaker), plainMode(u.Mode), e.x.Name(v.Speaker), plainMode(v.Mode), c.Text))
			}
		}
	}
}

func plainMode(mode string) string {
	if mode == "denies" || mode == "asks" {
		return mode
	}
	return "asserts"
}

// speaker proposes where a relay credits somebody who is not the one that said
// it: by attributed_to, or in sentences of its own about the document it relays.
func (e *engine) speaker(u *claim.Utterance, above []ancestor, loose []statement) {
	roots := rootsOf(above)
	if len(roots) == 0 {
		return
	}
	if u.AttributedTo != "" {
		e.wrongCredit(u, above, roots, u.AttributedTo, Side{claim.KindParty, u.AttributedTo, e.x.Name(u.AttributedTo)})
		return
	}
	for _, s := range loose {
		by := e.authorIn(s)
		if by != "" && !e.namesAny(u, roots) {
			e.wrongCredit(u, above, roots, by, s.side)
		}
	}
}

// rootsOf lists the ancestors that relay nothing themselves.
func rootsOf(above []ancestor) []ancestor {
	return slices.DeleteFunc(slices.Clone(above), func(v ancestor) bool { return v.informed || len(v.Relays) > 0 })
}

// authorIn gives the party that a sentence names, alone, as having written,
// published or said it; a claim of something else credits nobody.
func (e *engine) authorIn(s statement) string {
	if !s.read.has("publish") && !s.read.has("accord") && !s.read.has("say") {
		return ""
	}
	named := e.mentions(s.read.keys)
	if len(named) != 1 {
		return ""
	}
	return named[0]
}

// namesAny tells whether the relay names a root's speaker anywhere at all.
func (e *engine) namesAny(u *claim.Utterance, roots []ancestor) bool {
	var named []string
	for _, s := range e.statementsOf(u) {
		named = append(named, e.mentions(s.read.keys)...)
	}
	return slices.ContainsFunc(roots, func(r ancestor) bool { return slices.Contains(named, r.Speaker) })
}

// wrongCredit is silent where the credit is right in any way that is known: a
// root's speaker or whom that one credits, perhaps under another name, or an
// office of theirs; what the relayed one credits itself; or the outlet from
// which it was taken, which carries and need not be the source.
func (e *engine) wrongCredit(u *claim.Utterance, above, roots []ancestor, by string, to Side) {
	for _, r := range roots {
		if e.sameParty(by, r.Speaker) || e.sameParty(by, r.AttributedTo) {
			return
		}
	}
	for _, v := range above {
		if v.informed || v.hops > 1 {
			continue
		}
		if v.AttributedTo == by || v.Speaker == by && e.carries(by) {
			return
		}
	}
	r := roots[0]
	how := "credits"
	if to.Kind != claim.KindParty {
		how = "names"
	}
	e.propose(u, r, LabelSpeaker, Side{claim.KindParty, r.Speaker, e.x.Name(r.Speaker)}, to,
		fmt.Sprintf("it %s %s (“%s”) and nowhere %s, who said it in %s", how, e.x.Name(by), to.Text, e.x.Name(r.Speaker), r.ID))
}

func (e *engine) carries(party string) bool {
	p := e.x.Party(party)
	return p != nil && (p.Kind == "outlet" || p.Kind == "newsroom")
}

// sameParty holds two parties for one where the desk thinks that possible, or one
// belongs to the other.
func (e *engine) sameParty(a, b string) bool {
	if a == "" || b == "" {
		return false
	}
	if a == b {
		return true
	}
	p, q := e.x.Party(a), e.x.Party(b)
	if p == nil || q == nil {
		return false
	}
	return slices.Contains(p.PossiblySameAs, b) || slices.Contains(q.PossiblySameAs, a) || p.MemberOf == b || q.MemberOf == a
}

// published compares “published the report last month” with the day on which the
// document of that kind in the chain came out.
func (e *engine) published(u *claim.Utterance, above []ancestor, loose []statement) {
	for _, s := range loose {
		if !s.read.has("publish") || len(s.read.dates) == 0 {
			continue
		}
		for _, v := range above {
			d := e.x.Document(v.Doc)
			if d == nil || d.Published.IsZero() || !slices.Contains(s.read.names("doc"), d.Kind) || strings.ContainsAny(d.Published.String(), "?~%") {
				continue
			}
			e.publishedOn(u, v, s, d)
			break
		}
	}
}

func (e *engine) publishedOn(u *claim.Utterance, v ancestor, s statement, d *claim.Document) {
	first, last := d.Published.Bounds()
	day := span{first, last}
	for _, w := range s.read.dates {
		may := w.spans(u.At)
		if w.relative == "" {
			may = w.within(day)
		}
		if len(may) == 0 || slices.ContainsFunc(may, day.meets) {
			continue
		}
		e.propose(u, v, LabelDate, Side{KindDocument, d.ID, cmp.Or(d.Title, d.Kind) + ", published " + d.Published.String()}, s.side,
			fmt.Sprintf("“%s”%s in “%s”, and the %s was published on %s", w.text, said(w, u.At), s.side.Text, d.Kind, d.Published))
		return
	}
}
