// SPDX-License-Identifier: Apache-2.0

package casebook

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tamizdat/letter"
	"tamizdat/letter/wire"
)

// A colleague in anger begins one incarnation after another, from the highest down. Of
// them count the lowest, at every desk, and what others wrote counts whatever it names.
func TestTooManyChains(t *testing.T) {
	anna, boris := newDesk(t, journalist(t, "Anna")), newDesk(t, journalist(t, "Boris"))
	const most = MaxChains + 40
	for i := range most {
		boris.inc = uint32(most - i)
		e := boris.write(fmt.Sprint(boris.inc), "begun", 1)
		anna.add(e)
		if i%16 == 0 {
			anna.write("anna", fmt.Sprint(i), 2) // names it
		}
	}
	anna.add(anna.write("anna", "heard", 3))
	if n := len(anna.book.chains); n != MaxChains+1 {
		t.Errorf("%d chains are kept", n)
	}
	if anna.book.Open(Chain{boris.key.ID(), most}) || !anna.book.Open(Chain{boris.key.ID(), MaxChains}) {
		t.Error("other chains count than the lowest")
	}
	if diff := cmp.Diff([]string{"heard"}, anna.seen()["anna"]); diff != "" || len(anna.seen()) != MaxChains+1 {
		t.Errorf("%d things: %s", len(anna.seen()), diff)
	}
	if n := len(anna.book.Heads()); n != MaxCauses {
		t.Errorf("%d heads", n)
	}
	if n := len(anna.book.SetAside()); n != 40 {
		t.Errorf("%d events are set aside", n)
	}
}

// One who forks chain after chain keeps those below the last fork that counts, and the
// proofs are few.
func TestTooManyForks(t *testing.T) {
	one, two := newDesk(t, journalist(t, "Boris")), newDesk(t, nil)
	two.key = one.key
	reader := newDesk(t, journalist(t, "Anna"))
	for i := range uint32(3 * MaxForks) {
		one.inc, two.inc = 100-i, 100-i
		reader.add(one.write("x", "one", 1))
		reader.add(two.write("x", "two", 1))
	}
	one.inc = 1
	reader.add(one.write("y", "still counts", 1))
	one.inc = 101
	reader.add(one.write("y", "does not", 1))
	if n := len(reader.book.Forks()); n != MaxForks {
		t.Errorf("%d forks are kept", n)
	}
	if diff := cmp.Diff(map[string][]string{"y": {"still counts"}}, reader.seen()); diff != "" {
		t.Error(diff)
	}
}

// bounded is a desk whose book holds few chains.
func bounded(t *testing.T, key *letter.JournalistKeys) *desk {
	d := newDesk(t, key)
	d.book.most = limits{3, 2}
	return d
}

// TestEveryOrderOfTooManyChains is TestEveryOrderGivesTheSameState with a journalist who
// runs twice in many incarnations, and leaves. In whatever order desks hear of his chains
// and of the roster, the same counts, and nothing that counts waits.
func TestEveryOrderOfTooManyChains(t *testing.T) {
	keys := []*letter.JournalistKeys{journalist(t, "Anna"), journalist(t, "Vera"), journalist(t, "Boris"), nil}
	keys[3] = keys[2]
	members := []wire.JournalistID{keys[0].ID(), keys[1].ID()}
	rapid.Check(t, func(r *rapid.T) {
		var desks []*desk
		for _, k := range keys {
			desks = append(desks, bounded(t, k))
		}
		var all []*Event
		for range rapid.IntRange(1, 50).Draw(r, "steps") {
			i := rapid.IntRange(0, len(desks)-1).Draw(r, "desk")
			d := desks[i]
			if len(all) > 0 && rapid.Bool().Draw(r, "hear") {
				d.add(all[rapid.IntRange(0, len(all)-1).Draw(r, "event")])
				continue
			}
			if d.inc = 1; i > 1 {
				d.inc = rapid.Uint32Range(1, 8).Draw(r, "incarnation")
			}
			all = append(all, d.write(rapid.SampledFrom([]string{"x", "y"}).Draw(r, "thing"), fmt.Sprint(len(all)), 1))
		}
		leaves := rapid.Bool().Draw(r, "leaves")
		var copies []*desk
		for i := range 3 {
			d := bounded(t, keys[0])
			at := rapid.IntRange(0, len(all)-1).Draw(r, fmt.Sprint("roster ", i))
			for j, e := range rapid.Permutation(all).Draw(r, fmt.Sprint("order ", i)) {
				if j == at && leaves {
					d.fold(d.book.SetAuthors(members))
				}
				d.add(e)
			}
			copies = append(copies, d)
		}
		for _, d := range desks {
			for _, e := range all {
				d.add(e)
			}
			if leaves {
				d.fold(d.book.SetAuthors(members))
			}
		}
		for _, d := range append(copies[1:], desks...) {
			if diff := copies[0].sameAs(d); diff != "" {
				r.Fatal(diff)
			}
		}
		for _, w := range copies[0].book.Waiting() {
			if w.Chain.Author != keys[2].ID() {
				r.Fatalf("%s/%d waits for ever", w.Chain, w.N)
			}
		}
		compareWithGraph(r, copies[0].book)
	})
}

// TestHeadsHaveRoomForEverybody: where heads cannot tell of all chains, they tell of each
// author's newest, and a reader knows of which they tell nothing.
func TestHeadsHaveRoomForEverybody(t *testing.T) {
	anna, boris, vera := newDesk(t, journalist(t, "Anna")), newDesk(t, journalist(t, "Boris")), newDesk(t, journalist(t, "Vera"))
	for i := range uint32(MaxCauses + 20) {
		alone := newDesk(t, boris.key)
		alone.inc = i + 1
		e := alone.write("x", "begun", 1)
		anna.add(e)
		if i > 0 {
			vera.add(e) // she lacks the first
		}
	}
	note := anna.write("note", "names all", 2)
	anna.inc = 7
	anna.write("note", "again", 3)
	heads := vera.book.Heads()
	told := anna.book.Told(heads)
	if len(heads) != MaxCauses || heads[0].Chain.Incarnation != 21 {
		t.Errorf("%d heads from %s", len(heads), heads[0].Chain)
	}
	var lacks []string
	for _, e := range anna.book.Lacking(told) {
		lacks = append(lacks, fmt.Sprint(e.Chain == Chain{anna.key.ID(), 1}, e.N))
	}
	// All of Anna's; of Boris's, those of which Vera's heads tell nothing are not sent
	// unless what she lacks names them: and the first does not.
	if diff := cmp.Diff([]string{"true 1", "false 1"}, lacks); diff != "" {
		t.Error(diff)
	}
	if got := len(note.Causes); got != MaxCauses {
		t.Errorf("%d causes", got)
	}
	anna.inc = 1
	named := anna.write("note", "the rest", 4) // the other twenty
	if n := len(anna.book.Lacking(told)); n != 2+1+len(named.Causes)-1 {
		t.Errorf("she lacks %d events, and the last names %d", n, len(named.Causes))
	}
}
