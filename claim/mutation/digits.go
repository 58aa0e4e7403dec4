// SPDX-License-Identifier: Apache-2.0

package mutation

import (
	"strconv"
	"strings"
	"unicode"

	"tamizdat/claim"
)

// digits reads a number or a date that is written in digits: 7,000 and 7 000
// and 7.000 are seven thousand, 1.5 and 1,5 are one and a half.
func (s *scanner) digits() {
	if s.date() {
		return
	}
	from, dashed := s.at, strings.ContainsRune("-–‑−", s.peek(-1)) && s.at > 0
	s.run()
	whole := string(s.text[from:s.at])
	for len(whole) <= 15 && s.threes() && (len(whole) <= 3 || s.at-from > len(whole)) {
		whole += string(s.text[s.at+1 : s.at+4])
		s.at += 4
	}
	fraction := s.fraction()
	v, err := strconv.ParseFloat(whole+fraction, 64)
	if err != nil {
		return
	}
	t := token{kind: aNumber, text: whole + fraction, raw: string(s.text[from:s.at]), value: v, dashed: dashed}
	if s.ordinal() {
		t.kind = anOrdinal
	}
	s.put(t)
}

func (s *scanner) run() {
	for s.at < len(s.text) && s.text[s.at] >= '0' && s.text[s.at] <= '9' {
		s.at++
	}
	if s.at < len(s.text) && unicode.IsDigit(s.text[s.at]) { // a digit of another script
		s.at++
	}
}

// threes tells whether a separator and exactly three digits follow.
func (s *scanner) threes() bool {
	return strings.ContainsRune(",. '’\u00a0\u2009\u202f", s.peek(0)) && s.peek(0) != 0 &&
		plain(s.peek(1)) && plain(s.peek(2)) && plain(s.peek(3)) && !plain(s.peek(4)) && !s.afterMonth()
}

// afterMonth keeps “May 3 120 soldiers” apart.
func (s *scanner) afterMonth() bool {
	if s.peek(0) != ' ' || len(s.out) == 0 {
		return false
	}
	t := token{concepts: s.lexicon.concepts(s.out[len(s.out)-1].text)}
	return t.is("month")
}

func plain(r rune) bool { return r >= '0' && r <= '9' }

func (s *scanner) fraction() string {
	if (s.peek(0) != '.' && s.peek(0) != ',') || !plain(s.peek(1)) {
		return ""
	}
	s.at++
	from := s.at
	s.run()
	return "." + string(s.text[from:s.at])
}

// ordinal steps over the ending of 29th and 29-й: a place in a row counts nothing.
func (s *scanner) ordinal() bool {
	rest := fold(string(s.text[s.at:min(s.at+4, len(s.text))]))
	for _, end := range []string{"th", "st", "nd", "rd", "-й", "-я", "-е", "-го", "-му", "-м", "-ї"} {
		if tail, ok := strings.CutPrefix(rest, end); ok && !startsWithLetter(tail) {
			s.at += len([]rune(end))
			return true
		}
	}
	return false
}

func startsWithLetter(s string) bool {
	for _, r := range s {
		return unicode.IsLetter(r)
	}
	return false
}

// date reads 14.07.2023, 14/07/2023 and 2023-07-14.
func (s *scanner) date() bool {
	rest := string(s.text[s.at:min(s.at+10, len(s.text))])
	if len(rest) < 10 || plain(s.peek(10)) {
		return false
	}
	text := rest
	if rest[2] == '.' && rest[5] == '.' {
		text = rest[6:] + "-" + rest[3:5] + "-" + rest[:2]
	}
	d, err := claim.ParseDate(text)
	if err != nil || !d.Exact() {
		return false
	}
	first, last := d.Bounds()
	s.put(token{kind: aDate, raw: rest, text: rest, day: span{first, last}})
	s.at += 10
	return true
}
