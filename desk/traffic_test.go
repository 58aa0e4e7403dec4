// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"crypto/rand"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"tamizdat/letter"
	"tamizdat/letter/wire"
)

// person is what two runs of one newsroom must share, so that slots belong to
// the same people and fall on the same moments.
type person struct {
	keys *letter.JournalistKeys
	plan []byte
}

func people(t *testing.T) []person {
	t.Helper()
	var out []person
	for i, name := range testNames {
		keys, err := letter.NewJournalistKeys(name)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, person{keys, []byte(strings.Repeat(fmt.Sprint(i), 32))})
	}
	return out
}

// traffic runs the newsroom for a number of spells of 14 hours and returns what the
// drop could record of its desks: time, call, bytes. Whatever letters says, the same
// number of envelopes lies in the same pages. Desks are started anew, and one sleeps
// through every third spell and comes back to what has piled up.
func traffic(t *testing.T, who []person, spells int, letters bool, click func(*world)) []string {
	t.Helper()
	w := newWorldOf(t, who, func(w *world) { w.fetch = 24 })
	w.pass(3 * time.Hour)
	w.comeAsCover(CoversADay)
	src := newSource(t)
	for i := range spells {
		if letters {
			w.write(src, "a letter that will be answered")
			w.sendFiles(src, map[string][]byte{"scan": make([]byte, 3<<19)})
		} else {
			w.sendNothing(2)
		}
		all := w.desks
		if i%3 == 1 {
			w.desks = all[:2]
		}
		w.pass(14 * time.Hour)
		w.desks = all
		w.reopen(i % 2)
		if letters {
			w.answer(3)
			w.talk(i)
		}
		if click != nil {
			click(w)
		}
	}
	if letters && len(w.readReplies(src)) < 6 {
		t.Fatalf("only %d replies are in the log: the test saw nothing", len(w.readReplies(src)))
	}
	return w.double.calls
}

// sendNothing sends as many letters and pieces as the other run, and none that a desk opens.
func (w *world) sendNothing(letters int) {
	w.t.Helper()
	for range letters {
		cover, err := letter.CoverLetter(w.draft.Key(), len(testNames))
		w.must(err)
		w.post(cover)
	}
	ticket := w.ticket()
	for range 2 {
		chunk := make([]byte, wire.ChunkSize)
		rand.Read(chunk)
		w.must(w.drop.PutChunk(w.t.Context(), ticket, wire.ChunkIDOf(chunk), chunk))
	}
}

// fetchNow is what a program of ours does when a person says --now: it fetches what has not
// come by itself. Here all has come, so it is thrown away before.
func (w *world) fetchNow() {
	w.t.Helper()
	d := w.desks[0]
	for _, id := range d.s.order {
		if l := d.s.letters[id]; l.files != nil {
			l.files = nil
			w.must(d.Fetch(w.t.Context(), id, noProgress))
			return
		}
	}
	w.t.Fatal("no attachment came by itself")
}

// coverNow is what no program of ours does: it comes as cover when somebody wants it.
func (w *world) coverNow() {
	w.t.Helper()
	c := w.covers[0]
	o, _ := c.outing(c.After(w.clock).cell)
	v, err := c.arrive(w.t.Context(), o)
	w.must(err)
	Errand{visit: v}.End()
}

// answer has two desks write n replies each.
func (w *world) answer(n int) {
	w.t.Helper()
	for _, d := range w.desks[:2] {
		for range n {
			_, err := d.Reply(d.Letters()[0].ID, strings.Repeat("an answer ", 40))
			w.must(err)
		}
	}
}

// talk has all desks tell each other things, some of them long.
func (w *world) talk(i int) {
	w.t.Helper()
	for k, d := range w.desks {
		th := d.Threads()
		if len(th) == 0 {
			continue // it slept
		}
		w.must(d.SetThread(&th[0], FieldState, ThreadStates()[(i+k)%4]))
		w.must(d.WriteNote(&th[0], strings.Repeat("Сверить с прежними письмами. ", 1+i%5*k*100)))
	}
}

// segmentNow is what no program of ours does either: it tells colleagues at once.
func (w *world) segmentNow() {
	w.t.Helper()
	d := w.desks[0]
	if sealing := d.nextSegment(); d.s.outgoing[sealing] == nil {
		w.must(d.fillSegment(sealing))
		w.must(d.writeSegment(w.t.Context(), w.double))
	}
}

// sendNow is what no program of ours does: it writes the newest reply into a
// slot of the next page at once.
func (w *world) sendNow() {
	w.t.Helper()
	d := w.desks[0]
	sealing := d.nextSealing()
	for _, slot := range d.s.newsroom.Roster().SlotsOf(d.ID(), sealing) {
		if d.s.slots[slotKey{sealing, slot}] != nil {
			continue
		}
		e, err := d.fill(sealing, slot, nil)
		w.must(err)
		w.must(d.v.Keep(e.Envelope))
		w.must(d.commit(e))
		w.must(d.sendSlot(w.t.Context(), w.double, sealing, slot, d.s.slots[slotKey{sealing, slot}]))
		return
	}
}

// TestD2TrafficTellsNothing: with and without letters to answer, attachments to fetch and
// things to tell colleagues, the drop records the same, covers among it, for three days, or under TAMIZDAT_SOAK for a
// month. When one write, fetch or cover is made on a click it does not:
// so the test can fail.
func TestD2TrafficTellsNothing(t *testing.T) {
	t.Parallel()
	spells := 5
	if os.Getenv("TAMIZDAT_SOAK") != "" {
		spells = 52 // a month
	}
	who := people(t)
	quiet := traffic(t, who, spells, false, nil)
	busy := traffic(t, who, spells, true, nil)
	if at, same := compare(quiet, busy); !same {
		t.Errorf("the drop can tell the two apart: %s", at)
	}
	for name, click := range map[string]func(*world){
		"a reply": (*world).sendNow, "a segment": (*world).segmentNow, "a fetch": (*world).fetchNow, "a cover": (*world).coverNow,
	} {
		clicked := traffic(t, who, min(spells, 2), true, click)
		if _, same := compare(busy[:len(clicked)], clicked); same {
			t.Errorf("%s written on a click left no trace: this test cannot fail", name)
		}
	}
	for call, least := range map[string]int{
		" reply ": 25 * spells / 2, " segment ": 35 * spells, " chunk ": 20 * spells, " cover replies ": 3 * spells, " cover letter ": spells / 2,
	} {
		n := 0
		for _, c := range quiet {
			if strings.Contains(c, call) {
				n++
			}
		}
		if n < least {
			t.Errorf("only %d calls of%s were made", n, call)
		}
	}
}

// compare says where two records differ.
func compare(a, b []string) (string, bool) {
	if slices.Equal(a, b) {
		return "", true
	}
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("call %d: %q and %q", i, a[i], b[i]), false
		}
	}
	return fmt.Sprintf("%d and %d calls", len(a), len(b)), false
}

// TestUnansweredReplyIsSealedAgain: it stays in the log for as long as nobody
// answers, and takes at most half of the slots.
func TestUnansweredReplyIsSealedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	src := newSource(t)
	w.write(src, "hello")
	w.pass(2 * time.Hour)
	w.answer(1)
	kept := time.Duration(w.sched.RepliesKept) * time.Duration(w.sched.RepliesEvery) * time.Second
	w.pass(kept + 2*kept/3)
	got := w.readReplies(src)
	authors := map[string]int{}
	for _, r := range got {
		authors[r.SenderName]++
		if r.Number != 1 || r.Text != strings.TrimSpace(strings.Repeat("an answer ", 40)) && r.Text != strings.Repeat("an answer ", 40) {
			t.Errorf("number %d, %q", r.Number, r.Text)
		}
	}
	if authors["Anna"] == 0 || authors["Boris"] == 0 {
		t.Errorf("after %v the log holds %v", kept+2*kept/3, authors)
	}
	// She answers: it is left to run out.
	w.write(src, "I heard you")
	w.pass(2*kept + 12*time.Hour)
	if got := w.readReplies(src); len(got) != 0 {
		t.Errorf("after her answer the log still holds %d", len(got))
	}
	if got := rows(w.desks[0]); got != "" {
		t.Errorf("told %s", got)
	}
}
