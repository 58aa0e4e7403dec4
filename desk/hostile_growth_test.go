// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"crypto/rand"
	"testing"
	"time"

	"tamizdat/letter/wire"
)

// extra adds n empty pages that are so many seconds apart.
func extra(n int, apart int64) func([]wire.Page) []wire.Page {
	return func(p []wire.Page) []wire.Page {
		for range n {
			p = append(p, remake(p[len(p)-1], func(p *wire.Page) {
				p.Header.Number++
				p.Header.Sealed += apart
				p.Body = make([]byte, len(emptyBody(p.Header.Log)))
			}))
		}
		return p
	}
}

func emptyBody(log wire.Log) []byte {
	if log == wire.Letters {
		return make([]byte, 8)
	}
	return make([]byte, 1)
}

// TestM39PagesCloserThanTheInterval: few and dated close together.
func TestM39PagesCloserThanTheInterval(t *testing.T) {
	t.Parallel()
	w, key := hostileWorld(t)
	w.pass(18 * time.Hour)
	w.double.read = w.forgeLog(wire.Replies, key, extra(2, 1))
	w.expect("M-39", "the drop seals pages faster than agreed")
}

// TestM39MorePagesThanTimeHasPassed: each properly dated, and still too many.
func TestM39MorePagesThanTimeHasPassed(t *testing.T) {
	t.Parallel()
	w, key := hostileWorld(t)
	w.pass(18 * time.Hour)
	w.double.read = w.forgeLog(wire.Letters, key, extra(5, 3600))
	w.round(w.desks[0])
	if d := w.desks[0]; rows(d) != "M-24 M-39" {
		t.Errorf("told %s", tell(d.Alarms()))
	}
}

// TestLogThatGrowsWithoutEndIsNotFollowed: the journal does not grow with it.
func TestLogThatGrowsWithoutEndIsNotFollowed(t *testing.T) {
	t.Parallel()
	w, key := hostileWorld(t)
	w.pass(18 * time.Hour)
	d := w.desks[0]
	before := d.s.position(wire.Desk).size
	w.double.read = w.forgeLog(wire.Desk, key, extra(maxExcess+50, 1))
	w.expect("M-39", "the drop seals pages faster than agreed")
	if got := w.desks[0].s.position(wire.Desk).size; got != before {
		t.Errorf("followed from %d to %d", before, got)
	}
}

// TestHonestPaceIsQuiet: renewals, an absence, and another interval.
func TestHonestPaceIsQuiet(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(20 * time.Hour)
	d := w.desks[0]
	draft, err := d.Propose(Change{})
	w.must(err)
	w.signAndJoin(draft, 0, 1)
	w.fillPages(100)
	w.round(d)
	w.pass(14 * time.Hour)
	w.expectQuiet()
}

// TestRubbishDoesNotFillTheJournal: what nobody signed is told once a day, and
// only its hash is kept.
func TestRubbishDoesNotFillTheJournal(t *testing.T) {
	t.Parallel()
	rubbish := func(n int) []byte {
		b := make([]byte, n)
		rand.Read(b)
		return b
	}
	for row, hook := range map[string]func(*world){
		"M-1": func(w *world) { w.double.newsroom = func([]byte) []byte { return rubbish(50_000) } },
		"M-10": func(w *world) {
			w.double.read = func(req, b []byte) []byte {
				if wire.Log(req[34]) != wire.Letters {
					return b
				}
				b[viewPrefix-1] = rubbish(1)[0] // in the head's signature
				return append(b, rubbish(1000)...)
			}
		},
	} {
		t.Run(row, func(t *testing.T) {
			w, _ := hostileWorld(t)
			hook(w)
			d := w.desks[0]
			for range 5 {
				w.round(d)
			}
			if rows(d) != row {
				t.Fatalf("told %s", tell(d.Alarms()))
			}
			if n := len(d.Alarms()[0].Evidence()[0]); row == "M-1" && n > 64 {
				t.Errorf("%d bytes that nobody signed are kept", n)
			}
			w.clock = w.clock.Add(24 * time.Hour)
			w.must(w.drop.Seal(t.Context()))
			w.round(d)
			if rows(d) != row+" "+row {
				t.Errorf("a day later: told %s", tell(d.Alarms()))
			}
		})
	}
}

// TestGreatestPageFits: a desk can hold the page that a flood has filled.
func TestGreatestPageFits(t *testing.T) {
	t.Parallel()
	const (
		page = wire.PageHeaderSize + 8 + wire.MaxPageItems*(wire.EnvelopeSize+32)
		more = 64 << 20 // spec/drop.md §9
		hash = 32
	)
	if need := page + more + wire.HeadSize + 2*hash*wire.MaxViewLeaves + 64*hash; need > viewBytes {
		t.Errorf("a view of %d bytes is refused", need)
	}
}
