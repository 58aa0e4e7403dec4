// SPDX-License-Identifier: Apache-2.0

package letter

import "tamizdat/letter/wire"

const tagLetter = "tamizdat-letter-v1"

// Opened is a letter or a note that a journalist has opened. Everything in it
// is the claim of its sender, who is a stranger under a letter.
type Opened struct {
	Sender    wire.Tuple
	Pseudonym wire.Pseudonym
	Kind      Kind
	Letter    *Letter // when Kind is KindLetter
	Note      *Note   // when Kind is KindNote
	Period    wire.Period
	// Digest is H(tamizdat-letter-v1, body); with Pseudonym and the id it is the
	// letter's identity (spec/letter.md §6).
	Digest wire.Hash
}

// An ImpersonationError says that a letter opened, but its sender's tuple shares a key
// with this journalist's and is not hers (spec/misbehaviour.md M-28, M-38). A desk
// quarantines the letter, which is in the error so that nobody takes it for any other.
// It matches [ErrCannotOpen], for those who only open. Whether a tuple shares a key with
// another known sender the desk must find with [SharesKey].
type ImpersonationError struct {
	Journalist wire.JournalistID
	Opened     *Opened
}

// Error names nobody.
func (e *ImpersonationError) Error() string {
	return "the sender of this letter claims a journalist's key"
}

// Unwrap makes the error one of those that cannot be opened.
func (e *ImpersonationError) Unwrap() error { return ErrCannotOpen }

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
// in turn. r is the roster, of newsroom nr, that decides who may send which kind.
//
// The error is [ErrCannotOpen] for every reason but two, in which the message opened:
// [*KindError] when its sender may not send that kind, and [*ImpersonationError],
// which holds the letter, when it is to be quarantined.
func (k *JournalistKeys) Open(nr wire.NewsroomKey, r *wire.Roster, periods []*PeriodKeys, envelope []byte) (*Opened, error) {
	p, err := cutEnvelope(envelope, wire.EnvelopeSize)
	if err != nil {
		return nil, err
	}
	if r.Newsroom != nr || !k.Mine(envelope) {
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
	o := &Opened{Sender: m.sender, Pseudonym: m.sender.Pseudonym(), Kind: kind, Period: period, Digest: wire.HashTag(tagLetter, body)}
	if o.Letter, o.Note, _, err = parseBody(kind, body); err != nil {
		return nil, ErrCannotOpen
	}
	if !maySend(kind, r, o.Pseudonym) {
		return nil, &KindError{Kind: kind, Sender: o.Pseudonym}
	}
	if id, ok := impersonated(r, &o.Sender); ok && kind == KindLetter {
		return nil, &ImpersonationError{Journalist: id, Opened: o}
	}
	return o, nil
}

// parseBody reads the body of any kind. It comes before the sender is judged, so that a
// malformed message is one that cannot be opened, whoever sent it.
func parseBody(kind Kind, body []byte) (l *Letter, n *Note, r *Reply, err error) {
	switch kind {
	case KindLetter:
		l, err = parseLetter(body)
	case KindNote:
		n, err = parseNote(body)
	case KindReply:
		r, err = parseReply(body)
	default:
		err = errMessage
	}
	return l, n, r, err
}

// maySend checks the kind against the sender (spec/letter.md §5).
func maySend(kind Kind, r *wire.Roster, sender wire.Pseudonym) bool {
	_, journalist := r.BySender(sender)
	_, former := r.FormerBySender(sender)
	switch kind {
	case KindLetter:
		return !journalist && !former
	case KindNote:
		return journalist
	}
	return false // a reply has no business in the letters log
}

// impersonated finds a journalist with whom a stranger's tuple shares a key.
func impersonated(r *wire.Roster, t *wire.Tuple) (id wire.JournalistID, ok bool) {
	for i := range r.Journalists {
		if SharesKey(&r.Journalists[i].Tuple, t) {
			return r.Journalists[i].ID, true
		}
	}
	return id, false
}
