// SPDX-License-Identifier: Apache-2.0

package press

import (
	"fmt"
	"strings"
	"unicode"
)

// Finding is one thing the gate saw. Where is for a person ("text ru,
// paragraph 3, character 17"). A finding that stops cannot be waived; the
// others stop until a person says that he has looked.
type Finding struct {
	Where  string
	What   string
	Remedy string
	Stop   bool
}

// String puts the finding in one line.
func (f Finding) String() string {
	return f.Where + ": " + f.What + "; " + f.Remedy
}

// Gate looks for hidden marks in every string of the edition, on the bytes
// that would be printed (spec/record.md §3). An empty list means that no mark
// of the known kinds is there. Marks made by wording it cannot see.
func Gate(e Edition) []Finding {
	d := e.draft
	var all []Finding
	add := func(where, lang, s string) { all = append(all, gateString(where, lang, s)...) }
	add("origin", "", d.Origin)
	add("series name", "", d.SeriesName)
	for _, t := range d.Texts {
		add("text "+t.Lang+", title", t.Lang, t.Title)
		for i, p := range t.Paragraphs() {
			add(fmt.Sprintf("text %s, paragraph %d", t.Lang, i+1), t.Lang, p)
		}
	}
	for i, c := range d.Credits {
		add(fmt.Sprintf("credit %d", i+1), "", c.Name)
	}
	for i, s := range d.Statements {
		add(fmt.Sprintf("statement %d", i+1), s.Lang, s.Text)
	}
	return all
}

// Stops tells whether any finding cannot be waived.
func Stops(findings []Finding) bool {
	for _, f := range findings {
		if f.Stop {
			return true
		}
	}
	return false
}

func gateString(where, lang, s string) []Finding {
	runes := []rune(s)
	var found []Finding
	for i, r := range runes {
		what, stop := hiddenRune(runes, i, lang)
		if what == "" {
			continue
		}
		remedy := "delete it, or write the word without it"
		if !stop {
			remedy = "look whether it belongs there"
		}
		found = append(found, Finding{
			Where: fmt.Sprintf("%s, character %d", where, i+1),
			What:  fmt.Sprintf("%s %U", what, r), Remedy: remedy, Stop: stop,
		})
	}
	return append(found, gateWords(where, lang, runes)...)
}

// hiddenRune names the kind of mark at place i, or gives "".
func hiddenRune(runes []rune, i int, lang string) (what string, stop bool) {
	r := runes[i]
	switch {
	case r == 0x200c || r == 0x200d:
		if joinerBelongs(runes, i, lang) {
			return "", false
		}
		return "zero-width joiner or non-joiner", true
	case r == 0x00ad:
		return "soft hyphen", true
	case r == 0x200b || r == 0x2060 || r == 0xfeff || r == 0x180e:
		return "zero-width character", true
	case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0x200e, r == 0x200f, r == 0x061c:
		return "direction control", true
	case unicode.In(r, unicode.Variation_Selector):
		return "variation selector", true
	case r >= 0xe0000 && r <= 0xe007f:
		return "tag character", true
	case isFiller(r):
		return "filler that prints as nothing", true
	case unicode.In(r, unicode.Cf):
		return "invisible format character", true
	case unicode.In(r, unicode.Mn, unicode.Me) && !marksBelong(runes, i):
		return "combining mark", false
	}
	return "", false
}

// isFiller lists letters and marks that have no ink.
func isFiller(r rune) bool {
	switch r {
	case 0x034f, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x2800, 0x3164, 0xffa0:
		return true
	}
	return false
}

// joinerBelongs: Farsi and its neighbours need ZWNJ inside words. One at a
// time, between two letters of the script, is spelling; all else is a hiding
// place. Whether a permitted one is missing or extra the gate cannot know.
func joinerBelongs(runes []rune, i int, lang string) bool {
	if !arabicScript(lang) || i == 0 || i == len(runes)-1 {
		return false
	}
	return isArabicLetter(runes[i-1]) && isArabicLetter(runes[i+1])
}

func isArabicLetter(r rune) bool {
	return unicode.In(r, unicode.Arabic) && unicode.IsLetter(r)
}

// marksBelong: vowel signs are spelling in scripts other than these three, and
// there only after a letter of the same script.
func marksBelong(runes []rune, i int) bool {
	for j := i - 1; j >= 0; j-- {
		if !unicode.In(runes[j], unicode.M) {
			return unicode.IsLetter(runes[j]) && !unicode.In(runes[j], unicode.Latin, unicode.Cyrillic, unicode.Greek)
		}
	}
	return false
}

// gateWords reports words that mix alphabets and words that are wholly made of
// another alphabet's look-alikes.
func gateWords(where, lang string, runes []rune) []Finding {
	var found []Finding
	for i := 0; i < len(runes); {
		if !unicode.IsLetter(runes[i]) {
			i++
			continue
		}
		end := i
		for end < len(runes) && (unicode.IsLetter(runes[end]) || unicode.In(runes[end], unicode.M)) {
			end++
		}
		if what := wordMark(string(runes[i:end]), lang); what != "" {
			found = append(found, Finding{
				Where: fmt.Sprintf("%s, character %d", where, i+1),
				What:  fmt.Sprintf("%s in “%s”", what, string(runes[i:end])), Remedy: "type the word anew in one alphabet",
			})
		}
		i = end
	}
	return found
}

func wordMark(word, lang string) string {
	var latin, cyrillic, greek, alike int
	for _, r := range word {
		switch {
		case unicode.In(r, unicode.Latin):
			latin++
		case unicode.In(r, unicode.Cyrillic):
			cyrillic++
		case unicode.In(r, unicode.Greek):
			greek++
		}
		if strings.ContainsRune(lookAlikes, r) {
			alike++
		}
	}
	switch {
	case latin*cyrillic+latin*greek+cyrillic*greek > 0:
		return "letters of two alphabets"
	case cyrillicScript(lang) && latin > 1 && alike == latin:
		return "Latin letters that look Cyrillic"
	case !cyrillicScript(lang) && lang != "" && cyrillic > 1 && alike == cyrillic:
		return "Cyrillic letters that look Latin"
	}
	return ""
}

// lookAlikes are letters of one alphabet with a twin in the other. It is the
// short list that matters for Russian, Ukrainian and Belarusian, not the whole
// table of UTS 39.
const lookAlikes = "АВЕЅІЈКМНОРСТУХаеѕіјорсухԁһӏԛԝ" + "ABESIJKMHOPCTYXaesijopcyxdhlqw"
