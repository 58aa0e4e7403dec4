// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"strings"
	"testing"
	"time"
)

// TestWhatVeraStillHas: before she is let go and afterwards, each desk says what she has,
// and what can be made worthless.
func TestWhatVeraStillHas(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	w.write(newSource(t), "to all")
	vera := w.desks[2]
	w.pass(2 * time.Hour)
	item, err := vera.TakeNote("call", "eleven boxes")
	w.must(err)
	mine, err := w.desks[0].TakeNote("call", "twelve")
	w.must(err)
	th := w.onlyThread(0)
	w.must(w.desks[0].SetThread(th, FieldAssigned, "Vera"))
	w.must(w.desks[0].PutInThread(th, mine))
	w.history(w.desks[0], "Vera", true)
	w.pass(30 * time.Hour)

	l, err := w.desks[1].Leaving("vera")
	w.must(err)
	if l.Left || l.Opened != 1 || l.Given != 0 || l.Pages == 0 || len(l.Hands) != 1 || !l.Access || !l.Signs || len(l.Assigned) != 1 ||
		len(l.OnlyThere) != 1 || l.OnlyThere[0].ID != item || len(l.Copies) != 1 || l.Copies[0] != mine || l.KeysEnd != testStart+3*testPeriod {
		t.Errorf("before: %+v", l)
	}
	w.round(w.desks[0])
	w.round(w.desks[1]) // who signs must have seen as much as who proposes
	draft, err := w.desks[0].Propose(Change{Expel: []string{"Vera"}})
	w.must(err)
	w.signAndJoin(draft, 0, 1)
	w.round(w.desks[1])
	w.clock = w.clock.Add(3 * 7 * 24 * time.Hour)
	l, err = w.desks[1].Leaving("Vera")
	w.must(err)
	if !l.Left || l.Access || l.Signs || l.Opened != 1 || len(l.OnlyThere) != 1 || l.KeysEnd != testStart+3*testPeriod {
		t.Errorf("afterwards: %+v", l)
	}
	for _, want := range []string{"Vera has left", "1 letter that opened there", "keys of Vera lie at the drop for letters until 2027-07-22", "Vera's key signs editions"} {
		if !strings.Contains(strings.Join(l.Says, "\n"), want) {
			t.Errorf("it does not say %q: %q", want, l.Says)
		}
	}
	if _, err := w.desks[0].Leaving("Nobody"); err == nil {
		t.Error("somebody who never was here has something")
	}
}
