// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tamizdat/drop"
	blobs "tamizdat/drop/fs"
	"tamizdat/drop/server"
	"tamizdat/drop/sqlite"
	"tamizdat/letter"
	"tamizdat/letter/wire"
)

// diskWorld is a newsroom whose drop has a disk that can be copied.
func diskWorld(t *testing.T) *world {
	t.Helper()
	return newWorldOf(t, nil, func(w *world) { w.dropDir = filepath.Join(t.TempDir(), "drop") })
}

func (w *world) openDisk() (server.Store, server.Blobs) {
	w.t.Helper()
	w.must(os.MkdirAll(w.dropDir, 0o700))
	store, err := sqlite.Open(w.dropDir)
	w.must(err)
	w.t.Cleanup(func() { store.Close() })
	b, err := blobs.Open(w.dropDir)
	w.must(err)
	w.t.Cleanup(func() { b.Close() })
	return store, b
}

// copyDrop copies the drop's disk as a backup does: it says that it holds, and has
// a spool, and may be the newest state, only where the drop is moved.
func (w *world) copyDrop(move bool) (dir string) {
	w.t.Helper()
	dir = filepath.Join(w.t.TempDir(), "copy")
	w.must(os.CopyFS(dir, os.DirFS(w.dropDir)))
	why := server.Doubtful
	if !move {
		why = server.Behind
		w.must(os.RemoveAll(filepath.Join(dir, "spool")))
	}
	store, err := sqlite.Open(dir)
	w.must(err)
	w.must(store.Hold(w.t.Context(), why))
	w.must(store.Close())
	return dir
}

// restore starts the drop from a copy of its disk; the one before is lost.
func (w *world) restore(dir string) {
	w.t.Helper()
	w.dropDir = dir
	w.double.hostile = true
	w.startDrop(w.dropPrivate)
}

func (w *world) holding() bool {
	_, err := w.drop.Holding(w.t.Context())
	return err == nil
}

// rounds has everybody look once, whatever they find.
func (w *world) rounds() {
	for _, d := range w.desks {
		_, _ = d.Round(w.t.Context())
	}
}

func (w *world) readTexts(s *letter.Source) string {
	w.t.Helper()
	var out []string
	for _, r := range w.readReplies(s) {
		out = append(out, r.Text)
	}
	slices.Sort(out)
	return strings.Join(out, "|")
}

func (w *world) replies(desk int, text string) {
	w.t.Helper()
	list := w.desks[desk].Letters()
	_, err := w.desks[desk].Reply(list[0].ID, text)
	w.must(err)
}

// tryLetter sends a letter that the drop may refuse.
func (w *world) tryLetter(s *letter.Source, text string) error {
	w.t.Helper()
	n := w.newsroom()
	envelopes, err := s.SealLetter(n.Key(), n.Roster(), w.bundles(), letter.NewLetter(text, nil))
	w.must(err)
	p := wire.LetterPost{Newsroom: n.Key(), Slot: w.sched.WorkSlot(w.clock.Unix()), Envelopes: envelopes}
	p.Counter, err = wire.DoWork(w.t.Context(), p.Newsroom, p.Slot, p.Subject(), w.sched.WorkIterations, w.sched.WorkBits)
	w.must(err)
	b, err := p.Encode()
	w.must(err)
	return w.drop.PostLetter(w.t.Context(), b)
}

// TestF6RestoreFromAnOldCopy: the machine is lost after letters and replies that
// the copy does not have. The drop started from the copy signs nothing; new logs
// are begun by two of three; the unanswered reply is there again under its number,
// and the source writes on.
func TestF6RestoreFromAnOldCopy(t *testing.T) {
	t.Parallel()
	w := diskWorld(t)
	w.pass(3 * time.Hour)
	src := newSource(t)
	w.write(src, "one")
	w.pass(2 * time.Hour)
	w.replies(0, "a")
	w.pass(13 * time.Hour)
	backup := w.copyDrop(false)

	w.write(src, "two")
	w.pass(2 * time.Hour)
	w.replies(1, "b")
	w.pass(13 * time.Hour)
	before := w.readReplies(src)
	w.write(src, "lost: nobody has read it")
	if got := w.readTexts(src); got != "a|b" {
		t.Fatalf("before the loss the source reads %q", got)
	}
	w.restore(backup)
	w.clock = w.clock.Add(7 * time.Hour)
	w.must(w.drop.Seal(t.Context()))
	w.rounds()
	if !w.holding() {
		t.Fatal("a drop that lost pages does not hold")
	}
	for _, d := range w.desks {
		if got := rows(d); !strings.Contains(got, "M-7") {
			t.Errorf("%s is told %q", d.s.name, got)
		}
		if !told(d, wordsHoldsLess) || told(d, wordsHoldsWhole) {
			t.Errorf("%s is not told what to do: %q", d.s.name, tell(d.Alarms()))
		}
	}
	if err := w.tryLetter(src, "x"); !errors.Is(err, drop.ErrBusy) {
		t.Errorf("a letter to a drop that holds: %v", err)
	}
	if got := w.readTexts(src); got != "a" {
		t.Errorf("meanwhile the source reads %q", got)
	}

	ended := w.newsroom().Roster().Incarnation
	draft, err := w.desks[0].Propose(Change{NewLogs: true})
	w.must(err)
	lines, err := w.desks[1].Explain(draft)
	w.must(err)
	if !strings.Contains(strings.Join(lines, "\n"), "LOGS BEGIN ANEW") {
		t.Errorf("the signer is told %q", lines)
	}
	w.signAndJoin(draft, 0, 1)
	w.double.hostile = false
	for _, d := range w.desks {
		if !w.holding() {
			t.Error("new logs begin before every desk has found them empty")
		}
		_, _ = d.Round(t.Context())
	}
	w.rounds()
	alarms := len(w.desks[2].s.alarms)
	w.write(src, "three")
	w.pass(14 * time.Hour)

	for _, d := range w.desks {
		if got := texts(d); got != "one|three|two" {
			t.Errorf("%s has %q", d.s.name, got)
		}
	}
	after := w.readReplies(src)
	if len(after) != 1 || after[0].Text != "b" || after[0].Number != 1 || after[0].Incarnation != before[0].Incarnation {
		t.Errorf("after the loss the source reads %d replies, want b again", len(after))
	}
	w.replies(1, "c")
	w.pass(14 * time.Hour)
	after = w.readReplies(src)
	if len(after) != 2 || after[1].Text != "c" || after[1].Number != 2 {
		t.Errorf("then the source reads %q", w.readTexts(src))
	}
	if got := len(w.desks[2].s.alarms); got != alarms {
		t.Errorf("beside the new logs she is told %s", rows(w.desks[2]))
	}
	draft, err = w.desks[0].Propose(Change{NewLogs: true})
	w.must(err)
	if faults := w.desks[1].headFaults(draft); len(faults) != 0 {
		t.Errorf("new logs once more: %v", faults)
	}
	draft.body.Incarnation = ended
	for i := range w.desks {
		if len(w.reopen(i).headFaults(draft)) == 0 {
			t.Error("a desk signs logs that it has seen end")
		}
	}
}

func told(d *Desk, words string) bool {
	return slices.ContainsFunc(d.Alarms(), func(a *Alarm) bool { return a.Words == words })
}

// TestM40ADropThatOnlySaysItHolds: 32 bytes that nobody signed are no reason to
// begin new logs, which costs letters, nor is a head of other logs that nobody
// signed.
func TestM40ADropThatOnlySaysItHolds(t *testing.T) {
	t.Parallel()
	w, _ := hostileWorld(t)
	d := w.desks[0]
	w.double.holds = true
	w.round(d)
	if !told(d, wordsHoldsWhole) {
		t.Errorf("told %q", tell(d.Alarms()))
	}
	w.double.read = func(_ []byte, answer []byte) []byte {
		answer[viewIncarnation]++
		return answer
	}
	w.round(d)
	if !strings.Contains(rows(d), "M-33") || !told(d, wordsHolds) {
		t.Errorf("told %q", tell(d.Alarms()))
	}
	for _, a := range d.Alarms() {
		if strings.Contains(a.Words, "new-logs") {
			t.Errorf("told %q", a.Words)
		}
	}
}

// TestUnansweredRepliesComeIntoNewLogs, under the numbers that they had.
func TestUnansweredRepliesComeIntoNewLogs(t *testing.T) {
	t.Parallel()
	w := diskWorld(t)
	w.pass(3 * time.Hour)
	backup := w.copyDrop(false)
	src := newSource(t)
	w.write(src, "one")
	w.pass(2 * time.Hour)
	w.replies(0, "a")
	w.replies(0, "b")
	w.pass(13 * time.Hour)
	w.restore(backup)
	w.rounds()
	draft, err := w.desks[2].Propose(Change{NewLogs: true})
	w.must(err)
	w.signAndJoin(draft, 2, 1)
	w.double.hostile = false
	w.rounds()
	w.pass(40 * time.Hour) // at most half of the slots
	got := map[uint64]string{}
	for _, r := range w.readReplies(src) {
		got[r.Number] += r.Text
	}
	if len(got) != 2 || got[1] != "a" || got[2] != "b" {
		t.Errorf("the source reads %v", got)
	}
}

// TestMoveLosesNothing: nothing was sealed after the copy was made. Every desk has
// to say so, and then the same logs go on.
func TestMoveLosesNothing(t *testing.T) {
	t.Parallel()
	w := diskWorld(t)
	w.pass(3 * time.Hour)
	src := newSource(t)
	w.write(src, "one")
	w.pass(2 * time.Hour)
	w.replies(0, "a")
	w.pass(13 * time.Hour)
	w.rounds()
	w.restore(w.copyDrop(true))
	pages := w.desks[0].s.position(wire.Letters).size

	w.clock = w.clock.Add(2 * time.Hour)
	for i, d := range w.desks {
		w.must(w.drop.Seal(t.Context()))
		if !w.holding() {
			t.Fatalf("with the word of %d of three it goes on", i)
		}
		r, err := d.Round(t.Context())
		w.must(err)
		if !r.Holding {
			t.Errorf("%s is not told that the drop holds", d.s.name)
		}
	}
	if w.holding() {
		t.Fatal("with everybody's word it holds still")
	}
	w.double.hostile = false
	w.write(src, "two")
	w.pass(14 * time.Hour)
	for _, d := range w.desks {
		if got := texts(d); got != "one|two" || rows(d) != "holding" {
			t.Errorf("%s has %q and is told %q", d.s.name, got, rows(d))
		}
	}
	if got := w.readTexts(src); got != "a" || w.desks[0].s.position(wire.Letters).size <= pages {
		t.Errorf("the source reads %q", got)
	}
}

// TestOneWhoHasSeenMoreIsNotOutvoted: two desks were away when the last pages were
// sealed, and the copy lacks them.
func TestOneWhoHasSeenMoreIsNotOutvoted(t *testing.T) {
	t.Parallel()
	w := diskWorld(t)
	w.pass(14 * time.Hour)
	w.rounds()
	backup := w.copyDrop(true)
	w.clock = w.clock.Add(2 * time.Hour)
	w.must(w.drop.Seal(t.Context()))
	w.round(w.desks[2])
	w.restore(backup)
	w.rounds()
	w.rounds()
	if !w.holding() {
		t.Error("the drop goes on where one desk has seen more")
	}
	if a, b := rows(w.desks[0]), rows(w.desks[2]); a != "holding" || !strings.Contains(b, "M-7") {
		t.Errorf("told %q and %q", a, b)
	}
}

// TestBundlesThatTheDropLost are given to it again.
func TestBundlesThatTheDropLost(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(7 * time.Hour)
	d := w.desks[0]
	w.double.keys = func(p wire.Period, _ []byte) []byte { return wire.EncodeKeysFile(w.draft.Key(), p, nil) }
	w.double.calls = nil
	w.round(d)
	if n := strings.Count(strings.Join(w.double.calls, "\n"), "bundle"); n != periodsAhead+1 {
		t.Errorf("%d bundles were posted", n)
	}
	w.double.keys, w.double.calls = nil, nil
	w.round(d)
	if strings.Contains(strings.Join(w.double.calls, "\n"), "bundle") || rows(d) != "" {
		t.Errorf("posted without need, or told %q", rows(d))
	}
}

// TestAnotherDrop: the drop is gone with its keys. Two of three name a new one.
func TestAnotherDrop(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	src := newSource(t)
	w.write(src, "one")
	w.pass(2 * time.Hour)
	w.replies(0, "a")
	w.pass(13 * time.Hour)
	w.double.hostile = true
	other := newWorld(t)
	line := &wire.DropLine{Address: "http://127.0.0.1:2", Key: other.key, Incarnation: other.inc}
	w.key, w.inc, w.dropPrivate = other.key, other.inc, other.dropPrivate
	w.startDrop(w.dropPrivate)
	draft, err := w.desks[0].Propose(Change{Drop: line})
	w.must(err)
	signed := w.signAndJoin(draft, 0, 1)
	for _, d := range w.desks[1:] {
		w.must(d.Join(t.Context(), signed))
	}
	w.double.hostile = false
	w.pass(14 * time.Hour)
	w.write(src, "two")
	w.pass(2 * time.Hour)
	if got := w.readTexts(src); got != "a" || texts(w.desks[2]) != "one|two" {
		t.Errorf("the source reads %q, the newcomer's desk %q", got, texts(w.desks[2]))
	}
}

// TestF7ALostLaptop: with Vera's laptop all her keys are gone, and two of three put
// her new ones into the roster. Letters come to her again, and a source who wrote
// before gets her answers from a colleague.
func TestF7ALostLaptop(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	src := newSource(t)
	w.write(src, "before")
	w.pass(14 * time.Hour)
	again := w.newDesk("Vera")
	draft, err := w.desks[0].Propose(Change{Expel: []string{"Vera"}, Add: [][]byte{again.Request()}})
	w.must(err)
	w.desks[2] = again
	w.signAndJoin(draft, 0, 1)
	w.pass(3 * time.Hour)

	w.write(src, "after")
	w.pass(2 * time.Hour)
	if got := texts(again); got != "after" {
		t.Errorf("the new laptop has %q", got)
	}
	if got := texts(w.desks[1]); got != "after|before" {
		t.Errorf("a colleague has %q", got)
	}
	w.replies(1, "from Boris")
	_, err = again.Reply(again.Letters()[0].ID, "from Vera")
	w.must(err)
	w.pass(20 * time.Hour)
	if got := w.readTexts(src); got != "from Boris|from Vera" {
		t.Errorf("the source reads %q", got)
	}
	w.rounds() // everybody has seen the same pages
	renewed, err := again.Propose(Change{})
	w.must(err)
	w.signAndJoin(renewed, 2, 1) // her new key signs for the newsroom
}

// TestLettersThatWaitOverTheEndOfAPeriod: a letter was taken shortly before the end
// of a period, and the drop was moved and held for longer than its keys are good
// for. It opens; and where the keys are gone, a person is told.
func TestLettersThatWaitOverTheEndOfAPeriod(t *testing.T) {
	t.Parallel()
	for what, tt := range map[string]struct {
		wait  time.Duration
		texts string
		told  string
	}{
		"two days":  {26 * time.Hour, "taken", "holding"},
		"six weeks": {42 * 24 * time.Hour, "", "late"},
	} {
		w := diskWorld(t)
		w.pass(time.Unix(testStart+testPeriod, 0).Sub(w.clock) - 40*time.Minute)
		w.write(newSource(t), "taken")
		w.restore(w.copyDrop(true))
		w.clock = w.clock.Add(tt.wait)
		w.must(w.drop.Seal(t.Context()))
		w.rounds()
		if w.holding() {
			t.Fatal("it holds still")
		}
		w.clock = w.clock.Add(25 * time.Hour)
		w.rounds()
		w.must(w.drop.Seal(t.Context()))
		w.rounds()
		for _, d := range w.desks {
			if got := texts(d); got != tt.texts || !strings.Contains(rows(d), tt.told) {
				t.Errorf("%s: %s has %q and is told %q", what, d.s.name, got, rows(d))
			}
		}
	}
}

// TestAMoveIsNoWrongClock: desks look at a drop that holds for longer than an
// interval. The slots that waited are sealed under the times that they were for.
func TestAMoveIsNoWrongClock(t *testing.T) {
	t.Parallel()
	w := diskWorld(t)
	w.pass(3 * time.Hour)
	src := newSource(t)
	w.write(src, "one")
	w.pass(2 * time.Hour)
	w.replies(0, "a")
	w.pass(13*time.Hour + 30*time.Minute)
	w.restore(w.copyDrop(true))
	for range 4 {
		w.clock = w.clock.Add(7 * time.Hour)
		w.must(w.drop.Seal(t.Context()))
		_, _ = w.desks[0].Round(t.Context())
		_, _ = w.desks[1].Round(t.Context())
	}
	w.rounds()
	if w.holding() {
		t.Fatal("it holds still")
	}
	w.must(w.drop.Seal(t.Context()))
	w.rounds()
	for i := range w.desks {
		if d := w.reopen(i); strings.Contains(rows(d), "M-24") {
			t.Errorf("%s is told %q", d.s.name, rows(d))
		}
	}
}

// TestRepliesOfLostLogsLeaveRoom: what goes into new logs again takes half of the
// slots, and an answer that is written now does not wait behind all of it.
func TestRepliesOfLostLogsLeaveRoom(t *testing.T) {
	t.Parallel()
	w := diskWorld(t)
	w.pass(3 * time.Hour)
	backup := w.copyDrop(false)
	src := newSource(t)
	w.write(src, "one")
	w.pass(2 * time.Hour)
	for i := range 6 {
		w.replies(0, string(rune('a'+i)))
	}
	w.pass(3 * 24 * time.Hour)
	w.restore(backup)
	w.rounds()
	draft, err := w.desks[2].Propose(Change{NewLogs: true})
	w.must(err)
	w.signAndJoin(draft, 2, 1)
	w.double.hostile = false
	w.rounds()
	w.replies(0, "now")
	again := len(w.desks[0].fading())
	if n := len(w.desks[0].s.queue()); n != 1 || again < 3 {
		t.Errorf("%d wait, and %d to go again", n, again)
	}
	w.pass(14 * time.Hour)
	if got := w.readTexts(src); !strings.Contains(got, "now") || len(w.readReplies(src)) > again {
		t.Errorf("of %d and a new one the source reads %q", again, got)
	}
}
