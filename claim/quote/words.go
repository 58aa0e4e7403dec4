// SPDX-License-Identifier: Apache-2.0

package quote

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
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
		if hidden(r) {
			size = len(text[end:]) - len(strings.TrimLeftFunc(text[end:], hidden))
		}
		next, _ := utf8.DecodeRuneInString(text[end+size:])
		inside := unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) ||
			(hidden(r) || apostrophe(r)) && unicode.IsLetter(next)
		if !inside {
			break
		}
		end += size
	}
	return end
}

func apostrophe(r rune) bool { return r == '\'' || r == '’' || r == 'ʼ' || r == '`' }

// hidden tells the characters that no reader sees: the soft hyphen, the
// zero-width ones, the marks of direction and of variants, the byte order mark.
func hidden(r rune) bool {
	if r < 0xAD {
		return false
	}
	return unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
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

// numberEnd finds the end of a number with groups of three digits (“7,000”,
// “7 000”, “7.000”), with a decimal part, or with letters after it (“5th”).
func numberEnd(text string, at int) int {
	end := digitsEnd(text, at)
	if end-at <= 3 {
		for {
			next := groupEnd(text, end)
			if next == end {
				break
			}
			end = next
		}
	}
	if end+1 < len(text) && (text[end] == '.' || text[end] == ',') && isDigit(text[end+1]) {
		end = digitsEnd(text, end+1)
	}
	if r, _ := utf8.DecodeRuneInString(text[end:]); unicode.IsLetter(r) {
		end = wordEnd(text, end)
	}
	return max(end, at+1)
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

// groupEnd gives the end of a separator with exactly three digits, or at.
func groupEnd(text string, at int) int {
	r, size := utf8.DecodeRuneInString(text[at:])
	if !groupMark(r) {
		return at
	}
	end := digitsEnd(text, at+size)
	if end-at-size != 3 {
		return at
	}
	return end
}

func groupMark(r rune) bool {
	switch r {
	case ' ', ',', '.', '\'', '’', 0xA0, 0x2009, 0x202F:
		return true
	}
	return false
}

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

// plain gives a word as people hear it: composed, without ligatures and wide
// forms, lower case, without what cannot be seen, with ё as е, and a number as
// bare digits.
func plain(raw string) string {
	if raw == "" {
		return ""
	}
	if first, _ := utf8.DecodeRuneInString(raw); sign(first) {
		return strings.ToLower(norm.NFKC.String(raw))
	} else if !unicode.IsLetter(first) {
		return plainNumber(raw)
	}
	ascii := true
	for i := 0; i < len(raw) && ascii; i++ {
		ascii = raw[i] < utf8.RuneSelf
	}
	if ascii {
		return strings.ToLower(raw)
	}
	return spelling().Replace(strings.ToLower(norm.NFKC.String(strings.Map(plainRune, raw))))
}

// spelling drops the stress mark of Russian textbooks, once it is clear that it
// belongs to no letter such as é.
var spelling = sync.OnceValue(func() *strings.Replacer { return strings.NewReplacer("ё", "е", "\u0301", "") })

func plainRune(r rune) rune {
	switch {
	case hidden(r):
		return -1
	case apostrophe(r):
		return '\''
	}
	return r
}

// plainNumber drops the marks between groups of three digits and writes a
// decimal point. Digits of other scripts become those of ASCII.
func plainNumber(raw string) string {
	var out strings.Builder
	for at, r := range raw {
		switch {
		case unicode.IsLetter(r) || unicode.IsMark(r):
			out.WriteString(plain(raw[at:]))
			return out.String()
		case unicode.IsDigit(r):
			out.WriteRune('0' + digitValue(r))
		case r == '-' || r == '−':
			out.WriteByte('-')
		case groupEnd(raw, at) == at:
			out.WriteByte('.')
		}
	}
	return out.String()
}

// digitValue relies on Unicode, where the digits of a script stand in a row.
func digitValue(r rune) rune {
	for _, t := range unicode.Nd.R16 {
		if lo := rune(t.Lo); r >= lo && r <= rune(t.Hi) {
			return (r - lo) % 10
		}
	}
	for _, t := range unicode.Nd.R32 {
		if lo := rune(t.Lo); r >= lo && r <= rune(t.Hi) {
			return (r - lo) % 10
		}
	}
	return 0
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
