// SPDX-License-Identifier: Apache-2.0

package quote

import (
	"cmp"
	"slices"
)

// query is a passage of an article, ready to be looked for.
type query struct {
	raw  string
	at   []word
	ids  []int32
	gaps []bool // gaps[i]: a mark of omission stands before word i
	rest string // what is beyond the bounds of one comparison
}

func (q *query) has(from, to int) bool {
	for i := from; i <= to && i < len(q.gaps); i++ {
		if q.gaps[i] {
			return true
		}
	}
	return false
}

func (q *query) word(i int) string { return q.raw[q.at[i].start:q.at[i].end] }

// part gives the words [from, to) as a query of their own.
func (q *query) part(from, to int) *query {
	return &query{raw: q.raw, at: q.at[from:to], ids: q.ids[from:to], gaps: q.gaps[from:to]}
}

// seed says that word q of the query and word p of the texts begin the same
// words.
type seed struct{ q, p int32 }

// region is a stretch of one text in which a query may stand.
type region struct {
	text  int
	seeds []seed
	score int
}

// shingleSeeds finds the places of each three words in a row. What is followed
// and what is taken is bounded, so that texts that repeat themselves cost no
// more than others.
func (x *Index) shingleSeeds(ids []int32) []seed {
	var list []seed
	for i := 0; i+shingle <= len(ids); i++ {
		want := ids[i : i+shingle]
		if slices.Contains(want, 0) {
			continue
		}
		hits := 0
		p := x.heads[x.hash(want)]
		for steps := 0; p >= 0 && steps < maxSteps && hits < maxHits; steps++ {
			if slices.Equal(x.words[p:p+shingle], want) {
				list = append(list, seed{int32(i), p})
				hits++
			}
			p = x.links[p]
		}
	}
	return list
}

// wordSeeds finds the places of the rarest words of a short query, for which
// one changed word can leave no three in a row.
func (x *Index) wordSeeds(ids []int32) []seed {
	order := make([]int, 0, len(ids))
	for i, id := range ids {
		if id != 0 && len(x.places(id)) <= maxCommon {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(len(x.places(ids[a])), len(x.places(ids[b]))) })
	var list []seed
	for _, i := range order[:min(len(order), 4)] {
		for _, p := range x.places(ids[i]) {
			list = append(list, seed{int32(i), p})
		}
	}
	return list
}

// maxRegions bounds how many texts are looked at closely for one passage.
const maxRegions = 12

// regions picks the best stretch of every text that has seeds, and of these the
// best few. A passage with marks of omission may be spread over a whole text.
func (x *Index) regions(q *query, seeds []seed) []region {
	slices.SortFunc(seeds, func(a, b seed) int { return cmp.Or(cmp.Compare(a.p, b.p), cmp.Compare(b.q, a.q)) })
	span := int32(len(q.ids) + max(20, len(q.ids)/2))
	spread := q.has(1, len(q.ids)-1)
	var list []region
	for from := 0; from < len(seeds); {
		text := x.textAt(seeds[from].p)
		to := from
		for to < len(seeds) && seeds[to].p < x.begin[text+1] {
			to++
		}
		r := region{text, seeds[from:to], 0}
		if spread {
			r.score = distinct(r.seeds, len(q.ids))
		} else {
			r.seeds, r.score = densest(r.seeds, len(q.ids), span)
		}
		list = append(list, r)
		from = to
	}
	slices.SortStableFunc(list, func(a, b region) int { return cmp.Compare(b.score, a.score) })
	return list[:min(len(list), maxRegions)]
}

func distinct(seeds []seed, n int) int {
	seen, count := make([]bool, n), 0
	for _, s := range seeds {
		if !seen[s.q] {
			seen[s.q], count = true, count+1
		}
	}
	return count
}

// densest gives the window of a text with the most different seeds.
func densest(seeds []seed, n int, span int32) ([]seed, int) {
	counts := make([]int, n)
	best, bestFrom, bestTo, count, from := 0, 0, 0, 0, 0
	for to, s := range seeds {
		if counts[s.q]++; counts[s.q] == 1 {
			count++
		}
		for seeds[from].p < s.p-span {
			if counts[seeds[from].q]--; counts[seeds[from].q] == 0 {
				count--
			}
			from++
		}
		if count > best {
			best, bestFrom, bestTo = count, from, to+1
		}
	}
	return seeds[bestFrom:bestTo], best
}
