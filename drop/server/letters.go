// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"fmt"

	"tamizdat/drop"
	"tamizdat/letter/wire"
)

// PostLetter implements drop.Drop. The cheap checks come first, so that a
// stranger pays at least as much as the drop does.
func (s *Server) PostLetter(ctx context.Context, post []byte) error {
	room, err := s.current()
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
	if !room.takes(len(p.Envelopes), s.now()) {
		return refused("the letter is not for the journalists of the newest roster")
	}
	if err := s.checkWork(ctx, room, p.Slot, p.Subject(), p.Counter); err != nil {
		return err
	}
	if err := s.admit(len(post)); err != nil {
		return err
	}
	return stored(s.cfg.Store.AddLetter(ctx, p.Envelopes))
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

// toil waits for its turn to compute at a stranger's request; done ends it.
func (s *Server) toil(ctx context.Context) (done func(), err error) {
	select {
	case s.work <- struct{}{}:
		return func() { <-s.work }, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: %w", drop.ErrBusy, ctx.Err())
	}
}

// admit tells whether the drop has room for n bytes more. A sealing writes the
// whole spool once again, so that much must stay free besides the floor.
func (s *Server) admit(n int) error {
	used := s.cfg.Store.Usage().Bytes
	if used+int64(n) > s.cfg.Limits.SpoolBytes {
		return fmt.Errorf("the spool is full: %w", drop.ErrBusy)
	}
	if s.cfg.Free == nil {
		return nil
	}
	free, err := s.cfg.Free()
	if err != nil {
		return fmt.Errorf("%w: %w", drop.ErrBusy, err)
	}
	if free-used-2*int64(n) < s.cfg.Limits.FreeBytes {
		return fmt.Errorf("the disk is nearly full: %w", drop.ErrFull)
	}
	return nil
}
