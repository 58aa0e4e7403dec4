// SPDX-License-Identifier: Apache-2.0

// Package disjoint keeps disjoint sets of numbers, and joins them (union-find
// with path halving; Tarjan 1975). Call [New].
package disjoint

// Sets are disjoint sets of 0 … n-1. The least member stands for its set.
type Sets []int

// New gives n sets of one member each.
func New(n int) Sets {
	s := make(Sets, n)
	for i := range s {
		s[i] = i
	}
	return s
}

// Top gives the member that stands for the set of one.
func (s Sets) Top(i int) int {
	for s[i] != i {
		s[i] = s[s[i]]
		i = s[i]
	}
	return i
}

// Join makes one set of two, and reports whether they were two.
func (s Sets) Join(a, b int) bool {
	a, b = s.Top(a), s.Top(b)
	s[max(a, b)] = min(a, b)
	return a != b
}

// Number counts the sets.
func (s Sets) Number() int {
	n := 0
	for i := range s {
		if s[i] == i {
			n++
		}
	}
	return n
}

// Pairs counts the ordered pairs of different members of one set.
func (s Sets) Pairs() int {
	sizes := make([]int, len(s))
	for i := range s {
		sizes[s.Top(i)]++
	}
	n := 0
	for _, m := range sizes {
		n += m * (m - 1)
	}
	return n
}
