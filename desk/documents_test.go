// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestColleaguesSeeWhatWasTakenIn: what one takes in, all see, with its hash and each
// step, in the thread where it was put; the bytes stay where they are.
func TestColleaguesSeeWhatWasTakenIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna, boris := w.desks[0], w.desks[1]
	id, err := anna.TakeIn("letter.eml", "e-mail to the desk", strings.NewReader(mailFile))
	w.must(err)
	w.pass(12 * time.Hour)
	w.write(newSource(t), "hello")
	w.pass(4 * time.Hour)
	if err := boris.PutInThread(w.onlyThread(1), ItemID{9}); !errors.Is(err, ErrNoItem) {
		t.Errorf("something that is not there is put into a thread: %v", err)
	}
	w.must(boris.PutInThread(w.onlyThread(1), id))
	w.must(boris.NoteStep(id, "translated", "by hand", sha256.Sum256([]byte("Eleven"))))
	w.pass(12 * time.Hour)
	w.alike()
	if got := w.onlyThread(2).Items; !slices.Equal(got, []ItemID{id}) {
		t.Errorf("in the thread are %v", got)
	}
	here, err := anna.Item(id)
	w.must(err)
	there, err := w.desks[2].Item(id)
	w.must(err)
	if diff := cmp.Diff(here.Custody, there.Custody); diff != "" || len(here.Custody) != 3 || here.Custody[2].Parent != here.Custody[0].SHA256 {
		t.Errorf("custody is another at Vera's desk: %s", diff)
	}
	if there.Desk != "Anna" || there.Text != "" || there.Subject != "boxes" || len(there.Attached) != 1 || there.Attached[0] != here.Attached[0] {
		t.Errorf("Vera sees %+v", there)
	}
	if _, err := w.desks[2].SaveItem(id, t.TempDir()); err == nil || !strings.Contains(err.Error(), "at the desk of Anna") {
		t.Errorf("she copies what she has not: %v", err)
	}
	if found, err := w.desks[2].FindItem(id.Short()); found != id || err != nil {
		t.Errorf("found %v, %v", found, err)
	}
	_, err = anna.SaveItem(id, t.TempDir())
	w.must(err)
	if i, _ := anna.Item(id); len(i.Custody) != 4 || i.Custody[3].By != "Anna" {
		t.Errorf("nobody is told that it was copied out: %+v", i.Custody)
	}
	w.must(anna.PutInThread(nil, id))
	events := anna.s.book.Len()
	anna = w.reopen(0)
	w.round(anna)
	if len(w.onlyThread(0).Items) > 0 || anna.s.book.Len() > events+1 {
		t.Error("it is still in the thread, or was told twice")
	}
}

// TestSomebodyElsesItem: nobody takes an item over by telling its id, and what breaks a
// bound shows nothing.
func TestSomebodyElsesItem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(12 * time.Hour)
	anna, boris := w.desks[0], w.desks[1]
	id, err := anna.TakeNote("call", "eleven boxes")
	w.must(err)
	w.pass(12 * time.Hour)
	w.must(boris.tell(kindDocument, &documentTaken{ID: id, Kind: itemNote, How: "mine", Taken: 5}))
	good := documentTaken{ID: ItemID{1}, Kind: itemFile, How: "post", Taken: 5}
	w.must(boris.tell(kindDocument, good))
	w.must(boris.tell(kindDocument, documentTaken{ID: ItemID{1}, Kind: itemFile, How: "again", Taken: 5}))
	for i, spoil := range []func(*documentTaken){
		func(e *documentTaken) { e.Kind = "letter" }, func(e *documentTaken) { e.How = "" }, func(e *documentTaken) { e.How = strings.Repeat("x", maxHow+1) },
		func(e *documentTaken) { e.Length = -1 }, func(e *documentTaken) { e.Taken = -1 }, func(e *documentTaken) { e.Subject = strings.Repeat("x", maxLine+1) },
		func(e *documentTaken) { e.Parts = make([]documentPart, maxParts+1) }, func(e *documentTaken) { e.More = -1 },
	} {
		bad := good
		bad.ID = ItemID{2, byte(i)}
		spoil(&bad)
		w.must(boris.tell(kindDocument, bad))
	}
	w.must(boris.tell(kindCustody, custodyStep{Document: id, At: 5}))
	w.must(boris.tell(kindCustody, json.RawMessage(`"step"`)))
	w.pass(12 * time.Hour)
	var lines []string
	for _, i := range w.desks[2].Items() {
		lines = append(lines, fmt.Sprintf("%s by %s: %s", i.ID.Short(), i.By, i.How))
	}
	if diff := cmp.Diff([]string{"01000000 by Boris: post", id.Short() + " by Anna: call"}, lines); diff != "" {
		t.Error(diff)
	}
	if i, err := w.desks[2].Item(id); err != nil || len(i.Custody) != 1 {
		t.Errorf("%+v, %v", i, err)
	}
}
