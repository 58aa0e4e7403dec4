// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"fmt"

	"tamizdat/desk/casebook"
	"tamizdat/letter"
	"tamizdat/letter/wire"
)

// segmentTaken is what a segment held besides events that became whole.
type segmentTaken struct {
	Author hash32      `json:"author"`
	Page   uint64      `json:"page"`
	Heads  []headKept  `json:"heads,omitempty"`
	Whole  []hash32    `json:"whole,omitempty"` // events that are there, of which the page holds the end
	Parts  []partsKept `json:"parts,omitempty"` // of events that are not whole yet
}

type headKept struct {
	Author      hash32 `json:"author"`
	Incarnation uint32 `json:"incarnation"`
	N           uint64 `json:"n"`
	ID          hash32 `json:"id"`
}

type partsKept struct {
	ID     hash32 `json:"id"`
	Total  int    `json:"total"`
	Offset int    `json:"offset"`
	Part   []byte `json:"part"`
}

func (*segmentTaken) kind() string { return "segment.taken" }

func (e *segmentTaken) apply(s *state, _ int64) error {
	author := wire.JournalistID(e.Author)
	h := heard{page: e.Page}
	for _, k := range e.Heads {
		chain := casebook.Chain{Author: wire.JournalistID(k.Author), Incarnation: k.Incarnation}
		h.heads = append(h.heads, casebook.Cause{Chain: chain, N: k.N, ID: wire.Hash(k.ID)})
	}
	s.heard[author] = h
	for _, id := range e.Whole {
		if _, known := s.carried[wire.Hash(id)]; !known { // else a word in each page would put off that it comes again
			s.carried[wire.Hash(id)] = e.Page
		}
	}
	for _, p := range e.Parts {
		_, _ = s.assembler(author).Add(p.piece()) // what is whole and wrong was told when it came
	}
	return nil
}

func (p partsKept) piece() casebook.Piece {
	return casebook.Piece{ID: wire.Hash(p.ID), Total: p.Total, Offset: p.Offset, Part: p.Part}
}

func (s *state) assembler(author wire.JournalistID) *casebook.Assembler {
	if s.pieces[author] == nil {
		s.pieces[author] = casebook.NewAssembler()
	}
	return s.pieces[author]
}

// takeSegments opens what colleagues wrote into a page of the desk log. One whose author
// has left is set aside; one that does not open was not for this desk.
func (d *Desk) takeSegments(f *found, p wire.Page, unseen int64) error {
	segments, err := wire.ParseSegmentsBody(p.Body)
	if err != nil {
		return err
	}
	d.closeSegments(f, p, segments, unseen)
	reader, err := d.segmentReader(p.Header.Sealed)
	if err != nil {
		return err
	}
	for _, s := range segments {
		author, events, err := reader.Open(s, p.Header.Sealed)
		if err != nil {
			continue
		}
		if _, _, ok := d.s.newsroom.Roster().Journalist(author); !ok {
			f.alarm("former", wordsFormer, fmt.Sprintf("%x %s", author[:4], d.today()), p.Header.Encode())
			continue
		}
		d.takeSegment(f, author, p.Header.Number, events)
	}
	return nil
}

// closeSegments finds out what became of this desk's segments up to a page.
func (d *Desk) closeSegments(f *found, p wire.Page, segments [][]byte, unseen int64) {
	there := hashesOf(segments)
	for sealing, o := range d.s.outgoing {
		if sealing > p.Header.Sealed || has(f, func(e *segmentClosed) bool { return e.Sealing == sealing }) {
			continue
		}
		sealed := sealing == p.Header.Sealed && there[o.hash]
		if o.taken && !sealed && sealing >= unseen {
			f.alarm("M-11", wordsSegmentMissing, fmt.Sprintf("segment %d", sealing), p.Header.Encode(), o.hash[:])
		}
		f.add(&segmentClosed{Sealing: sealing, Sealed: sealed, Page: p.Header.Number})
		f.forget(o.envelope)
	}
}

// segmentReader opens the segments of a page, or nothing where the keys of its period are
// gone.
func (d *Desk) segmentReader(sealed int64) (*letter.SegmentReader, error) {
	keys, err := d.periodKeys(wire.PeriodAt(sealed, d.s.newsroom.PeriodSeconds()))
	if err != nil {
		return nil, err
	}
	r := d.s.newsroom.Roster()
	s := &letter.SegmentReader{Newsroom: r.Newsroom, Keys: keys}
	for i := range r.Journalists {
		s.Authors = append(s.Authors, r.Journalists[i].ID)
		if r.Journalists[i].ID == d.ID() {
			s.Place = i
		}
	}
	for _, left := range r.Body().Former {
		s.Authors = append(s.Authors, left.ID)
	}
	return s, nil
}

// takeSegment lets in what a colleague's segment makes whole. A segment that breaks the
// rules tells nothing, and a person is told.
func (d *Desk) takeSegment(f *found, author wire.JournalistID, page uint64, events []byte) {
	heads, pieces, err := casebook.Unpack(events)
	if err != nil {
		d.tellOdd(f, author, err)
		return
	}
	e := &segmentTaken{Author: hash32(author), Page: page}
	for _, h := range heads {
		e.Heads = append(e.Heads, headKept{hash32(h.Chain.Author), h.Chain.Incarnation, h.N, hash32(h.ID)})
	}
	kept := &eventsKept{}
	in := &unpacking{f: f, author: author, scratch: d.scratch(f, author), taken: e, kept: kept}
	for _, p := range pieces {
		in.piece(p)
	}
	f.add(e)
	if len(kept.Events) > 0 {
		f.add(kept)
	}
}

// unpacking reads the pieces of one segment.
type unpacking struct {
	f       *found
	author  wire.JournalistID
	scratch *casebook.Assembler
	taken   *segmentTaken
	kept    *eventsKept
	bytes   int // that became whole
}

// maxWhole is how much one colleague's segment may make whole. Honest ones come nowhere
// near; eight who saved the last pieces for one page must not fill its record.
const maxWhole = 3 << 19

func (in *unpacking) piece(p casebook.Piece) {
	d := in.f.d
	ends := p.Offset+len(p.Part) == p.Total
	if there := d.s.book.Has(p.ID) || in.f.whole[p.ID] == isKept; there || in.f.whole[p.ID] == isDropped {
		if there && ends {
			in.taken.Whole = append(in.taken.Whole, hash32(p.ID))
		}
		return
	}
	if in.bytes+p.Total > maxWhole {
		return // it comes again
	}
	in.f.bulk += len(p.Part)
	u, err := in.scratch.Add(p)
	switch {
	case err != nil:
		d.tellOdd(in.f, in.author, err)
	case u == nil:
		in.taken.Parts = append(in.taken.Parts, partsKept{hash32(p.ID), p.Total, p.Offset, p.Part})
	default:
		in.bytes += p.Total
		in.whole(u)
	}
}

// whole lets an event in, unless the casebook would not keep it: it stands where its
// chain has ended, and there is no room for it or no need.
func (in *unpacking) whole(u *casebook.Unverified) {
	d := in.f.d
	e, err := u.Verify(d.s.newsroom.Key(), d.s.knowsAuthor)
	if err != nil {
		d.tellOdd(in.f, in.author, err)
		return
	}
	if !d.s.book.Wants(e) {
		in.f.becameWhole(e, isDropped)
		return
	}
	in.kept.Events = append(in.kept.Events, e.Bytes())
	in.taken.Whole = append(in.taken.Whole, hash32(e.ID()))
	in.f.becameWhole(e, isKept)
}

// What became of an event in a record that is being made.
const (
	isKept = 1 + iota
	isDropped
)

// becameWhole notes an event for which the record needs no more pieces: one who repeats
// its end in page after page would else fill the record until there is no room in it.
func (f *found) becameWhole(e *casebook.Event, fate int) {
	if f.whole == nil {
		f.whole = map[wire.Hash]int{}
	}
	if f.whole[e.ID()] = fate; fate == isKept {
		f.bulk += len(e.Bytes())
	}
}

// scratch is a copy of what waits of an author's pieces, with those of the record that is
// being made: nothing changes before it is written down.
func (d *Desk) scratch(f *found, author wire.JournalistID) *casebook.Assembler {
	a := d.s.assembler(author).Clone()
	for _, p := range f.events {
		if e, ok := p.(*segmentTaken); ok && wire.JournalistID(e.Author) == author {
			for _, part := range e.Parts {
				_, _ = a.Add(part.piece())
			}
		}
	}
	return a
}

func (d *Desk) tellOdd(f *found, author wire.JournalistID, err error) {
	f.alarm("odd", wordsOdd+d.nameOf(author)+": "+err.Error(), fmt.Sprintf("%x %s", author[:4], d.today()))
}

// nameOf is a journalist's name, now or formerly.
func (d *Desk) nameOf(id wire.JournalistID) string {
	r := d.s.newsroom.Roster()
	if j, _, ok := r.Journalist(id); ok {
		return j.Name
	}
	if left, ok := r.Former(id); ok {
		return left.Name
	}
	return fmt.Sprintf("%x", id[:4])
}
