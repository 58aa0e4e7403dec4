// SPDX-License-Identifier: Apache-2.0

package droptest

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"testing"

	"tamizdat/drop"
	"tamizdat/drop/server"
	"tamizdat/letter/wire"
)

// testReads: a desk's request is signed, fresh, and serves once.
func testReads(t *testing.T, mk Make) {
	n, d := open(t, mk, 2)
	ctx := t.Context()
	d.SealAt(t, 3600)
	try := func(what string, req []byte, want error) {
		t.Helper()
		r, err := d.Read(ctx, req)
		if err == nil {
			r.Close()
		}
		Expect(t, what, err, want)
	}
	req := n.ReadRequest(t, d, wire.Letters, 0, 0, 1)
	try("a read", req, nil)
	try("the same again", req, drop.ErrRefused)
	try("cut short", req[1:], drop.ErrMalformed)
	good := n.ReadRequest(t, d, wire.Letters, 0, 0, 1)
	try("a forged one", edit(good, len(good)-1, []byte{good[len(good)-1] ^ 1}), drop.ErrRefused)
	try("the one it was forged from", good, nil) // strangers use up no nonces
	stale := n.ReadRequest(t, d, wire.Letters, 0, 0, 1)
	d.Clock.Add(300)
	try("a nonce of five minutes ago", stale, drop.ErrRefused)
	q := wire.ReadRequest{Newsroom: n.NR, Log: wire.Letters, Nonce: [32]byte(random(32))}
	try("a nonce of somebody else", wire.AssembleReadRequest(q.SignedPart(), Sign(n.Access, wire.TagRead, q.SignedPart())), drop.ErrRefused)
	try("a range past the end", n.ReadRequest(t, d, wire.Letters, 0, 2, 1), drop.ErrRefused)
	try("a base past the end", n.ReadRequest(t, d, wire.Letters, 2, 2, 0), drop.ErrRefused)

	creq := n.ChunkRequest(t, d, wire.ChunkID{1})
	_, err := d.Chunk(ctx, creq)
	Expect(t, "an absent chunk", err, drop.ErrAbsent)
	_, err = d.Chunk(ctx, creq)
	Expect(t, "the same request again", err, drop.ErrRefused)
	_, err = d.Chunk(ctx, creq[1:])
	Expect(t, "no chunk request", err, drop.ErrMalformed)

	former := *n
	n.Access = newKey(t)
	n.Succeed(func() { n.Roster.Access = wire.AccessKey(public(n.Access)) })
	Expect(t, "a roster with another access key", d.PostNewsroom(ctx, n.Write()), nil)
	try("the former key", former.ReadRequest(t, d, wire.Letters, 0, 0, 1), drop.ErrRefused)
	try("the new key", n.ReadRequest(t, d, wire.Letters, 0, 0, 1), nil)
}

// testShapes: views have the one shape that the roster, or the request, fixes;
// and one history proves the other.
func testShapes(t *testing.T, mk Make) {
	s := Schedule()
	n, d := openWith(t, mk, 2, s, server.Limits{})
	var last *wire.View
	for size := uint64(0); size <= 16; size++ {
		for _, week := range []bool{false, true} {
			r, err := d.Replies(t.Context(), week)
			Expect(t, "replies", err, nil)
			v := n.Prove(t, r, wire.Replies)
			want := s.EveryonesView(size)
			if week {
				want = s.WeeksView(size)
			}
			Expect(t, "shape", v.CheckShape(want), nil)
			if v.Head.Size != size {
				t.Fatalf("the log has %d pages and not %d", v.Head.Size, size)
			}
			if last != nil && last.Head.Size >= v.Base {
				if root, ok := v.Proof.RootAt(last.Head.Size); !ok || root != last.Head.Root {
					t.Fatal("the log does not continue the one before")
				}
			}
			last = v
		}
		d.SealAt(t, 7200)
	}
	for base := uint64(0); base <= 16; base += 5 {
		for from := base; from <= 16; from += 3 {
			for _, count := range []int{0, 1, 2, 64} {
				q := wire.ReadRequest{Newsroom: n.NR, Log: wire.Replies, Base: base, From: from, Count: count}
				v := n.View(t, d, wire.Replies, base, from, count)
				Expect(t, "a desk's view", q.CheckView(v, s), nil)
				kept := max(from, 17-uint64(s.RepliesKept))
				if want := min(uint64(count), 17-min(17, kept)); uint64(len(v.Pages)) != want {
					t.Fatalf("from %d, %d pages: got %d and not %d", from, count, len(v.Pages), want)
				}
			}
		}
	}
	// A roster that keeps less reshapes the views at once.
	n.Succeed(func() { n.Roster.Schedule.RepliesKept = 2 })
	Expect(t, "a roster that keeps less", d.PostNewsroom(t.Context(), n.Write()), nil)
	r, err := d.Replies(t.Context(), false)
	Expect(t, "replies", err, nil)
	Expect(t, "new shape", n.Prove(t, r, wire.Replies).CheckShape(n.Roster.Schedule.EveryonesView(17)), nil)
}

// testRetention: pages past the number kept go whole, with the chunks that
// they alone name; their leaf hashes stay.
func testRetention(t *testing.T, mk Make) {
	n, d := open(t, mk, 2) // four letters pages are kept
	ctx := t.Context()
	lone, loneID := n.Chunk()
	both, bothID := n.Chunk()
	for page := range 6 {
		now := d.Clock.Unix()
		if page < 2 {
			ticket, err := d.OpenTicket(ctx, n.TicketRequest(now, nil))
			Expect(t, "ticket", err, nil)
			Expect(t, "chunk", d.PutChunk(ctx, ticket, bothID, both), nil)
			if page == 0 {
				Expect(t, "chunk", d.PutChunk(ctx, ticket, loneID, lone), nil)
			}
		}
		Expect(t, "letter", d.PostLetter(ctx, encode(t, n.Letter(now))), nil)
		d.SealAt(t, 3600)
		for id, until := range map[wire.ChunkID]int{loneID: 4, bothID: 5} {
			_, err := d.Chunk(ctx, n.ChunkRequest(t, d, id))
			if page < until {
				Expect(t, "a chunk that a kept page names", err, nil)
			} else {
				Expect(t, "a chunk that no kept page names", err, drop.ErrAbsent)
			}
		}
	}
	v := n.View(t, d, wire.Letters, 0, 0, 64)
	if v.Head.Size != 6 || len(v.Pages) != 4 || v.Pages[0].Header.Number != 2 {
		t.Fatalf("of %d pages %d are kept", v.Head.Size, len(v.Pages))
	}
}

// testVisitsAreAlike: all who ask between two sealings get the same bytes.
func testVisitsAreAlike(t *testing.T, mk Make) {
	n, d := open(t, mk, 2)
	d.SealAt(t, 7200)
	read := func() [][]byte {
		var all [][]byte
		for _, week := range []bool{false, true} {
			r, err := d.Replies(t.Context(), week)
			Expect(t, "replies", err, nil)
			b, err := io.ReadAll(r)
			Expect(t, "reading", errors.Join(err, r.Close()), nil)
			all = append(all, b)
		}
		for _, get := range []func() ([]byte, error){
			func() ([]byte, error) { return d.Newsroom(t.Context()) },
			func() ([]byte, error) { return d.Beats(t.Context()) },
			func() ([]byte, error) { return d.Keys(t.Context(), 1) },
			func() ([]byte, error) { return d.Grant(t.Context()) },
		} {
			b, err := get()
			Expect(t, "an object", err, nil)
			all = append(all, b)
		}
		return all
	}
	first := read()
	Expect(t, "letter", d.PostLetter(t.Context(), encode(t, n.Letter(d.Clock.Unix()))), nil)
	d.Clock.Add(1800)
	d.Seal(t)
	if !slices.EqualFunc(first, read(), bytes.Equal) {
		t.Fatal("two visitors got different bytes")
	}
}
