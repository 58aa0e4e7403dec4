// SPDX-License-Identifier: Apache-2.0

package casebook

import "slices"

// A Clock is what an event knows of other chains than its own: of each, by its number
// in the book, the n of the last event (a version vector, Parker et al. 1983; Fidge
// 1988, Mattern 1989). A chain beyond its end is not known at all.
//
// Events that learnt nothing new share the clock of the one before. No chain holds 2^32
// events.
type Clock []uint32

// at is how much of a chain is known.
func (c Clock) at(chain int) uint32 {
	if chain < len(c) {
		return c[chain]
	}
	return 0
}

// with is a clock that knows at least n of a chain as well.
func (c Clock) with(chain int, n uint32) Clock {
	if c.at(chain) >= n {
		return c
	}
	out := make(Clock, max(len(c), chain+1))
	copy(out, c)
	out[chain] = n
	return out
}

// join knows what either knows, but for the chain that is the knower's own.
func (c Clock) join(o Clock, own int) Clock {
	if c.covers(o, own) {
		return c
	}
	out := make(Clock, max(len(c), len(o)))
	copy(out, c)
	for i, n := range o {
		if i != own {
			out[i] = max(out[i], n)
		}
	}
	return slices.Clip(out)
}

func (c Clock) covers(o Clock, own int) bool {
	for i, n := range o {
		if i != own && c.at(i) < n {
			return false
		}
	}
	return true
}
