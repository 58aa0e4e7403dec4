// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"tamizdat/letter"
	"tamizdat/letter/wire"
)

// shares is what colleagues must see alike.
func shares(d *Desk) (threads []Thread, choices []Choice) {
	threads = d.Threads()
	choices, _ = d.Choices()
	return threads, choices
}

// alike fails unless all desks show the same threads.
func (w *world) alike() {
	w.t.Helper()
	threads, choices := shares(w.desks[0])
	for _, d := range w.desks[1:] {
		t, c := shares(d)
		if diff := cmp.Diff(threads, t, cmpopts.IgnoreUnexported(ThreadReply{})) + cmp.Diff(choices, c); diff != "" {
			w.t.Errorf("%s sees it otherwise than %s:\n%s", d.s.name, w.desks[0].s.name, diff)
		}
	}
}

func (w *world) onlyThread(i int) *Thread {
	w.t.Helper()
	t := w.desks[i].Threads()
	if len(t) != 1 {
		w.t.Fatalf("%s has %d threads", w.desks[i].s.name, len(t))
	}
	return &t[0]
}

// TestColleaguesShareAThread: who has it, what is to be done and what was noted comes to
// all three through the drop's log; two who decide at once are asked.
func TestColleaguesShareAThread(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	w.write(newSource(t), "The risk grows every week.")
	w.pass(2 * time.Hour)
	anna, boris, vera := w.desks[0], w.desks[1], w.desks[2]
	th := w.onlyThread(0)
	w.must(anna.SetThread(th, FieldState, "in-work"))
	w.must(anna.SetThread(th, FieldTags, "risk, weekly"))
	w.must(anna.WriteNote(th, strings.Repeat("Сравнить с письмом от марта. ", 2000)[:60000])) // of three segments
	w.must(anna.SetThread(th, FieldAssigned, "boris"))
	w.must(vera.SetThread(w.onlyThread(2), FieldAssigned, "Vera"))
	w.pass(6 * time.Hour)
	w.alike()
	got := w.onlyThread(1)
	if got.State != "in-work" || !slices.Equal(got.Tags, []string{"risk", "weekly"}) || len(got.Notes) != 1 || got.Notes[0].Name != "Anna" {
		t.Errorf("Boris sees %+v", got)
	}
	choices, err := boris.Choices()
	w.must(err)
	if len(choices) != 1 || choices[0].Field != FieldAssigned || len(choices[0].Values) != 2 {
		t.Fatalf("he is asked %+v", choices)
	}
	w.must(boris.SetThread(got, FieldAssigned, "Anna"))
	w.pass(4 * time.Hour)
	w.alike()
	if choices, _ := vera.Choices(); len(choices) > 0 || w.onlyThread(2).Assigned != "Anna" {
		t.Errorf("after his choice %+v, %s", choices, w.onlyThread(2).Assigned)
	}
	w.must(vera.SetThread(w.onlyThread(2), FieldNextContact, w.clock.Add(48*time.Hour).UTC().Format(time.DateOnly)))
	for i, d := range w.desks {
		if a := rows(d); a != "" {
			t.Errorf("%s raises %s", d.s.name, a)
		}
		w.reopen(i)
	}
	if w.onlyThread(2).Missed {
		t.Error("a day that is to come was missed")
	}
	w.clock = w.clock.Add(72 * time.Hour)
	if !w.onlyThread(2).Missed {
		t.Error("nobody is told that the promised letter did not come")
	}
}

// TestM15LettersThatDiffer: one colleague got another text under the same id, and one got
// nothing. Each desk finds it out, and an explanation ends the doubt for all.
func TestM15LettersThatDiffer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	src := newSource(t)
	n := w.newsroom()
	id := func(i int) wire.JournalistID { return w.desks[i].ID() }
	send := func(text string, own byte, leaveOut ...wire.JournalistID) {
		envelopes, err := src.SealLetter(n.Key(), n.Roster(), w.bundles(), &letter.Letter{ID: [16]byte{own}, Text: text}, leaveOut...)
		w.must(err)
		w.post(envelopes)
	}
	send("yes", 1, id(2))
	send("no", 1, id(0))
	send("not for Vera", 2, id(2))
	send("for all", 3)
	w.pass(30 * time.Hour)

	words := map[string]string{}
	for _, l := range w.desks[0].Letters() {
		a, err := w.desks[0].Agreement(l.ID)
		w.must(err)
		words[l.Begins] = a.Words()
		if a.Doubtful() != (l.Begins != "for all") || len(a.Unheard) > 0 {
			t.Errorf("%s: %+v", l.Begins, a)
		}
	}
	for text, want := range map[string]string{
		"yes": "Vera got another text under the same id", "not for Vera": "nothing opened at the desk of Vera", "for all": "",
	} {
		if got, ok := words[text]; !ok || !strings.Contains(got, want) || want == "" && got != "" {
			t.Errorf("%s: %q", text, got)
		}
	}
	if gaps := w.desks[2].Threads()[0].Gaps; len(gaps) != 1 || !strings.Contains(gaps[0], "Anna and of Boris") {
		t.Errorf("Vera is told of %q", gaps)
	}
	typed := w.desks[0].Letters()[slices.IndexFunc(w.desks[0].Letters(), func(l LetterInfo) bool { return l.Begins == "not for Vera" })].ID
	w.must(w.desks[0].ExplainLetter(typed, "the source left Vera out, by voice"))
	w.pass(3 * time.Hour)
	a, err := w.desks[1].Agreement(typed)
	w.must(err)
	if a.Doubtful() || !strings.Contains(a.Words(), "explained: the source left Vera out") {
		t.Errorf("after the explanation Boris is told %q", a.Words())
	}
}

// TestExplainedBeforeItIsKnown: a colleague who explains a letter before desks have found
// that it differs ends no doubt.
func TestExplainedBeforeItIsKnown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	n := w.newsroom()
	envelopes, err := newSource(t).SealLetter(n.Key(), n.Roster(), w.bundles(), &letter.Letter{ID: [16]byte{1}, Text: "hello"}, w.desks[2].ID())
	w.must(err)
	w.post(envelopes)
	w.pass(2 * time.Hour)
	boris := w.desks[1]
	id := boris.Letters()[0].ID
	w.must(boris.ExplainLetter(id, "never mind"))
	w.pass(30 * time.Hour)
	a, err := w.desks[0].Agreement(id)
	w.must(err)
	if !a.Doubtful() || len(a.Nothing) != 1 {
		t.Errorf("it is beyond doubt: %+v", a)
	}
	w.must(w.desks[0].ExplainLetter(id, "by voice"))
	if a, _ = w.desks[0].Agreement(id); a.Doubtful() || a.Explained != "by voice" {
		t.Errorf("after she explained it: %+v", a)
	}
}

// TestAwayForLongerThanTheDeskLog: a colleague comes back when the pages are gone, and
// gets what she missed, whoever wrote it.
func TestAwayForLongerThanTheDeskLog(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	w.write(newSource(t), "hello")
	w.pass(3 * time.Hour)
	vera := w.desks[2]
	w.desks = w.desks[:2]
	w.must(w.desks[0].WriteNote(w.onlyThread(0), "while she was away"))
	w.must(w.desks[1].SetThread(w.onlyThread(1), FieldState, "closed"))
	w.pass(3 * time.Hour)
	kept := int(w.sched.Kept(wire.Desk))
	w.fillPages(kept + 20)
	w.desks = append(w.desks, vera)
	w.pass(8 * time.Hour)
	w.alike()
	if got := w.onlyThread(2); got.State != "closed" || len(got.Notes) != 1 {
		t.Errorf("Vera sees %+v", got)
	}
}

// TestDeskRunTwice: a copy of Anna's folder is run beside it. What either wrote since
// counts for nobody, everybody is told, and both go on under new incarnations.
func TestDeskRunTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	w.write(newSource(t), "hello")
	w.pass(2 * time.Hour)
	anna := w.desks[0]
	twin := w.copyOf(0)
	w.must(anna.WriteNote(w.onlyThread(0), "written at home"))
	th := twin.Threads()[0]
	w.must(twin.WriteNote(&th, "written on the road"))
	w.pass(3 * time.Hour) // the colleagues hear of Anna's
	w.double.hostile = true
	w.desks = []*Desk{twin, w.desks[1], w.desks[2]}
	w.pass(3 * time.Hour)
	for _, d := range w.desks[1:] {
		if got := rows(d); !strings.Contains(got, "fork") {
			t.Errorf("%s is told %q", d.s.name, got)
		}
		if notes := d.Threads()[0].Notes; len(notes) > 0 {
			t.Errorf("%s still counts %+v", d.s.name, notes)
		}
	}
	if twin.s.incarnation < 2 {
		t.Error("the copy goes on in a chain that is cut")
	}
	th = twin.Threads()[0]
	w.must(twin.WriteNote(&th, "once more"))
	w.pass(3 * time.Hour)
	if notes := w.onlyThread(1).Notes; len(notes) != 1 || notes[0].Text != "once more" {
		t.Errorf("Boris reads %+v", notes)
	}
	w.alike()
}

// TestExpelledSpeaksNoMore: what one who left had told counts, and no more; nobody opens
// what is told after.
func TestExpelledSpeaksNoMore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	w.write(newSource(t), "hello")
	w.pass(2 * time.Hour)
	vera := w.desks[2]
	w.must(vera.WriteNote(w.onlyThread(2), "before"))
	w.pass(3 * time.Hour)
	draft, err := w.desks[0].Propose(Change{Expel: []string{"Vera"}})
	w.must(err)
	th := w.onlyThread(2)
	w.must(vera.WriteNote(th, "in anger"))
	w.signAndJoin(draft, 0, 1)
	w.round(w.desks[1])
	w.desks = w.desks[:2]
	w.pass(3 * time.Hour)
	w.must(w.desks[0].WriteNote(w.onlyThread(0), "without her"))
	w.pass(3 * time.Hour)
	w.alike()
	var notes []string
	for _, n := range w.onlyThread(1).Notes {
		notes = append(notes, n.Name+": "+n.Text)
	}
	if diff := cmp.Diff([]string{"Vera: before", "Anna: without her"}, notes); diff != "" {
		t.Error(diff)
	}
}

// TestOneHandUnderTwoNames: the same person wrote with new words. A person decides so,
// and can take it back.
func TestOneHandUnderTwoNames(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	w.write(newSource(t), "the first hand")
	w.write(newSource(t), "the same, with new words")
	w.pass(2 * time.Hour)
	anna := w.desks[0]
	threads := anna.Threads()
	if len(threads) != 2 {
		t.Fatalf("%d threads", len(threads))
	}
	a, b := threads[0].Hands[0], threads[1].Hands[0]
	if err := anna.JoinHands(a, b, true, " "); err == nil {
		t.Error("they were joined without a reason")
	}
	w.must(anna.JoinHands(a, b, true, "knows what the first letter said"))
	if got := w.onlyThread(0); len(got.Letters) != 2 || len(got.Joined) != 1 {
		t.Errorf("joined: %+v", got)
	}
	w.pass(3 * time.Hour)
	w.alike()
	w.must(w.desks[1].JoinHands(b, a, false, "no: the style is another"))
	w.pass(3 * time.Hour)
	w.alike()
	if got := len(w.desks[2].Threads()); got != 2 {
		t.Errorf("taken apart: %d threads", got)
	}
}
