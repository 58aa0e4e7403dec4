// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"errors"
	"strings"
	"testing"
	"time"

	"tamizdat/letter"
)

// TestOneLetterAllTheWay is the main story: founded by two of three, a letter
// in, a reply out on the schedule, read by a source that kept nothing.
func TestOneLetterAllTheWay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour) // bundles go up
	src := newSource(t)
	l := w.write(src, "The risk grows every week.")
	w.pass(2 * time.Hour)

	for _, d := range w.desks {
		if got := texts(d); got != "The risk grows every week." {
			t.Errorf("%s has %q", d.s.name, got)
		}
	}
	list := w.desks[0].Letters()
	if want := l.Label().In(letter.English()); len(list) != 1 || list[0].Label != want || list[0].Read {
		t.Fatalf("the list is %+v, want the label %q", list, want)
	}
	w.must(w.desks[0].MarkRead(list[0].ID))
	at, err := w.desks[0].Reply(list[0].ID, "Thank you. What makes you say so?\n")
	w.must(err)
	if !at.After(w.clock) {
		t.Errorf("the reply is promised for %v, it is %v", at, w.clock)
	}
	w.pass(13 * time.Hour)

	got := w.readReplies(src)
	if len(got) != 1 {
		t.Fatalf("the source reads %d replies", len(got))
	}
	r := got[0]
	if r.Text != "Thank you. What makes you say so?" || r.SenderName != "Anna" || r.Number != 1 || r.Lowest != 1 || r.Incarnation != 1 {
		t.Errorf("the reply is %q by %s, number %d, lowest %d", r.Text, r.SenderName, r.Number, r.Lowest)
	}
	if len(r.Received) != 1 || r.Received[0].Label != l.Label() || r.Received[0].Week != week(testStart) {
		t.Errorf("the reply says it received %v", r.Received)
	}
	for i, d := range w.desks {
		if a := rows(d); a != "" {
			t.Errorf("%s raises %s beside an honest drop", d.s.name, a)
		}
		w.reopen(i)
	}
	if s := w.desks[0].Status(); s.Unread != 0 || s.Waiting != 0 || !s.Member {
		t.Errorf("status: %+v", s)
	}
}

func TestReplyNumbersAndReceivedListGrow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	src := newSource(t)
	first := w.write(src, "one")
	w.pass(2 * time.Hour)
	second := w.write(src, "two")
	w.pass(2 * time.Hour)
	for _, text := range []string{"a", "b", "c"} {
		_, err := w.desks[1].Reply(w.desks[1].Letters()[0].ID, text)
		w.must(err)
	}
	answered := w.desks[1].Letters()[1].ID
	w.must(w.desks[1].NewIncarnation())
	restored := w.desks[1].s.incarnation
	if after := int64(restored) - w.clock.Unix(); after < 0 || after >= someBits {
		t.Errorf("the incarnation is %d seconds from now", after)
	}
	_, err := w.desks[1].Reply(answered, "d")
	w.must(err)
	w.pass(20 * time.Hour)
	var seen []string
	for _, r := range w.readReplies(src) {
		seen = append(seen, r.Text)
		if len(r.Received) != 2 || r.Received[0].Label != first.Label() || r.Received[1].Label != second.Label() {
			t.Errorf("%s: received %v", r.Text, r.Received)
		}
		wantNumber := map[string]uint64{"a": 1, "b": 2, "c": 3, "d": 1}[r.Text]
		wantInc := map[string]uint32{"a": 1, "b": 1, "c": 1, "d": restored}[r.Text]
		if r.Number != wantNumber || r.Incarnation != wantInc || r.Lowest != 1 {
			t.Errorf("%s is number %d from %d of incarnation %d", r.Text, r.Number, r.Lowest, r.Incarnation)
		}
	}
	if len(seen) != 4 {
		t.Errorf("the source reads %v", seen)
	}
}

// TestExpelled: the one who leaves can no longer read, what he writes later is
// refused, and the others go on.
func TestExpelled(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	src := newSource(t)
	w.write(src, "before")
	w.pass(14 * time.Hour)
	vera := w.desks[2]

	draft, err := w.desks[0].Propose(Change{Expel: []string{"Vera"}})
	w.must(err)
	lines, err := w.desks[1].Explain(draft)
	w.must(err)
	if !strings.Contains(strings.Join(lines, "\n"), "Vera leaves") {
		t.Errorf("the signer is told %q", lines)
	}
	w.signAndJoin(draft, 0, 1)
	w.round(w.desks[1])

	w.write(src, "after")
	w.desks = w.desks[:2] // Vera's goes on by itself, below
	w.pass(3 * time.Hour)
	if got := texts(w.desks[1]); got != "after|before" {
		t.Errorf("who stays reads %q", got)
	}
	if _, err := vera.Round(t.Context()); !errors.Is(err, ErrExpelled) {
		t.Errorf("who left: %v", err)
	}
	if got := texts(vera); got != "before" {
		t.Errorf("who left reads %q", got)
	}
	if _, err := vera.Reply(vera.Letters()[0].ID, "psst"); !errors.Is(err, ErrExpelled) {
		t.Errorf("who left replies: %v", err)
	}
	// With a program that does not care he can write an envelope into no slot,
	// and where an accomplice writes it, it does not count.
	reply := &letter.Reply{Incarnation: 1, Number: 1, Lowest: 1, Author: vera.ID(), Text: "psst"}
	envelope, err := vera.keys.SealReply(w.draft.Key(), src.Tuple(), reply)
	w.must(err)
	r := w.newsroom().Roster()
	if _, err := src.OpenReply(r.Newsroom, r, r.HeadSize, envelope); !errors.Is(err, letter.ErrFormer) {
		t.Errorf("a later reply of who left: %v", err)
	}
	if _, err := src.OpenReply(r.Newsroom, r, r.HeadSize-1, envelope); err != nil {
		t.Errorf("an earlier reply of who left: %v", err)
	}
	if _, err := vera.Propose(Change{}); !errors.Is(err, ErrExpelled) {
		t.Errorf("who left proposes: %v", err)
	}
}

func TestNewcomerAndRenewal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	src := newSource(t)
	w.write(src, "before")
	w.pass(2 * time.Hour)
	testNames := append(testNames, "Grigori")
	grigori := w.newDesk(testNames[3])
	draft, err := w.desks[2].Propose(Change{Add: [][]byte{grigori.Request()}})
	w.must(err)
	w.desks = append(w.desks, grigori)
	w.signAndJoin(draft, 2, 1)
	if _, err := w.desks[0].Round(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.pass(2 * time.Hour)
	w.write(src, "after")
	w.pass(2 * time.Hour)
	if got := texts(grigori); got != "after" {
		t.Errorf("the newcomer reads %q", got)
	}

	w.clock = w.clock.Add(40 * 24 * time.Hour)
	w.must(w.drop.Seal(t.Context()))
	until := w.newsroom().Roster().Expires
	draft, err = w.desks[0].Propose(Change{})
	w.must(err)
	w.signAndJoin(draft, 0, 3) // the newcomer's signature counts
	if got := w.newsroom().Roster(); got.Expires != w.clock.Unix()+60*86400 || got.Expires <= until {
		t.Errorf("valid until %d, was %d", got.Expires, until)
	}
}

// TestPeriodsRollOver: old letters stay readable, and nothing that can be
// stolen later opens their envelopes.
func TestPeriodsRollOver(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	src := newSource(t)
	envelopes := w.send(src, letter.NewLetter("old secret", nil))
	w.pass(2 * time.Hour)
	d := w.desks[0]
	first := d.currentPeriod()
	secret, ok := d.v.Secret(periodSecret(first))
	if !ok {
		t.Fatal("no keys of the current period")
	}
	stolen, err := letter.ParsePeriodKeys(secret)
	w.must(err)
	w.pass(9*24*time.Hour + 12*time.Hour) // the period's end, and 48 hours

	if _, ok := d.v.Secret(periodSecret(first)); ok {
		t.Error("the keys of a period that is over are in the keyring")
	}
	if !d.s.periods[first].destroyed {
		t.Error("nobody wrote down that they are gone")
	}
	d = w.reopen(0)
	if got := texts(d); got != "old secret" {
		t.Errorf("the old letter reads %q", got)
	}
	original, err := d.v.Object(d.s.letters[d.s.order[0]].Envelope, 1<<20)
	w.must(err)
	live, err := d.livePeriods(testStart, false)
	w.must(err)
	r := d.s.newsroom.Roster()
	if _, err := d.keys.Open(r.Newsroom, r, live, original); !errors.Is(err, letter.ErrCannotOpen) {
		t.Errorf("stolen state opens the old envelope: %v", err)
	}
	// The test can fail: with the destroyed keys it would open.
	if _, err := d.keys.Open(r.Newsroom, r, []*letter.PeriodKeys{stolen}, original); err != nil {
		t.Errorf("with the keys of then: %v", err)
	}
	w.post(envelopes) // replayed long after: too late for its period
	w.write(src, "new secret")
	w.pass(2 * time.Hour)
	if got := texts(w.desks[0]); got != "new secret|old secret" {
		t.Errorf("letters: %q", got)
	}
	if got := rows(w.desks[0]); got != "" {
		t.Errorf("alarms: %s", got)
	}
}

// TestA14WriteCutOffIsRepeated: the line breaks after the drop has stored a
// slot, and the desk dies. It repeats the same bytes, under a newer beat, and
// nothing is lost or doubled.
func TestA14WriteCutOffIsRepeated(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	src := newSource(t)
	w.write(src, "hello")
	w.pass(2 * time.Hour)
	_, err := w.desks[0].Reply(w.desks[0].Letters()[0].ID, "answer")
	w.must(err)
	w.double.hostile = true
	cuts := 0
	w.double.cut = func() error {
		cuts++
		if cuts%2 == 1 {
			return errors.New("connection reset")
		}
		return nil
	}
	for range 14 {
		w.pass(time.Hour)
		w.reopen(0)
	}
	if cuts < 6 {
		t.Fatalf("only %d writes: the test saw nothing", cuts)
	}
	if got := w.readReplies(src); len(got) != 1 || got[0].Text != "answer" {
		t.Errorf("the source reads %d replies", len(got))
	}
	for _, d := range w.desks {
		if rows(d) != "" {
			t.Errorf("%s: told %s", d.s.name, tell(d.Alarms()))
		}
	}
}

// TestAwayForLongerThanPagesAreKept: nobody is blamed, a person is told what
// was missed, and the desk goes on.
func TestAwayForLongerThanPagesAreKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(7 * time.Hour)
	away := w.desks[0]
	w.sendNow()
	w.desks = w.desks[1:]
	if len(away.s.slots) == 0 {
		t.Fatal("no slot is open: the test sees nothing")
	}
	w.fillPages(1100) // letters are kept for 1,080
	for range 2 {
		if _, err := away.Round(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got := rows(away); got != "gap silent silent list" || !strings.Contains(away.Alarms()[0].Words, "pages of letters were deleted before this desk saw them") {
		t.Errorf("told %s", tell(away.Alarms()))
	}
	if len(away.s.slots) > 4 {
		t.Errorf("%d slots are still open", len(away.s.slots))
	}
}

// fillPages has the drop seal so many pages of each log.
func (w *world) fillPages(n int) {
	w.t.Helper()
	for range n {
		w.clock = w.clock.Add(time.Hour)
		w.must(w.drop.Seal(w.t.Context()))
	}
}

// TestRestoredTwice: a copy restored a second time does not know what was
// numbered after the first, and yet gives no number again.
func TestRestoredTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first, second := w.desks[0], w.desks[1] // one state, two restores
	w.must(first.NewIncarnation())
	w.clock = w.clock.Add(time.Hour)
	w.must(second.NewIncarnation())
	if a, b := first.s.incarnation, second.s.incarnation; a >= b {
		t.Errorf("restored twice: incarnation %d, then %d", a, b)
	}
	next := map[uint32]bool{}
	for range 8 {
		next[w.desks[2].nextIncarnation()] = true
	}
	if len(next) == 1 {
		t.Errorf("eight copies restored in one second all begin incarnation %d", w.desks[2].nextIncarnation())
	}
	before := second.s.incarnation
	w.clock = w.clock.Add(-48 * time.Hour)
	w.must(second.NewIncarnation())
	if got := second.s.incarnation; got != before+1 {
		t.Errorf("with a clock that went back: %d after %d", got, before)
	}
}
