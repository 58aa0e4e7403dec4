// SPDX-License-Identifier: Apache-2.0

package wording

import (
	"math"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// TestANumberThatTravelled: one number, as papers write it.
func TestANumberThatTravelled(t *testing.T) {
	for _, text := range []string{
		"7,000", "7 000", "7.000", "7\u202f000", "7’000", "7 тыс.", "7 тис.", "seven thousand", "семь тысяч", "семи тысяч", "сім тисяч", "7k", "７０００",
	} {
		if n := read(text); n.Value != 7000 || n.Tokens == 0 {
			t.Errorf("%q is %+v", text, n)
		}
	}
}

// read cuts a text as simply as can be: figures, words, and nothing else.
func read(text string) Number {
	var parts []Part
	for runes := []rune(text); len(runes) > 0; {
		if f := FigureAt(runes); f.Runes > 0 {
			parts = append(parts, f.Part())
			runes = runes[f.Runes:]
			continue
		}
		n := 0
		for n < len(runes) && (unicode.IsLetter(runes[n]) || unicode.IsMark(runes[n]) || Apostrophe(runes[n]) || Hyphen(runes[n]) || Hidden(runes[n])) {
			n++
		}
		if n > 0 {
			parts = append(parts, PartOf(Fold(string(runes[:n]))))
		}
		runes = runes[max(n, 1):]
	}
	return Count(0, func(i int) (Part, int) {
		if i >= len(parts) {
			return Part{}, 0
		}
		return parts[i], 1
	})
}

func TestFigures(t *testing.T) {
	for text, want := range map[string]Figure{
		"7000":              {7000, "7000", 4},
		"7,000":             {7000, "7000", 5},
		"7.000":             {7000, "7000", 5},
		"7\u00a0000":        {7000, "7000", 5},
		"1,234,567 men":     {1234567, "1234567", 9},
		"12 345 678":        {12345678, "12345678", 10},
		"1.5":               {1.5, "1.5", 3},
		"1,5 млн":           {1.5, "1.5", 3},
		"1,234.5":           {1234.5, "1234.5", 7},
		"1.234,56":          {1234.56, "1234.56", 8},
		"7,000.500":         {7000.5, "7000.500", 9}, // two marks: the second is the point
		"0.125":             {0.125, "0.125", 5},     // nobody parts thousands behind a zero
		"0,125":             {0.125, "0.125", 5},
		"007":               {7, "007", 3},
		"7,00":              {7, "7.00", 4},
		"7,0000":            {7, "7.0000", 6},
		"7, 000":            {7, "7", 1},
		"7  000":            {7, "7", 1},
		"2022 300":          {2022, "2022", 4},
		"1,234 567":         {1234, "1234", 5}, // two marks, and no point
		"7,000,5":           {7000, "7000", 5},
		"5th":               {5, "5", 1},
		"٧":                 {7, "7", 1},
		"999999999999999":   {999999999999999, "999999999999999", 15},
		"9999999999999999":  {},
		"7.":                {7, "7", 1},
		"men":               {},
		"":                  {},
		"-5":                {},
		"100 000 000 000,5": {1e11 + 0.5, "100000000000.5", 17},
	} {
		if got := FigureAt([]rune(text)); got != want {
			t.Errorf("%q is %+v, want %+v", text, got, want)
		}
	}
}

func TestCounting(t *testing.T) {
	for text, want := range map[string]struct {
		value  float64
		tokens int
	}{
		"seven hundred":                  {700, 2},
		"two hundred and fifty":          {250, 4},
		"two hundred and fifty thousand": {250000, 5},
		"two thousand and five":          {2005, 4},
		"fifteen hundred men":            {1500, 2},
		"twenty-five":                    {25, 1},
		"twenty five":                    {25, 2},
		"двадцать пять":                  {25, 2},
		"сто двадцать пять тысяч двести":     {125200, 5},
		"двести пять тысяч":                  {205000, 3},
		"п’ятнадцяти тисяч":                  {15000, 2},
		"п'ятсот":                            {500, 1},
		"трёхсот":                            {300, 1},
		"шестьюстами":                        {600, 1},
		"девятьсот девяносто девять":         {999, 3},
		"two million three hundred thousand": {2300000, 5},
		"1.5 million":                        {1.5e6, 2},
		"7 тысяч двести":                     {7200, 3},
		"a dozen":                            {0, 0}, // the article is no part of it
		"dozen":                              {12, 1},
		"two dozen":                          {24, 2},
		"тысяча":                             {1000, 1},
		"zero":                               {0, 1},
		"one":                                {1, 1},
		"5 m":                                {5e6, 2},
		"двое":                               {2, 1},
		"thousands":                          {0, 0},
		"тысячи":                             {0, 0},
		"hundreds of thousands":              {0, 0},
		"five m":                             {5, 1}, // short forms stand behind digits
		"k":                                  {0, 0},
		"seven nine":                         {7, 1},
		"двадцать пятьдесят":                 {20, 1},
		"десять пять":                        {10, 1},
		"zero five":                          {0, 1},
		"20 five":                            {20, 1},
		"7 тысяч 500":                        {7000, 2}, // of seven thousand, five hundred?
		"two thousand three million":         {2000, 2},
		"two thousand and five thousand":     {2000, 2},
		"one hundred and five hundred":       {100, 2},
		"one hundred five hundred":           {100, 2},
		"сто тысяч двести тысяч": {100000, 2},
		"two hundred and men":    {200, 2},
		"seven and nine":         {7, 1},
		"семью":                  {0, 0}, // a family
		"seven thou\u00adsand":   {7000, 2},
		"":                       {0, 0},
	} {
		if n := read(text); n.Value != want.value || n.Tokens != want.tokens {
			t.Errorf("%q is %+v, want %v", text, n, want)
		}
	}
	if n := read("a thousand"[2:]); !n.Bare || !n.Spelled || n.Scale != 1000 {
		t.Errorf("a thousand is %+v", n)
	}
	if n := read("7 тыс"); n.Bare || n.Spelled || n.Scale != 1000 {
		t.Errorf("7 тыс is %+v", n)
	}
}

func TestRanges(t *testing.T) {
	for _, tt := range []struct {
		low, high string
		from, to  float64
		ok        bool
	}{
		{"7,000", "15,000", 7000, 15000, true},
		{"7", "15 тысяч", 7000, 15000, true},
		{"семи", "пятнадцати тысяч", 7000, 15000, true},
		{"1.5", "2 million", 1.5e6, 2e6, true},
		{"7,000", "15 thousand", 7000, 15000, true},
		{"7 thousand", "15 million", 7000, 15e6, true},
		{"15,000", "7,000", 15000, 7000, false},
		{"7", "7", 7, 7, false},
	} {
		if from, to, ok := Range(read(tt.low), read(tt.high)); from != tt.from || to != tt.to || ok != tt.ok {
			t.Errorf("%s to %s: %v, %v, %v", tt.low, tt.high, from, to, ok)
		}
	}
}

func TestMonths(t *testing.T) {
	for text, want := range map[string]int{
		"january січень січня январе": 1, "феврале лютого": 2, "march марта березні": 3, "may май мае травень травня": 5, "июне червні": 6,
		"июля липня": 7, "августом серпень": 8, "november листопада ноябре": 11, "декабрь грудня": 12,
		"травма липа грудной грудного лють серп мар майка marching березка человек": 0,
	} {
		for word := range strings.FieldsSeq(text) {
			if got := Month(word); got != want {
				t.Errorf("%s is month %d, want %d", word, got, want)
			}
		}
	}
}

func TestWriting(t *testing.T) {
	for v, want := range map[float64]string{7000: "7,000", 100: "100", 1234567: "1,234,567", 1.5: "1.5", 0: "0", -7000: "−7,000", 1.0 / 3: "0.333333", 1e21: "1e+21"} {
		if got := Write(v); got != want {
			t.Errorf("%v is written %s, want %s", v, got, want)
		}
	}
}

func TestSpellingsOfOneWord(t *testing.T) {
	for a, b := range map[string]string{
		"Ещё": "еще", "и\u0306ти": "йти", "і\u0308хати": "їхати", "п’ять": "п'ять", "пʼять": "п`ять", "за\u0301мок": "замок", "е\u0308лка": "елка",
		"зѝ": "зи", "cafe\u0301": "café", "по\u00adлк": "полк", "NATO": "nato", "ﬁre": "fire", "ＦＳＢ": "fsb", "по\u200b\u2060лк": "полк", "м\ufe0fир": "мир", "ex‑officer": "ex‑officer",
	} {
		if Fold(a) != Fold(b) {
			t.Errorf("%q and %q fold to %q and %q", a, b, Fold(a), Fold(b))
		}
	}
	if Fold("мир") == Fold("мiр") { // a Latin letter is another one, and quote tells so
		t.Error("a borrowed letter was folded away")
	}
	if got := Bare("Зв’язок-2"); got != "звязок2" {
		t.Errorf("bare: %q", got)
	}
}

// FuzzWording reads anything, always forward, to finite numbers.
func FuzzWording(f *testing.F) {
	for _, s := range []string{"7,000–15 тыс.", "two hundred and fifty thousand and", "0.125 99999999999999999", "и\u0306\u0301’ İK\u212a", "\xff７k", "тысяча миллионов and five"} {
		f.Add(s)
	}
	f.Add("\u200b\u00ad'\u0301a")
	f.Fuzz(func(t *testing.T, text string) {
		once := Fold(text)
		if Fold(once) != once && utf8.ValidString(text) {
			t.Errorf("%q folds to %q and then to %q", text, once, Fold(once))
		}
		runes := []rune(text)
		for i := range runes {
			fig := FigureAt(runes[i:])
			if fig.Runes > Longest || fig.Runes > len(runes)-i || math.IsNaN(fig.Value) || math.IsInf(fig.Value, 0) {
				t.Errorf("%q at %d: %+v", text, i, fig)
			}
		}
		n := read(text)
		if math.IsNaN(n.Value) || math.IsInf(n.Value, 0) || n.Value < 0 || n.Tokens > strings.Count(text, "")+1 {
			t.Errorf("%q is %+v", text, n)
		}
	})
}
