// SPDX-License-Identifier: Apache-2.0

package quote

import (
	"strings"
	"unicode"
)

// sign tells the characters that are words of their own, although they are no
// letters: per cent, money, fractions and Roman numerals. A superscript is none,
// because it may be the mark of a footnote.
func sign(r rune) bool {
	switch {
	case r == '%' || r == '$':
		return true
	case r < 0xA2:
		return false
	}
	return r == '‰' || r >= '¼' && r <= '¾' || r >= 0x2150 && r <= 0x215F || unicode.In(r, unicode.Sc, unicode.Nl)
}

// unitOfSign gives the sign for which a word, or words, may stand, or "". The
// words are in the form that [plain] gives.
func unitOfSign(words []string) string {
	switch w := strings.Join(words, " "); w {
	case "%", "percent", "per cent", "pct", "процент", "процента", "проценту", "проценты", "процентов", "відсоток", "відсотка", "відсотки", "відсотків":
		return "%"
	case "$", "dollar", "dollars", "доллар", "доллара", "долларов", "долл", "долар", "долара", "доларів":
		return "$"
	case "€", "euro", "euros", "евро", "євро":
		return "€"
	case "£", "pound", "pounds", "фунт", "фунта", "фунтов", "фунтів":
		return "£"
	case "₽", "rouble", "roubles", "ruble", "rubles", "рубль", "рубля", "рублей", "руб", "карбованців":
		return "₽"
	case "₴", "hryvnia", "hryvnias", "гривна", "гривны", "гривен", "гривня", "гривні", "гривень", "грн":
		return "₴"
	}
	return ""
}

// withoutUnit takes a unit off the end of what may be a number with one.
func withoutUnit(words []string) (number []string, unit string) {
	for n := 1; n <= 2 && n <= len(words); n++ {
		if u := unitOfSign(words[len(words)-n:]); u != "" {
			return words[:len(words)-n], u
		}
	}
	return words, ""
}

// sameAmount reports whether two say the same number of the same unit: “5 %” and
// “five percent”. A unit that only one of them names is a difference.
func sameAmount(a, b []string) bool {
	a, unit := withoutUnit(a)
	b, other := withoutUnit(b)
	if unit != other {
		return false
	}
	if unit != "" && len(a)+len(b) == 0 {
		return true
	}
	v, ok := valueOf(a)
	w, ok2 := valueOf(b)
	return ok && ok2 && v == w
}

// beside is how many words may stand between a sign and the place where the other
// text has its unit: “€5 million”, “5 million euros”.
const beside = 3

// moved marks units that stand before the number here and behind it there.
func moved(list []Difference, at []int) {
	for i := 0; i+1 < len(list); i++ {
		a, b := &list[i], &list[i+1]
		opposite := a.Change == Added && b.Change == Dropped || a.Change == Dropped && b.Change == Added
		unit := unitOfSign(plainWords(a.Article + a.Published))
		if opposite && unit != "" && unit == unitOfSign(plainWords(b.Article+b.Published)) && at[i+1]-at[i] <= beside+1 {
			a.Change, b.Change = Respelled, Respelled
		}
	}
}

func plainWords(text string) []string {
	var out []string
	for _, w := range split(text) {
		out = append(out, plain(text[w.start:w.end]))
	}
	return out
}
