// SPDX-License-Identifier: Apache-2.0

package suggest

import (
	"cmp"
	"math"
	"slices"
)

// The signature: 128 permutations in 32 bands of 4 rows. Two sets of Jaccard
// similarity J share a band with probability 1 − (1 − J⁴)³² (Broder 1997; Indyk
// and Motwani 1998): 0.87 at J = 0.5, 0.99 at 0.6, and 0.05 at 0.2.
const (
	permutations = 128
	bands        = 32
	rows         = permutations / bands
)

// seed begins the constants of the permutations. It is fixed, so that the same
// texts give the same hints on every machine.
const seed = 0x7a6d697a64617431

// signature is the least hash of a set under each permutation.
type signature [permutations]uint64

// salts are the constants of the permutations, in order.
func salts() *signature {
	var s signature
	x := uint64(seed)
	for i := range s {
		x += 0x9e3779b97f4a7c15
		s[i] = mix(x)
	}
	return &s
}

// sign gives the signature of a set.
func sign(set []uint64, salt *signature) *signature {
	var s signature
	for i := range s {
		least := uint64(math.MaxUint64)
		for _, h := range set {
			least = min(least, mix(h^salt[i]))
		}
		s[i] = least
	}
	return &s
}

// similarity estimates the Jaccard similarity of the two sets: the share of
// permutations under which the least is the same.
func (s *signature) similarity(o *signature) float64 {
	same := 0
	for i := range s {
		if s[i] == o[i] {
			same++
		}
	}
	return float64(same) / permutations
}

func (s *signature) band(b int) uint64 {
	h := uint64(b)
	for _, v := range s[b*rows : (b+1)*rows] {
		h = mix(h ^ v)
	}
	return h
}

// crowd is how many sets may stand in one bucket before they are no longer all
// compared: a disclaimer under a hundred thousand texts makes one bucket, and
// there each is compared with the first and with the one before it.
const crowd = 64

// neighbours gives the pairs of sets that share a band, each once, in order.
// Empty sets have no neighbours.
func neighbours(sets [][]uint64) [][2]int32 {
	keyed := keysOf(sets)
	var out [][2]int32
	for len(keyed) > 0 {
		n := 1
		for n < len(keyed) && keyed[n].key == keyed[0].key {
			n++
		}
		out = pairUp(out, keyed[:n])
		keyed = keyed[n:]
	}
	slices.SortFunc(out, comparePairs)
	return slices.Compact(out)
}

// keyedSet says that a set stands in a bucket.
type keyedSet struct {
	key uint64
	set int32
}

func keysOf(sets [][]uint64) []keyedSet {
	salt := salts()
	out := make([]keyedSet, 0, len(sets)*bands)
	for i, set := range sets {
		if len(set) == 0 {
			continue
		}
		s := sign(set, salt)
		for b := range bands {
			out = append(out, keyedSet{key: s.band(b), set: int32(i)})
		}
	}
	slices.SortFunc(out, func(a, b keyedSet) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.set, b.set))
	})
	return out
}

func pairUp(out [][2]int32, members []keyedSet) [][2]int32 {
	if len(members) > crowd {
		for k := 1; k < len(members); k++ {
			out = append(out, [2]int32{members[0].set, members[k].set}, [2]int32{members[k-1].set, members[k].set})
		}
		return out
	}
	for k := range members {
		for _, other := range members[k+1:] {
			out = append(out, [2]int32{members[k].set, other.set})
		}
	}
	return out
}

func comparePairs(a, b [2]int32) int {
	return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1]))
}
