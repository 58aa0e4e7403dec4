// SPDX-License-Identifier: Apache-2.0

package client

import (
	"context"
	"io"
	"sync"
	"time"

	"tamizdat/drop"
	"tamizdat/letter/wire"
)

// What a source asks of a drop, and in which order, is here and nowhere else: she does it,
// and desks that come as cover do it. A call that only one of them makes, or a try that
// only one of them repeats, would tell the drop which of the two came.

// earnestPeriod is the length of a key period in all newsrooms but those of
// tests. The keys are asked for before the newsroom file tells the length.
const earnestPeriod = 604_800

// Visit is what a drop answered to the calls of a source's visit. Nothing of it is
// verified.
type Visit struct {
	Newsroom, Beats, Keys []byte
	KeysErr               error       // why there are no keys: reading goes on without
	Period                wire.Period // of the keys

	drop drop.Drop
	at   time.Time
}

// StartVisit makes the first calls of a visit in the order of spec/drop.md §4: what
// vouches is fetched before what it vouches for, so that a change on the way cannot look
// like fraud. Where beats or newsroom file do not come, the visit is over. Who cannot
// verify the newsroom file makes no further call.
func StartVisit(ctx context.Context, d drop.Drop, at time.Time) (*Visit, error) {
	v := &Visit{drop: d, at: at, Period: wire.PeriodAt(at.Unix(), earnestPeriod)}
	var beatsErr error
	var wg sync.WaitGroup
	wg.Go(func() { v.Beats, beatsErr = d.Beats(ctx) })
	wg.Go(func() { v.Keys, v.KeysErr = d.Keys(ctx, v.Period) })
	wg.Wait()
	if beatsErr != nil {
		return nil, beatsErr
	}
	var err error
	v.Newsroom, err = d.Newsroom(ctx)
	return v, err
}

// Replies makes the last call, for everyone's view or the week's, whether words follow or
// not. Where the root names periods of another length (seconds), the keys are asked for
// once more before it.
func (v *Visit) Replies(ctx context.Context, seconds uint32, week bool) (io.ReadCloser, error) {
	if p := wire.PeriodAt(v.at.Unix(), seconds); p != v.Period {
		v.Period = p
		v.Keys, v.KeysErr = v.drop.Keys(ctx, p)
	}
	return v.drop.Replies(ctx, week)
}
