// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"testing"

	"tamizdat/letter/wire"
)

func historyConstructions() []construction {
	return []construction{{
		"history", "casebook.md §5",
		"reader is the X-Wing seed of the long-term tuple of the journalist whose signing key is receiver; history of newsroom nr opens for her to plaintext and zeros to the end of the last segment. Refused: history of the case named by of, changed by edits (offset, byte xor 1), cut or extended to length, or with the segments in the order of segments.",
		[]string{"altered", "truncated", "extended", "another newsroom", "another receiver", "wrong key", "another object", "order"},
		generateHistories, checkHistories,
	}}
}

type historyCase struct {
	caseHead
	NR        hexBytes `json:"nr"`
	Receiver  hexBytes `json:"receiver"`
	Reader    hexBytes `json:"reader"`
	Plaintext hexBytes `json:"plaintext,omitempty"`
	History   hexBytes `json:"history,omitempty"`

	Of       string `json:"of,omitempty"`
	Edits    []int  `json:"edits,omitempty"`
	Length   int    `json:"length,omitempty"`
	Segments []int  `json:"segments,omitempty"`
}

func generateHistories(t *testing.T) (any, any) {
	k, nr := fixedJournalist(t, "history Anna", "Anna"), fixedNewsroom()
	id, public := k.ID(), k.Public()
	base := historyCase{NR: nr[:], Receiver: id[:], Reader: k.identity.intake.pke.seed()}
	var pass []historyCase
	for i, plain := range [][]byte{[]byte("what happened"), bytes.Repeat([]byte{0x5a}, historyRoom), bytes.Repeat([]byte{0x5a}, historyRoom+1)} {
		setRandom(t, uint64(900+i))
		var out bytes.Buffer
		w, err := newHistory(&out, nr, &public, fixed(fmt.Sprint("history key ", i), historyKeySize))
		if err == nil {
			_, err = w.Write(plain)
		}
		if err = errors.Join(err, w.Close()); err != nil {
			t.Fatal(err)
		}
		c := base
		c.Name, c.History, c.Plaintext = fmt.Sprintf("%d bytes", len(plain)), out.Bytes(), plain
		pass = append(pass, c)
	}
	return pass, refusedHistories(base, pass[2])
}

func refusedHistories(base, good historyCase) []historyCase {
	bad := func(name, class string, spoil func(c *historyCase)) historyCase {
		c := base
		c.caseHead, c.Of = caseHead{name, class}, good.Name
		spoil(&c)
		return c
	}
	at := func(offset int) func(c *historyCase) {
		return func(c *historyCase) { c.Edits = []int{offset} }
	}
	length := func(n int) func(c *historyCase) {
		return func(c *historyCase) { c.Length = n }
	}
	whole := len(good.History)
	return []historyCase{
		bad("version", "another object", at(0)), bad("type", "another object", at(1)),
		bad("NR in the file", "another newsroom", at(5)), bad("NR", "another newsroom", func(c *historyCase) { c.NR = edited(c.NR, 0) }),
		bad("the colleague", "another receiver", func(c *historyCase) { c.Receiver = edited(c.Receiver, 0) }),
		bad("a stranger's", "wrong key", func(c *historyCase) { c.Reader = fixed("history stranger", 32) }),
		bad("ML-KEM part of the wrap", "altered", at(40)), bad("X25519 part of the wrap", "altered", at(34+1100)), bad("wrapped key", "altered", at(34+xwingEncSize+3)),
		bad("first segment", "altered", at(historyHead)), bad("its tag", "altered", at(historyHead+historySegment-1)), bad("last byte", "altered", at(whole-1)),
		bad("nothing", "truncated", length(1)), bad("no segment", "truncated", length(historyHead)),
		bad("the last segment less", "truncated", length(whole-historySegment)), bad("a byte less", "truncated", length(whole-1)),
		bad("a byte more", "extended", length(whole+1)), bad("a segment more", "extended", length(whole+historySegment)),
		bad("the last first", "order", func(c *historyCase) { c.Segments = []int{1, 0} }), bad("the first twice", "order", func(c *historyCase) { c.Segments = []int{0, 0, 1} }),
		bad("only the last", "order", func(c *historyCase) { c.Segments = []int{1} }),
	}
}

// spoil makes what a case refuses.
func (c *historyCase) spoil(all []historyCase) {
	for i := range all {
		if all[i].Name == c.Of {
			c.History = bytes.Clone(all[i].History)
		}
	}
	for _, at := range c.Edits {
		c.History[at] ^= 1
	}
	if c.Length > 0 {
		c.History = append(c.History, make([]byte, historySegment)...)[:c.Length]
	}
	if c.Segments != nil {
		from := c.History
		c.History = bytes.Clone(from[:historyHead])
		for _, i := range c.Segments {
			c.History = append(c.History, from[historyHead+i*historySegment:][:historySegment]...)
		}
	}
}

func checkHistories(t *testing.T, raw []byte) {
	all := readVectors[historyCase](t, raw).Pass
	eachCase(t, raw, func(c *historyCase) caseHead { return c.caseHead }, func(c *historyCase) error {
		c.spoil(all)
		pke, err := pkeSecretFrom(c.Reader)
		if err != nil {
			t.Fatal(err)
		}
		r, err := openHistory(pke, wire.NewsroomKey(c.NR), wire.JournalistID(c.Receiver), bytes.NewReader(c.History))
		if err != nil {
			return err
		}
		plain, err := io.ReadAll(r)
		if err == nil && c.Class == "" && !(bytes.HasPrefix(plain, c.Plaintext) && allZero(plain[len(c.Plaintext):])) {
			return errors.New("opens to something else")
		}
		return err
	})
}
