// SPDX-License-Identifier: Apache-2.0

package server

import (
	"bytes"
	"context"

	"tamizdat/letter/wire"
)

// PostReply implements drop.Drop.
func (s *Server) PostReply(ctx context.Context, write []byte) error {
	room, err := s.taking()
	if err != nil {
		return err
	}
	u, err := wire.ParseReplyWrite(write)
	if err != nil {
		return judged(err)
	}
	w, err := u.Verify(room.roster)
	if err != nil {
		return judged(err)
	}
	beat := w.VerifiedBeat()
	if w.Slot >= room.roster.Schedule.Slots || room.roster.SlotOwner(w.Sealing, w.Slot) != beat.ID {
		return refused("the slot is another's")
	}
	return s.putSlot(ctx, room, beat, Slot{
		Log: wire.Replies, Sealing: w.Sealing, Key: string([]byte{byte(w.Slot)}),
		Body: bytes.Clone(w.Envelope), Beat: w.Beat,
	})
}

// PostSegment implements drop.Drop.
func (s *Server) PostSegment(ctx context.Context, write []byte) error {
	room, err := s.taking()
	if err != nil {
		return err
	}
	u, err := wire.ParseSegmentWrite(write)
	if err != nil {
		return judged(err)
	}
	w, err := u.Verify(room.roster)
	if err != nil {
		return judged(err)
	}
	beat := w.VerifiedBeat()
	return s.putSlot(ctx, room, beat, Slot{
		Log: wire.Desk, Sealing: w.Sealing, Key: string(beat.ID[:]),
		Body: bytes.Clone(w.Segment), Beat: w.Beat,
	})
}

// putSlot stores a desk's write of which the signature and the place hold.
func (s *Server) putSlot(ctx context.Context, room *room, beat *wire.Beat, slot Slot) error {
	first := s.next(room, s.ledgerOf(slot.Log))
	if slot.Sealing != first && slot.Sealing != first+room.roster.Schedule.Interval(slot.Log) {
		return refused("the page is not one of the next two")
	}
	if err := s.checkBeat(room, beat); err != nil {
		return err
	}
	s.desks.Lock()
	defer s.desks.Unlock()
	if s.outdated(beat) {
		same, err := s.cfg.Store.HasSlot(ctx, slot)
		if err == nil && !same {
			return refused("there is a newer beat")
		}
		return stored(err) // sent again because no answer came
	}
	if err := s.admit(forDesks, len(slot.Body)); err != nil {
		return err
	}
	if err := s.cfg.Store.AddSlot(ctx, slot); err != nil {
		return stored(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if old := s.beats[beat.ID]; old == nil || beat.Newer(old) {
		s.beats[beat.ID] = beat
	}
	return nil
}

// outdated tells whether the journalist has sent a newer beat.
func (s *Server) outdated(b *wire.Beat) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	old := s.beats[b.ID]
	return old != nil && old.Newer(b)
}

// checkBeat refuses a beat that says anything untrue, because one false beat
// turns every source away (spec/drop.md §5).
func (s *Server) checkBeat(room *room, b *wire.Beat) error {
	if !room.knows(b.RosterNumber, b.RosterHash) {
		return refused("the beat names a roster that the drop does not have")
	}
	l := s.ledgerOf(wire.Replies)
	if b.Incarnation != l.incarnation || b.Size > l.size() || l.root(b.Size) != b.Root {
		return refused("the beat names a state that the replies log never had")
	}
	today := int64(wire.DayOf(s.now()))
	if day := int64(b.Day); day < today-1 || day > today+1 {
		return refused("the beat is not of today")
	}
	return nil
}
