// SPDX-License-Identifier: Apache-2.0

package casebook

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tamizdat/letter"
	"tamizdat/letter/wire"
)

func newsroom() wire.NewsroomKey { return wire.NewsroomKey{7} }

func journalist(t testing.TB, name string) *letter.JournalistKeys {
	t.Helper()
	k, err := letter.NewJournalistKeys(name)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// desk is one copy of the book with a fold over it.
type desk struct {
	t     testing.TB
	key   *letter.JournalistKeys
	inc   uint32
	book  *Book
	state *Register
}

func newDesk(t testing.TB, key *letter.JournalistKeys) *desk {
	return &desk{t: t, key: key, inc: 1, book: New(newsroom()), state: NewRegister()}
}

func (d *desk) fold(taken []*Taken) {
	if d.book.Cut() {
		d.state = NewRegister()
		taken = slices.Collect(d.book.All())
	}
	for _, e := range taken {
		d.state.Set(e, Cell{e.Kind, "text"}, e.Payload)
	}
}

func (d *desk) add(e *Event) {
	d.t.Helper()
	taken, err := d.book.Add(e)
	if err != nil {
		d.t.Fatal(err)
	}
	d.fold(taken)
}

// write makes an event that sets a cell.
func (d *desk) write(thing, text string, at int64) *Event {
	d.t.Helper()
	b := d.book.Next(Chain{d.key.ID(), d.inc})
	b.At, b.Kind, b.Payload = at, thing, []byte(text)
	e, err := Sign(d.key, b)
	if err != nil {
		d.t.Fatal(err)
	}
	d.add(e)
	return e
}

// seen is what a person sees of a desk.
func (d *desk) seen() map[string][]string {
	out := map[string][]string{}
	for c := range d.state.cells {
		for _, v := range d.state.Values(c) {
			out[c.Thing] = append(out[c.Thing], string(v.Bytes))
		}
	}
	return out
}

func (d *desk) sameAs(o *desk) string {
	return cmp.Diff(d.seen(), o.seen()) + cmp.Diff(d.book.Heads(), o.book.Heads())
}

// Anna and Boris name a thread each without knowing of the other; both names stay
// until Vera, who has heard of both, decides.
func TestTwoNamesForOneThread(t *testing.T) {
	anna, boris, vera := newDesk(t, journalist(t, "Anna")), newDesk(t, journalist(t, "Boris")), newDesk(t, journalist(t, "Vera"))
	a, b := anna.write("thread", "the archive", 100), boris.write("thread", "the basement", 50)
	for _, d := range []*desk{anna, boris, vera} {
		d.add(a)
		d.add(b)
	}
	if diff := cmp.Diff(map[string][]string{"thread": {"the archive", "the basement"}}, vera.seen()); diff != "" {
		t.Error(diff)
	}
	if len(vera.state.Conflicts()) != 1 {
		t.Error("the conflict is not shown")
	}
	c := vera.write("thread", "the basement", 60)
	for _, d := range []*desk{anna, boris} {
		d.add(c)
		if diff := cmp.Diff(map[string][]string{"thread": {"the basement"}}, d.seen()); diff != "" || len(d.state.Conflicts()) > 0 {
			t.Error(diff)
		}
	}
}

// An event that comes before what it knows waits for it.
func TestEventsWaitForTheirCauses(t *testing.T) {
	anna, boris, vera := newDesk(t, journalist(t, "Anna")), newDesk(t, journalist(t, "Boris")), newDesk(t, journalist(t, "Vera"))
	first := anna.write("x", "1", 1)
	second := anna.write("x", "2", 2)
	boris.add(first)
	boris.add(second)
	third := boris.write("x", "3", 3)
	for _, e := range []*Event{third, second, third} {
		vera.add(e)
	}
	if len(vera.seen()) > 0 || len(vera.book.Waiting()) != 2 {
		t.Fatalf("%v is shown, %s", vera.seen(), vera.book)
	}
	vera.add(first)
	if diff := vera.sameAs(boris); diff != "" {
		t.Error(diff)
	}
}

// A desk that was run twice, or a stolen key: both branches end where they part, at
// every desk, in whatever order it hears of them.
func TestForkEndsBothBranches(t *testing.T) {
	anna, boris := journalist(t, "Anna"), journalist(t, "Boris")
	one, two, reader := newDesk(t, anna), newDesk(t, anna), newDesk(t, boris)
	common := one.write("x", "common", 1)
	two.add(common)
	a, b := one.write("x", "one", 2), two.write("x", "two", 3)
	later := two.write("y", "more", 4)
	reader.add(common)
	reader.add(b)
	reader.add(later)
	reply := reader.write("x", "an answer", 0) // it knows what will not count, and what will
	all := []*Event{common, a, b, later, reply}
	for range 20 {
		rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		d := newDesk(t, boris)
		for _, e := range all {
			d.add(e)
		}
		want := map[string][]string{"x": {"an answer"}}
		if diff := cmp.Diff(want, d.seen()); diff != "" {
			t.Fatal(diff)
		}
		if len(d.book.Forks()) != 1 || len(d.book.SetAside()) != 3 {
			t.Errorf("%d forks, %d set aside", len(d.book.Forks()), len(d.book.SetAside()))
		}
	}
	reader.add(a)
	if diff := cmp.Diff(map[string][]string{"x": {"an answer"}}, reader.seen()); diff != "" {
		t.Error(diff)
	}
}

// One who left goes on counting as far as colleagues had heard of him, and no further.
func TestFormerJournalist(t *testing.T) {
	anna, boris, vera := newDesk(t, journalist(t, "Anna")), newDesk(t, journalist(t, "Boris")), newDesk(t, journalist(t, "Vera"))
	before, after := boris.write("x", "before", 1), boris.write("x", "in anger", 2)
	anna.add(before)
	members := []wire.JournalistID{anna.key.ID(), vera.key.ID()}
	roster := anna.write("roster", "2", 3) // says what she had taken in
	anna.fold(anna.book.SetAuthors(members))
	vera.fold(vera.book.SetAuthors(members))
	vera.add(before)
	vera.add(after)
	anna.add(after)
	if len(vera.seen()) > 0 {
		t.Errorf("%v counts, and nobody has named it", vera.seen())
	}
	vera.add(roster)
	if diff := vera.sameAs(anna); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"before"}, vera.seen()["x"]); diff != "" {
		t.Error(diff)
	}
	if w := vera.book.Waiting(); len(w) != 1 || w[0].ID() != after.ID() {
		t.Errorf("%d events wait to be shown", len(w))
	}
}

// TestEveryOrderGivesTheSameState lets desks write and hear of each other at random,
// with clocks that are wrong, and one author who may run twice; then all hear of all, in
// orders of their own. It compares what they show, and what events know with a search
// through the graph.
func TestEveryOrderGivesTheSameState(t *testing.T) {
	keys := []*letter.JournalistKeys{journalist(t, "Anna"), journalist(t, "Boris"), journalist(t, "Vera")}
	rapid.Check(t, func(r *rapid.T) {
		var desks []*desk
		for _, k := range keys {
			desks = append(desks, newDesk(t, k))
		}
		var all []*Event
		if rapid.Bool().Draw(r, "twice") {
			again := newDesk(t, keys[0])
			for i := range rapid.IntRange(0, 3).Draw(r, "before it was copied") {
				e := desks[0].write("x", fmt.Sprint(i), 9)
				again.add(e)
				all = append(all, e)
			}
			desks = append(desks, again)
		}
		for range rapid.IntRange(1, 30).Draw(r, "steps") {
			d := desks[rapid.IntRange(0, len(desks)-1).Draw(r, "desk")]
			if len(all) > 0 && rapid.Bool().Draw(r, "hear") {
				d.add(all[rapid.IntRange(0, len(all)-1).Draw(r, "event")])
				continue
			}
			thing := rapid.SampledFrom([]string{"x", "y"}).Draw(r, "thing")
			if c := d.book.chain(Chain{d.key.ID(), 1}); c != nil && c.fork[0] != nil {
				d.inc = 2 + uint32(slices.Index(desks, d)) // what a person is told to do
			}
			all = append(all, d.write(thing, fmt.Sprint(len(all)), rapid.Int64Range(0, 5).Draw(r, "clock")))
		}
		var copies []*desk
		for i := range 3 {
			d := newDesk(t, keys[0])
			for _, e := range rapid.Permutation(all).Draw(r, fmt.Sprint("order ", i)) {
				d.add(e)
				d.add(e)
			}
			copies = append(copies, d)
		}
		for _, d := range desks {
			for _, e := range all {
				d.add(e)
			}
		}
		for _, d := range append(copies[1:], desks...) {
			if diff := copies[0].sameAs(d); diff != "" {
				r.Fatal(diff)
			}
		}
		if w := copies[0].book.Waiting(); len(w) > 0 {
			r.Fatalf("%d events wait for ever", len(w))
		}
		compareWithGraph(r, copies[0].book)
	})
}

// compareWithGraph finds what each event knows by walking.
func compareWithGraph(r *rapid.T, b *Book) {
	knows := map[wire.Hash]map[wire.Hash]bool{}
	var events []*Taken
	for e := range b.All() {
		known := map[wire.Hash]bool{e.id: true}
		from := []wire.Hash{e.Prev}
		for _, c := range e.Causes {
			named := b.chain(c.Chain)
			if named == nil {
				continue // one too many of its author's
			}
			if at := min(c.N, uint64(len(named.events))); at > 0 {
				from = append(from, named.events[at-1].id)
			}
		}
		for _, id := range from {
			for k := range knows[id] {
				known[k] = true
			}
		}
		knows[e.id] = known
		events = append(events, e)
	}
	for _, e := range events {
		for _, o := range events {
			if e.Knew(o) != knows[e.id][o.id] {
				r.Fatalf("%s/%d knows %s/%d: %v", e.Chain, e.N, o.Chain, o.N, e.Knew(o))
			}
		}
	}
}

// A colleague who fills his room with events whose beginning never comes does not keep
// out what others wrote, whether it has to wait or not, nor what of his own need not.
func TestFullWaitingRoomSilencesNobody(t *testing.T) {
	anna, boris := newDesk(t, journalist(t, "Anna")), newDesk(t, journalist(t, "Boris"))
	reader := newDesk(t, journalist(t, "Vera"))
	waits := func(i int) *Event {
		body := Body{Newsroom: newsroom(), Chain: Chain{Incarnation: uint32(i + 1)}, N: 2, Prev: wire.Hash{1}, Kind: "x"}
		e, err := Sign(boris.key, body)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	for i := range maxWaiting {
		reader.add(waits(i))
	}
	one := waits(maxWaiting)
	if _, err := reader.book.Add(one); !errors.Is(err, ErrFull) || reader.book.Wants(one) {
		t.Errorf("one event more waits: %v", err)
	}
	first, second := anna.write("x", "1", 1), anna.write("x", "2", 2)
	boris.inc = maxWaiting + 1
	for _, e := range []*Event{second, first, reader.write("y", "own", 3), boris.write("z", "ready", 4)} {
		reader.add(e)
	}
	if diff := cmp.Diff(map[string][]string{"x": {"2"}, "y": {"own"}, "z": {"ready"}}, reader.seen()); diff != "" {
		t.Error(diff)
	}
}
