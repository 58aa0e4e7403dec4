// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"context"
	"crypto/rand"
	"errors"

	"tamizdat/drop"
	"tamizdat/drop/client"
	"tamizdat/letter"
	"tamizdat/letter/wire"
)

// coverVisit is a cover that has come and not gone. It has connections of its own, which
// no round uses, and whoever reads for this desk or signs for it uses none of them.
type coverVisit struct {
	coverSeen
	of     *Cover
	drop   drop.Drop
	post   []byte // the letter, as it goes again where no answer came
	slot   uint64 // of its work
	refuse bool   // the drop refused it
}

// arrive makes the calls of a visit.
func (c *Cover) arrive(ctx context.Context, o outing) (*coverVisit, error) {
	all := *c.addresses.Load()
	to, err := c.connect(all[int(o.address*float64(len(all)))])
	if err != nil {
		return nil, err
	}
	v := &coverVisit{of: c, drop: to}
	if err := v.look(ctx, o.week); err != nil {
		Errand{visit: v}.End()
		return nil, err
	}
	return v, nil
}

// look is what [source.Open] does, with as much memory.
func (v *coverVisit) look(ctx context.Context, week bool) error {
	now := v.of.now()
	got, err := client.StartVisit(ctx, v.drop, now)
	if err != nil {
		return err
	}
	if v.newsroom, err = verifyNewsroom(v.of.key, got.Newsroom, now.Unix()); err != nil {
		return err
	}
	body, err := got.Replies(ctx, v.newsroom.PeriodSeconds(), week)
	if err != nil {
		return err
	}
	defer body.Close()
	view, err := v.takeView(body, week)
	if err != nil {
		return err
	}
	if err := v.takeBeats(got.Beats, view, now.Unix()); err != nil {
		return err
	}
	if got.KeysErr != nil {
		got.Keys = nil
	}
	return v.takeKeys(got.Keys, got.Period)
}

// write sends a letter that nobody can open, with pieces of an attachment that nobody can
// put together.
func (v *coverVisit) write(ctx context.Context, chunks int) error {
	if ok, err := v.ready(ctx); !ok {
		return err
	}
	if chunks <= v.newsroom.Roster().Schedule.Chunks { // else a source could not send it either
		if err := v.upload(ctx, chunks); err != nil {
			return err
		}
	}
	if ok, err := v.ready(ctx); !ok {
		return err
	}
	return v.sender().Post(ctx, v.letter, func(err error) { v.refuse = errors.Is(err, drop.ErrRefused) })
}

// ready asks for new keys where the period has changed, as a source does before she sends.
func (v *coverVisit) ready(ctx context.Context) (bool, error) {
	now := v.of.now().Unix()
	if p := wire.PeriodAt(now, v.newsroom.PeriodSeconds()); p != v.period {
		file, err := v.drop.Keys(ctx, p)
		if err == nil {
			err = v.takeKeys(file, p)
		}
		if err != nil {
			return false, err
		}
	}
	return v.mayWrite(now), nil
}

func (v *coverVisit) sender() client.Sender {
	return client.Sender{Drop: v.drop, Wait: v.of.wait}
}

// upload brings pieces that look like every other: a chunk is ciphertext.
func (v *coverVisit) upload(ctx context.Context, chunks int) error {
	var u client.Upload
	chunk := make([]byte, wire.ChunkSize)
	for range chunks {
		rand.Read(chunk)
		if err := v.sender().Put(ctx, &u, v.ticketRequest, wire.ChunkIDOf(chunk), chunk); err != nil {
			return err
		}
	}
	return nil
}

func (v *coverVisit) ticketRequest(ctx context.Context) ([]byte, error) {
	q := wire.TicketRequest{Newsroom: v.of.key}
	rand.Read(q.Random[:])
	var err error
	if q.Slot, q.Counter, err = v.work(ctx, q.Subject()); err != nil {
		return nil, err
	}
	return q.Encode()
}

// letter gives the post: the same again while its work is good and nobody refused it.
func (v *coverVisit) letter(ctx context.Context) ([]byte, error) {
	r := v.newsroom.Roster()
	if v.post != nil && !v.refuse && wire.CheckWorkSlot(v.slot, r.Schedule.WorkSlot(v.of.now().Unix())) == nil {
		return v.post, nil
	}
	envelopes, err := letter.CoverLetter(v.of.key, len(r.Journalists))
	if err != nil {
		return nil, err
	}
	p := wire.LetterPost{Newsroom: v.of.key, Envelopes: envelopes}
	if p.Slot, p.Counter, err = v.work(ctx, p.Subject()); err != nil {
		return nil, err
	}
	v.slot, v.refuse = p.Slot, false
	v.post, err = p.Encode()
	return v.post, err
}

// work does the work that the roster asks of a source (spec/drop.md §8).
func (v *coverVisit) work(ctx context.Context, subject wire.Hash) (slot, counter uint64, err error) {
	s := v.newsroom.Roster().Schedule
	slot = s.WorkSlot(v.of.now().Unix())
	counter, err = wire.DoWork(ctx, v.of.key, slot, subject, s.WorkIterations, s.WorkBits)
	return slot, counter, err
}
