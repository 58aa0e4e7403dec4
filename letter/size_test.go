// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"os"
	"strings"
	"testing"
)

// russianSample is prose of 833 words, invented for this test: no sentence
// comes twice.
func russianSample(t testing.TB) string {
	t.Helper()
	b, err := os.ReadFile("testdata/letter-ru.txt")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// cutAfter is the beginning of text with so many words.
func cutAfter(text string, words int) string {
	at := 0
	for range words {
		rest := text[at:]
		start := len(rest) - len(strings.TrimLeft(rest, " \n"))
		end := strings.IndexAny(rest[start:], " \n")
		if end < 0 {
			return text
		}
		at += start + end
	}
	return text[:at]
}

// A letter of 2,000 words in Russian fits (spec/letter.md §4). The sample is
// shorter; its later words cost less than its earlier ones, so that reckoning
// the missing words at the cost of its second half errs on the safe side.
// Officialese with longer words takes more room than this prose.
func TestTwoThousandRussianWordsFit(t *testing.T) {
	text := russianSample(t)
	words := len(strings.Fields(text))
	if words < 800 {
		t.Fatalf("the sample has %d words", words)
	}
	whole, _, err := Room(NewLetter(text, nil))
	if err != nil {
		t.Fatal(err)
	}
	half, total, err := Room(NewLetter(cutAfter(text, words/2), nil))
	if err != nil {
		t.Fatal(err)
	}
	more := float64(whole-half) / float64(words-words/2)
	t.Logf("%d words take %d of %d bytes, each further one %.2f: room for about %.0f words",
		words, whole, total, more, float64(words)+float64(total-whole)/more)
	if need := float64(whole) + more*float64(2000-words); need > float64(total) {
		t.Errorf("2,000 words would need %.0f bytes, there are %d", need, total)
	}
}
