// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"

	"tamizdat/letter/wire"
)

// logs are the three, in the order in which they are sealed.
func logs() [3]wire.Log { return [3]wire.Log{wire.Letters, wire.Replies, wire.Desk} }

// catchUp takes over what the store remembers, at the start and after any step
// of a sealing failed. The views are brought up to date before the logs they
// belong to are shown, and what is left of sealed spools is deleted. left is
// what of that could not be deleted, which keeps nothing from going on. The
// caller holds s.sealing.
func (s *Server) catchUp(ctx context.Context) (left, err error) {
	snap, err := s.cfg.Store.Load(ctx)
	if err != nil {
		return nil, err
	}
	room, err := s.loadRoom(snap)
	if err != nil {
		return nil, err
	}
	ledgers, err := s.loadLogs(snap, room)
	if err != nil {
		return nil, err
	}
	if room != nil {
		if err := s.refreshViews(room, ledgers[wire.Replies]); err != nil {
			return nil, err
		}
		for _, l := range ledgers {
			left = errors.Join(left, s.cleanUp(ctx, room, l), s.clear(ctx, l, snap.Leftovers[l.log]))
		}
	}
	return left, s.show(room, ledgers, snap)
}

// clear deletes the bodies of pages of logs that ended. Pages of the log that
// took their place have replaced the first of them, and are left alone.
func (s *Server) clear(ctx context.Context, l *ledger, left Leftover) error {
	if left.Beyond == 0 {
		return nil
	}
	for n := max(left.First, l.size()); n < left.Beyond; n++ {
		if err := s.cfg.Blobs.Delete(pageName(l.log, n)); err != nil {
			return err
		}
	}
	return s.cfg.Store.Cleared(ctx, l.log)
}

// cleanUp deletes what a sealing deletes after its page is recorded.
func (s *Server) cleanUp(ctx context.Context, room *room, l *ledger) error {
	recorded := l.kept
	l.kept = l.keep(room)
	if err := s.retain(ctx, l.log, recorded, l.kept); err != nil {
		return err
	}
	if l.size() == 0 {
		return nil
	}
	return s.cfg.Store.Discard(ctx, l.log, l.size()-1, l.sealed)
}

// show makes a snapshot what all calls see. What was accepted while it was
// read is in memory already, and stored, and stays.
func (s *Server) show(room *room, ledgers map[wire.Log]*ledger, snap *Snapshot) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	pause, err := s.pauseFor(snap.Holding, room)
	if err != nil {
		return err
	}
	s.room, s.logs, s.pause = room, ledgers, pause
	s.past = map[wire.Incarnation]bool{}
	for _, inc := range snap.Past {
		s.past[inc] = true
	}
	for _, b := range s.beats {
		snap.Beats = append(snap.Beats, BeatRecord{ID: b.ID, Beat: b.Bytes()})
	}
	if room != nil {
		s.beats = newestBeats(snap.Beats, room.roster)
	}
	for _, b := range snap.Bundles {
		s.showBundle(b)
	}
	for _, sn := range snap.Serials {
		s.serials[sn.Number] = sn.Expiry
	}
	return nil
}

// showBundle puts a stored bundle where it is seen. The caller holds s.mu.
func (s *Server) showBundle(b BundleRecord) {
	if s.bundles[b.Period] == nil {
		s.bundles[b.Period] = map[wire.JournalistID][]byte{}
	}
	s.bundles[b.Period][b.ID] = b.Bundle
}

// loadRoom verifies the stored newsroom file as if a stranger had sent it, so
// that a store given to the wrong drop is noticed at the start.
func (s *Server) loadRoom(snap *Snapshot) (*room, error) {
	if snap.File == nil {
		return nil, nil
	}
	u, err := wire.ParseNewsroom(snap.File)
	if err != nil {
		return nil, fmt.Errorf("stored newsroom: %w", err)
	}
	n, err := u.Verify(s.cfg.Newsroom)
	if err != nil {
		return nil, fmt.Errorf("stored newsroom: %w", err)
	}
	if err := s.mine(n.Roster()); err != nil {
		return nil, fmt.Errorf("stored newsroom: %w", err)
	}
	if inc := n.Roster().Incarnation; inc != s.cfg.Incarnation && !slices.Contains(snap.Past, s.cfg.Incarnation) {
		return nil, fmt.Errorf("stored newsroom: %w", refused("the roster names another incarnation"))
	}
	return &room{newsroom: n, roster: n.Roster(), grant: snap.Grant, rosters: snap.Rosters}, nil
}

// mine checks that a roster names this drop.
func (s *Server) mine(r *wire.Roster) error {
	if r.Drop != s.key() {
		return refused("the roster names another drop key")
	}
	return nil
}

// key is the public half of the drop's own.
func (s *Server) key() wire.DropKey {
	return wire.DropKey(s.cfg.Key.Public().(ed25519.PublicKey))
}

// loadLogs rebuilds the three logs and compares each with its signed head.
func (s *Server) loadLogs(snap *Snapshot, room *room) (map[wire.Log]*ledger, error) {
	out := map[wire.Log]*ledger{}
	incarnation := s.cfg.Incarnation
	if room != nil {
		incarnation = room.roster.Incarnation
	}
	for _, log := range logs() {
		l, err := newLedger(log, snap.Logs[log])
		if err != nil {
			return nil, err
		}
		l.incarnation = incarnation
		want := s.signHead(l)
		if l.head != nil && string(l.head) != string(want) {
			return nil, fmt.Errorf("%s log: the stored head is not that of the stored pages", log)
		}
		l.head = want
		out[log] = l
	}
	return out, nil
}

// signHead signs the head of a log as it is. Ed25519 is deterministic, so a
// head that is signed again is the same head.
func (s *Server) signHead(l *ledger) []byte {
	body := wire.HeadBody{
		Newsroom:    s.cfg.Newsroom,
		Log:         l.log,
		Incarnation: l.incarnation,
		Size:        l.size(),
		Sealed:      l.sealed,
		Root:        l.root(l.size()),
	}
	part := body.SignedPart()
	sig := ed25519.Sign(s.cfg.Key, wire.Preimage(wire.TagHead, part))
	return wire.AssembleHead(part, [64]byte(sig))
}

// newestBeats picks one beat a journalist; those of people who are no longer
// in the roster are left out.
func newestBeats(records []BeatRecord, r *wire.Roster) map[wire.JournalistID]*wire.Beat {
	out := map[wire.JournalistID]*wire.Beat{}
	for _, rec := range records {
		u, err := wire.ParseBeat(rec.Beat)
		if err != nil {
			continue
		}
		b, err := u.Verify(r)
		if err != nil {
			continue
		}
		if old := out[b.ID]; old == nil || b.Newer(old) {
			out[b.ID] = b
		}
	}
	return out
}
