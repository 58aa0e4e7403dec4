// SPDX-License-Identifier: Apache-2.0

package wording

import (
	"strconv"
	"strings"
	"unicode"
)

// Figure is a number in digits.
type Figure struct {
	Value  float64
	Digits string // in ASCII, without marks between thousands, with a point: 7000, 1.5
	Runes  int    // how many runes it takes; 0 where there is none
}

// mostDigits keeps a number exact as a float64.
const mostDigits = 15

// Longest is how many runes a figure can take: digits with a mark after each
// third, and a point.
const Longest = 2*mostDigits + 2

// FigureAt reads the number whose first digit is the first rune of a text. Groups
// of exactly three digits can be parted by comma, point, apostrophe or a space, the
// same one throughout; 7.000 is seven thousand, as 7,000 is. A comma or a point
// before other digits begins a fraction, and so does one after 0. Digits are those
// of any script. More than 15 are no number.
func FigureAt(text []rune) Figure {
	whole := run(text)
	if whole == 0 || whole > mostDigits {
		return Figure{}
	}
	end, mark := groups(text, whole)
	digits := figures(text[:end])
	if part := fraction(text[end:], mark); part > 0 {
		digits += "." + figures(text[end+1:end+1+part])
		end += 1 + part
	}
	v, err := strconv.ParseFloat(digits, 64)
	if err != nil || len(strings.TrimLeft(digits, "0.")) > mostDigits+1 {
		return Figure{}
	}
	return Figure{Value: v, Digits: digits, Runes: end}
}

// groups steps over the thousands that follow the first digits, and tells the
// mark between them.
func groups(text []rune, whole int) (end int, mark rune) {
	end = whole
	if whole > 3 || digit(text[0]) == 0 {
		return end, 0
	}
	for end < len(text) && groupMark(text[end]) && (mark == 0 || mark == text[end]) && run(text[end+1:]) == 3 {
		mark = text[end]
		end += 4
	}
	return end, mark
}

// fraction gives the length of a fraction that begins with a point or a comma.
func fraction(text []rune, groups rune) int {
	if len(text) == 0 || text[0] == groups || text[0] != '.' && text[0] != ',' {
		return 0
	}
	return run(text[1:])
}

// run counts the digits with which a text begins, and stops where they are too many.
func run(text []rune) int {
	n := 0
	for n < len(text) && n <= mostDigits && unicode.IsDigit(text[n]) {
		n++
	}
	return n
}

func groupMark(r rune) bool { return strings.ContainsRune(" ,.'’\u00a0\u2009\u202f", r) }

// figures gives the digits of a text in ASCII.
func figures(text []rune) string {
	var b strings.Builder
	for _, r := range text {
		if unicode.IsDigit(r) {
			b.WriteByte('0' + digit(r))
		}
	}
	return b.String()
}

// digit relies on Unicode, where the digits of a script stand in a row of ten.
func digit(r rune) byte {
	if r < 0x80 {
		return byte(r - '0')
	}
	for _, t := range unicode.Nd.R16 {
		if lo := rune(t.Lo); r >= lo && r <= rune(t.Hi) {
			return byte((r - lo) % 10)
		}
	}
	for _, t := range unicode.Nd.R32 {
		if lo := rune(t.Lo); r >= lo && r <= rune(t.Hi) {
			return byte((r - lo) % 10)
		}
	}
	return 0
}
