// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"tamizdat/letter"
	"tamizdat/letter/wire"
)

func TestM01AnotherNewsroom(t *testing.T) {
	t.Parallel()
	w, _ := hostileWorld(t)
	other := newWorld(t)
	w.double.newsroom = func([]byte) []byte { return other.newsroom().Bytes() }
	w.expect("M-1", "this is not the newsroom you asked for")
}

func TestM01RosterNotSigned(t *testing.T) {
	t.Parallel()
	w, _ := hostileWorld(t)
	w.double.newsroom = func(file []byte) []byte {
		file[len(file)-1] ^= 1 // in a signature
		return file
	}
	w.expect("M-1", "the roster is not signed by this newsroom")
}

func TestM03OlderRoster(t *testing.T) {
	t.Parallel()
	w, _ := hostileWorld(t)
	old := w.newsroom().Bytes()
	draft, err := w.desks[0].Propose(Change{})
	w.must(err)
	w.signAndJoin(draft, 0, 1)
	w.double.newsroom = func([]byte) []byte { return old }
	w.expect("M-3", "the drop went back to an earlier roster")
}

// TestM36NewestRootLeftOut: those who were expelled keep a threshold of the
// former keys and go on from the roster before.
func TestM36NewestRootLeftOut(t *testing.T) {
	t.Parallel()
	w, _ := hostileWorld(t)
	apart, err := w.desks[1].Propose(Change{})
	w.must(err)
	w.must(w.desks[1].Sign(apart))
	w.must(w.desks[2].Sign(apart))
	fork, err := apart.Newsroom()
	w.must(err)
	draft, err := w.desks[0].Propose(Change{Expel: []string{"Vera"}})
	w.must(err)
	w.signAndJoin(draft, 0, 1)
	w.double.newsroom = func([]byte) []byte { return fork.Bytes() }
	w.expect("M-4", "two different lists of journalists carry the same number")
}

func TestM04TwoRosters(t *testing.T) {
	t.Parallel()
	w, _ := hostileWorld(t)
	drafts := make([]*Draft, 2)
	for i := range drafts {
		var err error
		drafts[i], err = w.desks[1].Propose(Change{}) // each with a seed of its own
		w.must(err)
		w.must(w.desks[1].Sign(drafts[i]))
		w.must(w.desks[2].Sign(drafts[i]))
	}
	w.must(w.desks[0].Publish(t.Context(), drafts[0]))
	second, err := drafts[1].Newsroom()
	w.must(err)
	w.double.newsroom = func([]byte) []byte { return second.Bytes() }
	w.expect("M-4", "two different lists of journalists carry the same number")
}

// TestM04TwoRostersByABeat: a colleague was shown the other one.
func TestM04TwoRostersByABeat(t *testing.T) {
	t.Parallel()
	w, _ := hostileWorld(t)
	w.serveBeat(func(b *wire.BeatBody) { b.RosterHash[0] ^= 1 })
	w.expect("M-4", "two different lists of journalists carry the same number")
}

// serveBeat has the drop show one more beat of desk 1, changed by its desk.
func (w *world) serveBeat(change func(*wire.BeatBody)) {
	w.t.Helper()
	d := w.desks[1]
	u, err := wire.ParseBeat(d.beat())
	w.must(err)
	b, err := u.Verify(d.s.newsroom.Roster())
	w.must(err)
	body := b.Body()
	change(&body)
	file := wire.EncodeBeatsFile(body.Newsroom, [][]byte{d.keys.Beat(body)})
	w.double.beats = func([]byte) []byte { return file }
}

func TestM03OlderRosterByABeat(t *testing.T) {
	t.Parallel()
	w, _ := hostileWorld(t)
	w.serveBeat(func(b *wire.BeatBody) { b.RosterNumber++ })
	w.expect("M-3", "the drop went back to an earlier roster")
}

func TestM05ExpiredRoster(t *testing.T) {
	t.Parallel()
	w, _ := hostileWorld(t)
	w.clock = w.clock.Add(61 * 24 * time.Hour)
	d := w.desks[0]
	w.round(d)
	if got := rows(d); !strings.HasPrefix(got, "M-5") || d.Alarms()[0].Words != "the list of journalists has expired" {
		t.Errorf("told %s %q", got, tell(d.Alarms()))
	}
}

func TestM20SwappedKeys(t *testing.T) {
	t.Parallel()
	w, _ := hostileWorld(t)
	body := w.newsroom().Roster().Body()
	a, b := body.Journalists[0].Tuple.Bytes(), body.Journalists[1].Tuple.Bytes()
	w.double.newsroom = func(file []byte) []byte {
		i, j := bytes.Index(file, a), bytes.Index(file, b)
		copy(file[i:], b)
		copy(file[j:], a)
		return file
	}
	w.expect("M-1", "the roster is not signed by this newsroom")
}

func TestM35ForeignBundle(t *testing.T) {
	t.Parallel()
	w, _ := hostileWorld(t)
	d := w.desks[0]
	p := d.currentPeriod()
	stolen := d.keys.Bundle(w.draft.Key(), 1, letter.NewPeriodKeys(p))
	w.double.keys = func(asked wire.Period, b []byte) []byte {
		if asked != p {
			return b
		}
		return wire.EncodeKeysFile(w.draft.Key(), p, [][]byte{stolen})
	}
	w.expect("M-35", "keys under your name that you did not make")
}
