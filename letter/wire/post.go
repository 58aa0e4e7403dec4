// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"crypto/sha256"
)

// LetterPost is one letter on its way to the drop: an envelope for each journalist
// (spec/drop.md §9), with work bound to them (§8).
type LetterPost struct {
	Newsroom  NewsroomKey
	Slot      uint64
	Counter   uint64
	Envelopes [][]byte // 1 to 8 of EnvelopeSize, in the roster's order
}

// Subject is what the work is done for: H(u8 K ‖ K × envelope).
func (p *LetterPost) Subject() Hash {
	h := sha256.New()
	h.Write([]byte{byte(len(p.Envelopes))})
	for _, e := range p.Envelopes {
		h.Write(e)
	}
	return Hash(h.Sum(nil))
}

// Encode builds the post. It fails where ParseLetterPost would.
func (p *LetterPost) Encode() ([]byte, error) {
	w := newWriter(typeLetterPost, MaxLetterPostSize)
	w.bytes(p.Newsroom[:])
	w.u64(p.Slot)
	w.u64(p.Counter)
	w.u8(len(p.Envelopes))
	for _, e := range p.Envelopes {
		w.bytes(e)
	}
	if err := sameSize("letter post", p.Envelopes, EnvelopeSize); err != nil {
		return nil, err
	}
	if _, err := ParseLetterPost(w.b); err != nil {
		return nil, err
	}
	return w.b, nil
}

// ParseLetterPost reads a letter post and checks the hints of its envelopes. The
// work is not checked: CheckWorkSlot and CheckWork.
func ParseLetterPost(b []byte) (*LetterPost, error) {
	r := newReader("letter post", b)
	r.header(typeLetterPost)
	p := &LetterPost{Newsroom: r.a32(), Slot: r.whole("slot"), Counter: r.u64()}
	for range r.count8("envelopes", 1, MaxEnvelopes) {
		e := r.envelope(EnvelopeSize)
		for _, other := range p.Envelopes {
			r.require(r.err != nil || !bytes.Equal(e, other), "two envelopes are the same")
		}
		p.Envelopes = append(p.Envelopes, e)
	}
	if err := r.done(); err != nil {
		return nil, err
	}
	return p, nil
}

// TicketRequest asks for a ticket to upload chunks (spec/attachments.md §3).
type TicketRequest struct {
	Newsroom      NewsroomKey
	Random        [32]byte
	Slot, Counter uint64
	Permit        []byte // PermitSize bytes, or nil
}

// Subject is what the work is done for: H(random).
func (t *TicketRequest) Subject() Hash { return sha256.Sum256(t.Random[:]) }

// Encode builds the request. It fails where ParseTicketRequest would.
func (t *TicketRequest) Encode() ([]byte, error) {
	w := newWriter(typeTicketRequest, MaxTicketRequestSize)
	w.bytes(t.Newsroom[:])
	w.bytes(t.Random[:])
	w.u64(t.Slot)
	w.u64(t.Counter)
	w.u8(min(len(t.Permit), 1))
	w.bytes(t.Permit)
	if _, err := ParseTicketRequest(w.b); err != nil {
		return nil, err
	}
	return w.b, nil
}

// ParseTicketRequest reads a ticket request and the form of its permit; the permit
// must be of the same newsroom. Neither work nor permit is verified.
func ParseTicketRequest(b []byte) (*TicketRequest, error) {
	r := newReader("ticket request", b)
	r.header(typeTicketRequest)
	t := &TicketRequest{Newsroom: r.a32(), Random: r.a32(), Slot: r.whole("slot"), Counter: r.u64()}
	if r.count8("permits", 0, 1) == 1 {
		t.Permit = r.take(PermitSize)
	}
	if err := r.done(); err != nil {
		return nil, err
	}
	if t.Permit == nil {
		return t, nil
	}
	p, err := ParsePermit(t.Permit)
	if err != nil {
		return nil, err
	}
	if p.body.Newsroom != t.Newsroom {
		return nil, fail("ticket request", ErrMismatch, "the permit is another newsroom's")
	}
	return t, nil
}
