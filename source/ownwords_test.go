// SPDX-License-Identifier: Apache-2.0

package source_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"tamizdat/letter"
	"tamizdat/source"
)

const prose = "I have worked in the department for eleven years, and what I saw this winter I cannot keep to myself any longer. " +
	"The minister will come on Friday, the list has forty names, and they are about to be arrested before the holiday. "

// Whoever puts the words into the letter gives everything away to everyone who
// ever reads it.
func TestB14OwnWordsInTheLetter(t *testing.T) {
	s := threeDesks(t)
	v := s.mustOpen(s.honest())
	for range 20 { // words differ in length and in what their beginnings look like
		words, _ := newcomer(t)
		own := strings.Fields(words.In(letter.English()))
		if sorted := slices.Sorted(slices.Values(own)); len(slices.Compact(sorted)) < len(own) {
			continue // a word that stands twice counts once
		}
		for name, text := range map[string]string{
			"all":                 strings.Join(own, " "),
			"in a sentence":       prose + "My words are " + strings.Join(own, ", ") + ". " + prose,
			"three in a row":      prose + strings.Join(own[5:8], " ") + " " + prose,
			"the last three":      prose + strings.Join(own[9:], "-"),
			"numbered":            "1. " + own[0] + "\n2. " + own[1] + "\n3. " + own[2] + "\n",
			"in capitals":         strings.ToUpper(strings.Join(own[:4], " ")),
			"run together":        strings.Join(own[2:6], ""),
			"cut to four letters": cut(own[4]) + " " + cut(own[5]) + " " + cut(own[6]),
			"over two lines":      prose + own[3] + "\n" + own[4] + "\n" + own[5],
			"backwards":           strings.Join(reversed(own), " "),
			"every other":         strings.Join([]string{own[0], own[2], own[4], own[6], own[8], own[10]}, " "),
		} {
			if _, err := v.Compose(words, text); !errors.Is(err, source.ErrOwnWords) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := v.Compose(words, "see file", file(strings.Join(own, "-")+".txt", nil)); !errors.Is(err, source.ErrOwnWords) {
			t.Errorf("as a file name: %v", err)
		}
		for name, text := range map[string]string{
			"prose":                  prose,
			"one of them":            prose + own[3] + " " + prose,
			"two in a row":           "We say " + own[0] + " " + own[1] + ".",
			"all, far apart":         strings.Join(own, " "+strings.Repeat("und so weiter ", 10)),
			"somebody else's phrase": letter.NewWords().In(letter.English()),
			"the label of a letter":  "your letter " + own[7] + " " + own[2],
		} {
			if _, err := v.Compose(words, text); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func cut(word string) string { return word[:min(4, len(word))] }

func reversed(words []string) []string {
	r := slices.Clone(words)
	slices.Reverse(r)
	return r
}
