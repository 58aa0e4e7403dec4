// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"testing"
	"time"

	"tamizdat/letter/wire"
)

// TestNextTellsNothingOfWhenWorkBegins: a desk that was off while moments of its
// went by comes at the same next moment whenever it is opened in between, and at
// one that was drawn beforehand.
func TestNextTellsNothingOfWhenWorkBegins(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	d := w.desks[0]
	if !d.HasLooked() {
		t.Fatal("this desk has not looked yet")
	}
	every := w.newsroom().Roster().Schedule.Interval(wire.Letters)
	for step := range 12 * 60 { // twelve hours, in which the desk does not run
		w.clock = w.clock.Add(time.Minute)
		next, err := d.Next()
		w.must(err)
		if !drawn(d, next, every) {
			t.Fatalf("opened in minute %d it comes at %v, which nobody drew", step, next)
		}
	}
}

// drawn reports whether t is a moment of a look or of a slot of the desk.
func drawn(d *Desk, t time.Time, every int64) bool {
	i := t.Unix() / every
	if t.Equal(d.lookDue(i)) {
		return true
	}
	for _, sealing := range []int64{d.nextSealing(), d.nextSealing() + d.s.newsroom.Roster().Schedule.Interval(wire.Replies)} {
		for _, slot := range d.s.newsroom.Roster().SlotsOf(d.ID(), sealing) {
			if t.Equal(d.slotDue(sealing, slot)) {
				return true
			}
		}
	}
	return false
}
