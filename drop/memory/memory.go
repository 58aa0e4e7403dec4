// SPDX-License-Identifier: Apache-2.0

// Package memory keeps a drop's store and blobs in memory, for tests and
// demonstrations: everything is gone when the process ends, so a drop over it
// breaks the promise that an answered write survives.
//
// Call [New] and [NewBlobs]. Both pass the suite of drop/droptest; what they
// are given they copy.
package memory

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"sync"

	"tamizdat/drop/server"
	"tamizdat/letter/wire"
)

// Store is a server.Store in memory.
type Store struct {
	mu      sync.Mutex
	file    []byte
	grant   []byte
	rosters []server.RosterRef
	bundles map[bundleKey][]byte
	beats   map[wire.JournalistID][]byte
	serials map[[16]byte]uint16
	logs    map[wire.Log]*logState
	spools  map[uint64]*spool // of the letters log, by the page they will become
	slots   map[slotKey]server.Slot
	chunks  map[wire.ChunkID]uint64 // newest letters page that names it
	holding server.Holding
	past    []wire.Incarnation
	left    map[wire.Log]server.Leftover
}

type bundleKey struct {
	period wire.Period
	id     wire.JournalistID
}

type slotKey struct {
	log     wire.Log
	sealing int64
	key     string
}

// logState is one log: its record and the time its next page was frozen with.
type logState struct {
	record server.LogRecord
	frozen int64 // 0: not frozen
	sealed int64 // newest time that was frozen or sealed
}

// spool is what came for one page of the letters log.
type spool struct {
	envelopes map[[32]byte][]byte
	chunks    map[wire.ChunkID][]byte
	serials   map[[16]byte]uint16
	bytes     int64
}

var _ server.Store = (*Store)(nil)

// New returns an empty store.
func New() *Store {
	s := &Store{
		bundles: map[bundleKey][]byte{},
		beats:   map[wire.JournalistID][]byte{},
		serials: map[[16]byte]uint16{},
		logs:    map[wire.Log]*logState{},
		spools:  map[uint64]*spool{},
		slots:   map[slotKey]server.Slot{},
		chunks:  map[wire.ChunkID]uint64{},
		left:    map[wire.Log]server.Leftover{},
	}
	for _, log := range []wire.Log{wire.Letters, wire.Replies, wire.Desk} {
		s.logs[log] = &logState{}
	}
	return s
}

// current is the spool that takes letters now. The caller holds s.mu.
func (s *Store) current() *spool {
	l := s.logs[wire.Letters]
	n := uint64(len(l.record.Headers))
	if l.record.Frozen {
		n++
	}
	return s.spool(n)
}

func (s *Store) spool(n uint64) *spool {
	if s.spools[n] == nil {
		s.spools[n] = &spool{
			envelopes: map[[32]byte][]byte{},
			chunks:    map[wire.ChunkID][]byte{},
			serials:   map[[16]byte]uint16{},
		}
	}
	return s.spools[n]
}

// AddLetter implements server.Queue.
func (s *Store) AddLetter(_ context.Context, envelopes [][]byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.current()
	fresh := map[[32]byte][]byte{}
	for _, e := range envelopes {
		if h := sha256.Sum256(e); p.envelopes[h] == nil {
			fresh[h] = bytes.Clone(e)
		}
	}
	if len(p.envelopes)+len(fresh) > wire.MaxPageItems {
		return server.ErrSpoolFull
	}
	for h, e := range fresh {
		p.envelopes[h] = e
		p.bytes += int64(len(e))
	}
	return nil
}

// AddChunk implements server.Queue.
func (s *Store) AddChunk(_ context.Context, id wire.ChunkID, chunk []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.current()
	if p.chunks[id] != nil {
		return nil
	}
	if len(p.chunks) >= wire.MaxPageItems {
		return server.ErrSpoolFull
	}
	p.chunks[id] = bytes.Clone(chunk)
	p.bytes += int64(len(chunk))
	return nil
}

// AddSlot implements server.Queue.
func (s *Store) AddSlot(_ context.Context, slot server.Slot) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if slot.Sealing <= s.logs[slot.Log].sealed {
		return server.ErrSealed
	}
	k := slotKey{slot.Log, slot.Sealing, slot.Key}
	if old, ok := s.slots[k]; ok && !bytes.Equal(old.Body, slot.Body) {
		return server.ErrTaken
	}
	slot.Body, slot.Beat = bytes.Clone(slot.Body), bytes.Clone(slot.Beat)
	s.slots[k] = slot
	return nil
}

// HasSlot implements server.Queue.
func (s *Store) HasSlot(_ context.Context, slot server.Slot) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old, ok := s.slots[slotKey{slot.Log, slot.Sealing, slot.Key}]
	return ok && bytes.Equal(old.Body, slot.Body), nil
}

// Waiting implements server.Queue.
func (s *Store) Waiting(_ context.Context, log wire.Log) ([]int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []int64
	for k := range s.slots {
		if k.log == log {
			out = append(out, k.sealing)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// AddSerial implements server.Queue.
func (s *Store) AddSerial(_ context.Context, sn server.Serial) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, used := s.serials[sn.Number]; used {
		return server.ErrTaken
	}
	for _, p := range s.spools {
		if _, used := p.serials[sn.Number]; used {
			return server.ErrTaken
		}
	}
	s.current().serials[sn.Number] = sn.Expiry
	return nil
}

// Usage implements server.Queue.
func (s *Store) Usage() server.Usage {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.current()
	u := server.Usage{Envelopes: len(p.envelopes), Chunks: len(p.chunks), Bytes: p.bytes}
	if l := s.logs[wire.Letters].record; l.Frozen {
		u.Frozen = s.spool(uint64(len(l.Headers))).bytes
	}
	return u
}

// Freeze implements server.Queue.
func (s *Store) Freeze(_ context.Context, log wire.Log, number uint64, sealed int64) (server.Frozen, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.logs[log]
	if number != uint64(len(l.record.Headers)) {
		return nil, fmt.Errorf("%w: the %s log has %d pages", server.ErrTaken, log, len(l.record.Headers))
	}
	if !l.record.Frozen {
		l.record.Frozen, l.frozen, l.sealed = true, sealed, sealed
	}
	f := &frozen{sealed: l.frozen, spool: &spool{}}
	if log == wire.Letters {
		f.spool = s.spool(number)
	}
	for k, slot := range s.slots {
		if k.log == log && k.sealing == l.frozen {
			f.slots = append(f.slots, slot)
		}
	}
	return f, nil
}

// Discard implements server.Queue.
func (s *Store) Discard(_ context.Context, log wire.Log, number uint64, sealed int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if log == wire.Letters {
		maps.DeleteFunc(s.spools, func(n uint64, _ *spool) bool { return n <= number })
	}
	maps.DeleteFunc(s.slots, func(k slotKey, _ server.Slot) bool { return k.log == log && k.sealing <= sealed })
	return nil
}

// frozen is a page in the making.
type frozen struct {
	sealed int64
	spool  *spool
	slots  []server.Slot
}

func (f *frozen) Sealed() int64                     { return f.sealed }
func (f *frozen) Count() (int, int)                 { return len(f.spool.envelopes), len(f.spool.chunks) }
func (f *frozen) Slots() ([]server.Slot, error)     { return f.slots, nil }
func (f *frozen) Close() error                      { return nil }
func (f *frozen) Serials() ([]server.Serial, error) { return serialsOf(f.spool.serials), nil }

func (f *frozen) Envelopes(yield func([]byte) error) error {
	keys := slices.SortedFunc(maps.Keys(f.spool.envelopes), compare)
	for _, k := range keys {
		if err := yield(f.spool.envelopes[k]); err != nil {
			return err
		}
	}
	return nil
}

func (f *frozen) Chunks(yield func(wire.ChunkID, []byte) error) error {
	keys := slices.SortedFunc(maps.Keys(f.spool.chunks), func(a, b wire.ChunkID) int { return compare(a, b) })
	for _, k := range keys {
		if err := yield(k, f.spool.chunks[k]); err != nil {
			return err
		}
	}
	return nil
}

func compare(a, b [32]byte) int { return bytes.Compare(a[:], b[:]) }

func serialsOf(m map[[16]byte]uint16) []server.Serial {
	var out []server.Serial
	for n, expiry := range m {
		out = append(out, server.Serial{Number: n, Expiry: expiry})
	}
	return out
}
