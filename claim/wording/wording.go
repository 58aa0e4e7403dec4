// SPDX-License-Identifier: Apache-2.0

// Package wording reads words and numbers as people write them in English,
// Russian and Ukrainian. Is this the same word? What number is this? Whoever
// compares two texts asks both, and all of them have to get one answer.
//
// Call [Fold] on a word before comparing it. [FigureAt] reads digits (7,000,
// 7 000, 7.000, 1,5), [PartOf] says what a word is in a number, and [Count] puts
// both together (7 тыс., “two hundred and fifty thousand”). [Range] makes
// 7,000–15,000 of the two ends of “7 to 15 thousand”.
//
// It cuts no text into words: each reader has its own reasons for that. It
// refuses to guess. What can be two numbers is read as two (“seven nine”, “7
// тысяч 500”), “thousands” is none, and neither is what a float64 cannot hold.
// Words that count more often than not something else (“one”, “two”) are read
// like any other, and are the reader's to leave out: see [Number.Spelled].
package wording

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold makes spellings of one word equal: lower case, ё as е, letters composed and
// without ligatures and wide forms (NFKC), one apostrophe, no stress marks and
// nothing that a reader cannot see. Letters of another alphabet stay what they are.
func Fold(word string) string {
	if plain(word) {
		return strings.ToLower(word)
	}
	return strings.Map(folded, norm.NFKC.String(Visible(word)))
}

// Bare is [Fold] without apostrophes and hyphens, for words that are compared
// with what was typed carelessly.
func Bare(word string) string {
	return strings.Map(bare, Fold(word))
}

func bare(r rune) rune {
	if r == '\'' || Hyphen(r) {
		return -1
	}
	return r
}

// plain spares most English words the tables of Unicode.
func plain(word string) bool {
	for i := range len(word) {
		if word[i] >= utf8.RuneSelf || word[i] == '`' {
			return false
		}
	}
	return true
}

// Visible is a word as a reader sees it: without hidden characters, and with one
// kind of apostrophe.
func Visible(word string) string { return strings.Map(seen, word) }

func seen(r rune) rune {
	switch {
	case Hidden(r):
		return -1
	case Apostrophe(r):
		return '\''
	}
	return r
}

// folded works on composed letters: a mark that is left over is stress. The
// letters ѐ and ѝ of other languages are е and и with stress in ours.
func folded(r rune) rune {
	switch r {
	case 'ё', 'Ё', 'ѐ', 'Ѐ':
		return 'е'
	case 'ѝ', 'Ѝ':
		return 'и'
	}
	if r >= 0x300 && r <= 0x36f {
		return -1
	}
	return unicode.ToLower(r)
}

// Apostrophe tells the characters that people type for one.
func Apostrophe(r rune) bool { return strings.ContainsRune("'’ʼ`´", r) }

// Hyphen tells the characters that join the parts of a word.
func Hyphen(r rune) bool { return r == '-' || r == '‐' || r == '‑' }

// Hidden tells the characters that no reader sees: the soft hyphen, those of no
// width, the marks of direction and of variants, the byte order mark.
func Hidden(r rune) bool {
	if r < 0xAD || r >= 'Ѐ' && r <= 'ԯ' { // Cyrillic letters, which are many
		return false
	}
	return unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// mostHidden is how many characters in a row can be hidden inside a word.
const mostHidden = 16

// Inside reports whether a rune that is no letter stands inside a word: hidden, or
// an apostrophe, between two letters.
func Inside(text []rune, at int) bool {
	return (Apostrophe(text[at]) || Hidden(text[at])) && letterBeyond(text, at, -1) && letterBeyond(text, at, 1)
}

func letterBeyond(text []rune, at, step int) bool {
	for range mostHidden {
		at += step
		if at < 0 || at >= len(text) || !Hidden(text[at]) {
			break
		}
	}
	return at >= 0 && at < len(text) && (unicode.IsLetter(text[at]) || unicode.IsMark(text[at]))
}
