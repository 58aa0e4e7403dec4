// SPDX-License-Identifier: Apache-2.0

package quote

import "slices"

// The moves of [aligner.edit].
type move byte

const (
	pair move = iota // a word beside a word
	drop             // a word of the text alone
	put              // a word of the query alone
)

func consumed(moves []move) int32 {
	n := int32(0)
	for _, m := range moves {
		if m != put {
			n++
		}
	}
	return n
}

// maxCells bounds the table of one comparison of each word with each.
const maxCells = 1 << 18

// edit finds the fewest changes between two stretches (Wagner and Fischer 1974,
// by words), and among these the one in which most words agree. With freeStart
// or freeEnd, words of the text there cost nothing and are not reported. Beyond
// maxCells everything counts as replaced.
func (a *aligner) edit(q0, q1, p0, p1 int32, freeStart, freeEnd bool) []move {
	n, m := int(q1-q0), int(p1-p0)
	if n == 0 && (freeStart || freeEnd) || n+m == 0 {
		return nil
	}
	if (n+1)*(m+1) > maxCells {
		return replaced(n, m, freeStart || freeEnd)
	}
	cost := a.table(q0, p0, n, m, freeStart)
	j := m
	if freeEnd {
		for k := m; k >= 0; k-- {
			if cost[n*(m+1)+k] <= cost[n*(m+1)+j] {
				j = k
			}
		}
		j = a.preferPairs(cost[n*(m+1):], n, j)
	}
	return a.back(cost, q0, p0, n, m, j, freeStart)
}

// preferPairs takes, among equally cheap ends, one as long as the query: then
// a changed last word is shown beside the word that it replaced.
func (a *aligner) preferPairs(last []int32, n, j int) int {
	if n < len(last) && last[n] == last[j] {
		return n
	}
	return j
}

func replaced(n, m int, free bool) []move {
	moves := make([]move, 0, n+m)
	if !free {
		moves = append(moves, slices.Repeat([]move{drop}, m)...)
	}
	return append(moves, slices.Repeat([]move{put}, n)...)
}

func (a *aligner) table(q0, p0 int32, n, m int, freeStart bool) []int32 {
	w := m + 1
	cost := make([]int32, (n+1)*w)
	for j := 1; j <= m && !freeStart; j++ {
		cost[j] = int32(j) * change
	}
	for i := 1; i <= n; i++ {
		cost[i*w] = int32(i) * change
		for j := 1; j <= m; j++ {
			c := cost[(i-1)*w+j-1] + a.price(q0+int32(i-1), p0+int32(j-1))
			cost[i*w+j] = min(c, cost[(i-1)*w+j]+change, cost[i*w+j-1]+change)
		}
	}
	return cost
}

func (a *aligner) back(cost []int32, q0, p0 int32, n, m, j int, freeStart bool) []move {
	w := m + 1
	var moves []move
	for i := n; i > 0 || j > 0; {
		if i == 0 && freeStart {
			break
		}
		here := cost[i*w+j]
		switch {
		case i > 0 && j > 0 && here == cost[(i-1)*w+j-1]+a.price(q0+int32(i-1), p0+int32(j-1)):
			moves, i, j = append(moves, pair), i-1, j-1
		case j > 0 && here == cost[i*w+j-1]+change:
			moves, j = append(moves, drop), j-1
		default:
			moves, i = append(moves, put), i-1
		}
	}
	slices.Reverse(moves)
	return moves
}

// change is the price of one change; a word that agrees earns 1.
const change = 1 << 12

func (a *aligner) price(q, p int32) int32 {
	if a.equal(q, p) {
		return -1
	}
	return change
}
