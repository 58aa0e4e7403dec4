// SPDX-License-Identifier: Apache-2.0

package casebook

import "slices"

// A Clock is what an event knows: of each chain, by its number in the book, the
// n of the last event (a version vector, Parker et al. 1983; Fidge 1988, Mattern
// 1989). A chain beyond its end is not known at all.
type Clock []uint64

// at is how much of a chain is known.
func (c Clock) at(chain int) uint64 {
	if chain < len(c) {
		return c[chain]
	}
	return 0
}

// with is a clock that knows at least n of a chain as well.
func (c Clock) with(chain int, n uint64) Clock {
	if c.at(chain) >= n {
		return c
	}
	out := make(Clock, max(len(c), chain+1))
	copy(out, c)
	out[chain] = n
	return out
}

// join knows what either knows.
func (c Clock) join(o Clock) Clock {
	if len(o) > len(c) {
		c, o = o, c
	}
	if covers(c, o) {
		return c
	}
	out := slices.Clone(c)
	for i, n := range o {
		out[i] = max(out[i], n)
	}
	return out
}

func covers(c, o Clock) bool {
	for i, n := range o {
		if c[i] < n {
			return false
		}
	}
	return true
}
