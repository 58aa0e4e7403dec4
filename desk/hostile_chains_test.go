// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"fmt"
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

// chainEvent is the first event of another chain of a desk's.
func chainEvent(t *testing.T, d *Desk, incarnation uint32, text string) *casebook.Event {
	t.Helper()
	e, err := casebook.Sign(d.keys, casebook.Body{
		Newsroom: d.s.newsroom.Key(), Chain: casebook.Chain{Incarnation: incarnation}, N: 1, Kind: "x", Payload: []byte(text),
	})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// packed are the events of the segment of a page.
func (d *Desk) packedFor(page uint64) []wire.Hash {
	var out []wire.Hash
	for _, p := range d.pack(casebook.NewPacker(d.s.book.Heads(), letter.MaxSegmentEvents), int64(page)*3600) {
		out = append(out, wire.Hash(p.ID))
	}
	return out
}

// TestOneWhoSaysThatHeLacksAll: Boris's heads say that he has nothing, page after page.
// What Vera lacks comes to her all the same, and soon.
func TestOneWhoSaysThatHeLacksAll(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	anna, boris, vera := w.desks[0], w.desks[1], w.desks[2]
	for range 8 {
		e := bigEvent(t, anna, 60_000)
		w.must(anna.commit(&eventsKept{Events: [][]byte{e.Bytes()}}))
		anna.s.carried[e.ID()] = 1
	}
	heads := anna.s.book.Heads() // what Vera has
	w.must(anna.tell(kindNote, noteWritten{On: "x", Text: "the last"}))
	var last wire.Hash
	for e := range anna.s.book.All() {
		last = e.ID()
		anna.s.carried[last] = 1
	}
	anna.s.heard[boris.ID()] = heard{page: 100}
	anna.s.heard[vera.ID()] = heard{page: 100, heads: heads}
	clear(anna.s.outgoing)
	for page := uint64(100); page < 108; page++ {
		if slices.Contains(anna.packedFor(page), last) {
			return
		}
	}
	t.Error("in eight segments there was no room for what Vera lacks")
}

// TestForkIsNotToldAgain: events of a chain that is cut come again and again. Nothing of
// them is written down once they are there, nor what there is no room for.
func TestForkIsNotToldAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna, boris := w.desks[0], w.desks[1]
	one, two := chainEvent(t, boris, 9, "one"), chainEvent(t, boris, 9, "two")
	take := func(page uint64, events ...*casebook.Event) int {
		p := casebook.NewPacker(nil, letter.MaxSegmentEvents)
		for _, e := range events {
			p.Add(e, 0)
		}
		f := &found{d: anna}
		anna.takeSegment(f, boris.ID(), page, p.Bytes())
		kept := 0
		for _, p := range f.events {
			if k, ok := p.(*eventsKept); ok {
				kept += len(k.Events)
			}
		}
		w.must(f.commit())
		return kept
	}
	if n := take(1, one, two); n != 2 {
		t.Fatalf("%d events are kept", n)
	}
	for page := range uint64(5) {
		if n := take(page, one, two, one); n != 0 {
			t.Errorf("%d events are kept once more", n)
		}
	}
	var begun [][]byte
	for i := range uint32(casebook.MaxChains) {
		begun = append(begun, chainEvent(t, boris, 100+i, "x").Bytes())
	}
	w.must(anna.commit(&eventsKept{Events: begun}))
	if n := take(9, chainEvent(t, boris, 9999, "one too many")); n != 0 {
		t.Errorf("%d events of a void chain are kept", n)
	}
}

// TestLastPiecesOfManyInOnePage: seven colleagues save the last pieces of great events for
// one page. Its record has room for it, and the rest comes again.
func TestLastPiecesOfManyInOnePage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna := w.desks[0]
	f := &found{d: anna}
	for i := range 7 {
		from := w.desks[1+i%2].ID()
		from[31] ^= byte(i) // colleagues that this newsroom has not
		last := casebook.NewPacker(nil, letter.MaxSegmentEvents)
		a := anna.s.assembler(from)
		for n := range 7 {
			e := bigEvent(t, w.desks[1], casebook.MaxPayload-7*i-n)
			_, err := a.Add(casebook.Piece{ID: e.ID(), Total: len(e.Bytes()), Part: e.Bytes()[:len(e.Bytes())-1]})
			w.must(err)
			last.Add(e, len(e.Bytes())-1)
		}
		anna.takeSegment(f, from, 5, last.Bytes())
	}
	if f.bulk > 7*maxWhole+1<<16 || f.bulk < 7<<20 {
		t.Errorf("%d bytes of the casebook are in one record", f.bulk)
	}
	w.must(f.commit())
}

// TestOpenedIsToldAgainAfterAFork: what Anna's desk found in a letter stood behind the fork
// of her chain. It is told again, or colleagues would hold that nothing opened there.
func TestOpenedIsToldAgainAfterAFork(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	anna, boris := w.desks[0], w.desks[1]
	fork := bigEvent(t, anna, 1) // the next of her chain, which a thief has made
	w.write(newSource(t), "hello")
	w.pass(3 * time.Hour)
	id := boris.Letters()[0].ID
	w.must(boris.commit(&eventsKept{Events: [][]byte{fork.Bytes()}}))
	if a, err := boris.Agreement(id); err != nil || slices.Contains(a.Same, "Anna") {
		t.Fatalf("before she tells it again: %+v, %v", a, err)
	}
	w.double.hostile = true
	w.pass(30 * time.Hour)
	for _, d := range w.desks[1:] {
		if a, err := d.Agreement(id); err != nil || !slices.Contains(a.Same, "Anna") || a.Doubtful() {
			t.Errorf("%s is told %+v, %v", d.s.name, a, err)
		}
	}
	if n := len(anna.s.shared.opened); n != 1 {
		t.Errorf("%d letters were stated", n)
	}
}

// TestSomebodyElseUsesUpHerName: a thief of Anna's key begins more chains than count, all
// below hers. Her desk says so, begins no incarnation after another, and goes on reading.
func TestSomebodyElseUsesUpHerName(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	anna := w.desks[0]
	w.must(anna.NewIncarnation())
	w.must(anna.tell(kindNote, noteWritten{On: "x", Text: "before"}))
	var stolen [][]byte
	for i := range uint32(casebook.MaxChains) {
		stolen = append(stolen, chainEvent(t, anna, 1000-i, "x").Bytes())
	}
	w.must(anna.commit(&eventsKept{Events: stolen}))
	own := anna.s.incarnation
	for range 3 {
		w.round(anna)
	}
	if err := anna.tell(kindNote, noteWritten{On: "x"}); err != ErrUsedUp { //nolint:errorlint // it is told as it is
		t.Errorf("a note: %v", err)
	}
	if anna.s.incarnation != own || strings.Count(rows(anna), "fork") != 1 {
		t.Errorf("incarnation %d after %d, told %q", anna.s.incarnation, own, rows(anna))
	}
	if n := len(anna.notes("x")); n != 0 {
		t.Errorf("%d notes count", n)
	}
	w.reopen(0)
}

// TestManyChainsTakenBack: a colleague begins chains from the highest down, each of which
// takes one back. A desk that is opened again, and folds all once at the end, knows the same.
func TestManyChainsTakenBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	anna, boris := w.desks[0], w.desks[1]
	for i := range 300 {
		w.must(anna.tell(kindNote, noteWritten{On: "x", Text: fmt.Sprint(i)}))
	}
	for page := range uint64(8) {
		k := &eventsKept{}
		for i := range uint32(100) {
			k.Events = append(k.Events, chainEvent(t, boris, 5000-100*uint32(page)-i, "x").Bytes())
		}
		w.must(anna.commit(k))
	}
	if n := len(w.reopen(0).notes("x")); n != 300 {
		t.Errorf("%d notes", n)
	}
}

// TestBranchesAboveAGap: Vera hears of two branches of a chain and not of what stands
// before them, and Anna's events name that. It comes to her.
func TestBranchesAboveAGap(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	anna, boris, vera := w.desks[0], w.desks[1], w.desks[2]
	all := branch(t, boris, "common", 4)
	common, one := all[:3], all[3]
	two, err := casebook.Sign(boris.keys, casebook.Body{
		Newsroom: one.Newsroom, Chain: one.Chain, N: one.N, Prev: one.Prev, Kind: "x", Payload: []byte("another"),
	})
	w.must(err)
	for _, e := range common {
		w.must(anna.commit(&eventsKept{Events: [][]byte{e.Bytes()}}))
		anna.s.carried[e.ID()] = 999
	}
	w.must(anna.tell(kindNote, noteWritten{On: "x", Text: "names it"}))
	w.must(vera.commit(&eventsKept{Events: [][]byte{one.Bytes(), two.Bytes()}}))
	clear(anna.s.outgoing)
	clear(vera.s.outgoing)
	clear(anna.s.heard)
	clear(vera.s.heard)
	for page := uint64(1000); page < 1030; page++ {
		w.exchange(anna, vera, page)
		w.exchange(vera, anna, page)
	}
	if n := len(vera.notes("x")); n != 1 {
		t.Errorf("Vera has %d notes; %s, Anna %s", n, vera.s.book, anna.s.book)
	}
}

// TestSegmentIsFilledBeforeTheConnection: what there is to say was chosen, sealed and
// written down before the drop is called.
func TestSegmentIsFilledBeforeTheConnection(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	d := w.desks[0]
	w.must(d.WriteNote(&Thread{ID: "x"}, "hello"))
	w.clock = time.Unix(d.nextSegment()+1, 0)
	w.must(w.drop.Seal(t.Context()))
	d = w.reopen(0) // it knows to whom it seals from its journal
	sealing := d.nextSegment()
	w.clock = d.segmentDue(sealing)
	filled := func() bool { return d.s.outgoing[sealing] != nil }
	if filled() {
		t.Fatal("it was filled before its moment")
	}
	connect := d.connect
	d.connect = func(address string) (drop.Drop, error) {
		if !filled() {
			t.Error("a connection is made, and the segment is not filled")
		}
		return connect(address)
	}
	w.round(d)
	if o := d.s.outgoing[sealing]; o == nil || !o.taken || len(o.packed) == 0 {
		t.Errorf("the segment: %+v", o)
	}
}

// TestDesksWithOtherChainsAgree: Boris shows Anna the lowest chains that count and Vera
// higher ones, more than heads can tell of, and they name what they saw or do not. They come
// to the same state, and then there is nothing left to send.
func TestDesksWithOtherChainsAgree(t *testing.T) {
	t.Parallel()
	t.Run("named", func(t *testing.T) { otherChains(t, 1) })
	t.Run("not named", func(t *testing.T) { otherChains(t, 0) })
}

func otherChains(t *testing.T, named uint32) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	anna, boris, vera := w.desks[0], w.desks[1], w.desks[2]
	for e := range boris.s.book.All() { // what was on its way: his own desk brings it to all
		for _, d := range []*Desk{anna, vera} {
			if !d.s.book.Has(e.ID()) {
				w.must(d.commit(&eventsKept{Events: [][]byte{e.Bytes()}}))
			}
		}
	}
	show := func(d *Desk, from, to uint32) {
		k := &eventsKept{}
		for i := from; i < to; i++ {
			e := chainEvent(t, boris, i, "x")
			k.Events = append(k.Events, e.Bytes())
			d.s.carried[e.ID()] = 900 // in a segment that the other could not open
		}
		w.must(d.commit(k))
		for range named * (to - from) / casebook.MaxCauses {
			w.must(d.tell(kindNote, noteWritten{On: "x", Text: d.s.name})) // names them
		}
		clear(d.s.outgoing)
		clear(d.s.heard)
	}
	show(anna, 1000, 1000+casebook.MaxChains)
	show(vera, 2000, 2000+2*casebook.MaxCauses)
	for page := uint64(1000); page < 1060; page++ {
		if page == 1040 { // by what they know, colleagues find what heads do not tell of
			w.must(anna.tell(kindNote, noteWritten{On: "x", Text: "later"}))
			w.must(vera.tell(kindNote, noteWritten{On: "x", Text: "later"}))
		}
		w.exchange(anna, vera, page)
		w.exchange(vera, anna, page)
	}
	if diff := cmp.Diff(anna.s.book.Heads(), vera.s.book.Heads()); diff != "" || anna.s.book.Len() != vera.s.book.Len() {
		t.Errorf("%s; Vera %s\n%s", anna.s.book, vera.s.book, diff)
	}
	if a, v := len(anna.notes("x")), len(vera.notes("x")); a != 6*int(named)+2 || v != a {
		t.Errorf("Anna has %d notes and Vera %d", a, v)
	}
	for page := uint64(1060); page < 1064; page++ {
		if a, v := anna.packedFor(page), vera.packedFor(page); len(a)+len(v) > 0 {
			t.Errorf("%d and %d events go on being sent", len(a), len(v))
		}
	}
}
