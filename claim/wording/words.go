// SPDX-License-Identifier: Apache-2.0

package wording

import "strings"

// PartOf tells what a folded word is in a number.
func PartOf(word string) Part {
	word = bareWord(word)
	if word == "and" {
		return Part{Kind: And}
	}
	if p := scaleOf(word); p.Kind != None {
		return p
	}
	if v, ok := unitOf(word); ok {
		return Part{Kind: Unit, Value: v}
	}
	return compound(word)
}

// bareWord takes out what is written inside numerals: п'ять, twenty-five.
func bareWord(w string) string { return strings.Map(bare, w) }

// compound reads twenty-five, which loses its hyphen.
func compound(w string) Part {
	if i := strings.Index(w, "ty"); i > 0 {
		tens, ok := unitOf(w[:i+2])
		rest, ok2 := unitOf(w[i+2:])
		if ok && ok2 && rest >= 1 && rest < 10 {
			return Part{Kind: Unit, Value: tens + rest}
		}
	}
	return Part{}
}

// Joins tells the words that stand between the two ends of a range, and whether
// they do so only after a word such as “between”.
func Joins(word string) (joins, afterBetween bool) {
	switch word {
	case "to", "до":
		return true, false
	case "and", "и", "і", "та":
		return true, true
	}
	return false, false
}

// Between tells the words that open a range.
func Between(word string) bool { return word == "between" || word == "между" || word == "між" }

func scaleOf(w string) Part {
	switch w {
	case "dozen", "дюжина", "дюжину":
		return Part{Kind: Scale, Value: 12, alone: true}
	case "дюжины", "дюжин", "дюжини":
		return Part{Kind: Scale, Value: 12}
	case "hundred":
		return Part{Kind: Scale, Value: 100, alone: true}
	case "hundreds":
		return Part{Kind: Scale, Value: 100}
	case "thousand", "тысяча", "тысячу", "тисяча", "тисячу":
		return Part{Kind: Scale, Value: 1e3, alone: true}
	case "thousands", "тыс", "тысячи", "тысяч", "тысячам", "тысячами", "тысячах", "тис", "тисячі", "тисяч", "тисячам", "тисячами", "тисячах":
		return Part{Kind: Scale, Value: 1e3}
	case "million", "миллион", "мільйон":
		return Part{Kind: Scale, Value: 1e6, alone: true}
	case "millions", "mln", "млн", "миллиона", "миллионов", "миллионы", "миллионам", "миллионами", "миллионах", "мільйона", "мільйони", "мільйонів", "мільйонам", "мільйонами", "мільйонах":
		return Part{Kind: Scale, Value: 1e6}
	case "billion", "миллиард", "мільярд":
		return Part{Kind: Scale, Value: 1e9, alone: true}
	case "billions", "млрд", "миллиарда", "миллиардов", "миллиарды", "миллиардам", "миллиардами", "миллиардах", "мільярда", "мільярди", "мільярдів", "мільярдам", "мільярдами", "мільярдах":
		return Part{Kind: Scale, Value: 1e9}
	}
	return letterScale(w)
}

// letterScale reads what is short for a scale behind digits only.
func letterScale(w string) Part {
	switch w {
	case "k":
		return Part{Kind: Scale, Value: 1e3, behind: true}
	case "m":
		return Part{Kind: Scale, Value: 1e6, behind: true}
	case "bn":
		return Part{Kind: Scale, Value: 1e9, behind: true}
	}
	return Part{}
}

// unitOf leaves out what is more often another word: семью is a family, сьома the
// seventh.
func unitOf(w string) (float64, bool) {
	switch w {
	case "zero", "ноль", "нуль":
		return 0, true
	case "one", "один", "одна", "одно", "одного", "одну", "одной", "одному", "одним", "одне", "одній":
		return 1, true
	case "two", "два", "две", "двух", "двум", "двумя", "двое", "двоих", "двоє", "дві", "двох", "двом", "двома":
		return 2, true
	case "three", "три", "трех", "трем", "тремя", "трое", "троих", "троє", "трьох", "трьом", "трьома":
		return 3, true
	case "four", "четыре", "четырех", "четырем", "четырьмя", "четверо", "четверых", "чотири", "чотирьох", "чотирьом", "чотирма":
		return 4, true
	case "five", "пять", "пяти", "пятью", "пятьох", "пятьом", "пятьма", "пятеро", "пятерых":
		return 5, true
	case "six", "шесть", "шести", "шестью", "шестеро", "шестерых", "шість", "шістьох", "шістьом", "шістьма":
		return 6, true
	case "seven", "семь", "семи", "семеро", "семерых", "сім", "сімох", "сімом", "сімома":
		return 7, true
	case "eight", "восемь", "восьми", "восемью", "вісім", "вісьмох", "вісьмом", "вісьма":
		return 8, true
	case "nine", "девять", "девяти", "девятью", "девятьох", "девятьом", "девятьма":
		return 9, true
	case "ten", "десять", "десяти", "десятью", "десятьох", "десятьом", "десятьма":
		return 10, true
	}
	if v, ok := teenOf(w); ok {
		return v, true
	}
	if v, ok := tensOf(w); ok {
		return v, true
	}
	return hundredsOf(w)
}

func teenOf(w string) (float64, bool) {
	switch w {
	case "eleven", "одиннадцать", "одиннадцати", "одиннадцатью", "одинадцять", "одинадцяти", "одинадцятьох":
		return 11, true
	case "twelve", "двенадцать", "двенадцати", "двенадцатью", "дванадцять", "дванадцяти", "дванадцятьох":
		return 12, true
	case "thirteen", "тринадцать", "тринадцати", "тринадцатью", "тринадцять", "тринадцяти", "тринадцятьох":
		return 13, true
	case "fourteen", "четырнадцать", "четырнадцати", "четырнадцатью", "чотирнадцять", "чотирнадцяти", "чотирнадцятьох":
		return 14, true
	case "fifteen", "пятнадцать", "пятнадцати", "пятнадцатью", "пятнадцять", "пятнадцяти", "пятнадцятьох":
		return 15, true
	case "sixteen", "шестнадцать", "шестнадцати", "шестнадцатью", "шістнадцять", "шістнадцяти", "шістнадцятьох":
		return 16, true
	case "seventeen", "семнадцать", "семнадцати", "семнадцатью", "сімнадцять", "сімнадцяти", "сімнадцятьох":
		return 17, true
	case "eighteen", "восемнадцать", "восемнадцати", "восемнадцатью", "вісімнадцять", "вісімнадцяти", "вісімнадцятьох":
		return 18, true
	case "nineteen", "девятнадцать", "девятнадцати", "девятнадцатью", "девятнадцять", "девятнадцяти", "девятнадцятьох":
		return 19, true
	}
	return 0, false
}

func tensOf(w string) (float64, bool) {
	switch w {
	case "twenty", "двадцать", "двадцати", "двадцатью", "двадцять", "двадцяти", "двадцятьох":
		return 20, true
	case "thirty", "тридцать", "тридцати", "тридцатью", "тридцять", "тридцяти", "тридцятьох":
		return 30, true
	case "forty", "сорок", "сорока":
		return 40, true
	case "fifty", "пятьдесят", "пятидесяти", "пятьюдесятью", "пятдесят", "пятдесяти", "пятдесятьох":
		return 50, true
	case "sixty", "шестьдесят", "шестидесяти", "шестьюдесятью", "шістдесят", "шістдесяти", "шістдесятьох":
		return 60, true
	case "seventy", "семьдесят", "семидесяти", "семьюдесятью", "сімдесят", "сімдесяти", "сімдесятьох":
		return 70, true
	case "eighty", "восемьдесят", "восьмидесяти", "восемьюдесятью", "вісімдесят", "вісімдесяти", "вісімдесятьох":
		return 80, true
	case "ninety", "девяносто", "девяноста", "девяностьох":
		return 90, true
	}
	return 0, false
}

func hundredsOf(w string) (float64, bool) {
	switch w {
	case "сто", "ста":
		return 100, true
	case "двести", "двухсот", "двумстам", "двумястами", "двухстах", "двісті", "двохсот", "двомстам", "двомастами", "двохстах":
		return 200, true
	case "триста", "трехсот", "тремстам", "тремястами", "трехстах", "трьохсот", "трьомстам", "трьомастами", "трьохстах":
		return 300, true
	case "четыреста", "четырехсот", "четыремстам", "четырьмястами", "четырехстах", "чотириста", "чотирьохсот", "чотирьомстам", "чотирмастами", "чотирьохстах":
		return 400, true
	case "пятьсот", "пятисот", "пятистам", "пятьюстами", "пятистах", "пятсот", "пятьмастами":
		return 500, true
	case "шестьсот", "шестисот", "шестистам", "шестьюстами", "шестистах", "шістсот", "шістьмастами":
		return 600, true
	case "семьсот", "семисот", "семистам", "семьюстами", "семистах", "сімсот", "сьомастами":
		return 700, true
	case "восемьсот", "восьмисот", "восьмистам", "восемьюстами", "восьмистах", "вісімсот", "вісьмастами":
		return 800, true
	case "девятьсот", "девятисот", "девятистам", "девятьюстами", "девятистах", "девятсот", "девятьмастами":
		return 900, true
	}
	return 0, false
}
