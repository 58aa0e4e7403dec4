// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"crypto/sha256"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tamizdat/desk/casebook"
	"tamizdat/drop"
	"tamizdat/letter"
	"tamizdat/letter/wire"
)

// bigEvent is a next event of a desk's, of about n bytes. The desk does not keep it.
func bigEvent(t *testing.T, d *Desk, n int) *casebook.Event {
	t.Helper()
	b := d.s.book.Next(casebook.Chain{Author: d.ID(), Incarnation: d.s.incarnation})
	b.Kind, b.Payload = "x", []byte(strings.Repeat("x", n))
	e, err := casebook.Sign(d.keys, b)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// segmentOf packs an event from an offset on, and tells up to where.
func segmentOf(e *casebook.Event, from int) (events []byte, to int) {
	p := casebook.NewPacker(nil, letter.MaxSegmentEvents)
	to = p.Add(e, from)
	return p.Bytes(), to
}

// TestLastPieceAgainAndAgain: a colleague repeats the last missing piece of a great event.
// One who comes back after a weekend takes it in once, and her record has room.
func TestLastPieceAgainAndAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna, boris := w.desks[0], w.desks[1]
	e := bigEvent(t, boris, casebook.MaxPayload)
	f := &found{d: anna}
	for to := 1; to < len(e.Bytes()); { // all but the first byte
		var events []byte
		events, to = segmentOf(e, to)
		anna.takeSegment(f, boris.ID(), 0, events)
	}
	w.must(f.commit())
	for page := range uint64(64) {
		events, _ := segmentOf(e, 0)
		anna.takeSegment(f, boris.ID(), page, events)
	}
	kept := 0
	for _, p := range f.events {
		if k, ok := p.(*eventsKept); ok {
			kept += len(k.Events)
		}
	}
	if kept > 1 {
		t.Errorf("one record has the event %d times", kept)
	}
	w.must(f.commit())
	if !anna.s.book.Has(e.ID()) {
		t.Error("it was not taken in")
	}
}

// TestGreatEventComesAgain: what a page held when a colleague could not open it comes
// again to its end, also where it is of many segments.
func TestGreatEventComesAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	anna := w.desks[0]
	e := bigEvent(t, anna, 100_000)
	w.must(anna.commit(&eventsKept{Events: [][]byte{e.Bytes()}}))
	clear(anna.s.outgoing)
	sealing, page := int64(0), uint64(100)
	send := func() (packed []packedPart) {
		sealing, page = sealing+1, page+1
		packed = anna.pack(casebook.NewPacker(nil, letter.MaxSegmentEvents), sealing)
		w.must(anna.commit(&segmentFilled{Sealing: sealing, Hash: sha256.Sum256([]byte{byte(sealing)}), Packed: packed}))
		w.must(anna.commit(&segmentClosed{Sealing: sealing, Sealed: true, Page: page}))
		return packed
	}
	for pass := range 2 {
		for _, d := range w.desks[1:] {
			anna.s.heard[d.ID()] = heard{page: page + 50}
		}
		got := 0
		for range 10 {
			for _, p := range send() {
				if wire.Hash(p.ID) == e.ID() && p.From == got {
					got = p.To
				}
			}
		}
		if got != len(e.Bytes()) {
			t.Errorf("time %d: %d of %d bytes were sent", pass, got, len(e.Bytes()))
		}
	}
}

// TestColleagueClaimsAnEvent: one who says in each page that it ends there, and sends a
// single byte, keeps its author from sending neither the rest nor the whole again.
func TestColleagueClaimsAnEvent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	anna, boris, vera := w.desks[0], w.desks[1], w.desks[2]
	e := bigEvent(t, anna, 100_000)
	w.must(anna.commit(&eventsKept{Events: [][]byte{e.Bytes()}}))
	clear(anna.s.outgoing)
	for n := range uint64(30) {
		page := 100 + n
		packed := anna.pack(casebook.NewPacker(nil, letter.MaxSegmentEvents), int64(n))
		whole := slices.ContainsFunc(packed, func(p packedPart) bool { return wire.Hash(p.ID) == e.ID() && p.To == len(e.Bytes()) })
		if whole && n > 10 {
			return
		}
		w.must(anna.commit(&segmentFilled{Sealing: int64(n), Hash: sha256.Sum256([]byte{byte(n)}), Packed: packed}))
		w.must(anna.commit(&segmentClosed{Sealing: int64(n), Sealed: true, Page: page}))
		claim, _ := segmentOf(e, len(e.Bytes())-1)
		f := &found{d: anna}
		anna.takeSegment(f, boris.ID(), page, claim)
		w.must(f.commit())
		anna.s.heard[vera.ID()] = heard{page: page}
	}
	t.Error("it was not sent a second time")
}

// TestMuchInOneView: a view of pages in which great events end is written down in several
// records, and the log is whole after it.
func TestMuchInOneView(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	boris, vera := w.desks[1], w.desks[2]
	for range 6 {
		e := bigEvent(t, boris, casebook.MaxPayload)
		w.must(boris.commit(&eventsKept{Events: [][]byte{e.Bytes()}}))
	}
	w.desks = w.desks[:2]
	w.pass(150 * time.Hour)
	w.desks = append(w.desks, vera)
	records := 0
	f := vera.s.position(wire.Desk).size
	for vera.s.position(wire.Desk).size < w.desks[0].s.position(wire.Desk).size {
		records++
		w.round(vera)
		if records > 4 {
			t.Fatalf("she goes on from page %d again and again, of %d", f, w.desks[0].s.position(wire.Desk).size)
		}
	}
	// What Boris said before she had keys she cannot have read: his events wait for it.
	if n := vera.s.book.Len() + len(vera.s.book.Waiting()); n < 6 {
		t.Errorf("she has %d events", n)
	}
	if again := w.reopen(2); again.s.book.Len() != vera.s.book.Len() || again.s.position(wire.Desk).size != vera.s.position(wire.Desk).size {
		t.Error("a desk that was opened again knows something else")
	}
}

// exchange lets one desk write the segment of a page, which another reads.
func (w *world) exchange(from, to *Desk, page uint64) {
	w.t.Helper()
	p := casebook.NewPacker(from.s.book.Heads(), letter.MaxSegmentEvents)
	sealing := int64(page) * 3600
	packed := from.pack(p, sealing)
	w.must(from.commit(&segmentFilled{Sealing: sealing, Hash: sha256.Sum256(p.Bytes()), Packed: packed}))
	w.must(from.commit(&segmentClosed{Sealing: sealing, Sealed: true, Page: page}))
	f := &found{d: to}
	to.takeSegment(f, from.ID(), page, p.Bytes())
	w.must(f.commit())
}

// branch are events of a desk's chain that only one colleague is shown.
func branch(t *testing.T, d *Desk, text string, n int) []*casebook.Event {
	t.Helper()
	book := casebook.New(d.s.newsroom.Key())
	var out []*casebook.Event
	for range n {
		b := book.Next(casebook.Chain{Author: d.ID(), Incarnation: 9})
		b.Kind, b.Payload = "x", []byte(text)
		e, err := casebook.Sign(d.keys, b)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := book.Add(e); err != nil {
			t.Fatal(err)
		}
		out = append(out, e)
	}
	return out
}

// TestTwoBranchesShownToTwo: Boris shows one branch to Anna and another to Vera, so that
// they meet first where the branches are long apart. They find the place at which they
// part, and go on hearing each other.
func TestTwoBranchesShownToTwo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	anna, boris, vera := w.desks[0], w.desks[1], w.desks[2]
	for i, d := range []*Desk{anna, vera} {
		for _, e := range branch(t, boris, d.s.name, 3+i) {
			w.must(d.commit(&eventsKept{Events: [][]byte{e.Bytes()}}))
			w.must(d.tell(kindNote, noteWritten{On: "x", Text: d.s.name})) // names it
			d.s.carried[e.ID()] = 999                                      // in a segment that the other could not open
		}
		clear(d.s.outgoing)
		clear(d.s.heard) // he says that he lacks nothing
	}
	for page := uint64(1000); page < 1060; page++ {
		w.exchange(anna, vera, page)
		w.exchange(vera, anna, page)
	}
	if diff := cmp.Diff(anna.s.book.Heads(), vera.s.book.Heads()); diff != "" {
		t.Error(diff)
	}
	if a, v := len(anna.notes("x")), len(vera.notes("x")); a != 7 || v != 7 {
		t.Errorf("Anna has %d notes and Vera %d; %s, %s", a, v, anna.s.book, vera.s.book)
	}
}

// TestNoteAfterTheForkWasSeen: what somebody writes after a page has shown that her own
// chain is cut, and before the round could end, is not lost.
func TestNoteAfterTheForkWasSeen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna := w.desks[0]
	one, two := bigEvent(t, anna, 1), bigEvent(t, anna, 2)
	w.must(anna.commit(&eventsKept{Events: [][]byte{one.Bytes()}}))
	w.must(anna.commit(&eventsKept{Events: [][]byte{two.Bytes()}}))
	w.must(anna.tell(kindNote, noteWritten{On: "x", Text: "I was told that this is kept"}))
	if n := anna.notes("x"); len(n) != 1 {
		t.Errorf("%d notes are kept", len(n))
	}
}

// closing is a drop whose connections end.
type closing struct {
	drop.Drop
	closed func()
}

func (c closing) Close() { c.closed() }

// TestConnectionsEndBeforeLettersOpen: the moment at which they end does not tell how much
// a desk opened and wrote down.
func TestConnectionsEndBeforeLettersOpen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	d := w.desks[0]
	w.write(newSource(t), "hello")
	w.desks = w.desks[1:]
	w.pass(2 * time.Hour)
	connect, seen := d.connect, []int{}
	d.connect = func(address string) (drop.Drop, error) {
		to, err := connect(address)
		return closing{to, func() { seen = append(seen, len(d.s.letters)) }}, err
	}
	if r := w.round(d); r.Letters != 1 || len(seen) == 0 || seen[0] != 0 {
		t.Errorf("%d letters; when connections ended it had %v", r.Letters, seen)
	}
}

// TestSilentAfterAClockAhead: a colleague whose clock was years ahead for one event is
// missed like any other when nothing more comes.
func TestSilentAfterAClockAhead(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna, boris := w.desks[0], w.desks[1]
	b := anna.s.book.Next(casebook.Chain{Author: boris.ID(), Incarnation: 1})
	b.Kind, b.At = "x", w.clock.AddDate(20, 0, 0).Unix()
	e, err := casebook.Sign(boris.keys, b)
	w.must(err)
	w.must(anna.commit(&eventsKept{Events: [][]byte{e.Bytes()}}))
	w.clock = w.clock.Add(8 * 24 * time.Hour)
	if !slices.Contains(anna.silent(), boris.ID()) {
		t.Error("nobody misses him")
	}
}
