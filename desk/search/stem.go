// SPDX-License-Identifier: Apache-2.0

package search

import (
	"slices"
	"strings"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/russian"
)

// stemsOf returns what a form has in common with its inflections, in each
// language that it could be a word of. Two forms that share a stem are found by
// each other. A form that is no word of ours is its own stem.
func stemsOf(form string) []string {
	var stems []string
	switch a := alphabetOf(form); {
	case a == latin:
		stems = []string{snowball(form, english.Stem)}
	case a == cyrillic:
		stems = append(russianStems(form), ukrainianStem(form))
	case a == cyrillic|onlyRussian:
		stems = russianStems(form)
	case a == cyrillic|onlyUkrainian:
		stems = []string{ukrainianStem(form)}
	default:
		return []string{form}
	}
	slices.Sort(stems)
	return slices.DeleteFunc(slices.Compact(stems), func(s string) bool { return s == "" })
}

func snowball(form string, stem func(*snowballstem.Env) bool) string {
	env := snowballstem.NewEnv(form)
	stem(env)
	return env.Current()
}

// russianStems is Snowball's stem, and for nouns such as архив and отрыв the word
// itself: Snowball takes their end for that of a gerund, and only theirs, so that
// архив and архива would not meet.
func russianStems(form string) []string {
	stems := []string{snowball(form, russian.Stem)}
	if strings.HasSuffix(form, "ив") || strings.HasSuffix(form, "ыв") {
		stems = append(stems, form)
	}
	return stems
}

// alphabet is what the letters of a word are of.
type alphabet uint8

const (
	latin alphabet = 1 << iota
	cyrillic
	onlyRussian   // ы э ъ, which Ukrainian lacks
	onlyUkrainian // і ї є ґ, which Russian lacks
	other
)

func alphabetOf(form string) alphabet {
	var a alphabet
	for _, r := range form {
		switch {
		case 'a' <= r && r <= 'z' || r == '\'':
			a |= latin
		case r == 'ы' || r == 'э' || r == 'ъ':
			a |= cyrillic | onlyRussian
		case r == 'і' || r == 'ї' || r == 'є' || r == 'ґ':
			a |= cyrillic | onlyUkrainian
		case 'а' <= r && r <= 'я':
			a |= cyrillic
		default:
			a |= other
		}
	}
	return a
}
