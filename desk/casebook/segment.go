// SPDX-License-Identifier: Apache-2.0

package casebook

import (
	"encoding/binary"
	"fmt"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	"tamizdat/letter/wire"
)

const (
	segmentVersion = 1
	pieceHead      = 32 + 4 + 4 + 2
	maxPart        = 1<<16 - 1
	// MaxIncomplete is how many bytes of unfinished events of one author of segments
	// an [Assembler] keeps.
	MaxIncomplete = 4 << 20
	// partialHead is what an unfinished event weighs besides its bytes.
	partialHead = 512
)

// A Packer fills one segment with the desk's heads and with pieces of events
// (spec/casebook.md §4).
type Packer struct {
	b    []byte
	room int
}

// NewPacker begins a segment of at most size bytes.
func NewPacker(heads []Cause, size int) *Packer {
	w := cryptobyte.NewBuilder(nil)
	w.AddUint8(segmentVersion)
	addCauses(w, heads[:min(len(heads), MaxCauses)])
	b := w.BytesOrPanic() // it grows as it must, and all lengths are within bounds
	return &Packer{b: b, room: size - len(b)}
}

// Add packs an event from an offset on, as much of it as there is room for, and returns
// the offset up to which the event is packed now: the event's length where it went in
// whole.
func (p *Packer) Add(e *Event, offset int) int {
	for offset < len(e.raw) && p.room > pieceHead {
		part := e.raw[offset:min(len(e.raw), offset+p.room-pieceHead, offset+maxPart)]
		p.b = append(p.b, e.id[:]...)
		p.b = binary.BigEndian.AppendUint32(p.b, uint32(len(e.raw)))
		p.b = binary.BigEndian.AppendUint32(p.b, uint32(offset))
		p.b = binary.BigEndian.AppendUint16(p.b, uint16(len(part)))
		p.b = append(p.b, part...)
		p.room -= pieceHead + len(part)
		offset += len(part)
	}
	return offset
}

// Full reports that no more fits.
func (p *Packer) Full() bool { return p.room <= pieceHead }

// Bytes is the segment's content.
func (p *Packer) Bytes() []byte { return p.b }

// A Piece is part of an event.
type Piece struct {
	ID            wire.Hash
	Total, Offset int
	Part          []byte
}

// Unpack reads what a segment holds: the author's heads, and pieces. It shares memory
// with the input.
func Unpack(events []byte) (heads []Cause, pieces []Piece, err error) {
	s := cryptobyte.String(events)
	var v uint8
	if !s.ReadUint8(&v) || v != segmentVersion {
		return nil, nil, fmt.Errorf("%w: this segment is of another version", ErrMalformed)
	}
	if !readCauses(&s, &heads) {
		return nil, nil, fmt.Errorf("%w: a segment's heads cannot be read", ErrMalformed)
	}
	for !s.Empty() {
		var p Piece
		if !p.read(&s) {
			return nil, nil, fmt.Errorf("%w: a segment's pieces cannot be read", ErrMalformed)
		}
		pieces = append(pieces, p)
	}
	return heads, pieces, nil
}

func (p *Piece) read(s *cryptobyte.String) bool {
	var total, offset uint32
	var part cryptobyte.String
	ok := s.CopyBytes(p.ID[:]) && s.ReadUint32(&total) && s.ReadUint32(&offset) && s.ReadUint16LengthPrefixed(&part)
	if !ok || total > MaxEvent || offset > total || len(part) == 0 || len(part) > int(total-offset) {
		return false
	}
	p.Total, p.Offset, p.Part = int(total), int(offset), part
	return true
}

// Assembler joins pieces to events. Give each author of segments one of their own, so
// that none can spoil what another sends.
type Assembler struct {
	open   map[wire.Hash]*partial
	order  []wire.Hash // oldest first
	weight int
}

type partial struct {
	raw   []byte
	have  []bool // by byte is dear, but events are few and small
	count int
}

// NewAssembler gives an empty one.
func NewAssembler() *Assembler { return &Assembler{open: map[wire.Hash]*partial{}} }

// Add takes a piece and returns the event, of which only form and id were checked, when
// it is whole. What is whole and no event of that id is an error; what was begun too
// long ago makes way for what is new.
func (a *Assembler) Add(p Piece) (*Unverified, error) {
	w := a.open[p.ID]
	if w == nil || len(w.raw) != p.Total {
		a.Forget(p.ID)
		w = a.begin(p)
	}
	for i, c := range p.Part {
		if at := p.Offset + i; !w.have[at] {
			w.raw[at], w.have[at] = c, true
			w.count++
		}
	}
	if w.count < p.Total {
		return nil, nil
	}
	a.Forget(p.ID)
	u, err := Parse(w.raw)
	if err == nil && u.ID() != p.ID {
		err = fmt.Errorf("%w: pieces make another event", ErrMalformed)
	}
	if err != nil {
		return nil, err
	}
	return u, nil
}

func (a *Assembler) begin(p Piece) *partial {
	for a.weight+p.Total+partialHead > MaxIncomplete {
		a.Forget(a.order[0])
	}
	w := &partial{raw: make([]byte, p.Total), have: make([]bool, p.Total)}
	a.open[p.ID] = w
	a.order = append(a.order, p.ID)
	a.weight += p.Total + partialHead
	return w
}

// Clone is a copy that pieces can be tried on.
func (a *Assembler) Clone() *Assembler {
	c := &Assembler{open: map[wire.Hash]*partial{}, order: slices.Clone(a.order), weight: a.weight}
	for id, w := range a.open {
		c.open[id] = &partial{slices.Clone(w.raw), slices.Clone(w.have), w.count}
	}
	return c
}

// Forget drops what there is of an event, which came whole by another way.
func (a *Assembler) Forget(id wire.Hash) {
	w := a.open[id]
	if w == nil {
		return
	}
	delete(a.open, id)
	a.weight -= len(w.raw) + partialHead
	for i, o := range a.order {
		if o == id {
			a.order = append(a.order[:i:i], a.order[i+1:]...)
			return
		}
	}
}
