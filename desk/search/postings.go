// SPDX-License-Identifier: Apache-2.0

package search

import (
	"encoding/binary"
	"iter"
	"slices"
)

// postings are the places of one word, for each text that has it, in the order
// of the texts' numbers:
//
//	entry = uvarint 2·Δtext + 1 ‖ uvarint position           where it stands once
//	      | uvarint 2·Δtext ‖ uvarint count ‖ Δpositions     otherwise
//
// Δtext is the distance to the text of the entry before, counted from -1. Most
// entries take three or four bytes, which is what lets ten thousand letters lie
// in the memory of an old laptop.
type postings struct {
	b    []byte
	last int64 // text of the last entry; meaningless without one
}

func (p *postings) empty() bool { return len(p.b) == 0 }

// posting is one entry, found at bytes [from, to).
type posting struct {
	unit     uint32
	count    int
	from, to int
	where    []byte // uvarint deltas of the positions
}

// positions appends the positions to at.
func (e posting) positions(at []uint32) []uint32 {
	pos := uint64(0)
	for b := e.where; len(b) > 0; {
		d, n := binary.Uvarint(b)
		pos, b = pos+d, b[n:]
		at = append(at, uint32(pos))
	}
	return at
}

// all yields the entries in order.
func (p *postings) all() iter.Seq[posting] {
	return func(yield func(posting) bool) {
		unit := int64(-1)
		for i := 0; i < len(p.b); {
			e := posting{from: i, count: 1}
			head, n := binary.Uvarint(p.b[i:])
			unit, i = unit+int64(head>>1), i+n
			if head&1 == 0 {
				count, n := binary.Uvarint(p.b[i:])
				e.count, i = int(count), i+n
			}
			start := i
			i = skipUvarints(p.b, i, e.count)
			e.unit, e.where, e.to = uint32(unit), p.b[start:i], i
			if !yield(e) {
				return
			}
		}
	}
}

// skipUvarints returns where the n numbers that begin at i end.
func skipUvarints(b []byte, i, n int) int {
	for ; n > 0; i++ {
		if b[i] < 0x80 {
			n--
		}
	}
	return i
}

func appendEntry(b []byte, delta int64, where []uint32) []byte {
	head := uint64(delta) << 1
	if len(where) == 1 {
		return binary.AppendUvarint(binary.AppendUvarint(b, head|1), uint64(where[0]))
	}
	b = binary.AppendUvarint(binary.AppendUvarint(b, head), uint64(len(where)))
	before := uint32(0)
	for _, w := range where {
		b = binary.AppendUvarint(b, uint64(w-before))
		before = w
	}
	return b
}

// put adds an entry for a text that has none.
func (p *postings) put(unit uint32, where []uint32) {
	if p.empty() {
		p.last = -1
	}
	if int64(unit) > p.last {
		p.b = appendEntry(p.b, int64(unit)-p.last, where)
		p.last = int64(unit)
		return
	}
	before := int64(-1)
	for e := range p.all() {
		if e.unit > unit {
			middle := appendEntry(nil, int64(unit)-before, where)
			p.splice(e.from, e.from, middle, e, int64(unit))
			return
		}
		before = int64(e.unit)
	}
}

// drop takes the entry of a text away, if there is one. The bytes are cleared.
func (p *postings) drop(unit uint32) {
	before := int64(-1)
	gone := posting{from: -1}
	for e := range p.all() {
		switch {
		case gone.from >= 0:
			p.splice(gone.from, e.from, nil, e, before)
			return
		case e.unit == unit:
			gone = e
		default:
			before = int64(e.unit)
		}
	}
	if gone.from >= 0 {
		clear(p.b[gone.from:])
		p.b, p.last = p.b[:gone.from], before
	}
}

// splice puts middle in the place of [from, to), where the entry next begins at
// to, and has next begin again, counted from the text before.
func (p *postings) splice(from, to int, middle []byte, next posting, before int64) {
	head, n := binary.Uvarint(p.b[to:])
	middle = binary.AppendUvarint(middle, uint64(int64(next.unit)-before)<<1|head&1)
	p.b = slices.Replace(p.b, from, to+n, middle...) // clears what it lets go of
}
