// SPDX-License-Identifier: Apache-2.0

package search

import "math/bits"

// Snippet is a piece of a text as it was written, in which what was looked for is
// marked. The piece begins and ends with a word. It is a stranger's: whoever shows
// it must make it harmless first.
type Snippet struct {
	Text  string   `json:"text"`
	Start int      `json:"start"` // where in the whole text it begins, in bytes
	Marks [][2]int `json:"marks"` // from and to in Text, in bytes, in order
}

// snippetWords is how long a snippet is.
const snippetWords = 30

// marker finds the words of a query in a text.
type marker struct {
	x      *Index
	rows   [][]map[string]bool // for each reading: for each word the forms it means
	number []int               // of the clause that the reading is of
}

func (x *Index) marker(meanings []meaning) *marker {
	m := &marker{x: x}
	for n, c := range meanings {
		if c.not {
			continue
		}
		for _, words := range c.rows {
			row := make([]map[string]bool, len(words))
			for i, set := range words {
				row[i] = make(map[string]bool, len(set))
				for _, w := range set {
					row[i][x.words[w].form] = true
				}
			}
			m.rows, m.number = append(m.rows, row), append(m.number, n)
		}
	}
	return m
}

// token is a word of a text and which clauses mark it.
type token struct {
	start, end int
	means      uint64
}

// snippet cuts out the piece in which most of the query stands, the first of
// several.
func (m *marker) snippet(text string) Snippet {
	tokens := m.tokens(text)
	from, to := window(tokens)
	out := Snippet{Start: tokens[from].start, Text: text[tokens[from].start:tokens[to-1].end], Marks: [][2]int{}}
	for _, t := range tokens[from:to] {
		if t.means != 0 {
			out.Marks = append(out.Marks, [2]int{t.start - out.Start, t.end - out.Start})
		}
	}
	return out
}

func (m *marker) tokens(text string) []token {
	var tokens []token
	var formed []string
	s := &m.x.scan
	for s.begin(text); s.next(); {
		tokens, formed = append(tokens, token{start: s.start, end: s.end}), append(formed, string(s.form))
	}
	s.forget()
	for i := range tokens {
		for r, row := range m.rows {
			if !stands(row, formed[i:]) {
				continue
			}
			for k := range row {
				tokens[i+k].means |= 1 << m.number[r]
			}
		}
	}
	return tokens
}

// stands reports whether a text's words begin with those of a row.
func stands(row []map[string]bool, words []string) bool {
	if len(words) < len(row) {
		return false
	}
	for i, forms := range row {
		if !forms[words[i]] {
			return false
		}
	}
	return true
}

// window chooses the words [from, to) that are shown, the first of several that are
// worth the same. A little of what stands before is shown too.
func window(tokens []token) (from, to int) {
	best, bestValue := 0, 0
	for i := range tokens {
		if tokens[i].means != 0 {
			if v := value(tokens[i:min(i+snippetWords*3/4, len(tokens))]); v > bestValue {
				best, bestValue = i, v
			}
		}
	}
	from = max(best-snippetWords/4, 0)
	return from, min(from+snippetWords, len(tokens))
}

// value is what a row of words is worth to whoever looks at it: how much of the
// query is in it, and then how close together.
func value(tokens []token) int {
	clauses, last := uint64(0), 0
	for i, t := range tokens {
		if t.means&^clauses != 0 {
			clauses, last = clauses|t.means, i
		}
	}
	return bits.OnesCount64(clauses)*snippetWords - last
}
