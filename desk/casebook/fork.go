// SPDX-License-Identifier: Apache-2.0

package casebook

import "slices"

// A Fork is two events of one author for one place (spec/casebook.md §2).
type Fork struct{ A, B *Event }

// Below reports whether the branches part below the two events, at a place of which this
// book knows one branch only: a colleague who knows the other has to see it.
func (f Fork) Below() bool { return f.A.Prev != f.B.Prev }

// Forks lists the proofs by chain.
func (b *Book) Forks() []Fork {
	var out []Fork
	for _, c := range b.chains {
		if c.fork[0] != nil {
			out = append(out, Fork{c.fork[0], c.fork[1]})
		}
	}
	slices.SortFunc(out, func(x, y Fork) int { return x.A.Chain.Compare(y.A.Chain) })
	return out
}

// SetAside lists what stands behind the ends of chains that were cut, by chain and n: a
// person may take it over.
func (b *Book) SetAside() []*Event {
	var out []*Event
	for _, c := range b.chains {
		out = append(out, c.aside...)
	}
	slices.SortStableFunc(out, byPlace)
	return out
}

// isFork compares an event with the one that stands in its place, and cuts the chain
// where they differ. The event is done with if it stands behind the end of its chain.
func (b *Book) isFork(e *Event) (done, cut bool) {
	if other := b.inPlace(e); other != nil {
		b.cutChain(other, e)
		cut = true
	}
	c := b.chain(e.Chain)
	if c == nil || e.N <= c.end() {
		return false, cut
	}
	c.setAside(e)
	return true, cut
}

// maxAside bounds what is kept of a chain that was cut: whoever holds the key could
// else fill every desk with it.
const maxAside = 1024

func (c *chain) setAside(e *Event) {
	known := slices.ContainsFunc(c.aside, func(o *Event) bool { return o.id == e.id })
	if !known && len(c.aside) < maxAside {
		c.aside = append(c.aside, e)
	}
}

// inPlace is another event than e where e stands, or nil.
func (b *Book) inPlace(e *Event) *Event {
	if w := b.places[e.place()]; w != nil {
		return w
	}
	if c := b.chain(e.Chain); c != nil && e.N <= uint64(len(c.events)) {
		return c.events[e.N-1].Event
	}
	return nil
}

// cutChain ends a chain below the two events.
func (b *Book) cutChain(x, y *Event) {
	c := b.chains[b.numberOf(x.Chain)]
	c.fork = [2]*Event{x, y}
	c.setAside(x)
	for _, w := range b.Waiting() {
		if w.Chain == x.Chain && w.N >= x.N {
			b.drop(w)
			c.setAside(w)
		}
	}
	if uint64(len(c.events)) >= x.N {
		b.retake()
		b.cut = true
	}
}

// retake counts anew all events but those behind an end: clocks must not know what
// does not count.
func (b *Book) retake() {
	old := b.order
	b.order = nil
	clear(b.taken)
	for _, c := range b.chains {
		c.events = nil
	}
	for _, t := range old {
		c := b.chains[t.chain]
		if t.N > c.end() {
			c.setAside(t.Event)
			continue
		}
		b.take(t.Event)
	}
}

// IsCut reports whether a chain has ended in a fork.
func (b *Book) IsCut(name Chain) bool {
	c := b.chain(name)
	return c != nil && c.fork[0] != nil
}
