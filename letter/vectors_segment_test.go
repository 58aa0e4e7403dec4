// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"tamizdat/letter/wire"
)

func segmentConstructions() []construction {
	return []construction{{
		"segment", "drop.md §7",
		"reader is the X-Wing seed of one of the roster's journalists for the period; segment, of the page sealed at sealing, opens for her to events by author. authors are the signing keys that she tries. Refused: segment of the case named by of, changed by edits (offset, byte xor 1), or given whole.",
		[]string{"altered", "truncated", "extended", "another page", "another newsroom", "unknown author", "wrong key", "sealed again", "not zeros", "too long", "another named"},
		generateSegments, checkSegments,
	}}
}

type segmentCase struct {
	caseHead
	NR      hexBytes   `json:"nr,omitempty"`
	Sealing int64      `json:"sealing,omitempty"`
	Authors []hexBytes `json:"authors,omitempty"`
	Reader  hexBytes   `json:"reader,omitempty"`
	Author  hexBytes   `json:"author,omitempty"`
	Events  hexBytes   `json:"events,omitempty"`
	Segment hexBytes   `json:"segment,omitempty"`

	Of     string `json:"of,omitempty"`
	Edits  []int  `json:"edits,omitempty"`
	Length int    `json:"length,omitempty"`
}

// segmentRoom are the keys of the vectors: two journalists, of whom the second
// reads.
func segmentRoom(t *testing.T) (k, other *JournalistKeys, readers [wire.MaxJournalists]wire.PKEKey, seed []byte) {
	t.Helper()
	k, other = fixedJournalist(t, "segment Anna", "Anna"), fixedJournalist(t, "segment Boris", "Boris")
	for i := range readers {
		readers[i] = mustIdentity(t, fixedSecrets(t, fmt.Sprint("segment reader ", i))).intake.pke.public()
	}
	return k, other, readers, fixedSecrets(t, "segment reader 1").PKE
}

func generateSegments(t *testing.T) (any, any) {
	k, other, readers, seed := segmentRoom(t)
	nr, id, otherID := fixedNewsroom(), k.ID(), other.ID()
	const sealing = 1_790_003_600
	base := segmentCase{NR: nr[:], Sealing: sealing, Authors: []hexBytes{otherID[:], id[:]}, Reader: seed, Author: id[:]}
	var pass []segmentCase
	for i, events := range [][]byte{nil, []byte("what happened"), bytes.Repeat([]byte{0x5a}, MaxSegmentEvents)} {
		setRandom(t, uint64(700+i))
		segment, err := k.sealSegment(nr, readers, sealing, fixed("segment key", 32), events)
		if err != nil {
			t.Fatal(err)
		}
		c := base
		c.Name, c.Events, c.Segment = fmt.Sprintf("%d bytes", len(events)), events, segment
		pass = append(pass, c)
	}
	return pass, append(alteredSegments(pass[1]), forgedSegments(t, pass[1])...)
}

func alteredSegments(good segmentCase) []segmentCase {
	bad := func(name, class string, spoil func(c *segmentCase)) segmentCase {
		c := segmentCase{caseHead: caseHead{name, class}, NR: good.NR, Sealing: good.Sealing, Authors: good.Authors, Reader: good.Reader, Of: good.Name}
		spoil(&c)
		return c
	}
	at := func(offset int) func(c *segmentCase) {
		return func(c *segmentCase) { c.Edits = []int{offset} }
	}
	return []segmentCase{
		bad("ML-KEM part of the wrap", "altered", at(segmentWrap+9)), bad("X25519 part of the wrap", "altered", at(segmentWrap+1100)), bad("wrapped key", "altered", at(segmentWrap+xwingEncSize+3)),
		bad("signature", "altered", at(segmentWraps+40)), bad("events", "altered", at(segmentWraps+segmentHead)), bad("tag", "altered", at(wire.SegmentSize-1)),
		bad("a byte less", "truncated", func(c *segmentCase) { c.Length = wire.SegmentSize - 1 }), bad("a byte more", "extended", func(c *segmentCase) { c.Length = wire.SegmentSize + 1 }),
		bad("the page after", "another page", func(c *segmentCase) { c.Sealing += 3600 }), bad("NR", "another newsroom", func(c *segmentCase) { c.NR = edited(c.NR, 0) }),
		bad("only the colleague", "unknown author", func(c *segmentCase) { c.Authors = c.Authors[:1] }), bad("a stranger's", "wrong key", func(c *segmentCase) { c.Reader = fixed("segment stranger", 32) }),
	}
}

// forgedSegments are what somebody could make who can open a segment, or an author who
// breaks the rules.
func forgedSegments(t *testing.T, good segmentCase) []segmentCase {
	t.Helper()
	k, other, readers, _ := segmentRoom(t)
	nr, key, stolen := wire.NewsroomKey(good.NR), fixed("segment key", 32), fixed("segment key of a forger", 32)
	plain := k.segmentPlaintext(nr, good.Sealing, key, good.Events)
	otherID := other.ID()
	long := bytes.Clone(plain)
	copy(long[96:], []byte{0, 0, 0x5b, 0x0d}) // one more than fits
	forge := func(name, class string, key, plain []byte) segmentCase {
		context := segmentContext(nr, wire.JournalistID(good.Author), good.Sealing)
		var segment []byte
		for _, pke := range readers {
			wrap, err := sealXWing(&pke, wire.Preimage(wire.TagSegment, context), key)
			if err != nil {
				t.Fatal(err)
			}
			segment = append(segment, wrap...)
		}
		c := good
		c.caseHead, c.Author, c.Events = caseHead{name, class}, nil, nil
		c.Segment = aes256GCM(key).Seal(segment, make([]byte, 12), plain, context)
		return c
	}
	setRandom(t, 710)
	return []segmentCase{
		forge("under another key", "sealed again", stolen, plain), forge("last byte", "not zeros", key, edited(plain, len(plain)-1)),
		forge("n", "too long", key, long), forge("the colleague's key", "another named", key, append(bytes.Clone(otherID[:]), plain[32:]...)),
	}
}

func checkSegments(t *testing.T, raw []byte) {
	all := readVectors[segmentCase](t, raw).Pass
	eachCase(t, raw, func(c *segmentCase) caseHead { return c.caseHead }, func(c *segmentCase) error {
		for i := range all {
			if all[i].Name == c.Of {
				c.Segment = bytes.Clone(all[i].Segment)
			}
		}
		for _, at := range c.Edits {
			c.Segment[at] ^= 1
		}
		if c.Length > 0 {
			c.Segment = append(c.Segment, 0)[:c.Length]
		}
		pke, err := pkeSecretFrom(c.Reader)
		if err != nil {
			t.Fatal(err)
		}
		s := &SegmentReader{Newsroom: wire.NewsroomKey(c.NR), Keys: &PeriodKeys{intake: &intake{pke: pke}}}
		for _, a := range c.Authors {
			s.Authors = append(s.Authors, wire.JournalistID(a))
		}
		author, events, err := s.Open(c.Segment, c.Sealing)
		if err != nil || c.Class != "" {
			return err
		}
		if !bytes.Equal(author[:], c.Author) || !bytes.Equal(events, c.Events) {
			return errors.New("opens to something else")
		}
		return nil
	})
}
