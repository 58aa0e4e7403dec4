// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"context"
	"crypto/sha256"
	"errors"
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
	roster uint64 // whose journalists can read it
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
	Roster   uint64       `json:"roster,omitempty"`
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
	s.outgoing[e.Sealing] = &outgoing{posting{envelope: e.Envelope, hash: wire.Hash(e.Hash)}, e.Packed, e.Roster}
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

// fillDue fills the segment whose moment has come. It is done before a connection is
// made, or the time until the write would tell how much there was to say.
func (d *Desk) fillDue() error {
	sealing := d.nextSegment()
	if d.s.outgoing[sealing] != nil || d.segmentDue(sealing).After(d.now()) {
		return nil
	}
	return d.fillSegment(sealing)
}

// writeSegment sends the segment that was filled until the drop has answered.
func (d *Desk) writeSegment(ctx context.Context, to drop.Drop) error {
	sealing := d.nextSegment()
	o := d.s.outgoing[sealing]
	if o == nil || o.done() {
		return nil
	}
	if o.roster != d.s.newsroom.Roster().Number { // one who has left may be among its readers
		return d.commit(&segmentAnswered{Sealing: sealing})
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
	bundles := d.readers(period)
	p := casebook.NewPacker(d.s.book.Heads(), letter.MaxSegmentEvents)
	var packed []packedPart
	if len(bundles) > 0 { // else nobody could read it
		packed = d.pack(p, sealing)
	}
	segment, err := d.keys.SealSegment(r, period, bundles, sealing, p.Bytes())
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
	return d.commit(&segmentFilled{
		Sealing: sealing, Envelope: object, Hash: sha256.Sum256(segment), Packed: packed, Roster: r.Number,
	})
}
