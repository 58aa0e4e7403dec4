// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"encoding/binary"
	"errors"
	"io"
)

// count reads a u32 that must not exceed max, nor what is left of the log.
func (v *ViewReader) count(what string, max uint64) (uint64, error) {
	var b [4]byte
	if err := v.full(b[:]); err != nil {
		return 0, err
	}
	n := uint64(binary.BigEndian.Uint32(b[:]))
	if n > max || n > v.head.Size-v.tree.Size() {
		return 0, malformedView("%d %s", n, what)
	}
	return n, nil
}

// hashes appends n hashes to list.
func (v *ViewReader) hashes(list []Hash, n int) ([]Hash, error) {
	for range n {
		var h Hash
		if err := v.full(v.buf[:len(h)]); err != nil {
			return nil, err
		}
		copy(h[:], v.buf[:])
		list = append(list, h)
	}
	return list, nil
}

// body reads n bytes into fresh memory, which never runs more than ahead before what
// has arrived.
func (v *ViewReader) body(n int) ([]byte, error) {
	body := make([]byte, 0, min(n, ahead))
	for len(body) < n {
		if len(body) == cap(body) {
			body = append(make([]byte, 0, min(n, 2*cap(body))), body...)
		}
		part := body[len(body):cap(body)]
		if err := v.full(part); err != nil {
			return nil, err
		}
		body = body[:cap(body)]
	}
	return body, nil
}

// full fills b.
func (v *ViewReader) full(b []byte) error {
	_, err := io.ReadFull(v.in, b)
	return v.readError(err)
}

// readError tells a view that is too short or too long from a failing reader.
func (v *ViewReader) readError(err error) error {
	switch {
	case err == nil:
		return nil
	case v.limit.N == 0:
		return malformedView("it is longer than it may be")
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return malformedView("it is cut short")
	}
	return &readFailure{err}
}

func malformedView(format string, args ...any) error {
	return fail("view", ErrMalformed, format, args...)
}

// readFailure wraps an error of the reader that the caller handed in.
type readFailure struct{ err error }

func (f *readFailure) Error() string { return "view: reading stopped: " + f.err.Error() }

func (f *readFailure) Unwrap() error { return f.err }
