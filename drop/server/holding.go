// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"errors"
	"fmt"
	"io"

	"tamizdat/drop"
	"tamizdat/letter/wire"
)

// Holding is whether, and why, a drop seals nothing (spec/drop.md §11).
type Holding int

const (
	// Going is how a drop should be.
	Going Holding = iota
	// Doubtful is a drop whose logs may be the newest there are: it was moved,
	// or has begun new logs, which may have been begun before.
	Doubtful
	// Behind is a drop whose logs must be taken for old: it was started from a
	// backup, or was shown a head with its own signature which its logs do not
	// have. Only new logs can follow.
	Behind
)

// Told is what the operator is told of a drop that holds; empty for one that
// goes on.
func (h Holding) Told() string {
	switch h {
	case Doubtful:
		return "this drop was moved, or has begun new logs, and seals nothing: it goes on by itself when every journalist's desk has looked at it and seen no later page. If somebody cannot come, a list of journalists without him makes the rest enough"
	case Behind:
		return "this drop's logs are not the newest: it was started from a backup, has lost pages, or a second drop runs with its key. It seals nothing until the newsroom begins new logs (tamizdat desk roster propose --new-logs). If a second one runs, stop it first"
	}
	return ""
}

// pause is what a server knows while it holds. It is in memory: after a restart
// the desks vouch again, for what is there then.
type pause struct {
	why      Holding
	roster   wire.Hash // who must vouch
	occasion [wire.NonceSize]byte
	vouched  map[wire.JournalistID]bool
}

// pauseFor keeps the pause that there is as long as its reason and the roster
// stay, else begins one. A drop that was convicted holds whatever its store
// could note. The caller holds s.mu.
func (s *Server) pauseFor(why Holding, room *room) (*pause, error) {
	if s.convicted {
		why = Behind
	}
	if why == Going || room == nil {
		return nil, nil
	}
	if p := s.pause; p != nil && p.why == why && p.roster == room.roster.Hash() {
		return p, nil
	}
	p := &pause{why: why, roster: room.roster.Hash(), vouched: map[wire.JournalistID]bool{}}
	_, err := io.ReadFull(s.cfg.Random, p.occasion[:])
	return p, err
}

// holds returns the pause, nil while the drop goes on.
func (s *Server) holds() *pause {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.pause
}

// taking is current for whatever will have to be sealed: a drop that holds
// takes none of it.
func (s *Server) taking() (*room, error) {
	room, err := s.current()
	if err == nil && s.holds() != nil {
		return nil, fmt.Errorf("the drop holds: %w", drop.ErrBusy)
	}
	return room, err
}

// Holding implements drop.Drop.
func (s *Server) Holding(context.Context) (occasion [wire.NonceSize]byte, err error) {
	if _, err := s.current(); err != nil {
		return occasion, err
	}
	if p := s.holds(); p != nil {
		return p.occasion, nil
	}
	return occasion, fmt.Errorf("the drop goes on: %w", drop.ErrAbsent)
}

// PostHead implements drop.Drop. A head that this drop has signed and does not
// have proves that its logs are not the newest; nothing that another could have
// signed may stop it.
func (s *Server) PostHead(ctx context.Context, raw []byte) error {
	if _, err := s.current(); err != nil {
		return err
	}
	u, err := wire.ParseHead(raw)
	if err != nil {
		return judged(err)
	}
	h, err := u.VerifySigner(s.cfg.Newsroom, s.key())
	if err != nil {
		return judged(err)
	}
	switch s.judge(h) {
	case headKnown:
		return nil
	case headOfOldNews:
		return errNotThisLog() // whoever repeats it does not wait for a sealing
	}
	s.sealing.Lock()
	defer s.sealing.Unlock()
	left, err := s.catchUp(ctx) // another process over the same store may have sealed it
	if err != nil {
		s.stale = true
		return stored(err)
	}
	s.stale = left != nil
	if s.judge(h) == headKnown {
		return nil
	}
	if err := s.fallBehind(ctx, h.Incarnation); err != nil {
		return stored(err)
	}
	return errNotThisLog()
}

func errNotThisLog() error {
	return fmt.Errorf("%w: this drop's logs do not have the head", drop.ErrConflict)
}

// headNews is what a head of this drop's own tells it.
type headNews int

const (
	headUnknown   headNews = iota // that its logs are not the newest
	headOfOldNews                 // the same, and it holds for that already
	headKnown                     // nothing: its logs have had that state, or it speaks of logs that are past
)

func (s *Server) judge(h *wire.Head) headNews {
	s.mu.RLock()
	defer s.mu.RUnlock()
	l := s.logs[h.Log]
	switch current := h.Incarnation == l.incarnation; {
	case s.past[h.Incarnation]:
		return headKnown
	case current && h.Size <= l.size() && l.root(h.Size) == h.Root && l.sealedAt(h.Size) == h.Sealed:
		return headKnown
	case current && s.pause != nil && s.pause.why == Behind && !s.convicted:
		return headOfOldNews
	}
	return headUnknown
}

// fallBehind begins to hold for good, in memory first: a drop that was convicted
// must not seal on because its disk is full. A head of an incarnation that this
// drop does not know tells that it once had such logs: they are past from now
// on, so that no roster begins them again, and no visitor who kept one of their
// heads stops the drop a second time. The caller holds s.sealing.
func (s *Server) fallBehind(ctx context.Context, seen wire.Incarnation) error {
	s.mu.Lock()
	s.convicted = true
	var lost []wire.Incarnation
	if seen != s.logs[wire.Replies].incarnation {
		lost = append(lost, seen)
	}
	s.mu.Unlock()
	if err := s.setPause(Behind); err != nil {
		return err
	}
	if err := s.cfg.Store.Hold(ctx, Behind, lost...); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.convicted = false // the store knows
	for _, inc := range lost {
		s.past[inc] = true
	}
	return nil
}

// setPause shows whether the drop holds, and tells the operator of a change.
func (s *Server) setPause(why Holding) error {
	s.mu.Lock()
	before := s.pause
	p, err := s.pauseFor(why, s.room)
	s.pause = p
	s.mu.Unlock()
	if told := why.Told(); told != "" && p != before {
		s.report(errors.New(told))
	}
	return err
}

// PostVouch implements drop.Drop. Each journalist of the newest roster must have
// seen nothing later than what is here: one who was asked last may have been the
// only one to see a page.
func (s *Server) PostVouch(ctx context.Context, raw []byte) error {
	room, err := s.current()
	if err != nil {
		return err
	}
	u, err := wire.ParseVouch(raw)
	if err != nil {
		return judged(err)
	}
	v, err := u.Verify(room.roster)
	if err != nil {
		return judged(err)
	}
	s.sealing.Lock() // no roster and no page comes in between
	defer s.sealing.Unlock()
	if err := s.checkVouch(v); err != nil {
		return err
	}
	if !s.countVouch(v.ID) {
		return nil
	}
	if err := s.cfg.Store.Hold(ctx, Going); err != nil {
		return stored(err)
	}
	return stored(s.setPause(Going))
}

// checkVouch compares a vouch with the drop as it is.
func (s *Server) checkVouch(v *wire.VouchBody) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	switch {
	case s.pause == nil || v.Occasion != s.pause.occasion || v.RosterHash != s.pause.roster:
		return refused("the vouch is not for this occasion")
	case s.pause.why != Doubtful:
		return refused("the logs are behind")
	}
	for i, log := range logs() {
		l := s.logs[log]
		if v.Logs[i] != (wire.LogState{Size: l.size(), Root: l.root(l.size())}) {
			return refused("the vouch is for another state of the " + log.String() + " log")
		}
	}
	return nil
}

// countVouch notes who has vouched, and reports whether all have.
func (s *Server) countVouch(id wire.JournalistID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pause.vouched[id] = true
	for i := range s.room.roster.Journalists {
		if !s.pause.vouched[s.room.roster.Journalists[i].ID] {
			return false
		}
	}
	return true
}

// checkRenewal tells whether a roster may begin new logs. It comes from people
// who know more than this drop: a copy may have missed rosters between.
func (s *Server) checkRenewal(room *room, next *wire.Newsroom) error {
	r := next.Roster()
	s.mu.RLock()
	past := s.past[r.Incarnation]
	s.mu.RUnlock()
	if err := room.newsroom.CheckNewer(next); err != nil {
		return judged(err)
	}
	former := false
	for _, f := range r.Body().Former {
		former = former || f.Pages > 0
	}
	switch {
	case s.holds() == nil:
		return refused("the roster names another incarnation")
	case past:
		return refused("the roster names an incarnation that is past")
	case r.HeadSize != 0 || former:
		return refused("the roster begins new logs, and speaks of pages in them")
	}
	return nil
}
