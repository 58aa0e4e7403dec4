// SPDX-License-Identifier: Apache-2.0

package deskcmd

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"tamizdat/desk"
	"tamizdat/drop"
	"tamizdat/internal/cli"
)

// covering comes as cover beside the rounds of a watch, in a goroutine of its own: a round
// that waits for an upload to end, or an upload for a round, would show the drop that both
// are of one desk.
type covering struct {
	stop context.CancelFunc
	done chan struct{}
	full atomic.Bool // the drop said so since it was last asked
}

// errands are a desk's covers.
type errands interface {
	Next() desk.Errand
	Do(ctx context.Context, e desk.Errand) error
	Close()
}

// cover begins to come as cover, unless the person wants none.
func (w *watch) cover(ctx context.Context, d *desk.Desk) error {
	if w.covers == 0 || w.covering != nil {
		return nil
	}
	c, err := d.Cover(w.covers)
	if err != nil {
		return err
	}
	w.comeAs(ctx, c)
	return nil
}

func (w *watch) comeAs(ctx context.Context, e errands) {
	ctx, stop := context.WithCancel(ctx)
	c := &covering{stop: stop, done: make(chan struct{})}
	w.covering = c
	go func() {
		defer close(c.done)
		defer e.Close()
		c.run(ctx, w.p.now, e)
	}()
}

// run goes from errand to errand. Errors are nobody's business: the rounds tell when the
// drop does not answer.
func (c *covering) run(ctx context.Context, now func() time.Time, all errands) {
	for {
		e := all.Next()
		if pause(ctx, e.At.Sub(now())) != nil {
			return
		}
		if errors.Is(all.Do(ctx, e), drop.ErrFull) {
			c.full.Store(true)
		}
	}
}

// pause waits, or fails when ctx ends.
func pause(ctx context.Context, span time.Duration) error {
	t := time.NewTimer(span)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// uncover ends it, and waits until it has ended.
func (w *watch) uncover() {
	if w.covering != nil {
		w.covering.stop()
		<-w.covering.done
		w.covering = nil
	}
}

// tookFull reports whether a cover was told that the drop is full, once.
func (w *watch) tookFull() bool { return w.covering != nil && w.covering.full.Swap(false) }

// checkCovers refuses a number of covers that no desk makes.
func checkCovers(n int) error {
	if n < 0 || n > desk.MaxCoversADay {
		return cli.Usagef("--covers is a number from 0 to %d", desk.MaxCoversADay)
	}
	return nil
}
