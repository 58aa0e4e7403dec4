// SPDX-License-Identifier: Apache-2.0

package casebook

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"

	"tamizdat/letter/wire"
)

// Bounds of what stands in a history (spec/casebook.md §5).
const (
	maxLetterBody = 262_144
	// MaxFilePart is how many bytes of a file one record holds.
	MaxFilePart = 262_144

	recordEvent  = 1
	recordLetter = 2
	recordPart   = 3
	partHead     = 32 + 8
)

// A GivenLetter is a letter in a history. Nothing vouches for it but an event that names
// its digest.
type GivenLetter struct {
	Sender wire.Tuple
	Body   []byte // spec/letter.md §6
}

// A FilePart is a part of a file. Nothing vouches for it before the file is whole.
type FilePart struct {
	SHA256 [32]byte // of the file
	Offset uint64
	Bytes  []byte
}

// A Record is one thing in a history: one of the fields is there.
type Record struct {
	Event  *Unverified
	Letter *GivenLetter
	Part   *FilePart
}

// writeRecord writes the event as a record of a history.
func (e *Event) writeRecord(to io.Writer) error { return writeRecord(to, recordEvent, e.raw) }

// WriteHistory writes the events of a history: proofs of forks first, so that whoever
// reads on counts nothing of what they end; then what counts; then what was set aside.
func (b *Book) WriteHistory(to io.Writer) (events int, err error) {
	put := func(e *Event) {
		if err == nil {
			err, events = e.writeRecord(to), events+1
		}
	}
	for _, f := range b.Forks() {
		put(f.A)
		put(f.B)
	}
	for t := range b.All() {
		put(t.Event)
	}
	for _, e := range b.SetAside() {
		put(e)
	}
	return events, err
}

// Write writes the letter as a record of a history.
func (l *GivenLetter) Write(to io.Writer) error {
	return writeRecord(to, recordLetter, l.Sender.Bytes(), l.Body)
}

// Write writes the part as a record of a history.
func (p *FilePart) Write(to io.Writer) error {
	return writeRecord(to, recordPart, binary.BigEndian.AppendUint64(p.SHA256[:], p.Offset), p.Bytes)
}

func writeRecord(to io.Writer, kind byte, content ...[]byte) error {
	n := 0
	for _, c := range content {
		n += len(c)
	}
	_, err := to.Write(binary.BigEndian.AppendUint32([]byte{kind}, uint32(n)))
	for _, c := range content {
		if err == nil {
			_, err = to.Write(c)
		}
	}
	return err
}

// Records reads a history's plaintext, one record in memory at a time. It ends after an
// error, which is [ErrMalformed] or that of the reader.
func Records(from io.Reader) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		in := bufio.NewReader(from)
		for {
			r, err := readRecord(in)
			if errors.Is(err, io.EOF) {
				return
			}
			if !yield(r, err) || err != nil {
				return
			}
		}
	}
}

// readRecord gives io.EOF at the end, and at no other place.
func readRecord(in *bufio.Reader) (Record, error) {
	kind, err := in.ReadByte()
	if err != nil {
		return Record{}, err
	}
	if kind == 0 {
		return Record{}, onlyZeros(in)
	}
	least, most, ok := recordBounds(kind)
	if !ok {
		return Record{}, fmt.Errorf("%w: a history has no records of type %d", ErrMalformed, kind)
	}
	var size [4]byte
	if err := fill(in, size[:]); err != nil {
		return Record{}, err
	}
	n := int64(binary.BigEndian.Uint32(size[:]))
	if n < least || n > most {
		return Record{}, fmt.Errorf("%w: a record of type %d has no %d bytes", ErrMalformed, kind, n)
	}
	content := make([]byte, n)
	if err := fill(in, content); err != nil {
		return Record{}, err
	}
	return parseRecord(kind, content)
}

func recordBounds(kind byte) (least, most int64, ok bool) {
	switch kind {
	case recordEvent:
		return 1, MaxEvent, true
	case recordLetter:
		return wire.TupleSize + 1, wire.TupleSize + maxLetterBody, true
	case recordPart:
		return partHead + 1, partHead + MaxFilePart, true
	}
	return 0, 0, false
}

func parseRecord(kind byte, content []byte) (r Record, err error) {
	switch kind {
	case recordEvent:
		r.Event, err = Parse(content)
	case recordLetter:
		r.Letter = &GivenLetter{Body: content[wire.TupleSize:]}
		if r.Letter.Sender, err = wire.ParseTuple(content[:wire.TupleSize]); err != nil {
			err = fmt.Errorf("%w: the sender of a letter: %w", ErrMalformed, err)
		}
	case recordPart:
		r.Part = &FilePart{SHA256: [32]byte(content), Offset: binary.BigEndian.Uint64(content[32:]), Bytes: content[partHead:]}
	}
	if err != nil {
		return Record{}, err
	}
	return r, nil
}

// fill reads what must be there.
func fill(in io.Reader, b []byte) error {
	_, err := io.ReadFull(in, b)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: a history ends within a record", ErrMalformed)
	}
	return err
}

// onlyZeros gives io.EOF where nothing else follows.
func onlyZeros(in *bufio.Reader) error {
	for {
		c, err := in.ReadByte()
		if err != nil {
			return err
		}
		if c != 0 {
			return fmt.Errorf("%w: a history goes on behind its end", ErrMalformed)
		}
	}
}
