// SPDX-License-Identifier: Apache-2.0

package server

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"sync"

	"tamizdat/drop"
	"tamizdat/letter/wire"
)

// tickets are the open uploads. They are in memory and nowhere else: nothing
// on disk ties a chunk to an upload (spec/attachments.md §3).
type tickets struct {
	limit int

	mu       sync.Mutex
	open     map[wire.Ticket]*upload
	opened   uint64               // how many ever were
	requests map[[32]byte]request // by their random
}

// upload is what was brought under one ticket.
type upload struct {
	order  uint64 // among those that were opened
	permit bool
	page   uint64 // number of the letters page that was next when it was opened, or renewed
	budget int
	ids    map[wire.ChunkID]bool // false while the chunk is on its way to the disk

	running int // chunks on their way
}

// maxRunning is how many chunks of one upload may be on their way at the same
// time. One proof of work must not take all of the drop's memory.
const maxRunning = 2

// request is a ticket request that was answered, or is being looked at.
type request struct {
	sum    [32]byte    // of its bytes
	until  int64       // Unix second from which its work is too old to be accepted again
	ticket wire.Ticket // zero until it is answered
}

// manyRequests is how many requests are remembered for each upload that may be
// open: about 120 bytes each.
const manyRequests = 64

func newTickets(limit int) *tickets {
	return &tickets{limit: limit, open: map[wire.Ticket]*upload{}, requests: map[[32]byte]request{}}
}

// forget gives up all uploads.
func (t *tickets) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	clear(t.open)
}

// claim looks whether a request was seen. If it was answered, known is true
// and the ticket that of the first time. If it is new, the caller must end
// with grant or release.
func (t *tickets) claim(r *wire.TicketRequest, sum [32]byte, until int64) (ticket wire.Ticket, known bool, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	old, seen := t.requests[r.Random]
	switch {
	case !seen && len(t.requests) >= manyRequests*t.limit:
		return ticket, false, fmt.Errorf("too many requests for tickets: %w", drop.ErrBusy)
	case !seen:
		t.requests[r.Random] = request{sum: sum, until: until}
		return ticket, false, nil
	case old.sum != sum:
		return ticket, false, fmt.Errorf("another request had this number: %w", drop.ErrConflict)
	case old.ticket == wire.Ticket{}:
		return ticket, false, fmt.Errorf("the same request is on its way: %w", drop.ErrBusy)
	}
	return old.ticket, true, nil
}

// release gives up a claim.
func (t *tickets) release(r *wire.TicketRequest) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.requests, r.Random)
}

// place makes an upload of no budget yet under a random ticket, which nobody
// knows. The caller must end with grant or withdraw. Where all places are taken
// the oldest upload makes room that has brought nothing, so that opening many
// keeps nobody out for longer than it takes to send a chunk.
func (t *tickets) place(random io.Reader, page uint64, permit bool) (wire.Ticket, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.open) >= t.limit && !t.evict() {
		return wire.Ticket{}, fmt.Errorf("too many uploads are open: %w", drop.ErrBusy)
	}
	var ticket wire.Ticket
	if _, err := io.ReadFull(random, ticket[:]); err != nil {
		return ticket, fmt.Errorf("%w: %w", drop.ErrBusy, err)
	}
	t.opened++
	t.open[ticket] = &upload{order: t.opened, page: page, permit: permit, ids: map[wire.ChunkID]bool{}}
	return ticket, nil
}

// evict forgets the oldest upload without a chunk. One under a permit stays:
// its permit is spent.
func (t *tickets) evict() bool {
	var oldest wire.Ticket
	var found *upload
	for ticket, u := range t.open {
		if len(u.ids) == 0 && !u.permit && (found == nil || u.order < found.order) {
			oldest, found = ticket, u
		}
	}
	delete(t.open, oldest)
	return found != nil
}

// withdraw gives a place back.
func (t *tickets) withdraw(ticket wire.Ticket) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.open, ticket)
}

// grant answers a claimed request with its ticket.
func (t *tickets) grant(r *wire.TicketRequest, ticket wire.Ticket, budget int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if u := t.open[ticket]; u != nil { // else it was evicted already
		u.budget = budget
	}
	answered := t.requests[r.Random]
	answered.ticket = ticket
	t.requests[r.Random] = answered
}

// list returns the chunks stored under a ticket, ascending.
func (t *tickets) list(ticket wire.Ticket) ([]wire.ChunkID, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	u := t.open[ticket]
	if u == nil {
		return nil, errNoTicket()
	}
	var out []wire.ChunkID
	for id, stored := range u.ids {
		if stored {
			out = append(out, id)
		}
	}
	slices.SortFunc(out, func(a, b wire.ChunkID) int { return bytes.Compare(a[:], b[:]) })
	return out, nil
}

// reserve counts a chunk against the budget before it is stored. done reports
// that it is stored under the ticket already.
func (t *tickets) reserve(ticket wire.Ticket, id wire.ChunkID) (done bool, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	u := t.open[ticket]
	if u == nil {
		return false, errNoTicket()
	}
	stored, known := u.ids[id]
	switch {
	case stored:
		return true, nil
	case known:
		return false, errUnderWay{}
	case len(u.ids) >= u.budget:
		return false, fmt.Errorf("%w: %d chunks", drop.ErrBudget, u.budget)
	case u.running >= maxRunning:
		return false, fmt.Errorf("two chunks of this upload are on their way: %w", drop.ErrBusy)
	}
	u.ids[id] = false
	u.running++
	return false, nil
}

// errUnderWay is the answer for a chunk that is being sent already.
type errUnderWay struct{}

func (errUnderWay) Error() string { return "the same chunk is on its way" }

// Unwrap makes it what it is to a client.
func (errUnderWay) Unwrap() error { return drop.ErrBusy }

// settle ends what reserve began. page is the number of the letters page that
// is next: a permit allows more than two hours can carry, so each chunk under
// one renews its upload's life.
func (t *tickets) settle(ticket wire.Ticket, id wire.ChunkID, page uint64, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	u := t.open[ticket]
	if u == nil {
		return // the ticket was forgotten meanwhile
	}
	u.running--
	if ok {
		u.ids[id] = true
		if u.permit {
			u.page = page
		}
	} else {
		delete(u.ids, id)
	}
}

// expire forgets the tickets that have seen two sealings, and the requests
// whose work is for an hour that is too long ago to be accepted again. Slots are
// not compared: their numbers change with the roster's interval.
func (t *tickets) expire(size uint64, now int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for ticket, u := range t.open {
		if size >= u.page+2 {
			delete(t.open, ticket)
		}
	}
	for random, r := range t.requests {
		if r.until <= now {
			delete(t.requests, random)
		}
	}
}

// errNoTicket is the answer for a ticket that never was, and for one forgotten.
func errNoTicket() error { return fmt.Errorf("no such ticket: %w", drop.ErrAbsent) }
