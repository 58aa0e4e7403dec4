// SPDX-License-Identifier: Apache-2.0

package letter

import (
	_ "embed" // the English list
	"errors"
	"fmt"
	"sort"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// listSize is the number of words in every list: 11 bits a word.
const listSize = 2048

// cutLength is the number of letters that tell a word from all others.
const cutLength = 4

// A List turns numbers below 2,048 into words of one language and back
// (spec/keys.md §1). Implementations are immutable and safe for concurrent use.
type List interface {
	// Name is the language's tag: "en", "ru", …
	Name() string
	// Word is the word at place i, 0 to 2047; it panics elsewhere.
	Word(i int) string
	// Index finds a word, or a word cut to its first four letters, after
	// folding (letter case, Unicode form, ё, invisible marks).
	Index(word string) (int, bool)
	// Nearest lists at most n words in order of edit distance from word.
	Nearest(word string, n int) []string
}

//go:embed english.txt
var englishText string

var englishList = sync.OnceValue(func() List {
	l, err := NewList("en", strings.Fields(englishText))
	if err != nil {
		panic("letter: embedded English list: " + err.Error())
	}
	return l
})

// English is the BIP39 list of English words.
func English() List { return englishList() }

type wordList struct {
	name   string
	words  []string
	folded [][]rune
	index  map[string]int
}

// NewList checks that words can be a list: 2,048 of them, distinct, none with
// a separator in it, and the first four letters of each unlike those of any
// other, all after folding (spec/keys.md §1).
func NewList(name string, words []string) (List, error) {
	if name == "" {
		return nil, errors.New("letter: a word list needs a name")
	}
	if len(words) != listSize {
		return nil, fmt.Errorf("letter: word list %s has %d words, it needs %d", name, len(words), listSize)
	}
	l := &wordList{name: name, words: words, index: make(map[string]int, 2*listSize)}
	for i, w := range words {
		if err := l.add(i, w); err != nil {
			return nil, fmt.Errorf("letter: word list %s: %w", name, err)
		}
	}
	return l, nil
}

func (l *wordList) add(i int, word string) error {
	folded := foldWord(word)
	if folded == "" || len(splitWords(word)) != 1 {
		return fmt.Errorf("word %d is empty or holds a separator", i)
	}
	runes := []rune(folded)
	l.folded = append(l.folded, runes)
	for _, key := range []string{folded, string(runes[:min(cutLength, len(runes))])} {
		if other, taken := l.index[key]; taken && other != i {
			return fmt.Errorf("words %d and %d cannot be told apart by their first %d letters", other, i, cutLength)
		}
		l.index[key] = i
	}
	return nil
}

func (l *wordList) Name() string { return l.name }

func (l *wordList) Word(i int) string { return l.words[i] }

func (l *wordList) Index(word string) (int, bool) {
	i, ok := l.index[foldWord(word)]
	return i, ok
}

func (l *wordList) Nearest(word string, n int) []string {
	if n <= 0 {
		return nil
	}
	typed := []rune(foldWord(word))
	typed = typed[:min(len(typed), 32)] // no word is longer; bounds the work
	places := make([]int, listSize)
	distance := make([]int, listSize)
	for i := range places {
		places[i], distance[i] = i, editDistance(typed, l.folded[i])
	}
	sort.SliceStable(places, func(a, b int) bool { return distance[places[a]] < distance[places[b]] })
	near := make([]string, 0, min(n, listSize))
	for _, p := range places[:min(n, listSize)] {
		near = append(near, l.words[p])
	}
	return near
}

// editDistance counts insertions, deletions, substitutions and swaps of
// neighbours that turn a into b.
func editDistance(a, b []rune) int {
	before, row, next := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		next[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			next[j] = min(row[j]+1, next[j-1]+1, row[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], before[j-2]+1)
			}
		}
		before, row, next = row, next, before
	}
	return row[len(b)]
}

// foldWord brings what a person may type to one form (spec/keys.md §1).
func foldWord(s string) string {
	s = strings.Map(dropInvisible, norm.NFKC.String(s))
	s = strings.ToLower(s)
	return strings.ReplaceAll(norm.NFKC.String(s), "ё", "е")
}

// dropInvisible removes format characters: direction marks, joiners, the soft
// hyphen, the byte order mark.
func dropInvisible(r rune) rune {
	if unicode.Is(unicode.Cf, r) {
		return -1
	}
	return r
}

// splitWords cuts text at white space, commas and hyphens of any script.
func splitWords(text string) []string {
	return strings.FieldsFunc(norm.NFKC.String(text), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) || strings.ContainsRune(",،、，", r)
	})
}
