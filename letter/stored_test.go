// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"bytes"
	"crypto/ed25519"
	"testing"

	"tamizdat/letter/wire"
)

// Keys that went into a vault and came out of it are the same keys.
func TestStoredKeysComeBack(t *testing.T) {
	s := sealOne(t)
	anna := s.room.members[0]
	again, err := ParseJournalistKeys(anna.Marshal())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(again.Marshal(), anna.Marshal()) || !bytes.Equal(again.Request(), anna.Request()) {
		t.Fatal("a journalist's keys changed")
	}
	period, err := ParsePeriodKeys(s.periods[0].Marshal())
	if err != nil || period.Period() != 7 {
		t.Fatal(err)
	}
	if _, err := again.Open(s.room.key(), s.room.roster(), []*PeriodKeys{period}, s.envelope); err != nil {
		t.Fatal(err)
	}
	seed, err := ParseDeskSeed(s.room.seed.Marshal())
	if err != nil || seed.AccessKey() != s.room.seed.AccessKey() || seed.PermitKey() != s.room.seed.PermitKey() {
		t.Fatal("the desk seed changed")
	}
}

func TestStoredKeysRefused(t *testing.T) {
	k, err := NewJournalistKeys("Anna")
	if err != nil {
		t.Fatal(err)
	}
	stored := map[string][]byte{"journalist": k.Marshal(), "period": NewPeriodKeys(1).Marshal(), "desk": NewDeskSeed().Marshal()}
	parse := map[string]func([]byte) error{
		"journalist": func(b []byte) error { _, err := ParseJournalistKeys(b); return err },
		"period":     func(b []byte) error { _, err := ParsePeriodKeys(b); return err },
		"desk":       func(b []byte) error { _, err := ParseDeskSeed(b); return err },
	}
	for kind, b := range stored {
		for other, p := range parse {
			if err := p(b); (err == nil) != (kind == other) {
				t.Errorf("%s read as %s: %v", kind, other, err)
			}
		}
		for n := range b {
			if parse[kind](b[:n]) == nil {
				t.Errorf("%s cut to %d bytes was accepted", kind, n)
			}
		}
		if parse[kind](append(bytes.Clone(b), 0)) == nil {
			t.Errorf("%s with a byte more was accepted", kind)
		}
		newer := bytes.Clone(b)
		newer[0] = 2
		if parse[kind](newer) == nil {
			t.Errorf("%s of another version was accepted", kind)
		}
	}
	zero := k.Marshal()
	clear(zero[3+len("Anna")+3*ed25519.SeedSize:][:scalarSize])
	if _, err := ParseJournalistKeys(zero); err == nil {
		t.Error("a fetch key of zero was accepted")
	}
	big := k.Marshal()
	copy(big[3+len("Anna")+3*ed25519.SeedSize:], bytes.Repeat([]byte{0xff}, scalarSize))
	if _, err := ParseJournalistKeys(big); err == nil {
		t.Error("a fetch key above the group order was accepted")
	}
}

func TestNamesThatAreNone(t *testing.T) {
	for _, name := range []string{"", " Anna", "An\u202ena", "A\x00", string(make([]byte, 97))} {
		if _, err := NewJournalistKeys(name); err == nil {
			t.Errorf("%q accepted", name)
		}
	}
}

// What a journalist signs verifies in package wire, under its own tag only.
func TestSignedObjectsVerify(t *testing.T) {
	s := sealOne(t)
	r, anna := s.room.roster(), s.room.members[0]
	q, err := wire.ParseRequest(anna.Request())
	if err != nil || q.Admin != anna.AdminKey() || q.Journalist.ID != anna.ID() {
		t.Fatal(err)
	}
	beat := anna.Beat(wire.BeatBody{Newsroom: s.room.key(), Day: 20_000, RosterNumber: 1, RosterHash: r.Hash(), Root: emptyTree()})
	u, err := wire.ParseBeat(beat)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := u.Verify(r); err != nil {
		t.Fatal(err)
	}
	reply, err := DummyReply(s.room.key())
	if err != nil {
		t.Fatal(err)
	}
	rw, err := wire.ParseReplyWrite(anna.SealReplyWrite(beat, testIssued-testIssued%21600, 3, reply))
	if err != nil {
		t.Fatal(err)
	}
	if w, err := rw.Verify(r); err != nil || w.VerifiedBeat().ID != anna.ID() || w.Slot != 3 {
		t.Fatal(err)
	}
	sw, err := wire.ParseSegmentWrite(anna.SegmentWrite(beat, testIssued-testIssued%3600, make([]byte, wire.SegmentSize)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sw.Verify(r); err != nil {
		t.Fatal(err)
	}
	message := []byte("message")
	sig := anna.signing.sign(wire.TagBeat, message)
	pub := anna.ID()
	if ed25519.Verify(pub[:], wire.Preimage(wire.TagReply, message), sig[:]) || ed25519.Verify(pub[:], message, sig[:]) {
		t.Fatal("a signature counts under another tag")
	}
}

func TestDeskRequestsVerify(t *testing.T) {
	seed, other := NewDeskSeed(), NewDeskSeed()
	nr := wire.NewsroomKey{1}
	read, err := wire.ParseReadRequest(seed.SignRead(wire.ReadRequest{Newsroom: nr, Log: wire.Letters, From: 3, Count: 5}))
	if err != nil {
		t.Fatal(err)
	}
	chunk, err := wire.ParseChunkRequest(seed.SignChunk(wire.ChunkRequest{Newsroom: nr, ID: wire.ChunkID{4}}))
	if err != nil {
		t.Fatal(err)
	}
	_, e1 := read.Verify(seed.AccessKey())
	_, e2 := chunk.Verify(seed.AccessKey())
	if e1 != nil || e2 != nil {
		t.Fatal(e1, e2)
	}
	_, e1 = read.Verify(other.AccessKey())
	_, e2 = chunk.Verify(wire.AccessKey(seed.PermitKey()))
	if e1 == nil || e2 == nil {
		t.Fatal("another key's request verifies")
	}
}

// The grant gives the seed to each journalist of its roster and to nobody else.
func TestGrant(t *testing.T) {
	n := newTestRoom(t, "Anna", "Boris", "Vera")
	for _, k := range n.members {
		d, err := k.OpenGrant(n.grant, n.roster())
		if err != nil || !sameBytes(d.seed[:], n.seed.seed[:]) {
			t.Fatal(err)
		}
	}
	gone := n.members[2]
	oldGrant, oldRoster := n.grant, n.roster()
	n.seed = NewDeskSeed()
	n.body = oldRoster.Body()
	n.expel(2, 0)
	if _, err := gone.OpenGrant(n.grant, n.roster()); err == nil {
		t.Error("who has left opens the next grant")
	}
	if _, err := n.members[0].OpenGrant(oldGrant, n.roster()); err == nil {
		t.Error("an old grant goes with a new roster")
	}
	for i := range n.grant {
		bad := bytes.Clone(n.grant)
		bad[i] ^= 1
		if _, err := n.members[0].OpenGrant(bad, n.roster()); err == nil {
			t.Fatalf("byte %d of the grant does not matter", i)
		}
	}
}

// A grant is checked against the roster's keys, not only against its hash: an
// admin who signs a roster with a wrong grant is found out.
func TestGrantOfOtherKeys(t *testing.T) {
	n := newTestRoom(t, "Anna", "Boris")
	real := n.seed
	n.seed = NewDeskSeed() // wraps this one, while the roster lists the keys of real
	n.body.Access, n.body.Permit = real.AccessKey(), real.PermitKey()
	n.publish()
	if _, err := n.members[0].OpenGrant(n.grant, n.roster()); err == nil {
		t.Fatal("a seed that does not give the roster's keys was accepted")
	}
}
