// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"fmt"
	"maps"
	"math"
	"sync"

	"tamizdat/drop"
	"tamizdat/letter/wire"
)

// PostLetter implements drop.Drop. The cheap checks come first, so that a
// stranger pays at least as much as the drop does.
func (s *Server) PostLetter(ctx context.Context, post []byte) error {
	room, err := s.taking()
	if err != nil {
		return err
	}
	p, err := wire.ParseLetterPost(post)
	if err != nil {
		return judged(err)
	}
	if p.Newsroom != s.cfg.Newsroom {
		return refused("the letter is for another newsroom")
	}
	subject := p.Subject()
	if s.letters.has(subject) {
		return nil // sent again because no answer came; it may be in a page already
	}
	if !room.takes(len(p.Envelopes), s.now()) {
		return refused("the letter is not for the journalists of the newest roster")
	}
	if err := s.checkWork(ctx, room, p.Slot, subject, p.Counter); err != nil {
		return err
	}
	if err := s.admit(forLetters, len(post)); err != nil {
		return err
	}
	if err := s.cfg.Store.AddLetter(ctx, p.Envelopes); err != nil {
		return stored(err)
	}
	s.letters.add(subject, s.workEnds(room))
	return nil
}

// subjects remembers letters that were stored, in memory, for as long as they
// could be sent again: else one whose answer was lost, and which was sealed
// meanwhile, would lie in two pages.
type subjects struct {
	mu    sync.Mutex
	until map[wire.Hash]int64
}

// manySubjects bounds them; more letters than that do not fit into the pages
// of five hours.
const manySubjects = 1 << 19

func (m *subjects) has(h wire.Hash) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, ok := m.until[h]
	return ok
}

func (m *subjects) add(h wire.Hash, until int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.until) < manySubjects {
		m.until[h] = until
	}
}

func (m *subjects) forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	clear(m.until)
}

func (m *subjects) expire(now int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	maps.DeleteFunc(m.until, func(_ wire.Hash, until int64) bool { return until <= now })
}

// checkWork tests a proof of work (spec/drop.md §8). The hour is looked at
// before the hash is computed, and only as many hashes run at a time as there
// are processors, so that guesses queue up behind each other and not before
// the rest of the drop.
func (s *Server) checkWork(ctx context.Context, room *room, slot uint64, subject wire.Hash, counter uint64) error {
	schedule := room.roster.Schedule
	now := uint64(s.now() / schedule.Interval(wire.Letters))
	if err := wire.CheckWorkSlot(slot, now); err != nil {
		return judged(err)
	}
	done, err := s.toil(ctx)
	if err != nil {
		return err
	}
	defer done()
	return judged(wire.CheckWork(s.cfg.Newsroom, slot, subject, counter, schedule.WorkIterations, schedule.WorkBits))
}

// workEnds is when work that is accepted now is accepted no longer, at the
// latest: its slot is at most WorkSlotSlack ahead, and good for as long after. It
// is the end of a slot, so that no exact time is remembered.
func (s *Server) workEnds(room *room) int64 {
	every := room.roster.Schedule.Interval(wire.Letters)
	return (s.now()/every + 2*wire.WorkSlotSlack + 1) * every
}

// toil waits for its turn to compute at a stranger's request; done ends it.
func (s *Server) toil(ctx context.Context) (done func(), err error) {
	select {
	case s.work <- struct{}{}:
		return func() { <-s.work }, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: %w", drop.ErrBusy, ctx.Err())
	}
}

// floor is how much of the drop a kind of write must leave to those that matter
// more: strangers may fill the drop, and may not silence the desks with it.
type floor int

const (
	forDesks   floor = iota // slots and serials: a signature of the newsroom stands for them
	forLetters              // work stands for them
	forChunks               // one proof of work stands for many of them
)

// limits are what a floor allows of the spool and leaves of the disk, in bytes.
// What desks write is bounded by their slots.
func (f floor) limits(l Limits) (spool, free int64) {
	switch f {
	case forDesks:
		return math.MaxInt64, l.FreeBytes / 4
	case forLetters:
		return l.SpoolBytes, l.FreeBytes
	}
	return l.SpoolBytes / 4 * 3, 4 * l.FreeBytes
}

// admit tells whether the drop has room for n bytes more. A sealing writes the
// whole spool once again, and so does one that is under way or was cut off: so
// much must stay free besides the floor.
func (s *Server) admit(f floor, n int) error {
	most, least := f.limits(s.cfg.Limits)
	used := s.cfg.Store.Usage()
	if used.Bytes > most-int64(n) {
		return fmt.Errorf("the spool is full: %w", drop.ErrBusy)
	}
	if s.cfg.Free == nil {
		return nil
	}
	free, err := s.cfg.Free()
	if err != nil {
		return fmt.Errorf("%w: %w", drop.ErrBusy, err)
	}
	if free-used.Bytes-used.Frozen-2*int64(n) < least {
		return fmt.Errorf("the disk is nearly full: %w", drop.ErrFull)
	}
	return nil
}
