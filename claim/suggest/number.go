// SPDX-License-Identifier: Apache-2.0

package suggest

import (
	"strconv"
	"strings"
	"unicode"
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
// English, Russian and Ukrainian. Groups of three digits may be parted by comma,
// point, apostrophe or space; “7.000” is seven thousand, as “7,000” is.
func Numbers(text string) []Number { return numbersOf(readPage(text)) }

func numbersOf(p *page) []Number {
	var out []Number
	for i := 0; i < len(p.tokens); {
		low, n := p.figure(i)
		if n == 0 {
			i++
			continue
		}
		v, end := p.rangeFrom(low, i, i+n)
		if v.low != v.high || !p.partOfDate(v.low, i, end) {
			out = append(out, Number{Low: v.low, High: v.high, Passage: Passage{Text: p.text(i, end-1), Start: p.tokens[i].start, End: p.tokens[end-1].end}})
		}
		i = end
	}
	return out
}

// amount is a number as read: what it is, and by what word it was multiplied.
type amount struct{ bare, scale float64 }

func (a amount) value() float64 { return a.bare * a.scale }

// rangeFrom looks for the other end of a range. In “7–15 thousand” the word counts
// for both ends.
func (p *page) rangeFrom(low amount, first, end int) (value, int) {
	one := value{low.value(), low.value()}
	high, n := p.figure(end + 1)
	if n == 0 || !p.rangeSign(first, end) {
		return one, end
	}
	if low.scale == 1 && high.scale > 1 && low.bare < high.bare {
		low.scale = high.scale
	}
	if low.value() >= high.value() {
		return one, end
	}
	return value{low.value(), high.value()}, end + 1 + n
}

func (p *page) rangeSign(first, i int) bool {
	switch p.fold(i) {
	case "to", "до":
		return true
	case "and", "и", "і", "та":
		switch p.fold(first - 1) {
		case "between", "между", "між":
			return true
		}
	}
	return p.isMark(i, "–—-")
}

// figure reads one number, and says how many tokens it has; 0 is none.
func (p *page) figure(i int) (amount, int) {
	bare, n := p.digits(i)
	if n == 0 {
		if bare, n = p.spelled(i); n == 0 {
			return amount{}, 0
		}
	}
	a := amount{bare, 1}
	if s := scaleOf(p.fold(i + n)); s > 1 {
		a.scale = s
		n++
	}
	return a, n
}

func scaleOf(w string) float64 {
	switch w {
	case "thousand", "thousands", "k", "тыс", "тысяча", "тысячи", "тысяч", "тис", "тисяч", "тисяча", "тисячі":
		return 1e3
	case "million", "millions", "m", "mln", "млн", "миллион", "миллиона", "миллионов", "мільйон", "мільйона", "мільйони", "мільйонів":
		return 1e6
	case "billion", "bn", "млрд", "миллиард", "миллиарда", "миллиардов", "мільярд", "мільярда", "мільярдів":
		return 1e9
	}
	return 1
}

// mostDigits keeps a number exact as a float64.
const mostDigits = 15

// digits reads 7000, 7,000, 7 000, 7.5.
func (p *page) digits(i int) (float64, int) {
	if !p.allDigits(i) {
		return 0, 0
	}
	all, n := p.fold(i), 1
	if len(all) <= 3 && all != "0" {
		for size := p.group(i + n); size > 0 && len(all) <= mostDigits; size = p.group(i + n) {
			all += p.fold(i + n + size - 1)
			n += size
		}
	}
	if n == 1 && p.isMark(i+1, ".,") && p.touches(i+1) && p.touches(i+2) && p.allDigits(i+2) {
		all += "." + p.fold(i+2)
		n = 3
	}
	if len(all) > mostDigits+1 {
		return 0, 0
	}
	v, err := strconv.ParseFloat(all, 64)
	if err != nil {
		return 0, 0
	}
	return v, n
}

// group gives the size of “,000” or “ 000” at a token: 2, 1, or 0.
func (p *page) group(i int) int {
	if p.isMark(i, ",.'’") && p.touches(i) && p.touches(i+1) && p.triple(i+1) {
		return 2
	}
	if p.triple(i) && p.tokens[i].start-p.tokens[i-1].end == 1 {
		return 1
	}
	return 0
}

func (p *page) triple(i int) bool { return p.allDigits(i) && len(p.fold(i)) == 3 }

// touches reports whether a token follows the one before it at once.
func (p *page) touches(i int) bool {
	return i > 0 && i < len(p.tokens) && p.tokens[i-1].end == p.tokens[i].start
}

func (p *page) allDigits(i int) bool {
	w := p.fold(i)
	return w != "" && strings.Trim(w, "0123456789") == ""
}

// spelled reads “twenty five”, “fifteen”, “семи”, “сто двадцять”. One and two are
// left out: they are words more often than counts.
func (p *page) spelled(i int) (float64, int) {
	sum, n, last := 0.0, 0, 1000.0
	for {
		v := numeral(p.fold(i + n))
		if v == 0 || v >= last || last < 20 {
			break
		}
		sum, last = sum+v, v
		n++
		if p.fold(i+n) == "hundred" && v < 10 {
			sum, last = sum*100, 100
			n++
		}
	}
	return sum, n
}

// partOfDate knows years and days of a month, which recur without meaning.
func (p *page) partOfDate(v float64, first, end int) bool {
	if end-first == 1 && len(p.fold(first)) == 4 && v >= 1900 && v <= 2100 {
		return true
	}
	return v <= 31 && (month(p.fold(end)) || month(p.fold(first-1)))
}

func month(w string) bool {
	for _, m := range [...]string{
		"january", "february", "march", "april", "june", "july", "august", "september", "october", "november", "december",
		"январ", "феврал", "март", "апрел", "июн", "июл", "август", "сентябр", "октябр", "ноябр", "декабр",
		"січн", "лют", "берез", "квіт", "трав", "черв", "лип", "серп", "верес", "жовт", "листопад", "груд",
	} {
		if rest, ok := strings.CutPrefix(w, m); ok && len([]rune(rest)) <= 3 {
			return true
		}
	}
	return w == "may" || w == "мая" || w == "май" || w == "мае"
}

// telling reports whether a number says something when two texts share it: a
// range, or a count of a hundred and more.
func (v value) telling() bool { return v.low < v.high && v.high >= 20 || v.low >= 100 }

// String gives figures with spaces between groups.
func (v value) String() string {
	if v.low == v.high {
		return grouped(v.low)
	}
	return grouped(v.low) + "–" + grouped(v.high)
}

func grouped(f float64) string {
	s := strconv.FormatFloat(f, 'f', -1, 64)
	whole, rest, _ := strings.Cut(s, ".")
	var b strings.Builder
	for i, r := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 && unicode.IsDigit(r) {
			b.WriteByte(',')
		}
		b.WriteRune(r)
	}
	if rest != "" {
		b.WriteString("." + rest)
	}
	return b.String()
}
