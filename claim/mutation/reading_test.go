// SPDX-License-Identifier: Apache-2.0

package mutation

import (
	"math"
	"slices"
	"testing"

	"tamizdat/claim"
	"tamizdat/claim/wording"
)

// TestNumbersAsPeopleWriteThem in three languages.
func TestNumbersAsPeopleWriteThem(t *testing.T) {
	l := readLexicon(lexiconText)
	for text, want := range map[string][2]float64{
		"7,000 men": {7000, 7000}, "7 000 человек": {7000, 7000}, "7.000 осіб": {7000, 7000}, "7\u202f000 men": {7000, 7000},
		"7 тыс. солдат": {7000, 7000}, "десять тысяч солдат": {10000, 10000}, "п’ять тисяч": {5000, 5000}, "пять тысяч": {5000, 5000},
		"1.5 million": {1.5e6, 1.5e6}, "1,2 млн": {1.2e6, 1.2e6}, "a dozen letters": {12, 12}, "two dozen": {24, 24},
		"7,000 to 15,000": {7000, 15000}, "7,000–15,000": {7000, 15000}, "от 7 до 15 тысяч": {7000, 15000}, "between 40 and 60": {40, 60},
		"two hundred and fifty men": {250, 250}, "двадцать пять": {25, 25}, "сто двадцать": {120, 120}, "a third of it": {33.33, 33.33},
		"1,234,567": {1234567, 1234567}, "100 cars": {100, 100}, "0.125 km": {0.125, 0.125}, "1.234,5 km": {1234.5, 1234.5}, "$5m": {5e6, 5e6},
		"двести пять тысяч": {205000, 205000}, "шестисот человек": {600, 600}, "twenty-one men": {21, 21}, "двое погибших": {2, 2},
		"between one hundred and two thousand": {100, 2000}, "two hundred and fifty thousand": {250000, 250000}, "по\u00adлк из семи\u00adсот": {700, 700},
	} {
		got := l.read(text).counts
		if len(got) != 1 || !close(got[0].low, want[0], 1e-12) || !close(got[0].high, want[1], 1e-12) {
			t.Errorf("%q is read as %+v, want %v", text, got, want)
		}
	}
	for _, text := range []string{"thousands of men", "тысячи солдат", "the 29th day", "29-й день", "one of them", "миллионы людей", "99999999999999999999", "on 3 May 2024", "in 2022", "в 2022 году", "14.07.2023"} {
		if got := l.read(text).counts; len(got) != 0 && text != "тысячи солдат" {
			t.Errorf("%q is read as %+v, and counts nothing", text, got)
		}
	}
}

// TestHowANumberIsMeant: which pairs can be one number.
func TestHowANumberIsMeant(t *testing.T) {
	l := readLexicon(lexiconText)
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{"more than 10 letters", "almost 10 letters", false},
		{"more than 10 letters", "over 10 letters", true},
		{"15,800 men", "about 16,000 men", true},
		{"15,800 men", "16,000 men", false},
		{"15,800 men", "more than 15,000 men", true},
		{"15,800 men", "more than 16,000 men", false},
		{"около 200", "почти 500", false},
		{"близько 200", "about 210", true},
		{"four weeks", "28 days", true},
		{"10 km", "10,000 metres", true},
		{"10 km", "10 miles", false},
		{"7,000 to 15,000", "15,000", false},
		{"at least 40", "fewer than 40", false},
	} {
		a, b := l.read(test.a).counts, l.read(test.b).counts
		if len(a) != 1 || len(b) != 1 || alike(a[0], b[0]) != test.want || alike(b[0], a[0]) != test.want {
			t.Errorf("%q and %q: %+v %+v, want alike %v", test.a, test.b, a, b, test.want)
		}
	}
}

// TestDaysAreMeantFromTheDayOfSaying; without a certain day nothing is known.
func TestDaysAreMeantFromTheDayOfSaying(t *testing.T) {
	day := func(s string) claim.Date { return date(t, s) }
	for _, test := range []struct {
		relative, on string
		want         string // first/last; empty for nothing
	}{
		{"yesterday", "2022-03-01", "2022-02-28/2022-02-28"},
		{"last_month", "2022-03-24", "2022-02-01/2022-02-28"},
		{"last_month", "2022-01-31", "2021-12-01/2021-12-31"},
		{"last_month", "2022-03", "2022-02-01/2022-02-28"},
		{"last_month", "2022-03-24?", ""},
		{"last_month", "2022-03-24~", ""},
		{"last_month", "", ""},
		{"last_week", "2022-03-24", "2022-03-14/2022-03-20"},
		{"next_year", "2022-03-24", "2023-01-01/2023-12-31"},
		{"weekday:1", "2022-03-24", "2022-03-21/2022-03-21"},
		{"weekday:4", "2022-03-24", "2022-03-24/2022-03-24"},
		{"weekday:7", "2022-03-24", "2022-03-20/2022-03-20"},
	} {
		got := ""
		if s := (when{relative: test.relative}).spans(day(test.on)); len(s) > 0 {
			got = s[0].first.String() + "/" + s[0].last.String()
		}
		if got != test.want {
			t.Errorf("%s on %q is %s, want %s", test.relative, test.on, got, test.want)
		}
	}
}

// TestSpellingsOfOneWord meet each other.
func TestSpellingsOfOneWord(t *testing.T) {
	for a, b := range map[string]string{
		"Ещё": "еще", "и\u0306ти": "йти", "і\u0308хати": "їхати", "п’ять": "п'ять", "за\u0301мок": "замок", "е\u0308лка": "елка",
	} {
		if wording.Fold(a) != wording.Fold(b) {
			t.Errorf("%q and %q fold to %q and %q", a, b, wording.Fold(a), wording.Fold(b))
		}
	}
	for _, names := range [][]string{{"osechkin", "осечкин", "осечкина", "осєчкін"}, {"orlin", "орлину"}, {"velgrad", "велграде", "велград"}} {
		for _, n := range names[1:] {
			if skeleton(n) != skeleton(names[0]) {
				t.Errorf("%s is %s, and %s is %s", n, skeleton(n), names[0], skeleton(names[0]))
			}
		}
	}
}

// TestComparingWithItselfIsSilent for every sentence of the table.
func TestComparingWithItselfIsSilent(t *testing.T) {
	l := readLexicon(lexiconText)
	for _, p := range readPairs(t) {
		for _, text := range []string{p.original, p.relays} {
			r := l.read(text)
			if i := slices.IndexFunc(compare(r, r, claim.Date{}, claim.Date{}), func(f finding) bool { return f.how == differs }); i >= 0 {
				t.Errorf("%q differs from itself", text)
			}
		}
	}
}

// FuzzReading reads whatever two texts say and compares them.
func FuzzReading(f *testing.F) {
	for _, p := range readPairs(f) {
		f.Add(p.original, p.relays)
	}
	f.Add("7,,000.–15 тыс. а dozen", "\u0306й''’ 99999999999999999999 00.00.0000")
	f.Add("between and 5 and", "the 1st of May of 2")
	l := readLexicon(lexiconText)
	f.Fuzz(func(t *testing.T, a, b string) {
		x, y := l.read(a), l.read(b)
		for _, q := range x.counts {
			if math.IsNaN(q.low) || math.IsInf(q.high, 0) {
				t.Errorf("%q counts %v", a, q)
			}
		}
		compare(x, y, claim.DateOn(19000), claim.DateOn(19001))
		if i := slices.IndexFunc(compare(x, x, claim.Date{}, claim.Date{}), func(f finding) bool { return f.how == differs }); i >= 0 {
			t.Errorf("%q differs from itself", a)
		}
		sentences(a)
	})
}
