// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"fmt"

	"tamizdat/letter/wire"
)

// An envelope is X ‖ Z ‖ CT_APKE ‖ CT_PKE (spec/letter.md §4).

const (
	// senderKeys is what precedes the message area inside SD-APKE.
	senderKeys = 32 + 1216
	// envelopeOverhead is everything in an envelope but the message area.
	envelopeOverhead = hintSize + senderKeys + apkeOverhead + pkeCipherSize

	letterArea = wire.EnvelopeSize - envelopeOverhead // 10,560
	replyArea  = wire.ReplySize - envelopeOverhead    // 3,392
)

// sealEnvelope seals one message area from a sender to one receiver.
func sealEnvelope(nr wire.NewsroomKey, from *identity, to *wire.Tuple, area []byte) ([]byte, error) {
	hint, err := makeHint(&to.Fetch)
	if err != nil {
		return nil, err
	}
	plaintext := make([]byte, 0, senderKeys+len(area))
	plaintext = append(append(plaintext, from.tuple.Fetch[:]...), from.tuple.PKE[:]...)
	said, err := sealAPKE(nr, from, to, append(plaintext, area...))
	if err != nil {
		return nil, err
	}
	who, err := sealSender(&to.PKE, from.tuple)
	if err != nil {
		return nil, err
	}
	return append(append(hint, said...), who...), nil
}

// dummyEnvelope is sealed properly by nobody to nobody. Only the size of its
// message area is like a letter's: nobody is left who could read it.
func dummyEnvelope(nr wire.NewsroomKey, areaSize int) ([]byte, error) {
	return sealEnvelope(nr, randomIdentity(), randomIdentity().tuple, make([]byte, areaSize))
}

// sealedParts is an envelope cut into its fields.
type sealedParts struct{ x, z, said, who []byte }

// cutEnvelope refuses what no receiver may open: a wrong size, or a hint whose
// points are not canonical or are the identity.
func cutEnvelope(envelope []byte, size int) (p sealedParts, err error) {
	if err := wire.CheckEnvelope(envelope, size); err != nil {
		return p, ErrCannotOpen
	}
	p.x, p.z = envelope[:32], envelope[32:hintSize]
	p.said = envelope[hintSize : size-pkeCipherSize]
	p.who = envelope[size-pkeCipherSize:]
	return p, nil
}

// A readable is an envelope opened and authenticated, its area still packed.
type readable struct {
	sender wire.Tuple
	area   []byte
	key    int // place in the keys tried
}

// openParts tries each set of keys in turn. The result is one of two: a
// message whose sender holds the DH key it names, or [ErrCannotOpen].
func openParts(nr wire.NewsroomKey, fetch *wire.FetchKey, keys []*intake, p sealedParts) (*readable, error) {
	for i, k := range keys {
		dh, pq, err := openSender(k.pke, p.who)
		if err != nil {
			continue
		}
		plaintext, err := openAPKE(nr, k, fetch, &dh, &pq, p.said)
		if err != nil {
			continue
		}
		return takeSender(dh, pq, plaintext, i)
	}
	return nil, ErrCannotOpen
}

func takeSender(dh wire.DHKey, pq wire.PQKey, plaintext []byte, key int) (*readable, error) {
	tuple := append(append(make([]byte, 0, wire.TupleSize), dh[:]...), pq[:]...)
	t, err := wire.ParseTuple(append(tuple, plaintext[:senderKeys]...))
	if err != nil {
		return nil, ErrCannotOpen
	}
	return &readable{sender: t, area: plaintext[senderKeys:], key: key}, nil
}

// body unpacks the message area; all reasons against it are one error.
func (m *readable) body() (Kind, []byte, error) {
	kind, body, err := unpackArea(m.area)
	if err != nil {
		return 0, nil, ErrCannotOpen
	}
	return kind, body, nil
}

// receiver is the tuple that a letter to a journalist is sealed to: the keys
// of a period with the long-term fetch key (spec/letter.md §2).
func receiver(j *wire.Journalist, b *wire.Bundle) *wire.Tuple {
	return &wire.Tuple{DH: b.DH, PQ: b.PQ, Fetch: j.Tuple.Fetch, PKE: b.PKE}
}

// dummies are n dummy envelopes of one class.
func dummies(nr wire.NewsroomKey, n, areaSize int) ([][]byte, error) {
	if n < 1 || n > wire.MaxEnvelopes {
		return nil, fmt.Errorf("letter: a letter is 1 to %d envelopes, not %d", wire.MaxEnvelopes, n)
	}
	envelopes := make([][]byte, n)
	err := inParallel(n, func(i int) (err error) {
		envelopes[i], err = dummyEnvelope(nr, areaSize)
		return err
	})
	return envelopes, err
}
