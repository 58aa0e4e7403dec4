// SPDX-License-Identifier: Apache-2.0

package mutation

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"tamizdat/claim"
)

// How alike two statements must be to be taken for one and its relay: shared keys
// against all keys (Dice, 1945). Between two utterances with a single statement
// each it is enough that they share something; an utterance that was only
// informed by another must be closer, because it may well say something else.
const (
	likeRelay    = 0.28
	likeSingle   = 0.12
	likeInformed = 0.45
)

// statement is a claim of an utterance, or a sentence of its words.
type statement struct {
	side  Side
	claim *claim.Claim // nil for words
	read  *reading
}

// statementsOf lists the claims of an utterance and the sentences of its words.
func (e *engine) statementsOf(u *claim.Utterance) []statement {
	var out []statement
	for _, id := range u.Claims {
		if c := e.x.Claim(id); c != nil && c.Text != "" {
			out = append(out, statement{Side{claim.KindClaim, c.ID, c.Text}, c, e.read(c.Text)})
		}
	}
	for _, s := range sentences(e.x.Words(u)) {
		out = append(out, statement{Side{KindWords, u.ID, s}, nil, e.read(s)})
	}
	return out
}

// maxSentences is how many sentences of the words of one utterance are compared.
const maxSentences = 50

// sentences cuts words at full stops that a capital letter follows.
func sentences(words string) []string {
	var out []string
	r := []rune(words)
	from := 0
	for i := range r {
		if i < len(r)-1 && !endsSentence(r, i) {
			continue
		}
		if s := strings.TrimSpace(string(r[from : i+1])); s != "" && len(out) < maxSentences {
			out = append(out, s)
		}
		from = i + 1
	}
	return out
}

func endsSentence(r []rune, i int) bool {
	if r[i] == '\n' {
		return true
	}
	next := min(i+2, len(r)-1)
	return strings.ContainsRune(".!?", r[i]) && (unicode.IsUpper(r[next]) || unicode.IsDigit(r[next]) || strings.ContainsRune("\"«“", r[next]))
}

// statements compares what an utterance says with what each ancestor says. It
// returns what has no counterpart above.
func (e *engine) statements(u *claim.Utterance, above []ancestor) (loose []statement) {
	var open []statement
	for _, s := range e.statementsOf(u) {
		if !repeated(s, above) {
			open = append(open, s)
		}
	}
	if len(open) == 0 {
		return nil
	}
	hands := make([]hand, len(open))
	for level := 0; level < len(above); {
		next := level
		for next < len(above) && above[next].hops == above[level].hops {
			next++
		}
		e.level(u, open, hands, above[level:next])
		level = next
	}
	for i, h := range hands {
		if !h.paired {
			loose = append(loose, open[i])
		}
	}
	return loose
}

// repeated tells whether one of the ancestors carries the very claim. A claim
// that two carry alike stands between them unchanged, whatever else they say.
func repeated(s statement, above []ancestor) bool {
	return s.claim != nil && slices.ContainsFunc(above, func(v ancestor) bool { return slices.Contains(v.Claims, s.claim.ID) })
}

// hand is what is known of one statement while climbing.
type hand struct {
	paired  bool
	settled map[Label]bool // a nearer ancestor says it, alike or not
}

// level compares with all ancestors that are equally far. What one of them says
// alike settles a label, though another says it otherwise: the relay had both.
func (e *engine) level(u *claim.Utterance, open []statement, hands []hand, level []ancestor) {
	found := make([][]match, len(open))
	for _, v := range level {
		for _, m := range e.pairs(u, open, v) {
			found[m.to] = append(found[m.to], m)
		}
	}
	for i, matches := range found {
		if len(matches) > 0 {
			hands[i].paired = true
			e.judge(u, open[i], &hands[i], matches)
		}
	}
}

// match is a statement and the one of an ancestor that it seems to relay.
type match struct {
	to       int // of the open ones
	from     statement
	over     ancestor
	likeness float64
}

// judge proposes what no ancestor at this distance says alike.
func (e *engine) judge(u *claim.Utterance, s statement, h *hand, matches []match) {
	alike := map[Label]bool{}
	type difference struct {
		finding
		match
	}
	var differing []difference
	for _, m := range matches {
		for _, f := range e.compare(u, s, m) {
			if f.how == same {
				alike[f.label] = true
			} else {
				differing = append(differing, difference{f, m})
			}
		}
	}
	for _, d := range differing {
		if !alike[d.label] && !h.settled[d.label] {
			h.settle(d.label)
			e.propose(u, d.over, d.label, d.from.side, s.side, d.reason)
		}
	}
	for label := range alike {
		h.settle(label)
	}
}

func (h *hand) settle(l Label) {
	if h.settled == nil {
		h.settled = map[Label]bool{}
	}
	h.settled[l] = true
}

// compare reads both wordings, and the dates that the editors gave the claims.
func (e *engine) compare(u *claim.Utterance, to statement, m match) []finding {
	found := compare(m.from.read, to.read, m.over.At, u.At)
	if to.claim == nil || m.from.claim == nil {
		return found
	}
	a, b := m.from.claim.Time, to.claim.Time
	if a.Before(b) || b.Before(a) {
		found = append(found, finding{LabelDate, differs, "“" + m.from.claim.Text + "” is dated " + a.String() + ", and “" + to.claim.Text + "” is dated " + b.String()})
	}
	return found
}

// pairs finds for each open statement the one of an ancestor that it relays, each
// used once, the likest first.
func (e *engine) pairs(u *claim.Utterance, open []statement, v ancestor) []match {
	theirs := slices.DeleteFunc(e.statementsOf(v.Utterance), func(s statement) bool {
		return s.claim != nil && slices.Contains(u.Claims, s.claim.ID)
	})
	least := likeRelay
	switch {
	case v.informed:
		least = likeInformed
	case len(theirs) == 1 && len(open) == 1:
		least = likeSingle
	}
	var all []pairing
	for i := range open {
		for k := range theirs {
			if l := e.likeness(open[i], theirs[k]); l >= least {
				all = append(all, pairing{i, k, l})
			}
		}
	}
	return assign(all, open, theirs, v)
}

type pairing struct {
	to, from int
	likeness float64
}

func assign(all []pairing, open, theirs []statement, v ancestor) []match {
	slices.SortStableFunc(all, func(a, b pairing) int { return cmp.Compare(b.likeness, a.likeness) })
	usedTo, usedFrom := make([]bool, len(open)), make([]bool, len(theirs))
	var out []match
	for _, p := range all {
		if !usedTo[p.to] && !usedFrom[p.from] {
			usedTo[p.to], usedFrom[p.from] = true, true
			out = append(out, match{p.to, theirs[p.from], v, p.likeness})
		}
	}
	return out
}

// likeness of two statements; claims of one family are about one thing, because
// the editors said so, and words are compared with words where both have some.
func (e *engine) likeness(a, b statement) float64 {
	if a.claim != nil && b.claim != nil && e.x.Head(a.claim.ID) == e.x.Head(b.claim.ID) {
		return 1
	}
	l := likeness(a.read.keys, b.read.keys)
	if (a.claim == nil) == (b.claim == nil) {
		l *= 1.05
	}
	return l
}

// likeness is twice the shared keys by all keys; the lists are sorted.
func likeness(a, b []string) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	shared := 0
	for i, k := 0, 0; i < len(a) && k < len(b); {
		switch c := cmp.Compare(a[i], b[k]); {
		case c == 0:
			shared, i, k = shared+1, i+1, k+1
		case c < 0:
			i++
		default:
			k++
		}
	}
	return 2 * float64(shared) / float64(len(a)+len(b))
}
