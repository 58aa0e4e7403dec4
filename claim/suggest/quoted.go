// SPDX-License-Identifier: Apache-2.0

package suggest

import (
	"fmt"
	"slices"
)

// quoted looks for quotations of one text in the others.
func (s *shelf) quoted(best map[[2]int]Pair) {
	var quotes []passage
	for doc, p := range s.pages {
		for _, q := range p.quotations() {
			if words := wordsOf(p.tokens[q.open+1 : q.close]); q.depth == 0 && len(words) >= leastQuotation {
				quotes = append(quotes, newPassage(doc, words))
			}
		}
	}
	in := whereQuoted(quotes)
	for doc := range s.pages {
		s.lookUp(best, quotes, in, doc)
	}
}

// whereQuoted gives, by shingle, the quotations that have it. Words that more
// than a crowd of quotations have are a phrase, not a trace.
func whereQuoted(quotes []passage) map[uint64][]int {
	in := make(map[uint64][]int)
	for i := range quotes {
		for _, h := range quotes[i].set {
			if len(in[h]) <= crowd {
				in[h] = append(in[h], i)
			}
		}
	}
	return in
}

// lookUp finds the quotations that stand in one text.
func (s *shelf) lookUp(best map[[2]int]Pair, quotes []passage, in map[uint64][]int, doc int) {
	text := &s.passages[doc]
	hits := make(map[int]int)
	for _, h := range text.set {
		if len(in[h]) > crowd {
			continue
		}
		for _, q := range in[h] {
			hits[q]++
		}
	}
	found := make([]int, 0, len(hits))
	for q, n := range hits {
		if n >= leastShared && quotes[q].doc != doc && float64(n) >= MinContainment*float64(len(quotes[q].set)) {
			found = append(found, q)
		}
	}
	slices.Sort(found)
	for _, q := range found {
		s.keepQuoted(best, &quotes[q], text)
	}
}

func (s *shelf) keepQuoted(best map[[2]int]Pair, quote, text *passage) {
	c := containment(quote.set, text.set)
	p := Pair{
		Of: "a quotation", Jaccard: jaccard(quote.set, text.set), Containment: c, Strength: 0.8 * c,
		Reason: fmt.Sprintf("%.0f %% of the runs of five words in a quotation of %s stand in %s", 100*c, s.ids[quote.doc], s.ids[text.doc]),
	}
	if quote.doc < text.doc {
		s.keep(best, quote, text, p)
		return
	}
	s.keep(best, text, quote, p)
}
