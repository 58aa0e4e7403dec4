// SPDX-License-Identifier: Apache-2.0

package source

import (
	"context"
	"time"

	"tamizdat/drop"
	"tamizdat/drop/client"
	"tamizdat/letter/wire"
)

// run makes the calls of a visit in the order of spec/drop.md §4, through
// [client.Visit]: desks that come as cover make the same. Then it checks what came.
func (op *Opening) run(ctx context.Context, d drop.Drop, o Options, check *checkNumbers) (*Visit, error) {
	at := o.Now()
	got, err := client.StartVisit(ctx, d, at)
	op.openFront(ctx, o, got, err, check, at)
	if op.frontErr != nil {
		return nil, op.frontErr
	}
	view, err := fetchView(ctx, got, o, op.newsroom)
	if err != nil {
		return nil, err
	}
	return op.check(d, o, got, view, at)
}

// openFront is step 1 of spec/drop.md §4, if the drop answers at all.
func (op *Opening) openFront(ctx context.Context, o Options, got *client.Visit, err error, check *checkNumbers, at time.Time) {
	defer close(op.front)
	if err != nil {
		op.frontErr = unserved(ctx, err)
		return
	}
	n, err := checkNewsroom(got.Newsroom, o.Newsroom, check, at)
	if err != nil {
		op.frontErr = err
		return
	}
	op.newsroom, op.shown = n, describe(n, o, check)
}

func fetchView(ctx context.Context, got *client.Visit, o Options, n *wire.Newsroom) (*wire.View, error) {
	body, err := got.Replies(ctx, n.PeriodSeconds(), o.Week)
	if err != nil {
		return nil, unserved(ctx, err)
	}
	defer body.Close()
	return readView(ctx, body, n)
}

// check is steps 2 to 7 of spec/drop.md §4, in this order. Keys that could not
// be had are keys that nobody has: reading goes on.
func (op *Opening) check(d drop.Drop, o Options, got *client.Visit, view *wire.View, at time.Time) (*Visit, error) {
	v := &Visit{drop: d, opt: o, newsroom: op.newsroom, front: op.shown}
	if err := v.takeView(view); err != nil {
		return nil, err
	}
	if err := v.takeBeats(got.Beats, view, at); err != nil {
		return nil, err
	}
	keys := got.Keys
	if got.KeysErr != nil {
		keys = nil
	}
	if err := v.takeKeys(keys, got.Period); err != nil {
		return nil, err
	}
	return v, nil
}
