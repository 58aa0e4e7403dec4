// SPDX-License-Identifier: Apache-2.0

package deskcmd

import (
	"context"
	"errors"
	"testing"
	"time"

	"tamizdat/desk"
	"tamizdat/drop"
)

// coverDouble has an errand each millisecond.
type coverDouble struct {
	done   chan desk.Errand
	closed chan struct{}
	err    error
}

func (c *coverDouble) Next() desk.Errand { return desk.Errand{At: time.Now().Add(time.Millisecond)} }

func (c *coverDouble) Do(ctx context.Context, e desk.Errand) error {
	select {
	case c.done <- e:
	case <-ctx.Done():
	}
	return c.err
}

func (c *coverDouble) Close() { close(c.closed) }

// TestCoversGoOnBesideTheWatch until they are stopped, and tell of a full drop once.
func TestCoversGoOnBesideTheWatch(t *testing.T) {
	t.Parallel()
	w := &watch{p: &program{now: time.Now}}
	c := &coverDouble{done: make(chan desk.Errand), closed: make(chan struct{}), err: errors.Join(errors.New("post"), drop.ErrFull)}
	w.comeAs(t.Context(), c)
	for range 3 {
		if e := <-c.done; time.Now().Before(e.At) {
			t.Error("an errand was run before its moment")
		}
	}
	if !w.tookFull() {
		t.Error("nobody told of a full drop")
	}
	w.uncover()
	<-c.closed
	w.tookFull()
	if w.uncover(); w.covering != nil || w.tookFull() {
		t.Error("it goes on")
	}
}
