// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"testing"
)

// TestDeskWrites covers writes signed by another than the beat's journalist, and
// signatures made for something else.
func TestDeskWrites(t *testing.T) {
	h := found("Anna", "Boris")
	w := h.replyWrite(0)
	wantError(t, acceptReplyWrite(h, h.signReplyWrite(&w, 1)), "signature")
	wantError(t, acceptReplyWrite(h, AssembleReplyWrite(w.SignedPart(), sign(h.people[h.id(0)], TagSegment, w.SignedPart()))), "signature")
	got := must(must(ParseReplyWrite(h.signReplyWrite(&w, 0))).Verify(h.roster))
	if got.VerifiedBeat().ID != h.id(0) || w.VerifiedBeat() != nil {
		t.Error("who wrote is not told apart from who says so")
	}
	w.Slot = MaxSlots
	wantError(t, acceptReplyWrite(h, h.signReplyWrite(&w, 0)), "malformed")
	w.Slot, w.Sealing = 0, MaxTime+1
	wantError(t, acceptReplyWrite(h, h.signReplyWrite(&w, 0)), "malformed")

	late := with(h.beatBody(0), func(b *BeatBody) { b.RosterNumber = 2 })
	w = h.replyWrite(0)
	w.Beat = h.signBeat(&late)
	wantError(t, acceptReplyWrite(h, h.signReplyWrite(&w, 0)), "chain")
	segment := must(must(ParseSegmentWrite(h.segmentWrite(1))).Verify(h.roster))
	if segment.VerifiedBeat().ID != h.id(1) {
		t.Error("the segment is another's")
	}
}

// TestReads covers requests signed by another key, and ranges of no view.
func TestReads(t *testing.T) {
	h := found("Anna")
	for name, change := range map[string]func(*ReadRequest){
		"log 0":              func(q *ReadRequest) { q.Log = 0 },
		"log 4":              func(q *ReadRequest) { q.Log = 4 },
		"65 pages":           func(q *ReadRequest) { q.Count = 65 },
		"from before base":   func(q *ReadRequest) { q.Base = 8 },
		"from far past base": func(q *ReadRequest) { q.From = q.Base + MaxViewLeaves + 1 },
		"from 2^53":          func(q *ReadRequest) { q.Base, q.From = 1<<53, 1<<53 },
	} {
		q := ReadRequest{Newsroom: h.key, Log: Letters, Base: 3, From: 7, Count: 64}
		change(&q)
		raw := AssembleReadRequest(q.SignedPart(), sign(h.access, TagRead, q.SignedPart()))
		t.Run(name, func(t *testing.T) { wantError(t, acceptances()["read request"](h, raw), "malformed") })
	}
	q := ReadRequest{Newsroom: h.key, Log: Desk}
	raw := AssembleReadRequest(q.SignedPart(), sign(h.permit, TagRead, q.SignedPart()))
	wantError(t, acceptances()["read request"](h, raw), "signature")
	raw = AssembleReadRequest(q.SignedPart(), sign(h.access, TagChunk, q.SignedPart()))
	wantError(t, acceptances()["read request"](h, raw), "signature")
}

// TestPermits covers permits of another newsroom, key, class or month.
func TestPermits(t *testing.T) {
	h := found("Anna")
	const month = 30 * daySeconds
	p := must(ParsePermit(h.permitOf(7)))
	_, err := p.Verify(h.key, publicOf(h.permit), testIssued)
	wantError(t, err, "")
	_, err = p.Verify(NewsroomKey{}, publicOf(h.permit), testIssued)
	wantError(t, err, "mismatch")
	_, err = p.Verify(h.key, publicOf(h.access), testIssued)
	wantError(t, err, "signature")
	_, err = p.Verify(h.key, publicOf(h.permit), testIssued+2*month)
	wantError(t, err, "expired")
	for _, class := range []uint8{0, 6, 15, 255} {
		_, err := ParsePermit(h.permitOf(class))
		wantError(t, err, "malformed")
	}
	v := must(must(ParsePermit(h.permitOf(14))).Verify(h.key, publicOf(h.permit), 0))
	if v.Chunks() != 16_385 {
		t.Errorf("class 14 allows %d chunks", v.Chunks())
	}
	for now, want := range map[int64]uint16{-1: 0, 0: 0, 31*daySeconds - 1: 0, 31 * daySeconds: 1, 1_790_000_000: 680} {
		if got := MonthOf(now); got != want {
			t.Errorf("second %d is in month %d, not %d", now, got, want)
		}
	}
}

// TestPosts covers posts and ticket requests of the wrong shape.
func TestPosts(t *testing.T) {
	h := found("Anna")
	e := envelopeOf("a", EnvelopeSize)
	for name, envelopes := range map[string][][]byte{
		"none": nil, "nine": crowd(9, EnvelopeSize), "the same twice": {e, e}, "short": {e[1:]}, "a reply": {envelopeOf("a", ReplySize)},
	} {
		_, err := (&LetterPost{Newsroom: h.key, Envelopes: envelopes}).Encode()
		t.Run(name, func(t *testing.T) { wantError(t, err, "malformed") })
	}
	_, err := (&LetterPost{Slot: 1 << 53, Envelopes: [][]byte{e}}).Encode()
	wantError(t, err, "malformed")
	_, err = (&LetterPost{Counter: 1<<64 - 1, Envelopes: [][]byte{e}}).Encode()
	wantError(t, err, "")

	plain := TicketRequest{Newsroom: h.key}
	b := must(plain.Encode())
	if must(ParseTicketRequest(b)).Permit != nil {
		t.Error("a permit out of nowhere")
	}
	b[len(b)-1] = 2
	_, err = ParseTicketRequest(b)
	wantError(t, err, "malformed")
	plain.Permit = h.permitOf(7)
	plain.Newsroom = NewsroomKey{1}
	_, err = plain.Encode()
	wantError(t, err, "mismatch")
	plain.Permit = plain.Permit[1:]
	_, err = plain.Encode()
	wantError(t, err, "malformed")
}

// TestRequests covers a journalist's request with one signature of another.
func TestRequests(t *testing.T) {
	j, admin := journalistOf("Newcomer"), keyOf("newcomer admin")
	signed := RequestSignedPart(j, publicOf(admin))
	_, err := ParseRequest(BuildRequest(j, publicOf(admin), sign(keyOf("other"), TagRequest, signed)))
	wantError(t, err, "signature")
	_, err = ParseRequest(BuildRequest(j, publicOf(admin), sign(admin, TagJournalist, signed)))
	wantError(t, err, "signature")
	j.Editor = publicOf(keyOf("other"))
	_, err = ParseRequest(BuildRequest(j, publicOf(admin), sign(admin, TagRequest, RequestSignedPart(j, publicOf(admin)))))
	wantError(t, err, "signature")
	q := must(ParseRequest(found("Anna").request()))
	if q.Fingerprint() != FingerprintNumbers(q.Bytes()) {
		t.Error("the fingerprint is of something else")
	}
}

// TestSignedPartsThatNobodyTakes: what was asked for with a number or a part out of its
// bounds is signed as something that every parser refuses, never as something else.
func TestSignedPartsThatNobodyTakes(t *testing.T) {
	h := found("Anna")
	signed := func(change func(*ReplyWrite)) error {
		w := h.replyWrite(0)
		change(&w)
		_, err := ParseReplyWrite(h.signReplyWrite(&w, 0))
		return err
	}
	for _, slot := range []int{64, 255, 256, 259, -1, -253, 1 << 32} {
		wantError(t, signed(func(w *ReplyWrite) { w.Slot = slot }), "malformed")
	}
	// A byte more here and a byte less there: lengths add up, places do not.
	wantError(t, signed(func(w *ReplyWrite) { w.Beat, w.Envelope = append(bytes.Clone(w.Beat), 0), w.Envelope[1:] }), "malformed")
	wantError(t, signed(func(w *ReplyWrite) { w.Beat = nil }), "malformed")
	s := SegmentWrite{Beat: h.beat(0), Sealing: 1_790_013_600, Segment: noise("segment write", SegmentSize)}
	s.Beat, s.Sealing = append(s.Beat, 0), 3
	s.Segment = s.Segment[1:]
	_, err := ParseSegmentWrite(AssembleSegmentWrite(s.SignedPart(), [64]byte{}))
	wantError(t, err, "malformed")
	for _, count := range []int{65, 65_535, 65_536, 65_537, -1, -65_535} {
		q := ReadRequest{Newsroom: h.key, Log: Letters, Base: 3, From: 7, Count: count}
		_, err := ParseReadRequest(AssembleReadRequest(q.SignedPart(), [64]byte{}))
		wantError(t, err, "malformed")
	}
	p := RootBody{Number: 1, Period: testPeriod, Threshold: -254, Admins: h.root.Admins}
	_, err = p.Encode()
	wantError(t, err, "malformed")
}
