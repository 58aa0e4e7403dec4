// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tamizdat/desk/casebook"
	"tamizdat/letter"
)

// asides lists what was set aside at a desk.
func asides(d *Desk) string {
	var out []string
	list, _ := d.Aside()
	for _, a := range list {
		out = append(out, a.By+" "+a.Kind+" "+a.Why+" "+a.Says)
	}
	return strings.Join(out, "|")
}

// asideID is the name of what was set aside and says a text.
func (w *world) asideID(d *Desk, says string) string {
	w.t.Helper()
	list, err := d.Aside()
	w.must(err)
	for _, a := range list {
		if strings.Contains(a.Says, says) {
			return a.ID
		}
	}
	w.t.Fatalf("%q is not among %s", says, asides(d))
	return ""
}

// TestWhatAForkSetAside: people see what either branch said, and take over what they know
// to be Anna's; all see whose it was and who took it over.
func TestWhatAForkSetAside(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	w.write(newSource(t), "hello")
	w.pass(2 * time.Hour)
	twin := w.copyOf(0)
	w.must(w.desks[0].WriteNote(w.onlyThread(0), "written at home"))
	th := twin.Threads()[0]
	w.must(twin.WriteNote(&th, "written on the road"))
	w.must(twin.SetThread(&th, FieldState, "closed"))
	w.pass(3 * time.Hour)
	w.double.hostile = true
	w.desks = []*Desk{twin, w.desks[1], w.desks[2]}
	w.pass(12 * time.Hour)
	boris := w.desks[1]
	if got := asides(boris); strings.Count(got, "Anna note fork written") != 2 || !strings.Contains(asides(twin), "Anna set fork state=") {
		t.Fatalf("Boris is shown %s, Anna %s", got, asides(twin))
	}
	id := w.asideID(boris, "written at home")
	if _, err := boris.TakeOver("00"); !errors.Is(err, ErrNoAside) {
		t.Errorf("taken over: %v", err)
	}
	_, err := boris.TakeOver(id[:10])
	w.must(err)
	_, err = w.desks[2].TakeOver(id) // at once, by two
	w.must(err)
	_, err = twin.TakeOver(w.asideID(twin, "state="))
	w.must(err)
	w.pass(12 * time.Hour)
	w.alike()
	w.reopen(1)
	got := w.onlyThread(0)
	if len(got.Notes) != 1 || got.Notes[0].Name != "Anna" || got.Notes[0].Over == "" || got.Notes[0].Text != "written at home" || got.State != "closed" {
		t.Errorf("taken over: %+v", got)
	}
	if got := asides(w.desks[2]); strings.Contains(got, "home") || !strings.Contains(got, "road") {
		t.Errorf("Vera is still shown %s", got)
	}
}

// TestWhatOneWhoLeftHadSaid: what Vera had told and nobody had heard of waits, and can be
// taken over.
func TestWhatOneWhoLeftHadSaid(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	w.write(newSource(t), "hello")
	w.pass(3 * time.Hour)
	vera := w.desks[2]
	w.desks = w.desks[:2]
	w.must(vera.WriteNote(&vera.Threads()[0], "before she left"))
	for _, d := range w.desks { // who signs must have seen as much as who proposes
		w.round(d)
	}
	draft, err := w.desks[0].Propose(Change{Expel: []string{"Vera"}})
	w.must(err)
	w.signAndJoin(draft, 0, 1)
	w.round(w.desks[1])
	for e := range vera.s.book.All() {
		w.must(w.desks[0].commit(&eventsKept{Events: [][]byte{e.Bytes()}})) // as a page of before brings it
	}
	if got := asides(w.desks[0]); !strings.HasSuffix(got, "Vera note left before she left") {
		t.Fatalf("Anna is shown %s", got)
	}
	_, err = w.desks[0].TakeOver(w.asideID(w.desks[0], "before"))
	w.must(err)
	w.pass(12 * time.Hour)
	w.alike()
	if n := w.onlyThread(1).Notes; len(n) != 1 || n[0].Name != "Vera" || n[0].Over != "Anna" {
		t.Errorf("Boris reads %+v", n)
	}
}

// TestTakenOverIsNoDisguise: nobody puts words into another's mouth, and what a desk
// found cannot be taken over.
func TestTakenOverIsNoDisguise(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	w.write(newSource(t), "hello")
	w.pass(3 * time.Hour)
	anna, boris := w.desks[0], w.desks[1]
	w.must(anna.WriteNote(w.onlyThread(0), "hers"))
	var opened, note []byte
	for e := range anna.s.book.All() {
		if e.Chain.Author == anna.ID() && e.Kind == kindOpened {
			opened = e.Bytes()
		} else if e.Kind == kindNote {
			note = append([]byte(nil), e.Bytes()...)
		}
	}
	w.pass(12 * time.Hour)
	before := w.onlyThread(2)
	note[len(note)-70] ^= 1 // in the text
	nobody, err := letter.NewJournalistKeys("Anna")
	w.must(err)
	body := casebook.Body{Newsroom: boris.s.newsroom.Key(), Chain: casebook.Chain{Incarnation: 1}, N: 1, At: 5, Kind: kindNote}
	body.Payload, err = json.Marshal(noteWritten{On: "thread/" + w.onlyThread(0).ID, Text: "nobody's"})
	w.must(err)
	foreign, err := casebook.Sign(nobody, body)
	w.must(err)
	for _, raw := range [][]byte{opened, note, nil, []byte("{}"), foreign.Bytes()} {
		w.must(boris.tell(kindTakenOver, rawPayload(raw)))
	}
	w.pass(12 * time.Hour)
	if diff := cmp.Diff(before, w.onlyThread(2)); diff != "" {
		t.Error(diff)
	}
	w.alike()
}
