// SPDX-License-Identifier: Apache-2.0

package droptest

import (
	"bytes"
	"slices"
	"testing"

	"tamizdat/drop"
	"tamizdat/drop/server"
	"tamizdat/letter/wire"
)

// testUploadLimits: exactly at, one under, one over each limit.
func testUploadLimits(t *testing.T, mk Make) {
	n, d := open(t, mk, 2) // three chunks a letter
	ctx := t.Context()
	ticket, err := d.OpenTicket(ctx, n.TicketRequest(Noon, nil))
	Expect(t, "ticket", err, nil)
	if ids, err := d.TicketChunks(ctx, ticket); err != nil || len(ids) != 0 {
		t.Fatalf("a fresh ticket has %d chunks: %v", len(ids), err)
	}

	chunk, id := n.Chunk()
	Expect(t, "one byte under", d.PutChunk(ctx, ticket, wire.ChunkIDOf(chunk[1:]), chunk[1:]), drop.ErrMalformed)
	long := append(bytes.Clone(chunk), 0)
	if err := d.PutChunk(ctx, ticket, wire.ChunkIDOf(long), long); err == nil {
		t.Fatal("a chunk of one byte over was taken")
	}
	Expect(t, "another than it is named", d.PutChunk(ctx, ticket, wire.ChunkIDOf(long), chunk), drop.ErrMalformed)
	Expect(t, "under no ticket", d.PutChunk(ctx, wire.Ticket{1}, id, chunk), drop.ErrAbsent)
	_, err = d.TicketChunks(ctx, wire.Ticket{1})
	Expect(t, "listing no ticket", err, drop.ErrAbsent)

	var want []wire.ChunkID
	for i := range 3 {
		Expect(t, "a chunk within the budget", d.PutChunk(ctx, ticket, id, chunk), nil)
		Expect(t, "the same again", d.PutChunk(ctx, ticket, id, chunk), nil)
		want = append(want, id)
		if i < 2 {
			chunk, id = n.Chunk()
		}
	}
	over, overID := n.Chunk()
	Expect(t, "one over the budget", d.PutChunk(ctx, ticket, overID, over), drop.ErrBudget)
	Expect(t, "one of those stored, again", d.PutChunk(ctx, ticket, id, chunk), nil)

	slices.SortFunc(want, func(a, b wire.ChunkID) int { return bytes.Compare(a[:], b[:]) })
	got, err := d.TicketChunks(ctx, ticket)
	if err != nil || !slices.Equal(got, want) {
		t.Fatalf("the list for resuming is %v: %v", got, err)
	}
	d.SealAt(t, 3600)
	if b := n.page(t, d, 0); !slices.Equal(b.Chunks, want) {
		t.Fatalf("the page names %d chunks, or others", len(b.Chunks))
	}
	stored, err := d.Chunk(ctx, n.ChunkRequest(t, d, id))
	if err != nil || !bytes.Equal(stored, chunk) {
		t.Fatalf("the chunk is damaged: %v", err)
	}
}

// testAbandonedUpload: an upload that is given up leaves chunks that look like
// any others, and its ticket is forgotten at the second sealing.
func testAbandonedUpload(t *testing.T, mk Make) {
	n, d := open(t, mk, 2)
	ctx := t.Context()
	ticket, err := d.OpenTicket(ctx, n.TicketRequest(Noon, nil))
	Expect(t, "ticket", err, nil)
	first, firstID := n.Chunk()
	Expect(t, "chunk", d.PutChunk(ctx, ticket, firstID, first), nil)
	_, err = d.Chunk(ctx, n.ChunkRequest(t, d, firstID))
	Expect(t, "a chunk before it is sealed", err, drop.ErrAbsent)
	d.SealAt(t, 3600)
	second, secondID := n.Chunk()
	Expect(t, "chunk in the next hour", d.PutChunk(ctx, ticket, secondID, second), nil)
	if ids, err := d.TicketChunks(ctx, ticket); err != nil || len(ids) != 2 {
		t.Fatalf("the ticket has %d chunks: %v", len(ids), err)
	}
	d.SealAt(t, 3600)
	_, err = d.TicketChunks(ctx, ticket)
	Expect(t, "the ticket after two sealings", err, drop.ErrAbsent)
	Expect(t, "a chunk after two sealings", d.PutChunk(ctx, ticket, firstID, first), drop.ErrAbsent)
	for i, id := range []wire.ChunkID{firstID, secondID} {
		if b := n.page(t, d, uint64(i)); len(b.Envelopes) != 0 || len(b.Chunks) != 1 || b.Chunks[0] != id {
			t.Fatalf("page %d has %d envelopes and %d chunks", i, len(b.Envelopes), len(b.Chunks))
		}
	}
}

// testTicketRequests: the same request is one upload, however often it comes.
func testTicketRequests(t *testing.T, mk Make) {
	n, d := open(t, mk, 2)
	ctx := t.Context()
	req := n.TicketRequest(Noon, nil)
	ticket, err := d.OpenTicket(ctx, req)
	Expect(t, "ticket", err, nil)
	chunk, id := n.Chunk()
	Expect(t, "chunk", d.PutChunk(ctx, ticket, id, chunk), nil)
	again, err := d.OpenTicket(ctx, req)
	if err != nil || again != ticket {
		t.Fatalf("the same request got another ticket: %v", err)
	}
	if ids, _ := d.TicketChunks(ctx, again); len(ids) != 1 {
		t.Fatal("the same request got a new budget")
	}
	r := must[*wire.TicketRequest](t)(wire.ParseTicketRequest(req))
	changed := *r
	changed.Counter++
	_, err = d.OpenTicket(ctx, must[[]byte](t)(changed.Encode()))
	Expect(t, "the same random with other bytes", err, drop.ErrConflict)
	other := wire.TicketRequest{Newsroom: wire.NewsroomKey{1}, Slot: r.Slot}
	_, err = d.OpenTicket(ctx, must[[]byte](t)(other.Encode()))
	Expect(t, "another newsroom's", err, drop.ErrRefused)
	_, err = d.OpenTicket(ctx, n.TicketRequest(Noon-3*3600, nil))
	Expect(t, "work of three hours ago", err, drop.ErrRefused)
	_, err = d.OpenTicket(ctx, req[:len(req)-1])
	Expect(t, "no ticket request", err, drop.ErrMalformed)
}

// testPermits: a permit raises the budget, once.
func testPermits(t *testing.T, mk Make) {
	n, d := open(t, mk, 2)
	ctx := t.Context()
	month := wire.MonthOf(Noon)
	permit := n.NewPermit(7, month)
	req := n.TicketRequest(Noon, permit)
	ticket, err := d.OpenTicket(ctx, req)
	Expect(t, "a permit", err, nil)
	for range 4 { // one more than without
		chunk, id := n.Chunk()
		Expect(t, "chunk", d.PutChunk(ctx, ticket, id, chunk), nil)
	}
	again, err := d.OpenTicket(ctx, req)
	if err != nil || again != ticket {
		t.Fatalf("the same request got another ticket: %v", err)
	}
	for range 2 {
		_, err = d.OpenTicket(ctx, n.TicketRequest(Noon, permit))
		Expect(t, "the permit in another request", err, drop.ErrRefused)
		d.Clock.Set(Noon) // work stays good
		d.SealAt(t, 3600)
		d.Clock.Set(Noon)
	}
	_, err = d.OpenTicket(ctx, n.TicketRequest(Noon, n.NewPermit(8, month-1)))
	Expect(t, "an expired permit", err, drop.ErrRefused)
	n.Permit = n.Access
	_, err = d.OpenTicket(ctx, n.TicketRequest(Noon, n.NewPermit(8, month)))
	Expect(t, "a permit signed by another key", err, drop.ErrRefused)
}

// testManyUploads: uploads that begin in the same second never meet.
func testManyUploads(t *testing.T, mk Make) {
	n, d := open(t, mk, 2)
	seen := map[wire.Ticket]bool{}
	for range 500 {
		ticket, err := d.OpenTicket(t.Context(), n.TicketRequest(Noon, nil))
		Expect(t, "ticket", err, nil)
		if seen[ticket] {
			t.Fatal("two uploads have one ticket")
		}
		seen[ticket] = true
	}
}

// testNothingToUpload: where files are switched off none is stored, and empty
// requests leave nothing behind.
func testNothingToUpload(t *testing.T, mk Make) {
	s := Schedule()
	s.Chunks = 0
	n, d := openWith(t, mk, 2, s, server.Limits{})
	ctx := t.Context()
	ticket, err := d.OpenTicket(ctx, n.TicketRequest(Noon, nil))
	Expect(t, "ticket", err, nil)
	chunk, id := n.Chunk()
	Expect(t, "a chunk", d.PutChunk(ctx, ticket, id, chunk), drop.ErrBudget)
	Expect(t, "an empty chunk", d.PutChunk(ctx, ticket, wire.ChunkIDOf(nil), nil), drop.ErrMalformed)
	Expect(t, "an empty letter", d.PostLetter(ctx, nil), drop.ErrMalformed)
	_, err = d.OpenTicket(ctx, nil)
	Expect(t, "an empty ticket request", err, drop.ErrMalformed)
	d.SealAt(t, 3600)
	if b := n.page(t, d, 0); len(b.Envelopes)+len(b.Chunks) != 0 {
		t.Fatal("something was stored")
	}
}

// testLargeUpload: more than eighty chunks under one permit all arrive.
func testLargeUpload(t *testing.T, mk Make) {
	n, d := open(t, mk, 2)
	ctx := t.Context()
	ticket, err := d.OpenTicket(ctx, n.TicketRequest(Noon, n.NewPermit(7, wire.MonthOf(Noon))))
	Expect(t, "ticket", err, nil)
	var last wire.ChunkID
	for range 85 {
		chunk, id := n.Chunk()
		Expect(t, "chunk", d.PutChunk(ctx, ticket, id, chunk), nil)
		last = id
	}
	if ids, err := d.TicketChunks(ctx, ticket); err != nil || len(ids) != 85 {
		t.Fatalf("%d chunks are stored: %v", len(ids), err)
	}
	d.SealAt(t, 3600)
	if b := n.page(t, d, 0); len(b.Chunks) != 85 {
		t.Fatalf("the page names %d chunks", len(b.Chunks))
	}
	chunk, err := d.Chunk(ctx, n.ChunkRequest(t, d, last))
	if err != nil || wire.ChunkIDOf(chunk) != last {
		t.Fatalf("the chunk is damaged: %v", err)
	}
}

// testLongUpload: an upload under a permit lives for as long as chunks come.
func testLongUpload(t *testing.T, mk Make) {
	n, d := open(t, mk, 2)
	ctx := t.Context()
	ticket, err := d.OpenTicket(ctx, n.TicketRequest(Noon, n.NewPermit(7, wire.MonthOf(Noon))))
	Expect(t, "ticket", err, nil)
	for range 5 {
		chunk, id := n.Chunk()
		Expect(t, "a chunk in the next hour", d.PutChunk(ctx, ticket, id, chunk), nil)
		d.SealAt(t, 3600)
	}
	if ids, err := d.TicketChunks(ctx, ticket); err != nil || len(ids) != 5 {
		t.Fatalf("%d chunks are stored: %v", len(ids), err)
	}
	d.SealAt(t, 3600)
	_, err = d.TicketChunks(ctx, ticket)
	Expect(t, "the ticket two sealings after its last chunk", err, drop.ErrAbsent)
}

// testManyTickets: who opens many uploads and brings nothing keeps nobody out,
// and a permit is not spent on a table that is full.
func testManyTickets(t *testing.T, mk Make) {
	n, d := openWith(t, mk, 2, Schedule(), server.Limits{Tickets: 3})
	ctx := t.Context()
	begin := func(permit []byte) wire.Ticket {
		t.Helper()
		ticket, err := d.OpenTicket(ctx, n.TicketRequest(Noon, permit))
		Expect(t, "ticket", err, nil)
		return ticket
	}
	put := func(ticket wire.Ticket) error {
		chunk, id := n.Chunk()
		return d.PutChunk(ctx, ticket, id, chunk)
	}
	busy, idle := begin(nil), begin(nil)
	Expect(t, "a chunk", put(busy), nil)
	permitted := begin(n.NewPermit(7, wire.MonthOf(Noon)))
	late := begin(nil)
	Expect(t, "the upload that brought nothing", put(idle), drop.ErrAbsent)
	for _, ticket := range []wire.Ticket{busy, permitted, late} {
		Expect(t, "an upload that is open", put(ticket), nil)
	}
	permit := n.NewPermit(7, wire.MonthOf(Noon))
	_, err := d.OpenTicket(ctx, n.TicketRequest(Noon, permit))
	Expect(t, "a permit when all places are in use", err, drop.ErrBusy)
	d.SealAt(t, 3600)
	d.SealAt(t, 3600)
	d.Clock.Set(Noon) // work stays good
	Expect(t, "the same permit later", put(begin(permit)), nil)
}
