// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"tamizdat/drop"
	"tamizdat/letter/wire"
)

// double stands between the desks and the drop. A nil hook passes through; it
// records what the drop could record.
type double struct {
	drop.Drop
	w       *world
	hostile bool
	calls   []string
	down    error // what every call says first

	wait        func(context.Context) // before a call
	body        func(io.Reader) io.Reader
	reading     context.Context // of the last Read
	newsroomErr error
	readErr     map[wire.Log]error
	grant       func([]byte) []byte
	chunkWait   func(context.Context) error
	replyErr    func(write []byte) error
	bundleErr   error

	newsroom func([]byte) []byte
	beats    func([]byte) []byte
	keys     func(wire.Period, []byte) []byte
	read     func(req []byte, answer []byte) []byte
	chunk    func(req []byte, answer []byte, err error) ([]byte, error)
	reply    func(write []byte) (swallow bool)
	holds    bool         // so it says
	cut      func() error // after a reply write was stored
}

func (h *double) pause(ctx context.Context) {
	if h.wait != nil {
		h.wait(ctx)
	}
}

func (h *double) note(call string, size int) {
	h.calls = append(h.calls, fmt.Sprintf("%d %s %d", h.w.clock.UnixNano(), call, size))
}

func (h *double) Holding(ctx context.Context) (occasion [wire.NonceSize]byte, err error) {
	if h.holds {
		return occasion, nil
	}
	return h.Drop.Holding(ctx)
}

func (h *double) Newsroom(ctx context.Context) ([]byte, error) {
	h.pause(ctx)
	h.note("newsroom", 0)
	if h.newsroomErr != nil {
		return nil, h.newsroomErr
	}
	b, err := h.Drop.Newsroom(ctx)
	if h.newsroom != nil && err == nil {
		b = h.newsroom(b)
	}
	return b, err
}

func (h *double) Grant(ctx context.Context) ([]byte, error) {
	h.pause(ctx)
	h.note("grant", 0)
	b, err := h.Drop.Grant(ctx)
	if h.grant != nil && err == nil {
		b = h.grant(bytes.Clone(b))
	}
	return b, err
}

func (h *double) Keys(ctx context.Context, p wire.Period) ([]byte, error) {
	h.pause(ctx)
	h.note(fmt.Sprint("keys ", p), 0)
	b, err := h.Drop.Keys(ctx, p)
	if h.keys != nil && err == nil {
		b = h.keys(p, b)
	}
	return b, err
}

func (h *double) Beats(ctx context.Context) ([]byte, error) {
	h.pause(ctx)
	h.note("beats", 0)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if h.down != nil {
		return nil, h.down
	}
	b, err := h.Drop.Beats(ctx)
	if h.beats != nil && err == nil {
		b = h.beats(b)
	}
	return b, err
}

func (h *double) Nonce(ctx context.Context) ([wire.NonceSize]byte, error) {
	h.pause(ctx)
	h.note("nonce", 0)
	return h.Drop.Nonce(ctx)
}

func (h *double) Read(ctx context.Context, req []byte) (io.ReadCloser, error) {
	h.pause(ctx)
	h.note(fmt.Sprint("read ", req[34]), len(req))
	h.reading = ctx
	if err := h.readErr[wire.Log(req[34])]; err != nil {
		return nil, err
	}
	in, err := h.Drop.Read(ctx, req)
	if err != nil {
		return in, err
	}
	defer in.Close()
	answer, err := io.ReadAll(in)
	h.note("answered", len(answer))
	if h.read != nil {
		answer = h.read(req, answer)
	}
	var body io.Reader = bytes.NewReader(answer)
	if h.body != nil {
		body = h.body(body)
	}
	return io.NopCloser(body), err
}

func (h *double) Chunk(ctx context.Context, req []byte) ([]byte, error) {
	h.pause(ctx)
	h.note("chunk", len(req))
	if h.chunkWait != nil {
		return nil, h.chunkWait(ctx)
	}
	b, err := h.Drop.Chunk(ctx, req)
	if h.chunk != nil {
		return h.chunk(req, b, err)
	}
	return b, err
}

func (h *double) PostReply(ctx context.Context, write []byte) error {
	h.pause(ctx)
	h.note("reply", len(write))
	if h.reply != nil && h.reply(write) {
		return nil
	}
	if h.replyErr != nil {
		if err := h.replyErr(write); err != nil {
			return err
		}
	}
	err := h.Drop.PostReply(ctx, write)
	if h.cut != nil && err == nil {
		return h.cut()
	}
	return err
}

func (h *double) PostSegment(ctx context.Context, write []byte) error {
	h.pause(ctx)
	h.note("segment", len(write))
	return h.Drop.PostSegment(ctx, write)
}

func (h *double) PostBundle(ctx context.Context, b []byte) error {
	h.pause(ctx)
	h.note("bundle", len(b))
	if h.bundleErr != nil {
		return h.bundleErr
	}
	return h.Drop.PostBundle(ctx, b)
}
