// SPDX-License-Identifier: Apache-2.0

package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxForm is how many bytes of a word count. Longer ones are no words, and who
// sends them shall not fill the memory with them.
const maxForm = 96

// scanner cuts a text into words. A word is a row of letters, marks and digits;
// an apostrophe between letters belongs to it, a hyphen parts two. What cannot be
// seen is passed over. Numbers are read as [scanner.number] says.
type scanner struct {
	text       string
	at         int
	start, end int    // of the word, in bytes of the text
	form       []byte // of the word, normalised; valid until the next
	plain      bool   // only ASCII and everyday Cyrillic, which is NFC as it is
}

func (s *scanner) begin(text string) { s.text, s.at = text, 0 }

// forget lets go of the text and of what was read of it.
func (s *scanner) forget() {
	clear(s.form[:cap(s.form)])
	s.text, s.at, s.form = "", 0, s.form[:0]
}

// next reads the next word, or returns false behind the last.
func (s *scanner) next() bool {
	for s.at < len(s.text) {
		r, size := utf8.DecodeRuneInString(s.text[s.at:])
		switch {
		case isDigit(r):
			if s.number() {
				return true
			}
			return s.word()
		case isLetter(r):
			return s.word()
		}
		s.at += size
	}
	return false
}

func isDigit(r rune) bool { return '0' <= r && r <= '9' }

func isLetter(r rune) bool {
	switch {
	case r < utf8.RuneSelf:
		return 'a' <= r|0x20 && r|0x20 <= 'z'
	case 0x400 <= r && r <= 0x481:
		return true
	}
	return (unicode.IsLetter(r) || unicode.IsNumber(r)) && !isApostrophe(r) // ʼ is of both kinds
}

// joins reports whether a rune goes on with a word that has begun.
func joins(r rune) bool {
	return isLetter(r) || isDigit(r) || r >= utf8.RuneSelf && (unicode.IsMark(r) || unicode.Is(unicode.Cf, r))
}

func isApostrophe(r rune) bool {
	switch r {
	case '\'', '`', '´', '‘', '’', 'ʹ', 'ʼ', '′', '＇':
		return true
	}
	return false
}

// word reads a word that begins here.
func (s *scanner) word() bool {
	s.start, s.plain = s.at, true
	for i := s.at; i < len(s.text); {
		r, size := utf8.DecodeRuneInString(s.text[i:])
		if isApostrophe(r) {
			if next, _ := utf8.DecodeRuneInString(s.text[i+size:]); !isLetter(next) || isApostrophe(next) {
				break
			}
		} else if !joins(r) {
			break
		}
		s.plain = s.plain && (r < utf8.RuneSelf || 0x400 <= r && r <= 0x481 || r == 'ґ' || r == 'Ґ' || isApostrophe(r))
		i += size
		s.at = i
	}
	s.end = s.at
	s.normalise(s.text[s.start:s.end])
	return true
}

// normalise makes the form of a word: NFC, lower case, without marks that NFC
// leaves standing, е for ё. An apostrophe stays in Latin words and falls out of
// Cyrillic ones, where keyboards lack it and people leave it out.
func (s *scanner) normalise(word string) {
	if !s.plain {
		word = norm.NFC.String(strings.Map(visible, word))
	}
	s.form = s.form[:0]
	for _, r := range word {
		switch r = lower(r); {
		case isApostrophe(r):
			if last, _ := utf8.DecodeLastRune(s.form); last >= utf8.RuneSelf {
				continue
			}
			r = '\''
		case r == 'ё':
			r = 'е'
		case !s.plain && unicode.IsMark(r):
			continue
		}
		if len(s.form)+utf8.RuneLen(r) > maxForm {
			return
		}
		s.form = utf8.AppendRune(s.form, r)
	}
}

// lower is [unicode.ToLower], without a search for what nearly all letters are.
func lower(r rune) rune {
	switch {
	case r < utf8.RuneSelf:
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	case 'а' <= r && r <= 'џ':
		return r
	case 'А' <= r && r <= 'Я':
		return r + 'а' - 'А'
	}
	return unicode.ToLower(r)
}

func visible(r rune) rune {
	if unicode.Is(unicode.Cf, r) {
		return -1
	}
	return r
}
