// SPDX-License-Identifier: Apache-2.0

package vault

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"unicode"

	"github.com/cloudflare/circl/group"
	"tamizdat/letter"
)

// ShareWords is how many words a share has.
const ShareWords = shareSize * 8 / 11

// A share on paper (spec/vault.md §3): 44 bytes, which are 32 words of 11 bits.
const (
	shareVersion  = 1
	shareSize     = 44
	shareBody     = shareSize - 4 // before the sum
	shareTag      = "tamizdat-vault-share-v1"
	maxShareText  = 8 << 10 // bytes of typed text that are looked at
	nearWords     = 3
	minNeed       = 2
	maxShares     = 15
	scalarSize    = 32
	vaultIDSize   = 4
	setSize       = 2
	shareVault    = 1                          // where the vault's id begins
	shareSet      = shareVault + vaultIDSize   // where the set's begins
	shareCounts   = shareSet + setSize         // need and index, four bits each
	shareScalarAt = shareCounts + 1            // where the share itself begins
	shareSumAt    = shareScalarAt + scalarSize // where the sum begins
)

// Errors of reading a share. All carry a text made for people.
var (
	// ErrShareLength means that what was typed does not have 32 words.
	ErrShareLength = fmt.Errorf("a share has %d words", ShareWords)
	// ErrShareSum means that all words are known and do not belong together.
	ErrShareSum = errors.New("these words do not belong together; look for a mistaken word or two in the wrong order")
	errShareNew = errors.New("this share was made by a later version of this program: use that one")
	errShareOff = errors.New("this share holds what no share can")
)

// Share is one of the papers of which so many open the vault. It prints as
// REDACTED; [Share.Words] is the one way out.
type Share struct {
	b [shareSize]byte
}

// String implements [fmt.Stringer] and hides the share.
func (Share) String() string { return redacted }

// GoString implements [fmt.GoStringer] and hides the share.
func (Share) GoString() string { return redacted }

// Format implements [fmt.Formatter] and hides the share from every verb.
func (Share) Format(s fmt.State, _ rune) { io.WriteString(s, redacted) }

// LogValue implements [slog.LogValuer] and hides the share.
func (Share) LogValue() slog.Value { return slog.StringValue(redacted) }

// Index is the share's number among its set, from 1.
func (s Share) Index() int { return int(s.b[shareCounts] & 15) }

// Set names the shares that were made together, for people who compare papers.
func (s Share) Set() string { return hex.EncodeToString(s.b[shareSet:shareCounts]) }

// Need is how many shares of the set open the vault.
func (s Share) Need() int { return int(s.b[shareCounts] >> 4) }

// Words writes the share as 32 words of l. Show them to whoever keeps the paper
// and to nobody else.
func (s Share) Words(l letter.List) []string {
	words := make([]string, ShareWords)
	for i := range words {
		words[i] = l.Word(elevenBits(s.b[:], i))
	}
	return words
}

// elevenBits is the i-th number of 11 bits in b, most significant bit first.
func elevenBits(b []byte, i int) int {
	n := 0
	for bit := i * 11; bit < i*11+11; bit++ {
		n = n<<1 | int(b[bit/8]>>(7-bit%8)&1)
	}
	return n
}

// ParseShare reads what a person typed: the words of l in any letter case, with
// any spaces, marks and numbers between them, each whole or cut to its first four
// letters. It fails with a [letter.WordError], [ErrShareLength], [ErrShareSum] or
// what else is wrong with the share.
func ParseShare(text string, l letter.List) (Share, error) {
	if len(text) > maxShareText {
		return Share{}, ErrShareLength
	}
	words := splitWords(text)
	numbers := make([]int, len(words))
	for i, w := range words {
		n, ok := l.Index(w)
		if !ok {
			return Share{}, &letter.WordError{Place: i + 1, Word: w, Nearest: l.Nearest(w, nearWords)}
		}
		numbers[i] = n
	}
	if len(numbers) != ShareWords {
		return Share{}, fmt.Errorf("%w, and these are %d", ErrShareLength, len(numbers))
	}
	return parseShare(packElevens(numbers))
}

// CountWords is how many words ParseShare would see in a text.
func CountWords(text string) int { return len(splitWords(text)) }

func splitWords(text string) []string {
	return slices.DeleteFunc(strings.FieldsFunc(text, betweenWords), noLetter)
}

// betweenWords takes the numbers before the words for nothing, and leaves what
// nobody sees to the list.
func betweenWords(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.Is(unicode.Cf, r)
}

func noLetter(word string) bool { return !strings.ContainsFunc(word, unicode.IsLetter) }

func packElevens(numbers []int) []byte {
	b := make([]byte, (len(numbers)*11+7)/8)
	for i, n := range numbers {
		for j := range 11 {
			bit := i*11 + j
			b[bit/8] |= byte(n>>(10-j)&1) << (7 - bit%8)
		}
	}
	return b
}

// parseShare checks the sum first: a typing error must not look like a share of
// another version or vault.
func parseShare(b []byte) (Share, error) {
	if len(b) != shareSize {
		return Share{}, ErrShareLength
	}
	s := Share{[shareSize]byte(b)}
	sum := shareSum(b[:shareBody])
	switch {
	case subtle.ConstantTimeCompare(sum, b[shareBody:]) != 1:
		return Share{}, ErrShareSum
	case b[0] != shareVersion:
		return Share{}, errShareNew
	case s.Need() < minNeed || s.Index() < 1:
		return Share{}, errShareOff
	}
	if _, err := s.scalar(); err != nil {
		return Share{}, errShareOff
	}
	return s, nil
}

func shareSum(body []byte) []byte {
	sum := sha256.Sum256(append([]byte{byte(len(shareTag))}, append([]byte(shareTag), body...)...))
	return sum[:4]
}

// newShare puts a share together for its paper.
func newShare(h recoveryHead, index int, value group.Scalar) (Share, error) {
	scalar, err := value.MarshalBinary()
	if err != nil {
		return Share{}, err
	}
	b := append([]byte{shareVersion}, h.vault[:]...)
	b = append(b, h.set[:]...)
	b = append(b, byte(h.need<<4|index))
	b = append(b, scalar...)
	b = append(b, shareSum(b)...)
	return parseShare(b)
}

func (s Share) scalar() (group.Scalar, error) {
	v := group.Ristretto255.NewScalar()
	return v, v.UnmarshalBinary(s.b[shareScalarAt:shareSumAt])
}

func (s Share) ofVault(id []byte) bool { return bytes.Equal(s.b[shareVault:shareSet], id) }

func (s Share) ofSet(id []byte) bool { return bytes.Equal(s.b[shareSet:shareCounts], id) }
