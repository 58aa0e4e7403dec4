// SPDX-License-Identifier: Apache-2.0

package server_test

import (
	"context"
	"testing"

	"tamizdat/drop"
	"tamizdat/drop/droptest"
	"tamizdat/drop/memory"
	"tamizdat/drop/server"
	"tamizdat/letter/wire"
)

// copied is a drop of three journalists that was started from a copy.
type copied struct {
	*droptest.Newsroom
	store *memory.Store
	blobs *memory.Blobs
	clock *droptest.Clock
	drop  *server.Server
}

func startedFromACopy(t *testing.T) *copied {
	t.Helper()
	c := &copied{
		Newsroom: droptest.NewNewsroom(t, 3, droptest.Schedule(), droptest.Noon),
		store:    memory.New(), blobs: memory.NewBlobs(), clock: droptest.NewClock(droptest.Noon),
	}
	c.restart(t)
	droptest.Expect(t, "newsroom", c.drop.PostNewsroom(t.Context(), c.Write()), nil)
	c.clock.Add(7200)
	droptest.Expect(t, "sealing", c.drop.Seal(t.Context()), nil)
	droptest.Expect(t, "marking", c.store.Hold(t.Context(), server.Doubtful), nil)
	c.clock.Add(7200)
	c.restart(t)
	return c
}

func (c *copied) restart(t *testing.T) {
	c.drop = droptest.NewServer(t, c.Newsroom, c.clock, server.Limits{}, c.store, c.blobs)
}

func (c *copied) sealed(t *testing.T) uint64 {
	t.Helper()
	droptest.Expect(t, "sealing", c.drop.Seal(t.Context()), nil)
	return c.View(t, c.drop, wire.Letters, 0, 0, 0).Head.Size
}

func same(*wire.VouchBody) {}

// TestEveryDeskMustHaveSeenNothingLater: two of three desks are not enough to say
// that a copy is the newest state, and what they say counts once and now.
func TestEveryDeskMustHaveSeenNothingLater(t *testing.T) {
	c := startedFromACopy(t)
	ctx := t.Context()
	vouch := func(i int) []byte { return c.Vouch(t, c.drop, c.Desks[i], same) }
	droptest.Expect(t, "one", c.drop.PostVouch(ctx, vouch(0)), nil)
	droptest.Expect(t, "two", c.drop.PostVouch(ctx, vouch(1)), nil)
	droptest.Expect(t, "one again", c.drop.PostVouch(ctx, vouch(0)), nil)
	if n := c.sealed(t); n != 1 {
		t.Fatalf("with two of three it has %d pages", n)
	}
	late := vouch(2)
	c.restart(t)
	droptest.Expect(t, "one of the occasion before", c.drop.PostVouch(ctx, late), drop.ErrRefused)
	droptest.Expect(t, "the third after a restart", c.drop.PostVouch(ctx, vouch(2)), nil)
	c.Succeed(func() { c.Desks = c.Desks[1:] })
	droptest.Expect(t, "a roster without the first", c.drop.PostNewsroom(ctx, c.Write()), nil)
	if n := c.sealed(t); n != 1 {
		t.Fatalf("with a new roster it has %d pages", n)
	}
	droptest.Expect(t, "second", c.drop.PostVouch(ctx, vouch(0)), nil)
	droptest.Expect(t, "third", c.drop.PostVouch(ctx, vouch(1)), nil)
	if _, err := c.drop.Holding(ctx); err == nil {
		t.Error("all have vouched, and it holds still")
	}
	if n := c.sealed(t); n != 2 {
		t.Errorf("it goes on with %d pages", n)
	}
	c.restart(t)
	if n := c.sealed(t); n != 2 {
		t.Errorf("after a restart it has %d pages", n)
	}
	droptest.Expect(t, "a vouch where none is asked for", c.drop.PostVouch(ctx, late), drop.ErrRefused)
}

// TestVouchesThatDoNotCount covers what a vouch must name.
func TestVouchesThatDoNotCount(t *testing.T) {
	c := startedFromACopy(t)
	for what, change := range map[string]func(*wire.VouchBody){
		"more letters":        func(b *wire.VouchBody) { b.Logs[0].Size++ },
		"fewer replies":       func(b *wire.VouchBody) { b.Logs[1] = wire.LogState{Root: wire.NewTree().Root()} },
		"another desk log":    func(b *wire.VouchBody) { b.Logs[2].Root[0]++ },
		"another occasion":    func(b *wire.VouchBody) { b.Occasion[0]++ },
		"a later roster":      func(b *wire.VouchBody) { b.RosterNumber++ },
		"another incarnation": func(b *wire.VouchBody) { b.Incarnation[0]++ },
		"a colleague's name":  func(b *wire.VouchBody) { b.ID = c.Desks[1].ID },
	} {
		droptest.Expect(t, what, c.drop.PostVouch(t.Context(), c.Vouch(t, c.drop, c.Desks[0], change)), drop.ErrRefused)
	}
	droptest.Expect(t, "no vouch", c.drop.PostVouch(t.Context(), []byte{1}), drop.ErrMalformed)
	stranger := droptest.NewNewsroom(t, 1, droptest.Schedule(), droptest.Noon).Desks[0]
	droptest.Expect(t, "a stranger", c.drop.PostVouch(t.Context(), c.Vouch(t, c.drop, stranger, same)), drop.ErrRefused)
}

// TestF5ACopyFromBeforeSignsNoSecondHead: a drop runs on, a copy of it is started
// unmarked, and one desk has seen more than the copy has. The head ends it.
func TestF5ACopyFromBeforeSignsNoSecondHead(t *testing.T) {
	n := droptest.NewNewsroom(t, 2, droptest.Schedule(), droptest.Noon)
	clock := droptest.NewClock(droptest.Noon)
	start := func() *server.Server {
		s := droptest.NewServer(t, n, clock, server.Limits{}, memory.New(), memory.NewBlobs())
		droptest.Expect(t, "newsroom", s.PostNewsroom(t.Context(), n.Write()), nil)
		return s
	}
	one, other := start(), start() // an empty log is a copy of an empty log
	clock.Add(3600)
	post, err := n.Letter(clock.Unix()).Encode()
	droptest.Expect(t, "letter", err, nil)
	droptest.Expect(t, "letter", one.PostLetter(t.Context(), post), nil)
	clock.Add(3600)
	droptest.Expect(t, "sealing", one.Seal(t.Context()), nil)
	head := n.View(t, one, wire.Letters, 0, 0, 0).Head.Bytes()
	droptest.Expect(t, "the head of the true one", other.PostHead(t.Context(), head), drop.ErrConflict)
	for range 3 {
		clock.Add(3600)
		droptest.Expect(t, "sealing", other.Seal(t.Context()), nil)
		if v := n.View(t, other, wire.Letters, 0, 0, 0); v.Head.Size != 0 {
			t.Fatal("the copy has signed another head")
		}
	}
}

// TestHoldIsOnDiskBeforeAnswers: where the store cannot note it, the drop says so
// and the evidence can be shown again.
func TestHoldIsOnDiskBeforeAnswers(t *testing.T) {
	c := startedFromACopy(t)
	head := c.View(t, c.drop, wire.Letters, 0, 0, 0).Head.Body()
	head.Root = wire.Hash{1}
	broken := &refusing{Store: c.store, err: drop.ErrFull}
	s := droptest.NewServer(t, c.Newsroom, c.clock, server.Limits{}, broken, c.blobs)
	droptest.Expect(t, "on a full disk", s.PostHead(t.Context(), c.Head(c.Drop, head)), drop.ErrFull)
	broken.err = nil
	droptest.Expect(t, "again", s.PostHead(t.Context(), c.Head(c.Drop, head)), drop.ErrConflict)
	snap, err := c.store.Load(t.Context())
	if err != nil || snap.Holding != server.Behind {
		t.Errorf("the store remembers %v: %v", snap.Holding, err)
	}
}

type refusing struct {
	server.Store
	err error
}

func (r *refusing) Hold(ctx context.Context, why server.Holding) error {
	if r.err != nil {
		return r.err
	}
	return r.Store.Hold(ctx, why)
}
