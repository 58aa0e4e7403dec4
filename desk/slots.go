// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"tamizdat/desk/vault"
	"tamizdat/drop"
	"tamizdat/letter"
	"tamizdat/letter/wire"
)

// writeSlots fills the slots whose moment has come, writes that down, and then
// sends what the drop has not taken yet. A slot gets a reply if one waits and
// a dummy if none does; from outside they are alike.
func (d *Desk) writeSlots(ctx context.Context, to drop.Drop) error {
	sealing := d.nextSealing()
	if err := d.fillSlots(sealing); err != nil {
		return err
	}
	var errs []error
	for _, slot := range d.s.newsroom.Roster().SlotsOf(d.ID(), sealing) {
		sl := d.s.slots[slotKey{sealing, slot}]
		if sl == nil || sl.done() {
			continue
		}
		if err := d.sendSlot(ctx, to, sealing, slot, sl); err != nil {
			errs = append(errs, err)
			if silent(err) {
				break
			}
		}
	}
	return errors.Join(errs...)
}

// fillSlots seals an envelope for each slot that is due and empty. The bytes
// are on disk before they are sent: a slot takes only one write, and a desk
// that dies must be able to repeat it.
func (d *Desk) fillSlots(sealing int64) error {
	f := &found{d: d}
	var objects []vault.Name
	choice := d.chooser(sealing)
	for _, slot := range d.s.newsroom.Roster().SlotsOf(d.ID(), sealing) {
		if d.s.slots[slotKey{sealing, slot}] != nil || d.slotDue(sealing, slot).After(d.now()) {
			continue
		}
		e, err := d.fill(sealing, slot, choice.next())
		if err != nil {
			return err
		}
		objects = append(objects, e.Envelope)
		f.add(e)
	}
	if err := d.v.Keep(objects...); err != nil {
		return err
	}
	return f.commit()
}

// fill seals r, or a dummy where r is nil.
func (d *Desk) fill(sealing int64, slot int, r *reply) (*slotFilled, error) {
	envelope, err := d.sealFor(r)
	if err != nil {
		return nil, err
	}
	object, err := d.v.PutObject(envelope)
	if err != nil {
		return nil, err
	}
	e := &slotFilled{Sealing: sealing, Slot: slot, Envelope: object, Hash: sha256.Sum256(envelope)}
	if r != nil {
		e.Reply = &replyKey{r.Sender, r.Incarnation, r.Number}
	}
	return e, nil
}

func (d *Desk) sealFor(r *reply) ([]byte, error) {
	nr := d.s.newsroom.Key()
	if r == nil {
		return letter.DummyReply(nr)
	}
	snd := d.s.senders[wire.Pseudonym(r.Sender)]
	m := d.message(r)
	for {
		envelope, err := d.keys.SealReply(nr, snd.tuple, m)
		if !errors.Is(err, letter.ErrTooLong) || len(m.Received) == 0 {
			return envelope, err
		}
		m.Received = m.Received[1:] // it grew since the reply was written
	}
}

// sendSlot writes one slot and notes the answer.
func (d *Desk) sendSlot(ctx context.Context, to drop.Drop, sealing int64, slot int, sl *slot) error {
	envelope, err := d.v.Object(sl.envelope, wire.ReplySize)
	if err != nil {
		return err
	}
	err = to.PostReply(ctx, d.keys.SealReplyWrite(d.beat(), sealing, slot, envelope))
	taken := err == nil
	if !taken && !final(err) {
		return err
	}
	if taken {
		d.sent++
	}
	f := &found{d: d}
	if errors.Is(err, drop.ErrConflict) {
		err = nil
		d.judgeTaken(f, sealing, slot, sl)
	}
	f.add(&slotAnswered{Sealing: sealing, Slot: slot, Taken: taken})
	return errors.Join(err, f.commit())
}

// judgeTaken notices a drop that says that others have filled this desk's slot
// (M-11). It may be true where the roster changed, or this desk was restored,
// since the sealing before: then a colleague, or the desk itself before, wrote.
func (d *Desk) judgeTaken(f *found, sealing int64, slot int, sl *slot) {
	if d.s.changed > sealing-d.s.newsroom.Roster().Schedule.Interval(wire.Replies) {
		return
	}
	f.alarm("M-11", wordsReplyMissing, fmt.Sprintf("%d/%d", sealing, slot), sl.hash[:])
}

// final reports whether trying again would be in vain.
func final(err error) bool {
	return errors.Is(err, drop.ErrConflict) || errors.Is(err, drop.ErrRefused) || errors.Is(err, drop.ErrMalformed)
}

// beat ties the drop to what this desk has seen of it (spec/drop.md §3).
func (d *Desk) beat() []byte {
	r := d.s.newsroom.Roster()
	log := d.s.position(wire.Replies)
	return d.keys.Beat(wire.BeatBody{
		Newsroom: r.Newsroom, Day: wire.DayOf(d.unix()),
		RosterNumber: r.Number, RosterHash: r.Hash(),
		Incarnation: r.Incarnation, Size: log.size, Root: log.tree.Root(),
	})
}

// takeReplies finds out what became of this desk's slots up to a page. A write
// that the drop took and that is not in its page is M-11; its reply waits for
// another slot. Nobody is blamed for slots of pages sealed before unseen, which
// this desk came too late for.
func (d *Desk) takeReplies(f *found, p wire.Page, unseen int64) error {
	envelopes, err := wire.ParseRepliesBody(p.Body)
	if err != nil {
		return err
	}
	there := hashesOf(envelopes)
	for key, sl := range d.s.slots {
		if key.sealing > p.Header.Sealed || has(f, func(e *slotClosed) bool { return e.Sealing == key.sealing && e.Slot == key.slot }) {
			continue
		}
		sealed := key.sealing == p.Header.Sealed && there[sl.hash]
		if sl.taken && !sealed && key.sealing >= unseen {
			f.alarm("M-11", wordsReplyMissing, fmt.Sprintf("%d/%d", key.sealing, key.slot), p.Header.Encode(), sl.hash[:])
		}
		f.add(&slotClosed{Sealing: key.sealing, Slot: key.slot, Sealed: sealed, Page: p.Header.Number})
		f.forget(sl.envelope)
	}
	return nil
}

// hashesOf tells which writes are in a page.
func hashesOf(writes [][]byte) map[wire.Hash]bool {
	there := map[wire.Hash]bool{}
	for _, w := range writes {
		there[sha256.Sum256(w)] = true
	}
	return there
}

// chooser hands out what goes into the slots of one sealing: first the replies
// that wait, then unanswered ones that would leave the log, in at most half of
// the slots, then nothing.
type chooser struct {
	fresh, again []*reply
	room         int // slots for those that go again
}

func (r *reply) goesAgain() bool { return r.sealed || r.again }

func (d *Desk) chooser(sealing int64) *chooser {
	owned := len(d.s.newsroom.Roster().SlotsOf(d.ID(), sealing))
	room := owned / 2
	every := d.s.newsroom.Roster().Schedule.Interval(wire.Replies)
	if owned == 1 && sealing/every%2 == 0 {
		room = 1 // every second page, where a page has one slot
	}
	for key, sl := range d.s.slots {
		if key.sealing == sealing && sl.reply != nil && d.s.replies[*sl.reply].goesAgain() {
			room--
		}
	}
	return &chooser{fresh: d.s.queue(), again: d.fading(), room: room}
}

func (c *chooser) next() *reply {
	if len(c.fresh) > 0 {
		r := c.fresh[0]
		c.fresh = c.fresh[1:]
		return r
	}
	if len(c.again) > 0 && c.room > 0 {
		r := c.again[0]
		c.again = c.again[1:]
		c.room--
		return r
	}
	return nil
}
