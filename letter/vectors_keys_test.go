// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"

	"tamizdat/letter/wire"
)

func keyConstructions() []construction {
	return []construction{
		{
			"words", "keys.md §1",
			"entropy in the list gives phrase; each of typed reads as entropy. Refused: typed; place is the unknown word's, from 1.",
			[]string{"word count", "unknown word", "checksum"},
			generateWords, checkWordVectors,
		},
		{
			"source-keys", "keys.md §2",
			"entropy gives the secrets and the tuple DH ‖ PQ ‖ fetch ‖ PKE. Refused: a tuple that is not well formed.",
			[]string{"truncated", "extended", "identity", "non-canonical point", "small order", "non-canonical DH", "modulus"},
			generateSourceKeys, checkSourceKeys,
		},
		{
			"hint", "letter.md §3",
			"x times the generator is x_point, x times the public fetch key is z_point; fetch takes the hint for its own. Refused: points that fetch must not take.",
			[]string{"identity", "non-canonical point", "another receiver", "altered"},
			generateHints, checkHints,
		},
	}
}

type wordCase struct {
	caseHead
	List    string   `json:"list,omitempty"`
	Entropy hexBytes `json:"entropy,omitempty"`
	Phrase  string   `json:"phrase,omitempty"`
	Typed   []string `json:"typed"`
	Place   int      `json:"place,omitempty"`
}

func generateWords(t *testing.T) (any, any) {
	var pass []wordCase
	for i := range 8 {
		w, err := WordsFromEntropy(fixed(fmt.Sprint("words ", i), 16))
		if err != nil {
			t.Fatal(err)
		}
		p := w.In(English())
		var cut []string
		for word := range strings.FieldsSeq(p) {
			cut = append(cut, word[:min(4, len(word))])
		}
		pass = append(pass, wordCase{
			caseHead{Name: fmt.Sprint("entropy ", i)},
			"en", w.entropy[:], p,
			[]string{
				p, strings.ToUpper(p), "  " + strings.ReplaceAll(p, " ", " \t\n") + "\u00a0", strings.ReplaceAll(p, " ", ", "),
				strings.ReplaceAll(p, " ", "-"), strings.Join(cut, " "), "\u200e" + strings.ReplaceAll(p, " ", " \u200f") + "\u202c",
			},
			0,
		})
	}
	p := pass[0].Phrase
	words := strings.Fields(p)
	swapped := append([]string{words[1], words[0]}, words[2:]...)
	refuse := []wordCase{
		{caseHead{"eleven", "word count"}, "en", nil, "", []string{strings.Join(words[:11], " ")}, 0},
		{caseHead{"thirteen", "word count"}, "en", nil, "", []string{p + " " + words[0]}, 0},
		{caseHead{"none", "word count"}, "en", nil, "", []string{"", " \u200f "}, 0},
		{caseHead{"no such word", "unknown word"}, "en", nil, "", []string{strings.Join(append(words[:4:4], append([]string{"tamizdat"}, words[5:]...)...), " ")}, 5},
		{caseHead{"cut to five letters", "unknown word"}, "en", nil, "", []string{strings.Repeat("abandon ", 11) + "aband"}, 12},
		{caseHead{"cut to three letters", "unknown word"}, "en", nil, "", []string{"aba " + strings.Repeat("abandon ", 11)}, 1},
		{caseHead{"look-alike letter", "unknown word"}, "en", nil, "", []string{"аbandon " + strings.Repeat("abandon ", 10) + "about"}, 1},
		{caseHead{"last word mistaken", "checksum"}, "en", nil, "", []string{strings.Repeat("abandon ", 12)}, 0},
		{caseHead{"two words in the wrong order", "checksum"}, "en", nil, "", []string{strings.Join(swapped, " ")}, 0},
	}
	return pass, refuse
}

func checkWordVectors(t *testing.T, raw []byte) {
	eachCase(t, raw, func(c *wordCase) caseHead { return c.caseHead }, func(c *wordCase) error {
		var last error
		for _, typed := range c.Typed {
			if last = checkTyped(c, typed); (last == nil) != (c.Class == "") {
				return last
			}
		}
		return last
	})
}

func checkTyped(c *wordCase, typed string) error {
	got, err := ReadWords(typed)
	var unknown *WordError
	switch {
	case c.Class == "unknown word" && (!errors.As(err, &unknown) || unknown.Place != c.Place),
		c.Class == "word count" && !errors.Is(err, ErrWordCount),
		c.Class == "checksum" && !errors.Is(err, ErrChecksum):
		return nil // it was not refused as its class says, so that the test fails
	case err != nil:
		return err
	case len(got) != 1 || !bytes.Equal(got[0].entropy[:], c.Entropy) || got[0].In(English()) != c.Phrase:
		return errors.New("reads as something else")
	}
	return nil
}

type sourceKeyCase struct {
	caseHead
	Entropy   hexBytes    `json:"entropy,omitempty"`
	Secrets   *keySecrets `json:"secrets,omitempty"`
	Tuple     hexBytes    `json:"tuple"`
	Pseudonym hexBytes    `json:"pseudonym,omitempty"`
}

func generateSourceKeys(t *testing.T) (any, any) {
	var pass []sourceKeyCase
	for i := range 4 {
		entropy := make([]byte, 16)
		if i > 0 {
			entropy = fixed(fmt.Sprint("source ", i), 16)
		}
		w, err := WordsFromEntropy(entropy)
		if err != nil {
			t.Fatal(err)
		}
		s, err := w.Source()
		if err != nil {
			t.Fatal(err)
		}
		p := s.Pseudonym()
		in := s.identity.intake
		pass = append(pass, sourceKeyCase{
			caseHead{Name: fmt.Sprint("source ", i)},
			entropy,
			&keySecrets{s.identity.fetch.scalar.Bytes(), in.dh.raw[:], in.pq.key.Bytes(), in.pke.seed()}, s.Tuple().Bytes(), p[:],
		})
	}
	return pass, badTuples(pass[1].Tuple)
}

// Offsets in a tuple.
const (
	tupleDH, tuplePQ, tupleFetch, tuplePKE = 0, 32, 32 + 1184, 64 + 1184
	tuplePKEDH                             = tuplePKE + 1184
)

func badTuples(good []byte) []sourceKeyCase {
	put := func(at int, b []byte) hexBytes {
		c := bytes.Clone(good)
		copy(c[at:], b)
		return c
	}
	fill := func(b byte, n int) []byte { return bytes.Repeat([]byte{b}, n) }
	bad := func(name, class string, tuple []byte) sourceKeyCase {
		return sourceKeyCase{caseHead: caseHead{name, class}, Tuple: tuple}
	}
	one := append([]byte{1}, fill(0, 31)...)
	order8 := mustHex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800")
	prime := append(append([]byte{0xed}, fill(0xff, 30)...), 0x7f)
	high := bytes.Clone(good[:32])
	high[31] |= 0x80
	negative := bytes.Clone(good[tupleFetch : tupleFetch+32])
	negative[0] ^= 1
	return []sourceKeyCase{
		bad("a byte less", "truncated", good[:len(good)-1]), bad("nothing", "truncated", []byte{}),
		bad("a byte more", "extended", append(bytes.Clone(good), 0)),
		bad("fetch key", "identity", put(tupleFetch, fill(0, 32))),
		bad("fetch key all ones", "non-canonical point", put(tupleFetch, fill(0xff, 32))),
		bad("fetch key negative", "non-canonical point", put(tupleFetch, negative)),
		bad("DH zero", "small order", put(tupleDH, fill(0, 32))), bad("DH one", "small order", put(tupleDH, one)),
		bad("DH of order 8", "small order", put(tupleDH, order8)), bad("PKE's DH zero", "small order", put(tuplePKEDH, fill(0, 32))),
		bad("DH is the prime", "non-canonical DH", put(tupleDH, prime)), bad("DH with top bit", "non-canonical DH", put(tupleDH, high)),
		bad("PQ", "modulus", put(tuplePQ, fill(0xff, 3))), bad("PKE", "modulus", put(tuplePKE, fill(0xff, 3))),
	}
}

func mustHex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}

func checkSourceKeys(t *testing.T, raw []byte) {
	eachCase(t, raw, func(c *sourceKeyCase) caseHead { return c.caseHead }, func(c *sourceKeyCase) error {
		tuple, err := wire.ParseTuple(c.Tuple)
		if err != nil || c.Class != "" {
			return err
		}
		w, err := WordsFromEntropy(c.Entropy)
		if err != nil {
			return err
		}
		s, err := w.Source()
		if err != nil {
			return err
		}
		id, err := c.Secrets.identity()
		if err != nil {
			return err
		}
		p := s.Pseudonym()
		if *s.Tuple() != tuple || *id.tuple != tuple || !bytes.Equal(p[:], c.Pseudonym) {
			return errors.New("keys differ")
		}
		return nil
	})
}

type hintCase struct {
	caseHead
	Fetch  hexBytes `json:"fetch"`            // the receiver's scalar
	Public hexBytes `json:"public,omitempty"` // the receiver's public fetch key
	X      hexBytes `json:"x,omitempty"`      // scalar
	XPoint hexBytes `json:"x_point"`
	ZPoint hexBytes `json:"z_point"`
}

func generateHints(t *testing.T) (any, any) {
	var pass []hintCase
	for i := range 3 {
		k := mustIdentity(t, fixedSecrets(t, fmt.Sprint("hint ", i)))
		x, err := fetchSecretFromUniform(fixed(fmt.Sprint("hint x ", i), 64))
		if err != nil {
			t.Fatal(err)
		}
		hint, err := hintWith(x.scalar, &k.tuple.Fetch)
		if err != nil {
			t.Fatal(err)
		}
		pass = append(pass, hintCase{caseHead{Name: fmt.Sprint("hint ", i)}, k.fetch.scalar.Bytes(), k.tuple.Fetch[:], x.scalar.Bytes(), hint[:32], hint[32:]})
	}
	good := pass[0]
	bad := func(name, class string, x, z []byte) hintCase {
		return hintCase{caseHead: caseHead{name, class}, Fetch: good.Fetch, XPoint: x, ZPoint: z}
	}
	zero, ones := make([]byte, 32), bytes.Repeat([]byte{0xff}, 32)
	refuse := []hintCase{
		bad("X and Z", "identity", zero, zero), bad("X", "identity", zero, good.ZPoint), bad("Z", "identity", good.XPoint, zero),
		bad("X all ones", "non-canonical point", ones, good.ZPoint), bad("Z all ones", "non-canonical point", good.XPoint, ones),
		bad("X negative", "non-canonical point", edited(good.XPoint, 0), good.ZPoint),
		bad("X and Z of another", "another receiver", pass[1].XPoint, pass[1].ZPoint),
		bad("Z of another", "another receiver", good.XPoint, pass[1].ZPoint),
		bad("Z", "altered", good.XPoint, edited(good.ZPoint, 5)), bad("X and Z exchanged", "altered", good.ZPoint, good.XPoint),
	}
	// RFC 9496, appendix A.3: encodings that are no elements.
	for i, s := range []string{
		"00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
		"f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"0100000000000000000000000000000000000000000000000000000000000000",
		"01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371",
	} {
		refuse = append(refuse, bad(fmt.Sprint("RFC 9496 bad encoding ", i), "non-canonical point", mustHex(s), good.ZPoint))
	}
	return pass, refuse
}

func checkHints(t *testing.T, raw []byte) {
	eachCase(t, raw, func(c *hintCase) caseHead { return c.caseHead }, func(c *hintCase) error {
		f, err := fetchSecretFromScalar(c.Fetch)
		if err != nil {
			return err
		}
		if !f.matches(c.XPoint, c.ZPoint) {
			return errors.New("not taken")
		}
		if c.Class != "" {
			return nil
		}
		x, err := fetchSecretFromScalar(c.X)
		if err != nil {
			return err
		}
		public := f.public()
		hint, err := hintWith(x.scalar, &public)
		if err != nil || !bytes.Equal(public[:], c.Public) || !bytes.Equal(hint, append(bytes.Clone(c.XPoint), c.ZPoint...)) {
			return fmt.Errorf("another hint: %w", err)
		}
		return nil
	})
}
