// SPDX-License-Identifier: Apache-2.0

package suggest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"tamizdat/claim"
)

// From when on likeness is worth a look (conventions of the house).
const (
	// MinJaccard is for two texts, or two of their paragraphs.
	MinJaccard = 0.5
	// MinContainment is for a quotation in another text.
	MinContainment = 0.2

	leastParagraph = 12 // words; shorter ones are greetings and bylines
	leastQuotation = 8  // words
	leastShared    = 2  // shingles of a quotation: six words in a row
)

// Pair is two texts with words in common. It does not say which was first, nor
// that one had them from the other: both may have them from a third.
type Pair struct {
	A, B        string     // ids of the texts, A before B
	Of          string     // what is alike: texts, paragraphs, or a quotation
	Jaccard     float64    // of their 5-word shingles
	Containment float64    // of the quotation, or of the shorter, in the other
	InA, InB    claim.Span // the longest passage that both have, some words apart
	Reason      string
	Strength    float64 // 0 to 1, for the order only
}

// Duplicates finds texts that share passages, by id of document. Words are
// compared without case, marks and spaces, ё as е. A text is compared as a whole
// and by paragraphs where at least half of the 5-word shingles agree, found by
// MinHash and LSH; see [MinJaccard]. Quotations are looked up in every other
// text; see [MinContainment]. Of two texts the strongest likeness is given.
//
// About one pair in eight that agrees by just a half is missed. A translation
// is never found: it shares no words.
func Duplicates(texts map[string]string) []Pair {
	s := newShelf(texts)
	best := make(map[[2]int]Pair)
	s.alike(best)
	s.quoted(best)
	out := slices.Collect(maps.Values(best))
	slices.SortFunc(out, func(a, b Pair) int {
		return cmp.Or(cmp.Compare(b.Strength, a.Strength), cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B))
	})
	return out
}

// shelf holds the texts, read.
type shelf struct {
	ids      []string
	pages    []*page
	passages []passage // the whole of each text first, by its number
}

func newShelf(texts map[string]string) *shelf {
	s := &shelf{ids: slices.Sorted(maps.Keys(texts))}
	var paragraphs []passage
	for doc, id := range s.ids {
		p := readPage(texts[id])
		s.pages = append(s.pages, p)
		s.passages = append(s.passages, newPassage(doc, wordsOf(p.tokens)))
		paragraphs = append(paragraphs, paragraphsOf(doc, p)...)
	}
	s.passages = append(s.passages, paragraphs...)
	return s
}

// paragraphsOf gives the paragraphs that are long enough, of a text with several.
func paragraphsOf(doc int, p *page) []passage {
	var out []passage
	rest := p.tokens
	for len(rest) > 0 {
		n := slices.IndexFunc(rest, func(t token) bool { return t.kind == isBreak })
		if n < 0 {
			if len(rest) == len(p.tokens) {
				return nil
			}
			n = len(rest)
		}
		if words := wordsOf(rest[:n]); len(words) >= leastParagraph {
			out = append(out, newPassage(doc, words))
		}
		rest = rest[min(n+1, len(rest)):]
	}
	return out
}

// alike looks for texts and paragraphs with many shingles in common.
func (s *shelf) alike(best map[[2]int]Pair) {
	sets := make([][]uint64, len(s.passages))
	for i := range s.passages {
		sets[i] = s.passages[i].set
	}
	for _, n := range neighbours(sets) {
		a, b := &s.passages[n[0]], &s.passages[n[1]]
		if a.doc == b.doc {
			continue
		}
		if a.doc > b.doc {
			a, b = b, a
		}
		if j := jaccard(a.set, b.set); j >= MinJaccard {
			s.keep(best, a, b, s.likeness(a, b, j))
		}
	}
}

func (s *shelf) likeness(a, b *passage, j float64) Pair {
	p := Pair{Of: "paragraphs", Jaccard: j, Strength: 0.9 * j}
	if s.whole(a) && s.whole(b) {
		p.Of, p.Strength = "texts", j
	}
	if len(a.set) > len(b.set) {
		a, b = b, a
	}
	p.Containment = containment(a.set, b.set)
	p.Reason = fmt.Sprintf("%.0f %% of all runs of five words in the two %s stand in both", 100*j, p.Of)
	return p
}

func (s *shelf) whole(p *passage) bool { return p == &s.passages[p.doc] }

// keep notes a pair if there is no stronger one of the same texts.
func (s *shelf) keep(best map[[2]int]Pair, a, b *passage, p Pair) {
	key := [2]int{a.doc, b.doc}
	if old, ok := best[key]; ok && old.Strength >= p.Strength {
		return
	}
	in := align(a, b)
	p.A, p.B = s.ids[a.doc], s.ids[b.doc]
	p.InA = s.pages[a.doc].span(a.words[in[0]].start, a.words[in[1]].end)
	p.InB = s.pages[b.doc].span(b.words[in[2]].start, b.words[in[3]].end)
	best[key] = p
}

// slack is how many words may differ within one shared passage.
const slack = 8

// align gives the first and last word, in a and in b, of the longest run of
// common shingles in which no gap is wider than slack. The two must share one.
func align(a, b *passage) [4]int {
	at := make(map[uint64]int, len(b.shingles))
	for j := len(b.shingles) - 1; j >= 0; j-- {
		at[b.shingles[j]] = j
	}
	var longest, run [4]int
	most, n := 0, 0
	for i, h := range a.shingles {
		j, ok := at[h]
		if !ok {
			continue
		}
		i1, j1 := run[1]-shingleWords+1, run[3]-shingleWords+1
		if n == 0 || i-i1 > slack+shingleWords || j <= j1 || j-j1 > slack+shingleWords {
			run, n = [4]int{i, 0, j, 0}, 0
		}
		run[1], run[3] = i+shingleWords-1, j+shingleWords-1
		n++
		if n > most {
			longest, most = run, n
		}
	}
	return longest
}
