// SPDX-License-Identifier: Apache-2.0

package wire

// ReplyWrite fills one reply slot of a coming page (spec/drop.md §5). One that Verify
// returned is signed by its beat's journalist; one that was put together by hand is
// only what its builder says.
type ReplyWrite struct {
	Beat     []byte // BeatSize bytes
	Sealing  int64  // Unix second of the page
	Slot     int    // 0 to slots − 1
	Envelope []byte // ReplySize bytes
	verified *Beat
}

// SignedPart is what the journalist signs, tag TagReply. A Slot out of bounds becomes
// one that every parser refuses; a Beat or Envelope of another size is left out, which
// they refuse too.
func (w *ReplyWrite) SignedPart() []byte {
	out := newWriter(typeReplyWrite, ReplyWriteSize)
	out.exact(w.Beat, BeatSize)
	out.time(w.Sealing)
	out.u8(w.Slot)
	out.exact(w.Envelope, ReplySize)
	return out.b
}

// VerifiedBeat is the write's beat when the write came from Verify, else nil. Its ID
// is the writer.
func (w *ReplyWrite) VerifiedBeat() *Beat { return w.verified }

// AssembleReplyWrite joins a signed part with its signature.
func AssembleReplyWrite(signedPart []byte, sig [64]byte) []byte { return join(signedPart, sig) }

// UnverifiedReplyWrite is a reply write of which only the form was checked, the hint
// of its envelope included.
type UnverifiedReplyWrite struct {
	write  ReplyWrite
	beat   *UnverifiedBeat
	signed []byte
	sig    [64]byte
}

// ParseReplyWrite reads a reply write, ReplyWriteSize bytes.
func ParseReplyWrite(b []byte) (*UnverifiedReplyWrite, error) {
	r := newReader("reply write", b)
	r.header(typeReplyWrite)
	u := &UnverifiedReplyWrite{}
	u.write = ReplyWrite{Beat: r.take(BeatSize), Sealing: r.time("sealing")}
	u.write.Slot = r.count8("as slot", 0, MaxSlots-1)
	u.write.Envelope = r.envelope(ReplySize)
	u.signed = r.signedPart()
	u.sig = r.a64()
	if err := r.done(); err != nil {
		return nil, err
	}
	var err error
	u.beat, err = ParseBeat(u.write.Beat)
	if err != nil {
		return nil, err
	}
	return u, nil
}

// Verify checks the beat and that its journalist signed the write. Errors as
// UnverifiedBeat.Verify. Whether the slot is theirs and the page among the next two
// the drop compares: Roster.SlotOwner.
func (u *UnverifiedReplyWrite) Verify(r *Roster) (*ReplyWrite, error) {
	beat, err := verifyWrite("reply write", TagReply, r, u.beat, u.signed, u.sig)
	if err != nil {
		return nil, err
	}
	w := u.write
	w.verified = beat
	return &w, nil
}

// SegmentWrite is a desk's segment of a coming page (spec/drop.md §5).
type SegmentWrite struct {
	Beat     []byte // BeatSize bytes
	Sealing  int64  // Unix second of the page
	Segment  []byte // SegmentSize bytes
	verified *Beat
}

// SignedPart is what the journalist signs, tag TagSegment. A Beat or Segment of another
// size is left out: no parser takes the rest.
func (w *SegmentWrite) SignedPart() []byte {
	out := newWriter(typeSegmentWrite, SegmentWriteSize)
	out.exact(w.Beat, BeatSize)
	out.time(w.Sealing)
	out.exact(w.Segment, SegmentSize)
	return out.b
}

// VerifiedBeat is the write's beat when the write came from Verify, else nil. Its ID
// is the writer.
func (w *SegmentWrite) VerifiedBeat() *Beat { return w.verified }

// AssembleSegmentWrite joins a signed part with its signature.
func AssembleSegmentWrite(signedPart []byte, sig [64]byte) []byte { return join(signedPart, sig) }

// UnverifiedSegmentWrite is a segment write of which only the form was checked.
type UnverifiedSegmentWrite struct {
	write  SegmentWrite
	beat   *UnverifiedBeat
	signed []byte
	sig    [64]byte
}

// ParseSegmentWrite reads a segment write, SegmentWriteSize bytes.
func ParseSegmentWrite(b []byte) (*UnverifiedSegmentWrite, error) {
	r := newReader("segment write", b)
	r.header(typeSegmentWrite)
	u := &UnverifiedSegmentWrite{}
	u.write = SegmentWrite{Beat: r.take(BeatSize), Sealing: r.time("sealing"), Segment: r.take(SegmentSize)}
	u.signed = r.signedPart()
	u.sig = r.a64()
	if err := r.done(); err != nil {
		return nil, err
	}
	var err error
	u.beat, err = ParseBeat(u.write.Beat)
	if err != nil {
		return nil, err
	}
	return u, nil
}

// Verify checks the beat and that its journalist signed the write. Errors as
// UnverifiedBeat.Verify.
func (u *UnverifiedSegmentWrite) Verify(r *Roster) (*SegmentWrite, error) {
	beat, err := verifyWrite("segment write", TagSegment, r, u.beat, u.signed, u.sig)
	if err != nil {
		return nil, err
	}
	w := u.write
	w.verified = beat
	return &w, nil
}

func verifyWrite(object, tag string, r *Roster, u *UnverifiedBeat, signed []byte, sig [64]byte) (*Beat, error) {
	beat, err := u.Verify(r)
	if err != nil {
		return nil, err
	}
	if !verifySignature(beat.ID, tag, signed, sig[:]) {
		return nil, fail(object, ErrSignature, "it is not signed by the journalist of its beat")
	}
	return beat, nil
}
