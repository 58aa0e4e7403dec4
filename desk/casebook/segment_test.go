// SPDX-License-Identifier: Apache-2.0

package casebook

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tamizdat/letter"
	"tamizdat/letter/wire"
)

// An event of many segments comes through pieces in any order, doubled, and beside
// others.
func TestPiecesMakeTheEvent(t *testing.T) {
	anna := newDesk(t, journalist(t, "Anna"))
	large := anna.write("x", string(bytes.Repeat([]byte("длинный перевод "), 5000)), 1)
	small := anna.write("x", "short", 2)
	var segments [][]byte
	for at := 0; at < len(large.Bytes()); {
		p := NewPacker(anna.book.Heads(), letter.MaxSegmentEvents)
		at = p.Add(large, at)
		if at == len(large.Bytes()) && p.Add(small, 0) != len(small.Bytes()) {
			t.Fatal("the small event did not fit behind the large one")
		}
		segments = append(segments, p.Bytes())
	}
	segments = append(segments, segments[0])
	rand.Shuffle(len(segments), func(i, j int) { segments[i], segments[j] = segments[j], segments[i] })
	boris := newDesk(t, journalist(t, "Boris"))
	a := NewAssembler()
	for _, s := range segments {
		if len(s) > letter.MaxSegmentEvents {
			t.Errorf("%d bytes", len(s))
		}
		heads, pieces, err := Unpack(s)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(anna.book.Heads(), heads); diff != "" {
			t.Error(diff)
		}
		for _, p := range pieces {
			u, err := a.Add(p)
			if err != nil {
				t.Fatal(err)
			}
			if u == nil {
				continue
			}
			e, err := u.Verify(newsroom(), func(id wire.JournalistID) bool { return id == anna.key.ID() })
			if err != nil {
				t.Fatal(err)
			}
			boris.add(e)
		}
	}
	if diff := anna.sameAs(boris); diff != "" {
		t.Error(diff)
	}
}

// Pieces of a liar cost no more than their bound, and do not spoil a later whole event.
func TestAssemblerIsBounded(t *testing.T) {
	e := newDesk(t, journalist(t, "Anna")).write("x", "text", 1)
	a := NewAssembler()
	for i := range 100 {
		if _, err := a.Add(Piece{ID: wire.Hash{byte(i)}, Total: MaxEvent, Part: []byte{1}}); err != nil {
			t.Fatal(err)
		}
	}
	if a.weight > MaxIncomplete || len(a.open) != len(a.order) {
		t.Errorf("%d bytes, %d of %d", a.weight, len(a.open), len(a.order))
	}
	if _, err := a.Add(Piece{ID: e.ID(), Total: 3, Part: []byte("lie")}); !errors.Is(err, ErrMalformed) {
		t.Errorf("a false whole: %v", err)
	}
	if _, err := a.Add(Piece{ID: e.ID(), Total: len(e.Bytes()), Part: []byte("a false beginning")}); err != nil {
		t.Fatal(err)
	}
	if u, err := a.Add(Piece{ID: e.ID(), Total: len(e.Bytes()), Part: e.Bytes()}); u != nil || err == nil {
		t.Errorf("what was mixed with a lie passed: %v", err)
	}
	if u, err := a.Add(Piece{ID: e.ID(), Total: len(e.Bytes()), Part: e.Bytes()}); err != nil || u.ID() != e.ID() {
		t.Errorf("sent again, it is not taken: %v", err)
	}
}

func TestParseRefuses(t *testing.T) {
	anna, boris := newDesk(t, journalist(t, "Anna")), newDesk(t, journalist(t, "Boris"))
	boris.add(anna.write("x", "first", 1))
	good := boris.write("x", "text", 1)
	known := func(wire.JournalistID) bool { return true }
	for i := range good.Bytes() {
		b := bytes.Clone(good.Bytes())
		b[i] ^= 0x40
		u, err := Parse(b)
		if err == nil {
			_, err = u.Verify(newsroom(), known)
		}
		if err == nil {
			t.Errorf("byte %d can be changed", i)
		}
	}
	u, err := Parse(good.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := u.Verify(wire.NewsroomKey{8}, known); !errors.Is(err, ErrForeign) {
		t.Errorf("in another newsroom: %v", err)
	}
	if _, err := u.Verify(newsroom(), func(wire.JournalistID) bool { return false }); !errors.Is(err, ErrForeign) {
		t.Errorf("of nobody: %v", err)
	}
}

func TestSignRefuses(t *testing.T) {
	k := journalist(t, "Anna")
	own := Chain{k.ID(), 1}
	good := Body{Newsroom: newsroom(), Chain: own, N: 1, Kind: "note", At: 5}
	if _, err := Sign(k, good); err != nil {
		t.Fatal(err)
	}
	other := Cause{Chain{wire.JournalistID{1}, 1}, 1, wire.Hash{1}}
	for name, spoil := range map[string]func(b *Body){
		"number 0":             func(b *Body) { b.N = 0 },
		"a first with a past":  func(b *Body) { b.Prev = wire.Hash{1} },
		"a second without one": func(b *Body) { b.N = 2 },
		"incarnation 0":        func(b *Body) { b.Chain.Incarnation = 0 },
		"a time before 1970":   func(b *Body) { b.At = -1 },
		"no kind":              func(b *Body) { b.Kind = "" },
		"a kind in capitals":   func(b *Body) { b.Kind = "Note" },
		"a long kind":          func(b *Body) { b.Kind = string(bytes.Repeat([]byte("a"), 33)) },
		"a large payload":      func(b *Body) { b.Payload = make([]byte, MaxPayload+1) },
		"itself as a cause":    func(b *Body) { b.Causes = []Cause{{own, 1, wire.Hash{1}}} },
		"a cause twice":        func(b *Body) { b.Causes = []Cause{other, other} },
		"a cause without id":   func(b *Body) { b.Causes = []Cause{{other.Chain, 1, wire.Hash{}}} },
		"many causes": func(b *Body) {
			for i := range MaxCauses + 1 {
				b.Causes = append(b.Causes, Cause{Chain{wire.JournalistID{byte(i + 1)}, 1}, 1, wire.Hash{1}})
			}
			slices.SortFunc(b.Causes, func(x, y Cause) int { return x.Chain.Compare(y.Chain) })
		},
	} {
		b := good
		spoil(&b)
		if _, err := Sign(k, b); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	b := good
	b.Payload = make([]byte, MaxPayload)
	b.Kind = string(bytes.Repeat([]byte("a"), 32))
	for i := range MaxCauses {
		b.Causes = append(b.Causes, Cause{Chain{wire.JournalistID{byte(i)}, 1}, 1, wire.Hash{1}})
	}
	slices.SortFunc(b.Causes, func(x, y Cause) int { return x.Chain.Compare(y.Chain) })
	e, err := Sign(k, b)
	if err != nil || len(e.Bytes()) != MaxEvent {
		t.Errorf("the largest event: %v", err)
	}
}

func FuzzUnpack(f *testing.F) {
	d := newDesk(f, journalist(f, "Anna"))
	e := d.write("x", "text", 1)
	p := NewPacker(d.book.Heads(), 1000)
	p.Add(e, 0)
	f.Add(p.Bytes())
	f.Add(NewPacker(nil, 1000).Bytes())
	f.Fuzz(func(_ *testing.T, b []byte) {
		_, pieces, err := Unpack(b)
		if err != nil {
			return
		}
		a := NewAssembler()
		for _, p := range pieces {
			_, _ = a.Add(p) // no panic, no growth beyond bounds
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add(newDesk(f, journalist(f, "Anna")).write("x", "text", 1).Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		u, err := Parse(b)
		if err != nil {
			return
		}
		again, err := u.event.encode()
		if err != nil || !bytes.Equal(append(again, u.sig...), b) {
			t.Errorf("one event has two encodings: %v", err)
		}
	})
}
