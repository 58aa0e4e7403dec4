// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"errors"
	"slices"

	"tamizdat/letter/wire"
)

// How letters, senders, replies and slots come out of the events.

func (e *senderSeen) apply(s *state, _ int64) error {
	t, err := wire.ParseTuple(e.Tuple)
	if err != nil {
		return err
	}
	p := t.Pseudonym()
	if s.senders[p] != nil {
		return errors.New("this sender was seen before")
	}
	snd := &sender{tuple: &t, next: 1}
	if claim := wire.Pseudonym(e.Claim); e.Claim != (hash32{}) {
		snd.claim = &claim
	}
	s.senders[p] = snd
	for _, part := range keyParts(&t) {
		if _, taken := s.byKey[part]; !taken {
			s.byKey[part] = p
		}
	}
	return nil
}

// keyParts are the four keys by which two tuples can be alike.
func keyParts(t *wire.Tuple) [4]keyPart {
	return [4]keyPart{
		{0, wire.HashTag("tamizdat-desk-part", t.DH[:])},
		{1, wire.HashTag("tamizdat-desk-part", t.PQ[:])},
		{2, wire.HashTag("tamizdat-desk-part", t.Fetch[:])},
		{3, wire.HashTag("tamizdat-desk-part", t.PKE[:])},
	}
}

func (e *letterKept) apply(s *state, at int64) error {
	snd := s.senders[wire.Pseudonym(e.Sender)]
	if snd == nil && !e.Note {
		return errors.New("its sender is not known")
	}
	if old := s.letters[e.ID]; old != nil {
		if old.given == nil {
			return errors.New("this letter was kept before")
		}
		old.letterKept, old.given = *e, nil // it has opened here too
		snd.newest = max(snd.newest, e.PageSealed)
		slices.SortStableFunc(snd.letters, s.byPage)
		return nil
	}
	s.addLetter(&keptLetter{letterKept: *e, at: at})
	return nil
}

func (s *state) addLetter(l *keptLetter) {
	own := ownID{wire.Pseudonym(l.Sender), l.OwnID}
	s.ownIDs[own] = append(s.ownIDs[own], l.ID)
	s.letters[l.ID] = l
	s.order = append(s.order, l.ID)
	if snd := s.senders[own.sender]; snd != nil {
		snd.letters = append(snd.letters, l.ID)
		if l.given == nil { // else whoever gives letters could say that a reply was answered
			snd.newest = max(snd.newest, l.PageSealed)
		}
	}
}

// disputes are the letters of the same sender that bear the same id and say
// something else.
func (s *state) disputes(l *keptLetter) []LetterID {
	all := s.ownIDs[ownID{wire.Pseudonym(l.Sender), l.OwnID}]
	return slices.DeleteFunc(slices.Clone(all), func(id LetterID) bool { return id == l.ID })
}

func (e *letterRead) apply(s *state, _ int64) error {
	return s.withLetter(e.ID, func(l *keptLetter) { l.read = true })
}

func (e *filesKept) apply(s *state, _ int64) error {
	return s.withLetter(e.ID, func(l *keptLetter) { l.files = e.Files })
}

func (s *state) withLetter(id LetterID, change func(*keptLetter)) error {
	l := s.letters[id]
	if l == nil {
		return errors.New("no such letter")
	}
	change(l)
	return nil
}

func (e *lettersDropped) apply(s *state, _ int64) error {
	s.dropped.Replays += e.Replays
	s.dropped.Kinds += e.Kinds
	s.dropped.Opaque += e.Opaque
	return nil
}

func (e *chunkKept) apply(s *state, _ int64) error {
	id := wire.ChunkID(e.Chunk)
	if _, here := s.chunks[id]; !here {
		s.budget.came = append(s.budget.came, id)
	}
	s.chunks[id] = e.Object
	delete(s.budget.missed, id)
	return nil
}

func (e *chunksGone) apply(s *state, _ int64) error {
	for _, c := range e.Chunks {
		delete(s.chunks, wire.ChunkID(c))
	}
	s.budget.came = slices.DeleteFunc(s.budget.came, func(id wire.ChunkID) bool {
		_, here := s.chunks[id]
		return !here
	})
	return nil
}

func (e *replyWritten) apply(s *state, at int64) error {
	snd := s.senders[wire.Pseudonym(e.Sender)]
	if snd == nil || e.Incarnation != s.incarnation || e.Number != snd.next {
		return errors.New("its sender or number is not the next")
	}
	snd.next++
	snd.replies++
	key := replyKey{e.Sender, e.Incarnation, e.Number}
	s.replies[key] = &reply{replyWritten: *e, at: at}
	s.outbox = append(s.outbox, key)
	return nil
}

func (e *slotFilled) apply(s *state, _ int64) error {
	key := slotKey{e.Sealing, e.Slot}
	if s.slots[key] != nil {
		return errors.New("this slot was filled before")
	}
	if e.Reply != nil {
		r := s.replies[*e.Reply]
		if r == nil {
			return errors.New("no such reply")
		}
		r.pending = &key
	}
	s.slots[key] = &slot{posting{envelope: e.Envelope, hash: wire.Hash(e.Hash)}, e.Reply}
	return nil
}

func (e *slotAnswered) apply(s *state, _ int64) error {
	sl := s.slots[slotKey{e.Sealing, e.Slot}]
	if sl == nil {
		return errors.New("this slot was never filled")
	}
	sl.taken, sl.refused = e.Taken, !e.Taken
	if !e.Taken {
		s.release(slotKey{e.Sealing, e.Slot}, sl)
	}
	return nil
}

// release puts the slot's reply back into the queue, unless it has found
// another slot meanwhile.
func (s *state) release(key slotKey, sl *slot) {
	if sl.reply == nil {
		return
	}
	if r := s.replies[*sl.reply]; r.pending != nil && *r.pending == key {
		r.pending = nil
	}
}

func (e *slotClosed) apply(s *state, _ int64) error {
	key := slotKey{e.Sealing, e.Slot}
	sl := s.slots[key]
	if sl == nil {
		return errors.New("this slot was never filled")
	}
	s.release(key, sl)
	if e.Sealed && sl.reply != nil {
		r := s.replies[*sl.reply]
		r.sealed, r.again, r.lost, r.page, r.when = true, false, false, e.Page, e.Sealing
	}
	delete(s.slots, key)
	return nil
}

func (e *replyLeft) apply(s *state, _ int64) error {
	r := s.replies[e.Reply]
	if r == nil {
		return errors.New("no such reply")
	}
	r.left = true
	return nil
}

// queue lists the replies that wait for their first slot, oldest first.
func (s *state) queue() []*reply {
	var out []*reply
	for _, key := range s.outbox {
		if r := s.replies[key]; !r.sealed && !r.again && r.pending == nil {
			out = append(out, r)
		}
	}
	return out
}

// lowest is the lowest number of this author to this source that a reader may
// still find when r is read: r's own, or an earlier one that is not gone.
func (s *state) lowest(r *reply) uint64 {
	low := r.Number
	for _, other := range s.replies {
		if other.Sender == r.Sender && other.Incarnation == r.Incarnation && other.Number < low && !s.gone(other) {
			low = other.Number
		}
	}
	return low
}

// gone reports whether a reply has left the pages that the drop keeps.
func (s *state) gone(r *reply) bool {
	switch {
	case r.lost:
		return true
	case !r.sealed:
		return false
	}
	return r.page+s.newsroom.Roster().Schedule.Kept(wire.Replies) < s.position(wire.Replies).size+1
}

// answered reports whether the source wrote again after the reply's page.
func (s *state) answered(r *reply) bool {
	return s.senders[wire.Pseudonym(r.Sender)].newest > r.when
}
