// SPDX-License-Identifier: Apache-2.0

package server

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"time"

	"tamizdat/drop"
)

// A body or an answer may take as long as it likes over a slow circuit, as
// long as each step of it comes within the patience: 4 kB/s going out, and one
// going in. A limit on the whole would cut off honest people far away.
const (
	patience  = time.Minute
	readStep  = 64 << 10
	writeStep = 256 << 10
)

// farewell bounds what follows an error: net/http still reads up to 256 KiB of
// a body that nobody asked for, and without a deadline it would wait for them
// as long as the stranger likes.
const farewell = 5 * time.Second

// call is one request on its way through the drop.
type call struct {
	w       http.ResponseWriter
	r       *http.Request
	control *http.ResponseController
	parts   []string // of the path
	length  int64    // of the body
	unread  bool     // nothing of a body that may be read was read
	lane    *lane    // of an upload under way, else nil
}

// bound refuses a body by its announced length. A body whose length is not
// announced is refused too, except where there must be none.
func (c *call) bound(least, most int64) error {
	c.length = c.r.ContentLength
	switch {
	case c.length < 0:
		return errLength{}
	case c.length > most:
		return drop.ErrTooLarge
	case c.length < least:
		return drop.ErrMalformed
	}
	c.r.Body = http.MaxBytesReader(c.w, c.r.Body, most)
	c.unread = c.length > 0
	return nil
}

// body reads exactly the announced length. The buffer grows with what has
// arrived, so that nobody gets memory for a promise, and the deadline moves
// with each step.
func (c *call) body() ([]byte, error) {
	c.unread = false
	var b []byte
	for int64(len(b)) < c.length {
		step := min(c.length-int64(len(b)), max(readStep, int64(len(b))))
		b = append(b, make([]byte, step)...)
		if err := c.fill(b[int64(len(b))-step:]); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// fill reads len(p) bytes in steps.
func (c *call) fill(p []byte) error {
	for len(p) > 0 {
		if err := c.patience(time.Now().Add(patience)); err != nil {
			return errors.Join(drop.ErrBusy, err)
		}
		if c.lane != nil && c.lane.cut.Load() {
			return bodyError(os.ErrDeadlineExceeded)
		}
		n := min(len(p), readStep)
		if _, err := io.ReadFull(c.r.Body, p[:n]); err != nil {
			return bodyError(err)
		}
		if c.lane != nil {
			c.lane.got.Add(int64(n))
		}
		p = p[n:]
	}
	return c.patience(time.Time{})
}

// patience sets the read deadline. A connection without deadlines, as in
// tests, is patient by nature.
func (c *call) patience(until time.Time) error {
	err := c.control.SetReadDeadline(until)
	if errors.Is(err, http.ErrNotSupported) {
		return nil
	}
	return err
}

// bodyError tells a cut or stalled upload from one that is too long.
func bodyError(err error) error {
	var long *http.MaxBytesError
	if errors.As(err, &long) {
		return drop.ErrTooLarge
	}
	return fmt.Errorf("%w: the body ended early: %w", drop.ErrMalformed, err)
}

// answer sends one object with status 200.
func (c *call) answer(b []byte) error { return c.answerWith(http.StatusOK, b) }

// done sends 204.
func (c *call) done() error {
	c.w.Header().Del("Content-Type")
	c.extendWrite()
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

// stream sends n bytes that write writes. When it fails half-way the
// connection is cut, which is the only way left to say so.
func (c *call) stream(n int64, write func(io.Writer) error) error {
	c.w.Header().Set("Content-Length", strconv.FormatInt(n, 10))
	c.w.WriteHeader(http.StatusOK)
	if err := write(patientWriter{c}); err != nil {
		panic(http.ErrAbortHandler)
	}
	return nil
}

func (c *call) extendWrite() {
	_ = c.control.SetWriteDeadline(time.Now().Add(patience))
}

// patientWriter moves the write deadline with each step. Files go to the
// socket inside the kernel: ReadFrom of the connection below does that.
type patientWriter struct{ c *call }

// Write implements io.Writer.
func (p patientWriter) Write(b []byte) (n int, err error) {
	for len(b) > 0 && err == nil {
		step := min(len(b), writeStep)
		p.c.extendWrite()
		var m int
		m, err = p.c.w.Write(b[:step])
		n += m
		b = b[m:]
	}
	return n, err
}

// ReadFrom implements io.ReaderFrom.
func (p patientWriter) ReadFrom(r io.Reader) (n int64, err error) {
	for {
		p.c.extendWrite()
		m, err := io.CopyN(p.c.w, r, writeStep)
		n += m
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, err
		}
	}
}

// copyAll sends exactly n bytes of r.
func copyAll(w io.Writer, r io.Reader, n int64) error {
	sent, err := w.(io.ReaderFrom).ReadFrom(r)
	if err == nil && sent != n {
		err = io.ErrUnexpectedEOF
	}
	return err
}

// errLength is the answer to a body without an announced length.
type errLength struct{}

func (errLength) Error() string { return "no length was announced" }

// Unwrap makes it what it is to a client.
func (errLength) Unwrap() error { return drop.ErrTooLarge }

// drain throws a body away that was refused unseen. A client that is still
// sending would otherwise have its connection reset, and never read why.
func (c *call) drain() error {
	c.unread = false
	var step [readStep]byte
	for left := c.length; left > 0; left -= readStep {
		if err := c.fill(step[:min(left, readStep)]); err != nil {
			return err
		}
	}
	return nil
}

// fail answers an error: its status, and a sentence that is the same for all
// reasons under that status. The reason itself goes nowhere.
func (c *call) fail(err error) {
	status, text := statusOf(err)
	if c.unread {
		err = c.drain()
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		panic(http.ErrAbortHandler) // a stalled body: nobody is listening
	}
	h := c.w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	if c.r.ContentLength != 0 {
		h.Set("Connection", "close") // something of a body may be left
		_ = c.patience(time.Now().Add(farewell))
	}
	_ = c.answerWith(status, []byte(text+"\n"))
}

// statusOf maps the errors of package drop to spec/drop.md §9.
func statusOf(err error) (int, string) {
	var length errLength
	switch {
	case errors.As(err, &length):
		return http.StatusLengthRequired, "the length of the body must be announced"
	case errors.Is(err, drop.ErrFull):
		return http.StatusInsufficientStorage, "the disk is full, nothing was stored"
	case errors.Is(err, drop.ErrMalformed):
		return http.StatusBadRequest, "this is not an object of the specification"
	case errors.Is(err, drop.ErrRefused):
		return http.StatusForbidden, "a signature, work, nonce, slot or chain does not hold"
	case errors.Is(err, drop.ErrAbsent):
		return http.StatusNotFound, "absent, or not for you"
	case errors.Is(err, drop.ErrConflict):
		return http.StatusConflict, "something else is already there"
	case errors.Is(err, drop.ErrTooLarge):
		return http.StatusRequestEntityTooLarge, "too long, nothing was stored"
	case errors.Is(err, drop.ErrBudget):
		return http.StatusTooManyRequests, "the budget of this upload is spent"
	}
	return http.StatusServiceUnavailable, "full or busy, nothing was stored, try later"
}
