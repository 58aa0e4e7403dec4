// SPDX-License-Identifier: Apache-2.0

package casebook

import (
	"bytes"
	"cmp"
	"slices"

	"tamizdat/letter/wire"
)

// Next is what an event by an author must say of its place: its chain, n, prev and
// causes. The author adds the rest and signs. It names nothing that does not count:
// whoever names an event of one who left makes it count.
func (b *Book) Next(name Chain) Body {
	b.renew()
	body := Body{Newsroom: b.newsroom, Chain: name, N: 1}
	var knows Clock
	if c := b.chain(name); c != nil && len(c.events) > 0 {
		last := c.events[len(c.events)-1]
		body.N, body.Prev, knows = last.N+1, last.id, last.clock
	}
	for i, c := range b.chains {
		if n := c.counted; c.name != name && n > int(knows.at(i)) {
			body.Causes = append(body.Causes, c.events[n-1].cause())
		}
	}
	body.Causes = b.chosen(body.Causes) // the rest is told next time
	return body
}

// partly is the id in the head of a chain that was cut, and of which something before the
// fork has not come.
var partly = wire.Hash(bytes.Repeat([]byte{0xff}, 32))

// Heads tell colleagues what this desk has taken in (spec/casebook.md §4).
func (b *Book) Heads() []Cause {
	var heads []Cause
	for _, c := range b.chains {
		switch n := len(c.events); {
		case c.fork[0] != nil && n < int(c.fork[0].N)-1:
			heads = append(heads, Cause{c.name, c.fork[0].N, partly})
		case c.fork[0] != nil:
			heads = append(heads, Cause{Chain: c.name, N: c.fork[0].N})
		case n > 0:
			heads = append(heads, c.events[n-1].cause())
		}
	}
	return b.chosen(heads)
}

// chosen keeps as many causes as a list may have, ascending by chain: of each author the
// newest incarnation, then of each the one before, and so on. So one who has many chains
// pushes nobody else out.
func (b *Book) chosen(causes []Cause) []Cause {
	if len(causes) > MaxCauses {
		slices.SortFunc(causes, func(x, y Cause) int { return -x.Chain.Compare(y.Chain) })
		ranks := map[Chain]rank{}
		of := map[wire.JournalistID]int{}
		for _, c := range causes {
			ranks[c.Chain] = b.rank(c.Chain.Author, of[c.Chain.Author])
			of[c.Chain.Author]++
		}
		slices.SortFunc(causes, func(x, y Cause) int { return ranks[x.Chain].compare(ranks[y.Chain]) })
		causes = causes[:MaxCauses]
	}
	slices.SortFunc(causes, func(x, y Cause) int { return x.Chain.Compare(y.Chain) })
	return causes
}

// rank orders chains where a list has no room for all.
type rank struct {
	newer  int // how many newer ones of the same author there are
	former bool
	author wire.JournalistID
}

func (b *Book) rank(id wire.JournalistID, newer int) rank {
	return rank{newer, !b.isCurrent(id), id}
}

func (r rank) compare(o rank) int {
	if c := cmp.Compare(r.newer, o.newer); c != 0 {
		return c
	}
	if r.former != o.former {
		if o.former {
			return -1
		}
		return 1
	}
	return bytes.Compare(r.author[:], o.author[:])
}
