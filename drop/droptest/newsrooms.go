// SPDX-License-Identifier: Apache-2.0

package droptest

import (
	"testing"

	"tamizdat/drop"
	"tamizdat/drop/server"
	"tamizdat/letter/wire"
)

// testFreshDrop: until the newsroom that the operator named comes, a drop has
// nothing and takes nothing, and nobody else can be first.
func testFreshDrop(t *testing.T, mk Make) {
	clock := NewClock(Noon)
	n := NewNewsroom(t, 2, Schedule(), Noon)
	d := mk(t, n, clock, server.Limits{})
	ctx := t.Context()

	stranger := NewNewsroom(t, 2, Schedule(), Noon)
	stranger.Roster.Drop = n.Roster.Drop
	stranger.Roster.Incarnation = n.Roster.Incarnation
	Expect(t, "a stranger's newsroom", d.PostNewsroom(ctx, stranger.Write()), drop.ErrRefused)

	_, err := d.Newsroom(ctx)
	Expect(t, "newsroom", err, drop.ErrBusy)
	_, err = d.Grant(ctx)
	Expect(t, "grant", err, drop.ErrBusy)
	_, err = d.Keys(ctx, 1)
	Expect(t, "keys", err, drop.ErrBusy)
	_, err = d.Beats(ctx)
	Expect(t, "beats", err, drop.ErrBusy)
	_, err = d.Replies(ctx, false)
	Expect(t, "replies", err, drop.ErrBusy)
	Expect(t, "a letter", d.PostLetter(ctx, must[[]byte](t)(n.Letter(Noon).Encode())), drop.ErrBusy)
	_, err = d.OpenTicket(ctx, n.TicketRequest(Noon, nil))
	Expect(t, "a ticket", err, drop.ErrBusy)
	Expect(t, "a bundle", d.PostBundle(ctx, n.BundleOf(n.Desks[0], 1)), drop.ErrBusy)
	d.SealAt(t, 3600)

	Expect(t, "the newsroom", d.PostNewsroom(ctx, n.Write()), nil)
	Expect(t, "a stranger's newsroom afterwards", d.PostNewsroom(ctx, stranger.Write()), drop.ErrRefused)
	got, err := d.Newsroom(ctx)
	if err != nil || string(got) != string(n.File()) {
		t.Fatalf("another newsroom is served: %v", err)
	}
	if v := n.View(t, d, wire.Letters, 0, 0, 64); v.Head.Size != 0 {
		t.Fatalf("a fresh log has %d pages", v.Head.Size)
	}
}

// testNewsrooms: each newsroom follows the one before, or is the same.
func testNewsrooms(t *testing.T, mk Make) {
	clock := NewClock(Noon)
	n := NewNewsroom(t, 2, Schedule(), Noon)
	d := mk(t, n, clock, server.Limits{})
	ctx := t.Context()

	n.Roster.Number = 5 // the first may have any number
	n.Roster.Previous = wire.Hash{1}
	n.remake()
	write := n.Write()
	refuse := func(what string, change func()) {
		t.Helper()
		roster, grant := n.Roster, n.Grant
		change()
		Expect(t, what, d.PostNewsroom(ctx, n.Write()), drop.ErrRefused)
		n.Roster, n.Grant = roster, grant
	}
	refuse("another drop's key", func() { n.Roster.Drop = wire.DropKey(n.Roster.Access) })
	refuse("another incarnation", func() { n.Roster.Incarnation[0]++ })
	refuse("a grant that the roster does not name", func() { n.Roster.Grant[0]++ })
	refuse("a replies log that is longer", func() { n.Roster.HeadSize = 1 })
	Expect(t, "no newsroom write", d.PostNewsroom(ctx, write[:len(write)-1]), drop.ErrMalformed)
	Expect(t, "the first", d.PostNewsroom(ctx, write), nil)
	Expect(t, "the same again", d.PostNewsroom(ctx, write), nil)

	refuse("one that skips a number", func() { n.Succeed(func() { n.Roster.Number++ }) })
	refuse("one that follows another", func() { n.Succeed(func() { n.Roster.Previous[0]++ }) })
	refuse("another of the same number", func() { n.Roster.Name = "Another" })
	d.SealAt(t, 7200)
	size, root := n.State(t, d)
	refuse("a page of replies too many", func() { n.Succeed(func() { n.Roster.HeadSize, n.Roster.HeadRoot = size+1, root }) })
	refuse("another replies log", func() { n.Succeed(func() { n.Roster.HeadSize, n.Roster.HeadRoot = size, wire.Hash{1} }) })
	n.Succeed(func() { n.Roster.Name, n.Roster.HeadSize, n.Roster.HeadRoot = "The Test, renamed", size, root })
	Expect(t, "the next", d.PostNewsroom(ctx, n.Write()), nil)
	Expect(t, "the former", d.PostNewsroom(ctx, write), drop.ErrRefused)
	got, err := d.Grant(ctx)
	if err != nil || string(got) != string(n.Grant) {
		t.Fatalf("another grant is served: %v", err)
	}
}

// testBundles: a journalist's first bundle of a period counts.
func testBundles(t *testing.T, mk Make) {
	n, d := open(t, mk, 2)
	ctx := t.Context()
	now := wire.PeriodAt(Noon, 604800)
	bundle := n.BundleOf(n.Desks[0], now)
	Expect(t, "bundle", d.PostBundle(ctx, bundle), nil)
	Expect(t, "the same again", d.PostBundle(ctx, bundle), nil)
	second := *n.Desks[0]
	second.Bundle.DH = n.Desks[1].Bundle.DH
	Expect(t, "another of the period", d.PostBundle(ctx, n.BundleOf(&second, now)), drop.ErrConflict)
	Expect(t, "two periods ahead", d.PostBundle(ctx, n.BundleOf(n.Desks[0], now+2)), nil)
	Expect(t, "three periods ahead", d.PostBundle(ctx, n.BundleOf(n.Desks[0], now+3)), drop.ErrRefused)
	Expect(t, "the period before", d.PostBundle(ctx, n.BundleOf(n.Desks[0], now-1)), drop.ErrRefused)
	Expect(t, "no bundle", d.PostBundle(ctx, bundle[1:]), drop.ErrMalformed)
	forged := append([]byte(nil), bundle...)
	forged[len(forged)-1] ^= 1
	Expect(t, "a forged one", d.PostBundle(ctx, forged), drop.ErrRefused)
	Expect(t, "one of nobody", d.PostBundle(ctx, n.BundleOf(newDesk(t, "Nobody"), now)), drop.ErrRefused)
	n.Roster.Number++
	Expect(t, "one of a later roster", d.PostBundle(ctx, n.BundleOf(n.Desks[1], now)), drop.ErrRefused)
	n.Roster.Number--

	if got := n.keys(t, d, now); len(got) != 1 || string(got[0].Bytes()) != string(bundle) {
		t.Fatalf("the keys file has %d bundles, or another", len(got))
	}
	if got := n.keys(t, d, now+1); len(got) != 0 {
		t.Fatal("the keys file of a period without bundles is not empty")
	}
	n.Succeed(func() { n.Desks = n.Desks[1:] })
	Expect(t, "a roster without that journalist", d.PostNewsroom(ctx, n.Write()), nil)
	if got := n.keys(t, d, now); len(got) != 0 {
		t.Fatal("the bundle of one who left is still shown")
	}
}

func (n *Newsroom) keys(t *testing.T, d drop.Drop, p wire.Period) []*wire.UnverifiedBundle {
	t.Helper()
	b, err := d.Keys(t.Context(), p)
	Expect(t, "keys", err, nil)
	f := must[*wire.KeysFile](t)(wire.ParseKeysFile(b))
	if f.Newsroom != n.NR || f.Period != p {
		t.Fatal("the keys file is another's")
	}
	return f.Bundles
}
