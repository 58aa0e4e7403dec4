// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"tamizdat/letter/wire"
)

// Seal seals a page of every log that is due: one whose newest multiple of its
// interval has passed since the page before. Times that went by entirely while
// the drop was down are skipped, but for the newest and for those that a desk
// has written for: what was answered as stored is not lost to a restart.
//
// The order inside is what a kill at any point leaves sound: freeze, chunks and
// page on disk, header with head in one step, views, what is too old deleted,
// and only then the spool. Whatever was cut off is repeated, to the same bytes.
func (s *Server) Seal(ctx context.Context) error {
	s.sealing.Lock()
	defer s.sealing.Unlock()
	err := s.seal(ctx)
	s.stale = err != nil
	return err
}

// seal tries every log, whatever happens to the others: a letters page that
// finds no room must not keep the replies back.
func (s *Server) seal(ctx context.Context) error {
	var failed error
	if s.stale {
		left, err := s.catchUp(ctx)
		if err != nil {
			return err
		}
		failed = left
	}
	room, err := s.current()
	if err != nil || s.holds() != nil {
		return failed // nothing to seal for yet, or nothing may be sealed
	}
	for _, log := range logs() {
		failed = errors.Join(failed, s.sealLog(ctx, room, log))
	}
	return failed
}

// longExpired is how long after the newest roster's end pages are still sealed,
// in seconds. A page dated by a clock that is years ahead could not be taken
// back: `sealed` rises, so nothing could be sealed before the true time has
// caught up with it.
const longExpired = 30 * 86400

// sealLog seals what is due in one log: first a page that was frozen before a
// restart, under the time it was frozen with, then missed ones that something
// was accepted for, then the newest one.
func (s *Server) sealLog(ctx context.Context, room *room, log wire.Log) error {
	for {
		l := s.ledgerOf(log)
		due := s.due(room, l)
		if due > room.roster.Expires+longExpired {
			return fmt.Errorf("the clock says %v, which is long after the newsroom's list of journalists ended: set the clock, or publish a new list; nothing is sealed meanwhile", s.cfg.Now().UTC().Format(time.DateOnly))
		}
		due, err := s.missed(ctx, room, l, due)
		if err != nil {
			return err
		}
		if due == 0 && !l.frozen {
			return nil
		}
		if err := s.sealPage(ctx, room, l, due); err != nil {
			return fmt.Errorf("sealing page %d of the %s log: %w", l.size(), log, err)
		}
	}
}

// due is the time under which a page of the log should be sealed now, or 0.
func (s *Server) due(room *room, l *ledger) int64 {
	now := s.now()
	every := room.roster.Schedule.Interval(l.log)
	last := l.sealed
	if l.size() == 0 {
		// A new log begins with the first time after its roster was signed,
		// so that no page is dated before the letters in it.
		last = min(max(room.roster.Issued, 0), now)
	}
	if t := now / every * every; t > last {
		return t
	}
	return 0
}

// missed is the first time, up to the newest that is due, that a desk has
// written for; without one it is newest itself. Letters are not written for a
// time. A time that the newest roster's interval does not have is no page's.
func (s *Server) missed(ctx context.Context, room *room, l *ledger, newest int64) (int64, error) {
	if newest == 0 || l.log == wire.Letters {
		return newest, nil
	}
	times, err := s.cfg.Store.Waiting(ctx, l.log)
	for _, t := range times {
		if t > l.sealed && t < newest && t%room.roster.Schedule.Interval(l.log) == 0 {
			return t, err
		}
	}
	return newest, err
}

// next is the first time at which the log will be sealed again.
func (s *Server) next(room *room, l *ledger) int64 {
	every := room.roster.Schedule.Interval(l.log)
	return (max(s.now(), l.sealed)/every + 1) * every
}

// sealPage makes the next page of a log.
func (s *Server) sealPage(ctx context.Context, room *room, l *ledger, due int64) error {
	frozen, err := s.cfg.Store.Freeze(ctx, l.log, l.size(), due)
	if err != nil {
		return err
	}
	record, err := s.writePage(room, l, frozen)
	if err = errors.Join(err, frozen.Close()); err != nil {
		return err
	}
	next := l.with(record.Header, record.Sealed, nil)
	next.head = s.signHead(next)
	record.Head = next.head
	record.Purge = s.purge(room)
	if err := s.cfg.Store.Append(ctx, *record); err != nil {
		return err
	}
	next.kept = next.keep(room)
	if l.log == wire.Replies {
		if err := s.refreshViews(room, next); err != nil {
			return err
		}
	}
	s.grow(room, next)
	if err := s.retain(ctx, l.log, l.kept, next.kept); err != nil {
		return err
	}
	return s.cfg.Store.Discard(ctx, l.log, record.Number, record.Sealed)
}

// grow shows a log with its new page, and forgets in memory what the page made
// useless.
func (s *Server) grow(room *room, next *ledger) {
	p := s.purge(room)
	s.mu.Lock()
	s.logs[next.log] = next
	maps.DeleteFunc(s.bundles, func(period wire.Period, _ map[wire.JournalistID][]byte) bool { return period < p.Bundles })
	maps.DeleteFunc(s.serials, func(_ [16]byte, expiry uint16) bool { return expiry < p.Serials })
	s.mu.Unlock()
	if next.log == wire.Letters {
		s.tickets.expire(next.size(), s.now())
		s.letters.expire(s.now())
		s.nonces.expire(s.cfg.Now())
	}
}

// purge tells the store what has become useless.
func (s *Server) purge(room *room) Purge {
	now := s.now()
	p := wire.PeriodAt(now, room.newsroom.PeriodSeconds())
	return Purge{Bundles: max(p, 2) - 2, Serials: wire.MonthOf(now)}
}
