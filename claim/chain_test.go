// SPDX-License-Identifier: Apache-2.0

package claim

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestChainOfTheFoundingCase(t *testing.T) {
	c := foundingCase(t)
	var b strings.Builder
	for _, l := range NewIndex(&c).Chain("C17") {
		fmt.Fprintf(&b, "%s%s %v", strings.Repeat("  ", l.Depth), l.Utterance, l.Claims)
		if l.Inferred {
			b.WriteString(" inferred")
		}
		if l.Again {
			b.WriteString(" again")
		}
		b.WriteString("\n")
	}
	want := `U1 [C1]
  U2 [C1]
    U3 [C1 C17]
      U3m [C1 C17]
      U4 [C1 C17]
  U2o [C17] inferred
    U3 [C1 C17] again
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
}

func TestChainEnds(t *testing.T) {
	for name, relays := range map[string][2]string{"a ring": {"b", "a"}, "itself": {"a", ""}} {
		c := Case{Case: "t", Claims: []Claim{{ID: "c"}}}
		for i, id := range []string{"a", "b"} {
			u := Utterance{ID: id, Claims: []string{"c"}}
			if relays[i] != "" {
				u.Relays = []string{relays[i]}
			}
			c.Utterances = append(c.Utterances, u)
		}
		if rows := NewIndex(&c).Chain("c"); len(rows) == 0 || len(rows) > 4 {
			t.Errorf("%s: %+v", name, rows)
		}
	}
	long := Case{Case: "t", Claims: []Claim{{ID: "c"}}}
	for i := range 30_000 {
		u := Utterance{ID: fmt.Sprint(i), Claims: []string{"c"}}
		if i > 0 {
			u.Relays = []string{fmt.Sprint(i / 2)}
		}
		long.Utterances = append(long.Utterances, u)
	}
	if rows := NewIndex(&long).Chain("c"); len(rows) != maxDrawn {
		t.Errorf("%d rows", len(rows))
	}
}
