// SPDX-License-Identifier: Apache-2.0

package suggest

// numeral gives the number that a word names, or 0.
func numeral(w string) float64 {
	switch w {
	case "three", "три", "трех", "трьох":
		return 3
	case "four", "четыре", "четырех", "чотири", "чотирьох":
		return 4
	case "five", "пять", "пяти", "пятеро":
		return 5
	case "six", "шесть", "шести", "шість":
		return 6
	case "seven", "семь", "семи", "сім":
		return 7
	case "eight", "восемь", "восьми", "вісім":
		return 8
	case "nine", "девять", "девяти":
		return 9
	case "ten", "десять", "десяти":
		return 10
	}
	if v := teen(w); v > 0 {
		return v
	}
	return tens(w)
}

func teen(w string) float64 {
	switch w {
	case "eleven", "одиннадцать", "одиннадцати", "одинадцять", "одинадцяти":
		return 11
	case "twelve", "двенадцать", "двенадцати", "дванадцять", "дванадцяти":
		return 12
	case "thirteen", "тринадцать", "тринадцати", "тринадцять", "тринадцяти":
		return 13
	case "fourteen", "четырнадцать", "четырнадцати", "чотирнадцять", "чотирнадцяти":
		return 14
	case "fifteen", "пятнадцать", "пятнадцати", "пятнадцять", "пятнадцяти":
		return 15
	case "sixteen", "шестнадцать", "шестнадцати", "шістнадцять", "шістнадцяти":
		return 16
	case "seventeen", "семнадцать", "семнадцати", "сімнадцять", "сімнадцяти":
		return 17
	case "eighteen", "восемнадцать", "восемнадцати", "вісімнадцять", "вісімнадцяти":
		return 18
	case "nineteen", "девятнадцать", "девятнадцати", "девятнадцять", "девятнадцяти":
		return 19
	}
	return 0
}

func tens(w string) float64 {
	switch w {
	case "twenty", "двадцать", "двадцати", "двадцять", "двадцяти":
		return 20
	case "thirty", "тридцать", "тридцати", "тридцять", "тридцяти":
		return 30
	case "forty", "сорок", "сорока":
		return 40
	case "fifty", "пятьдесят", "пятидесяти", "пятдесят", "пятдесяти":
		return 50
	case "sixty", "шестьдесят", "шестидесяти", "шістдесят", "шістдесяти":
		return 60
	case "seventy", "семьдесят", "семидесяти", "сімдесят", "сімдесяти":
		return 70
	case "eighty", "восемьдесят", "восьмидесяти", "вісімдесят", "вісімдесяти":
		return 80
	case "ninety", "девяносто", "девяноста":
		return 90
	case "сто", "ста":
		return 100
	case "двести", "двухсот", "двісті", "двохсот":
		return 200
	case "триста", "трехсот", "трьохсот":
		return 300
	case "пятьсот", "пятисот", "пятсот":
		return 500
	}
	return 0
}
