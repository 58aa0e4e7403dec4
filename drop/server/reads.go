// SPDX-License-Identifier: Apache-2.0

package server

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"tamizdat/drop"
	"tamizdat/letter/wire"
)

// maxReadBytes bounds the pages of a desk's view beyond the first
// (spec/drop.md §9).
const maxReadBytes = 64 << 20

// Nonce implements drop.Drop.
func (s *Server) Nonce(context.Context) ([wire.NonceSize]byte, error) {
	return s.nonces.issue(s.cfg.Now())
}

// Read implements drop.Drop. It holds the whole view in memory; over HTTP it is
// streamed.
func (s *Server) Read(ctx context.Context, req []byte) (io.ReadCloser, error) {
	v, err := s.readView(req)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := v.parts(s.cfg.Blobs).Write(&b); err != nil {
		return nil, stored(err)
	}
	return io.NopCloser(&b), nil
}

// readView judges a log read request and describes the view it gets.
func (s *Server) readView(req []byte) (view, error) {
	room, err := s.current()
	if err != nil {
		return view{}, err
	}
	u, err := wire.ParseReadRequest(req)
	if err != nil {
		return view{}, judged(err)
	}
	r, err := u.Verify(room.roster.Access)
	if err != nil {
		return view{}, judged(err)
	}
	if r.Newsroom != s.cfg.Newsroom {
		return view{}, refused("the request is for another newsroom")
	}
	if !s.nonces.spend(r.Nonce, s.cfg.Now()) {
		return view{}, refused("the nonce is not one of this drop's, used, or too old")
	}
	return desksView(s.ledgerOf(r.Log), r.Base, r.From, r.Count)
}

// desksView is the view of the shape that spec/drop.md §2 gives a desk.
func desksView(l *ledger, base, from uint64, count int) (view, error) {
	if base > from || from > l.size() {
		return view{}, refused("the log is not that long")
	}
	v := view{l: l, base: base, from: max(from, l.kept)}
	v.to = v.from + fitting(l.headers[v.from:], min(count, wire.MaxReadPages))
	if v.from-v.base > wire.MaxViewLeaves || l.size()-v.to > wire.MaxViewLeaves {
		return view{}, refused("the range is too far from an end of the log")
	}
	return v, nil
}

// fitting counts how many of the next pages, at most count, fit into a desk's
// view. The first one always does.
func fitting(headers [][]byte, count int) (n uint64) {
	size := int64(0)
	for i, h := range headers[:min(count, len(headers))] {
		if i > 0 {
			size += int64(len(h)) + bodyLen(h)
		}
		if size > maxReadBytes {
			break
		}
		n++
	}
	return n
}

// Chunk implements drop.Drop. Only chunks in sealed pages can be had.
func (s *Server) Chunk(_ context.Context, req []byte) ([]byte, error) {
	room, err := s.current()
	if err != nil {
		return nil, err
	}
	u, err := wire.ParseChunkRequest(req)
	if err != nil {
		return nil, judged(err)
	}
	r, err := u.Verify(room.roster.Access)
	if err != nil {
		return nil, judged(err)
	}
	if r.Newsroom != s.cfg.Newsroom {
		return nil, refused("the request is for another newsroom")
	}
	if !s.nonces.spend(r.Nonce, s.cfg.Now()) {
		return nil, refused("the nonce is not one of this drop's, used, or too old")
	}
	return s.readChunk(r.ID)
}

func (s *Server) readChunk(id wire.ChunkID) ([]byte, error) {
	body, n, err := s.cfg.Blobs.Open(chunkName(id))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("no such chunk: %w", drop.ErrAbsent)
	}
	if err != nil {
		return nil, stored(err)
	}
	defer body.Close()
	if n != wire.ChunkSize {
		return nil, fmt.Errorf("a chunk of %d bytes: %w", n, drop.ErrBusy)
	}
	chunk := make([]byte, n)
	if _, err := io.ReadFull(body, chunk); err != nil {
		return nil, stored(err)
	}
	return chunk, nil
}
