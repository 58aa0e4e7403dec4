// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"context"
	"crypto/sha256"
	"errors"
	"maps"
	"slices"
	"time"

	"tamizdat/desk/casebook"
	"tamizdat/desk/vault"
	"tamizdat/drop"
	"tamizdat/letter"
	"tamizdat/letter/wire"
)

// A desk writes one segment for each page of the desk log (spec/drop.md §7), at a moment
// drawn beforehand, whether or not it has anything to tell.

// outgoing is a segment, a write to a page of the desk log.
type outgoing struct {
	posting
	packed []packedPart
}

// packedPart is what a segment holds of an event.
type packedPart struct {
	ID   hash32 `json:"id"`
	From int    `json:"from"`
	To   int    `json:"to"`
	Of   int    `json:"of"` // the event's length
}

// segmentFilled fixes what will be written, before it is sent.
type segmentFilled struct {
	Sealing  int64        `json:"sealing"`
	Envelope vault.Name   `json:"envelope"`
	Hash     hash32       `json:"hash"`
	Packed   []packedPart `json:"packed,omitempty"`
}

// segmentAnswered tells that the drop took the write, or never will.
type segmentAnswered struct {
	Sealing int64 `json:"sealing"`
	Taken   bool  `json:"taken"`
}

// segmentClosed tells what became of a segment when its page was sealed.
type segmentClosed struct {
	Sealing int64  `json:"sealing"`
	Sealed  bool   `json:"sealed"`
	Page    uint64 `json:"page"`
}

func (*segmentFilled) kind() string   { return "segment.filled" }
func (*segmentAnswered) kind() string { return "segment.answered" }
func (*segmentClosed) kind() string   { return "segment.closed" }

func (e *segmentFilled) apply(s *state, _ int64) error {
	if s.outgoing[e.Sealing] != nil {
		return errors.New("this segment was filled before")
	}
	s.outgoing[e.Sealing] = &outgoing{posting{envelope: e.Envelope, hash: wire.Hash(e.Hash)}, e.Packed}
	return nil
}

func (e *segmentAnswered) apply(s *state, _ int64) error {
	o := s.outgoing[e.Sealing]
	if o == nil {
		return errors.New("this segment was never filled")
	}
	o.taken, o.refused = e.Taken, !e.Taken
	return nil
}

func (e *segmentClosed) apply(s *state, _ int64) error {
	o := s.outgoing[e.Sealing]
	if o == nil {
		return errors.New("this segment was never filled")
	}
	delete(s.outgoing, e.Sealing)
	if !e.Sealed {
		return nil
	}
	for _, p := range o.packed {
		id := wire.Hash(p.ID)
		if p.From == 0 && s.sent[id] >= p.Of {
			s.sent[id] = 0 // once more, to its end
		}
		if p.From <= s.sent[id] {
			s.sent[id] = max(s.sent[id], p.To)
		}
		if s.sent[id] >= p.Of {
			s.carried[id] = e.Page
		}
	}
	return nil
}

// forgetPages begins with a new incarnation of the drop's logs: no page holds anything.
func (s *state) forgetPages() {
	clear(s.carried)
	clear(s.sent)
	for _, o := range s.outgoing {
		o.taken, o.refused = false, true
	}
}

// nextSegment is the desk log's next sealing after now.
func (d *Desk) nextSegment() int64 { return d.nextOf(wire.Desk) }

// segmentDue is when the segment of the page sealed at the given time is written: with
// the look at the logs, where both have one rhythm.
func (d *Desk) segmentDue(sealing int64) time.Time {
	s := d.s.newsroom.Roster().Schedule
	every := s.Interval(wire.Desk)
	if every == s.Interval(wire.Letters) {
		return d.lookDue(sealing/every - 1)
	}
	return within(time.Unix(sealing-every, 0), every, d.moment("segment", sealing, 0))
}

// segmentMoment is when the segment of a page wants a round, as slotMoment is.
func (d *Desk) segmentMoment(sealing int64) (at time.Time, open bool) {
	var p *posting
	if o := d.s.outgoing[sealing]; o != nil {
		p = &o.posting
	}
	return d.wants(d.segmentDue(sealing), p, sealing, wire.Desk)
}

// writeSegment fills the segment whose moment has come, writes it down, and sends it
// until the drop has answered.
func (d *Desk) writeSegment(ctx context.Context, to drop.Drop) error {
	sealing := d.nextSegment()
	if d.s.outgoing[sealing] == nil && !d.segmentDue(sealing).After(d.now()) {
		if err := d.fillSegment(sealing); err != nil {
			return err
		}
	}
	o := d.s.outgoing[sealing]
	if o == nil || o.done() {
		return nil
	}
	segment, err := d.v.Object(o.envelope, wire.SegmentSize)
	if err != nil {
		return err
	}
	err = to.PostSegment(ctx, d.keys.SegmentWrite(d.beat(), sealing, segment))
	taken := err == nil
	if !taken && !final(err) {
		return err
	}
	if errors.Is(err, drop.ErrConflict) {
		err = nil // a colleague's page has this desk's from before it was restored
	}
	return errors.Join(err, d.commit(&segmentAnswered{Sealing: sealing, Taken: taken}))
}

func (d *Desk) fillSegment(sealing int64) error {
	r := d.s.newsroom.Roster()
	period := wire.PeriodAt(sealing, d.s.newsroom.PeriodSeconds())
	p := casebook.NewPacker(d.s.book.Heads(), letter.MaxSegmentEvents)
	packed := d.pack(p)
	segment, err := d.keys.SealSegment(r, period, d.bundles[period], sealing, p.Bytes())
	if err != nil {
		return err
	}
	object, err := d.v.PutObject(segment)
	if err != nil {
		return err
	}
	if err := d.v.Keep(object); err != nil {
		return err
	}
	return d.commit(&segmentFilled{Sealing: sealing, Envelope: object, Hash: sha256.Sum256(segment), Packed: packed})
}

// pack chooses what goes into a segment: what of this desk's own no page holds, then
// what a colleague lacks and pages will soon hold no more (spec/casebook.md §4).
func (d *Desk) pack(p *casebook.Packer) []packedPart {
	var packed []packedPart
	put := func(e *casebook.Event, from int) {
		if p.Full() {
			return
		}
		if to := p.Add(e, from); to > from {
			packed = append(packed, packedPart{hash32(e.ID()), from, to, len(e.Bytes())})
		}
	}
	colleagues, below := d.colleagues(), d.belowForks()
	for _, f := range d.s.book.Forks() {
		for _, e := range []*casebook.Event{f.A, f.B} {
			if d.lackFork(colleagues, f, e.ID()) {
				put(e, d.onWay(e))
			}
		}
	}
	for e := range d.s.book.All() {
		if e.Chain.Author == d.ID() && !d.told(e.Event) {
			put(e.Event, d.onWay(e.Event))
		}
	}
	for e := range d.s.book.All() {
		if p.Full() {
			break
		}
		if d.lacking(colleagues, e.Event, below[e.Chain] == e.N) {
			put(e.Event, d.onWay(e.Event))
		}
	}
	return packed
}

// belowForks gives the last n that counts of chains whose branches part still earlier.
func (d *Desk) belowForks() map[casebook.Chain]uint64 {
	out := map[casebook.Chain]uint64{}
	for _, f := range d.s.book.Forks() {
		if f.Below() {
			out[f.A.Chain] = f.A.N - 1
		}
	}
	return out
}

// told reports whether an event lies whole in a page. What this desk has begun to send it
// ends itself: that a colleague's segment holds the end proves nothing of the rest.
func (d *Desk) told(e *casebook.Event) bool {
	_, whole := d.s.carried[e.ID()]
	at := d.s.sent[e.ID()]
	return whole && (at == 0 || at >= len(e.Bytes()))
}

// onWay is up to where an event lies in this desk's sealed segments or in those whose page
// was not seen yet, without a hole. One that lies there whole begins once more.
func (d *Desk) onWay(e *casebook.Event) int {
	id := e.ID()
	at := d.s.sent[id]
	if at >= len(e.Bytes()) {
		at = 0
	}
	for _, sealing := range slices.Sorted(maps.Keys(d.s.outgoing)) {
		o := d.s.outgoing[sealing]
		for _, p := range o.packed {
			if wire.Hash(p.ID) == id && p.From <= at && !o.refused {
				at = max(at, p.To)
			}
		}
	}
	return at
}

// heard is what a colleague's newest segment says that her desk has.
type heard struct {
	page uint64
	has  map[casebook.Chain]casebook.Cause
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

// colleagues gives what those of the roster who have spoken have.
func (d *Desk) colleagues() []heard {
	var out []heard
	r := d.s.newsroom.Roster()
	for i := range r.Journalists {
		if h, ok := d.s.heard[r.Journalists[i].ID]; ok && r.Journalists[i].ID != d.ID() {
			out = append(out, h)
		}
	}
	return out
}

// lacking reports whether some colleague has not an event that she should have. One below
// two branches she lacks as long as she shows the same fork: she may have another there.
func (d *Desk) lacking(colleagues []heard, e *casebook.Event, below bool) bool {
	return slices.ContainsFunc(colleagues, func(h heard) bool {
		head := h.has[e.Chain]
		cut := head.N > 0 && head.ID == wire.Hash{}
		lacks := head.N < e.N || head.N == e.N && head.ID != e.ID() && !cut || below && cut && head.N == e.N+1
		return lacks && d.overdue(h, e.ID())
	})
}

// lackFork reports whether some colleague should see that a chain is cut, and does not.
func (d *Desk) lackFork(colleagues []heard, f casebook.Fork, id wire.Hash) bool {
	return slices.ContainsFunc(colleagues, func(h heard) bool {
		head := h.has[f.A.Chain]
		knows := head.ID == wire.Hash{} && head.N > 0 && head.N <= f.A.N
		return !knows && d.overdue(h, id)
	})
}
