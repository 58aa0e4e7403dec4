// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"strings"
	"testing"
	"time"

	"tamizdat/desk/casebook"
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
	if n := vera.s.book.Len(); n < 6 {
		t.Errorf("she took in %d events", n)
	}
	if again := w.reopen(2); again.s.book.Len() != vera.s.book.Len() || again.s.position(wire.Desk).size != vera.s.position(wire.Desk).size {
		t.Error("a desk that was opened again knows something else")
	}
}
