// SPDX-License-Identifier: Apache-2.0

package wording

import (
	"slices"
	"strings"
)

// Month gives the number of the month that a folded word names, in any case, or 0.
// In English “may” and “march” are verbs too; that is the reader's to tell.
func Month(word string) int {
	for i, name := range [...]string{"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"} {
		if word == name {
			return i + 1
		}
	}
	for i, names := range [...][]declined{
		{{"январ", soft}, {"січ", softened}},
		{{"феврал", soft}, {"лют", adjective}},
		{{"март", hard}, {"берез", softened}},
		{{"апрел", soft}, {"квіт", softened}},
		{{"ма", "й я ю ем е"}, {"трав", softened}},
		{{"июн", soft}, {"черв", softened}},
		{{"июл", soft}, {"лип", softened}},
		{{"август", hard}, {"серп", softened}},
		{{"сентябр", soft}, {"верес", softened}},
		{{"октябр", soft}, {"жовт", softened}},
		{{"ноябр", soft}, {"листопад", hard}},
		{{"декабр", soft}, {"груд", softened}},
	} {
		if slices.ContainsFunc(names, func(d declined) bool { return d.is(word) }) {
			return i + 1
		}
	}
	return 0
}

// declined is a name with the endings of its cases. Whole endings, because what
// begins alike is often another word: травма, липа, грудной.
type declined struct{ stem, endings string }

const (
	soft      = "ь я ю ем е"
	hard      = " а у ом е і"
	softened  = "ень ня ню нем ні"
	adjective = "ий ого ому им"
)

func (d declined) is(word string) bool {
	ending, ok := strings.CutPrefix(word, d.stem)
	return ok && slices.Contains(strings.Split(d.endings, " "), ending)
}
