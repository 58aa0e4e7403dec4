// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"tamizdat/letter/wire"
)

// SealLetter seals l as one envelope for each journalist of r, in the roster's
// order. Journalists without a bundle, or in leaveOut, get dummies that only
// they could tell from a letter. Bundles must be verified under r and all of
// the current period; which period is current the caller knows.
//
// Errors: [ErrTooLong], [ErrText], [ErrFewBundles].
func (s *Source) SealLetter(nr wire.NewsroomKey, r *wire.Roster, bundles []*wire.Bundle, l *Letter, leaveOut ...wire.JournalistID) ([][]byte, error) {
	body, err := l.encode()
	if err != nil {
		return nil, err
	}
	area, err := packArea(KindLetter, body, letterArea)
	if err != nil {
		return nil, err
	}
	return sealToAll(nr, s.identity, r, bundles, area, leaveOut)
}

// SealNote seals a note to all journalists of r, the author among them, in the
// shape of a letter.
func (k *JournalistKeys) SealNote(nr wire.NewsroomKey, r *wire.Roster, bundles []*wire.Bundle, n *Note) ([][]byte, error) {
	body, err := n.encode()
	if err != nil {
		return nil, err
	}
	area, err := packArea(KindNote, body, letterArea)
	if err != nil {
		return nil, err
	}
	return sealToAll(nr, k.identity, r, bundles, area, nil)
}

func sealToAll(nr wire.NewsroomKey, from *identity, r *wire.Roster, bundles []*wire.Bundle, area []byte, leaveOut []wire.JournalistID) ([][]byte, error) {
	if !r.Verified() || r.Newsroom != nr {
		return nil, errors.New("letter: this roster is another newsroom's")
	}
	readers, err := chooseReaders(r, bundles, leaveOut)
	if err != nil {
		return nil, err
	}
	envelopes := make([][]byte, len(readers))
	err = inParallel(len(readers), func(i int) (err error) {
		if readers[i] == nil {
			envelopes[i], err = dummyEnvelope(nr, len(area))
		} else {
			envelopes[i], err = sealEnvelope(nr, from, readers[i], area)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return envelopes, nil
}

// chooseReaders gives the tuple to seal to for each journalist of r, nil where
// a dummy goes.
func chooseReaders(r *wire.Roster, bundles []*wire.Bundle, leaveOut []wire.JournalistID) ([]*wire.Tuple, error) {
	if !r.Verified() || slices.ContainsFunc(bundles, func(b *wire.Bundle) bool { return !b.Verified() }) {
		return nil, errors.New("letter: this roster or bundle was not verified")
	}
	readers := make([]*wire.Tuple, len(r.Journalists))
	have := 0
	for _, b := range bundles {
		j, i, listed := r.Journalist(b.ID)
		switch {
		case !listed || b.Newsroom != r.Newsroom:
			return nil, errors.New("letter: a bundle is by nobody in this roster")
		case b.Period != bundles[0].Period:
			return nil, errors.New("letter: bundles are of different periods")
		case readers[i] != nil:
			return nil, errors.New("letter: two bundles are by one journalist")
		}
		readers[i] = receiver(j, b)
		have++
	}
	if have < min(2, len(readers)) {
		return nil, ErrFewBundles
	}
	return withoutThose(r, readers, leaveOut)
}

func withoutThose(r *wire.Roster, readers []*wire.Tuple, leaveOut []wire.JournalistID) ([]*wire.Tuple, error) {
	for _, id := range leaveOut {
		if _, i, listed := r.Journalist(id); listed {
			readers[i] = nil
		}
	}
	if !slices.ContainsFunc(readers, func(t *wire.Tuple) bool { return t != nil }) {
		return nil, errors.New("letter: everybody who could read this letter was left out")
	}
	return readers, nil
}

// CoverLetter is a letter of k envelopes that nobody can open, to be sent when
// there is nothing to send. k is the number of journalists in the roster.
func CoverLetter(nr wire.NewsroomKey, k int) ([][]byte, error) {
	return dummies(nr, k, letterArea)
}

// Room tells how much of a letter's message area l takes, in bytes after
// compression, and how much there is. The error wraps [ErrTooLong] or [ErrText];
// with ErrTooLong the numbers still hold.
func Room(l *Letter) (used, total int, err error) {
	body, err := l.encode()
	if err != nil {
		return 0, letterArea, err
	}
	if len(body) > maxInflated {
		return len(body), letterArea, fmt.Errorf("%w: %d bytes before compression, %d at most", ErrTooLong, len(body), maxInflated)
	}
	used = areaHeader + len(deflate(body))
	if used > letterArea {
		return used, letterArea, fmt.Errorf("%w: it needs %d bytes, there are %d", ErrTooLong, used, letterArea)
	}
	return used, letterArea, nil
}

// SealReply seals a reply to a source, whose tuple came with her letter. An
// Author of zeros is filled in with the sender.
//
// Errors: [ErrTooLong], [ErrText].
func (k *JournalistKeys) SealReply(nr wire.NewsroomKey, to *wire.Tuple, r *Reply) ([]byte, error) {
	filled := *r
	if filled.Author == (wire.JournalistID{}) {
		filled.Author = k.ID()
	}
	body, err := filled.encode()
	if err != nil {
		return nil, err
	}
	area, err := packArea(KindReply, body, replyArea)
	if err != nil {
		return nil, err
	}
	return sealEnvelope(nr, k.identity, to, area)
}

// ReplyRoom is [Room] for a reply.
func ReplyRoom(r *Reply) (used, total int, err error) {
	filled := *r
	body, err := filled.encode()
	if err != nil {
		return 0, replyArea, err
	}
	used = areaHeader + len(deflate(body[:min(len(body), maxInflated)]))
	if used > replyArea || len(body) > maxInflated {
		return used, replyArea, fmt.Errorf("%w: it needs %d bytes, there are %d", ErrTooLong, used, replyArea)
	}
	return used, replyArea, nil
}

// DummyReply fills a reply slot when there is nothing to say: an envelope
// sealed by nobody to nobody.
func DummyReply(nr wire.NewsroomKey) ([]byte, error) {
	return dummyEnvelope(nr, replyArea)
}

// SharesKey tells whether two tuples have any key in common. Of a tuple only the
// DH key is authenticated; one that shares a key with a known tuple without being
// that tuple claims to be somebody else, and belongs in quarantine
// (spec/letter.md §5, spec/misbehaviour.md M-28).
func SharesKey(a, b *wire.Tuple) bool {
	return bytes.Equal(a.DH[:], b.DH[:]) || bytes.Equal(a.PQ[:], b.PQ[:]) ||
		bytes.Equal(a.Fetch[:], b.Fetch[:]) || bytes.Equal(a.PKE[:], b.PKE[:])
}
