// SPDX-License-Identifier: Apache-2.0

package deskcmd

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"tamizdat/desk"
	"tamizdat/drop"
	"tamizdat/internal/cli"
	"tamizdat/internal/pause"
)

// covering comes as cover beside the rounds of a watch, each visit in a goroutine of its
// own: a round that waits for an upload to end, or a visit for another's, would show the
// drop that both are of one desk.
type covering struct {
	stop   context.CancelFunc
	visits sync.WaitGroup
	full   atomic.Bool // the drop said so since it was last asked
	stuck  atomic.Bool // a visit came to no end since it was last asked
	all    errands
}

// errands are a desk's covers.
type errands interface {
	After(moment time.Time) desk.Errand
	Do(ctx context.Context, e desk.Errand) (desk.Errand, error)
	Follow(d *desk.Desk) error
}

// maxVisits is how many go on at a time at most. A drop that holds them all up must not
// fill this machine.
const maxVisits = 64

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

func (w *watch) comeAs(ctx context.Context, all errands) {
	ctx, stop := context.WithCancel(ctx)
	c := &covering{stop: stop, all: all}
	w.covering = c
	c.visits.Go(func() { c.run(ctx, w.p.now) })
}

// run begins one visit after the other, each at its moment whatever became of those before.
func (c *covering) run(ctx context.Context, now func() time.Time) {
	room := make(chan struct{}, maxVisits)
	for last := now(); ; {
		e := c.all.After(last)
		if pause.For(ctx, e.At.Sub(now())) != nil {
			return
		}
		last = e.At
		select {
		case room <- struct{}{}:
			c.visits.Go(func() {
				defer func() { <-room }()
				c.visit(ctx, now, e)
			})
		default:
		}
	}
}

// visit is one from the moment at which it comes to its end. Errors are nobody's business:
// the rounds tell when the drop does not answer.
func (c *covering) visit(ctx context.Context, now func() time.Time, e desk.Errand) {
	for !e.At.IsZero() {
		if pause.For(ctx, e.At.Sub(now())) != nil {
			e.End()
			return
		}
		var err error
		e, err = c.all.Do(ctx, e)
		if errors.Is(err, drop.ErrFull) {
			c.full.Store(true)
		}
		if errors.Is(err, desk.ErrCoverStuck) {
			c.stuck.Store(true)
		}
	}
}

// uncover ends it, and waits until it has ended.
func (w *watch) uncover() {
	if w.covering != nil {
		w.covering.stop()
		w.covering.visits.Wait()
		w.covering = nil
	}
}

// noteCovers writes down what covers were told since the last round, and tells them what
// that one learned.
func (w *watch) noteCovers(d *desk.Desk) error {
	if w.covering == nil {
		return nil
	}
	var errs []error
	if w.tookFull() {
		errs = append(errs, d.NoteFull())
	}
	if w.covering.stuck.Swap(false) {
		errs = append(errs, d.NoteCoverStuck())
	}
	return errors.Join(append(errs, w.covering.all.Follow(d))...)
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
