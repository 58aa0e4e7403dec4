// SPDX-License-Identifier: Apache-2.0

package quote

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// quoted is a stretch in quotation marks: [from, to) without them, and
// [outer, end) with them.
type quoted struct {
	outer, from, to, end int
	open                 bool // the closing mark is missing
}

// quotations finds the outermost quotations of a paragraph, in the marks of
// all languages that are written here: «», „“, “”, "", ‘’, ‹›, and ” and »«. What
// cannot be told from an apostrophe or an inch mark is not taken for one.
func quotations(text string) []quoted {
	var list []quoted
	unclosed := map[rune]bool{} // marks that nothing further on closes: looking once is enough
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRuneInString(text[at:])
		if unclosed[r] || !opensQuotation(text, at, r, size) {
			at += size
			continue
		}
		q, ok := quotedAt(text, at, r, size)
		if !ok {
			unclosed[r] = true
			at += size
			continue
		}
		list = append(list, q)
		at = max(q.end, at+size)
	}
	return list
}

// opensQuotation tells whether a mark can open one where it stands.
func opensQuotation(text string, at int, r rune, size int) bool {
	switch r {
	case '«', '„', '‚', '“', '‹':
		return true
	case '"', '\'', '‘':
		return beginsWord(text, at, at+size)
	case '»':
		return beginsWord(text, at, at+size) && !strings.Contains(text[:at], "«")
	case '›':
		return beginsWord(text, at, at+size) && !strings.Contains(text[:at], "‹")
	}
	return false
}

func quotedAt(text string, at int, r rune, size int) (quoted, bool) {
	from := at + size
	to := closerOf(text, from, r)
	if to < 0 {
		return quoted{outer: at, from: from, to: len(text), end: len(text), open: true}, r == '«' || r == '„' || r == '“'
	}
	_, closer := utf8.DecodeRuneInString(text[to:])
	return quoted{outer: at, from: from, to: to, end: to + closer}, true
}

// closerOf finds the mark that closes a quotation, or gives −1.
func closerOf(text string, from int, opener rune) int {
	switch opener {
	case '«':
		return closing(text, from, "«", "»")
	case '„', '‚':
		return closing(text, from, "„‚", "“”‘")
	case '“':
		if to := closing(text, from, "“„", "”"); to >= 0 {
			return to
		}
		return index(text, from, '“')
	case '‹':
		return closing(text, from, "‹", "›")
	case '»':
		return index(text, from, '«')
	case '›':
		return index(text, from, '‹')
	case '‘':
		return single(text, from)
	}
	return straight(text, from, opener)
}

func index(text string, from int, r rune) int {
	if i := strings.IndexRune(text[from:], r); i >= 0 {
		return from + i
	}
	return -1
}

// maxNested is how deep quotations stand in each other at most; beyond it the
// marks are not pairs.
const maxNested = 8

// closing finds the mark that closes, past pairs inside.
func closing(text string, from int, opens, closes string) int {
	depth := 0
	for i, r := range text[from:] {
		switch {
		case strings.ContainsRune(closes, r):
			if depth == 0 {
				return from + i
			}
			depth--
		case strings.ContainsRune(opens, r):
			if depth++; depth > maxNested {
				return -1
			}
		}
	}
	return -1
}

// straight closes a straight mark by one that stands where a word ends.
func straight(text string, from int, mark rune) int {
	for i, r := range text[from:] {
		if r == mark && i > 0 && endsWord(text, from+i) {
			return from + i
		}
	}
	return -1
}

func beginsWord(text string, at, from int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:at])
	next, _ := utf8.DecodeRuneInString(text[from:])
	return (at == 0 || !letterOrDigit(before)) && from < len(text) && !unicode.IsSpace(next)
}

func endsWord(text string, at int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:at])
	next, _ := utf8.DecodeRuneInString(text[at+1:])
	return !unicode.IsSpace(before) && (at+1 >= len(text) || !letterOrDigit(next))
}

// single closes ‘ by a ’ that is no apostrophe inside a word.
func single(text string, from int) int {
	for i, r := range text[from:] {
		next, _ := utf8.DecodeRuneInString(text[from+i+utf8.RuneLen(r):])
		if r == '’' && !letterOrDigit(next) {
			return from + i
		}
	}
	return -1
}

func letterOrDigit(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}
