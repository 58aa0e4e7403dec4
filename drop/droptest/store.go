// SPDX-License-Identifier: Apache-2.0

package droptest

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"slices"
	"sync"
	"testing"

	"tamizdat/drop/server"
	"tamizdat/letter/wire"
)

// OpenStore opens the store of a test. Called again in the same test it opens
// what is there, as after a restart; a store that keeps nothing returns the
// same one.
type OpenStore func(t *testing.T) server.Store

// RunStore runs the suite of server.Store; each test gets its own OpenStore.
func RunStore(t *testing.T, fresh func(t *testing.T) OpenStore) {
	for name, test := range map[string]func(*testing.T, OpenStore){
		"LettersReturnInOrderOfHash":   testLetterOrder,
		"EqualEnvelopesAreKeptOnce":    testEqualEnvelopes,
		"FreezeFixesPageAndTime":       testFreeze,
		"LettersDuringSealingComeNext": testNextSpool,
		"FirstWriteToASlotCounts":      testSlots,
		"SerialsServeOnce":             testSerials,
		"AppendIsForOne":               testAppend,
		"DiscardLeavesNothing":         testDiscard,
		"NewsroomsOnlyRise":            testPutNewsroom,
		"FirstBundleCounts":            testPutBundle,
		"ChunksLiveWithTheirPages":     testOrphans,
		"ManyWritersAtOnce":            testManyWriters,
		"HoldingIsRemembered":          testHold,
		"RenewBeginsNewLogs":           testRenew,
	} {
		t.Run(name, func(t *testing.T) { test(t, fresh(t)) })
	}
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return b
}

// frozenPage is a page in the making, read out.
type frozenPage struct {
	envelopes [][]byte
	chunks    []wire.ChunkID
}

func readFrozen(t *testing.T, f server.Frozen) (p frozenPage) {
	t.Helper()
	Expect(t, "envelopes", f.Envelopes(func(e []byte) error {
		p.envelopes = append(p.envelopes, bytes.Clone(e))
		return nil
	}), nil)
	Expect(t, "chunks", f.Chunks(func(id wire.ChunkID, chunk []byte) error {
		if wire.ChunkIDOf(chunk) != id {
			t.Error("a chunk is not what it is named")
		}
		p.chunks = append(p.chunks, id)
		return nil
	}), nil)
	envelopes, chunks := f.Count()
	if envelopes != len(p.envelopes) || chunks != len(p.chunks) {
		t.Errorf("the page counts %d and %d, and yields %d and %d", envelopes, chunks, len(p.envelopes), len(p.chunks))
	}
	Expect(t, "close", f.Close(), nil)
	return p
}

func freeze(t *testing.T, s server.Store, log wire.Log, number uint64, sealed int64) server.Frozen {
	t.Helper()
	f, err := s.Freeze(t.Context(), log, number, sealed)
	Expect(t, "freeze", err, nil)
	return f
}

// seal takes a page of a log to its end.
func seal(t *testing.T, s server.Store, log wire.Log, number uint64, sealed int64) frozenPage {
	t.Helper()
	p := readFrozen(t, freeze(t, s, log, number, sealed))
	Expect(t, "append", s.Append(t.Context(), sealing(log, number, sealed, p.chunks...)), nil)
	Expect(t, "discard", s.Discard(t.Context(), log, number, sealed), nil)
	return p
}

func sealing(log wire.Log, number uint64, sealed int64, chunks ...wire.ChunkID) server.Sealing {
	h := wire.PageHeader{Log: log, Number: number, Sealed: sealed}
	return server.Sealing{
		Log: log, Number: number, Sealed: sealed, Header: h.Encode(), Head: random(wire.HeadSize), Chunks: chunks,
	}
}

func testLetterOrder(t *testing.T, open OpenStore) {
	s := open(t)
	ctx := t.Context()
	var want [][32]byte
	for range 20 {
		letter := [][]byte{random(wire.EnvelopeSize), random(wire.EnvelopeSize)}
		Expect(t, "letter", s.AddLetter(ctx, letter), nil)
		want = append(want, sha256.Sum256(letter[0]), sha256.Sum256(letter[1]))
	}
	for range 3 {
		chunk := random(wire.ChunkSize)
		Expect(t, "chunk", s.AddChunk(ctx, wire.ChunkIDOf(chunk), chunk), nil)
	}
	if u := s.Usage(); u.Envelopes != 40 || u.Chunks != 3 || u.Bytes != 40*wire.EnvelopeSize+3*wire.ChunkSize {
		t.Fatalf("usage is %+v", u)
	}
	s = open(t)
	if u := s.Usage(); u.Envelopes != 40 || u.Chunks != 3 || u.Bytes != 40*wire.EnvelopeSize+3*wire.ChunkSize {
		t.Fatalf("usage after a restart is %+v", u)
	}
	slices.SortFunc(want, func(a, b [32]byte) int { return bytes.Compare(a[:], b[:]) })
	p := readFrozen(t, freeze(t, s, wire.Letters, 0, 3600))
	if len(p.envelopes) != len(want) || len(p.chunks) != 3 {
		t.Fatalf("%d envelopes and %d chunks", len(p.envelopes), len(p.chunks))
	}
	for i, e := range p.envelopes {
		if sha256.Sum256(e) != want[i] {
			t.Fatalf("envelope %d is another", i)
		}
	}
}

func testEqualEnvelopes(t *testing.T, open OpenStore) {
	s := open(t)
	letter := [][]byte{random(wire.EnvelopeSize), random(wire.EnvelopeSize)}
	chunk := random(wire.ChunkSize)
	for range 3 {
		Expect(t, "letter", s.AddLetter(t.Context(), letter), nil)
		Expect(t, "chunk", s.AddChunk(t.Context(), wire.ChunkIDOf(chunk), chunk), nil)
	}
	if u := s.Usage(); u.Envelopes != 2 || u.Chunks != 1 || u.Bytes != 2*wire.EnvelopeSize+wire.ChunkSize {
		t.Fatalf("usage is %+v", u)
	}
	if p := readFrozen(t, freeze(t, s, wire.Letters, 0, 3600)); len(p.envelopes) != 2 || len(p.chunks) != 1 {
		t.Fatalf("%d envelopes and %d chunks", len(p.envelopes), len(p.chunks))
	}
}

func testFreeze(t *testing.T, open OpenStore) {
	s := open(t)
	Expect(t, "letter", s.AddLetter(t.Context(), [][]byte{random(wire.EnvelopeSize)}), nil)
	first := readFrozen(t, freeze(t, s, wire.Letters, 0, 3600))
	for range 2 {
		Expect(t, "a later letter", s.AddLetter(t.Context(), [][]byte{random(wire.EnvelopeSize)}), nil)
		s = open(t)
		snap, err := s.Load(t.Context())
		Expect(t, "load", err, nil)
		if !snap.Logs[wire.Letters].Frozen || snap.Logs[wire.Desk].Frozen {
			t.Fatal("the store does not say which page is frozen")
		}
		f := freeze(t, s, wire.Letters, 0, 7200)
		if f.Sealed() != 3600 {
			t.Fatalf("the time of the page became %d", f.Sealed())
		}
		if again := readFrozen(t, f); !slices.EqualFunc(first.envelopes, again.envelopes, bytes.Equal) {
			t.Fatal("the page changed")
		}
	}
	_, err := s.Freeze(t.Context(), wire.Letters, 1, 7200)
	Expect(t, "freezing a page too early", err, server.ErrTaken)
}

func testNextSpool(t *testing.T, open OpenStore) {
	s := open(t)
	Expect(t, "letter", s.AddLetter(t.Context(), [][]byte{random(wire.EnvelopeSize)}), nil)
	freeze(t, s, wire.Letters, 0, 3600)
	late := random(wire.EnvelopeSize)
	Expect(t, "late letter", s.AddLetter(t.Context(), [][]byte{late}), nil)
	for range 2 {
		if u := s.Usage(); u.Envelopes != 1 || u.Bytes != wire.EnvelopeSize || u.Frozen != wire.EnvelopeSize {
			t.Fatalf("usage is %+v", u)
		}
		s = open(t)
	}
	if p := seal(t, s, wire.Letters, 0, 3600); len(p.envelopes) != 1 {
		t.Fatalf("page 0 has %d envelopes", len(p.envelopes))
	}
	if u := s.Usage(); u.Frozen != 0 {
		t.Fatalf("usage after sealing is %+v", u)
	}
	s = open(t)
	if p := seal(t, s, wire.Letters, 1, 7200); len(p.envelopes) != 1 || !bytes.Equal(p.envelopes[0], late) {
		t.Fatalf("page 1 has %d envelopes", len(p.envelopes))
	}
	if p := seal(t, s, wire.Letters, 2, 10800); len(p.envelopes) != 0 {
		t.Fatalf("page 2 has %d envelopes", len(p.envelopes))
	}
}

func testSlots(t *testing.T, open OpenStore) {
	s := open(t)
	ctx := t.Context()
	slot := server.Slot{Log: wire.Replies, Sealing: 7200, Key: "\x00", Body: random(wire.ReplySize), Beat: random(wire.BeatSize)}
	other := slot
	other.Body = random(wire.ReplySize)
	older := slot
	older.Beat = random(wire.BeatSize)
	Expect(t, "slot", s.AddSlot(ctx, older), nil)
	Expect(t, "the same with another beat", s.AddSlot(ctx, slot), nil)
	Expect(t, "the same again", s.AddSlot(ctx, slot), nil)
	Expect(t, "other bytes", s.AddSlot(ctx, other), server.ErrTaken)
	for _, tt := range []struct {
		slot server.Slot
		want bool
	}{{slot, true}, {older, true}, {other, false}, {server.Slot{Log: wire.Desk, Sealing: 7200, Key: "\x00", Body: slot.Body}, false}} {
		if has, err := s.HasSlot(ctx, tt.slot); err != nil || has != tt.want {
			t.Fatalf("the slot is there: %v, %v", has, err)
		}
	}
	later := other
	later.Sealing = 14400
	Expect(t, "the same slot of a later page", s.AddSlot(ctx, later), nil)
	desk := other
	desk.Log, desk.Key = wire.Desk, string(random(32))
	Expect(t, "the other log", s.AddSlot(ctx, desk), nil)

	s = open(t)
	if times, err := s.Waiting(ctx, wire.Replies); err != nil || !slices.Equal(times, []int64{7200, 14400}) {
		t.Fatalf("slots wait for %v: %v", times, err)
	}
	snap, err := s.Load(ctx)
	Expect(t, "load", err, nil)
	if len(snap.Beats) != 3 || !bytes.Equal(snap.Beats[0].Beat, slot.Beat) {
		t.Fatalf("%d beats are remembered", len(snap.Beats))
	}
	f := freeze(t, s, wire.Replies, 0, 7200)
	Expect(t, "a write to a frozen page", s.AddSlot(ctx, other), server.ErrSealed)
	got, err := f.Slots()
	Expect(t, "slots", err, nil)
	if len(got) != 1 || got[0].Key != slot.Key || !bytes.Equal(got[0].Body, slot.Body) || !bytes.Equal(got[0].Beat, slot.Beat) {
		t.Fatalf("the page has %d slots, or another", len(got))
	}
	Expect(t, "close", f.Close(), nil)
	seal(t, s, wire.Replies, 0, 7200)
	Expect(t, "a write to a sealed page", s.AddSlot(ctx, slot), server.ErrSealed)
	if got, err = freeze(t, s, wire.Replies, 1, 14400).Slots(); err != nil || len(got) != 1 {
		t.Fatalf("the next page has %d slots: %v", len(got), err)
	}
}

func testSerials(t *testing.T, open OpenStore) {
	s := open(t)
	ctx := t.Context()
	sn := server.Serial{Number: [16]byte(random(16)), Expiry: 100}
	Expect(t, "serial", s.AddSerial(ctx, sn), nil)
	Expect(t, "again", s.AddSerial(ctx, sn), server.ErrTaken)
	f := freeze(t, s, wire.Letters, 0, 3600)
	Expect(t, "again while sealing", s.AddSerial(ctx, sn), server.ErrTaken)
	got, err := f.Serials()
	if err != nil || len(got) != 1 || got[0] != sn {
		t.Fatalf("the page settles %v: %v", got, err)
	}
	Expect(t, "close", f.Close(), nil)
	p := sealing(wire.Letters, 0, 3600)
	p.Serials = got
	Expect(t, "append", s.Append(ctx, p), nil)
	Expect(t, "discard", s.Discard(ctx, wire.Letters, 0, 3600), nil)
	s = open(t)
	Expect(t, "again after sealing", s.AddSerial(ctx, sn), server.ErrTaken)
	p = sealing(wire.Letters, 1, 7200)
	p.Purge.Serials = 101
	freeze(t, s, wire.Letters, 1, 7200)
	Expect(t, "append", s.Append(ctx, p), nil)
	Expect(t, "again after its month", s.AddSerial(ctx, sn), nil)
}

func testManyWriters(t *testing.T, open OpenStore) {
	s := open(t)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range 4 {
				if err := s.AddLetter(context.Background(), [][]byte{random(wire.EnvelopeSize), random(wire.EnvelopeSize)}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	// A page is frozen in the midst of it: each letter is in one page, whole.
	first := seal(t, s, wire.Letters, 0, 3600)
	wg.Wait()
	second := seal(t, s, wire.Letters, 1, 7200)
	if n := len(first.envelopes) + len(second.envelopes); n != 128 || len(first.envelopes)%2 != 0 {
		t.Fatalf("%d and %d envelopes", len(first.envelopes), len(second.envelopes))
	}
}
