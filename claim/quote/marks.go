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
// all languages that are written here: «», „“, “”, "", ‘’, and ” and »«. What
// cannot be told from an apostrophe or an inch mark is not taken for one.
func quotations(text string) []quoted {
	var list []quoted
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRuneInString(text[at:])
		q, ok := quotedAt(text, at, r, size)
		if !ok {
			at += size
			continue
		}
		list = append(list, q)
		at = max(q.end, at+size)
	}
	return list
}

func quotedAt(text string, at int, r rune, size int) (quoted, bool) {
	from := at + size
	var to int
	switch r {
	case '«':
		to = closing(text, from, "«", "»")
	case '„', '‚':
		to = closing(text, from, "„‚", "“”‘")
	case '“':
		to = closing(text, from, "“„", "”")
		if to < 0 {
			to = strings.IndexRune(text[from:], '“')
			if to >= 0 {
				to += from
			}
		}
	case '"':
		to = straight(text, at, from, '"')
	case '\'':
		to = straight(text, at, from, '\'')
	case '‘':
		to = single(text, at, from)
	case '»':
		to = reversed(text, at, from)
	default:
		return quoted{}, false
	}
	if to < 0 {
		return quoted{outer: at, from: from, to: len(text), end: len(text), open: true}, r == '«' || r == '„' || r == '“'
	}
	_, closer := utf8.DecodeRuneInString(text[to:])
	return quoted{outer: at, from: from, to: to, end: to + closer}, true
}

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
			depth++
		}
	}
	return -1
}

// straight closes a straight mark that stands where a word begins, by one that
// stands where a word ends.
func straight(text string, at, from int, mark rune) int {
	if !beginsWord(text, at, from) {
		return -1
	}
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
func single(text string, at, from int) int {
	if !beginsWord(text, at, from) {
		return -1
	}
	for i, r := range text[from:] {
		next, _ := utf8.DecodeRuneInString(text[from+i+utf8.RuneLen(r):])
		if r == '’' && !letterOrDigit(next) {
			return from + i
		}
	}
	return -1
}

// reversed reads »such marks«, unless the paragraph has them the other way.
func reversed(text string, at, from int) int {
	if strings.Contains(text[:at], "«") || !beginsWord(text, at, from) {
		return -1
	}
	i := strings.IndexRune(text[from:], '«')
	if i < 0 {
		return -1
	}
	return from + i
}

func letterOrDigit(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}
