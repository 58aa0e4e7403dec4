// SPDX-License-Identifier: Apache-2.0

package source

import (
	"context"
	"sync"
	"time"

	"tamizdat/drop"
	"tamizdat/letter/wire"
)

// earnestPeriod is the length of a key period in all newsrooms but those of
// tests. The keys are asked for before the newsroom file tells the length.
const earnestPeriod = 604_800

// files is what the drop answered to the calls of a visit, with the reason
// where it did not.
type files struct {
	beats, keys       []byte
	beatsErr, keysErr error
	view              *wire.View
	viewErr           error
	period            wire.Period
}

// run makes the calls of a visit in the order of spec/drop.md §4: what vouches
// is fetched before what it vouches for, so that a change on the way cannot look
// like fraud. Then it checks what came.
func (op *Opening) run(ctx context.Context, d drop.Drop, o Options, check *checkNumbers) (*Visit, error) {
	at := o.Now()
	f := fetchVouchers(ctx, d, at)
	op.openFront(ctx, d, o, f, check, at)
	if op.frontErr != nil {
		return nil, op.frontErr
	}
	if p := wire.PeriodAt(at.Unix(), op.newsroom.PeriodSeconds()); p != f.period {
		f.period = p
		f.keys, f.keysErr = d.Keys(ctx, p)
	}
	f.view, f.viewErr = fetchView(ctx, d, o, op.newsroom)
	return op.check(d, o, f, at)
}

// fetchVouchers asks for beats and keys at the same time.
func fetchVouchers(ctx context.Context, d drop.Drop, at time.Time) *files {
	f := &files{period: wire.PeriodAt(at.Unix(), earnestPeriod)}
	var wg sync.WaitGroup
	wg.Go(func() { f.beats, f.beatsErr = d.Beats(ctx) })
	wg.Go(func() { f.keys, f.keysErr = d.Keys(ctx, f.period) })
	wg.Wait()
	return f
}

// openFront is step 1 of spec/drop.md §4, if the drop answers at all.
func (op *Opening) openFront(ctx context.Context, d drop.Drop, o Options, f *files, check *checkNumbers, at time.Time) {
	defer close(op.front)
	if f.beatsErr != nil {
		op.frontErr = unserved(ctx, f.beatsErr)
		return
	}
	file, err := d.Newsroom(ctx)
	if err != nil {
		op.frontErr = unserved(ctx, err)
		return
	}
	n, err := checkNewsroom(file, o.Newsroom, check, at)
	if err != nil {
		op.frontErr = err
		return
	}
	op.newsroom, op.shown = n, describe(n, o, check)
}

func fetchView(ctx context.Context, d drop.Drop, o Options, n *wire.Newsroom) (*wire.View, error) {
	body, err := d.Replies(ctx, o.Week)
	if err != nil {
		return nil, unserved(ctx, err)
	}
	defer body.Close()
	return readView(ctx, body, n)
}

// check is steps 2 to 7 of spec/drop.md §4, in this order. Keys that could not
// be had are keys that nobody has: reading goes on.
func (op *Opening) check(d drop.Drop, o Options, f *files, at time.Time) (*Visit, error) {
	v := &Visit{drop: d, opt: o, newsroom: op.newsroom, front: op.shown}
	if f.viewErr != nil {
		return nil, f.viewErr
	}
	if err := v.takeView(f.view); err != nil {
		return nil, err
	}
	if err := v.takeBeats(f.beats, f.view, at); err != nil {
		return nil, err
	}
	if f.keysErr != nil {
		f.keys = nil
	}
	if err := v.takeKeys(f.keys, f.period); err != nil {
		return nil, err
	}
	return v, nil
}
