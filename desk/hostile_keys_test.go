// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"slices"
	"testing"
	"time"

	"tamizdat/letter"
	"tamizdat/letter/wire"
)

// TestM38KeyOfAJournalist: a stranger's tuple with a key of a colleague, of one
// who has left, or of the reader.
func TestM38KeyOfAJournalist(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	vera := w.desks[2]
	draft, err := w.desks[0].Propose(Change{Expel: []string{"Vera"}})
	w.must(err)
	w.signAndJoin(draft, 0, 1)
	w.desks = w.desks[:2]
	for _, of := range []*Desk{w.desks[0], w.desks[1], vera} {
		j, _, ok := w.desks[0].s.newsroom.Roster().Journalist(of.ID())
		tuple := vera.ownTuple(t)
		if ok {
			tuple = j.Tuple
		}
		forged := *newSource(t).Tuple()
		forged.PQ = tuple.PQ
		d := w.reopen(0)
		k := w.keepFrom(d, forged, "false "+of.s.name)
		words := "quarantined: claims to be " + of.s.name + " but one key differs"
		if got := d.info(d.s.letters[k.ID]).Quarantine; got != words {
			t.Errorf("%s: shown as %q", of.s.name, got)
		}
		if last := d.Alarms()[len(d.Alarms())-1]; last.Row != "M-28" || last.Words != words {
			t.Errorf("%s: told %s %q", of.s.name, last.Row, last.Words)
		}
	}
}

// ownTuple is what the desk's own request says.
func (d *Desk) ownTuple(t *testing.T) wire.Tuple {
	t.Helper()
	q, err := wire.ParseRequest(d.Request())
	if err != nil {
		t.Fatal(err)
	}
	return q.Journalist.Tuple
}

// keepFrom has a desk take a letter that opened.
func (w *world) keepFrom(d *Desk, from wire.Tuple, text string) *letterKept {
	w.t.Helper()
	in := &intake{f: &found{d: d}, seen: map[LetterID]bool{}, senders: map[wire.Pseudonym]*wire.Tuple{}}
	in.page.Header = wire.PageHeader{Number: 9, Sealed: testStart}
	o := &letter.Opened{Sender: from, Pseudonym: from.Pseudonym(), Kind: letter.KindLetter, Letter: letter.NewLetter(text, nil)}
	k, err := describe(o, in.page.Header)
	w.must(err)
	w.must(d.keep(in, o, k, make([]byte, wire.EnvelopeSize)))
	w.must(d.flush(in))
	return k
}

// TestImpostorIsKept: what opens and claims a journalist's key is not thrown
// away with what cannot be opened.
func TestImpostorIsKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	src := newSource(t)
	// Only the DH key takes part in sealing; a roster that lists a journalist
	// with this source's PQ key makes her the impostor.
	d := w.desks[0]
	r := d.s.newsroom.Roster()
	r.Journalists[1].Tuple.PQ = src.Tuple().PQ
	d.s.meetJournalist(&r.Journalists[1].Tuple)
	w.write(src, "I am Boris")
	w.clock = w.clock.Add(time.Hour)
	w.must(w.drop.Seal(t.Context()))
	w.must(d.lookLog(t.Context(), w.double, wire.Letters))
	list := d.Letters()
	if len(list) != 1 || list[0].Quarantine == "" || d.s.dropped.Opaque != 0 {
		t.Errorf("letters: %+v, dropped: %+v", list, d.s.dropped)
	}
}

// TestExpelledDeskLosesItsPeriodKeys, at the latest when it is opened after
// their time, and also when every round ends before its first call.
func TestExpelledDeskLosesItsPeriodKeys(t *testing.T) {
	t.Parallel()
	for name, look := range map[string]func(*world){
		"opened again": func(w *world) { w.desks[2] = w.opened(2) },
		"a round":      func(w *world) { _, _ = w.desks[2].Round(w.t.Context()) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.pass(3 * time.Hour)
			draft, err := w.desks[0].Propose(Change{Expel: []string{"Vera"}})
			w.must(err)
			w.signAndJoin(draft, 0, 1)
			w.double.hostile = true
			w.round(w.desks[2])
			for range 80 {
				w.clock = w.clock.Add(24 * time.Hour)
				look(w)
			}
			vera := w.desks[2]
			if got := vera.v.SecretNames(secretPeriod); len(got) != 0 || len(vera.s.periods) == 0 {
				t.Errorf("the keys of %v are still there", got)
			}
		})
	}
}

// opened closes a desk and opens it again.
func (w *world) opened(i int) *Desk {
	w.t.Helper()
	key := w.desks[i].Key()
	w.must(w.desks[i].Close())
	d, err := OpenWith(key, w.options())
	w.must(err)
	w.t.Cleanup(func() { d.Close() })
	return d
}

// TestPeriodKeysThatNoEventNames are deleted when the desk opens.
func TestPeriodKeysThatNoEventNames(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	d := w.desks[0]
	before := d.v.SecretNames(secretPeriod)
	w.must(d.v.ChangeSecrets(map[string][]byte{periodSecret(9999): []byte("drawn, and then the power went")}))
	if after := w.opened(0).v.SecretNames(secretPeriod); !slices.Equal(before, after) {
		t.Errorf("the keyring holds %v", after)
	}
}
