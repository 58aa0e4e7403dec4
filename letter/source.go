// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"crypto/hkdf"
	"crypto/mlkem"
	"crypto/sha256"

	"tamizdat/letter/wire"
)

const sourceSalt = "securedrop-source-v1"

// Source holds all keys of a source. They follow from her words alone, so she
// keeps nothing else (spec/keys.md §2).
type Source struct {
	redacted
	identity *identity
}

// Source derives the source's keys. The error is one of 2^252: these words give
// no fetch key, and others must be drawn.
func (w *Words) Source() (*Source, error) {
	fetch, err := fetchSecretFromUniform(w.derive("sourcefetchkey", fetchSeedSize))
	if err != nil {
		return nil, err
	}
	in, err := newIntake(
		w.derive("sourceAPKEkey-dh", dhSize),
		w.derive("sourceAPKEkey-mlkem", mlkem.SeedSize),
		w.derive("sourcePKEkey", pkeSeedSize),
	)
	if err != nil {
		return nil, err
	}
	return &Source{identity: newIdentity(fetch, in)}, nil
}

func (w *Words) derive(info string, size int) []byte {
	return deriveKey(w.entropy[:], sourceSalt, info, size)
}

// deriveKey is HKDF-SHA256; it fails only for lengths that nobody asks for.
func deriveKey(secret []byte, salt, info string, size int) []byte {
	key, err := hkdf.Key(sha256.New, secret, []byte(salt), info, size)
	if err != nil {
		panic("letter: HKDF: " + err.Error())
	}
	return key
}

// Tuple is the public half of the source's keys. It travels inside her letters.
func (s *Source) Tuple() *wire.Tuple {
	t := *s.identity.tuple
	return &t
}

// Pseudonym is what a desk knows the source by.
func (s *Source) Pseudonym() wire.Pseudonym { return s.identity.tuple.Pseudonym() }

// Scan finds the replies that carry a hint for s, in ascending order of place.
// It uses all cores and does the same work whatever it finds; reading for
// words without letters looks like reading for words with some.
func (s *Source) Scan(envelopes [][]byte) []int {
	mine := make([]bool, len(envelopes))
	_ = inParallel(len(envelopes), func(i int) error {
		mine[i] = s.identity.mine(envelopes[i], wire.ReplySize)
		return nil
	})
	var found []int
	for i, yes := range mine {
		if yes {
			found = append(found, i)
		}
	}
	return found
}

// ReceivedReply is a reply that opened, by someone who may write replies.
type ReceivedReply struct {
	Reply
	Sender     wire.JournalistID // who sealed it
	SenderName string
	AuthorName string // differs from SenderName when a colleague sealed it again
	Page       uint64 // of the replies log
}

// OpenReply opens an envelope that [Source.Scan] found in the given page of the
// replies log, whose place a verified view must vouch for.
//
// Errors: [ErrFormer] for a reply by someone who had left when the page was
// sealed; [*KindError] for anything but a journalist's reply; [ErrCannotOpen]
// otherwise.
func (s *Source) OpenReply(nr wire.NewsroomKey, r *wire.Roster, page uint64, envelope []byte) (*ReceivedReply, error) {
	p, err := cutEnvelope(envelope, wire.ReplySize)
	if err != nil {
		return nil, err
	}
	if r.Newsroom != nr || !s.identity.mine(envelope, wire.ReplySize) {
		return nil, ErrCannotOpen
	}
	m, err := openParts(nr, &s.identity.tuple.Fetch, []*intake{s.identity.intake}, p)
	if err != nil {
		return nil, err
	}
	return m.asReply(r, page)
}

func (m *readable) asReply(r *wire.Roster, page uint64) (*ReceivedReply, error) {
	kind, body, err := m.body()
	if err != nil {
		return nil, err
	}
	_, _, reply, err := parseBody(kind, body)
	if err != nil {
		return nil, ErrCannotOpen
	}
	got := &ReceivedReply{Page: page}
	if got.Sender, got.SenderName, err = whoReplied(r, kind, m.sender.Pseudonym(), page); err != nil {
		return nil, err
	}
	name, known := nameOf(r, reply.Author)
	if !known {
		return nil, ErrCannotOpen
	}
	got.Reply, got.AuthorName = *reply, name
	return got, nil
}

// whoReplied names the sender of a reply, if the sender may send one.
func whoReplied(r *wire.Roster, kind Kind, sender wire.Pseudonym, page uint64) (id wire.JournalistID, name string, err error) {
	if kind != KindReply {
		return id, "", &KindError{Kind: kind, Sender: sender}
	}
	if j, ok := r.BySender(sender); ok {
		return j.ID, j.Name, nil
	}
	f, ok := r.FormerBySender(sender)
	switch {
	case !ok:
		return id, "", &KindError{Kind: kind, Sender: sender}
	case page >= f.Pages:
		return id, "", ErrFormer
	}
	return f.ID, f.Name, nil
}

func nameOf(r *wire.Roster, id wire.JournalistID) (string, bool) {
	if j, _, ok := r.Journalist(id); ok {
		return j.Name, true
	}
	if f, ok := r.Former(id); ok {
		return f.Name, true
	}
	return "", false
}
