// SPDX-License-Identifier: Apache-2.0

package source

import (
	"errors"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"tamizdat/letter"
)

// ErrOwnWords says that a letter would give away the words themselves. Whoever
// reads it, now or in ten years, could read every answer and write in the
// source's name.
var ErrOwnWords = errors.New("the letter contains your own words, and nobody must ever see them; take them out")

const (
	ownRun    = 3  // so many of the words, one right after the other, are no accident
	ownSpread = 6  // nor are so many different ones, in any order,
	ownWindow = 24 // within so many words of text
)

// checkOwnWords looks for the phrase in texts in each of lists. Three words in a
// row are found whatever stands between them that is not a letter, also where
// each is cut to its four letters; six different ones are found close together
// in any order, as when someone writes them down backwards or in columns.
func checkOwnWords(w *letter.Words, texts []string, lists []letter.List) error {
	for _, l := range lists {
		own := strings.Fields(w.In(l))
		for _, text := range texts {
			if holdsRun(text, own) || holdsMany(text, own, l) {
				return ErrOwnWords
			}
		}
	}
	return nil
}

// holdsRun looks for neighbours of the phrase in the letters of text alone.
func holdsRun(text string, own []string) bool {
	letters := onlyLetters(text)
	for i := 0; i+ownRun <= len(own); i++ {
		full, cut := "", ""
		for _, word := range own[i : i+ownRun] {
			full += onlyLetters(word)
			cut += cutWord(word)
		}
		if strings.Contains(letters, full) || strings.Contains(letters, cut) {
			return true
		}
	}
	return false
}

// holdsMany looks for different words of the phrase that stand close together.
func holdsMany(text string, own []string, l letter.List) bool {
	places := make(map[int]bool)
	for _, word := range own {
		if i, ok := l.Index(word); ok {
			places[i] = true
		}
	}
	tokens := strings.FieldsFunc(text, func(r rune) bool { return !isWordPart(r) })
	last := make(map[int]int) // place of a word of the phrase → its last token
	for t, token := range tokens {
		if i, ok := l.Index(token); ok && places[i] {
			last[i] = t
		}
		near := 0
		for _, at := range last {
			if t-at < ownWindow {
				near++
			}
		}
		if near >= ownSpread {
			return true
		}
	}
	return false
}

func isWordPart(r rune) bool { return unicode.IsLetter(r) || unicode.IsMark(r) }

// onlyLetters folds as the reading of words does (spec/keys.md §1) and drops
// everything between letters.
func onlyLetters(s string) string {
	folded := strings.ReplaceAll(strings.ToLower(norm.NFKC.String(s)), "ё", "е")
	return strings.Map(func(r rune) rune {
		if isWordPart(r) {
			return r
		}
		return -1
	}, folded)
}

// cutWord is a word's first four letters, which tell it from all others.
func cutWord(word string) string {
	runes := []rune(onlyLetters(word))
	return string(runes[:min(4, len(runes))])
}
