// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"tamizdat/drop"
	"tamizdat/letter/wire"
)

// OpenTicket implements drop.Drop. The same bytes again get the same ticket, so
// that a lost answer costs the source neither work nor a permit.
func (s *Server) OpenTicket(ctx context.Context, req []byte) (wire.Ticket, error) {
	room, err := s.taking()
	if err != nil {
		return wire.Ticket{}, err
	}
	r, err := wire.ParseTicketRequest(req)
	if err != nil {
		return wire.Ticket{}, judged(err)
	}
	if r.Newsroom != s.cfg.Newsroom {
		return wire.Ticket{}, refused("the request is for another newsroom")
	}
	ticket, known, err := s.tickets.claim(r, sha256.Sum256(req), s.workEnds(room))
	if known || err != nil {
		return ticket, err
	}
	ticket, err = s.openTicket(ctx, room, r)
	if err != nil {
		s.tickets.release(r)
	}
	return ticket, err
}

// openTicket judges a request that is new. Its place is taken before its permit
// is spent: a permit serves once, and must not be lost to a full table.
func (s *Server) openTicket(ctx context.Context, room *room, r *wire.TicketRequest) (wire.Ticket, error) {
	if err := s.checkWork(ctx, room, r.Slot, r.Subject(), r.Counter); err != nil {
		return wire.Ticket{}, err
	}
	ticket, err := s.tickets.place(s.cfg.Random, s.ledgerOf(wire.Letters).size(), r.Permit != nil)
	if err != nil {
		return ticket, err
	}
	budget := room.roster.Schedule.Chunks
	if r.Permit != nil {
		if budget, err = s.usePermit(ctx, room, r.Permit); err != nil {
			s.tickets.withdraw(ticket)
			return wire.Ticket{}, err
		}
	}
	s.tickets.grant(r, ticket, budget)
	return ticket, nil
}

// TicketChunks implements drop.Drop.
func (s *Server) TicketChunks(_ context.Context, t wire.Ticket) ([]wire.ChunkID, error) {
	return s.tickets.list(t)
}

// PutChunk implements drop.Drop.
func (s *Server) PutChunk(ctx context.Context, t wire.Ticket, id wire.ChunkID, chunk []byte) error {
	if err := checkChunk(id, chunk); err != nil {
		return err
	}
	if _, err := s.taking(); err != nil {
		return err
	}
	done, err := s.tickets.reserve(t, id)
	if done || err != nil {
		return err
	}
	err = s.keepChunk(ctx, id, chunk)
	s.tickets.settle(t, id, s.ledgerOf(wire.Letters).size(), err == nil)
	return err
}

// checkChunk compares a chunk with what it is named.
func checkChunk(id wire.ChunkID, chunk []byte) error {
	if len(chunk) != wire.ChunkSize || wire.ChunkIDOf(chunk) != id {
		return fmt.Errorf("%w: the chunk is not the one it is named", drop.ErrMalformed)
	}
	return nil
}

// keepChunk stores a chunk that was checked.
func (s *Server) keepChunk(ctx context.Context, id wire.ChunkID, chunk []byte) error {
	if err := s.admit(forChunks, len(chunk)); err != nil {
		return err
	}
	return stored(s.cfg.Store.AddChunk(ctx, id, chunk))
}

// usePermit judges a permit, marks it used, and returns how many chunks it
// allows (spec/attachments.md §4).
func (s *Server) usePermit(ctx context.Context, room *room, raw []byte) (int, error) {
	u, err := wire.ParsePermit(raw)
	if err != nil {
		return 0, judged(err)
	}
	p, err := u.Verify(s.cfg.Newsroom, room.roster.Permit, s.now())
	if err != nil {
		return 0, judged(err)
	}
	s.mu.RLock()
	_, used := s.serials[p.Serial]
	s.mu.RUnlock()
	if used {
		return 0, refused("the permit was used before")
	}
	if err := s.admit(forDesks, len(p.Serial)); err != nil {
		return 0, err
	}
	err = s.cfg.Store.AddSerial(ctx, Serial{Number: p.Serial, Expiry: p.Expiry})
	if errors.Is(err, ErrTaken) {
		return 0, fmt.Errorf("%w: the permit was used before", drop.ErrRefused)
	}
	if err != nil {
		return 0, stored(err)
	}
	s.mu.Lock()
	s.serials[p.Serial] = p.Expiry
	s.mu.Unlock()
	return p.Chunks(), nil
}
