// SPDX-License-Identifier: Apache-2.0

package server

import (
	"crypto/rand"
	"slices"
	"testing"
	"time"

	"tamizdat/letter/wire"
)

// TestNonces: a nonce serves once and for five minutes; asking for them costs
// the drop no memory, and only a valid signature uses one up.
func TestNonces(t *testing.T) {
	n, err := newNonces(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	start := time.Unix(1<<32-100, 0) // the lower half of the clock turns soon
	issue := func(at time.Time) [wire.NonceSize]byte {
		t.Helper()
		nonce, err := n.issue(at)
		if err != nil {
			t.Fatal(err)
		}
		return nonce
	}
	for range 10_000 {
		issue(start)
	}
	if len(n.spent) != 0 {
		t.Fatalf("%d nonces are remembered of those that were given out", len(n.spent))
	}
	nonce := issue(start)
	if !n.spend(nonce, start.Add(299*time.Second)) || n.spend(nonce, start.Add(299*time.Second)) {
		t.Error("a nonce does not serve exactly once")
	}
	for _, late := range []time.Duration{300 * time.Second, time.Hour, 24 * time.Hour, -time.Second} {
		if n.spend(issue(start), start.Add(late)) {
			t.Errorf("a nonce serves %v after", late)
		}
	}
	for i := range wire.NonceSize {
		forged := issue(start)
		forged[i] ^= 1
		if n.spend(forged, start) {
			t.Errorf("a nonce with byte %d changed serves", i)
		}
	}
	n.expire(start.Add(299 * time.Second))
	if len(n.spent) != 1 {
		t.Error("a spent nonce is forgotten while it would still serve")
	}
	n.expire(start.Add(10 * time.Minute))
	if len(n.spent) != 0 {
		t.Error("a spent nonce is remembered for ever")
	}
}

// TestLedger compares the tree in memory with that of letter/wire at every
// size, and checks that a ledger does not change when a page is added.
func TestLedger(t *testing.T) {
	l := &ledger{log: wire.Desk}
	want := wire.NewTree()
	var roots []wire.Hash
	for i := range 70 {
		if l.root(l.size()) != want.Root() || !slices.Equal(l.frontier(l.size()), want.Frontier()) {
			t.Fatalf("of size %d the trees differ", i)
		}
		roots = append(roots, want.Root())
		h := wire.PageHeader{Log: wire.Desk, Number: uint64(i), Sealed: int64(i+1) * 60, BodyLen: uint32(i)}
		_ = l.with([]byte("a page that was given up"), 1, nil)
		next := l.with(h.Encode(), h.Sealed, nil)
		if l.size() != uint64(i) || next.size() != uint64(i+1) || next.sealed != h.Sealed {
			t.Fatal("adding a page changed the ledger it was added to")
		}
		if bodyLen(next.headers[i]) != int64(i) {
			t.Fatal("the length of a body is read from the wrong place")
		}
		want.Append(h.LeafHash())
		l = next
		for size, root := range roots {
			if l.root(uint64(size)) != root {
				t.Fatalf("of %d pages, the root of the first %d changed", i+1, size)
			}
		}
	}
	again, err := newLedger(wire.Desk, LogRecord{Headers: l.headers, Kept: 3})
	if err != nil || again.root(70) != l.root(70) || again.sealed != l.sealed || again.kept != 3 {
		t.Fatalf("read back it is another: %v", err)
	}
	swapped := slices.Clone(l.headers)
	swapped[3], swapped[4] = swapped[4], swapped[3]
	for what, r := range map[string]LogRecord{
		"of another log": {Headers: [][]byte{(&wire.PageHeader{Log: wire.Letters, Sealed: 1}).Encode()}},
		"in disorder":    {Headers: swapped},
		"that are none":  {Headers: [][]byte{{1}}},
	} {
		if _, err := newLedger(wire.Desk, r); err == nil {
			t.Errorf("headers %s are taken", what)
		}
	}
}

// TestTicketRequestsAreForgottenByTime: a request is remembered for as long as
// its work is good, whatever slots are called meanwhile.
func TestTicketRequestsAreForgottenByTime(t *testing.T) {
	tickets := newTickets(10)
	r := &wire.TicketRequest{Slot: 500_000}
	if _, known, err := tickets.claim(r, [32]byte{1}, 5*3600); known || err != nil {
		t.Fatal(err)
	}
	ticket, err := tickets.place(rand.Reader, 0, false)
	if err != nil {
		t.Fatal(err)
	}
	tickets.grant(r, ticket, 1)
	for now := int64(0); now < 5*3600; now += 60 {
		tickets.expire(uint64(now/60), now)
		if again, known, err := tickets.claim(r, [32]byte{1}, now+5*3600); !known || err != nil || again != ticket {
			t.Fatalf("after %d s the request is forgotten: %v", now, err)
		}
	}
	tickets.expire(1000, 5*3600)
	if len(tickets.requests) != 0 {
		t.Error("a request is remembered for ever")
	}
}

// TestLettersAreForgotten: that a letter was stored is remembered for as long as
// its work is good.
func TestLettersAreForgotten(t *testing.T) {
	m := &subjects{until: map[wire.Hash]int64{}}
	m.add(wire.Hash{1}, 3600)
	m.expire(3599)
	if !m.has(wire.Hash{1}) || m.has(wire.Hash{2}) {
		t.Error("a letter is forgotten too soon, or another remembered")
	}
	m.expire(3600)
	if len(m.until) != 0 {
		t.Error("a letter is remembered for ever")
	}
}
