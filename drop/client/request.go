// SPDX-License-Identifier: Apache-2.0

package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"tamizdat/drop"
	"tamizdat/internal/pause"
	"tamizdat/letter/wire"
)

// attempts is how often a request is made when no answer comes.
const attempts = 3

// maxView bounds the answer that is handed on as a stream: the largest letters
// page and 64 MiB more, or as many full replies pages as a roster can keep.
const maxView = wire.MaxViewPages*(wire.PageHeaderSize+1+wire.MaxSlots*wire.ReplySize) + 64<<20

// request is one call.
type request struct {
	lane         lane
	begins       bool // it is the first of its lane
	method, path string
	body         []byte
	again        bool // making it twice is the same as making it once
}

func (c *Client) get(ctx context.Context, path string, most int64) ([]byte, error) {
	return c.read(ctx, request{lane: visit, method: http.MethodGet, path: path, again: true}, most)
}

func (c *Client) post(ctx context.Context, l lane, path string, body []byte) error {
	_, err := c.read(ctx, request{lane: l, method: http.MethodPost, path: path, body: body, again: true}, 0)
	return err
}

// read makes a request and reads its answer of at most so many bytes. It is
// made again, over another connection, when no whole answer came and that does no
// harm.
func (c *Client) read(ctx context.Context, r request, most int64) ([]byte, error) {
	for attempt := 1; ; attempt++ {
		b, err := c.readOnce(ctx, r, most)
		if err == nil || !r.again || attempt == attempts || !worthRetrying(ctx, err) {
			return b, err
		}
		if c.pause(ctx, attempt) != nil {
			return nil, err
		}
	}
}

func (c *Client) readOnce(ctx context.Context, r request, most int64) ([]byte, error) {
	resp, err := c.send(ctx, r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, most+1))
	if err != nil {
		c.ways.renew(r.lane)
		return nil, noAnswer{err}
	}
	if int64(len(b)) > most {
		return nil, errors.New("the drop's answer is longer than the specification allows")
	}
	return b, nil
}

// open makes a request and hands on the body of its answer.
func (c *Client) open(ctx context.Context, r request) (io.ReadCloser, error) {
	for attempt := 1; ; attempt++ {
		resp, err := c.send(ctx, r)
		if err == nil {
			return &bounded{body: resp.Body, left: maxView}, nil
		}
		if !r.again || attempt == attempts || !worthRetrying(ctx, err) || c.pause(ctx, attempt) != nil {
			return nil, err
		}
	}
}

// send makes a request once. The answer's body is open only if err is nil.
func (c *Client) send(ctx context.Context, r request) (*http.Response, error) {
	var body io.Reader
	if r.body != nil {
		body = bytes.NewReader(r.body)
	}
	req, err := http.NewRequestWithContext(ctx, r.method, c.base+r.path, body)
	if err != nil {
		return nil, errors.New("the request to the drop cannot be made")
	}
	// An empty agent keeps net/http from sending its own.
	req.Header["User-Agent"] = []string{""}
	if r.body != nil {
		req.Header.Set("Content-Type", "application/octet-stream")
	}
	if r.begins {
		c.ways.renew(r.lane)
	}
	way := c.ways.get(r.lane)
	resp, err := way.Do(req)
	if r.lane == alone {
		way.CloseIdleConnections() // and this one as soon as it is idle
	}
	if err != nil {
		c.ways.renew(r.lane) // the circuit may be dead, and the others like it
		return nil, noAnswer{err}
	}
	if err := statusError(resp.StatusCode); err != nil {
		resp.Body.Close()
		return nil, err
	}
	return resp, nil
}

// statusError maps a status to the errors of package drop (spec/drop.md §9).
func statusError(status int) error {
	switch status {
	case http.StatusOK, http.StatusCreated, http.StatusNoContent:
		return nil
	case http.StatusBadRequest:
		return drop.ErrMalformed
	case http.StatusForbidden:
		return drop.ErrRefused
	case http.StatusNotFound:
		return drop.ErrAbsent
	case http.StatusConflict:
		return drop.ErrConflict
	case http.StatusLengthRequired, http.StatusRequestEntityTooLarge:
		return drop.ErrTooLarge
	case http.StatusTooManyRequests:
		return drop.ErrBudget
	case http.StatusServiceUnavailable:
		return drop.ErrBusy
	case http.StatusInsufficientStorage:
		return drop.ErrFull
	}
	return fmt.Errorf("the drop answered with status %d, which the specification does not have", status)
}

// noAnswer is the error of a request of which nobody knows whether it arrived.
// Its text is always the same: that of the error inside names the address that
// was asked, with tickets and chunk ids in it, and may hold what a hostile drop
// wrote in place of an answer.
type noAnswer struct{ err error }

func (e noAnswer) Error() string { return "the drop does not answer" }

// Unwrap lets callers find a context's end. Its text must not be shown.
func (e noAnswer) Unwrap() error { return e.err }

func worthRetrying(ctx context.Context, err error) bool {
	var none noAnswer
	return ctx.Err() == nil && errors.As(err, &none)
}

// backOff waits a little longer after each attempt.
func backOff(ctx context.Context, attempt int) error {
	return pause.For(ctx, time.Duration(attempt*attempt)*time.Second)
}

// bounded ends an answer that is longer than any can be.
type bounded struct {
	body io.ReadCloser
	left int64
}

// Read implements io.Reader.
func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errors.New("the drop's answer is longer than the specification allows")
	}
	n, err := b.body.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		err = noAnswer{err}
	}
	return n, err
}

// Close implements io.Closer.
func (b *bounded) Close() error { return b.body.Close() }

// exactly copies an answer of fixed size.
func exactly(dst, b []byte) error {
	if len(b) != len(dst) {
		return fmt.Errorf("the drop's answer has %d bytes and not %d", len(b), len(dst))
	}
	copy(dst, b)
	return nil
}

// parseChunkIDs reads `u16 n, n × [32]`, ascending (spec/drop.md §9).
func parseChunkIDs(b []byte) ([]wire.ChunkID, error) {
	if len(b) < 2 || len(b) != 2+32*(int(b[0])<<8|int(b[1])) {
		return nil, errors.New("the drop's list of chunks has another length than it says")
	}
	var out []wire.ChunkID
	for b = b[2:]; len(b) > 0; b = b[32:] {
		id := wire.ChunkID(b[:32])
		if n := len(out); n > 0 && bytes.Compare(out[n-1][:], id[:]) >= 0 {
			return nil, errors.New("the drop's list of chunks is not in order")
		}
		out = append(out, id)
	}
	return out, nil
}
