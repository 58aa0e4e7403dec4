// SPDX-License-Identifier: Apache-2.0

package vault

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/cloudflare/circl/group"
	"tamizdat/letter"
	"tamizdat/spec"
)

var update = flag.Bool("update", false, "write the vectors in spec/vectors/vault anew")

const recoveryVectors = "recovery.json"

// recoveryCase is papers beside a recovery file, by spec/vault.md.
type recoveryCase struct {
	Name     string   `json:"name"`
	Class    string   `json:"class,omitempty"`    // of failure, where it must be refused
	Recovery hexBytes `json:"recovery"`           // the file
	DataKey  hexBytes `json:"data_key,omitempty"` // what it opens to
	Typed    []string `json:"typed"`              // the papers, in this order
	Shares   []string `json:"shares,omitempty"`   // and as bytes
	Place    int      `json:"place,omitempty"`    // of the unknown word
}

type recoveryFile struct {
	Construction string         `json:"construction"`
	Spec         string         `json:"spec"`
	About        string         `json:"about"`
	Pass         []recoveryCase `json:"pass"`
	Refuse       []recoveryCase `json:"refuse"`
}

type hexBytes []byte

func (h hexBytes) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(h)), nil }

func (h *hexBytes) UnmarshalText(b []byte) (err error) {
	*h, err = hex.DecodeString(string(b))
	return err
}

// TestRecoveryVectors reads the vectors as another implementation would.
func TestRecoveryVectors(t *testing.T) {
	raw, err := fs.ReadFile(spec.Vectors(), "vault/"+recoveryVectors)
	if *update {
		raw = makeVectors(t)
		err = os.WriteFile("../../spec/vectors/vault/"+recoveryVectors, raw, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	var f recoveryFile
	if err := json.Unmarshal(raw, &f); err != nil {
		t.Fatal(err)
	}
	for _, c := range f.Pass {
		if k, err := openTyped(c); err != nil || !bytes.Equal(k[:], c.DataKey) {
			t.Errorf("%s: %x, %v", c.Name, k[:], err)
		}
	}
	seen := map[string]bool{}
	for _, c := range f.Refuse {
		seen[c.Class] = true
		_, err := openTyped(c)
		if got := classOf(err); got != c.Class {
			t.Errorf("%s: refused as %q (%v), want %q", c.Name, got, err, c.Class)
		}
		if word, ok := errors.AsType[*letter.WordError](err); ok && word.Place != c.Place {
			t.Errorf("%s: word %d, want %d", c.Name, word.Place, c.Place)
		}
	}
	for _, class := range []string{
		"unknown word", "word count", "sum", "version", "counts", "another vault", "another set", "twice", "too few", "wrong key", "damaged", "later",
	} {
		if !seen[class] {
			t.Errorf("no case of class %q", class)
		}
	}
	if len(f.Pass) < 4 {
		t.Errorf("only %d cases pass", len(f.Pass))
	}
}

func openTyped(c recoveryCase) (k dataKey, err error) {
	if err := checkRecovery(c.Recovery); err != nil {
		return k, err
	}
	p := papersFor(c.Recovery)
	for i, typed := range c.Typed {
		s, err := ParseShare(typed, letter.English())
		if err != nil {
			return k, err
		}
		if i < len(c.Shares) && hex.EncodeToString(s.b[:]) != c.Shares[i] {
			return k, fmt.Errorf("paper %d is read as other bytes", i+1)
		}
		if err := p.Add(s); err != nil {
			return k, err
		}
	}
	return p.open()
}

func classOf(err error) string {
	_, unknown := errors.AsType[*letter.WordError](err)
	switch {
	case err == nil:
		return ""
	case unknown:
		return "unknown word"
	case errors.Is(err, ErrShareLength):
		return "word count"
	case errors.Is(err, ErrShareSum):
		return "sum"
	case errors.Is(err, errShareNew):
		return "version"
	case errors.Is(err, errShareOff):
		return "counts"
	case errors.Is(err, ErrShareTwice):
		return "twice"
	case errors.Is(err, ErrTooFew):
		return "too few"
	case errors.Is(err, ErrDamaged):
		return "damaged"
	case errors.Is(err, errLater):
		return "later"
	case !errors.Is(err, ErrShareOther):
		return err.Error()
	case strings.Contains(err.Error(), "another desk"):
		return "another vault"
	case strings.Contains(err.Error(), "other shares"):
		return "another set"
	}
	return "wrong key"
}

// seeded are bytes that anyone can make again from a name.
func seeded(name string, n int) []byte {
	var out []byte
	for i := 0; len(out) < n; i++ {
		sum := sha256.Sum256(fmt.Appendf(nil, "tamizdat vault vectors %s %d", name, i))
		out = append(out, sum[:]...)
	}
	return out[:n]
}

// vectorSet is a recovery file with its shares, all from a name.
type vectorSet struct {
	file   []byte
	key    dataKey
	shares []Share
}

func newVectorSet(t *testing.T, name string, need, n int) vectorSet {
	t.Helper()
	set := vectorSet{key: dataKey(seeded(name+" key", 32))}
	h := recoveryHead{
		vault: [vaultIDSize]byte(seeded(name+" vault", vaultIDSize)), set: [setSize]byte(seeded(name+" set", setSize)),
		need: need, shares: n, salt: [recoverySalt]byte(seeded(name+" salt", recoverySalt)),
	}
	coefficients := make([]group.Scalar, need)
	for i := range coefficients {
		coefficients[i] = group.Ristretto255.HashToScalar(fmt.Appendf(nil, "%s %d", name, i), []byte("tamizdat vault vectors"))
	}
	file, err := wrapRecovery(&set.key, h, coefficients[0])
	if err != nil {
		t.Fatal(err)
	}
	set.file = file
	for i := range n {
		s, err := newShare(h, i+1, valueAt(coefficients, uint64(i+1)))
		if err != nil {
			t.Fatal(err)
		}
		set.shares = append(set.shares, s)
	}
	return set
}

// valueAt is a second way to the shares, by Horner's rule.
func valueAt(coefficients []group.Scalar, x uint64) group.Scalar {
	at := group.Ristretto255.NewScalar().SetUint64(x)
	sum := group.Ristretto255.NewScalar()
	for i := len(coefficients) - 1; i >= 0; i-- {
		sum.Mul(sum, at)
		sum.Add(sum, coefficients[i])
	}
	return sum
}

func (s vectorSet) typed(places ...int) (typed, raw []string) {
	for _, i := range places {
		typed = append(typed, strings.Join(s.shares[i-1].Words(letter.English()), " "))
		raw = append(raw, hex.EncodeToString(s.shares[i-1].b[:]))
	}
	return typed, raw
}

func (s vectorSet) pass(name string, places ...int) recoveryCase {
	typed, raw := s.typed(places...)
	return recoveryCase{Name: name, Recovery: s.file, DataKey: s.key[:], Typed: typed, Shares: raw}
}

func (s vectorSet) refuse(class, name string, typed ...string) recoveryCase {
	return recoveryCase{Name: name, Class: class, Recovery: s.file, Typed: typed}
}

func makeVectors(t *testing.T) []byte {
	t.Helper()
	two, three, other := newVectorSet(t, "two of three", 2, 3), newVectorSet(t, "three of five", 3, 5), newVectorSet(t, "other", 2, 3)
	f := recoveryFile{
		Construction: "recovery", Spec: "vault.md §2, §3",
		About: "The papers typed, beside the recovery file, give data_key. Refused: place is the unknown word's, from 1. The nonce is random and stands in the file; all else is made of SHA-256 of names.",
		Pass: []recoveryCase{
			two.pass("two of three", 1, 2), two.pass("the last two, backwards", 3, 2), two.pass("more than are needed", 1, 3, 2),
			three.pass("three of five", 5, 1, 3),
		},
	}
	f.Pass = append(f.Pass, loosely(two.pass("in capitals, numbered, cut to four letters", 1, 3)))
	f.Refuse = refusedWords(two)
	f.Refuse = append(f.Refuse, refusedSets(two, three, other)...)
	raw, err := json.MarshalIndent(f, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return append(raw, '\n')
}

// loosely writes papers as tired people type them.
func loosely(c recoveryCase) recoveryCase {
	for i, words := range c.Typed {
		var b strings.Builder
		for j, w := range strings.Fields(words) {
			fmt.Fprintf(&b, "%d. %s,\t", j+1, strings.ToUpper(w[:min(len(w), 4)]))
		}
		c.Typed[i] = "\u200e" + b.String()
	}
	return c
}

func refusedWords(s vectorSet) []recoveryCase {
	typed, _ := s.typed(1)
	words := strings.Fields(typed[0])
	join := func(w ...string) string { return strings.Join(w, " ") }
	swapped := append([]string{words[1], words[0]}, words[2:]...)
	unknown := s.refuse("unknown word", "no such word", join(append([]string{words[0], "tamizdat"}, words[2:]...)...))
	unknown.Place = 2
	return []recoveryCase{
		unknown,
		s.refuse("word count", "a word is missing", join(words[:31]...)),
		s.refuse("word count", "a word too many", join(append(words[:32:32], words[0])...)),
		s.refuse("word count", "nothing", " "),
		s.refuse("sum", "two words in the wrong order", join(swapped...)),
		s.refuse("version", "a later share", sealedShare(s.shares[0], func(b []byte) { b[0] = 2 })),
		s.refuse("counts", "one is enough", sealedShare(s.shares[0], func(b []byte) { b[shareCounts] = 1<<4 | 1 })),
		s.refuse("counts", "index 0", sealedShare(s.shares[0], func(b []byte) { b[shareCounts] = 2 << 4 })),
		s.refuse("counts", "an index beyond the set", sealedShare(s.shares[0], func(b []byte) { b[shareCounts] = 2<<4 | 4 })),
		s.refuse("counts", "three are needed, says the paper", sealedShare(s.shares[0], func(b []byte) { b[shareCounts] = 3<<4 | 1 })),
		s.refuse("counts", "a scalar that is not canonical", sealedShare(s.shares[0], func(b []byte) { copy(b[shareScalarAt:], bytes.Repeat([]byte{0xff}, scalarSize)) })),
	}
}

// sealedShare changes a share and makes its sum right again.
func sealedShare(s Share, change func([]byte)) string {
	b := s.b
	change(b[:])
	copy(b[shareBody:], shareSum(b[:shareBody]))
	return strings.Join(Share{b}.Words(letter.English()), " ")
}

func refusedSets(two, three, other vectorSet) []recoveryCase {
	one, _ := two.typed(1)
	pair, _ := three.typed(1, 2)
	strange, _ := other.typed(1)
	voided := sealedShare(two.shares[1], func(b []byte) { b[shareSet] ^= 1 })
	forged := sealedShare(two.shares[1], func(b []byte) { b[shareScalarAt] ^= 1 })
	damaged, later := two.refuse("damaged", "a byte of the file changed", one...), two.refuse("later", "a later file", one...)
	damaged.Recovery = bytes.Clone(two.file)
	damaged.Recovery[recoveryHeader+30] ^= 1
	later.Recovery = append(bytes.Clone(two.file[:recoveryLen-32]), 0)
	later.Recovery[8] = 2
	sum := sha256.Sum256(later.Recovery)
	later.Recovery = append(later.Recovery, sum[:]...)
	return []recoveryCase{
		two.refuse("too few", "one of two", one...),
		three.refuse("too few", "two of three", pair...),
		two.refuse("too few", "none"),
		two.refuse("twice", "the same paper twice", one[0], one[0]),
		two.refuse("another vault", "of another desk", one[0], strange[0]),
		two.refuse("another set", "made void", voided),
		two.refuse("wrong key", "forged, with a good sum", one[0], forged),
		damaged, later,
	}
}
