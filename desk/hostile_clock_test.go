// SPDX-License-Identifier: Apache-2.0

package desk

import (
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
	w.clock = time.Unix(first.End(testPeriod)+5*testPeriod-1, 0)
	w.round(d)
	if d.s.periods[first].destroyed {
		t.Error("destroyed before the pages were seen and before the latest time")
	}
	w.clock = time.Unix(first.End(testPeriod)+5*testPeriod, 0)
	w.round(d)
	if _, ok := d.v.Secret(periodSecret(first)); ok {
		t.Error("the keys live on for as long as the drop likes")
	}
}
