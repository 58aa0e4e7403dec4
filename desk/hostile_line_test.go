// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"tamizdat/drop"
	"tamizdat/letter/wire"
)

// brokenLine gives the beginning of an answer and then what a connection gives
// that is gone.
type brokenLine struct {
	io.Reader
	err error
}

func (b *brokenLine) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err == io.EOF {
		err = b.err
	}
	return n, err
}

// TestConnectionBreaksInAView: no fault of the log, at whatever byte.
func TestConnectionBreaksInAView(t *testing.T) {
	t.Parallel()
	w, _ := hostileWorld(t)
	d := w.desks[0]
	for _, n := range []int{0, 1, viewPrefix, viewPrefix + 3} {
		w.double.body = func(answer io.Reader) io.Reader {
			return &brokenLine{io.LimitReader(answer, int64(n)), io.ErrUnexpectedEOF}
		}
		if _, err := d.Round(t.Context()); !errors.Is(err, errSilent) {
			t.Errorf("after %d bytes: told %v", n, err)
		}
	}
	if rows(d) != "" {
		t.Errorf("told %s", tell(d.Alarms()))
	}
}

// TestNewsroomFailsOnce: a colleague's beat speaks of a roster and of replies
// that this desk could not fetch. That is not the drop's history changing.
func TestNewsroomFailsOnce(t *testing.T) {
	t.Parallel()
	for name, hook := range map[string]func(*world){
		"newsroom": func(w *world) { w.double.newsroomErr = drop.ErrBusy },
		"replies":  func(w *world) { w.double.readErr = map[wire.Log]error{wire.Replies: drop.ErrBusy} },
	} {
		t.Run(name, func(t *testing.T) {
			w, _ := hostileWorld(t)
			draft, err := w.desks[1].Propose(Change{})
			w.must(err)
			w.desks = []*Desk{w.desks[1], w.desks[2], w.desks[0]}
			w.signAndJoin(draft, 0, 1)
			d := w.desks[2]
			w.desks = w.desks[:2]
			w.pass(7 * time.Hour)
			hook(w)
			if _, err := d.Round(t.Context()); !errors.Is(err, drop.ErrBusy) {
				t.Errorf("told %v", err)
			}
			w.double.newsroomErr, w.double.readErr = nil, nil
			w.round(d)
			if rows(d) != "" {
				t.Errorf("told %s", tell(d.Alarms()))
			}
		})
	}
}

// TestStepHasAnEnd: a drop that answers and never ends holds the folder for a
// step's time and no longer, for each of the calls.
func TestStepHasAnEnd(t *testing.T) {
	t.Parallel()
	w, _ := hostileWorld(t)
	d := w.desks[0]
	d.stepLimit, d.logLimit = time.Millisecond, time.Millisecond
	w.double.wait = func(ctx context.Context) { <-ctx.Done() }
	if _, err := d.Round(t.Context()); !errors.Is(err, errSilent) {
		t.Errorf("told %v", err)
	}
	w.double.wait = nil
	d.stepLimit = time.Hour
	w.double.body = func(io.Reader) io.Reader { return &endless{w.double} }
	if _, err := d.Round(t.Context()); !errors.Is(err, errSilent) {
		t.Errorf("a view without end: told %v", err)
	}
}

// endless gives nothing until the caller gives up.
type endless struct{ h *double }

func (e *endless) Read([]byte) (int, error) {
	<-e.h.reading.Done()
	return 0, e.h.reading.Err()
}

// TestLogThatGrowsWhileItIsRead is followed to the head that it had at first.
func TestLogThatGrowsWhileItIsRead(t *testing.T) {
	t.Parallel()
	w, _ := hostileWorld(t)
	d := w.desks[0]
	w.fillPages(wire.MaxReadPages + 10)
	reads := 0
	w.double.read = func(req, answer []byte) []byte {
		if wire.Log(req[34]) == wire.Letters {
			if reads++; reads > 5 {
				t.Fatal("the desk follows the log for ever")
			}
			w.fillPages(wire.MaxReadPages + 10)
		}
		return answer
	}
	w.round(d)
	if reads != 2 {
		t.Errorf("%d views were asked for", reads)
	}
}

// TestOwnFaultsAreOwn: a full disk of this laptop is not a drop that does not
// answer.
func TestOwnFaultsAreOwn(t *testing.T) {
	t.Parallel()
	w, _ := hostileWorld(t)
	d := w.desks[0]
	w.must(d.v.Close()) // every write fails from here on
	_, err := d.Round(t.Context())
	if err == nil || errors.Is(err, errSilent) || strings.Contains(err.Error(), "does not answer") {
		t.Errorf("told %v", err)
	}
}

// TestBadGrantIsNotSilence: the drop answers, with nonsense.
func TestBadGrantIsNotSilence(t *testing.T) {
	t.Parallel()
	w, _ := hostileWorld(t)
	draft, err := w.desks[1].Propose(Change{})
	w.must(err)
	w.desks = []*Desk{w.desks[1], w.desks[2], w.desks[0]}
	w.signAndJoin(draft, 0, 1)
	w.double.grant = func(b []byte) []byte { b[len(b)/2] ^= 1; return b }
	if _, err := w.desks[2].Round(t.Context()); err == nil || errors.Is(err, errSilent) {
		t.Errorf("told %v", err)
	}
}

// TestNextAddress: where nothing answers at the first address of the roster,
// the second is tried.
func TestNextAddress(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var tried []string
	dead := &double{Drop: w.drop, w: w, down: errors.New("connection refused")}
	l := &line{addresses: []string{"a", "b", "c"}, connect: func(a string) (drop.Drop, error) {
		tried = append(tried, a)
		if a == "c" {
			return w.double, nil
		}
		return dead, nil
	}}
	w.must(l.next())
	for range 2 {
		if _, err := l.Beats(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if got := strings.Join(tried, ""); got != "abc" {
		t.Errorf("tried %s", got)
	}
	w.double.down = drop.ErrBusy // an answer: nobody else is asked
	if _, err := l.Beats(t.Context()); !errors.Is(err, drop.ErrBusy) || silent(err) {
		t.Errorf("a busy drop: %v", err)
	}
}

// TestOpeningComesAfterAllCalls: how long a letter takes to open is not seen
// between two calls.
func TestOpeningComesAfterAllCalls(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	w.write(newSource(t), "hello")
	w.clock = w.clock.Add(time.Hour)
	w.must(w.drop.Seal(t.Context()))
	d := w.desks[0]
	calls := 0
	w.double.wait = func(context.Context) {
		if calls++; len(d.s.letters) > 0 {
			t.Error("a call was made after a letter had been opened")
		}
	}
	w.round(d)
	if len(d.s.letters) != 1 || calls == 0 {
		t.Errorf("%d letters, %d calls", len(d.s.letters), calls)
	}
}
