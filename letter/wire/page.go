// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"crypto/sha256"
	"slices"
)

// PageHeader says what a page is and hashes its body; it is a leaf of its log's tree
// (spec/drop.md §1).
type PageHeader struct {
	Newsroom    NewsroomKey
	Log         Log
	Incarnation Incarnation
	Number      uint64 // of the page, from 0
	Sealed      int64  // Unix seconds
	BodyLen     uint32
	BodyHash    Hash
}

// Encode is the header, PageHeaderSize bytes.
func (h *PageHeader) Encode() []byte {
	w := newWriter(typePageHeader, PageHeaderSize)
	w.bytes(h.Newsroom[:])
	w.u8(int(h.Log))
	w.bytes(h.Incarnation[:])
	w.u64(h.Number)
	w.time(h.Sealed)
	w.u32(h.BodyLen)
	w.bytes(h.BodyHash[:])
	return w.b
}

// LeafHash is the header's leaf hash.
func (h *PageHeader) LeafHash() Hash {
	return leafHash((*[PageHeaderSize]byte)(h.Encode()))
}

// ParsePageHeader reads a page header.
func ParsePageHeader(b []byte) (*PageHeader, error) {
	r := newReader("page header", b)
	h := r.pageHeader()
	if err := r.done(); err != nil {
		return nil, err
	}
	return &h, nil
}

func (r *reader) pageHeader() (h PageHeader) {
	r.header(typePageHeader)
	h.Newsroom = r.a32()
	h.Log = r.log()
	h.Incarnation = r.a16()
	h.Number, h.Sealed = r.whole("number"), r.time("sealing")
	h.BodyLen, h.BodyHash = r.u32(), r.a32()
	if r.err == nil {
		r.require(h.Sealed > 0, "it was never sealed")
		r.require(uint64(h.BodyLen) <= maxBody(h.Log), "the body is longer than a page of this log can be")
	}
	return h
}

// maxBody is the greatest length of a page body of the log.
func maxBody(l Log) uint64 {
	switch l {
	case Letters:
		return 4 + MaxPageItems*EnvelopeSize + 4 + MaxPageItems*32
	case Replies:
		return 1 + MaxSlots*ReplySize
	case Desk:
		return 1 + MaxJournalists*SegmentSize
	}
	return 0
}

// CheckBody reports whether body is the one that the header hashes (ErrMismatch).
func (h *PageHeader) CheckBody(body []byte) error {
	if uint64(len(body)) != uint64(h.BodyLen) || sha256.Sum256(body) != h.BodyHash {
		return fail("page", ErrMismatch, "page %d has another body than its header says", h.Number)
	}
	return nil
}

// LettersBody is the body of a page of the letters log.
type LettersBody struct {
	Envelopes [][]byte  // EnvelopeSize each, ascending by hash
	Chunks    []ChunkID // ascending
}

// EncodeLettersBody builds the body of a letters page: it sorts, so that the order
// of arrival is gone, and drops what is there twice. It fails where ParseLettersBody
// would.
func EncodeLettersBody(envelopes [][]byte, chunks []ChunkID) ([]byte, error) {
	envelopes = sortedByHash(envelopes)
	chunks = slices.Clone(chunks)
	slices.SortFunc(chunks, func(a, b ChunkID) int { return bytes.Compare(a[:], b[:]) })
	chunks = slices.Compact(chunks)
	w := writer{b: make([]byte, 0, 8+len(envelopes)*EnvelopeSize+32*len(chunks))}
	w.u32(uint32(len(envelopes)))
	for _, e := range envelopes {
		w.bytes(e)
	}
	w.u32(uint32(len(chunks)))
	for _, id := range chunks {
		w.bytes(id[:])
	}
	if err := sameSize("letters page", envelopes, EnvelopeSize); err != nil {
		return nil, err
	}
	if _, err := ParseLettersBody(w.b); err != nil {
		return nil, err
	}
	return w.b, nil
}

// ParseLettersBody reads the body of a letters page. Hints are not looked at: who
// opens an envelope refuses bad ones by CheckEnvelope.
func ParseLettersBody(b []byte) (*LettersBody, error) {
	r := newReader("letters page", b)
	body := &LettersBody{}
	body.Envelopes = r.hashed("envelopes", r.u32(), MaxPageItems, EnvelopeSize)
	n := r.u32()
	r.require(n <= MaxPageItems, "%d chunk ids", n)
	for i, ids := 0, r.take(32*uint64(n)); i < len(ids); i += 32 {
		id := ChunkID(ids[i : i+32])
		r.require(i == 0 || bytes.Compare(ids[i-32:i], id[:]) < 0, "chunk ids are not in ascending order")
		body.Chunks = append(body.Chunks, id)
	}
	if err := r.done(); err != nil {
		return nil, err
	}
	return body, nil
}

// EncodeRepliesBody builds the body of a replies page from 0 to MaxSlots envelopes,
// sorted and each once.
func EncodeRepliesBody(envelopes [][]byte) ([]byte, error) {
	return encodeSlots("replies page", envelopes, MaxSlots, ReplySize)
}

// ParseRepliesBody reads the body of a replies page: envelopes of ReplySize bytes.
// Hints are not looked at.
func ParseRepliesBody(b []byte) ([][]byte, error) {
	return parseSlots("replies page", b, MaxSlots, ReplySize)
}

// EncodeSegmentsBody builds the body of a desk page from 0 to MaxJournalists segments,
// sorted and each once.
func EncodeSegmentsBody(segments [][]byte) ([]byte, error) {
	return encodeSlots("desk page", segments, MaxJournalists, SegmentSize)
}

// ParseSegmentsBody reads the body of a desk page: segments of SegmentSize bytes.
func ParseSegmentsBody(b []byte) ([][]byte, error) {
	return parseSlots("desk page", b, MaxJournalists, SegmentSize)
}

func encodeSlots(object string, items [][]byte, max, size int) ([]byte, error) {
	items = sortedByHash(items)
	if err := sameSize(object, items, size); err != nil {
		return nil, err
	}
	if len(items) > max {
		return nil, fail(object, ErrMalformed, "%d items", len(items))
	}
	w := writer{b: make([]byte, 0, 1+size*len(items))}
	w.u8(len(items))
	for _, item := range items {
		w.bytes(item)
	}
	return w.b, nil
}

func parseSlots(object string, b []byte, max uint32, size uint64) ([][]byte, error) {
	r := newReader(object, b)
	items := r.hashed("items", uint32(r.u8()), max, size)
	if err := r.done(); err != nil {
		return nil, err
	}
	return items, nil
}

func sameSize(object string, items [][]byte, size int) error {
	for _, item := range items {
		if len(item) != size {
			return fail(object, ErrMalformed, "an item of %d bytes, not %d", len(item), size)
		}
	}
	return nil
}

// hashed reads n items of one size, ascending by their hash.
func (r *reader) hashed(what string, n, max uint32, size uint64) [][]byte {
	r.require(n <= max, "%d %s", n, what)
	all := r.take(uint64(n) * size)
	if all == nil {
		return nil
	}
	items := make([][]byte, 0, n)
	var last Hash
	for i := range uint64(n) {
		item := all[i*size : (i+1)*size : (i+1)*size]
		sum := Hash(sha256.Sum256(item))
		r.require(i == 0 || bytes.Compare(last[:], sum[:]) < 0, "%s are not in ascending order of hashes", what)
		items, last = append(items, item), sum
	}
	return items
}

// sortedByHash is items in ascending order of their hash, each once.
func sortedByHash(items [][]byte) [][]byte {
	type hashed struct {
		sum  Hash
		item []byte
	}
	list := make([]hashed, 0, len(items))
	for _, item := range items {
		list = append(list, hashed{sha256.Sum256(item), item})
	}
	slices.SortFunc(list, func(a, b hashed) int { return bytes.Compare(a.sum[:], b.sum[:]) })
	list = slices.CompactFunc(list, func(a, b hashed) bool { return a.sum == b.sum })
	out := make([][]byte, 0, len(list))
	for _, h := range list {
		out = append(out, h.item)
	}
	return out
}
