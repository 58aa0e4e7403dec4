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
// What a segment holds belongs to the casebook.
func (k *JournalistKeys) SegmentWrite(beat []byte, sealing int64, segment []byte) []byte {
	w := wire.SegmentWrite{Beat: beat, Sealing: sealing, Segment: segment}
	part := w.SignedPart()
	return wire.AssembleSegmentWrite(part, k.signing.sign(wire.TagSegment, part))
}
