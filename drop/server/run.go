// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"fmt"
	"time"

	"tamizdat/letter/wire"
)

// longestNap bounds a sleep between two looks at the clock, so that a machine
// that was suspended, or whose clock was set, seals soon after; retryNap is
// how soon a sealing that failed is tried again.
const (
	longestNap = 15 * time.Second
	retryNap   = 3 * time.Second
)

// Run seals at the fixed times until ctx ends. What goes wrong is reported, once
// until it goes well or wrong in another way, and tried again; nothing is lost meanwhile, the queue only grows. A sealing that
// has begun is finished before Run returns.
func (s *Server) Run(ctx context.Context) {
	for told := ""; ; {
		err := s.Seal(context.WithoutCancel(ctx))
		nap := s.untilNext()
		if err == nil {
			told = ""
		} else {
			if told != err.Error() {
				told = err.Error()
				s.report(fmt.Errorf("sealing did not succeed, it will be tried again: %w", err))
			}
			nap = retryNap
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(nap):
		}
	}
}

// untilNext is how long nothing will come due.
func (s *Server) untilNext() time.Duration {
	room, err := s.current()
	if err != nil {
		return time.Second // a newsroom may arrive at any time
	}
	next := s.next(room, s.ledgerOf(wire.Letters))
	next = min(next, s.next(room, s.ledgerOf(wire.Replies)), s.next(room, s.ledgerOf(wire.Desk)))
	return max(0, min(time.Unix(next, 0).Sub(s.cfg.Now()), longestNap))
}

// firstKept is the number of the oldest page whose body stays.
func firstKept(size, kept uint64) uint64 {
	if size <= kept {
		return 0
	}
	return size - kept
}

// keep is firstKept of a log under a roster. It never goes back: what is
// deleted is deleted, whatever a later roster would keep.
func (l *ledger) keep(room *room) uint64 {
	return max(l.kept, firstKept(l.size(), uint64(room.roster.Schedule.Kept(l.log))))
}

// retain deletes the pages of a log that are past the number kept, whole, with
// the chunks that no kept page names (spec/drop.md §10). recorded is the number
// from which the store believes that they are there. Files go first and the
// note of it last, so that a kill in between is made good at the next start.
func (s *Server) retain(ctx context.Context, log wire.Log, recorded, keep uint64) error {
	if keep <= recorded {
		return nil
	}
	if log == wire.Letters {
		if err := s.deleteOrphans(ctx, keep); err != nil {
			return err
		}
	}
	for n := recorded; n < keep; n++ {
		if err := s.cfg.Blobs.Delete(pageName(log, n)); err != nil {
			return err
		}
	}
	return s.cfg.Store.Forget(ctx, log, keep)
}

func (s *Server) deleteOrphans(ctx context.Context, keep uint64) error {
	ids, err := s.cfg.Store.Orphans(ctx, keep)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := s.cfg.Blobs.Delete(chunkName(id)); err != nil {
			return err
		}
	}
	return nil
}
