// SPDX-License-Identifier: Apache-2.0

package quote

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"tamizdat/claim/wording"
)

// word is one word or number of a text: the bytes [start, end).
type word struct{ start, end int }

// split finds the words of a text, and the signs that count as words. Dashes,
// quotation marks and all other punctuation part words and are none.
func split(text string) []word {
	var list []word
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRuneInString(text[at:])
		end := at + size
		switch {
		case unicode.IsDigit(r):
			end = numberEnd(text, at)
			list = append(list, word{signStart(text, at), end})
		case unicode.IsLetter(r):
			end = wordEnd(text, at)
			list = append(list, word{at, end})
		case sign(r):
			list = append(list, word{at, end})
		}
		at = end
	}
	return list
}

// wordEnd finds the end of the word that begins at a letter. Invisible
// characters inside a word do not part it, and an apostrophe between letters
// belongs to it.
func wordEnd(text string, at int) int {
	end := at
	for end < len(text) {
		r, size := utf8.DecodeRuneInString(text[end:])
		if wording.Hidden(r) {
			size = len(text[end:]) - len(strings.TrimLeftFunc(text[end:], wording.Hidden))
		}
		next, _ := utf8.DecodeRuneInString(text[end+size:])
		inside := unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) ||
			(wording.Hidden(r) || wording.Apostrophe(r)) && unicode.IsLetter(next)
		if !inside {
			break
		}
		end += size
	}
	return end
}

// turnsOrder tells a text whose characters are shown in another order than they
// are written in: by an override, or by a mark of right-to-left writing, which
// turns “7–15” round, in a text that has no letters of such a script.
func turnsOrder(text string) bool {
	if strings.ContainsAny(text, "\u202d\u202e") {
		return true
	}
	return strings.ContainsAny(text, "\u200f\u202b\u2067\u061c") &&
		!strings.ContainsFunc(text, func(r rune) bool {
			return unicode.In(r, unicode.Hebrew, unicode.Arabic, unicode.Syriac, unicode.Thaana) && unicode.IsLetter(r)
		})
}

// numberEnd finds the end of a number as [wording.FigureAt] reads it, or of
// digits that are none, with letters after it (“5th”).
func numberEnd(text string, at int) int {
	end := digitsEnd(text, at)
	if _, n := figureAt(text[at:]); n > 0 {
		end = at + n
	}
	if r, _ := utf8.DecodeRuneInString(text[end:]); unicode.IsLetter(r) {
		end = wordEnd(text, end)
	}
	return max(end, at+1)
}

// figureAt reads the number at the beginning of a text, and gives its length in
// bytes.
func figureAt(text string) (wording.Figure, int) {
	runes, ends := make([]rune, 0, wording.Longest), make([]int, 0, wording.Longest)
	for end := 0; end < len(text) && len(runes) < wording.Longest; {
		r, size := utf8.DecodeRuneInString(text[end:])
		end += size
		runes, ends = append(runes, r), append(ends, end)
	}
	f := wording.FigureAt(runes)
	if f.Runes == 0 {
		return f, 0
	}
	return f, ends[f.Runes-1]
}

func digitsEnd(text string, at int) int {
	for at < len(text) {
		r, size := utf8.DecodeRuneInString(text[at:])
		if !unicode.IsDigit(r) {
			break
		}
		at += size
	}
	return at
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

// signStart takes a minus that stands directly before a number and after no
// other word, as in “at −5 degrees”; in “7–15” and “COVID-19” it is a dash.
func signStart(text string, at int) int {
	r, size := utf8.DecodeLastRuneInString(text[:at])
	if r != '-' && r != '−' {
		return at
	}
	before, _ := utf8.DecodeLastRuneInString(text[:at-size])
	if before == utf8.RuneError || unicode.IsSpace(before) || before == '(' {
		return at - size
	}
	return at
}

// plain gives a word as people hear it, folded, and a number as bare digits.
func plain(raw string) string {
	if raw == "" {
		return ""
	}
	if first, _ := utf8.DecodeRuneInString(raw); !sign(first) && !unicode.IsLetter(first) {
		return plainNumber(raw)
	}
	return wording.Fold(raw)
}

// plainNumber drops the marks between groups of three digits and writes a
// decimal point. Digits of other scripts become those of ASCII.
func plainNumber(raw string) string {
	number, sign := raw, ""
	if r, size := utf8.DecodeRuneInString(raw); r == '-' || r == '−' {
		number, sign = raw[size:], "-"
	}
	f, n := figureAt(number)
	if n == 0 {
		return wording.Fold(raw)
	}
	return sign + f.Digits + wording.Fold(number[n:])
}

// skeleton folds letters that look alike in Latin and Cyrillic into one, so
// that a word with a borrowed letter is compared as what a reader sees. No two
// Cyrillic letters become the same.
func skeleton(plain string) string {
	for i := 0; i < len(plain); i++ {
		if plain[i] >= utf8.RuneSelf {
			return strings.Map(lookAlike, plain)
		}
	}
	return plain
}

func lookAlike(r rune) rune {
	const cyrillic, latin = "авекмнорстухіјѕԁ", "abekmhopctyxijsd"
	if r < 0x400 || r > 0x52F {
		return r
	}
	n := 0
	for _, c := range cyrillic {
		if c == r {
			return rune(latin[n])
		}
		n++
	}
	return r
}

// scripts tells which of the two alphabets a word has letters of.
func scripts(raw string) (latin, cyrillic bool) {
	for _, r := range raw {
		switch {
		case r < utf8.RuneSelf:
			latin = latin || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		case unicode.Is(unicode.Cyrillic, r):
			cyrillic = true
		case unicode.Is(unicode.Latin, r):
			latin = true
		}
	}
	return latin, cyrillic
}
