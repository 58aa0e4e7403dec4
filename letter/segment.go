// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"tamizdat/letter/wire"
)

// MaxSegmentEvents is how many bytes of events one desk segment carries.
const MaxSegmentEvents = segmentPlain - segmentHead

const (
	segmentKeySize = 32
	segmentWrap    = xwingEncSize + segmentKeySize + tagSize
	segmentWraps   = wire.MaxJournalists * segmentWrap
	segmentPlain   = wire.SegmentSize - segmentWraps - tagSize
	segmentHead    = 32 + ed25519.SignatureSize + 4
)

// SealSegment makes the desk segment of the page sealed at the given time
// (spec/drop.md §7): wire.SegmentSize bytes in which at most [MaxSegmentEvents]
// of events lie, for those journalists of r who have a bundle of that page's
// period. How many there are, and how long the events, cannot be seen.
//
// It fails with [ErrTooLong]. Bundles of another period or newsroom are a mistake of the
// caller's, and an error too.
func (k *JournalistKeys) SealSegment(r *wire.Roster, period wire.Period, bundles []*wire.Bundle, sealing int64, events []byte) ([]byte, error) {
	if len(events) > MaxSegmentEvents {
		return nil, fmt.Errorf("%w: %d bytes of events, %d at most", ErrTooLong, len(events), MaxSegmentEvents)
	}
	readers, err := segmentReaders(r, period, bundles)
	if err != nil {
		return nil, err
	}
	return k.sealSegment(r.Newsroom, readers, sealing, randomBytes(segmentKeySize), events)
}

func (k *JournalistKeys) sealSegment(nr wire.NewsroomKey, readers [wire.MaxJournalists]wire.PKEKey, sealing int64, key, events []byte) ([]byte, error) {
	context := segmentContext(nr, k.ID(), sealing)
	segment := make([]byte, 0, wire.SegmentSize)
	for _, pke := range readers {
		wrap, err := sealXWing(&pke, wire.Preimage(wire.TagSegment, context), key)
		if err != nil {
			return nil, err
		}
		segment = append(segment, wrap...)
	}
	return aes256GCM(key).Seal(segment, make([]byte, 12), k.segmentPlaintext(nr, sealing, key, events), context), nil
}

// segmentReaders gives eight keys: the i-th journalist's of the roster, or one
// that nobody has.
func segmentReaders(r *wire.Roster, period wire.Period, bundles []*wire.Bundle) ([wire.MaxJournalists]wire.PKEKey, error) {
	var keys [wire.MaxJournalists]wire.PKEKey
	var have [wire.MaxJournalists]bool
	for _, b := range bundles {
		body := b.Body()
		_, i, ok := r.Journalist(body.ID)
		if !ok || !b.Verified() || body.Newsroom != r.Newsroom || body.Period != period {
			return keys, fmt.Errorf("letter: a segment of period %d is not for this bundle", period)
		}
		keys[i], have[i] = body.PKE, true
	}
	for i := range keys {
		if have[i] {
			continue
		}
		nobody, err := pkeSecretFrom(randomBytes(pkeSeedSize))
		if err != nil {
			return keys, err
		}
		keys[i] = nobody.public()
	}
	return keys, nil
}

// segmentPlaintext is signing key ‖ signature ‖ u32 n ‖ events ‖ zeros.
func (k *JournalistKeys) segmentPlaintext(nr wire.NewsroomKey, sealing int64, key, events []byte) []byte {
	id := k.ID()
	sig := k.signing.sign(wire.TagSegmentBody, segmentSigned(nr, sealing, key, events))
	plain := make([]byte, 0, segmentPlain)
	plain = append(append(plain, id[:]...), sig[:]...)
	plain = binary.BigEndian.AppendUint32(plain, uint32(len(events)))
	return append(plain, events...)[:segmentPlain]
}

// segmentSigned names the key by its hash: who can open a segment could else
// seal the same signed events under a key of their own, for others.
func segmentSigned(nr wire.NewsroomKey, sealing int64, key, events []byte) []byte {
	m := binary.BigEndian.AppendUint64(append([]byte(nil), nr[:]...), uint64(sealing))
	h := sha256.Sum256(key)
	m = binary.BigEndian.AppendUint32(append(m, h[:]...), uint32(len(events)))
	return append(m, events...)
}

// segmentContext is the segment's aad, and after the tag the wraps' info.
func segmentContext(nr wire.NewsroomKey, author wire.JournalistID, sealing int64) []byte {
	m := append(append([]byte(nil), nr[:]...), author[:]...)
	return binary.BigEndian.AppendUint64(m, uint64(sealing))
}

// A SegmentReader opens the desk segments of one page.
type SegmentReader struct {
	Newsroom wire.NewsroomKey
	Authors  []wire.JournalistID // of all rosters that are known
	Keys     *PeriodKeys         // of the period in which the page was sealed
	// Place is this journalist's place in the newest roster, where her wrap is looked
	// for first. A wrong one costs only time.
	Place int
}

// Open opens a segment of the page sealed at the given time, and tells who wrote it.
// The error is [ErrCannotOpen] for every reason. Whether the author may still
// write is for the caller to judge (spec/drop.md §7).
func (s *SegmentReader) Open(segment []byte, sealing int64) (author wire.JournalistID, events []byte, err error) {
	if len(segment) != wire.SegmentSize || s.Keys == nil {
		return author, nil, ErrCannotOpen
	}
	for i := range wire.MaxJournalists {
		at := int(uint(s.Place+i) % wire.MaxJournalists)
		for _, author := range s.Authors {
			if events, err := s.try(segment, sealing, at, author); err == nil {
				return author, events, nil
			}
		}
	}
	return author, nil, ErrCannotOpen
}

// try opens one wrap as if one author had made it.
func (s *SegmentReader) try(segment []byte, sealing int64, at int, author wire.JournalistID) ([]byte, error) {
	context := segmentContext(s.Newsroom, author, sealing)
	wrap := segment[at*segmentWrap:][:segmentWrap]
	key, err := openXWing(s.Keys.intake.pke, wire.Preimage(wire.TagSegment, context), wrap)
	if err != nil || len(key) != segmentKeySize {
		return nil, ErrCannotOpen
	}
	plain, err := aes256GCM(key).Open(nil, make([]byte, 12), segment[segmentWraps:], context)
	if err != nil {
		return nil, ErrCannotOpen
	}
	return s.events(plain, sealing, key, author)
}

// events checks what stands in a segment that opened.
func (s *SegmentReader) events(plain []byte, sealing int64, key []byte, author wire.JournalistID) ([]byte, error) {
	c := cursor{rest: plain}
	var named wire.JournalistID
	c.fill(named[:])
	sig, n := c.take(ed25519.SignatureSize), c.u32()
	if n > MaxSegmentEvents || named != author {
		return nil, ErrCannotOpen
	}
	events := c.take(int(n))
	if c.short || !allZero(c.rest) {
		return nil, ErrCannotOpen
	}
	if !ed25519.Verify(author[:], wire.Preimage(wire.TagSegmentBody, segmentSigned(s.Newsroom, sealing, key, events)), sig) {
		return nil, ErrCannotOpen
	}
	return events, nil
}
