// SPDX-License-Identifier: Apache-2.0

package quote

import (
	"strconv"
	"unicode/utf8"

	"tamizdat/claim/wording"
)

// isNumeral tells digits, the words of numbers and the signs that go with them.
func isNumeral(w string) bool {
	if w == "" {
		return false
	}
	if first, _ := utf8.DecodeRuneInString(w); isDigit(w[0]) || w[0] == '-' || sign(first) {
		return true
	}
	k := wording.PartOf(w).Kind
	return k == wording.Unit || k == wording.Scale
}

// valueOf reads one number in digits, in words, or in both (“7 тыс.”, “7,000”,
// “seven thousand”, “десять тысяч”). It refuses what is more or less than one,
// because a guess here would hide a changed number.
func valueOf(words []string) (float64, bool) {
	n := wording.Count(0, func(i int) (wording.Part, int) {
		if i >= len(words) {
			return wording.Part{}, 0
		}
		return partOf(words[i]), 1
	})
	return n.Value, len(words) > 0 && n.Tokens == len(words)
}

func partOf(w string) wording.Part {
	if v, err := strconv.ParseFloat(w, 64); err == nil && (isDigit(w[0]) || w[0] == '-') {
		return wording.Part{Kind: wording.Digit, Value: v}
	}
	return wording.PartOf(w)
}
