// SPDX-License-Identifier: Apache-2.0

package judge

import (
	"slices"
	"strings"
	"unicode"

	"tamizdat/claim/wording"
)

// Detail is something in a text that few may know: mark it before quoting.
// Start and End count Unicode code points.
type Detail struct {
	Kind       string // number, name, date
	Text       string
	Start, End int
}

// maxRareText bounds the text that is looked through, in code points.
const maxRareText = 1 << 20

// RareDetails marks numbers, names and dates in an English, Russian or Ukrainian
// text. public tells what everybody knows and need not be marked; nil marks all.
// A name is a word with a capital letter inside a sentence, or two in a row; a
// single name at the beginning of a sentence is not found, nor is a job title.
func RareDetails(text string, public func(detail string) bool) []Detail {
	runes := []rune(text)
	runes = runes[:min(len(runes), maxRareText)]
	words := wordsOf(runes)
	var out []Detail
	for i := 0; i < len(words); {
		kind, n := detailAt(words[i:])
		if kind == "" {
			i++
			continue
		}
		d := Detail{Kind: kind, Start: words[i].start, End: words[i+n-1].end}
		d.Text = string(runes[d.Start:d.End])
		if public == nil || !public(d.Text) {
			out = append(out, d)
		}
		i += n
	}
	return out
}

// token is a word or a number, with what stands before it.
type token struct {
	text       string // in small letters
	start, end int
	number     bool // it begins with a digit
	capital    bool // it begins with a capital letter
	acronym    bool // two or more capital letters and no small one, or letters with digits
	opens      bool // it begins a sentence
	joined     bool // only a space lies between it and the one before
}

func wordsOf(runes []rune) []token {
	var out []token
	opens, last := true, -1
	for i := 0; i < len(runes); {
		if !wordly(runes[i]) {
			opens = opens || strings.ContainsRune(".!?…\n", runes[i])
			i++
			continue
		}
		end := wordEnd(runes, i)
		t := tokenOf(runes[i:end])
		t.start, t.end, t.opens = i, end, opens
		t.joined = last >= 0 && i == last+1 && unicode.IsSpace(runes[last]) && runes[last] != '\n'
		out = append(out, t)
		i, last, opens = end, end, false
	}
	return out
}

func wordly(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }

// wordEnd goes over signs within a word or number: 24.03.2022, 7,000, 7 000, Т-72,
// об'єкт.
func wordEnd(runes []rune, i int) int {
	digits := unicode.IsDigit(runes[i])
	for i < len(runes) {
		switch {
		case wordly(runes[i]):
			i++
		case i+1 < len(runes) && strings.ContainsRune("-'’ʼ", runes[i]) && wordly(runes[i+1]),
			digits && i+1 < len(runes) && strings.ContainsRune(".,:/", runes[i]) && unicode.IsDigit(runes[i+1]):
			i += 2
		case digits && groupAt(runes, i):
			i += 4
		default:
			return i
		}
	}
	return i
}

// groupAt reports whether a space and exactly three digits follow.
func groupAt(runes []rune, i int) bool {
	if i+3 >= len(runes) || !strings.ContainsRune(" \u00a0\u202f\u2009", runes[i]) {
		return false
	}
	for _, r := range runes[i+1 : i+4] {
		if !unicode.IsDigit(r) {
			return false
		}
	}
	return i+4 == len(runes) || !wordly(runes[i+4])
}

func tokenOf(word []rune) token {
	t := token{text: wording.Fold(string(word)), number: unicode.IsDigit(word[0]), capital: unicode.IsUpper(word[0])}
	upper, digit := 0, false
	small := false
	for _, r := range word {
		if unicode.IsUpper(r) {
			upper++
		}
		small = small || unicode.IsLower(r)
		digit = digit || unicode.IsDigit(r)
	}
	t.acronym = !t.number && (upper >= 2 && !small || upper >= 1 && digit)
	return t
}

// detailAt tells what begins a row of words, and how many of them belong to it.
func detailAt(w []token) (kind string, n int) {
	if n := dateAt(w); n > 0 {
		return "date", n
	}
	if n := numberAt(w); n > 0 {
		return "number", n
	}
	if n := nameAt(w); n > 0 {
		return "name", n
	}
	return "", 0
}

// dateAt finds 2022-03-24, 24.03.2022, 24 March 2022, March 24, 24 марта, в марте.
func dateAt(w []token) int {
	if w[0].number && strings.Count(w[0].text, ".")+strings.Count(w[0].text, "-")+strings.Count(w[0].text, "/") == 2 {
		return 1
	}
	n := 0
	switch {
	case w[0].number && len(w[0].text) <= 4 && len(w) > 1 && month(w[1].text):
		n = 2
	case month(w[0].text) && (w[0].text != "may" && w[0].text != "march" || w[0].capital && !w[0].opens || len(w) > 1 && w[1].number):
		n = 1
		if len(w) > 1 && w[1].number && len(w[1].text) <= 4 {
			n = 2
		}
	default:
		return 0
	}
	if len(w) > n && w[n].number && len(w[n].text) == 4 {
		n++
	}
	return n
}

func month(s string) bool { return wording.Month(s) > 0 }

// numberAt finds digits and number words, with the multipliers that follow.
func numberAt(w []token) int {
	n := 0
	for n < len(w) && (n == 0 || w[n].joined) && (w[n].number || numeral(w[n].text) || n > 0 && multiplier(w[n].text)) {
		n++
	}
	return n
}

func multiplier(s string) bool { return wording.PartOf(s).Kind == wording.Scale || loose(s) }

// numeral leaves out “one”, which counts nothing more often than not.
func numeral(s string) bool {
	p := wording.PartOf(s)
	return p.Kind == wording.Unit && p.Value >= 2 || p.Kind == wording.Scale && len(s) > 2 || loose(s)
}

// loose tells words for many that are no number: hundreds, сотни, тысячник.
func loose(s string) bool {
	return slices.ContainsFunc([]string{"сотн", "сотен", "дюжин", "тысяч", "тисяч", "миллион", "мільйон", "миллиард", "мільярд"},
		func(stem string) bool { return strings.HasPrefix(s, stem) })
}

// nameAt finds names: capitals in a row, or one inside a sentence, or an acronym.
func nameAt(w []token) int {
	if w[0].opens && opener(w[0].text) {
		return 0
	}
	n := 0
	for n < len(w) && (n == 0 || w[n].joined && !w[n].opens) && (w[n].capital || w[n].acronym) && w[n].text != "i" && (n == 0 || !month(w[n].text)) {
		n++
	}
	if n == 1 && w[0].opens && !w[0].acronym {
		return 0
	}
	return n
}

// opener knows small words with which sentences begin, often before a name.
func opener(s string) bool {
	switch s {
	case "the", "a", "an", "in", "on", "at", "by", "to", "of", "for", "from", "with", "our", "his", "her", "their", "and", "but", "when", "that", "this", "as", "after", "before", "if", "not",
		"в", "во", "на", "по", "из", "от", "с", "со", "к", "у", "и", "а", "но", "за", "до", "о", "об", "не", "как", "когда", "наш", "это", "для", "после",
		"з", "із", "від", "й", "та", "але", "про", "що", "як", "коли", "ні", "це", "після":
		return true
	}
	return false
}
