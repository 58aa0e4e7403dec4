// SPDX-License-Identifier: Apache-2.0

package casebook

import (
	"cmp"
	"slices"

	"tamizdat/letter/wire"
)

// Of the events that are complete, those of the newest roster's journalists count, and
// those of former ones as far as one of the former knows them (spec/casebook.md §3).

// SetAuthors tells who is in the newest roster. It returns what counts from now on and
// did not before; where others no longer do, [Book.Cut] reports it.
func (b *Book) SetAuthors(ids []wire.JournalistID) []*Taken {
	b.current = map[wire.JournalistID]bool{}
	for _, id := range ids {
		b.current[id] = true
	}
	return b.recount()
}

func (b *Book) isCurrent(id wire.JournalistID) bool { return b.current == nil || b.current[id] }

// knownTo is what an event knows of other chains. What it names behind an end it does
// not know, and all before that end it does.
func (b *Book) knownTo(t *Taken) Clock {
	var clock Clock
	if t.N > 1 {
		clock = b.chains[t.chain].events[t.N-2].clock
	}
	for _, cause := range t.Causes {
		i, ok := b.number[cause.Chain]
		if !ok || b.isVoid(cause.Chain) {
			continue
		}
		if n := min(cause.N, uint64(len(b.chains[i].events))); n > 0 {
			clock = clock.join(b.chains[i].events[n-1].clock, t.chain).with(i, uint32(n))
		}
	}
	return clock
}

// count returns what counts because of an event that became complete: what it knows of
// those who have left, and itself.
func (b *Book) count(t *Taken) []*Taken {
	if !b.isCurrent(t.Chain.Author) {
		b.held++
		return nil
	}
	out := append(b.release(t.clock), t)
	for _, o := range out {
		o.counts = true
		b.chains[o.chain].counted++
	}
	b.order = append(b.order, out...)
	return out
}

// release gives the held events of former journalists that are known to a clock.
func (b *Book) release(known Clock) []*Taken {
	if b.held == 0 {
		return nil
	}
	var out []*Taken
	for i, c := range b.chains {
		if n := int(known.at(i)); n > c.counted && !b.isCurrent(c.name.Author) {
			out = append(out, c.events[c.counted:n]...)
		}
	}
	b.held -= len(out)
	slices.SortFunc(out, func(x, y *Taken) int { return cmp.Compare(x.at, y.at) })
	return out
}

// renew makes numbers, clocks and what counts anew where events were taken back: clocks
// must not know what does not count. It is done once for any number of them.
func (b *Book) renew() {
	if !b.stale {
		return
	}
	b.stale, b.cut = false, true
	b.chains = slices.DeleteFunc(b.chains, func(c *chain) bool { return len(c.events) == 0 && c.fork[0] == nil })
	clear(b.number)
	for i, c := range b.chains {
		b.number[c.name] = i
	}
	left := slices.DeleteFunc(b.complete, func(t *Taken) bool { return b.taken[t.id] != t })
	for at, t := range left {
		t.at, t.chain = at, b.number[t.Chain]
		t.clock = b.knownTo(t)
	}
	b.complete = left
	b.recount()
}

// recount finds out anew what counts. It returns what did not before.
func (b *Book) recount() (more []*Taken) {
	if b.stale {
		b.renew()
		return nil
	}
	var known Clock
	for i, c := range b.chains {
		if n := len(c.events); n > 0 && b.isCurrent(c.name.Author) {
			known = known.join(c.events[n-1].clock, -1).with(i, uint32(n))
		}
	}
	b.order, b.held = nil, 0
	for i, c := range b.chains {
		c.counted = min(len(c.events), int(known.at(i)))
	}
	for _, t := range b.complete {
		was := t.counts
		t.counts = int(t.N) <= b.chains[t.chain].counted
		switch {
		case t.counts && !was:
			more = append(more, t)
		case was && !t.counts:
			b.cut = true
		}
		if t.counts {
			b.order = append(b.order, t)
		} else {
			b.held++
		}
	}
	return more
}
