// SPDX-License-Identifier: Apache-2.0

package casebook

import (
	"slices"

	"tamizdat/letter/wire"
)

// A Telling is what a colleague's heads say of her book.
type Telling struct {
	has  map[Chain]Cause
	full bool
	last rank                         // of those that a full list has
	low  map[wire.JournalistID]listed // by author, in a full list
}

// listed is how much of an author a full list has.
type listed struct {
	chains int
	lowest uint32
}

// Told reads a colleague's heads.
func (b *Book) Told(heads []Cause) *Telling {
	t := &Telling{has: map[Chain]Cause{}, full: len(heads) == MaxCauses, low: map[wire.JournalistID]listed{}}
	for _, h := range slices.Backward(heads) { // newest incarnation first
		t.has[h.Chain] = h
		l := t.low[h.Chain.Author]
		if r := b.rank(h.Chain.Author, l.chains); r.compare(t.last) > 0 {
			t.last = r
		}
		t.low[h.Chain.Author] = listed{l.chains + 1, h.Chain.Incarnation}
	}
	return t
}

// head is what she has of a chain, or where she knows it to be cut.
func (t *Telling) head(c Chain) (head Cause, cut bool) {
	head = t.has[c]
	return head, head.N > 0 && (head.ID == wire.Hash{} || head.ID == partly)
}

// silent reports whether she may have a chain for which her heads had no room.
func (t *Telling) silent(b *Book, c Chain) bool {
	if _, there := t.has[c]; there || !t.full {
		return false
	}
	l, some := t.low[c.Author]
	return (!some || c.Incarnation < l.lowest) && b.rank(c.Author, l.chains).compare(t.last) > 0
}

// Lacking lists, of the events that count, those that a colleague has not, as her heads
// tell, in an order that respects causes. Of chains of which they tell nothing she lacks
// what is known to an event that she lacks, and the first events where such a one, or
// her heads, name a chain that is void.
func (b *Book) Lacking(t *Telling) []*Taken {
	b.renew()
	below := b.belowForks()
	needs, first := map[Chain]uint64{}, t.beyond(b)
	lacks := make([]bool, len(b.order))
	for range 2 {
		for i, e := range slices.Backward(b.order) {
			lacks[i] = t.lacks(e.Event, below[e.Chain] == e.N)
			if t.silent(b, e.Chain) {
				lacks[i] = e.N <= needs[e.Chain] || e.N == 1 && first[e.Chain.Author]
			}
			if !lacks[i] || !t.full {
				continue
			}
			for _, c := range e.Causes {
				needs[c.Chain] = max(needs[c.Chain], c.N)
				if b.isVoid(c.Chain) {
					first[c.Chain.Author] = true
				}
			}
		}
		if len(first) == 0 {
			break // else first events were passed before it was known that they are needed
		}
	}
	var out []*Taken
	for i, e := range b.order {
		if lacks[i] {
			out = append(out, e)
		}
	}
	return out
}

// beyond gives the authors of whom she counts a chain that is void.
func (t *Telling) beyond(b *Book) map[wire.JournalistID]bool {
	out := map[wire.JournalistID]bool{}
	for c := range t.has {
		if b.isVoid(c) {
			out[c.Author] = true
		}
	}
	return out
}

// lacks reports whether her heads show that she has not an event. One below two branches
// she lacks as long as she shows the same fork: she may have another there.
func (t *Telling) lacks(e *Event, below bool) bool {
	switch head, cut := t.head(e.Chain); {
	case head.N < e.N:
		return true
	case cut:
		return head.ID == partly || below && head.N == e.N+1
	default:
		return head.N == e.N && head.ID != e.id
	}
}

// LacksFork reports whether she should see that a chain is cut, and does not.
func (t *Telling) LacksFork(b *Book, f Fork) bool {
	head, cut := t.head(f.A.Chain)
	return (!cut || head.N > f.A.N) && !t.silent(b, f.A.Chain)
}

// belowForks gives the last n that counts of chains whose branches part still earlier.
func (b *Book) belowForks() map[Chain]uint64 {
	out := map[Chain]uint64{}
	for _, f := range b.Forks() {
		if f.Below() {
			out[f.A.Chain] = f.A.N - 1
		}
	}
	return out
}
