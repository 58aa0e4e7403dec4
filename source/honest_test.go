// SPDX-License-Identifier: Apache-2.0

package source_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"

	"tamizdat/drop"
	"tamizdat/letter/wire"
)

// honest is the stage's drop as it should be, for those calls that a source
// makes. It notes them.
type honest struct {
	drop.Drop // nil: a source makes no other calls
	s         *stage

	calls   calls
	posts   [][]byte
	tickets map[wire.Ticket][]wire.ChunkID
	chunks  map[wire.ChunkID][]byte
}

func (s *stage) honest() *honest {
	return &honest{s: s, tickets: make(map[wire.Ticket][]wire.ChunkID), chunks: make(map[wire.ChunkID][]byte)}
}

func (h *honest) Newsroom(context.Context) ([]byte, error) {
	return h.calls.bytes("newsroom", h.s.newsroom.Bytes())
}

func (h *honest) Keys(_ context.Context, p wire.Period) ([]byte, error) {
	return h.calls.bytes(fmt.Sprintf("keys %d", p), wire.EncodeKeysFile(h.s.nr, p, slices.Collect(maps.Values(h.s.bundles[p]))))
}

func (h *honest) Beats(context.Context) ([]byte, error) {
	return h.calls.bytes("beats", wire.EncodeBeatsFile(h.s.nr, slices.Collect(maps.Values(h.s.beats))))
}

func (h *honest) Replies(_ context.Context, week bool) (io.ReadCloser, error) {
	b, err := h.calls.bytes(fmt.Sprintf("replies week=%v", week), h.s.log.view(week))
	return io.NopCloser(bytes.NewReader(b)), err
}

func (h *honest) PostLetter(_ context.Context, post []byte) error {
	p, err := wire.ParseLetterPost(post)
	if err != nil {
		return fmt.Errorf("%w: %w", drop.ErrMalformed, err)
	}
	h.calls.add("letter", len(post))
	if err := h.checkWork(p.Newsroom, p.Slot, p.Subject(), p.Counter); err != nil {
		return err
	}
	if len(p.Envelopes) != len(h.s.roster().Journalists) {
		return drop.ErrRefused
	}
	h.posts = append(h.posts, post)
	return nil
}

func (h *honest) checkWork(nr wire.NewsroomKey, slot uint64, subject wire.Hash, counter uint64) error {
	s := h.s.roster().Schedule
	if nr != h.s.nr || wire.CheckWorkSlot(slot, s.WorkSlot(h.s.now.Unix())) != nil ||
		!wire.WorkDone(nr, slot, subject, counter, s.WorkIterations, s.WorkBits) {
		return drop.ErrRefused
	}
	return nil
}

func (h *honest) OpenTicket(_ context.Context, req []byte) (wire.Ticket, error) {
	q, err := wire.ParseTicketRequest(req)
	if err != nil {
		return wire.Ticket{}, fmt.Errorf("%w: %w", drop.ErrMalformed, err)
	}
	h.calls.add("ticket", len(req))
	if err := h.checkWork(q.Newsroom, q.Slot, q.Subject(), q.Counter); err != nil {
		return wire.Ticket{}, err
	}
	t := wire.Ticket(q.Random[:16])
	h.tickets[t] = []wire.ChunkID{}
	return t, nil
}

func (h *honest) TicketChunks(_ context.Context, t wire.Ticket) ([]wire.ChunkID, error) {
	h.calls.add("list", 0)
	ids, ok := h.tickets[t]
	if !ok {
		return nil, drop.ErrAbsent
	}
	return slices.SortedFunc(slices.Values(ids), func(a, b wire.ChunkID) int { return bytes.Compare(a[:], b[:]) }), nil
}

func (h *honest) PutChunk(_ context.Context, t wire.Ticket, id wire.ChunkID, chunk []byte) error {
	h.calls.add("chunk", len(chunk))
	ids, ok := h.tickets[t]
	switch {
	case !ok:
		return drop.ErrAbsent
	case len(chunk) != wire.ChunkSize:
		return drop.ErrTooLarge
	case wire.ChunkIDOf(chunk) != id:
		return drop.ErrRefused
	case slices.Contains(ids, id):
		return nil
	case len(ids) >= h.s.roster().Schedule.Chunks:
		return drop.ErrBudget
	}
	h.tickets[t], h.chunks[id] = append(ids, id), bytes.Clone(chunk)
	return nil
}

// envelopes are those of post i.
func (h *honest) envelopes(i int) [][]byte {
	return must(wire.ParseLetterPost(h.posts[i]))(h.s.t).Envelopes
}
