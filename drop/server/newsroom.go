// SPDX-License-Identifier: Apache-2.0

package server

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"tamizdat/letter/wire"
)

// PostNewsroom implements drop.Drop. The first newsroom must be the one whose
// key the operator gave; each later one must follow the one before.
func (s *Server) PostNewsroom(ctx context.Context, write []byte) error {
	w, err := wire.ParseNewsroomWrite(write)
	if err != nil {
		return judged(err)
	}
	next, err := s.checkNewsroom(ctx, w)
	if err != nil {
		return err
	}
	if room, err := s.current(); err == nil && next.Roster().Number <= room.roster.Number {
		// Whoever repeats what is public does not wait for a sealing.
		_, err := s.follows(next, w.Grant)
		return err
	}
	s.sealing.Lock()
	defer s.sealing.Unlock()
	if s.stale {
		if _, err := s.catchUp(ctx); err != nil {
			return stored(err)
		}
	}
	done, err := s.follows(next, w.Grant)
	if done || err != nil {
		return err
	}
	if err := s.fits(next.Roster()); err != nil {
		return err
	}
	return s.adopt(ctx, next, w)
}

// fits refuses a roster that has seen more of the replies log than there is,
// or another log: served with it, every view would look like fraud to every
// source (spec/drop.md §4, check 3). The drop goes on under the roster it has:
// what people sign does not stop it, only a head of its own ([Server.PostHead]).
func (s *Server) fits(r *wire.Roster) error {
	l := s.ledgerOf(wire.Replies)
	if r.Incarnation != l.incarnation {
		return nil // begins new logs, with no page; checkRenewal saw to it
	}
	if r.HeadSize > l.size() || l.root(r.HeadSize) != r.HeadRoot {
		return refused("the roster names a state that the replies log never had")
	}
	return nil
}

// checkNewsroom checks what a newsroom write says by itself. Anyone can send
// one with thousands of signatures, so few are looked at at a time.
func (s *Server) checkNewsroom(ctx context.Context, w *wire.NewsroomWrite) (*wire.Newsroom, error) {
	done, err := s.toil(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	u, err := wire.ParseNewsroom(w.Newsroom)
	if err != nil {
		return nil, judged(err)
	}
	n, err := u.Verify(s.cfg.Newsroom)
	if err != nil {
		return nil, judged(err)
	}
	if err := s.mine(n.Roster()); err != nil {
		return nil, err
	}
	if _, err := wire.ParseGrant(w.Grant); err != nil {
		return nil, judged(err)
	}
	if wire.GrantHash(w.Grant) != n.Roster().Grant {
		return nil, refused("the grant is not the one that the roster names")
	}
	return n, nil
}

// follows compares a newsroom with the one that is there. done: it is the same.
func (s *Server) follows(next *wire.Newsroom, grant []byte) (done bool, err error) {
	room, err := s.current()
	if err != nil {
		if next.Roster().Incarnation != s.cfg.Incarnation {
			return false, refused("the roster names another incarnation")
		}
		return false, nil // the first
	}
	if renews(room, next) {
		return false, s.checkRenewal(room, next)
	}
	if err := room.newsroom.Follow(next); err != nil {
		return false, judged(err)
	}
	same := next.Roster().Number == room.roster.Number
	if same && !bytes.Equal(grant, room.grant) {
		return false, refused("the grant is not the one that is there")
	}
	return same, nil
}

// renews tells whether a newsroom would begin new logs.
func renews(room *room, next *wire.Newsroom) bool {
	return next.Roster().Number > room.roster.Number && next.Roster().Incarnation != room.roster.Incarnation
}

// adopt stores a newsroom and shows it. The views take the shape that the new
// roster gives them before anyone can see the roster. The caller holds
// s.sealing.
func (s *Server) adopt(ctx context.Context, next *wire.Newsroom, w *wire.NewsroomWrite) error {
	every := next.Roster().Schedule.Interval(wire.Letters)
	ref := RosterRef{
		Number:      next.Roster().Number,
		Hash:        next.Roster().Hash(),
		Journalists: len(next.Roster().Journalists),
		Since:       (s.now()/every + 1) * every,
	}
	put := s.cfg.Store.PutNewsroom
	if room, err := s.current(); err == nil && renews(room, next) {
		put = func(ctx context.Context, ref RosterRef, file, grant []byte) error {
			return s.renew(ctx, room.roster.Incarnation, ref, file, grant)
		}
	}
	if err := put(ctx, ref, w.Newsroom, w.Grant); err != nil {
		s.stale = true // another process was first, or it happened all the same; look before the next write
		return stored(err)
	}
	s.stale = true
	left, err := s.catchUp(ctx)
	s.stale = err != nil || left != nil // Run reports what is left, and tries again
	return stored(err)
}

// renew begins new logs, and forgets in memory what belongs to those that end:
// uploads count their pages, and a letter that one of them has is not there any
// more if it is sent again. The caller holds s.sealing.
func (s *Server) renew(ctx context.Context, past wire.Incarnation, ref RosterRef, file, grant []byte) error {
	if err := s.cfg.Store.Renew(ctx, past, ref, file, grant); err != nil {
		return err
	}
	s.tickets.forget()
	s.letters.forget()
	s.mu.Lock()
	s.convicted = false // of logs that are past
	s.mu.Unlock()
	s.report(errors.New(Doubtful.Told()))
	return nil
}

// PostBundle implements drop.Drop.
func (s *Server) PostBundle(ctx context.Context, raw []byte) error {
	room, err := s.current()
	if err != nil {
		return err
	}
	u, err := wire.ParseBundle(raw)
	if err != nil {
		return judged(err)
	}
	b, err := u.Verify(room.roster)
	if err != nil {
		return judged(err)
	}
	now := wire.PeriodAt(s.now(), room.newsroom.PeriodSeconds())
	if b.Period < now || b.Period > now+2 {
		return refused("the period is neither the current one nor one of the next two")
	}
	return s.addBundle(ctx, BundleRecord{Period: b.Period, ID: b.ID, Bundle: slices.Clone(raw)})
}

// addBundle stores a bundle and shows it. Where there is one already, the
// store says whether it is the same.
func (s *Server) addBundle(ctx context.Context, rec BundleRecord) error {
	if err := s.cfg.Store.PutBundle(ctx, rec); err != nil {
		return stored(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.showBundle(rec)
	return nil
}

// changeover is how long letters sealed under the former roster are taken
// after a new one (spec/drop.md §9), in seconds.
const changeover = 24 * 3600

// room is a newsroom as it was accepted, with what goes with it. It never
// changes; a newsroom write makes a new one.
type room struct {
	newsroom *wire.Newsroom
	roster   *wire.Roster
	grant    []byte
	rosters  []RosterRef // every roster ever accepted, ascending by number
}

// takes tells whether a letter of k envelopes has one for each journalist: of
// the newest roster or, for a day, of the one before it.
func (r *room) takes(k int, now int64) bool {
	if k == len(r.roster.Journalists) {
		return true
	}
	n := len(r.rosters)
	return n >= 2 && k == r.rosters[n-2].Journalists && now < r.rosters[n-1].Since+changeover
}

// knows tells whether the drop has had a roster of that number and hash.
func (r *room) knows(number uint64, hash wire.Hash) bool {
	for _, ref := range r.rosters {
		if ref.Number == number {
			return ref.Hash == hash
		}
	}
	return false
}
