// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"bytes"
	"errors"
	"testing"

	"tamizdat/letter/wire"
)

// A segment is for the journalists of the roster who have a bundle, and shows to
// nobody else who they are, how many, or how much it holds.
func TestSegmentStory(t *testing.T) {
	n := newTestRoom(t, "Anna", "Boris", "Vera")
	period := wire.PeriodAt(testIssued, testPeriod)
	keys := make([]*PeriodKeys, 3)
	var bundles []*wire.Bundle
	for i, k := range n.members[:2] { // the third has posted none
		keys[i] = NewPeriodKeys(period)
		bundles = append(bundles, n.verifyBundle(k.Bundle(n.key(), 1, keys[i])))
	}
	keys[2] = NewPeriodKeys(period)
	events := bytes.Repeat([]byte("событие "), 100)
	const sealing = testIssued + 3600
	segment, err := n.members[0].SealSegment(n.roster(), period, bundles, sealing, events)
	if err != nil || len(segment) != wire.SegmentSize {
		t.Fatalf("%d bytes, %v", len(segment), err)
	}
	reader := func(i int) *SegmentReader {
		s := &SegmentReader{Newsroom: n.key(), Keys: keys[i], Place: i}
		for _, j := range n.members {
			s.Authors = append(s.Authors, j.ID())
		}
		return s
	}
	for i := range 2 { // the author too: her own copy comes back after a restore
		author, got, err := reader(i).Open(segment, sealing)
		if err != nil || author != n.members[0].ID() || !bytes.Equal(got, events) {
			t.Errorf("%d: %x, %d bytes, %v", i, author[:4], len(got), err)
		}
	}
	astray := reader(0)
	for _, astray.Place = range []int{-1, 5, 8, 1 << 40} {
		if _, _, err := astray.Open(segment, sealing); err != nil {
			t.Errorf("place %d: %v", astray.Place, err)
		}
	}
	if _, _, err := reader(2).Open(segment, sealing); err != ErrCannotOpen {
		t.Errorf("without a wrap: %v", err)
	}
	if _, _, err := reader(0).Open(segment, sealing+3600); err != ErrCannotOpen {
		t.Errorf("as of another page: %v", err)
	}
}

func TestSegmentBounds(t *testing.T) {
	n := newTestRoom(t, "Anna")
	period := wire.PeriodAt(testIssued, testPeriod)
	keys := NewPeriodKeys(period)
	bundles := []*wire.Bundle{n.verifyBundle(n.members[0].Bundle(n.key(), 1, keys))}
	s := &SegmentReader{Newsroom: n.key(), Authors: []wire.JournalistID{n.members[0].ID()}, Keys: keys}
	for _, size := range []int{0, 1, MaxSegmentEvents} {
		events := bytes.Repeat([]byte{0xff}, size)
		segment, err := n.members[0].SealSegment(n.roster(), period, bundles, testIssued, events)
		if err != nil {
			t.Fatal(err)
		}
		if _, got, err := s.Open(segment, testIssued); err != nil || !bytes.Equal(got, events) {
			t.Errorf("%d bytes: %d, %v", size, len(got), err)
		}
	}
	if _, err := n.members[0].SealSegment(n.roster(), period, bundles, testIssued, make([]byte, MaxSegmentEvents+1)); !errors.Is(err, ErrTooLong) {
		t.Errorf("a byte too many: %v", err)
	}
	if _, err := n.members[0].SealSegment(n.roster(), period+1, bundles, testIssued, nil); err == nil {
		t.Error("a bundle of another period was used")
	}
}

// A colleague who opens a segment has its key, and could seal the events again
// for others under the same author's name. The signature is over the key, the
// newsroom and the page.
func TestSegmentSealedAgainByAReader(t *testing.T) {
	n := newTestRoom(t, "Anna", "Boris")
	k := n.members[0]
	nr, key := n.key(), randomBytes(segmentKeySize)
	plain := k.segmentPlaintext(nr, testIssued, key, []byte("events"))
	s := &SegmentReader{Newsroom: nr}
	if _, err := s.events(plain, testIssued, key, k.ID()); err != nil {
		t.Fatal(err)
	}
	for name, try := range map[string]func() ([]byte, error){
		"another key":  func() ([]byte, error) { return s.events(plain, testIssued, randomBytes(segmentKeySize), k.ID()) },
		"another page": func() ([]byte, error) { return s.events(plain, testIssued+1, key, k.ID()) },
		"another author": func() ([]byte, error) {
			return s.events(plain, testIssued, key, n.members[1].ID())
		},
		"another newsroom": func() ([]byte, error) {
			return (&SegmentReader{Newsroom: wire.NewsroomKey{1}}).events(plain, testIssued, key, k.ID())
		},
		"something behind the events": func() ([]byte, error) { return s.events(edited(plain, len(plain)-1), testIssued, key, k.ID()) },
	} {
		if _, err := try(); err != ErrCannotOpen {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzSegmentEvents(f *testing.F) {
	k := newSigningKey(make([]byte, 32))
	author := wire.JournalistID(k.public())
	f.Add(make([]byte, segmentPlain))
	f.Add(append(author[:], make([]byte, 100)...))
	f.Fuzz(func(t *testing.T, plain []byte) {
		if _, err := (&SegmentReader{}).events(plain, 0, make([]byte, 32), author); err == nil {
			t.Error("a signature was found by chance")
		}
	})
}
