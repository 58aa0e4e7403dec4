// SPDX-License-Identifier: Apache-2.0

package disjoint

import "testing"

func TestSets(t *testing.T) {
	s := New(6)
	for _, join := range []struct {
		a, b          int
		joined        bool
		number, pairs int
	}{{4, 2, true, 5, 2}, {2, 4, false, 5, 2}, {5, 0, true, 4, 4}, {4, 5, true, 3, 12}, {3, 3, false, 3, 12}} {
		if got := s.Join(join.a, join.b); got != join.joined || s.Number() != join.number || s.Pairs() != join.pairs {
			t.Errorf("%d and %d: joined %v, %d sets, %d pairs; want %+v", join.a, join.b, got, s.Number(), s.Pairs(), join)
		}
	}
	if s.Top(5) != 0 || s.Top(2) != 0 || s.Top(1) != 1 {
		t.Errorf("the sets are %v; the least member stands for each", s)
	}
}
