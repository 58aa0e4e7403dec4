// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"fmt"
	"testing"
	"time"

	"tamizdat/letter/wire"
)

// TestAwayBlamesNobody: one of three desks looks while a log is still empty, writes for its
// first page, and is away until that page was deleted. When it is back, it blames nobody
// for what it could not see (M-11), and says that it missed letters.
func TestAwayBlamesNobody(t *testing.T) {
	t.Parallel()
	for _, before := range []time.Duration{0, 3 * time.Hour} { // the desk log is empty; the replies log is
		t.Run(fmt.Sprint(before), func(t *testing.T) {
			t.Parallel()
			w := newWorldOf(t, nil, func(w *world) {
				w.sched.DeskKept, w.sched.LettersKept, w.sched.RepliesKept = 12, 12, 2
			})
			vera := w.desks[2]
			if due := vera.segmentDue(vera.nextSegment()); due.After(w.clock) {
				w.clock = due
			}
			w.round(vera)
			w.pass(before)
			w.desks = w.desks[:2]
			w.pass(30 * time.Hour)
			w.desks = append(w.desks, vera)
			w.pass(7 * time.Hour)
			if got := rows(vera); got != "gap" {
				t.Errorf("told %q", got)
			}
			if vera.s.position(wire.Replies).size == 0 {
				t.Error("she read nothing")
			}
		})
	}
}
