// SPDX-License-Identifier: Apache-2.0

package droptest

import (
	"bytes"
	"testing"

	"tamizdat/drop/server"
	"tamizdat/letter/wire"
)

func load(t *testing.T, s server.Store) *server.Snapshot {
	t.Helper()
	snap, err := s.Load(t.Context())
	Expect(t, "load", err, nil)
	return snap
}

func testAppend(t *testing.T, open OpenStore) {
	s := open(t)
	ctx := t.Context()
	freeze(t, s, wire.Desk, 0, 3600)
	p := sealing(wire.Desk, 0, 3600)
	p.Beats = []server.BeatRecord{{ID: wire.JournalistID{1}, Beat: random(wire.BeatSize)}}
	Expect(t, "append", s.Append(ctx, p), nil)
	Expect(t, "a second page 0", s.Append(ctx, sealing(wire.Desk, 0, 3600)), server.ErrTaken)
	Expect(t, "a page too far", s.Append(ctx, sealing(wire.Desk, 2, 7200)), server.ErrTaken)

	s = open(t)
	Expect(t, "page 0 after a restart", s.Append(ctx, sealing(wire.Desk, 0, 3600)), server.ErrTaken)
	snap := load(t, s)
	log := snap.Logs[wire.Desk]
	if len(log.Headers) != 1 || !bytes.Equal(log.Headers[0], p.Header) || !bytes.Equal(log.Head, p.Head) || log.Frozen {
		t.Fatalf("the log is %+v", log)
	}
	if len(snap.Logs[wire.Letters].Headers) != 0 || snap.Logs[wire.Letters].Head != nil {
		t.Fatal("another log grew")
	}
	if len(snap.Beats) != 1 || snap.Beats[0].ID != p.Beats[0].ID || !bytes.Equal(snap.Beats[0].Beat, p.Beats[0].Beat) {
		t.Fatalf("the beats are %v", snap.Beats)
	}
}

func testDiscard(t *testing.T, open OpenStore) {
	s := open(t)
	ctx := t.Context()
	Expect(t, "letter", s.AddLetter(ctx, [][]byte{random(wire.EnvelopeSize)}), nil)
	slot := server.Slot{Log: wire.Desk, Sealing: 3600, Key: "k", Body: random(wire.SegmentSize), Beat: random(wire.BeatSize)}
	Expect(t, "slot", s.AddSlot(ctx, slot), nil)
	seal(t, s, wire.Letters, 0, 3600)
	// Slots of a time that was skipped go with those of the next.
	seal(t, s, wire.Desk, 0, 7200)
	Expect(t, "discarding again", s.Discard(ctx, wire.Letters, 0, 3600), nil)
	for range 2 {
		if u := s.Usage(); u != (server.Usage{}) {
			t.Fatalf("usage is %+v", u)
		}
		if snap := load(t, s); len(snap.Beats) != 0 {
			t.Fatal("a beat of a discarded slot is remembered")
		}
		s = open(t)
	}
}

func testPutNewsroom(t *testing.T, open OpenStore) {
	s := open(t)
	ctx := t.Context()
	if snap := load(t, s); snap.File != nil || snap.Grant != nil || len(snap.Rosters) != 0 {
		t.Fatal("a fresh store has a newsroom")
	}
	// The first may have any number.
	refs := []server.RosterRef{
		{Number: 3, Hash: wire.Hash{3}, Journalists: 2, Since: 3600},
		{Number: 4, Hash: wire.Hash{4}, Journalists: 3, Since: 7200},
	}
	for _, ref := range refs {
		Expect(t, "newsroom", s.PutNewsroom(ctx, ref, []byte{byte(ref.Number)}, []byte("grant")), nil)
	}
	Expect(t, "the same number", s.PutNewsroom(ctx, refs[1], []byte("x"), []byte("y")), server.ErrTaken)
	Expect(t, "a lower number", s.PutNewsroom(ctx, server.RosterRef{Number: 1}, []byte("x"), []byte("y")), server.ErrTaken)
	snap := load(t, open(t))
	if !bytes.Equal(snap.File, []byte{4}) || string(snap.Grant) != "grant" {
		t.Fatal("another newsroom is there")
	}
	if len(snap.Rosters) != 2 || snap.Rosters[0] != refs[0] || snap.Rosters[1] != refs[1] {
		t.Fatalf("the rosters are %v", snap.Rosters)
	}
}

func testPutBundle(t *testing.T, open OpenStore) {
	s := open(t)
	ctx := t.Context()
	b := server.BundleRecord{Period: 7, ID: wire.JournalistID{1}, Bundle: random(wire.BundleSize)}
	other := b
	other.Bundle = random(wire.BundleSize)
	Expect(t, "bundle", s.PutBundle(ctx, b), nil)
	Expect(t, "the same", s.PutBundle(ctx, b), nil)
	Expect(t, "another", s.PutBundle(ctx, other), server.ErrTaken)
	other.Period = 8
	Expect(t, "another period", s.PutBundle(ctx, other), nil)
	s = open(t)
	if n := len(load(t, s).Bundles); n != 2 {
		t.Fatalf("%d bundles are there", n)
	}
	freeze(t, s, wire.Letters, 0, 3600)
	p := sealing(wire.Letters, 0, 3600)
	p.Purge.Bundles = 8
	Expect(t, "append", s.Append(ctx, p), nil)
	got := load(t, s).Bundles
	if len(got) != 1 || got[0].Period != 8 || got[0].ID != b.ID || !bytes.Equal(got[0].Bundle, other.Bundle) {
		t.Fatalf("%d bundles are left", len(got))
	}
}

func testOrphans(t *testing.T, open OpenStore) {
	s := open(t)
	ctx := t.Context()
	once, twice := wire.ChunkID{1}, wire.ChunkID{2}
	freeze(t, s, wire.Letters, 0, 3600)
	Expect(t, "page 0", s.Append(ctx, sealing(wire.Letters, 0, 3600, once, twice)), nil)
	freeze(t, s, wire.Letters, 1, 7200)
	Expect(t, "page 1", s.Append(ctx, sealing(wire.Letters, 1, 7200, twice)), nil)
	ids, err := s.Orphans(ctx, 1)
	if err != nil || len(ids) != 1 || ids[0] != once {
		t.Fatalf("the orphans are %v: %v", ids, err)
	}
	Expect(t, "forget", s.Forget(ctx, wire.Letters, 1), nil)
	s = open(t)
	if ids, err := s.Orphans(ctx, 1); err != nil || len(ids) != 0 {
		t.Fatalf("after forgetting the orphans are %v: %v", ids, err)
	}
	if ids, err := s.Orphans(ctx, 2); err != nil || len(ids) != 1 || ids[0] != twice {
		t.Fatalf("the next orphans are %v: %v", ids, err)
	}
	log := load(t, s).Logs[wire.Letters]
	if log.Kept != 1 || len(log.Headers) != 2 {
		t.Fatalf("kept from %d, %d headers", log.Kept, len(log.Headers))
	}
}
