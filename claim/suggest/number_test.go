// SPDX-License-Identifier: Apache-2.0

package suggest

import "testing"

func TestNumbers(t *testing.T) {
	for text, want := range map[string][]value{
		"7,000 dead":               {{7000, 7000}},
		"7 000 погибших":           {{7000, 7000}},
		"7.000 Tote":               {{7000, 7000}},
		"7\u00a0тыс. погибших":     {{7000, 7000}},
		"7 тис. осіб":              {{7000, 7000}},
		"десять тысяч":             {{10000, 10000}},
		"десяти тисяч":             {{10000, 10000}},
		"ten thousand":             {{10000, 10000}},
		"seven hundred":            {{700, 700}},
		"двадцать пять":            {{25, 25}},
		"7,000–15,000":             {{7000, 15000}},
		"7,000 to 15,000":          {{7000, 15000}},
		"between 7,000 and 15,000": {{7000, 15000}},
		"7,000 and 15,000":         {{7000, 7000}, {15000, 15000}},
		"от 7 до 15 тысяч":         {{7000, 15000}},
		"від семи до п’ятнадцяти тисяч": {{7000, 15000}},
		"7–15 тыс.":                            {{7000, 15000}},
		"between 1.5 and 2 million":            {{1.5e6, 2e6}},
		"1,234,567":                            {{1234567, 1234567}},
		"2.5 million":                          {{2.5e6, 2.5e6}},
		"on 24 March 2022":                     nil,
		"24 марта 2022 года":                   nil,
		"March 24":                             nil,
		"2022":                                 nil,
		"2,022 men":                            {{2022, 2022}},
		"one or two":                           nil,
		"a thousand times":                     nil,
		"двое":                                 nil,
		"the 5th and the 29-й":                 {{29, 29}},
		"two hundred":                          {{200, 200}},
		"twenty-five men":                      {{25, 25}},
		"двести пять тысяч":                    {{205000, 205000}},
		"two hundred and fifty men":            {{250, 250}},
		"between one hundred and two thousand": {{100, 2000}},
		"0.125 of them":                        {{0.125, 0.125}},
		"7,000.50 roubles":                     {{7000.5, 7000.5}},
		"7 тысяч 500":                          {{7000, 7000}, {500, 500}},
		"":                                     nil,
		"99999999999999999999999999999":        nil,
		"15,000 to 7,000":                      {{15000, 15000}, {7000, 7000}},
	} {
		got := Numbers(text)
		if len(got) != len(want) {
			t.Errorf("%q: got %+v, want %v", text, got, want)
			continue
		}
		for i := range got {
			if got[i].Low != want[i].low || got[i].High != want[i].high {
				t.Errorf("%q: got %+v, want %v", text, got[i], want[i])
			}
		}
	}
}

func TestNumbersAreShownInGroups(t *testing.T) {
	for v, want := range map[value]string{
		{7000, 15000}: "7,000–15,000", {100, 100}: "100", {1234567, 1234567}: "1,234,567", {1.5, 1.5}: "1.5",
	} {
		if v.String() != want {
			t.Errorf("got %s, want %s", v, want)
		}
	}
}
