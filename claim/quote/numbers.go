// SPDX-License-Identifier: Apache-2.0

package quote

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// isNumeral tells digits, the words of numbers and the signs that go with them.
func isNumeral(w string) bool {
	if w == "" {
		return false
	}
	if first, _ := utf8.DecodeRuneInString(w); isDigit(w[0]) || w[0] == '-' || sign(first) {
		return true
	}
	_, unit := unitOf(w)
	_, scale := scaleOf(w)
	return unit || scale
}

// valueOf reads a whole number in digits, in words, or in both (“7 тыс.”,
// “7,000”, “seven thousand”, “десять тысяч”). It refuses anything else, because
// a guess here would hide a changed number.
func valueOf(words []string) (float64, bool) {
	total, part, seen := 0.0, 0.0, false
	for _, w := range words {
		if w == "and" && seen {
			continue
		}
		if s, ok := scaleOf(w); ok {
			if part == 0 {
				part = 1
			}
			if s == 100 {
				part *= s
			} else {
				total, part = total+part*s, 0
			}
			seen = true
			continue
		}
		v, ok := unitOf(w)
		if !ok {
			var err error
			if v, err = strconv.ParseFloat(w, 64); err != nil || !digitsOnly(w) {
				return 0, false
			}
		}
		if part != 0 && !joins(part, v) {
			return 0, false
		}
		part, seen = part+v, true
	}
	return total + part, seen
}

// joins tells whether a number can follow another in one: “twenty” and “five”,
// “двести” and “сорок”, but not “seven” and “nine”.
func joins(before, v float64) bool {
	size := 10.0
	for size <= v {
		size *= 10
	}
	rest := before
	for rest >= size {
		rest -= size * float64(int(rest/size))
	}
	return rest == 0
}

func digitsOnly(w string) bool { return strings.Trim(w, "0123456789.-") == "" }

func unitOf(w string) (float64, bool) {
	switch w {
	case "zero", "ноль", "нуль":
		return 0, true
	case "one", "один", "одна", "одно", "одного", "одну", "одне":
		return 1, true
	case "two", "два", "две", "двух", "дві", "двох":
		return 2, true
	case "three", "три", "трех", "трьох":
		return 3, true
	case "four", "четыре", "четырех", "чотири", "чотирьох":
		return 4, true
	case "five", "пять", "пяти", "п'ять", "п'яти":
		return 5, true
	case "six", "шесть", "шести", "шість":
		return 6, true
	case "seven", "семь", "семи", "сім":
		return 7, true
	case "eight", "восемь", "восьми", "вісім":
		return 8, true
	case "nine", "девять", "девяти", "дев'ять":
		return 9, true
	case "ten", "десять", "десяти":
		return 10, true
	}
	return largerUnit(w)
}

func largerUnit(w string) (float64, bool) {
	switch w {
	case "eleven", "одиннадцать", "одинадцять":
		return 11, true
	case "twelve", "dozen", "двенадцать", "дванадцять", "дюжина", "дюжину":
		return 12, true
	case "thirteen", "тринадцать", "тринадцять":
		return 13, true
	case "fourteen", "четырнадцать", "чотирнадцять":
		return 14, true
	case "fifteen", "пятнадцать", "п'ятнадцять":
		return 15, true
	case "sixteen", "шестнадцать", "шістнадцять":
		return 16, true
	case "seventeen", "семнадцать", "сімнадцять":
		return 17, true
	case "eighteen", "восемнадцать", "вісімнадцять":
		return 18, true
	case "nineteen", "девятнадцать", "дев'ятнадцять":
		return 19, true
	case "twenty", "двадцать", "двадцати", "двадцять":
		return 20, true
	case "thirty", "тридцать", "тридцати", "тридцять":
		return 30, true
	case "forty", "сорок", "сорока":
		return 40, true
	case "fifty", "пятьдесят", "п'ятдесят":
		return 50, true
	case "sixty", "шестьдесят", "шістдесят":
		return 60, true
	case "seventy", "семьдесят", "сімдесят":
		return 70, true
	case "eighty", "восемьдесят", "вісімдесят":
		return 80, true
	case "ninety", "девяносто", "дев'яносто":
		return 90, true
	}
	return hundreds(w)
}

func hundreds(w string) (float64, bool) {
	switch w {
	case "сто", "ста":
		return 100, true
	case "двести", "двісті":
		return 200, true
	case "триста":
		return 300, true
	case "четыреста", "чотириста":
		return 400, true
	case "пятьсот", "п'ятсот":
		return 500, true
	case "шестьсот", "шістсот":
		return 600, true
	case "семьсот", "сімсот":
		return 700, true
	case "восемьсот", "вісімсот":
		return 800, true
	case "девятьсот", "дев'ятсот":
		return 900, true
	}
	return 0, false
}

func scaleOf(w string) (float64, bool) {
	switch w {
	case "hundred":
		return 100, true
	case "thousand", "тыс", "тысяча", "тысячи", "тысяч", "тысячу", "тисяча", "тисячі", "тисяч", "тисячу", "тис":
		return 1e3, true
	case "million", "млн", "миллион", "миллиона", "миллионов", "мільйон", "мільйона", "мільйонів":
		return 1e6, true
	case "billion", "млрд", "миллиард", "миллиарда", "миллиардов", "мільярд", "мільярда", "мільярдів":
		return 1e9, true
	}
	return 0, false
}
