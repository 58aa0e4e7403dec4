// SPDX-License-Identifier: Apache-2.0

package letter

import "tamizdat/letter/wire"

// SealReplyWrite signs the scheduled write of one reply slot (spec/drop.md §5).
// beat is what [JournalistKeys.Beat] made; sealing is the page's time.
func (k *JournalistKeys) SealReplyWrite(beat []byte, sealing int64, slot int, envelope []byte) []byte {
	w := wire.ReplyWrite{Beat: beat, Sealing: sealing, Slot: slot, Envelope: envelope}
	part := w.SignedPart()
	return wire.AssembleReplyWrite(part, k.signing.sign(wire.TagReply, part))
}

// SegmentWrite signs the scheduled write of a desk segment (spec/drop.md §5).
// [JournalistKeys.SealSegment] makes the segment.
func (k *JournalistKeys) SegmentWrite(beat []byte, sealing int64, segment []byte) []byte {
	w := wire.SegmentWrite{Beat: beat, Sealing: sealing, Segment: segment}
	part := w.SignedPart()
	return wire.AssembleSegmentWrite(part, k.signing.sign(wire.TagSegment, part))
}

// SignEvent signs an event of the casebook, given without its signature
// (spec/casebook.md §1).
func (k *JournalistKeys) SignEvent(part []byte) [64]byte {
	return k.signing.sign(wire.TagEvent, part)
}
