// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"context"
	"errors"
	"io"
	"time"

	"tamizdat/drop"
	"tamizdat/letter/wire"
)

// How long one step of a round may take. A drop that sends a byte now and then
// would hold the folder for ever; a page of letters that a flood has filled
// comes slowly over Tor.
const (
	stepLimit = 15 * time.Minute
	logLimit  = 2 * time.Hour
)

// callError is an error of a call. Only such a one can mean that the drop does
// not answer: a full disk of our own must not be blamed on it.
type callError struct{ error }

func (e callError) Unwrap() error { return e.error }

// silent reports whether err is of a call to which no answer came.
func silent(err error) bool {
	if _, ok := errors.AsType[callError](err); !ok {
		return false
	}
	for _, e := range []error{
		drop.ErrMalformed, drop.ErrRefused, drop.ErrAbsent, drop.ErrConflict,
		drop.ErrTooLarge, drop.ErrBudget, drop.ErrBusy, drop.ErrFull,
	} {
		if errors.Is(err, e) {
			return false
		}
	}
	return true
}

// line is the drop at the addresses of the roster: where nothing answers, the
// next is tried, and the one that answered is kept to. Its errors are
// callErrors. Only the calls of a desk are made through it.
type line struct {
	connect   func(address string) (drop.Drop, error)
	addresses []string // not tried yet
	drop.Drop          // nil before the first call
	open      []interface{ Close() }
}

// Close gives the connections back.
func (l *line) Close() {
	for _, c := range l.open {
		c.Close()
	}
}

// next goes to the next address that can be connected to.
func (l *line) next() (err error) {
	for len(l.addresses) > 0 {
		var to drop.Drop
		to, err = l.connect(l.addresses[0])
		l.addresses = l.addresses[1:]
		if err != nil {
			continue
		}
		if c, ok := to.(interface{ Close() }); ok {
			l.open = append(l.open, c)
		}
		l.Drop = to
		return nil
	}
	return err
}

// call makes a call, at the next address where no answer came. All calls that
// a desk makes may be made twice; one with a nonce may be refused then.
func call[T any](ctx context.Context, l *line, do func(drop.Drop) (T, error)) (T, error) {
	for {
		got, err := do(l.Drop)
		if err == nil {
			return got, nil
		}
		err = callError{err}
		if !silent(err) || ctx.Err() != nil || len(l.addresses) == 0 || l.next() != nil {
			return got, err
		}
	}
}

// tellDrop makes a call that answers nothing.
func tellDrop(ctx context.Context, l *line, do func(drop.Drop) error) error {
	_, err := call(ctx, l, func(to drop.Drop) (struct{}, error) { return struct{}{}, do(to) })
	return err
}

// Newsroom implements [drop.Drop].
func (l *line) Newsroom(ctx context.Context) ([]byte, error) {
	return call(ctx, l, func(to drop.Drop) ([]byte, error) { return to.Newsroom(ctx) })
}

// Grant implements [drop.Drop].
func (l *line) Grant(ctx context.Context) ([]byte, error) {
	return call(ctx, l, func(to drop.Drop) ([]byte, error) { return to.Grant(ctx) })
}

// Keys implements [drop.Drop].
func (l *line) Keys(ctx context.Context, p wire.Period) ([]byte, error) {
	return call(ctx, l, func(to drop.Drop) ([]byte, error) { return to.Keys(ctx, p) })
}

// Beats implements [drop.Drop].
func (l *line) Beats(ctx context.Context) ([]byte, error) {
	return call(ctx, l, func(to drop.Drop) ([]byte, error) { return to.Beats(ctx) })
}

// Nonce implements [drop.Drop].
func (l *line) Nonce(ctx context.Context) ([wire.NonceSize]byte, error) {
	return call(ctx, l, func(to drop.Drop) ([wire.NonceSize]byte, error) { return to.Nonce(ctx) })
}

// Read implements [drop.Drop].
func (l *line) Read(ctx context.Context, req []byte) (io.ReadCloser, error) {
	return call(ctx, l, func(to drop.Drop) (io.ReadCloser, error) { return to.Read(ctx, req) })
}

// Chunk implements [drop.Drop].
func (l *line) Chunk(ctx context.Context, req []byte) ([]byte, error) {
	return call(ctx, l, func(to drop.Drop) ([]byte, error) { return to.Chunk(ctx, req) })
}

// PostReply implements [drop.Drop].
func (l *line) PostReply(ctx context.Context, w []byte) error {
	return tellDrop(ctx, l, func(to drop.Drop) error { return to.PostReply(ctx, w) })
}

// PostBundle implements [drop.Drop].
func (l *line) PostBundle(ctx context.Context, b []byte) error {
	return tellDrop(ctx, l, func(to drop.Drop) error { return to.PostBundle(ctx, b) })
}

// Holding implements [drop.Drop].
func (l *line) Holding(ctx context.Context) ([wire.NonceSize]byte, error) {
	return call(ctx, l, func(to drop.Drop) ([wire.NonceSize]byte, error) { return to.Holding(ctx) })
}

// PostVouch implements [drop.Drop].
func (l *line) PostVouch(ctx context.Context, v []byte) error {
	return tellDrop(ctx, l, func(to drop.Drop) error { return to.PostVouch(ctx, v) })
}

// PostHead implements [drop.Drop].
func (l *line) PostHead(ctx context.Context, h []byte) error {
	return tellDrop(ctx, l, func(to drop.Drop) error { return to.PostHead(ctx, h) })
}

// PostNewsroom implements [drop.Drop].
func (l *line) PostNewsroom(ctx context.Context, w []byte) error {
	return tellDrop(ctx, l, func(to drop.Drop) error { return to.PostNewsroom(ctx, w) })
}

// arriving passes on a body. A connection that breaks is no fault of the log,
// so its error must not look like the end of the bytes.
type arriving struct{ r io.Reader }

// Read implements [io.Reader].
func (a *arriving) Read(b []byte) (int, error) {
	n, err := a.r.Read(b)
	if err != nil && err != io.EOF {
		err = callError{errors.New("the download broke off: " + err.Error())}
	}
	return n, err
}
