// SPDX-License-Identifier: Apache-2.0

package memory

import (
	"bytes"
	"context"
	"maps"
	"slices"

	"tamizdat/drop/server"
	"tamizdat/letter/wire"
)

// Load implements server.Records.
func (s *Store) Load(context.Context) (*server.Snapshot, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	snap := &server.Snapshot{
		File:    s.file,
		Grant:   s.grant,
		Rosters: slices.Clone(s.rosters),
		Serials: serialsOf(s.serials),
		Logs:    map[wire.Log]server.LogRecord{},

		Holding:   s.holding,
		Past:      slices.Clone(s.past),
		Leftovers: maps.Clone(s.left),
	}
	for k, b := range s.bundles {
		snap.Bundles = append(snap.Bundles, server.BundleRecord{Period: k.period, ID: k.id, Bundle: b})
	}
	for id, b := range s.beats {
		snap.Beats = append(snap.Beats, server.BeatRecord{ID: id, Beat: b})
	}
	for _, slot := range s.slots {
		snap.Beats = append(snap.Beats, server.BeatRecord{Beat: slot.Beat})
	}
	for _, p := range s.spools {
		snap.Serials = append(snap.Serials, serialsOf(p.serials)...)
	}
	for log, l := range s.logs {
		r := l.record
		r.Headers = slices.Clone(r.Headers)
		snap.Logs[log] = r
	}
	return snap, nil
}

// PutNewsroom implements server.Records.
func (s *Store) PutNewsroom(_ context.Context, ref server.RosterRef, file, grant []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.putNewsroom(ref, file, grant)
}

// putNewsroom is PutNewsroom for who holds s.mu.
func (s *Store) putNewsroom(ref server.RosterRef, file, grant []byte) error {
	if n := len(s.rosters); n > 0 && s.rosters[n-1].Number >= ref.Number {
		return server.ErrTaken
	}
	s.rosters = append(s.rosters, ref)
	s.file, s.grant = bytes.Clone(file), bytes.Clone(grant)
	return nil
}

// Hold implements server.Records.
func (s *Store) Hold(_ context.Context, why server.Holding, lost ...wire.Incarnation) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.holding = why
	for _, inc := range lost {
		if !slices.Contains(s.past, inc) {
			s.past = append(s.past, inc)
		}
	}
	return nil
}

// Renew implements server.Records.
func (s *Store) Renew(_ context.Context, past wire.Incarnation, ref server.RosterRef, file, grant []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.putNewsroom(ref, file, grant); err != nil {
		return err
	}
	letters := uint64(len(s.logs[wire.Letters].record.Headers))
	s.holding, s.past = server.Doubtful, append(s.past, past)
	for log, l := range s.logs {
		if n := uint64(len(l.record.Headers)); n > 0 {
			s.left[log] = s.left[log].With(server.Leftover{First: l.record.Kept, Beyond: n + 1}) // n may be written already
		}
		s.logs[log] = &logState{}
	}
	for id := range s.chunks {
		s.chunks[id] = 0
	}
	clear(s.beats)
	clear(s.slots)
	s.gatherSpools(letters)
	return nil
}

// gatherSpools makes the spools of the pages from next on those of the first.
func (s *Store) gatherSpools(next uint64) {
	spools := s.spools
	s.spools = map[uint64]*spool{}
	for _, n := range slices.Sorted(maps.Keys(spools)) {
		if n >= next {
			s.spools[uint64(len(s.spools))] = spools[n]
		}
	}
}

// Cleared implements server.Records.
func (s *Store) Cleared(_ context.Context, log wire.Log) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.left, log)
	return nil
}

// PutBundle implements server.Records.
func (s *Store) PutBundle(_ context.Context, b server.BundleRecord) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := bundleKey{b.Period, b.ID}
	if old := s.bundles[k]; old != nil {
		if !bytes.Equal(old, b.Bundle) {
			return server.ErrTaken
		}
		return nil
	}
	s.bundles[k] = bytes.Clone(b.Bundle)
	return nil
}

// Append implements server.Records.
func (s *Store) Append(_ context.Context, p server.Sealing) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.logs[p.Log]
	if uint64(len(l.record.Headers)) != p.Number {
		return server.ErrTaken
	}
	l.record.Headers = append(l.record.Headers, bytes.Clone(p.Header))
	l.record.Head = bytes.Clone(p.Head)
	l.record.Frozen, l.sealed = false, p.Sealed
	for _, id := range p.Chunks {
		s.chunks[id] = p.Number
	}
	for _, b := range p.Beats {
		s.beats[b.ID] = bytes.Clone(b.Beat)
	}
	for _, sn := range p.Serials {
		s.serials[sn.Number] = sn.Expiry
	}
	maps.DeleteFunc(s.bundles, func(k bundleKey, _ []byte) bool { return k.period < p.Purge.Bundles })
	maps.DeleteFunc(s.serials, func(_ [16]byte, expiry uint16) bool { return expiry < p.Purge.Serials })
	return nil
}

// Orphans implements server.Records.
func (s *Store) Orphans(_ context.Context, keep uint64) ([]wire.ChunkID, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []wire.ChunkID
	for id, page := range s.chunks {
		if page < keep {
			out = append(out, id)
		}
	}
	return out, nil
}

// Forget implements server.Records.
func (s *Store) Forget(_ context.Context, log wire.Log, keep uint64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if log == wire.Letters {
		maps.DeleteFunc(s.chunks, func(_ wire.ChunkID, page uint64) bool { return page < keep })
	}
	s.logs[log].record.Kept = keep
	return nil
}
