// SPDX-License-Identifier: Apache-2.0

package server_test

import (
	"context"
	"crypto/rand"
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
	droptest.Expect(t, "no mark", c.store.Hold(t.Context(), server.Going), nil)
	broken := &refusing{Store: c.store, err: drop.ErrFull}
	s := droptest.NewServer(t, c.Newsroom, c.clock, server.Limits{}, broken, c.blobs)
	droptest.Expect(t, "on a full disk", s.PostHead(t.Context(), c.Head(c.Drop, head)), drop.ErrFull)
	size := c.View(t, s, wire.Letters, 0, 0, 0).Head.Size
	c.clock.Add(14400)
	droptest.Expect(t, "sealing", s.Seal(t.Context()), nil)
	if v := c.View(t, s, wire.Letters, 0, 0, 0); v.Head.Size != size {
		t.Fatal("a drop that was convicted seals on because its disk is full")
	}
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

func (r *refusing) Hold(ctx context.Context, why server.Holding, lost ...wire.Incarnation) error {
	if r.err != nil {
		return r.err
	}
	return r.Store.Hold(ctx, why, lost...)
}

// again is a drop whose machine is lost, and which is begun again from the same
// old state each time: roster 1, of the incarnation first.
type again struct {
	n     *droptest.Newsroom
	clock *droptest.Clock
	first wire.Incarnation
	write []byte
}

func newAgain(t *testing.T) *again {
	n := droptest.NewNewsroom(t, 2, droptest.Schedule(), droptest.Noon)
	return &again{n: n, clock: droptest.NewClock(droptest.Noon), first: n.Incarnation, write: n.Write()}
}

// begin starts the old state, marked as a backup marks it, or Going where the
// hoster has put the machine back.
func (a *again) begin(t *testing.T, why server.Holding) *server.Server {
	t.Helper()
	cfg := server.Config{
		Newsroom: a.n.NR, Key: a.n.Drop, Incarnation: a.first, Store: memory.New(), Blobs: memory.NewBlobs(),
		Now: a.clock.Now, Random: rand.Reader,
	}
	open := func() *server.Server {
		s, err := server.New(t.Context(), cfg)
		droptest.Expect(t, "start", err, nil)
		return s
	}
	droptest.Expect(t, "roster 1", open().PostNewsroom(t.Context(), a.write), nil)
	droptest.Expect(t, "mark", cfg.Store.Hold(t.Context(), why), nil)
	return open()
}

// renew begins new logs, which all desks find empty.
func (a *again) renew(t *testing.T, s *server.Server) {
	t.Helper()
	a.n.Renew(func() {})
	droptest.Expect(t, "new logs", s.PostNewsroom(t.Context(), a.n.Write()), nil)
	for _, desk := range a.n.Desks {
		droptest.Expect(t, "vouch", s.PostVouch(t.Context(), a.n.Vouch(t, s, desk, same)), nil)
	}
}

func (a *again) letter(t *testing.T) []byte {
	t.Helper()
	post, err := a.n.Letter(a.clock.Unix()).Encode()
	droptest.Expect(t, "letter", err, nil)
	return post
}

// sealed is the head of a log after the next sealings.
func (a *again) sealed(t *testing.T, s *server.Server, log wire.Log) *wire.Head {
	t.Helper()
	a.clock.Add(7200)
	droptest.Expect(t, "sealing", s.Seal(t.Context()), nil)
	return a.n.View(t, s, log, 0, 0, 0).Head
}

// TestAVisitorBeginsNoLogsAgain: rosters are public. One that began new logs, and
// is shown to the state from before once more, begins nothing of which there are
// two histories: neither to a backup nor to a machine that was put back, and
// there with a public head before it.
func TestAVisitorBeginsNoLogsAgain(t *testing.T) {
	a := newAgain(t)
	s := a.begin(t, server.Behind)
	a.renew(t, s)
	renewal := a.n.Write()
	droptest.Expect(t, "letter", s.PostLetter(t.Context(), a.letter(t)), nil)
	head, public := a.sealed(t, s, wire.Letters), a.n.View(t, s, wire.Replies, 0, 0, 0).Head
	for what, try := range map[string]func() *server.Server{
		"a backup": func() *server.Server {
			s := a.begin(t, server.Behind)
			droptest.Expect(t, "the old renewal", s.PostNewsroom(t.Context(), renewal), nil)
			return s
		},
		"a machine put back": func() *server.Server {
			s := a.begin(t, server.Going)
			droptest.Expect(t, "while it goes on", s.PostNewsroom(t.Context(), renewal), drop.ErrRefused)
			droptest.Expect(t, "a head", s.PostHead(t.Context(), public.Bytes()), drop.ErrConflict)
			droptest.Expect(t, "the old renewal", s.PostNewsroom(t.Context(), renewal), drop.ErrRefused)
			return s
		},
	} {
		s := try()
		droptest.Expect(t, what, s.PostLetter(t.Context(), a.letter(t)), drop.ErrBusy)
		a.clock.Add(7200)
		droptest.Expect(t, what, s.Seal(t.Context()), nil)
		if _, err := s.Holding(t.Context()); err != nil {
			t.Errorf("%s: it holds no more: %v", what, err)
		}
	}
	s = a.begin(t, server.Behind)
	droptest.Expect(t, "the old renewal", s.PostNewsroom(t.Context(), renewal), nil)
	droptest.Expect(t, "what one desk has seen", s.PostHead(t.Context(), head.Bytes()), drop.ErrConflict)
	droptest.Expect(t, "a vouch", s.PostVouch(t.Context(), a.n.Vouch(t, s, a.n.Desks[0], same)), drop.ErrRefused)
}

// TestLostLogsStopADropOnce: logs that a backup is too old to know are past from
// the first time on that a head of theirs is shown.
func TestLostLogsStopADropOnce(t *testing.T) {
	a := newAgain(t)
	s := a.begin(t, server.Behind)
	a.renew(t, s)
	public := a.sealed(t, s, wire.Replies)
	s = a.begin(t, server.Behind)
	droptest.Expect(t, "a desk shows it", s.PostHead(t.Context(), public.Bytes()), drop.ErrConflict)
	a.renew(t, s)
	droptest.Expect(t, "a visitor shows it again", s.PostHead(t.Context(), public.Bytes()), nil)
	droptest.Expect(t, "letter", s.PostLetter(t.Context(), a.letter(t)), nil)
}

// TestALetterGoesIntoNewLogsAgain: one that lay in a page of the logs before is
// not there any more, and is taken if its writer sends the same bytes.
func TestALetterGoesIntoNewLogsAgain(t *testing.T) {
	a := newAgain(t)
	s := a.begin(t, server.Going)
	a.clock.Add(3000)
	letter := a.letter(t)
	droptest.Expect(t, "letter", s.PostLetter(t.Context(), letter), nil)
	lost := a.sealed(t, s, wire.Letters).Body()
	lost.Root[0]++
	droptest.Expect(t, "evidence", s.PostHead(t.Context(), a.n.Head(a.n.Drop, lost)), drop.ErrConflict)
	a.renew(t, s)
	droptest.Expect(t, "the letter again", s.PostLetter(t.Context(), letter), nil)
	a.sealed(t, s, wire.Letters)
	body, err := wire.ParseLettersBody(a.n.View(t, s, wire.Letters, 0, 0, 64).Pages[0].Body)
	if err != nil || len(body.Envelopes) != 2 {
		t.Errorf("it is not in the first page: %v", err)
	}
}
