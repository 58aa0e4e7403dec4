// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"fmt"
	"slices"

	"tamizdat/claim"
	"tamizdat/desk/casebook"
	"tamizdat/letter/wire"
)

// kindKnows is an event that says nothing but what its author knew.
const kindKnows = "knows"

// What a person does to the register rests on all that stood on their screen. One event
// names a bounded number of others, and somebody with many chains could fill that: so
// the causes are put in order, and what has no room goes into events before.

// causesFor gives what an own event about some things has to name, in parts that one
// event can, the least important first: the last is the deed's own.
func (d *Desk) causesFor(changes []claim.Change) [][]casebook.Cause {
	newest, own := d.unknown()
	on := d.restsOn(changes)
	roster := map[wire.JournalistID]casebook.Chain{} // the newest of each
	for _, t := range newest {
		id := t.Chain.Author
		if _, _, there := d.s.newsroom.Roster().Journalist(id); there && (roster[id] == casebook.Chain{} || t.Chain.Compare(roster[id]) > 0) {
			roster[id] = t.Chain
		}
	}
	rank := func(t *casebook.Taken) int {
		switch row := d.s.shared.claims.rows[t.Chain]; {
		case row != nil && on[row.actor]:
			return 0
		case roster[t.Chain.Author] == t.Chain:
			return 1
		case row != nil && (own == nil || !own.Knew(row.taken[len(row.taken)-1])):
			return 2
		}
		return 3 // which is told next time, where it has no room
	}
	slices.SortStableFunc(newest, func(x, y *casebook.Taken) int { return rank(x) - rank(y) })
	return parted(newest, rank)
}

// parted leaves out what others name, and cuts the rest to what events can hold.
func parted(newest []*casebook.Taken, rank func(*casebook.Taken) int) [][]casebook.Cause {
	var all []casebook.Cause
	var chosen []*casebook.Taken
	for _, t := range newest {
		if len(all) >= casebook.MaxCauses && rank(t) == 3 {
			break
		}
		if !slices.ContainsFunc(chosen, func(c *casebook.Taken) bool { return c.Knew(t) }) {
			chosen, all = append(chosen, t), append(all, casebook.Cause{Chain: t.Chain, N: t.N, ID: t.ID()})
		}
	}
	parts := slices.Collect(slices.Chunk(all, casebook.MaxCauses))
	slices.Reverse(parts)
	for _, part := range parts {
		slices.SortFunc(part, func(x, y casebook.Cause) int { return x.Chain.Compare(y.Chain) })
	}
	return parts
}

// unknown gives the newest event of each chain but this desk's own of which that does
// not know, by chain, and the last of its own.
func (d *Desk) unknown() (newest []*casebook.Taken, own *casebook.Taken) {
	last := map[casebook.Chain]*casebook.Taken{}
	for t := range d.s.book.All() {
		last[t.Chain] = t
	}
	own = last[d.ownChain()]
	for _, t := range last {
		if t != own && (own == nil || !own.Knew(t)) {
			newest = append(newest, t)
		}
	}
	slices.SortFunc(newest, func(x, y *casebook.Taken) int { return x.Chain.Compare(y.Chain) })
	return newest, own
}

// restsOn lists the rows that have done something to what some changes are about.
func (d *Desk) restsOn(changes []claim.Change) map[string]bool {
	about, rows := map[string]bool{}, map[string]bool{}
	for _, c := range changes {
		about[c.Object] = true
	}
	for _, e := range d.s.shared.claims.register.Events() {
		if about[e.Object] {
			rows[e.Actor] = true
		}
	}
	return rows
}

// ownParts makes the next events of this desk's chain, each after the one before: those
// that say what it knew, and the parts of a deed.
func (d *Desk) ownParts(changes []claim.Change, payloads [][]byte) (*eventsKept, error) {
	b := d.s.book.Next(d.ownChain())
	b.At, b.Causes = d.unix(), nil
	kept := &eventsKept{}
	write := func(kind string, payload []byte) error {
		b.Kind, b.Payload = kind, payload
		e, err := casebook.Sign(d.keys, b)
		if err != nil {
			return fmt.Errorf("this cannot be told to colleagues: %w", err)
		}
		kept.Events = append(kept.Events, e.Bytes())
		b.N, b.Prev, b.Causes = b.N+1, e.ID(), nil
		return nil
	}
	causes := d.causesFor(changes)
	for len(causes) > 1 {
		b.Causes, causes = causes[0], causes[1:]
		if err := write(kindKnows, []byte("{}")); err != nil {
			return nil, err
		}
	}
	for _, part := range causes {
		b.Causes = part
	}
	for _, p := range payloads {
		if err := write(kindClaim, p); err != nil {
			return nil, err
		}
	}
	return kept, nil
}

// reckoned is how much of each row was there when the door was asked.
func (b *claimBook) reckoned() map[string]int {
	out := map[string]int{}
	for _, row := range b.order {
		out[row.actor] = b.register.Count(row.actor)
	}
	return out
}

// stillThere looks whether the register has taken what was just written, and as made in
// knowledge of all that the door was asked about.
func (d *Desk) stillThere(parts int, reckoned map[string]int) error {
	b := &d.s.shared.claims
	before := len(b.aside)
	b.catchUp()
	if n := len(b.aside) - before; n > 0 && b.aside[len(b.aside)-1].in.Chain == d.ownChain() {
		return fmt.Errorf("this was written down and does not count, in %d of %d parts: %s; do it again", n, parts, b.aside[len(b.aside)-1].why)
	}
	own := b.rows[d.ownChain()]
	for actor, n := range reckoned {
		if own != nil && actor != own.actor && own.seen[actor] < n {
			return fmt.Errorf("this was written down, but colleagues will take it as made before some of what you saw was there; look at it again: something may wait for a choice")
		}
	}
	return nil
}
