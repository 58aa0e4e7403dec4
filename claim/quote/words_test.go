// SPDX-License-Identifier: Apache-2.0

package quote

import "testing"

// TestRespelled: only what is certainly one number is another spelling of it.
func TestRespelled(t *testing.T) {
	for _, tt := range []struct {
		article, published []string
		want               Change
	}{
		{[]string{"семь", "тысяч"}, []string{"7000"}, Respelled},
		{[]string{"7", "тыс"}, []string{"7000"}, Respelled},
		{[]string{"two", "hundred", "and", "fifty"}, []string{"250"}, Respelled},
		{[]string{"п'ятсот"}, []string{"500"}, Respelled},
		{[]string{"шестисот"}, []string{"600"}, Respelled},
		{[]string{"thousand"}, []string{"1000"}, Respelled},
		{[]string{"тысячи"}, []string{"1000"}, Changed}, // thousands are not a thousand
		{[]string{"10", "5"}, []string{"15"}, Changed},
		{[]string{"десять", "пять"}, []string{"15"}, Changed},
		{[]string{"two", "thousand", "three", "million"}, []string{"3002000"}, Changed},
		{[]string{"-5"}, []string{"5"}, Changed},
	} {
		if got := changeOf(tt.article, tt.published, false); got != tt.want {
			t.Errorf("%q for %q is %s, want %s", tt.article, tt.published, got, tt.want)
		}
	}
}

func TestPlainWords(t *testing.T) {
	for raw, want := range map[string]string{
		"7,000": "7000", "7 000": "7000", "1,234.50": "1234.50", "0.125": "0.125", "−5": "-5", "5TH": "5th", "٧": "7",
		"cafe\u0301": "café", "за\u0301мок": "замок", "по\u00adлк": "полк", "Зв’язок": "зв'язок", "99999999999999999": "99999999999999999",
	} {
		words := split(raw)
		if len(words) != 1 || plain(raw[words[0].start:words[0].end]) != want {
			t.Errorf("%q is %q, want %q", raw, plain(raw), want)
		}
	}
}
