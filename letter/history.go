// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"crypto/cipher"
	"errors"
	"fmt"
	"io"

	"tamizdat/letter/wire"
)

// A history is a stream that one journalist can open (spec/casebook.md §5). What stands in
// it is nothing to this package.

const (
	tagHistory         = "tamizdat-history-v1"
	historyVersion     = 1
	historyType        = 0x17
	historyKeySize     = 32
	historyWrap        = xwingEncSize + historyKeySize + tagSize
	historyHead        = 2 + 32 + historyWrap
	historySegment     = 16384
	historyRoom        = historySegment - tagSize
	maxHistorySegments = 1 << 32
)

// ErrHistory means that a history was altered or cut off. Nothing of it must be used.
var ErrHistory = errors.New("this history is damaged or not whole")

// HistoryWriter seals what is written to it. Without [HistoryWriter.Close] the history is
// not whole. Not for concurrent use.
type HistoryWriter struct {
	redacted
	to    io.Writer
	aead  cipher.AEAD
	aad   []byte
	plain []byte // at most one segment, which is not yet known not to be the last
	index uint64
	err   error
}

// NewHistory begins a history of newsroom nr for a journalist of a verified roster, and
// writes its head.
func NewHistory(to io.Writer, nr wire.NewsroomKey, receiver *wire.Journalist) (*HistoryWriter, error) {
	return newHistory(to, nr, receiver, randomBytes(historyKeySize))
}

func newHistory(to io.Writer, nr wire.NewsroomKey, receiver *wire.Journalist, key []byte) (*HistoryWriter, error) {
	wrap, err := sealXWing(&receiver.Tuple.PKE, historyInfo(nr, receiver.ID), key)
	if err != nil {
		return nil, err
	}
	head := append([]byte{historyVersion, historyType}, nr[:]...)
	head = append(head, wrap...)
	if _, err := to.Write(head); err != nil {
		return nil, err
	}
	return &HistoryWriter{to: to, aead: aes256GCM(key), aad: head, plain: make([]byte, 0, historySegment)}, nil
}

func historyInfo(nr wire.NewsroomKey, receiver wire.JournalistID) []byte {
	return wire.Preimage(tagHistory, append(append([]byte(nil), nr[:]...), receiver[:]...))
}

// Write implements [io.Writer].
func (w *HistoryWriter) Write(b []byte) (int, error) {
	n := len(b)
	for len(b) > 0 && w.err == nil {
		if len(w.plain) == historyRoom {
			w.flush(false)
		}
		fits := min(len(b), historyRoom-len(w.plain))
		w.plain, b = append(w.plain, b[:fits]...), b[fits:]
	}
	return n - len(b), w.err
}

// Close fills the last segment up with zeros and writes it. It does not close what it
// writes to.
func (w *HistoryWriter) Close() error {
	if w.err == nil {
		n := len(w.plain)
		w.plain = w.plain[:historyRoom]
		clear(w.plain[n:])
		w.flush(true)
	}
	err := w.err
	w.err = errors.New("letter: this history is closed")
	return err
}

func (w *HistoryWriter) flush(last bool) {
	if w.index == maxHistorySegments {
		w.err = fmt.Errorf("%w: a history has at most %d segments", ErrTooLong, uint64(maxHistorySegments))
		return
	}
	sealed := w.aead.Seal(w.plain[:0], streamNonce(uint32(w.index), last), w.plain, w.aad)
	_, w.err = w.to.Write(sealed)
	w.plain = w.plain[:0]
	w.index++
}

// historyReader gives a history's plaintext, segment by segment.
type historyReader struct {
	redacted
	from  io.Reader
	aead  cipher.AEAD
	aad   []byte
	buf   []byte // the segment that comes next; it may be the last
	spare []byte // plain lies in it
	plain []byte
	index uint64
	err   error
}

// OpenHistory opens a history of newsroom nr for this journalist. Reading holds two
// segments in memory, however long the history is. It gives io.EOF only when the whole
// of it has proved good, and [ErrHistory] for every fault: until then nothing that was
// read must be used. The error of OpenHistory itself is [ErrCannotOpen] for one that is
// not for her, or no history.
func (k *JournalistKeys) OpenHistory(nr wire.NewsroomKey, from io.Reader) (io.Reader, error) {
	return openHistory(k.identity.intake.pke, nr, k.ID(), from)
}

func openHistory(secret *pkeSecret, nr wire.NewsroomKey, receiver wire.JournalistID, from io.Reader) (io.Reader, error) {
	head := make([]byte, historyHead)
	if _, err := io.ReadFull(from, head); err != nil {
		return nil, shortHistory(err, ErrCannotOpen)
	}
	if head[0] != historyVersion || head[1] != historyType || wire.NewsroomKey(head[2:34]) != nr {
		return nil, ErrCannotOpen
	}
	key, err := openXWing(secret, historyInfo(nr, receiver), head[34:])
	if err != nil || len(key) != historyKeySize {
		return nil, ErrCannotOpen
	}
	r := &historyReader{from: from, aead: aes256GCM(key), aad: head, buf: make([]byte, historySegment), spare: make([]byte, historySegment)}
	r.err = r.fetch()
	return r, nil
}

// shortHistory tells what ended too early from a disk that failed.
func shortHistory(err, short error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return short
	}
	return fmt.Errorf("letter: reading a history: %w", err)
}

// fetch reads the next segment, which must be there.
func (r *historyReader) fetch() error {
	if _, err := io.ReadFull(r.from, r.buf); err != nil {
		return shortHistory(err, ErrHistory)
	}
	return nil
}

// Read implements [io.Reader].
func (r *historyReader) Read(b []byte) (int, error) {
	for len(r.plain) == 0 {
		if r.err != nil {
			return 0, r.err
		}
		r.err = r.next()
	}
	n := copy(b, r.plain)
	r.plain = r.plain[n:]
	return n, nil
}

// next opens the segment at hand. It is the last one if nothing follows.
func (r *historyReader) next() error {
	if r.index == maxHistorySegments {
		return ErrHistory
	}
	sealed := r.buf
	r.buf, r.spare = r.spare, sealed
	_, err := io.ReadFull(r.from, r.buf)
	last := errors.Is(err, io.EOF)
	if err != nil && !last {
		return shortHistory(err, ErrHistory)
	}
	plain, err := r.aead.Open(sealed[:0], streamNonce(uint32(r.index), last), sealed, r.aad)
	if err != nil {
		return ErrHistory
	}
	r.plain = plain
	r.index++
	if last {
		return io.EOF
	}
	return nil
}
