// SPDX-License-Identifier: Apache-2.0

package client

import (
	"context"
	"errors"
	"slices"
	"time"

	"tamizdat/drop"
	"tamizdat/letter/wire"
)

const maxTries = 5 // of one call that gets no answer

// Sender makes the calls with which a letter is sent, by a source or as cover.
type Sender struct {
	Drop drop.Drop
	// Wait pauses between tries.
	Wait func(ctx context.Context, d time.Duration) error
}

// Answered reports whether err is an answer of the drop. Everything else means
// that nobody knows what became of the call.
func Answered(err error) bool {
	for _, e := range []error{
		drop.ErrMalformed, drop.ErrRefused, drop.ErrAbsent, drop.ErrConflict,
		drop.ErrTooLarge, drop.ErrBudget, drop.ErrBusy, drop.ErrFull,
	} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// Post hands a letter over. make gives the post, and is asked before each try: the same
// bytes again, unless the last answer was a refusal, or the work has become too old. told
// hears of each answer but yes. A try without an answer is followed by others. A refusal is
// followed by one: the hour may just have turned.
func (s Sender) Post(ctx context.Context, make func(context.Context) ([]byte, error), told func(error)) error {
	var err error
	refusals := 0
	for try := range maxTries {
		if err := s.pause(ctx, try); err != nil {
			return err
		}
		var post []byte
		if post, err = make(ctx); err != nil {
			return err
		}
		if err = s.Drop.PostLetter(ctx, post); err == nil {
			return nil
		}
		told(err)
		refused := errors.Is(err, drop.ErrRefused)
		if refused {
			refusals++
		}
		if Answered(err) && (!refused || refusals > 1) {
			break
		}
	}
	return err
}

// pause waits before all tries but the first: one second, two, four …
func (s Sender) pause(ctx context.Context, try int) error {
	if try == 0 {
		return nil
	}
	return s.Wait(ctx, time.Second<<(try-1))
}

// Upload is where an upload stands; the zero value has not begun. What the drop has
// answered for under one ticket stays answered for under the next.
type Upload struct {
	request []byte // for a ticket, while it is not answered
	ticket  wire.Ticket
	open    bool // ticket is one that the drop may still know
}

// Put brings one chunk, again and again while no answer comes. request makes a request
// for a ticket, with its work (spec/attachments.md §3).
func (s Sender) Put(ctx context.Context, u *Upload, request func(context.Context) ([]byte, error), id wire.ChunkID, chunk []byte) error {
	var err error
	for try := range maxTries {
		if err := s.pause(ctx, try); err != nil {
			return err
		}
		if err = s.tryChunk(ctx, u, request, id, chunk, try > 0); err == nil {
			return nil
		}
		if Answered(err) && !errors.Is(err, drop.ErrAbsent) {
			return err
		}
	}
	return err
}

// tryChunk is one try. After a cut the drop is asked first what it has. A
// ticket that it forgot is replaced at the next try; what it answered for
// under the old one stays answered for.
func (s Sender) tryChunk(ctx context.Context, u *Upload, request func(context.Context) ([]byte, error), id wire.ChunkID, chunk []byte, again bool) error {
	if !u.open {
		if err := s.openTicket(ctx, u, request); err != nil {
			return err
		}
		again = false
	}
	var err error
	if again {
		var have []wire.ChunkID
		have, err = s.Drop.TicketChunks(ctx, u.ticket)
		if err == nil && slices.Contains(have, id) {
			return nil
		}
	}
	if err == nil {
		err = s.Drop.PutChunk(ctx, u.ticket, id, chunk)
	}
	if errors.Is(err, drop.ErrAbsent) {
		u.open = false
	}
	return err
}

// openTicket opens an upload with work. A request that got no answer is sent again as it
// was; the drop then knows it.
func (s Sender) openTicket(ctx context.Context, u *Upload, request func(context.Context) ([]byte, error)) error {
	if u.request == nil {
		var err error
		if u.request, err = request(ctx); err != nil {
			return err
		}
	}
	ticket, err := s.Drop.OpenTicket(ctx, u.request)
	if err == nil || Answered(err) {
		u.request = nil
	}
	if err == nil {
		u.ticket, u.open = ticket, true
	}
	return err
}
