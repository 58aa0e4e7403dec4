// SPDX-License-Identifier: Apache-2.0

// Package drop is the contract between a drop and those who use it: the calls
// of spec/drop.md §9 as one Go interface, and what can go wrong with them.
//
// A drop is an untrusted, dumb, durable server. It takes letters from anyone,
// replies and segments from desks, seals them at fixed times into immutable
// pages, and can open none of them. Call it through drop/client; run one with
// drop/server. Both satisfy [Drop], so whatever talks to a drop can be tested
// without a network.
//
// Nothing that a drop answers may be believed because it answered: every
// object that comes back is parsed and verified with letter/wire by the
// caller. Nor may an error be believed to be the true reason; an error here
// tells what to do next, not what happened.
package drop

import (
	"context"
	"errors"
	"io"

	"tamizdat/letter/wire"
)

// Drop is everything that may be asked of a drop. Objects go in and out as the
// whole bytes of the spec, encoded and parsed by letter/wire. All methods may
// be called at the same time. An error matches at most one of the errors of
// this package; any other error means that no answer came, and then a write
// may or may not have been stored.
type Drop interface {
	// Newsroom returns the newsroom file (keys.md §4): the chain of roots and
	// the newest roster. ErrBusy: the drop was not given a newsroom yet.
	Newsroom(ctx context.Context) ([]byte, error)

	// Grant returns the grant of the newest roster (keys.md §7).
	Grant(ctx context.Context) ([]byte, error)

	// Keys returns the keys file of period p (keys.md §5), which holds no
	// bundles where there are none.
	Keys(ctx context.Context, p wire.Period) ([]byte, error)

	// Beats returns the beats file (drop.md §3).
	Beats(ctx context.Context) ([]byte, error)

	// Replies returns the view of the replies log that is the same for
	// everyone, or with week set the shorter one (drop.md §2). The caller
	// bounds what it reads, checks the view, and closes it.
	Replies(ctx context.Context, week bool) (io.ReadCloser, error)

	// PostLetter hands over a letter post. When it returns nil the letter is
	// on disk, whole. The same post may be sent again.
	PostLetter(ctx context.Context, post []byte) error

	// OpenTicket opens an upload (attachments.md §3).
	OpenTicket(ctx context.Context, req []byte) (wire.Ticket, error)

	// TicketChunks lists what is stored under a ticket, ascending, so that an
	// upload that was cut can go on. ErrAbsent: the drop forgot the ticket.
	TicketChunks(ctx context.Context, t wire.Ticket) ([]wire.ChunkID, error)

	// PutChunk stores one chunk of wire.ChunkSize bytes. The same chunk under
	// the same ticket again is free and answered as done.
	PutChunk(ctx context.Context, t wire.Ticket, id wire.ChunkID, chunk []byte) error

	// Nonce returns a number that serves for one Read or Chunk, within five
	// minutes.
	Nonce(ctx context.Context) ([wire.NonceSize]byte, error)

	// Read answers a log read request with a desk's view (drop.md §2). The
	// caller bounds what it reads, checks the view, and closes it.
	Read(ctx context.Context, req []byte) (io.ReadCloser, error)

	// Chunk answers a chunk read request. The caller checks the hash.
	Chunk(ctx context.Context, req []byte) ([]byte, error)

	// PostReply writes one reply slot (drop.md §5). ErrConflict: the slot is
	// taken by other bytes.
	PostReply(ctx context.Context, w []byte) error

	// PostSegment writes a desk's segment of one page (drop.md §5).
	PostSegment(ctx context.Context, w []byte) error

	// PostBundle publishes a journalist's keys of one period (drop.md §6).
	PostBundle(ctx context.Context, b []byte) error

	// Holding returns the occasion that a drop which holds has for vouches
	// (drop.md §11). ErrAbsent: it goes on.
	Holding(ctx context.Context) ([wire.NonceSize]byte, error)

	// PostVouch tells a drop that holds what a desk has seen. ErrRefused also
	// where the desk has seen something else than what the drop has.
	PostVouch(ctx context.Context, v []byte) error

	// PostHead shows a drop a head of its own. ErrConflict: its logs do not
	// have it, and it holds from now on.
	PostHead(ctx context.Context, h []byte) error

	// PostNewsroom publishes a newsroom file with its grant (drop.md §6).
	PostNewsroom(ctx context.Context, w []byte) error
}

// What a drop may say other than yes, by status of spec/drop.md §9. Test with
// errors.Is.
var (
	ErrMalformed = errors.New("the drop could not read the request")                     // 400
	ErrRefused   = errors.New("the drop refused: a check of what was sent did not hold") // 403
	ErrAbsent    = errors.New("the drop does not have this")                             // 404
	ErrConflict  = errors.New("the drop already has something else there")               // 409
	ErrTooLarge  = errors.New("too large for the drop: nothing was stored")              // 411, 413
	ErrBudget    = errors.New("this upload has used up what it may bring")               // 429
	ErrBusy      = errors.New("the drop is full or busy: nothing was stored, try later") // 503
	ErrFull      = errors.New("the drop's disk is full: nothing was stored")             // 507
)
