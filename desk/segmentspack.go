// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"cmp"
	"maps"
	"slices"

	"tamizdat/desk/casebook"
	"tamizdat/letter/wire"
)

// packing fills a segment with events (spec/casebook.md §4).
type packing struct {
	d      *Desk
	into   *casebook.Packer
	packed []packedPart
	done   map[wire.Hash]bool
}

// pack chooses what goes into a segment: what of this desk's own no page holds, then in
// turns what colleagues lack.
func (d *Desk) pack(into *casebook.Packer, sealing int64) []packedPart {
	p := &packing{d: d, into: into, done: map[wire.Hash]bool{}}
	for e := range d.s.book.All() {
		if e.Chain.Author == d.ID() && !d.told(e.Event) {
			p.put(e.Event)
		}
	}
	turns := d.turns()
	if n := len(turns); n > 0 {
		first := int(sealing / d.s.newsroom.Roster().Schedule.Interval(wire.Desk) % int64(n))
		p.inTurn(slices.Concat(turns[first:], turns[:first]))
	}
	return p.packed
}

// inTurn takes one event of each turn, and again, as long as there is room.
func (p *packing) inTurn(turns [][]*casebook.Event) {
	for len(turns) > 0 && !p.into.Full() {
		for i, t := range turns {
			for len(t) > 0 && p.done[t[0].ID()] {
				t = t[1:]
			}
			if len(t) > 0 {
				p.put(t[0])
				t = t[1:]
			}
			turns[i] = t
		}
		turns = slices.DeleteFunc(turns, func(t []*casebook.Event) bool { return len(t) == 0 })
	}
}

func (p *packing) put(e *casebook.Event) {
	if p.into.Full() || p.done[e.ID()] {
		return
	}
	p.done[e.ID()] = true
	from := p.d.onWay(e)
	if to := p.into.Add(e, from); to > from {
		p.packed = append(p.packed, packedPart{hash32(e.ID()), from, to, len(e.Bytes())})
	}
}

// told reports whether an event lies whole in a page. What this desk has begun to send it
// ends itself: that a colleague's segment holds the end proves nothing of the rest.
func (d *Desk) told(e *casebook.Event) bool {
	_, whole := d.s.carried[e.ID()]
	at := d.s.sent[e.ID()]
	return whole && (at == 0 || at >= len(e.Bytes()))
}

// onWay is up to where an event lies in this desk's sealed segments or in those that may
// yet be sealed, without a hole. One that lies there whole begins once more.
func (d *Desk) onWay(e *casebook.Event) int {
	id := e.ID()
	at := d.s.sent[id]
	if at >= len(e.Bytes()) {
		at = 0
	}
	for _, sealing := range slices.Sorted(maps.Keys(d.s.outgoing)) {
		o := d.s.outgoing[sealing]
		if o.refused || !o.taken && sealing <= d.unix() {
			continue
		}
		for _, p := range o.packed {
			if wire.Hash(p.ID) == id && p.From <= at {
				at = max(at, p.To)
			}
		}
	}
	return at
}

// heard is what a colleague's newest segment says that her desk has.
type heard struct {
	page  uint64
	heads []casebook.Cause
}

// afterReading is how many pages later a segment tells that an event was not taken in: it
// is written while the page before its own is open, with what was read an interval ago.
const afterReading = 3

// overdue reports whether a colleague has spoken so long after the page that holds an
// event that she must have read it, or no page holds it.
func (d *Desk) overdue(h heard, id wire.Hash) bool {
	page, ok := d.s.carried[id]
	return !ok || h.page >= page+afterReading
}

// turns lists what each colleague lacks of each author.
func (d *Desk) turns() [][]*casebook.Event {
	r := d.s.newsroom.Roster()
	authors := make([]wire.JournalistID, 0, len(r.Journalists))
	for i := range r.Journalists {
		authors = append(authors, r.Journalists[i].ID)
	}
	for _, f := range r.Body().Former {
		authors = append(authors, f.ID)
	}
	var out [][]*casebook.Event
	for _, id := range authors[:len(r.Journalists)] {
		h, ok := d.s.heard[id]
		if !ok || id == d.ID() {
			continue
		}
		lacks := d.lackedBy(h)
		for _, a := range authors {
			if t := lacks[a]; len(t) > 0 {
				out = append(out, t)
			}
		}
	}
	return out
}

// lackedBy gives by author what a colleague lacks and should have: the forks first, then
// what was carried longest ago.
func (d *Desk) lackedBy(h heard) map[wire.JournalistID][]*casebook.Event {
	said := d.s.book.Told(h.heads)
	forks, events := map[wire.JournalistID][]*casebook.Event{}, map[wire.JournalistID][]*casebook.Event{}
	add := func(to map[wire.JournalistID][]*casebook.Event, e *casebook.Event) {
		if d.overdue(h, e.ID()) {
			to[e.Chain.Author] = append(to[e.Chain.Author], e)
		}
	}
	for _, f := range d.s.book.Forks() {
		if said.LacksFork(d.s.book, f) {
			add(forks, f.A)
			add(forks, f.B)
		}
	}
	for _, e := range d.s.book.Lacking(said) {
		add(events, e.Event)
	}
	for a, row := range events {
		slices.SortStableFunc(row, d.longestAgo)
		events[a] = append(forks[a], row...)
		delete(forks, a)
	}
	maps.Copy(events, forks)
	return events
}

// longestAgo orders events by the page that holds them whole; those that none holds come
// first.
func (d *Desk) longestAgo(x, y *casebook.Event) int {
	a, one := d.s.carried[x.ID()]
	b, other := d.s.carried[y.ID()]
	if one != other {
		if other {
			return -1
		}
		return 1
	}
	return cmp.Compare(a, b)
}
