// SPDX-License-Identifier: Apache-2.0

package deskcmd

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"tamizdat/desk"
	"tamizdat/drop"
)

// coverDouble has an errand each millisecond.
type coverDouble struct {
	done chan desk.Errand
	err  error
	hold bool // the first visit comes to no end
	n    atomic.Int32
}

func (c *coverDouble) After(time.Time) desk.Errand {
	return desk.Errand{At: time.Now().Add(time.Millisecond)}
}

func (c *coverDouble) Do(ctx context.Context, e desk.Errand) (desk.Errand, error) {
	if c.n.Add(1) == 1 && c.hold {
		<-ctx.Done()
		return desk.Errand{}, ctx.Err()
	}
	select {
	case c.done <- e:
	case <-ctx.Done():
	}
	return desk.Errand{}, c.err
}

func (c *coverDouble) Follow(*desk.Desk) error { return nil }

// TestCoversGoOnBesideTheWatch until they are stopped, also where one comes to no end, and
// tell of a full drop and of one that holds them up once.
func TestCoversGoOnBesideTheWatch(t *testing.T) {
	t.Parallel()
	w := &watch{p: &program{now: time.Now}}
	c := &coverDouble{done: make(chan desk.Errand), hold: true, err: errors.Join(errors.New("post"), drop.ErrFull, desk.ErrCoverStuck)}
	w.comeAs(t.Context(), c)
	for range 3 {
		select {
		case e := <-c.done:
			if time.Now().Before(e.At) {
				t.Error("an errand was run before its moment")
			}
		case <-time.After(10 * time.Second):
			t.Fatal("the visit that comes to no end keeps the others away")
		}
	}
	for !w.covering.stuck.Load() {
		time.Sleep(time.Millisecond)
	}
	if !w.tookFull() {
		t.Error("nobody told of a full drop")
	}
	w.uncover()
	if w.uncover(); w.covering != nil || w.tookFull() {
		t.Error("it goes on")
	}
}
