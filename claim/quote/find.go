// SPDX-License-Identifier: Apache-2.0

package quote

// The thresholds. They are house rules, chosen so that a passage of eight words
// with one change is always recognised and an unrelated article is not; see
// the section on quotations in docs/CLAIMS.md.
const (
	minWords    = 4    // fewer words are judged only if they are rare
	minShare    = 0.6  // of a passage's words must agree for “altered”
	nearShare   = 0.35 // and for “the nearest is”
	minContent  = 2    // of the agreeing words, these many must not be common ones
	longVerbal  = 8    // words that are told however common they are, if all but one agree
	followWords = 8    // a sentence without quotation marks must have these many
	followRun   = 5    // and so many in a row must agree
	stitchShare = 0.75 // of a second passage's words must agree
	maxParts    = 4    // passages into which one quotation is taken apart
	maxWords    = 2000 // words of a passage that are looked at
)

// part is a stretch of the query with the best place for it. from counts in
// the words of the whole query.
type part struct {
	from, to int
	alignment
}

// best finds where a query stands. It prefers what agrees most, and of equals
// the text that was given first.
func (x *Index) best(q *query) (alignment, bool) {
	seeds := x.shingleSeeds(q.ids)
	found, ok := x.bestOf(q, seeds)
	if len(q.ids) <= 12 && (!ok || float64(found.same) < minShare*float64(len(q.ids))) {
		if byWord, ok2 := x.bestOf(q, x.wordSeeds(q.ids)); ok2 && byWord.worth() > found.worth() {
			found, ok = byWord, true
		}
	}
	return found, ok
}

func (x *Index) bestOf(q *query, seeds []seed) (alignment, bool) {
	var best alignment
	ok := false
	for _, r := range x.regions(q, seeds) {
		a := x.align(q, r)
		better := a.worth() > best.worth() || a.worth() == best.worth() && x.before(a.text, best.text)
		if len(a.runs) > 0 && (!ok || better) {
			best, ok = a, true
		}
	}
	return best, ok
}

// before prefers a letter to what else was said, and a newer revision to an
// older one; otherwise the order in which the texts were given.
func (x *Index) before(a, b int) bool {
	s, t := x.texts[a], x.texts[b]
	if s.Kind != t.Kind {
		return rank(s.Kind) < rank(t.Kind)
	}
	if s.Letter == t.Letter && s.Revision != t.Revision {
		return s.Revision > t.Revision
	}
	return a < b
}

func rank(k Kind) int {
	switch k {
	case Letter:
		return 0
	case Publisher:
		return 1
	}
	return 2
}

// parts takes a query apart into passages that stand in different places. Most
// have one. What the best place leaves over before, between and after its runs
// is looked for again on its own.
func (x *Index) parts(q *query) []part {
	whole, ok := x.best(q)
	if !ok {
		return nil
	}
	all := []part{{0, len(q.ids), whole}}
	for i := 0; i < len(all) && len(all) < maxParts; i++ {
		p := all[i]
		from, to, second, ok := x.second(q, p)
		if !ok {
			continue
		}
		all = append(all[:i], append(x.carve(q, p, from, to, second), all[i+1:]...)...)
		i-- // what remains of the first may hide a third
	}
	return all
}

// second looks for a stretch of a part that has a better place elsewhere.
func (x *Index) second(q *query, p part) (from, to int, a alignment, ok bool) {
	at := p.from
	for i := 0; i <= len(p.runs); i++ {
		end, next := p.to, p.to
		if i < len(p.runs) {
			end = p.from + int(p.runs[i].q)
			next = end + int(p.runs[i].n)
		}
		if end-at >= minWords {
			a, ok := x.best(q.part(at, end))
			share := float64(a.same) / float64(end-at)
			if ok && share >= stitchShare && a.same >= minWords && a.same > p.agree(at, end)+1 && content(q.part(at, end), a) >= minContent {
				return at, end, a, true
			}
		}
		at = next
	}
	return 0, 0, alignment{}, false
}

// agree counts the words of [from, to) that have their equal in the text.
func (p part) agree(from, to int) int {
	n := 0
	for _, s := range p.steps {
		if i := p.from + int(s.q); s.same && i >= from && i < to {
			n++
		}
	}
	return n
}

// carve gives what is left of a part before and after a stretch, aligned anew,
// with the stretch between them.
func (x *Index) carve(q *query, p part, from, to int, second alignment) []part {
	var list []part
	if from > p.from {
		list = append(list, x.rest(q, p.from, from))
	}
	list = append(list, part{from, to, second})
	if to < p.to {
		list = append(list, x.rest(q, to, p.to))
	}
	return list
}

// rest places what is left, or gives a part without runs.
func (x *Index) rest(q *query, from, to int) part {
	a, _ := x.best(q.part(from, to))
	return part{from, to, a}
}

// content counts agreeing words that are not common.
func content(q *query, a alignment) int {
	n := 0
	for _, s := range a.steps {
		if s.same && !common(plain(q.word(int(s.q)))) {
			n++
		}
	}
	return n
}

// longest gives the most words in a row that agree.
func (a alignment) longest() int {
	n := 0
	for _, r := range a.runs {
		n = max(n, int(r.n))
	}
	return n
}

// span gives the words of the text from the first to the last that agree or
// stand beside a word of the query.
func (a alignment) span() (from, to int32) {
	from = -1
	for _, s := range a.steps {
		if s.p < 0 {
			continue
		}
		if from < 0 {
			from = s.p
		}
		to = s.p + 1
	}
	return max(from, 0), to
}
