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
	for i := range 300 { // of one that names a relay as often as it likes
		c.Utterances = append(c.Utterances, Utterance{ID: fmt.Sprint("u", i), Claims: all[1500:], Relays: strings.Fields(strings.Repeat("one ", 1500))})
	}
	k := &checker{c: &c, x: NewIndex(&c)}
	k.variants()
	if len(k.found) > 0 {
		t.Errorf("%d problems", len(k.found))
	}
	c.Claims[1700].Mutation = ""
	k.variants()
	if len(k.found) != 300*300 || k.found[0].Object != "c1700" || !strings.Contains(k.found[0].Says, "heard c0;") {
		t.Errorf("%d problems, %+v", len(k.found), k.found[:1])
	}
}

// TestManyChangesOfOneThing: who changes one thing over and over, or names thousands of
// causes and checks, costs others no more than that many looks.
func TestManyChangesOfOneThing(t *testing.T) {
	var points []string
	for range 40 {
		points = append(points, `{"date":"2022-04-02","value":1}`)
	}
	series := `{"unit":"u","source":"s","points":[` + strings.Join(points, ",") + `],"thresholds":[]}`
	log := []Event{{Actor: "a", N: 1, At: moment(1), Change: create(KindIndicator, "i", "name", `"n"`, "series", series, "observable_test", `"x"`)}}
	for i := range 1500 {
		log = append(log, Event{Actor: "a", N: i + 2, At: moment(1), Change: set(KindIndicator, "i", "series", series, "observable_test", `"x"`)})
	}
	if found := CheckLog(log); len(found) > 0 {
		t.Errorf("%d problems, %+v", len(found), found[0])
	}
	log = append(log, Event{Actor: "b", N: 1, Seen: map[string]int{"a": 9}, At: moment(2), Change: set(KindIndicator, "i", "observable_test", `"y"`)})
	if found := CheckLog(log); len(found) != 1 || found[0].Object != "i" {
		t.Errorf("%+v", found)
	}

	c := Case{Indicators: []Indicator{{ID: "i", Name: "n"}}, Forecasts: []Forecast{{ID: "f"}}}
	for i := range 40_000 {
		c.Indicators[0].Checks = append(c.Indicators[0].Checks, Check{ID: fmt.Sprint("k", i)})
		c.Forecasts[0].Because = append(c.Forecasts[0].Because, fmt.Sprint("k", i))
	}
	k := &checker{c: &c, x: NewIndex(&c), looks: c.checkIDs()}
	k.because(c.Forecasts[0])
	if len(k.found) > 0 {
		t.Errorf("%d problems", len(k.found))
	}

	gone := make([]Problem, 60_000)
	for i := range gone {
		gone[i] = Problem{Rule: RuleReference, Object: fmt.Sprint(i)}
	}
	if err := loose([]Change{{Verb: VerbRemove}}, gone, gone); err != nil {
		t.Error(err)
	}
}

// TestAnEventIsTakenWithoutWritingAllThatItKnew: what is hashed for each change of a
// deed does not grow with how many rows there are.
func TestAnEventIsTakenWithoutWritingAllThatItKnew(t *testing.T) {
	seen := map[string]int{}
	for i := range 1000 {
		seen[fmt.Sprint("row ", i)] = 1
	}
	r := NewShared().register
	e := Event{Actor: anna, N: 1, Seen: seen, At: moment(1), Change: create(KindClaim, "c", "text", `"x"`, "kind", `"event"`)}
	if n := testing.AllocsPerRun(10, func() { r.hash(e) }); n > 200 {
		t.Errorf("%.0f allocations", n)
	}
	less := e
	less.Seen = map[string]int{"row 1": 1}
	if r.hash(e) == r.hash(less) || len(e.Seen) != 1000 {
		t.Error("two events that knew otherwise have one hash")
	}
}
