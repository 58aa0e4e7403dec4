// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"testing"
	"time"
)

// TestJoinedHandsLoseNoValue: two colleagues give two threads to different people without
// hearing of each other, and a third joins the hands. Both values are shown for a choice,
// and after it nobody is asked any more; what is taken back does not come again.
func TestJoinedHandsLoseNoValue(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	w.write(newSource(t), "The risk grows every week.")
	w.write(newSource(t), "So I heard.")
	w.pass(2 * time.Hour)
	anna, boris, vera := w.desks[0], w.desks[1], w.desks[2]
	one, other := &anna.Threads()[0], &anna.Threads()[1]
	w.must(anna.SetThread(one, FieldAssigned, "anna"))
	w.must(anna.SetThread(one, FieldDeadline, "2026-03-06"))
	w.must(boris.SetThread(other, FieldAssigned, "boris"))
	w.pass(8 * time.Hour)
	w.must(vera.JoinHands(one.Hands[0], other.Hands[0], true, "one knows what the other said"))
	w.pass(8 * time.Hour)
	w.alike()
	_, choices := shares(vera)
	if len(choices) != 1 || choices[0].Field != FieldAssigned || len(choices[0].Values) != 2 {
		t.Fatalf("to choose: %+v", choices)
	}
	w.must(vera.SetThread(w.onlyThread(2), FieldAssigned, "vera"))
	w.must(vera.SetThread(w.onlyThread(2), FieldDeadline, ""))
	w.pass(8 * time.Hour)
	w.alike()
	if th, _ := shares(anna); th[0].Assigned != vera.s.name || th[0].Deadline != "" {
		t.Errorf("%+v", th[0])
	}
	if _, choices := shares(anna); len(choices) > 0 {
		t.Errorf("still asked: %+v", choices)
	}
}
