// SPDX-License-Identifier: Apache-2.0

package suggest

import "unicode"

// quotation is a pair of quotation marks, by the places of their tokens.
type quotation struct {
	open, close int
	depth       int // 0 outside of any other
}

// deepest is how far quotations may be nested; what is deeper is not looked at.
const deepest = 8

// quotations finds the pairs of marks, in the order of their ends: «…», “…”,
// „…“, „…”, ‘…’, ‹…›, "…" and '…', nested, and over several paragraphs where
// each begins with the mark anew. A mark that has no partner in its paragraph is
// no quotation.
func (p *page) quotations() []quotation {
	m := marker{p: p}
	for i := range p.tokens {
		switch p.tokens[i].kind {
		case isBreak:
			m.paragraph(i)
		case isMark:
			m.mark(i)
		}
	}
	return m.found
}

// marker pairs marks. The stack is never deeper than deepest, so that the walk
// is linear whatever the text.
type marker struct {
	p     *page
	stack []int // tokens of the marks that are open
	skip  int   // a mark that only continues
	found []quotation
}

// paragraph lets a quotation go on if the next paragraph repeats its mark.
func (m *marker) paragraph(i int) {
	if len(m.stack) == 0 {
		return
	}
	next := i + 1
	if m.p.isMark(next, string(m.p.tokens[m.stack[0]].mark)) {
		m.stack, m.skip = m.stack[:1], next
		return
	}
	m.stack = m.stack[:0]
}

func (m *marker) mark(i int) {
	r := m.p.tokens[i].mark
	if i == m.skip && i > 0 {
		return
	}
	if k := m.closes(i, r); k >= 0 {
		m.found = append(m.found, quotation{open: m.stack[k], close: i, depth: k})
		m.stack = m.stack[:k]
		return
	}
	if m.opens(i, r) && len(m.stack) < deepest {
		m.stack = append(m.stack, i)
	}
}

// closes gives the place on the stack of the mark that this one closes, or -1.
func (m *marker) closes(i int, r rune) int {
	for k := len(m.stack) - 1; k >= 0; k-- {
		if partners(m.p.tokens[m.stack[k]].mark, r) && m.mayClose(i, r) {
			return k
		}
	}
	return -1
}

func partners(open, end rune) bool {
	switch open {
	case '«':
		return end == '»'
	case '“':
		return end == '”' || end == '“'
	case '„':
		return end == '“' || end == '”'
	case '‘':
		return end == '’'
	case '‹':
		return end == '›'
	case '"', '\'':
		return end == open
	}
	return false
}

// mayClose looks at both sides of a mark whose shape does not tell: it closes
// what stands before it, and no word follows at once.
func (m *marker) mayClose(i int, r rune) bool {
	if r == '»' || r == '›' || r == '”' {
		return true
	}
	return !m.spaceBefore(i) && !m.wordAfter(i)
}

func (m *marker) opens(i int, r rune) bool {
	switch r {
	case '«', '„', '‹', '“':
		return true
	case '‘', '"', '\'':
		return !m.wordBefore(i) && !m.spaceAfter(i)
	}
	return false
}

func (m *marker) spaceBefore(i int) bool {
	at := m.p.tokens[i].start
	return at == 0 || unicode.IsSpace(m.p.runes[at-1])
}

func (m *marker) wordBefore(i int) bool {
	at := m.p.tokens[i].start
	return at > 0 && inWord(m.p.runes[at-1])
}

func (m *marker) spaceAfter(i int) bool {
	at := m.p.tokens[i].end
	return at == len(m.p.runes) || unicode.IsSpace(m.p.runes[at])
}

func (m *marker) wordAfter(i int) bool {
	at := m.p.tokens[i].end
	return at < len(m.p.runes) && inWord(m.p.runes[at])
}
