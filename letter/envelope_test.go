// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"tamizdat/letter/wire"
)

// sealedLetter is a letter to the first journalist of a room of two.
type sealedLetter struct {
	room     *testRoom
	periods  []*PeriodKeys
	bundles  []*wire.Bundle
	source   *Source
	envelope []byte
}

func sealOne(t testing.TB) *sealedLetter {
	t.Helper()
	s := &sealedLetter{room: newTestRoom(t, "Anna", "Boris"), source: newTestSource(t)}
	s.periods, s.bundles = s.room.bundles(7)
	s.envelope = s.seal(t, s.source, "что-то важное")[0]
	return s
}

func (s *sealedLetter) seal(t testing.TB, from *Source, text string) [][]byte {
	t.Helper()
	envelopes, err := from.SealLetter(s.room.key(), s.room.roster(), s.bundles, NewLetter(text, nil))
	if err != nil {
		t.Fatal(err)
	}
	return envelopes
}

func (s *sealedLetter) open(envelope []byte) (*Opened, error) {
	return s.room.members[0].Open(s.room.key(), s.room.roster(), s.periods[:1], envelope)
}

// Every byte of an envelope matters: with any one of them changed it cannot be
// opened, and the error is always the same.
func TestEveryByteOfALetterIsBound(t *testing.T) {
	s := sealOne(t)
	if _, err := s.open(s.envelope); err != nil {
		t.Fatal(err)
	}
	err := inParallel(len(s.envelope), func(i int) error {
		changed := bytes.Clone(s.envelope)
		changed[i] ^= 1 << (i % 8)
		if _, err := s.open(changed); err != ErrCannotOpen { // the very same error, not one that wraps it
			return fmt.Errorf("byte %d changed: %w", i, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestEveryByteOfAReplyIsBound(t *testing.T) {
	s := sealOne(t)
	envelope, err := s.room.members[0].SealReply(s.room.key(), s.source.Tuple(), &Reply{Number: 1, Lowest: 1, Text: "да"})
	if err != nil {
		t.Fatal(err)
	}
	open := func(b []byte) error {
		_, err := s.source.OpenReply(s.room.key(), s.room.roster(), 0, b)
		return err
	}
	if err := open(envelope); err != nil {
		t.Fatal(err)
	}
	err = inParallel(len(envelope), func(i int) error {
		changed := bytes.Clone(envelope)
		changed[i] ^= 1 << (i % 8)
		if err := open(changed); err != ErrCannotOpen { // the very same error, not one that wraps it
			return fmt.Errorf("byte %d changed: %w", i, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// X25519 ignores the top bit of a public key; HPKE does not.
func TestTopBitOfTheEphemeralKeyIsBound(t *testing.T) {
	s := sealOne(t)
	s.envelope[hintSize+pqCipherSize+31] ^= 0x80
	if _, err := s.open(s.envelope); !errors.Is(err, ErrCannotOpen) {
		t.Fatal(err)
	}
}

func TestEnvelopeOfAnotherLength(t *testing.T) {
	s := sealOne(t)
	for name, b := range map[string][]byte{
		"empty": nil, "one byte less": s.envelope[:len(s.envelope)-1], "one byte more": append(bytes.Clone(s.envelope), 0),
		"front cut": s.envelope[1:], "twice": append(bytes.Clone(s.envelope), s.envelope...), "a reply's length": s.envelope[:wire.ReplySize],
	} {
		if _, err := s.open(b); !errors.Is(err, ErrCannotOpen) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Fields of two envelopes for the same reader, exchanged. What a message says
// (c2, c1, c') cannot be taken apart. Two things can, and harm nobody: any hint
// for the same reader serves, and CT_PKE names only the sender, so that two
// envelopes by one sender may exchange it.
func TestFieldsOfTwoEnvelopesExchanged(t *testing.T) {
	s := sealOne(t)
	same := s.seal(t, s.source, "другое письмо")[0]
	other := s.seal(t, newTestSource(t), "чужое письмо")[0]
	apke := hintSize
	fields := []struct {
		name          string
		from, to      int
		sameSenderOK  bool
		otherSenderOK bool
	}{
		{"X", 0, 32, false, false},
		{"Z", 32, 64, false, false},
		{"hint", 0, hintSize, true, true},
		{"c2", apke, apke + pqCipherSize, false, false},
		{"c1", apke + pqCipherSize, apke + pqCipherSize + 32, false, false},
		{"c2 and c1", apke, apke + pqCipherSize + 32, false, false},
		{"c'", apke + pqCipherSize + 32, len(s.envelope) - pkeCipherSize, false, false},
		{"tag of c'", len(s.envelope) - pkeCipherSize - tagSize, len(s.envelope) - pkeCipherSize, false, false},
		{"CT_APKE", apke, len(s.envelope) - pkeCipherSize, true, false},
		{"CT_PKE", len(s.envelope) - pkeCipherSize, len(s.envelope), true, false},
		{"enc of CT_PKE", len(s.envelope) - pkeCipherSize, len(s.envelope) - pkeCipherSize + xwingEncSize, false, false},
		{"ct of CT_PKE", len(s.envelope) - pkeCipherSize + xwingEncSize, len(s.envelope), false, false},
	}
	for _, f := range fields {
		for name, c := range map[string]struct {
			donor []byte
			ok    bool
		}{"same sender": {same, f.sameSenderOK}, "other sender": {other, f.otherSenderOK}} {
			mixed := bytes.Clone(s.envelope)
			copy(mixed[f.from:f.to], c.donor[f.from:f.to])
			if _, err := s.open(mixed); (err == nil) != c.ok {
				t.Errorf("%s of an envelope by the %s: %v", f.name, name, err)
			}
		}
	}
}

func TestEnvelopeForSomebodyElse(t *testing.T) {
	s := sealOne(t)
	anna, boris := s.room.members[0], s.room.members[1]
	nr, r := s.room.key(), s.room.roster()
	for name, open := range map[string]func() (*Opened, error){
		"a colleague":              func() (*Opened, error) { return boris.Open(nr, r, s.periods, s.envelope) },
		"another period":           func() (*Opened, error) { return anna.Open(nr, r, []*PeriodKeys{NewPeriodKeys(7)}, s.envelope) },
		"no period":                func() (*Opened, error) { return anna.Open(nr, r, nil, s.envelope) },
		"another newsroom":         func() (*Opened, error) { return anna.Open(wire.NewsroomKey{1}, r, s.periods, s.envelope) },
		"a colleague's period key": func() (*Opened, error) { return anna.Open(nr, r, s.periods[1:], s.envelope) },
	} {
		if o, err := open(); o != nil || err != ErrCannotOpen { // the very same error, not one that wraps it
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A hint of the identity would be everyone's, one that is not canonical could
// be told apart by implementations.
func TestHintsThatNobodyMayTake(t *testing.T) {
	s := sealOne(t)
	fetch := s.room.members[0].identity.fetch
	identity := make([]byte, 32)
	if fetch.matches(identity, identity) {
		t.Error("the identity is taken for a hint")
	}
	bad := bytes.Repeat([]byte{0xff}, 32)
	if fetch.matches(bad, identity) || fetch.matches(bad, bad) {
		t.Error("a point that is not canonical is taken for a hint")
	}
	negative := bytes.Clone(s.envelope[:32])
	negative[0] ^= 1 // a negative encoding is not canonical
	if fetch.matches(negative, s.envelope[32:64]) {
		t.Error("a negative point is taken for a hint")
	}
	for _, to := range []wire.FetchKey{{}, wire.FetchKey(bad)} {
		if _, err := makeHint(&to); err == nil {
			t.Errorf("made a hint to %x", to[:4])
		}
	}
}

// A dummy has the form of a letter and opens for nobody.
func TestDummiesLookLikeLetters(t *testing.T) {
	s := sealOne(t)
	cover, err := CoverLetter(s.room.key(), 2)
	if err != nil {
		t.Fatal(err)
	}
	reply, err := DummyReply(s.room.key())
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range cover {
		if err := wire.CheckEnvelope(c, wire.EnvelopeSize); err != nil {
			t.Error(err)
		}
		if s.room.members[i].Mine(c) {
			t.Error("a dummy is somebody's")
		}
	}
	if err := wire.CheckEnvelope(reply, wire.ReplySize); err != nil {
		t.Error(err)
	}
	for _, k := range []int{0, -1, wire.MaxEnvelopes + 1} {
		if _, err := CoverLetter(s.room.key(), k); err == nil {
			t.Errorf("a letter of %d envelopes", k)
		}
	}
}

// Readers scan by the same work whoever they are; what Scan returns is all that
// differs.
func TestScanFindsOnlyOnesOwn(t *testing.T) {
	s := sealOne(t)
	other := newTestSource(t)
	var page [][]byte
	for i := range 30 {
		to := s.source
		if i%3 != 0 {
			to = other
		}
		b, err := s.room.members[0].SealReply(s.room.key(), to.Tuple(), &Reply{Number: 1, Lowest: 1, Text: "да"})
		if err != nil {
			t.Fatal(err)
		}
		page = append(page, b)
	}
	page = append(page, nil, make([]byte, wire.ReplySize), s.envelope)
	found := s.source.Scan(page)
	if len(found) != 10 {
		t.Fatalf("found %v", found)
	}
	for i, at := range found {
		if at != 3*i {
			t.Fatalf("found %v", found)
		}
	}
	if got := newTestSource(t).Scan(page); got != nil {
		t.Fatalf("wrong words found %v", got)
	}
}
