// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"tamizdat/letter/wire"
)

// sealArea seals any message area to a journalist, as an attacker's program could.
func (s *sealedLetter) sealArea(t testing.TB, from *identity, kind Kind, body []byte) []byte {
	t.Helper()
	area, err := packArea(kind, body, letterArea)
	if err != nil {
		t.Fatal(err)
	}
	j := &s.room.roster().Journalists[0]
	b, err := sealEnvelope(s.room.key(), from, receiver(j, s.bundles[0]), area)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func body(t testing.TB, m interface{ encode() ([]byte, error) }) []byte {
	t.Helper()
	b, err := m.encode()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Each kind may be sent by its own kind of sender only (spec/letter.md §5).
func TestKindMustFitTheSender(t *testing.T) {
	s := sealOne(t)
	stranger, journalist := s.source.identity, s.room.members[1].identity
	l, n := body(t, NewLetter("письмо", nil)), body(t, NewNote("записка"))
	r := body(t, &Reply{Number: 1, Lowest: 1, Author: s.room.members[1].ID(), Text: "ответ"})
	for _, c := range []struct {
		name string
		from *identity
		kind Kind
		body []byte
		ok   bool
	}{
		{"letter by a stranger", stranger, KindLetter, l, true},
		{"note by a journalist", journalist, KindNote, n, true},
		{"letter by a journalist", journalist, KindLetter, l, false},
		{"note by a stranger", stranger, KindNote, n, false},
		{"reply by a journalist, to a desk", journalist, KindReply, r, false},
		{"reply by a stranger, to a desk", stranger, KindReply, r, false},
	} {
		_, err := s.open(s.sealArea(t, c.from, c.kind, c.body))
		var kind *KindError
		switch {
		case c.ok && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case !c.ok && (!errors.As(err, &kind) || kind.Kind != c.kind || !errors.Is(err, ErrCannotOpen)):
			t.Errorf("%s: %v", c.name, err)
		}
	}
	for _, unknown := range []Kind{0, 4, 255} {
		if _, err := s.open(s.sealArea(t, stranger, unknown, l)); err != ErrCannotOpen { // the very same error, not one that wraps it
			t.Errorf("%v: %v", unknown, err)
		}
	}
}

// A stranger who takes one of a journalist's public keys into his tuple is
// found out (M-28, M-38); he cannot take the DH key, which must open.
func TestTupleWithAJournalistsKey(t *testing.T) {
	s := sealOne(t)
	victim := s.room.members[1]
	for name, spoil := range map[string]func(*wire.Tuple){
		"fetch": func(u *wire.Tuple) { u.Fetch = victim.identity.tuple.Fetch },
		"PKE":   func(u *wire.Tuple) { u.PKE = victim.identity.tuple.PKE },
		"PQ":    func(u *wire.Tuple) { u.PQ = victim.identity.tuple.PQ },
	} {
		liar := *s.source.identity
		tuple := *liar.tuple
		spoil(&tuple)
		liar.tuple = &tuple
		o, err := s.open(s.sealArea(t, &liar, KindLetter, body(t, NewLetter("x", nil))))
		var liarFound *ImpersonationError
		if o != nil || !errors.As(err, &liarFound) || !errors.Is(err, ErrCannotOpen) {
			t.Fatalf("%s: not noticed: %v", name, err)
		}
		if liarFound.Journalist != victim.ID() || liarFound.Opened.Letter.Text != "x" || liarFound.Opened.Sender != tuple {
			t.Errorf("%s: another journalist or letter", name)
		}
		if _, err := s.open(s.sealArea(t, &liar, KindNote, body(t, NewNote("x")))); !errors.Is(err, ErrCannotOpen) {
			t.Errorf("%s: a note in a journalist's name: %v", name, err)
		}
	}
	liar := *s.source.identity
	tuple := *liar.tuple
	tuple.DH = victim.identity.tuple.DH
	liar.tuple = &tuple
	if _, err := s.open(s.sealArea(t, &liar, KindLetter, body(t, NewLetter("x", nil)))); !errors.Is(err, ErrCannotOpen) {
		t.Errorf("DH key of another: %v", err)
	}
	if _, err := s.open(s.envelope); err != nil {
		t.Errorf("an honest letter: %v", err)
	}
}

// M-27: replies of one who has left count in the pages before, and in no other.
func TestRepliesOfAFormerJournalist(t *testing.T) {
	n := newTestRoom(t, "Anna", "Boris", "Vera")
	gone := n.members[2]
	s := newTestSource(t)
	envelope, err := gone.SealReply(n.key(), s.Tuple(), &Reply{Number: 3, Lowest: 1, Text: "до свидания"})
	if err != nil {
		t.Fatal(err)
	}
	resealed, err := n.members[0].SealReply(n.key(), s.Tuple(), &Reply{Number: 3, Lowest: 1, Author: gone.ID(), Text: "до свидания"})
	if err != nil {
		t.Fatal(err)
	}
	n.expel(2, 41)
	r := n.roster()
	got, err := s.OpenReply(n.key(), r, 40, envelope)
	if err != nil || got.Sender != gone.ID() || got.SenderName != gone.name {
		t.Fatalf("page 40: %v", err)
	}
	for _, page := range []uint64{41, 42, 1 << 50} {
		if _, err := s.OpenReply(n.key(), r, page, envelope); err != ErrFormer { // the very same error, not one that wraps it
			t.Errorf("page %d: %v", page, err)
		}
	}
	got, err = s.OpenReply(n.key(), r, 99, resealed)
	if err != nil || got.SenderName != nameOfMember(n, 0) || got.AuthorName != gone.name {
		t.Errorf("sealed again by a colleague: %v", err)
	}
	if _, err := s.OpenReply(n.key(), r, 40, inUnknownName(t, n, s, gone)); !errors.Is(err, ErrCannotOpen) {
		t.Errorf("an author whom nobody knows: %v", err)
	}
}

func nameOfMember(n *testRoom, i int) string {
	name, _ := nameOf(n.roster(), n.members[i].ID())
	return name
}

func inUnknownName(t testing.TB, n *testRoom, s *Source, by *JournalistKeys) []byte {
	t.Helper()
	b, err := by.SealReply(n.key(), s.Tuple(), &Reply{Number: 1, Lowest: 1, Author: wire.JournalistID{9}, Text: "x"})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A reply counts only when a whole tuple of the roster wrote it.
func TestRepliesByStrangers(t *testing.T) {
	s := sealOne(t)
	stranger := randomIdentity()
	half := *stranger
	tuple := *stranger.tuple
	tuple.Fetch = s.room.members[0].identity.tuple.Fetch
	half.tuple = &tuple
	for name, from := range map[string]*identity{"stranger": stranger, "one key of a journalist": &half} {
		area, err := packArea(KindReply, body(t, &Reply{Number: 1, Lowest: 1, Author: s.room.members[0].ID(), Text: "я из редакции"}), replyArea)
		if err != nil {
			t.Fatal(err)
		}
		b, err := sealEnvelope(s.room.key(), from, s.source.Tuple(), area)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.source.OpenReply(s.room.key(), s.room.roster(), 0, b); !errors.Is(err, ErrCannotOpen) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A malformed reply is one that cannot be opened, also where its sender has left, or may
// send none: nobody learns from the error what the roster says of a sender.
func TestMalformedRepliesAreAllAlike(t *testing.T) {
	n := newTestRoom(t, "Anna", "Boris", "Vera")
	gone, s := n.members[2], newTestSource(t)
	n.expel(2, 41)
	for name, from := range map[string]*identity{"who has left": gone.identity, "stranger": randomIdentity(), "journalist": n.members[0].identity} {
		for kind, b := range map[Kind][]byte{KindReply: {1, 2, 3}, KindLetter: {4}, KindNote: nil, Kind(9): {5}} {
			area, err := packArea(kind, b, replyArea)
			if err != nil {
				t.Fatal(err)
			}
			e, err := sealEnvelope(n.key(), from, s.Tuple(), area)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.OpenReply(n.key(), n.roster(), 50, e); err != ErrCannotOpen { // the very same error
				t.Errorf("%s, %v: %v", name, kind, err)
			}
		}
	}
}

// What was not verified is sealed to by nobody, and no roster of one newsroom decides
// who may write in another.
func TestRosterMustBeVerifiedAndOfTheNewsroom(t *testing.T) {
	s := sealOne(t)
	nr, r := s.room.key(), s.room.roster()
	forged := &wire.Roster{}
	forged.Newsroom, forged.Journalists = nr, r.Journalists
	bundle := &wire.Bundle{}
	bundle.Newsroom, bundle.ID, bundle.Period = nr, s.bundles[0].ID, s.bundles[0].Period
	bundle.DH, bundle.PQ, bundle.PKE = s.bundles[0].DH, s.bundles[0].PQ, s.bundles[0].PKE
	l := NewLetter("x", nil)
	if _, err := s.source.SealLetter(nr, forged, s.bundles, l); err == nil {
		t.Error("sealed under a roster that nobody signed")
	}
	if _, err := s.source.SealLetter(nr, r, []*wire.Bundle{bundle, s.bundles[1]}, l); err == nil {
		t.Error("sealed to a bundle that nobody signed")
	}
	if _, err := s.source.SealLetter(nr, r, []*wire.Bundle{nil, s.bundles[1]}, l); err == nil {
		t.Error("sealed to no bundle")
	}
	other := newTestRoom(t, "Anna", "Boris").roster()
	if _, err := s.room.members[0].Open(nr, other, s.periods, s.envelope); err != ErrCannotOpen {
		t.Errorf("opened under another newsroom's roster: %v", err)
	}
	reply, err := s.room.members[0].SealReply(nr, s.source.Tuple(), &Reply{Number: 1, Lowest: 1, Text: "x"})
	if err != nil {
		t.Fatal(err)
	}
	mixed := &wire.Roster{} // lists the sender, and is another newsroom's
	mixed.Newsroom, mixed.Journalists = other.Newsroom, r.Journalists
	if _, err := s.source.OpenReply(nr, mixed, 0, reply); err != ErrCannotOpen {
		t.Errorf("a reply under another newsroom's roster: %v", err)
	}
}

// An admin key signs what parses, and nothing else.
func TestAdminKeySignsNoOtherThing(t *testing.T) {
	k, err := NewJournalistKeys("Anna")
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range [][]byte{nil, []byte("roster"), {1, 1}, {1, 2}} {
		if sig, err := k.SignRoot(part); err == nil || sig != (wire.Signature{}) {
			t.Errorf("signed %x as a root", part)
		}
		if sig, err := k.SignRoster(part); err == nil || sig != (wire.Signature{}) {
			t.Errorf("signed %x as a roster", part)
		}
	}
}

func TestTooFewBundles(t *testing.T) {
	n := newTestRoom(t, "Anna", "Boris", "Vera")
	_, bundles := n.bundles(3)
	_, later := n.bundles(4)
	s := newTestSource(t)
	l := NewLetter("x", nil)
	seal := func(b []*wire.Bundle, out ...wire.JournalistID) error {
		_, err := s.SealLetter(n.key(), n.roster(), b, l, out...)
		return err
	}
	for name, b := range map[string][]*wire.Bundle{"none": nil, "one": bundles[:1]} {
		if err := seal(b); !errors.Is(err, ErrFewBundles) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := seal(bundles[1:]); err != nil {
		t.Errorf("two of three: %v", err)
	}
	if err := seal([]*wire.Bundle{bundles[0], bundles[0]}); err == nil {
		t.Error("one bundle counted twice")
	}
	if err := seal([]*wire.Bundle{bundles[0], later[1]}); err == nil {
		t.Error("bundles of two periods")
	}
	if err := seal(bundles, n.members[0].ID(), n.members[1].ID(), n.members[2].ID()); err == nil {
		t.Error("sealed for nobody")
	}
	if err := seal(bundles, n.members[0].ID(), n.members[1].ID()); err != nil {
		t.Errorf("sealed for one: %v", err)
	}
	other := newTestRoom(t, "Anna", "Boris")
	_, foreign := other.bundles(3)
	if err := seal(foreign); err == nil {
		t.Error("another newsroom's bundles")
	}
	if _, err := s.SealLetter(other.key(), n.roster(), bundles, l); err == nil {
		t.Error("another newsroom's key")
	}
	one := newTestRoom(t, "Anna")
	_, single := one.bundles(3)
	if _, err := s.SealLetter(one.key(), one.roster(), single, l); err != nil {
		t.Errorf("a newsroom of one: %v", err)
	}
}

func TestTextsThatCannotBeSent(t *testing.T) {
	n := newTestRoom(t, "Anna")
	_, bundles := n.bundles(1)
	s := newTestSource(t)
	for name, c := range map[string]struct {
		text string
		want error
	}{
		"empty": {"", ErrText}, "bell": {"a\x07", ErrText}, "escape": {"\x1b[2J", ErrText}, "delete": {"a\x7f", ErrText},
		"C1": {"a\u0085b", ErrText}, "not UTF-8": {"\xff", ErrText}, "NUL": {"a\x00", ErrText},
		"long": {strings.Repeat(" ", maxInflated), ErrTooLong}, "incompressible": {string(noise(9000)), ErrTooLong},
	} {
		if _, err := s.SealLetter(n.key(), n.roster(), bundles, NewLetter(c.text, nil)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, text := range []string{"a", "line\nline\ttab", "\ufeffмарка", "\u202eоборот"} {
		if _, err := s.SealLetter(n.key(), n.roster(), bundles, NewLetter(text, nil)); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// noise is text of n runes that does not compress well, always the same.
func noise(n int) []rune {
	random := rand.New(rand.NewChaCha8([32]byte{}))
	out := make([]rune, n)
	for i := range out {
		out[i] = 0x4e00 + rune(random.IntN(1<<13))
	}
	return out
}

func TestLineEndsBecomeLineFeeds(t *testing.T) {
	s := sealOne(t)
	o, err := s.open(s.seal(t, s.source, "a\r\nb\rc\n")[0])
	if err != nil || o.Letter.Text != "a\nb\nc\n" {
		t.Fatalf("%v", err)
	}
}
