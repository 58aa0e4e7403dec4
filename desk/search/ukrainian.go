// SPDX-License-Identifier: Apache-2.0

package search

import (
	"strings"
	"unicode/utf8"
)

// A light stemmer of Ukrainian, for which Snowball has none. It takes endings off
// and knows no dictionary. Where the stem itself changes, forms meet only if і has
// taken the place of о (рік, року) or a vowel has fallen out before the last
// consonant of ок, ек, ець (будинок, будинку); писати and пише do not meet. Some
// words meet that are only related (друк, друкувати): in a search that is the
// better mistake.
//
// The endings are those of the tables of declension and conjugation in Український
// правопис (2019), its chapter on the endings of inflected words. The steps are
// ours:
//
//  1. the reflexive ся or сь of a verb goes;
//  2. the longest ending goes;
//  3. whatever then looks like an ending or a suffix of verbs goes too, and vowels
//     at the end, until nothing does. Without it солдати (as if a verb in -ати) and
//     солдата, Харків and Харкова would part;
//  4. ок, ек, ець lose what is left of them;
//  5. the last і becomes о, and ґ becomes г.
//
// A step leaves at least three letters, one of them a vowel.
func ukrainianStem(form string) string {
	if ukrainianFunction[form] {
		return form
	}
	stem := ukrainianEndings.cut(ukrainianReflexive.cut(form))
	for before := ""; before != stem; {
		before = stem
		stem = ukrainianVowels.cut(ukrainianSuffixes.cut(stem))
	}
	return alternate(ukrainianFleeting.cut(stem))
}

// The endings by step. Nothing changes these sets.
var (
	ukrainianReflexive = endingsOf(`ся сь`)
	ukrainianEndings   = endingsOf(`
		а у ові ом ем ою ею і и ам ами ах о е
		я ю єві єм єю ї ям ями ях ь й еві їв ів ей ий ій
		ія ії ію ією іям іями іях
		ого ому им ім ої ими их іми іх его ему ьому ього його йому
		ість ості істю остей остям остями остях
		ння нню нням нь ття ттю ттям
		ати яти ити іти їти ути юти уть ють ать ять ить їть іть
		ав ала ало али яв яла яло яли ив ила ило или іла іло іли їла їло їли ув ула уло ули
		еш емо ете є єш ємо єте иш имо ите їш їмо їте ім імо іте
		айте яйте уйте юйте ийте
		авши явши ивши івши увши ачи ячи учи ючи`)
	ukrainianSuffixes = endingsOf(`
		ів їв ов ев єв ом ем єм ам ям ах ях ім им их іх ей ий ій
		ав яв ив ув ал ял ил іл їл ул ат ят ит іт їт ут ют
		ован йован ьован ан ян ен єн нн`)
	ukrainianVowels   = endingsOf(`а е є и і ї о у ю я ь й`)
	ukrainianFleeting = endingsOf(`ок ек ець ец к ц`)
	// ukrainianFunction are words that are in every text, and would meet a noun
	// if their і became о: від and вода.
	ukrainianFunction = endingsOf(`від під між ніж він вів для біля`)
)

// endings is a set of words' ends.
type endings map[string]bool

func endingsOf(list string) endings {
	set := endings{}
	for e := range strings.FieldsSeq(list) {
		set[e] = true
	}
	return set
}

// longestEnding is how many letters an ending has at most.
const longestEnding = 5

// cut takes the longest of the endings off that leaves enough.
func (set endings) cut(word string) string {
	from := len(word)
	cut := word
	for range longestEnding {
		_, size := utf8.DecodeLastRuneInString(word[:from])
		from -= size
		if from == 0 {
			break
		}
		if set[word[from:]] && longEnough(word[:from]) {
			cut = word[:from]
		}
	}
	return cut
}

func longEnough(stem string) bool {
	return utf8.RuneCountInString(stem) >= 3 && strings.ContainsAny(stem, "аеєиіїоуюя")
}

// alternate undoes the change of о to і in a closed syllable, and of є to ї, as
// far as the last vowel tells, and writes г for ґ.
func alternate(stem string) string {
	stem = strings.ReplaceAll(stem, "ґ", "г")
	i := strings.LastIndexAny(stem, "аеєиіїоуюя")
	if i < 0 {
		return stem
	}
	switch r, size := utf8.DecodeRuneInString(stem[i:]); r {
	case 'і':
		return stem[:i] + "о" + stem[i+size:]
	case 'ї':
		return stem[:i] + "є" + stem[i+size:]
	}
	return stem
}
