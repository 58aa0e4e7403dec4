// SPDX-License-Identifier: Apache-2.0

package search

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// number reads a number that begins here, however its thousands are parted:
// 7,000 and 7.000 and 7'000 and, with a space that does not break, 7 000 are
// 7000; 7,5 is 7.5. A common space parts words, since "in house 12 300 people" is
// no number; a query is tried both ways ([grouped]). Digits that are parted in
// another manner, such as a date's, are words each. It returns false where digits
// are the beginning of a word ("29a").
func (s *scanner) number() bool {
	first := digits(s.text[s.at:])
	groups, length := s.groups(first)
	end := s.at + length
	if r, _ := utf8.DecodeRuneInString(s.text[end:]); joins(r) && end < len(s.text) {
		return false
	}
	s.start, s.end, s.at = s.at, end, end
	s.form = s.form[:0]
	for _, g := range groups {
		s.form = append(s.form, g...)
	}
	s.form = s.form[:min(len(s.form), maxForm)]
	return true
}

// groups returns the digits of the number that begins here and how many bytes it
// is long.
func (s *scanner) groups(first int) (groups []string, length int) {
	text := s.text[s.at:]
	groups, length = []string{text[:first]}, first
	for first <= 3 && text[0] != '0' {
		size := separator(text[length:])
		if size == 0 || digits(text[length+size:]) != 3 {
			break
		}
		groups = append(groups, text[length+size:length+size+3])
		length += size + 3
	}
	if fraction := decimals(text[length:]); fraction > 0 && !s.inRow() && (first == 1 || text[0] != '0') {
		groups = append(groups, ".", text[length+1:length+1+fraction])
		length += 1 + fraction
	}
	return groups, length
}

// inRow reports whether what begins here is a further number of a row such as
// 5,6,7 or a date.
func (s *scanner) inRow() bool {
	return s.at >= 2 && strings.IndexByte(".,", s.text[s.at-1]) >= 0 && isDigit(rune(s.text[s.at-2]))
}

func digits(s string) int {
	n := 0
	for n < len(s) && isDigit(rune(s[n])) {
		n++
	}
	return n
}

// separator is the length of what parts thousands at the beginning of s.
func separator(s string) int {
	switch r, size := utf8.DecodeRuneInString(s); r {
	case ',', '.', '\'', '’', '\u00a0', '\u202f', '\u2009':
		return size
	}
	return 0
}

// decimals is the number of digits behind the decimal sign at the beginning of s,
// or 0 where more follows than a fraction has.
func decimals(s string) int {
	if s == "" || s[0] != '.' && s[0] != ',' {
		return 0
	}
	n := digits(s[1:])
	if rest := s[1+n:]; rest != "" && strings.ContainsAny(rest[:1], ".,") && digits(rest[1:]) > 0 {
		return 0
	}
	return n
}

// spaced finds numbers whose thousands are parted by common spaces.
var spaced = regexp.MustCompile(`(?:^|[^\d.,])\d{1,3}(?: \d{3})+(?:$|[^\d.,])`)

// joinSpaced makes such numbers in a query into one word each.
func joinSpaced(query string) string {
	return spaced.ReplaceAllStringFunc(query, func(m string) string {
		return m[:1] + strings.ReplaceAll(m[1:len(m)-1], " ", "\u00a0") + m[len(m)-1:]
	})
}

// grouped returns a whole number of more than three digits as the words that it
// is where spaces part its thousands, or nil.
func grouped(form string) []string {
	if len(form) <= 3 || digits(form) != len(form) {
		return nil
	}
	var out []string
	for rest := form; len(rest) > 0; {
		n := (len(rest)-1)%3 + 1
		out, rest = append(out, rest[:n]), rest[n:]
	}
	return out
}
