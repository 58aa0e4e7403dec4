// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"strings"
	"testing"
	"time"

	"tamizdat/letter/wire"
)

func TestM24WrongClock(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ sealed, own time.Duration }{
		"runs ahead": {sealed: 5 * time.Hour, own: time.Hour},
		"runs back":  {sealed: time.Hour, own: 9 * time.Hour}, // after a look 4 hours before
	} {
		t.Run(name, func(t *testing.T) {
			w, key := hostileWorld(t)
			if c.own > c.sealed {
				w.clock = w.clock.Add(5 * time.Hour)
				w.round(w.desks[0])
				w.clock = w.clock.Add(c.own - 5*time.Hour)
			} else {
				w.clock = w.clock.Add(c.own)
			}
			w.double.read = w.forgeLog(wire.Letters, key, func(p []wire.Page) []wire.Page {
				return append(p, remake(p[len(p)-1], func(p *wire.Page) {
					p.Header.Number++
					p.Header.Sealed += int64(c.sealed / time.Second)
				}))
			})
			w.expect("M-24", "the drop's clock is off")
		})
	}
}

// TestM34PagesDatedAhead: keys do not die because the drop says that it is late.
func TestM34PagesDatedAhead(t *testing.T) {
	t.Parallel()
	w, key := hostileWorld(t)
	d := w.desks[0]
	first := d.currentPeriod()
	w.double.read = w.forgeLog(wire.Letters, key, func(p []wire.Page) []wire.Page {
		return append(p, remake(p[len(p)-1], func(p *wire.Page) {
			p.Header.Number++
			p.Header.Sealed = first.End(testPeriod) + testPeriod
		}))
	})
	w.expect("M-24", "the drop's clock is off")
	d = w.desks[0]
	if _, ok := d.v.Secret(periodSecret(first)); !ok || d.s.periods[first].destroyed {
		t.Error("the keys of the current period were destroyed at the drop's word")
	}
}

// TestKeysDieAtTheLatest: a drop that delivers nothing cannot keep them alive.
func TestKeysDieAtTheLatest(t *testing.T) {
	t.Parallel()
	w, _ := hostileWorld(t)
	d := w.desks[0]
	first := d.currentPeriod()
	w.double.read = func([]byte, []byte) []byte { return nil }
	w.goOn(d, first.End(testPeriod)+5*testPeriod-1)
	if d.s.periods[first].destroyed {
		t.Error("destroyed before the pages were seen and before the latest time")
	}
	w.clock = time.Unix(first.End(testPeriod)+5*testPeriod, 0)
	w.round(d)
	if _, ok := d.v.Secret(periodSecret(first)); ok {
		t.Error("the keys live on for as long as the drop likes")
	}
}

// goOn runs a desk every few days until a time.
func (w *world) goOn(d *Desk, until int64) {
	w.t.Helper()
	for w.clock.Unix() < until {
		w.clock = time.Unix(min(w.clock.Unix()+5*86400, until), 0)
		w.round(d)
	}
}

// TestClockFarAheadForAMoment destroys nothing; when it says the same a day
// later it is believed.
func TestClockFarAheadForAMoment(t *testing.T) {
	t.Parallel()
	w, _ := hostileWorld(t)
	live := func() int { return len(w.desks[0].v.SecretNames(secretPeriod)) }
	w.double.read = func([]byte, []byte) []byte { return nil }
	w.double.keys = func(wire.Period, []byte) []byte { return nil } // no keys are made for then
	before, now := live(), w.clock
	for i := range 3 {
		w.clock = now.AddDate(10, 0, 3*i)
		w.openAgain(0)
		w.round(w.desks[0])
		if live() < before {
			t.Fatalf("%d keys are left after one moment", live())
		}
		w.clock = now.Add(time.Duration(i+1) * time.Hour)
		w.round(w.desks[0])
	}
	if got := rows(w.desks[0]); !strings.Contains(got, "clock") {
		t.Errorf("told %s", got)
	}
	w.clock = now.AddDate(10, 0, 0)
	w.openAgain(0)
	first := w.desks[0].currentPeriod()
	w.clock = w.clock.Add(24 * time.Hour)
	w.openAgain(0)
	for p, own := range w.desks[0].s.periods {
		if p < first && !own.destroyed {
			t.Errorf("the keys of period %d live on", p)
		}
	}
}

// openAgain opens a desk again in its place.
func (w *world) openAgain(i int) { w.desks[i] = w.opened(i) }

// TestKeysOfADeskThatIsSeldomUsed die too.
func TestKeysOfADeskThatIsSeldomUsed(t *testing.T) {
	t.Parallel()
	w, _ := hostileWorld(t)
	w.double.read = func([]byte, []byte) []byte { return nil }
	first := w.desks[0].currentPeriod()
	end := first.End(testPeriod) + 5*testPeriod
	for w.clock.Unix() < end+9*86400 {
		w.clock = w.clock.Add(9 * 24 * time.Hour)
		w.openAgain(0)
	}
	if !w.desks[0].s.periods[first].destroyed {
		t.Error("they live for as long as nobody looks twice in a week")
	}
}
