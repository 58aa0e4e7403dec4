// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"slices"
	"testing"
)

// TestPageBodiesForgetTheOrder covers that any order of arrival gives one body, and
// that what arrives twice is there once.
func TestPageBodiesForgetTheOrder(t *testing.T) {
	var list [][]byte
	for _, label := range []string{"a", "b", "c", "d"} {
		list = append(list, envelopeOf(label, ReplySize))
	}
	want := must(EncodeRepliesBody(list))
	backward := slices.Clone(list)
	slices.Reverse(backward)
	if got := must(EncodeRepliesBody(append(backward, list[2]))); !bytes.Equal(got, want) {
		t.Error("the order of arrival shows")
	}
	ids := []ChunkID{{3}, {1}, {2}, {1}}
	letters := must(ParseLettersBody(must(EncodeLettersBody(nil, ids))))
	if !slices.Equal(letters.Chunks, []ChunkID{{1}, {2}, {3}}) {
		t.Errorf("chunks are %v", letters.Chunks)
	}
}

// TestPageBodyBounds covers bodies of no page.
func TestPageBodyBounds(t *testing.T) {
	two := testBody(Replies, 0, 2)
	first, second := two[1:1+ReplySize], two[1+ReplySize:]
	letters := testBody(Letters, 0, 2)
	chunks := len(letters) - 64
	for name, fault := range map[string]func() error{
		"replies swapped":    func() error { return repliesFault(slices.Concat([]byte{2}, second, first)) },
		"replies twice":      func() error { return repliesFault(slices.Concat([]byte{2}, first, first)) },
		"one reply too few":  func() error { return repliesFault(replaced(two, 0, 3)) },
		"one reply too many": func() error { return repliesFault(replaced(two, 0, 1)) },
		"65 replies":         func() error { return repliesFault(append([]byte{65}, make([]byte, 65*ReplySize)...)) },
		"nothing":            func() error { return repliesFault(nil) },
		"nine segments":      func() error { return segmentsFault(append([]byte{9}, make([]byte, 9*SegmentSize)...)) },
		"chunks swapped": func() error {
			return lettersFault(slices.Concat(letters[:chunks], letters[chunks+32:], letters[chunks:chunks+32]))
		},
		"chunk twice":         func() error { return lettersFault(slices.Concat(letters[:chunks+32], letters[chunks:chunks+32])) },
		"letters swapped":     func() error { return lettersFault(swapLetters(letters)) },
		"too many letters":    func() error { return lettersFault(be32(MaxPageItems + 1)) },
		"letters past memory": func() error { return lettersFault(be32(1<<32 - 1)) },
		"too many chunks":     func() error { return lettersFault(append(be32(0), be32(MaxPageItems+1)...)) },
		"chunks past memory":  func() error { return lettersFault(append(be32(0), be32(1<<32-1)...)) },
		"short reply":         func() error { _, err := EncodeRepliesBody([][]byte{first[1:]}); return err },
		"short segment":       func() error { _, err := EncodeSegmentsBody([][]byte{nil}); return err },
		"short letter":        func() error { _, err := EncodeLettersBody([][]byte{first}, nil); return err },
		"a crowd of replies":  func() error { _, err := EncodeRepliesBody(crowd(65, ReplySize)); return err },
		"a crowd of segments": func() error { _, err := EncodeSegmentsBody(crowd(9, SegmentSize)); return err },
	} {
		t.Run(name, func(t *testing.T) { wantError(t, fault(), "malformed") })
	}
}

func repliesFault(b []byte) error  { _, err := ParseRepliesBody(b); return err }
func segmentsFault(b []byte) error { _, err := ParseSegmentsBody(b); return err }
func lettersFault(b []byte) error  { _, err := ParseLettersBody(b); return err }

func swapLetters(b []byte) []byte {
	return slices.Concat(b[:4], b[4+EnvelopeSize:4+2*EnvelopeSize], b[4:4+EnvelopeSize], b[4+2*EnvelopeSize:])
}

func crowd(n, size int) [][]byte {
	var list [][]byte
	for i := range n {
		list = append(list, replaced(make([]byte, size), 0, byte(i)))
	}
	return list
}

// TestPageHeaderBounds covers headers of no page.
func TestPageHeaderBounds(t *testing.T) {
	h := found("Anna")
	for name, change := range map[string]func(*PageHeader){
		"log 0":          func(p *PageHeader) { p.Log = 0 },
		"log 4":          func(p *PageHeader) { p.Log = 4 },
		"never sealed":   func(p *PageHeader) { p.Sealed = 0 },
		"past all time":  func(p *PageHeader) { p.Sealed = MaxTime + 1 },
		"number 2^53":    func(p *PageHeader) { p.Number = 1 << 53 },
		"letters body":   func(p *PageHeader) { p.BodyLen = 4 + MaxPageItems*EnvelopeSize + 4 + MaxPageItems*32 + 1 },
		"replies body":   func(p *PageHeader) { p.Log, p.BodyLen = Replies, 1+64*ReplySize+1 },
		"desk page body": func(p *PageHeader) { p.Log, p.BodyLen = Desk, 1+8*SegmentSize+1 },
	} {
		p := must(ParsePageHeader(h.log(Letters, 1).headers[0]))
		change(p)
		_, err := ParsePageHeader(p.Encode())
		t.Run(name, func(t *testing.T) { wantError(t, err, "malformed") })
	}
}

// TestEnvelopeShape covers what this layer sees of an envelope: its length, and
// that X and Z are points and not the identity. A changed point that is a point again
// finds no receiver, and a changed ciphertext does not open: that is for letter to
// notice, and for the page's hash once it is sealed.
func TestEnvelopeShape(t *testing.T) {
	for _, size := range []int{EnvelopeSize, ReplySize} {
		e := envelopeOf("shape", size)
		wantError(t, CheckEnvelope(e, size), "")
		wantError(t, CheckEnvelope(e[:size-1], size), "malformed")
		wantError(t, CheckEnvelope(append(bytes.Clone(e), 0), size), "malformed")
		still := 0
		for at := range 64 {
			for bit := range 8 {
				e[at] ^= 1 << bit
				if CheckEnvelope(e, size) == nil {
					still++
				}
				e[at] ^= 1 << bit
			}
		}
		if still == 0 || still > 512/2 {
			t.Errorf("%d of 512 flipped hints are still points; about a quarter was expected", still)
		}
	}
	x, z := Hint(envelopeOf("shape", ReplySize))
	if x != elementOf("shape x") || z != elementOf("shape z") {
		t.Error("the hint is read from the wrong place")
	}
}

// TestBadHints covers the hints that everybody refuses, in each object that brings an
// envelope to the drop.
func TestBadHints(t *testing.T) {
	h := found("Anna")
	notCanonical := [32]byte(keyBeyond()) // a field element above p
	odd := [32]byte{1}                    // negative
	for name, bad := range map[string][32]byte{"identity": {}, "not canonical": notCanonical, "negative": odd} {
		for _, at := range []int{0, 32} {
			e := replaced(envelopeOf("bad", EnvelopeSize), at, bad[:]...)
			_, err := (&LetterPost{Newsroom: h.key, Envelopes: [][]byte{e}}).Encode()
			t.Run("letter post, "+name, func(t *testing.T) { wantError(t, err, "malformed") })
			w := h.replyWrite(0)
			w.Envelope = replaced(w.Envelope, at, bad[:]...)
			_, err = ParseReplyWrite(h.signReplyWrite(&w, 0))
			t.Run("reply write, "+name, func(t *testing.T) { wantError(t, err, "malformed") })
		}
	}
}
