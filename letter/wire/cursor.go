// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"encoding/binary"
	"math"
)

// reader walks once over the bytes of one object. The first error stays: later
// reads yield zeros, so that a parser may check once, before it uses a count
// and at its end.
type reader struct {
	object string
	all    []byte
	at     int
	err    error
}

func newReader(object string, b []byte) *reader {
	return &reader{object: object, all: b}
}

func (r *reader) fail(class error, format string, args ...any) {
	if r.err == nil {
		r.err = fail(r.object, class, format, args...)
	}
}

func (r *reader) malformed(format string, args ...any) {
	r.fail(ErrMalformed, format, args...)
}

// require refuses the object unless ok.
func (r *reader) require(ok bool, format string, args ...any) {
	if !ok {
		r.malformed(format, args...)
	}
}

// take returns the next n bytes, sharing memory with the input; nil after an
// error.
func (r *reader) take(n uint64) []byte {
	if r.err != nil {
		return nil
	}
	if n > uint64(len(r.all)-r.at) {
		r.malformed("cut short after %d bytes", len(r.all))
		return nil
	}
	b := r.all[r.at : r.at+int(n) : r.at+int(n)]
	r.at += int(n)
	return b
}

func (r *reader) u8() uint8 {
	b := r.take(1)
	if b == nil {
		return 0
	}
	return b[0]
}

func (r *reader) u16() uint16 {
	b := r.take(2)
	if b == nil {
		return 0
	}
	return binary.BigEndian.Uint16(b)
}

func (r *reader) u32() uint32 {
	b := r.take(4)
	if b == nil {
		return 0
	}
	return binary.BigEndian.Uint32(b)
}

func (r *reader) u64() uint64 {
	b := r.take(8)
	if b == nil {
		return 0
	}
	return binary.BigEndian.Uint64(b)
}

// whole reads a u64 other than a work counter: below 2^53, so that every language
// can hold it exactly.
func (r *reader) whole(what string) uint64 {
	n := r.u64()
	if n >= 1<<53 {
		r.malformed("%s is not below 2^53", what)
		return 0
	}
	return n
}

// time reads Unix seconds within the bound of spec/README.md §1.
func (r *reader) time(what string) int64 {
	t := r.u64()
	r.require(t <= MaxTime, "%s is beyond all time", what)
	return int64(t & (1<<41 - 1))
}

func (r *reader) a16() (out [16]byte) { copy(out[:], r.take(16)); return out }
func (r *reader) a32() (out [32]byte) { copy(out[:], r.take(32)); return out }
func (r *reader) a64() (out [64]byte) { copy(out[:], r.take(64)); return out }

// count8 reads a u8 within low … high.
func (r *reader) count8(what string, low, high int) int {
	n := int(r.u8())
	if r.err == nil && (n < low || n > high) {
		r.malformed("%d %s, not %d to %d", n, what, low, high)
		return 0
	}
	return n
}

// within32 reads a u32 within low … high.
func (r *reader) within32(what string, low, high uint32) uint32 {
	n := r.u32()
	r.require(r.err != nil || (n >= low && n <= high), "%s is %d, not %d to %d", what, n, low, high)
	return n
}

func (r *reader) bytes8() []byte { return r.take(uint64(r.u8())) }

// bytes16 and bytes32 refuse a length above max before anything else is done
// with it.
func (r *reader) bytes16(what string, max int) []byte {
	n := r.u16()
	r.require(int(n) <= max, "%s is longer than %d bytes", what, max)
	return r.take(uint64(n))
}

func (r *reader) bytes32(what string, max uint32) []byte {
	n := r.u32()
	r.require(n <= max, "%s is longer than %d bytes", what, max)
	return r.take(uint64(n))
}

// header reads version and type.
func (r *reader) header(kind byte) {
	v, t := r.u8(), r.u8()
	r.require(v == version, "version %d", v)
	r.require(t == kind, "type 0x%02x is not 0x%02x", t, kind)
}

// signedPart is what was read so far.
func (r *reader) signedPart() []byte { return r.all[:r.at:r.at] }

// done refuses left-over bytes and returns the first error.
func (r *reader) done() error {
	r.require(r.at == len(r.all), "%d bytes too many", len(r.all)-r.at)
	return r.err
}

// writer builds one object. A number or length that its field cannot hold is written as
// the field's greatest, and remembered in over: nothing is ever cut to its low bits, so
// that nobody signs another number than was asked for. No count or limit of the
// specification reaches the greatest number of its field, but the length of a log key:
// every parser refuses what such a part is put into.
type writer struct {
	b    []byte
	over bool
}

func newWriter(kind byte, size int) *writer {
	return &writer{b: append(make([]byte, 0, size), version, kind)}
}

// bounded is v, or max for a v that is negative or greater.
func (w *writer) bounded(v, max int) int {
	if v < 0 || v > max {
		w.over = true
		return max
	}
	return v
}

func (w *writer) u8(v int) { w.b = append(w.b, byte(w.bounded(v, math.MaxUint8))) }
func (w *writer) u16(v int) {
	w.b = binary.BigEndian.AppendUint16(w.b, uint16(w.bounded(v, math.MaxUint16)))
}
func (w *writer) u32(v uint32)   { w.b = binary.BigEndian.AppendUint32(w.b, v) }
func (w *writer) u64(v uint64)   { w.b = binary.BigEndian.AppendUint64(w.b, v) }
func (w *writer) time(t int64)   { w.u64(uint64(t)) }
func (w *writer) bytes(b []byte) { w.b = append(w.b, b...) }

// exact writes b, which must have n bytes, else nothing: the object is then too short for
// any parser.
func (w *writer) exact(b []byte, n int) {
	if len(b) != n {
		w.over = true
		return
	}
	w.bytes(b)
}

func (w *writer) bytes8(b []byte) {
	w.u8(len(b))
	w.bytes(b)
}

func (w *writer) bytes16(b []byte) {
	w.u16(len(b))
	w.bytes(b)
}

func (w *writer) bytes32(b []byte) {
	w.u32(uint32(w.bounded(len(b), math.MaxUint32)))
	w.bytes(b)
}
