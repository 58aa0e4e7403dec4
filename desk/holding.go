// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"context"
	"errors"
	"fmt"

	"tamizdat/drop"
	"tamizdat/letter/wire"
)

// lookHolding asks whether the drop holds, and then vouches for the newest state
// that this desk has seen (spec/drop.md §11). letters and desks are those two logs as
// they were found to be in this round, nil where not all three are known to be
// sound: then there is nothing to vouch for. No person is asked: a desk that has
// seen more vouches for that, and the drop goes on holding.
//
// That it holds is nobody's signature, and to begin new logs costs letters: only
// where this desk has seen for itself that pages are lost does it speak of that.
func (d *Desk) lookHolding(ctx context.Context, to drop.Drop, letters, desks *wire.View) error {
	sound := letters != nil && desks != nil
	occasion, err := to.Holding(ctx)
	d.holding = err == nil
	if errors.Is(err, drop.ErrAbsent) {
		return nil
	}
	if err != nil {
		return err
	}
	f := &found{d: d}
	switch {
	case d.lacks:
		f.alarm("holding", wordsHoldsLess, d.today()+" lost", occasion[:])
	case sound:
		f.alarm("holding", wordsHoldsWhole, d.today(), occasion[:])
	default: // the looks before failed, which is told
		f.alarm("holding", wordsHolds, d.today()+" unknown", occasion[:])
	}
	if err := f.commit(); err != nil || !sound {
		return err
	}
	r := d.s.newsroom.Roster()
	body := wire.VouchBody{
		Newsroom: r.Newsroom, RosterNumber: r.Number, RosterHash: r.Hash(), Incarnation: r.Incarnation, Occasion: occasion,
		Logs: [3]wire.LogState{stateOf(letters), d.state(wire.Replies), stateOf(desks)},
	}
	err = to.PostVouch(ctx, d.keys.Vouch(body))
	if errors.Is(err, drop.ErrRefused) {
		return nil // another has shown it more, or it was started anew meanwhile
	}
	if err != nil {
		return fmt.Errorf("vouch for the drop: %w", err)
	}
	return nil
}

// stateOf is what a view shows of its log.
func stateOf(v *wire.View) wire.LogState {
	head := v.Head.Body()
	return wire.LogState{Size: head.Size, Root: head.Root}
}

// state is how far this desk knows a log.
func (d *Desk) state(log wire.Log) wire.LogState {
	p := d.s.position(log)
	return wire.LogState{Size: p.size, Root: p.tree.Root()}
}

// confront shows a drop that has less than this desk has seen, or something else,
// the newest heads that it has signed: an honest one that was started from an old
// copy must not seal another page. It learns from it that a desk has noticed. An
// error is no news: what is wrong with the drop is told anyway.
func (d *Desk) confront(ctx context.Context, to drop.Drop) {
	d.lacks = true
	for _, log := range []wire.Log{wire.Letters, wire.Replies, wire.Desk} {
		if head := d.s.position(log).head; head != nil {
			_ = to.PostHead(ctx, head)
		}
	}
}
