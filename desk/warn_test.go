// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"tamizdat/drop"
	"tamizdat/letter/wire"
)

// TestHonestWeek: a week of letters, answers, attachments and covers, with a desk that sleeps a day and
// a drop that does not answer for some hours, raises no alarm at anybody's.
func TestHonestWeek(t *testing.T) {
	t.Parallel()
	w := newWorldOf(t, nil, func(w *world) {
		w.fetch, w.sched.LettersEvery, w.sched.DeskEvery = 8, 4*3600, 4*3600 // fewer looks, less time
	})
	w.pass(9 * time.Hour)
	w.comeAsCover(CoversADay)
	src := newSource(t)
	for day := range 7 {
		w.write(src, fmt.Sprint("day ", day))
		w.sendFiles(src, map[string][]byte{"scan": []byte("a page")})
		all := w.desks
		if day == 2 {
			w.desks = all[:2]
		}
		w.pass(20 * time.Hour)
		w.desks = all
		w.answer(1)
		w.double.hostile, w.double.down = day == 4, nil
		if day == 4 {
			w.double.down = errors.New("no route")
		}
		w.pass(4 * time.Hour)
		w.double.hostile, w.double.down = false, nil
	}
	w.pass(8 * time.Hour)
	for _, d := range w.desks {
		if got := rows(d); got != "" || d.s.contact.tries != 0 {
			t.Errorf("%s was told %q, %+v", d.s.name, tell(d.Alarms()), d.s.contact)
		}
	}
}

// warned has the first desk look, and wants one alarm of the row, that says what it shall
// and what to do, in this round and never again.
func (w *world) warned(row, says string) {
	w.t.Helper()
	w.round(w.desks[0])
	w.round(w.reopen(0))
	var told []*Alarm
	for _, a := range w.desks[0].Alarms() {
		if a.Row == row {
			told = append(told, a)
		}
	}
	if len(told) != 1 || !strings.Contains(told[0].Words, says) || told[0].Do == "" {
		w.t.Errorf("told %s: %q", rows(w.desks[0]), tell(told))
	}
}

// TestListRunsOut: thirty days before the list of journalists ends, once more seven days
// before, and not before that.
func TestListRunsOut(t *testing.T) {
	t.Parallel()
	w, _ := hostileWorld(t)
	d := w.desks[0]
	ends := time.Unix(d.s.newsroom.Roster().Expires, 0)
	w.clock = ends.Add(-30*24*time.Hour - time.Minute)
	w.round(d)
	if strings.Contains(rows(d), "list") {
		t.Error("told too early")
	}
	w.clock = ends.Add(-30*24*time.Hour + time.Minute)
	w.warned("list", "valid for 29 more days")
	w.clock = ends.Add(-6 * 24 * time.Hour)
	w.round(w.desks[0])
	if n := strings.Count(rows(w.desks[0]), "list"); n != 2 {
		t.Errorf("told %d times", n)
	}
}

// TestKeysRunOut: a desk that cannot reach the drop tells its person a week before the drop
// has no keys of hers, and again when it has none.
func TestKeysRunOut(t *testing.T) {
	t.Parallel()
	w, _ := hostileWorld(t)
	w.double.down = errors.New("no route")
	until := time.Unix(w.desks[0].Status().KeysUntil, 0)
	w.clock = until.Add(-7*24*time.Hour - time.Minute)
	w.round(w.desks[0])
	if got := rows(w.desks[0]); strings.Contains(got, "keys") {
		t.Errorf("told too early: %s", got)
	}
	w.clock = until.Add(-7*24*time.Hour + time.Minute)
	w.warned("keys", "until "+until.UTC().Format(time.DateOnly))
	w.clock = until
	w.round(w.desks[0])
	if last := w.desks[0].Alarms(); last[len(last)-1].Words != wordsNoKey {
		t.Errorf("told %q", tell(last))
	}
}

// TestKeysNeverBrought: so is one who could never bring any.
func TestKeysNeverBrought(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.double.hostile = true
	w.double.bundleErr = drop.ErrBusy
	w.round(w.desks[0])
	if got := rows(w.desks[0]); got != "" {
		t.Errorf("told at once: %s", got)
	}
	w.clock = w.clock.Add(25 * time.Hour)
	w.must(w.drop.Seal(t.Context()))
	w.warned("keys", "no keys of yours")
}

// TestDropFull: one alarm a week, whether a desk was told or a cover.
func TestDropFull(t *testing.T) {
	t.Parallel()
	w, _ := hostileWorld(t)
	w.double.replyErr = func([]byte) error { return drop.ErrFull }
	for range 12 { // until a slot is due
		w.clock = w.clock.Add(time.Hour)
		w.must(w.drop.Seal(t.Context()))
		w.round(w.desks[0])
	}
	w.warned("full", "disk is full")
	w.must(w.desks[0].NoteFull())
	w.double.replyErr = nil
	w.warned("full", "disk is full")
	d := w.desks[1]
	w.must(d.NoteFull())
	if rows(d) != "full" {
		t.Errorf("a cover was told, and its person %q", rows(d))
	}
}

// TestStalledLog: a drop that answers and seals nothing is told of, one that holds or does
// not answer is not, nor is one that was down and comes back.
func TestStalledLog(t *testing.T) {
	t.Parallel()
	w, _ := hostileWorld(t)
	d := w.desks[1]
	w.round(d)
	w.clock = w.clock.Add(2 * time.Hour)
	w.round(w.desks[0])
	if got := rows(w.desks[0]); got != "" {
		t.Fatalf("told too early: %s", got)
	}
	w.double.holds = true
	w.clock = w.clock.Add(3 * time.Hour)
	w.round(w.desks[0])
	if got := rows(w.desks[0]); strings.Contains(got, "stalled") {
		t.Fatalf("told of a drop that holds: %s", got)
	}
	w.double.holds = false
	w.round(d)
	if got := rows(d); got != "stalled stalled" || !strings.Contains(d.Alarms()[0].Words, "letters log for 5 hours, where one is due every 1 hour") {
		t.Errorf("told %s: %q", got, tell(d.Alarms()))
	}
	w.must(w.drop.Seal(t.Context()))
	w.round(d)
	if got := rows(d); strings.Count(got, "stalled") != 2 {
		t.Errorf("told again: %s", got)
	}
}

// TestLogNotSeen: a drop that answers everything but one log is told of after a day of
// rounds, also where the desk was opened again in between; a log that comes once in
// between, a drop that was down and a desk that slept are not.
func TestLogNotSeen(t *testing.T) {
	t.Parallel()
	w, _ := hostileWorld(t)
	from := w.desks[0].Status().Contact.Answered
	w.double.readErr = map[wire.Log]error{wire.Desk: drop.ErrBusy}
	step := func(after time.Duration) {
		w.clock = w.clock.Add(after)
		w.must(w.drop.Seal(t.Context()))
		w.round(w.reopen(0))
	}
	for range 5 {
		step(4 * time.Hour)
	}
	d := w.desks[0]
	if c := d.Status().Contact; c.Tries != 0 || c.Answered != from {
		t.Errorf("status says %+v, and the desk log was seen at %d", c, from)
	}
	w.double.readErr = nil
	step(time.Hour)
	w.double.readErr = map[wire.Log]error{wire.Desk: drop.ErrBusy}
	w.double.down = errors.New("no route")
	step(72 * time.Hour)
	w.double.down = nil
	for range 6 {
		step(4 * time.Hour)
	}
	if got := rows(w.desks[0]); strings.Contains(got, "unseen") {
		t.Fatalf("told too early: %s", got)
	}
	w.clock = w.clock.Add(4 * time.Hour)
	w.must(w.drop.Seal(t.Context()))
	w.warned("unseen", "the desk log whole for 1 day")
}

// TestEachAlarmSaysWhatToDo: of all that this desk may raise.
func TestEachAlarmSaysWhatToDo(t *testing.T) {
	t.Parallel()
	for _, row := range []string{
		"M-1", "M-3", "M-4", "M-5", "M-7", "M-9", "M-10", "M-11", "M-22", "M-24", "M-25", "M-28", "M-33", "M-35", "M-36", "M-37", "M-39",
		"fork", "silent", "restored", "holding", "late", "skipped", "gap", "clock", "reply", "former", "odd", "full", "keys", "list", "stalled", "unseen", "cover",
	} {
		if advice(row) == "" {
			t.Errorf("%s says nothing", row)
		}
	}
}

// TestContact: since when the drop does not answer survives being opened again; tries
// become rarer; and an answer ends it.
func TestContact(t *testing.T) {
	t.Parallel()
	w, _ := hostileWorld(t)
	if c := w.desks[0].Status().Contact; c.Tries != 0 || c.SilentSince != 0 || c.Answered == 0 || c.Next <= w.clock.Unix() {
		t.Fatalf("%+v", c)
	}
	w.double.down = errors.New("no route")
	since := w.clock.Add(time.Minute)
	for i := range 3 {
		w.clock = w.clock.Add(time.Duration(1+i) * time.Minute)
		w.round(w.desks[0])
	}
	if c := w.reopen(0).Status().Contact; c.Tries != 3 || c.SilentSince != since.Unix() || c.Tried != w.clock.Unix() {
		t.Errorf("%+v at %d", c, w.clock.Unix())
	}
	w.double.down = nil
	w.round(w.desks[0])
	if c := w.reopen(0).Status().Contact; c.Tries != 0 || c.SilentSince != 0 || c.Answered != w.clock.Unix() {
		t.Errorf("%+v", c)
	}
}

// TestBackOff: what could not be written is tried again ever later while the drop does not
// answer, at moments that do not move when somebody looks.
func TestBackOff(t *testing.T) {
	t.Parallel()
	w, _ := hostileWorld(t)
	d := w.desks[0]
	every := d.s.newsroom.Roster().Schedule.Interval(wire.Desk)
	var last time.Duration
	for range maxBackOff {
		w.must(d.commit(&dropSilent{}))
		at := d.retryAt(every)
		if at.Sub(w.clock) <= last {
			t.Errorf("after %d tries it is tried again in %v", d.s.contact.tries, at.Sub(w.clock))
		}
		last = at.Sub(w.clock)
		w.clock = w.clock.Add(time.Second)
		if !d.retryAt(every).Equal(at) {
			t.Error("to look moved the moment")
		}
	}
	if most := time.Duration(every) * time.Second; last > most {
		t.Errorf("in the end it is tried again after %v", last)
	}
	w.clock = w.clock.Add(24 * time.Hour)
	if at := d.retryAt(every); !at.After(w.clock) {
		t.Errorf("a moment that is over: %v", at)
	}
}

// TestNoWayToTheDrop is not the drop's fault, and counts as silence all the same.
func TestNoWayToTheDrop(t *testing.T) {
	t.Parallel()
	w, _ := hostileWorld(t)
	d := w.desks[0]
	d.connect = func(string) (drop.Drop, error) { return nil, errors.New("no Tor") }
	w.round(d)
	if d.Status().Contact.Tries != 1 {
		t.Errorf("%+v", d.Status().Contact)
	}
}
