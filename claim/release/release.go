// SPDX-License-Identifier: Apache-2.0

// Package release makes the sentences of a published page out of a register:
// what is claimed and how sure that is, which numbers were given, and what is
// expected. Call [Make] with what an editor has chosen, by id. [Page.Record] is
// what the register keeps of it, and [Since] tells later what has changed behind
// a sentence.
//
// It starts from the list and never from a query: nothing that was not chosen
// gets into a sentence, not even as the cause of a move. Words come from the copy
// that may leave ([exchange.Public]); origins are counted on the whole case.
//
// It refuses, with every reason: what is withheld, a claim that has fallen or of
// which nobody has said how many could know it, a thing that breaks a rule or has
// two values, a number that is set aside, a question without a frozen
// assessment, and a sentence that names a source. It cannot see a sentence that
// tells by its content who wrote it; the people who sign must.
package release

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"tamizdat/claim"
	"tamizdat/claim/board"
	"tamizdat/claim/exchange"
)

// MaxLine is how long a sentence can be, in bytes (spec/record.md §3).
const MaxLine = 600

// Choice is what an editor wants on the page, by id.
type Choice struct {
	Claims    []string
	Estimates []string // those of one measurand become one sentence
	Questions []string // each with its newest frozen assessment
}

// Line is one statement of the page, and what it is made of.
type Line struct {
	Text     string
	Verified bool // confirmed by other sources, or seen by the newsroom; else it says how sure that is

	Claims, Estimates, Assessments []string
}

// Refusal says why a chosen thing is not on the page.
type Refusal struct {
	Object string
	Why    string
}

// Page is what a choice comes to. It is to be printed only if nothing is refused.
// The notes are for the editors: nothing of them leaves.
type Page struct {
	Lines   []Line
	Refused []Refusal
	Notes   []string
}

// Make gives a sentence for each claim, then for each measurand, then for each
// question. The conflicts are those of the register ([claim.Register.Conflicts]).
func Make(c *claim.Case, conflicts []claim.Conflict, choice Choice) Page {
	m := newMaker(c, conflicts, choice)
	var p Page
	for _, id := range m.choice.Claims {
		l, why := m.claim(id)
		p.take(id, l, why)
		if len(why) == 0 {
			m.printed = append(m.printed, id)
		}
	}
	for _, ids := range m.lanes() {
		l, why := m.lane(ids)
		p.take(strings.Join(ids, ", "), l, why)
	}
	for _, id := range m.choice.Questions {
		l, why := m.question(id, m.newest(id))
		p.take(id, l, why)
	}
	p.Notes = m.notes()
	return p
}

func (p *Page) take(object string, l Line, why []string) {
	for _, w := range why {
		p.Refused = append(p.Refused, Refusal{object, w})
	}
	if len(why) == 0 {
		p.Lines = append(p.Lines, l)
	}
}

// maker knows the case twice: as it is, for counts and rules, and as it may
// leave, for words.
type maker struct {
	all, public *claim.Index
	board       *board.Board
	choice      Choice
	printed     []string             // claims that have a statement: these can be named as a cause
	withheld    map[[2]string]string // by kind and id
	amiss       map[thing][]string   // rules that it breaks, fields with two values
	guard       claim.Case           // names that no sentence may have
	open        func(document string) bool
}

func newMaker(c *claim.Case, conflicts []claim.Conflict, choice Choice) *maker {
	public := exchange.Public(*c)
	m := &maker{
		all: claim.NewIndex(c), public: claim.NewIndex(&public),
		choice:   Choice{Claims: once(choice.Claims), Estimates: once(choice.Estimates), Questions: once(choice.Questions)},
		withheld: map[[2]string]string{}, amiss: map[thing][]string{},
	}
	m.board = board.New(m.all)
	for _, w := range exchange.Withheld(*c) {
		m.withheld[[2]string{w.Kind, w.ID}] = w.Why
	}
	for _, p := range c.Check() {
		m.amiss[thing{p.Kind, p.Object}] = append(m.amiss[thing{p.Kind, p.Object}], fmt.Sprintf("%s: %s (%s)", p.Object, p.Says, p.Rule))
	}
	for _, k := range conflicts {
		m.amiss[thing{k.Kind, k.Object}] = append(m.amiss[thing{k.Kind, k.Object}], fmt.Sprintf("%s: %s has two values, and nobody has chosen", k.Object, k.Field))
	}
	m.guard, m.open = guarded(c, m.public), exchange.Open(c)
	return m
}

// once keeps the first of what is chosen twice.
func once(ids []string) []string {
	var out []string
	for _, id := range ids {
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// guarded holds what names a source: pseudonyms, ids and hashes, and the labels
// of parties that the public copy gives no name.
func guarded(c *claim.Case, public *claim.Index) claim.Case {
	g := *c // with what is hidden in it
	g.Sources = slices.Clone(c.Sources)
	for _, p := range c.Parties {
		if shown := public.Party(p.ID); shown == nil || shown.Label != p.Label {
			g.Sources = append(g.Sources, claim.Source{Pseudonym: p.Label})
		}
	}
	return g
}

// thing is a thing by its kind and id. One of another kind can have the same id, where
// two did not know of each other: what is amiss with it is not amiss with this one. An
// empty kind is for what is said of whatever has the id.
type thing struct{ kind, id string }

// wrong lists what is amiss with the things that a sentence rests on.
func (m *maker) wrong(things ...thing) []string {
	var out []string
	seen := map[thing]bool{{}: true}
	for _, t := range things {
		for _, as := range []thing{t, {"", t.id}} {
			if t.id != "" && !seen[as] {
				seen[as], out = true, append(out, m.amiss[as]...)
			}
		}
	}
	return out
}

// finish puts a sentence together and looks at it as a reader would get it. This
// is the one door to the page.
func (m *maker) finish(l Line, parts ...string) (Line, []string) {
	parts = slices.DeleteFunc(parts, func(s string) bool { return s == "" })
	l.Text = norm.NFC.String(strings.Join(strings.Fields(strings.Join(parts, " ")), " "))
	var why []string
	if len(l.Text) > MaxLine {
		why = append(why, fmt.Sprintf("its statement has %d bytes, and %d are the most: shorten its text", len(l.Text), MaxLine))
	}
	if exchange.NamesSource(m.guard, l.Text) {
		why = append(why, "its statement names a source, a letter or an unnamed speaker as only the desk may")
	}
	return l, why
}

// english refuses a text that would stand unread in an English sentence.
func english(text string) []string {
	latin, other := 0, 0
	for _, r := range text {
		switch {
		case unicode.Is(unicode.Latin, r):
			latin++
		case unicode.IsLetter(r):
			other++
		}
	}
	if other > latin {
		return []string{"its text is not in Latin letters, and the words around it are English: give it an English text, or type the statement yourself"}
	}
	return nil
}

// sentence ends a text as a sentence ends.
func sentence(text string) string {
	text = strings.TrimSpace(text)
	if text == "" || strings.ContainsAny(text[len(text)-1:], ".!?") || strings.HasSuffix(text, "…") {
		return text
	}
	return text + "."
}

func capital(s string) string {
	for i, r := range s {
		return string(unicode.ToUpper(r)) + s[i+len(string(r)):]
	}
	return s
}
