// SPDX-License-Identifier: Apache-2.0

package claim

import (
	"fmt"
	"strings"
	"testing"
)

// TestOneThingIsNamedOnce: a list names nothing twice.
func TestOneThingIsNamedOnce(t *testing.T) {
	s := askedBy(t)
	for name, c := range map[string]Change{
		"claims": create(KindUtterance, "u", "speaker", `"p"`, "claims", `["c","c"]`, "relays", "[]"),
		"relays": create(KindUtterance, "u", "speaker", `"p"`, "claims", `["c"]`, "relays", `["x","x"]`),
	} {
		if err := s.as(anna, 2, c); err == nil || !strings.Contains(err.Error(), "twice") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := s.as(anna, 2, create(KindUtterance, "u", "speaker", `"p"`, "claims", `["c"]`, "relays", `["x","y"]`)); err != nil {
		t.Error(err)
	}
}

// TestRelaysOfManyClaims: what an utterance says is not held against what each of its
// relays says, claim by claim; the answers are those of doing so.
func TestRelaysOfManyClaims(t *testing.T) {
	var c Case
	var all []string
	for i := range 2000 {
		id := fmt.Sprint("c", i)
		v := Claim{ID: id, Text: "x", Kind: "event"}
		if i > 0 {
			v.VariantOf, v.Mutation = fmt.Sprint("c", i-1), "count"
		}
		c.Claims, all = append(c.Claims, v), append(all, id)
	}
	c.Utterances = []Utterance{{ID: "one", Claims: all[:1500]}}
	for i := range 1000 { // of one that names a relay as often as it likes
		c.Utterances = append(c.Utterances, Utterance{ID: fmt.Sprint("u", i), Claims: all[1500:], Relays: strings.Fields(strings.Repeat("one ", 1500))})
	}
	k := &checker{c: &c, x: NewIndex(&c)}
	k.variants()
	if len(k.found) > 0 {
		t.Errorf("%d problems", len(k.found))
	}
	c.Claims[1700].Mutation = ""
	k.variants()
	if len(k.found) != 300*1000 || k.found[0].Object != "c1700" || !strings.Contains(k.found[0].Says, "heard c0;") {
		t.Errorf("%d problems, %+v", len(k.found), k.found[:1])
	}
}
