// SPDX-License-Identifier: Apache-2.0

package suggest

import (
	"strings"
	"unicode"

	"tamizdat/claim"
	"tamizdat/claim/wording"
)

// MaxText is how much of one text is read, in code points. What stands behind
// it is left alone: a book is not a letter, and nobody reads a million hints.
const MaxText = 1 << 21

// page is a text cut into words and marks.
type page struct {
	runes  []rune
	tokens []token
}

// token is a word, a mark, or the end of a paragraph.
type token struct {
	kind       tokenKind
	fold       string // of a word: NFC, lower case, ё as е, without apostrophe and hyphen
	mark       rune   // of a mark
	start, end int    // code points of the text
	upper      bool   // the word begins with a capital
}

type tokenKind uint8

const (
	isWord tokenKind = iota
	isMark
	isBreak // between paragraphs
)

// readPage cuts a text. It is one walk over the code points.
func readPage(text string) *page {
	p := &page{runes: bounded(text)}
	for i := 0; i < len(p.runes); {
		r := p.runes[i]
		switch {
		case inWord(r):
			i = p.word(i)
		case unicode.IsSpace(r):
			i = p.space(i)
		default:
			p.tokens = append(p.tokens, token{kind: isMark, mark: r, start: i, end: i + 1})
			i++
		}
	}
	return p
}

func bounded(text string) []rune {
	if len(text) > MaxText {
		n := 0
		for i := range text {
			if n == MaxText {
				text = text[:i]
				break
			}
			n++
		}
	}
	return []rune(text)
}

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }

// word takes letters and digits, and what joins them: зв’язку, ex-officer.
func (p *page) word(from int) int {
	i := from
	for i < len(p.runes) && (inWord(p.runes[i]) || p.joins(i)) {
		i++
	}
	p.tokens = append(p.tokens, token{
		kind: isWord, fold: wording.Bare(string(p.runes[from:i])), start: from, end: i,
		upper: unicode.IsUpper(p.runes[from]),
	})
	return i
}

func (p *page) joins(i int) bool {
	if !wording.Hyphen(p.runes[i]) {
		return wording.Inside(p.runes, i)
	}
	return i > 0 && i+1 < len(p.runes) && unicode.IsLetter(p.runes[i-1]) && unicode.IsLetter(p.runes[i+1])
}

// space ends a paragraph at an empty line, and at a line that begins with the
// dash of a dialogue.
func (p *page) space(from int) int {
	lines, i := 0, from
	for i < len(p.runes) && unicode.IsSpace(p.runes[i]) {
		if p.runes[i] == '\n' || p.runes[i] == '\u2029' {
			lines++
		}
		i++
	}
	if lines > 1 || lines == 1 && i < len(p.runes) && isDash(p.runes[i]) {
		p.tokens = append(p.tokens, token{kind: isBreak, start: from, end: i})
	}
	return i
}

func isDash(r rune) bool { return r == '—' || r == '–' || r == '-' || r == '―' }

// surroundings is how many code points a span carries of what is around it.
const surroundings = 32

// span gives code points from … to as a span that can be found again (W3C Web
// Annotation, TextQuoteSelector and TextPositionSelector).
func (p *page) span(from, to int) claim.Span {
	return claim.Span{
		Exact:  string(p.runes[from:to]),
		Prefix: string(p.runes[max(0, from-surroundings):from]),
		Suffix: string(p.runes[to:min(len(p.runes), to+surroundings)]),
		Start:  &from, End: &to,
	}
}

// text gives the code points between two tokens, both included.
func (p *page) text(first, last int) string {
	return string(p.runes[p.tokens[first].start:p.tokens[last].end])
}

// isMark reports whether a token is there and is one of the marks.
func (p *page) isMark(i int, marks string) bool {
	return i >= 0 && i < len(p.tokens) && p.tokens[i].kind == isMark && strings.ContainsRune(marks, p.tokens[i].mark)
}

func (p *page) isWord(i int) bool {
	return i >= 0 && i < len(p.tokens) && p.tokens[i].kind == isWord
}

// fold gives a word's folded form, or nothing.
func (p *page) fold(i int) string {
	if p.isWord(i) {
		return p.tokens[i].fold
	}
	return ""
}
