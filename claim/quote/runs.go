// SPDX-License-Identifier: Apache-2.0

package quote

import (
	"slices"
	"sort"
)

// run is a stretch of equal words: [q, q+n) and [p, p+n).
type run struct{ q, p, n int32 }

// longestChain picks the most seeds that follow each other in both. The seeds
// are in the order of the text, and of one place the later words come first,
// so that a place is taken once.
func longestChain(seeds []seed) []seed {
	var tails []int
	previous := make([]int, len(seeds))
	for i, s := range seeds {
		k := sort.Search(len(tails), func(k int) bool { return seeds[tails[k]].q >= s.q })
		previous[i] = -1
		if k > 0 {
			previous[i] = tails[k-1]
		}
		if k == len(tails) {
			tails = append(tails, i)
		} else {
			tails[k] = i
		}
	}
	var chain []seed
	if len(tails) > 0 {
		for i := tails[len(tails)-1]; i >= 0; i = previous[i] {
			chain = append(chain, seeds[i])
		}
	}
	slices.Reverse(chain)
	return chain
}

// extend makes each seed as long as the words agree, to both sides.
func (a *aligner) extend(chain []seed) []run {
	var runs []run
	for _, s := range chain {
		floor := run{0, a.from, 0}
		if len(runs) > 0 {
			floor = runs[len(runs)-1]
		}
		q, p := s.q, s.p
		if q < floor.q+floor.n || p < floor.p+floor.n {
			continue
		}
		for q > floor.q+floor.n && p > floor.p+floor.n && a.equal(q-1, p-1) {
			q, p = q-1, p-1
		}
		n := int32(0)
		for int(q+n) < len(a.q.ids) && p+n < a.to && a.equal(q+n, p+n) {
			n++
		}
		switch last := len(runs) - 1; {
		case n == 0:
		case last >= 0 && q == floor.q+floor.n && p == floor.p+floor.n:
			runs[last].n += n
		default:
			runs = append(runs, run{q, p, n})
		}
	}
	return runs
}

// maxJump is how many words more than the article a text may have between two
// stretches without a mark of omission; beyond it they count as two passages.
const maxJump = 30

// heaviest keeps the group of runs with the most words, where a jump without a
// mark parts the groups.
func (a *aligner) heaviest(runs []run) []run {
	best, weight := runs, int32(-1)
	for from := 0; from < len(runs); {
		to, sum := from+1, runs[from].n
		for to < len(runs) && !a.jumps(runs[to-1], runs[to]) {
			sum += runs[to].n
			to++
		}
		if sum > weight {
			best, weight = runs[from:to], sum
		}
		from = to
	}
	return best
}

func (a *aligner) jumps(before, next run) bool {
	inText, inQuery := next.p-before.p-before.n, next.q-before.q-before.n
	return inText-inQuery > maxJump && !a.q.has(int(before.q+before.n), int(next.q))
}
