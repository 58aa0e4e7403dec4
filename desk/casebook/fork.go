// SPDX-License-Identifier: Apache-2.0

package casebook

import (
	"maps"
	"slices"
)

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

// SetAside lists what stands behind the ends of chains that were cut or became void, by
// chain and n, as far as there was room for it: a person may take it over. What one who
// left wrote and nobody knew is in [Book.Waiting].
func (b *Book) SetAside() []*Event { return slices.SortedFunc(maps.Values(b.aside), byPlace) }

func (b *Book) setAside(e *Event) {
	if a := b.author(e.Chain.Author); b.aside[e.id] == nil && a.mayLeaveAside(e) {
		b.aside[e.id] = e
		a.aside.add(e)
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

// cutChain ends a chain below two events for one place.
func (b *Book) cutChain(x, y *Event) {
	c := b.chains[b.numberOf(x.Chain)]
	b.prove(c, x, y)
	b.setAside(x)
	b.setAside(y)
	for _, w := range b.waiting {
		if w.Chain == x.Chain && w.N >= x.N {
			b.drop(w)
			b.setAside(w)
		}
	}
	b.truncate(c, int(x.N-1))
	b.forked(x.Chain)
	b.dropVoid(x.Chain.Author)
}

// prove notes which two events end a chain; none do where it became void.
func (b *Book) prove(c *chain, events ...*Event) {
	for _, e := range c.fork {
		if e != nil {
			delete(b.proofs, e.id)
		}
	}
	c.fork = [2]*Event{}
	for i, e := range events {
		c.fork[i] = e
		b.proofs[e.id] = true
	}
}

// IsCut reports whether a chain has ended in a fork.
func (b *Book) IsCut(name Chain) bool {
	c := b.chain(name)
	return c != nil && c.fork[0] != nil
}

// Knows reports whether anything of a chain has come.
func (b *Book) Knows(name Chain) bool {
	if b.chain(name) != nil {
		return true
	}
	for p := range b.places {
		if p.chain == name {
			return true
		}
	}
	return false
}
