// SPDX-License-Identifier: Apache-2.0

package mutation

import (
	"slices"
	"strings"
	"unicode"

	"tamizdat/claim"
	"tamizdat/claim/wording"
)

// digits reads a number or a date that is written in digits. More digits than a
// number can have are a word.
func (s *scanner) digits() {
	if s.date() {
		return
	}
	from, dashed := s.at, strings.ContainsRune("-–‑−", s.peek(-1)) && s.at > 0
	f := wording.FigureAt(s.figure())
	t := token{kind: aNumber, text: f.Digits, part: f.Part(), dashed: dashed}
	s.at += f.Runes
	if f.Runes == 0 {
		s.run()
		t = token{kind: aWord, text: string(s.text[from:s.at])}
	}
	t.raw = string(s.text[from:s.at])
	if s.ordinal() {
		t.kind, t.part.Kind = anOrdinal, wording.None // the value is a day, perhaps
	}
	s.put(t)
}

// figure is the text in which a number can stand. Behind a month it ends at the
// next space, which keeps “May 3 120 soldiers” apart.
func (s *scanner) figure() []rune {
	text := s.text[s.at:min(s.at+wording.Longest, len(s.text))]
	if space := slices.Index(text, ' '); space >= 0 && s.afterMonth() {
		return text[:space]
	}
	return text
}

func (s *scanner) afterMonth() bool {
	if len(s.out) == 0 {
		return false
	}
	t := token{concepts: s.lexicon.concepts(s.out[len(s.out)-1].text)}
	return t.is("month")
}

func (s *scanner) run() {
	for s.at < len(s.text) && unicode.IsDigit(s.text[s.at]) {
		s.at++
	}
}

// ordinal steps over the ending of 29th and 29-й: a place in a row counts nothing.
func (s *scanner) ordinal() bool {
	rest := wording.Fold(string(s.text[s.at:min(s.at+4, len(s.text))]))
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
	if len(rest) < 10 || unicode.IsDigit(s.peek(10)) {
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
