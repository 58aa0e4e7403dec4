// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"

	"tamizdat/letter/wire"
)

const (
	entropySize = 16
	phraseWords = 12
	maxPhrase   = 4096 // bytes of typed text that are looked at
	nearWords   = 3
)

var (
	// ErrWordCount says that a phrase does not have twelve words.
	ErrWordCount = errors.New("a phrase has twelve words")
	// ErrChecksum says that all words are known but do not belong together:
	// a word was mistaken for another, or two changed places.
	ErrChecksum = errors.New("these twelve words do not belong together; look for a mistaken word or two in the wrong order")
)

// A WordError names the first word of a phrase that no list has. It tells the
// place and likely words to the person who typed them; it is as secret as the
// phrase and must not be logged.
type WordError struct {
	Place   int      // 1 to 12
	Word    string   // as typed
	Nearest []string // up to three words of the list that fits best
}

// Error names the place only: errors end up in logs. The words near it are in Nearest,
// to be shown to the one who typed.
func (e *WordError) Error() string { return fmt.Sprintf("word %d is not in the list", e.Place) }

// Words is a source's whole secret: 128 random bits. Twelve words in some
// language are only a view of it (spec/keys.md §1).
type Words struct {
	redacted
	entropy *[entropySize]byte
}

// NewWords draws a fresh secret.
func NewWords() *Words {
	w := &Words{entropy: new([entropySize]byte)}
	_, _ = rand.Read(w.entropy[:]) // crypto/rand.Read cannot fail; it ends the program instead
	return w
}

// WordsFromEntropy takes exactly 16 bytes, the secret itself.
func WordsFromEntropy(b []byte) (*Words, error) {
	if len(b) != entropySize {
		return nil, fmt.Errorf("letter: the secret has %d bytes, not %d", entropySize, len(b))
	}
	w := &Words{entropy: new([entropySize]byte)}
	copy(w.entropy[:], b)
	return w, nil
}

// In writes the secret as twelve words of l with single spaces. This is the
// one way out of a Words; show it to the source and to nobody else.
func (w *Words) In(l List) string {
	words := make([]string, phraseWords)
	for i, n := range phraseNumbers(w.entropy) {
		words[i] = l.Word(n)
	}
	return strings.Join(words, " ")
}

func phraseNumbers(entropy *[entropySize]byte) [phraseWords]int {
	sum := sha256.Sum256(entropy[:])
	bits := append(entropy[:len(entropy):len(entropy)], sum[0]&0xf0)
	var numbers [phraseWords]int
	for i := range numbers {
		numbers[i] = elevenBits(bits, i)
	}
	return numbers
}

// elevenBits is the i-th number of 11 bits in b, most significant bit first.
func elevenBits(b []byte, i int) int {
	n := 0
	for bit := i * 11; bit < i*11+11; bit++ {
		n = n<<1 | int(b[bit/8]>>(7-bit%8)&1)
	}
	return n
}

// ReadWords reads a typed phrase, forgiving what spec/keys.md §1 forgives, in
// each of lists (English if none is given). A phrase that is valid in several
// lists with different secrets gives several candidates, in the lists' order;
// all must be tried. Errors: *WordError, [ErrWordCount], [ErrChecksum].
func ReadWords(text string, lists ...List) ([]*Words, error) {
	if len(lists) == 0 {
		lists = []List{English()}
	}
	if len(text) > maxPhrase {
		return nil, fmt.Errorf("%w; this text is too long", ErrWordCount)
	}
	typed := splitPhrase(text)
	if len(typed) != phraseWords {
		return nil, fmt.Errorf("%w; these are %d", ErrWordCount, len(typed))
	}
	return readIn(typed, lists)
}

// splitPhrase also drops what is nothing but invisible marks.
func splitPhrase(text string) []string {
	var words []string
	for _, w := range splitWords(text) {
		if foldWord(w) != "" {
			words = append(words, w)
		}
	}
	return words
}

func readIn(typed []string, lists []List) ([]*Words, error) {
	var found []*Words
	var worst error
	for known, l := -1, 0; l < len(lists); l++ {
		w, n, err := readInOne(typed, lists[l])
		switch {
		case err == nil:
			found = appendNew(found, w)
		case n > known:
			known, worst = n, err // the list that knows most words explains best
		}
	}
	if len(found) > 0 {
		return found, nil
	}
	return nil, worst
}

func appendNew(found []*Words, w *Words) []*Words {
	for _, f := range found {
		if sameBytes(f.entropy[:], w.entropy[:]) {
			return found
		}
	}
	return append(found, w)
}

// readInOne also returns how many of the words l knows.
func readInOne(typed []string, l List) (*Words, int, error) {
	var bits [17]byte
	var missing *WordError
	known := 0
	for i, word := range typed {
		n, ok := l.Index(word)
		if !ok {
			if missing == nil {
				missing = &WordError{Place: i + 1, Word: word, Nearest: l.Nearest(word, nearWords)}
			}
			continue
		}
		known++
		putElevenBits(bits[:], i, n)
	}
	if missing != nil {
		return nil, known, missing
	}
	w, err := WordsFromEntropy(bits[:entropySize])
	if err != nil {
		return nil, known, err
	}
	if sum := sha256.Sum256(w.entropy[:]); sum[0]&0xf0 != bits[entropySize] {
		return nil, known, ErrChecksum
	}
	return w, known, nil
}

func putElevenBits(b []byte, i, n int) {
	for k := range 11 {
		bit := i*11 + k
		b[bit/8] |= byte(n>>(10-k)&1) << (7 - bit%8)
	}
}

// CheckWords are the four words of a newsroom's key, to be compared by eye or
// voice (spec/keys.md §3). Slow by intent: about a tenth of a second.
func CheckWords(nr wire.NewsroomKey, l List) [4]string {
	var words [4]string
	for i, n := range nr.CheckNumbers() {
		words[i] = l.Word(int(n))
	}
	return words
}

// Fingerprint are the six words of a journalist's request file, to be read
// aloud over a second channel (spec/keys.md §3, §6). Slow by intent.
func Fingerprint(request []byte, l List) [6]string {
	var words [6]string
	for i, n := range wire.FingerprintNumbers(request) {
		words[i] = l.Word(int(n))
	}
	return words
}
