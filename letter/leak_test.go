// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"crypto/ecdh"
	"errors"
	"testing"

	"tamizdat/letter/wire"
)

// Who can read what, given which leaked keys. The lemmas of the protocol's
// formal model, restated as tests of this program: they show what keys do here,
// they prove nothing.

// opens tells whether a thief with some of the keys reads the letter by the
// normal way.
func (s *sealedLetter) opens(fetch *fetchSecret, in *intake) bool {
	p, err := cutEnvelope(s.envelope, wire.EnvelopeSize)
	if err != nil {
		return false
	}
	public := fetch.public()
	_, err = openParts(s.room.key(), &public, []*intake{in}, p)
	return err == nil
}

func TestLeakOfSomeKeysOpensNoLetter(t *testing.T) {
	s := sealOne(t)
	anna, period := s.room.members[0].identity, s.periods[0].intake
	stranger := randomIntake()
	if !s.opens(anna.fetch, period) {
		t.Fatal("all keys of the period do not open")
	}
	for name, in := range map[string]*intake{
		"all long-term keys, the period's destroyed": anna.intake,
		"PKE only":   {dh: stranger.dh, pq: stranger.pq, pke: period.pke},
		"DH only":    {dh: period.dh, pq: stranger.pq, pke: stranger.pke},
		"PQ only":    {dh: stranger.dh, pq: period.pq, pke: stranger.pke},
		"PKE and DH": {dh: period.dh, pq: stranger.pq, pke: period.pke},
		"PKE and PQ": {dh: stranger.dh, pq: period.pq, pke: period.pke},
	} {
		if s.opens(anna.fetch, in) {
			t.Errorf("opened with %s", name)
		}
	}
}

// A quantum computer that breaks every X25519 key still lacks ML-KEM, and a
// broken ML-KEM still leaves X25519: the content needs both.
func TestContentNeedsBothHalves(t *testing.T) {
	s := sealOne(t)
	period := s.periods[0].intake
	dh, pq, fetch := s.source.identity.tuple.DH, s.source.identity.tuple.PQ, s.room.members[0].identity.tuple.Fetch
	said := s.envelope[hintSize : len(s.envelope)-pkeCipherSize]
	if _, err := openAPKE(s.room.key(), period, &fetch, &dh, &pq, said); err != nil {
		t.Fatal(err)
	}
	other := randomIntake()
	for name, k := range map[string]*intake{"X25519 broken": {dh: period.dh, pq: other.pq}, "ML-KEM broken": {dh: other.dh, pq: period.pq}} {
		if _, err := openAPKE(s.room.key(), k, &fetch, &dh, &pq, said); !errors.Is(err, ErrCannotOpen) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The metadata key of a period tells who wrote, not what.
func TestLeakOfPKETellsTheSenderOnly(t *testing.T) {
	s := sealOne(t)
	dh, pq, err := openSender(s.periods[0].intake.pke, s.envelope[len(s.envelope)-pkeCipherSize:])
	if err != nil || dh != s.source.identity.tuple.DH || pq != s.source.identity.tuple.PQ {
		t.Fatal("the metadata key does not tell the sender")
	}
	if s.opens(s.room.members[0].identity.fetch, &intake{dh: randomIntake().dh, pq: randomIntake().pq, pke: s.periods[0].intake.pke}) {
		t.Fatal("the metadata key opens the content")
	}
}

// The words of a source open no letter of hers, and every reply to her: replies
// have no forward secrecy. THREATMODEL says so.
func TestLeakOfTheWords(t *testing.T) {
	s := sealOne(t)
	if s.opens(s.source.identity.fetch, s.source.identity.intake) || s.opens(s.room.members[0].identity.fetch, s.source.identity.intake) {
		t.Error("the words open what was sent")
	}
	b, err := s.room.members[0].SealReply(s.room.key(), s.source.Tuple(), &Reply{Number: 1, Lowest: 1, Text: "x"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.source.OpenReply(s.room.key(), s.room.roster(), 0, b); err != nil {
		t.Error("the words do not open replies")
	}
	if s.room.members[0].identity.mine(b, wire.ReplySize) {
		t.Error("a reply is its author's")
	}
}

// A thief of a fetch key finds a journalist's letters and reads none.
func TestLeakOfTheFetchKey(t *testing.T) {
	s := sealOne(t)
	fetch := s.room.members[0].identity.fetch
	if !fetch.matches(s.envelope[:32], s.envelope[32:64]) {
		t.Fatal("the fetch key does not find")
	}
	if s.opens(fetch, randomIntake()) {
		t.Fatal("the fetch key reads")
	}
}

// A thief of a source's words can write in her name; one of a journalist's
// signing key, without the tuple's secrets, cannot write a reply.
func TestForgingNeedsTheSendersDHKey(t *testing.T) {
	s := sealOne(t)
	anna := s.room.members[0]
	thief := &JournalistKeys{name: "x", signing: anna.signing, admin: anna.admin, editor: anna.editor, identity: randomIdentity()}
	forged := *thief.identity
	forged.tuple = anna.identity.tuple // claims her tuple without her secrets
	thief.identity = &forged
	b, err := thief.SealReply(s.room.key(), s.source.Tuple(), &Reply{Number: 1, Lowest: 1, Text: "x"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.source.OpenReply(s.room.key(), s.room.roster(), 0, b); !errors.Is(err, ErrCannotOpen) {
		t.Fatalf("forged: %v", err)
	}
}

// Key compromise impersonation, admitted in the package comment: the shared
// secret of sender and receiver is the same from either side, so whoever holds
// the receiver's DH key needs no key of the sender's.
func TestReceiverCouldHaveWrittenIt(t *testing.T) {
	sender, receiver := randomIntake().dh, randomIntake().dh
	if shared(t, sender, receiver) != shared(t, receiver, sender) {
		t.Fatal("X25519 is not symmetric")
	}
}

func shared(t testing.TB, private, public *dhSecret) (s [32]byte) {
	t.Helper()
	k, err := ecdh.X25519().NewPrivateKey(private.raw[:])
	if err != nil {
		t.Fatal(err)
	}
	p, err := ecdh.X25519().NewPublicKey(public.pub[:])
	if err != nil {
		t.Fatal(err)
	}
	b, err := k.ECDH(p)
	if err != nil {
		t.Fatal(err)
	}
	copy(s[:], b)
	return s
}
