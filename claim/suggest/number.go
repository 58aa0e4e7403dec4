// SPDX-License-Identifier: Apache-2.0

package suggest

import (
	"tamizdat/claim/wording"
)

// Number is a number or a range in a text: “7,000–15,000”, “от 7 до 15 тысяч”.
// Of a single number, High is Low.
type Number struct {
	Low, High float64
	Passage
}

// value is a number without its place.
type value struct{ low, high float64 }

// Numbers reads the numbers of a text in order, in figures and in words, in
// English, Russian and Ukrainian, as package wording does. Dates are left out, and
// so are “one”, “two” and “a thousand” in words.
func Numbers(text string) []Number { return numbersOf(readPage(text)) }

func numbersOf(p *page) []Number {
	var out []Number
	for i := 0; i < len(p.tokens); {
		n := p.count(i)
		if n.Tokens == 0 {
			i++
			continue
		}
		v, end := p.rangeFrom(n, i)
		if v.low < v.high || !p.idle(n, i) {
			out = append(out, Number{Low: v.low, High: v.high, Passage: Passage{Text: p.text(i, end-1), Start: p.tokens[i].start, End: p.tokens[end-1].end}})
		}
		i = end
	}
	return out
}

// idle knows numbers that two texts share without meaning: dates, and words that
// are words more often than counts.
func (p *page) idle(n wording.Number, first int) bool {
	return n.Spelled && (n.Bare || n.Value < 3) || p.partOfDate(n.Value, first, first+n.Tokens)
}

// count reads the number that begins at a token. Behind “between”, “and” parts
// two of them.
func (p *page) count(from int) wording.Number {
	between := wording.Between(p.fold(from - 1))
	return wording.Count(from, func(i int) (wording.Part, int) {
		part, n := p.part(i)
		if between && part.Kind == wording.And {
			return wording.Part{}, 0
		}
		return part, n
	})
}

// part tells what begins at a token: digits over several, or a word. Marks part
// numbers, but for the point behind what was shortened.
func (p *page) part(i int) (wording.Part, int) {
	if !p.isWord(i) {
		return wording.Part{}, 0
	}
	start := p.tokens[i].start
	f := wording.FigureAt(p.runes[start:min(start+wording.Longest, len(p.runes))])
	if f.Runes == 0 {
		return wording.PartOf(p.fold(i)), 1
	}
	for end := i; end < len(p.tokens) && p.tokens[end].end <= start+f.Runes; end++ {
		if p.tokens[end].end == start+f.Runes {
			return f.Part(), end + 1 - i
		}
	}
	return wording.Part{}, 0 // letters follow at once, as in 5th
}

// rangeFrom looks for the other end of a range.
func (p *page) rangeFrom(low wording.Number, first int) (value, int) {
	end := first + low.Tokens
	if !p.rangeSign(first, end) {
		return value{low.Value, low.Value}, end
	}
	high := p.count(end + 1)
	from, to, ok := wording.Range(low, high)
	if high.Tokens == 0 || !ok {
		return value{low.Value, low.Value}, end
	}
	return value{from, to}, end + 1 + high.Tokens
}

func (p *page) rangeSign(first, i int) bool {
	joins, afterBetween := wording.Joins(p.fold(i))
	return joins && (!afterBetween || wording.Between(p.fold(first-1))) || p.isMark(i, "–—-")
}

// partOfDate knows years and days of a month, which recur without meaning.
func (p *page) partOfDate(v float64, first, end int) bool {
	if end-first == 1 && len(p.fold(first)) == 4 && v >= 1900 && v <= 2100 {
		return true
	}
	return v <= 31 && (wording.Month(p.fold(end)) > 0 || wording.Month(p.fold(first-1)) > 0)
}

// telling reports whether a number says something when two texts share it: a
// range, or a count of a hundred and more.
func (v value) telling() bool { return v.low < v.high && v.high >= 20 || v.low >= 100 }

func (v value) String() string {
	if v.low == v.high {
		return wording.Write(v.low)
	}
	return wording.Write(v.low) + "–" + wording.Write(v.high)
}
