// SPDX-License-Identifier: Apache-2.0

package casebook

import (
	"math"
	"slices"

	"tamizdat/letter/wire"
)

// Bounds of what one author can make a desk hold (spec/casebook.md §2).
const (
	// MaxChains is how many of one author's chains count, the lowest incarnations.
	MaxChains = 256
	// MaxForks is up to which of an author's forked chains chains count.
	MaxForks = 16
)

// What is kept of one author for other reasons: whoever holds the key could else fill
// every desk with it.
const (
	maxWaiting      = 1024
	maxWaitingBytes = 8 << 20
	maxAside        = 4096
	maxAsideBytes   = 16 << 20
)

// limits are the bounds that the format has. Tests have others.
type limits struct{ chains, forks int }

// author is what bounds one author's chains.
type author struct {
	begun  []uint32 // incarnations of chains that have a first event or a fork: the lowest
	forked []uint32 // of those that have a fork: the lowest
	last   uint32   // the highest incarnation that can count; it never rises
	waits  pile
	aside  pile
}

// pile is how much there is of something.
type pile struct{ events, bytes int }

func (p *pile) add(e *Event)    { p.events, p.bytes = p.events+1, p.bytes+len(e.raw) }
func (p *pile) remove(e *Event) { p.events, p.bytes = p.events-1, p.bytes-len(e.raw) }

// hasRoom reports whether one more event may wait.
func (a *author) hasRoom(e *Event) bool {
	return a.waits.events < maxWaiting && a.waits.bytes+len(e.raw) <= maxWaitingBytes
}

// mayLeaveAside reports whether one more event may be set aside.
func (a *author) mayLeaveAside(e *Event) bool {
	return a.aside.events < maxAside && a.aside.bytes+len(e.raw) <= maxAsideBytes
}

func (b *Book) author(id wire.JournalistID) *author {
	a := b.authors[id]
	if a == nil {
		a = &author{last: math.MaxUint32}
		b.authors[id] = a
	}
	return a
}

// begin notes that a chain has a first event or a fork.
func (b *Book) begin(name Chain) {
	a := b.author(name.Author)
	a.begun = insert(a.begun, name.Incarnation, b.most.chains)
	if len(a.begun) == b.most.chains {
		a.last = min(a.last, a.begun[b.most.chains-1])
	}
}

// forked notes that a chain has a fork.
func (b *Book) forked(name Chain) {
	b.begin(name)
	a := b.author(name.Author)
	a.forked = insert(a.forked, name.Incarnation, b.most.forks)
	if len(a.forked) == b.most.forks {
		a.last = min(a.last, a.forked[b.most.forks-1])
	}
}

// insert keeps the lowest numbers, ascending.
func insert(row []uint32, n uint32, most int) []uint32 {
	i, there := slices.BinarySearch(row, n)
	if there {
		return row
	}
	row = slices.Insert(row, i, n)
	return row[:min(len(row), most)]
}

// isVoid reports whether a chain is one too many of its author's: nothing of it counts.
func (b *Book) isVoid(name Chain) bool {
	a := b.authors[name.Author]
	return a != nil && name.Incarnation > a.last
}

// Open reports whether what an author would write into a chain can count.
func (b *Book) Open(name Chain) bool { return !b.IsCut(name) && !b.isVoid(name) }

// dropVoid lets go of an author's chains that became void. It reports whether there
// were such, or events that waited for them.
func (b *Book) dropVoid(id wire.JournalistID) bool {
	if b.author(id).last == math.MaxUint32 {
		return false
	}
	for _, c := range b.chains {
		if c.name.Author == id && b.isVoid(c.name) {
			b.truncate(c, 0)
			b.stale = b.stale || c.fork[0] != nil
			b.prove(c)
		}
	}
	for _, e := range b.waiting {
		if b.isVoid(e.Chain) {
			b.drop(e)
		}
	}
	return true
}

// truncate takes back the events of a chain behind the first n.
func (b *Book) truncate(c *chain, n int) {
	if len(c.events) <= n {
		return
	}
	for _, t := range c.events[n:] {
		delete(b.taken, t.id)
		b.setAside(t.Event)
	}
	c.events = c.events[:n:n]
	b.stale = true
}
