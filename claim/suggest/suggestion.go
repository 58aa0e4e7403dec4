// SPDX-License-Identifier: Apache-2.0

package suggest

import (
	"cmp"
	"slices"

	"tamizdat/claim"
)

// Kind says what a suggestion is about.
type Kind string

// The kinds.
const (
	// KindRelay: two utterances agree in words or in a rare number, and nothing
	// leads from one to the other.
	KindRelay Kind = "relay"
	// KindSkipped: an utterance relays one, but agrees better with a third that
	// was said in between.
	KindSkipped Kind = "skipped_hop"
	// KindHearer: an utterance relays what was said to somebody else.
	KindHearer Kind = "hearer"
	// KindMissing: the speaker had it from somebody, and the case does not say from
	// whom.
	KindMissing Kind = "missing_hop"
	// KindCredit: the speaker credits a party that is not among those before.
	KindCredit Kind = "credit"
	// KindOwnVoice: words in an outlet's own voice stand in an earlier text.
	KindOwnVoice Kind = "own_voice"
	// KindPassage: two documents share a passage, and no utterance leads from one to
	// the other.
	KindPassage Kind = "passage"
	// KindQuoted: somebody seems to be quoted in a text, and the case has no such
	// utterance of that document.
	KindQuoted Kind = "quoted"
	// KindNumber: two texts share a number that hardly any other has.
	KindNumber Kind = "number"
)

// Suggestion is something that a person may accept or refuse. The key is the
// same as long as the ids are: a [claim.Decision] that names it hides the
// suggestion, whatever was chosen. Of Relay, Hop, Unknown, Shared and Quoted one is set, or
// none for a number: it is what accepting would do.
type Suggestion struct {
	Key      string
	Kind     Kind
	Reason   string
	Strength float64 // 0 to 1, for the order only: it is no probability
	Relay    *Relay
	Hop      *Hop
	Unknown  *Unknown
	Shared   *Pair
	Quoted   *Quoted
}

// Relay would let one utterance repeat another.
type Relay struct{ From, To string }

// Hop would put a new utterance between two: From would relay it, and it To. The
// speaker is a party; any of the others can be unknown and empty.
type Hop struct{ From, Speaker, Document, To string }

// Unknown would mark an utterance as upstream_unknown, where nothing is found.
type Unknown struct{ Utterance string }

// Relays looks for what is missing between the utterances of a case. The texts
// are those of its documents, by id, as far as the caller has them; none are
// needed. What has been decided is left out. The order is by strength.
func Relays(x *claim.Index, texts map[string]string) []Suggestion { return relays(x, texts).open() }

func relays(x *claim.Index, texts map[string]string) *desk {
	d := newDesk(x, texts)
	d.byEvidence()
	d.byBook()
	d.byText()
	return d
}

// open sorts, and leaves out what was decided and what is proposed twice.
func (d *desk) open() []Suggestion {
	slices.SortFunc(d.out, func(a, b Suggestion) int {
		return cmp.Or(cmp.Compare(b.Strength, a.Strength), cmp.Compare(a.Key, b.Key))
	})
	seen := make(map[string]bool)
	for i := range d.x.Case.Decisions {
		seen[d.x.Case.Decisions[i].Suggestion] = true
	}
	return slices.DeleteFunc(d.out, func(s Suggestion) bool {
		was := seen[s.Key]
		seen[s.Key] = true
		return was
	})
}

// desk is what the search has on its table.
type desk struct {
	x      *claim.Index
	texts  map[string]string
	number map[string]int // of an utterance in the case
	says   []spokenBy     // by number
	df     map[value]int  // in how many texts and documents a number stands
	docs   int

	figures map[string][]value  // of a claim
	against map[string][]string // claims that contradict one
	alias   map[string][]string // parties that may be one, or of one house
	sayers  map[[2]string][]int // by head and speaker
	leads   map[[2]string]bool  // from an utterance into a document, as proposed
	out     []Suggestion
}

// spokenBy is an utterance, read.
type spokenBy struct {
	u       *claim.Utterance
	heads   []string
	words   passage
	numbers map[value]string // and the claim that has it, if one has
}

func newDesk(x *claim.Index, texts map[string]string) *desk {
	d := &desk{
		x: x, texts: texts, number: make(map[string]int), df: make(map[value]int),
		figures: make(map[string][]value), against: make(map[string][]string), alias: make(map[string][]string),
		sayers: make(map[[2]string][]int), leads: make(map[[2]string]bool),
	}
	d.readClaims()
	d.readParties()
	for i := range x.Case.Utterances {
		u := &x.Case.Utterances[i]
		d.number[u.ID] = i
		d.says = append(d.says, d.read(i, u))
		for _, h := range d.says[i].heads {
			d.sayers[[2]string{h, u.Speaker}] = append(d.sayers[[2]string{h, u.Speaker}], i)
		}
	}
	d.countNumbers()
	return d
}

func (d *desk) readClaims() {
	for i := range d.x.Case.Claims {
		c := &d.x.Case.Claims[i]
		d.figures[c.ID] = telling(c.Text)
		for _, o := range c.Contradicts {
			d.against[c.ID] = append(d.against[c.ID], o)
			d.against[o] = append(d.against[o], c.ID)
		}
	}
}

func (d *desk) readParties() {
	join := func(a, b string) {
		d.alias[a] = append(d.alias[a], b)
		d.alias[b] = append(d.alias[b], a)
	}
	for i := range d.x.Case.Parties {
		p := &d.x.Case.Parties[i]
		for _, o := range p.PossiblySameAs {
			join(p.ID, o)
		}
		if p.MemberOf != "" {
			join(p.ID, p.MemberOf)
		}
	}
}

func (d *desk) read(i int, u *claim.Utterance) spokenBy {
	s := spokenBy{u: u, numbers: make(map[value]string)}
	words := d.x.Words(u)
	s.words = newPassage(i, wordsOf(readPage(words).tokens))
	for _, v := range telling(words) {
		s.numbers[v] = ""
	}
	for _, c := range u.Claims {
		if d.x.Claim(c) == nil {
			continue
		}
		s.heads = append(s.heads, d.x.Head(c))
		for _, v := range d.figures[c] {
			s.numbers[v] = c
		}
	}
	slices.Sort(s.heads)
	s.heads = slices.Compact(s.heads)
	return s
}

func telling(text string) []value {
	var out []value
	for _, n := range Numbers(text) {
		if v := (value{n.Low, n.High}); v.telling() {
			out = append(out, v)
		}
	}
	return out
}

// countNumbers counts in how many documents each number stands: in their texts,
// and where those are not there, in what is said in them.
func (d *desk) countNumbers() {
	in := make(map[string]map[value]bool)
	note := func(doc string, v value) {
		if in[doc] == nil {
			in[doc] = make(map[value]bool)
		}
		in[doc][v] = true
	}
	for doc, text := range d.texts {
		for _, v := range telling(text) {
			note(doc, v)
		}
	}
	for i := range d.says {
		for v := range d.says[i].numbers {
			note(d.says[i].u.Doc, v)
		}
	}
	d.docs = len(in)
	for _, values := range in {
		for v := range values {
			d.df[v]++
		}
	}
}
