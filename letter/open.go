// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"crypto/sha256"

	"tamizdat/letter/wire"
)

// Opened is a letter or a note that a journalist has opened. Everything in it
// is the claim of its sender, who is a stranger under a letter.
type Opened struct {
	Sender    wire.Tuple
	Pseudonym wire.Pseudonym
	Kind      Kind
	Letter    *Letter // when Kind is KindLetter
	Note      *Note   // when Kind is KindNote
	Period    wire.Period
	Digest    [32]byte // SHA-256 of the inflated body
}

// Mine tells whether an envelope of the letters log carries a hint for k. It
// says nothing about whether the envelope opens.
func (k *JournalistKeys) Mine(envelope []byte) bool {
	return k.identity.mine(envelope, wire.EnvelopeSize)
}

// mine takes the same time for everybody's keys.
func (id *identity) mine(envelope []byte, size int) bool {
	return len(envelope) == size && id.fetch.matches(envelope[:32], envelope[32:hintSize])
}

// Open opens an envelope of the letters log with the keys of each live period
// in turn. r is the roster that decides who may send which kind.
//
// The error is [ErrCannotOpen] for every reason but one: [*KindError] when the
// message opened and its sender may not send that kind.
func (k *JournalistKeys) Open(nr wire.NewsroomKey, r *wire.Roster, periods []*PeriodKeys, envelope []byte) (*Opened, error) {
	p, err := cutEnvelope(envelope, wire.EnvelopeSize)
	if err != nil {
		return nil, err
	}
	if !k.Mine(envelope) {
		return nil, ErrCannotOpen
	}
	keys := make([]*intake, len(periods))
	for i, period := range periods {
		keys[i] = period.intake
	}
	m, err := openParts(nr, &k.identity.tuple.Fetch, keys, p)
	if err != nil {
		return nil, err
	}
	return m.asOpened(r, periods[m.key].Period())
}

func (m *readable) asOpened(r *wire.Roster, period wire.Period) (*Opened, error) {
	kind, body, err := m.body()
	if err != nil {
		return nil, err
	}
	o := &Opened{Sender: m.sender, Pseudonym: m.sender.Pseudonym(), Kind: kind, Period: period, Digest: sha256.Sum256(body)}
	switch kind {
	case KindLetter:
		o.Letter, err = parseLetter(body)
	case KindNote:
		o.Note, err = parseNote(body)
	case KindReply:
		_, err = parseReply(body)
	default:
		err = ErrCannotOpen
	}
	if err != nil {
		return nil, ErrCannotOpen
	}
	if !maySend(kind, r, o) {
		return nil, &KindError{Kind: kind, Sender: o.Pseudonym}
	}
	return o, nil
}

// maySend checks the kind against the sender (spec/letter.md §5). A letter under
// a tuple that has so much as one key of a journalist's is no stranger's.
func maySend(kind Kind, r *wire.Roster, o *Opened) bool {
	_, journalist := r.BySender(o.Pseudonym)
	switch kind {
	case KindLetter:
		_, former := r.FormerBySender(o.Pseudonym)
		return !former && !anyShares(r, &o.Sender)
	case KindNote:
		return journalist
	}
	return false // a reply has no business in the letters log
}

func anyShares(r *wire.Roster, t *wire.Tuple) bool {
	for i := range r.Journalists {
		if sharesKey(&r.Journalists[i].Tuple, t) {
			return true
		}
	}
	return false
}
