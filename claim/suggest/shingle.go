// SPDX-License-Identifier: Apache-2.0

package suggest

import (
	"math/bits"
	"slices"
)

// shingleWords is the length of a shingle, in words.
const shingleWords = 5

// passage is a run of words of one document, as hashes. It is a paragraph or the
// whole.
type passage struct {
	doc      int
	words    []word
	shingles []uint64 // by place: shingle k begins with word k
	set      []uint64 // the same, sorted, each once
}

// word is what comparing needs of one.
type word struct {
	hash       uint64
	start, end int // code points
}

// hashWord is FNV-1a of the folded word. Whoever crafts two words of one hash
// gets a hint that a person refuses at sight.
func hashWord(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return mix(h)
}

// mix spreads what is near (the finaliser of SplitMix64; Steele, Lea, Flood 2014).
func mix(h uint64) uint64 {
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}

// wordsOf gives the words of some tokens.
func wordsOf(tokens []token) []word {
	out := make([]word, 0, len(tokens))
	for i := range tokens {
		if tokens[i].kind == isWord {
			out = append(out, word{hash: hashWord(tokens[i].fold), start: tokens[i].start, end: tokens[i].end})
		}
	}
	return out
}

func newPassage(doc int, words []word) passage {
	s := shinglesOf(words)
	set := slices.Clone(s)
	slices.Sort(set)
	return passage{doc: doc, words: words, shingles: s, set: slices.Compact(set)}
}

func shinglesOf(words []word) []uint64 {
	if len(words) < shingleWords {
		return nil
	}
	out := make([]uint64, len(words)-shingleWords+1)
	for i := range out {
		var h uint64
		for _, w := range words[i : i+shingleWords] {
			h = bits.RotateLeft64(h, 13)*0x9e3779b97f4a7c15 ^ w.hash
		}
		out[i] = mix(h)
	}
	return out
}

// common counts what two sorted sets share.
func common(a, b []uint64) int {
	n, i, j := 0, 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			n, i, j = n+1, i+1, j+1
		}
	}
	return n
}

// jaccard is |A∩B| / |A∪B|, and 0 of two empty sets.
func jaccard(a, b []uint64) float64 {
	n := common(a, b)
	if n == 0 {
		return 0
	}
	return float64(n) / float64(len(a)+len(b)-n)
}

// containment is |A∩B| / |A|: how much of a quotation the other text holds.
func containment(a, b []uint64) float64 {
	if len(a) == 0 {
		return 0
	}
	return float64(common(a, b)) / float64(len(a))
}
