// SPDX-License-Identifier: Apache-2.0

package source_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"sync"
	"testing"

	"tamizdat/drop"
	"tamizdat/letter/wire"
	"tamizdat/source"
)

// calls are what a drop sees of a visit: which calls, and how many bytes go
// over the wire for each.
type calls struct {
	mu  sync.Mutex
	all []call
}

type call struct {
	name string
	size int
}

func (c *calls) add(name string, size int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all = append(c.all, call{name, size})
}

func (c *calls) bytes(name string, b []byte) ([]byte, error) {
	c.add(name, len(b))
	return b, nil
}

// list is sorted: calls are made at the same time.
func (c *calls) list() []call {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.SortedFunc(slices.Values(c.all), func(a, b call) int {
		if a.name != b.name {
			return bytes.Compare([]byte(a.name), []byte(b.name))
		}
		return a.size - b.size
	})
}

func (c *calls) count(name string) int {
	n := 0
	for _, one := range c.list() {
		if one.name == name {
			n++
		}
	}
	return n
}

// hostile is a drop that lies where a field is set and is what it wraps
// everywhere else.
type hostile struct {
	drop.Drop
	newsroom []byte
	beats    []byte
	keys     func(wire.Period) []byte
	view     []byte
	post     func([]byte) error
	put      func(wire.Ticket, wire.ChunkID, []byte) error
	list     func(wire.Ticket) ([]wire.ChunkID, error)
	dead     error // of all reading calls
}

func (h *hostile) Newsroom(ctx context.Context) ([]byte, error) {
	if h.newsroom != nil || h.dead != nil {
		return h.newsroom, h.dead
	}
	return h.Drop.Newsroom(ctx)
}

func (h *hostile) Beats(ctx context.Context) ([]byte, error) {
	if h.beats != nil || h.dead != nil {
		return h.beats, h.dead
	}
	return h.Drop.Beats(ctx)
}

func (h *hostile) Keys(ctx context.Context, p wire.Period) ([]byte, error) {
	if h.keys != nil {
		return h.keys(p), nil
	}
	return h.Drop.Keys(ctx, p)
}

func (h *hostile) Replies(ctx context.Context, week bool) (io.ReadCloser, error) {
	if h.view != nil || h.dead != nil {
		return io.NopCloser(bytes.NewReader(h.view)), h.dead
	}
	return h.Drop.Replies(ctx, week)
}

func (h *hostile) PostLetter(ctx context.Context, post []byte) error {
	if h.post != nil {
		return h.post(post)
	}
	return h.Drop.PostLetter(ctx, post)
}

func (h *hostile) PutChunk(ctx context.Context, t wire.Ticket, id wire.ChunkID, chunk []byte) error {
	if h.put != nil {
		return h.put(t, id, chunk)
	}
	return h.Drop.PutChunk(ctx, t, id, chunk)
}

func (h *hostile) TicketChunks(ctx context.Context, t wire.Ticket) ([]wire.ChunkID, error) {
	if h.list != nil {
		return h.list(t)
	}
	return h.Drop.TicketChunks(ctx, t)
}

// wantAlarm checks row and words, and that a refused visit shows nothing.
func wantAlarm(t *testing.T, v *source.Visit, err error, row source.Row, told string) *source.Alarm {
	t.Helper()
	a, ok := errors.AsType[*source.Alarm](err)
	if !ok {
		t.Fatalf("got %v, want the alarm %q", err, told)
	}
	if a.Row != row || err.Error() != told {
		t.Errorf("got %s %q (%v)\nwant %s %q", a.Row, err, a.Unwrap(), row, told)
	}
	if a.Hint == "" {
		t.Error("the person is not told what to do")
	}
	if v != nil {
		t.Error("a visit was shown all the same")
	}
	return a
}

// wantWarning checks that reading goes on under a warning.
func wantWarning(t *testing.T, v *source.Visit, row source.Row, told string) {
	t.Helper()
	if !slices.Contains(v.Warnings(), source.Warning{Row: row, Told: told}) {
		t.Errorf("warnings are %q, want %s %q", v.Warnings(), row, told)
	}
}

// wantQuiet checks that the source notices nothing.
func wantQuiet(t *testing.T, v *source.Visit, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if w := v.Warnings(); len(w) > 0 || v.MaySend() != nil {
		t.Errorf("something was noticed: %q, %v", w, v.MaySend())
	}
}
