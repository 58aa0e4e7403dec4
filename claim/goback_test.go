// SPDX-License-Identifier: Apache-2.0

package claim

import (
	"strings"
	"testing"
)

// TestWhatAProgramChangedGoesBack: what is frozen and was changed without asking goes
// back to what it was, and to nothing else; what one person alone resolved or let out
// can be taken away.
func TestWhatAProgramChangedGoesBack(t *testing.T) {
	none := []string{"resolution", "null", "resolved_at", "null", "resolved_by", "null", "resolution_document", "null"}
	for name, tt := range map[string]struct {
		before []Change // by Anna
		by     []Change // a program of Boris's
		back   Change
		other  Change
	}{
		"bytes": {
			[]Change{create(KindDocument, "o", "kind", `"note"`, "sha256", `"aa"`)},
			[]Change{set(KindDocument, "o", "sha256", `"bb"`), set(KindDocument, "o", "sha256", `"cc"`)},
			set(KindDocument, "o", "sha256", `"aa"`), set(KindDocument, "o", "sha256", `"bb"`),
		},
		"a text": {
			[]Change{
				set(KindQuestion, "q", "text", `"Will it be closed?"`),
				create(KindForecast, "f", "question", `"q"`, "by", quoted(anna), "at", `"2022-04-01"`, "p", "0.5"),
			},
			[]Change{set(KindQuestion, "q", "text", `"Will it rain?"`)},
			set(KindQuestion, "q", "text", `"Will it be closed?"`), set(KindQuestion, "q", "text", `"Will it be opened?"`),
		},
		"a field that was not there": {
			[]Change{create(KindForecast, "f", "question", `"q"`, "by", quoted(anna), "at", `"2022-04-01"`, "p", "0.5")},
			[]Change{set(KindQuestion, "q", "unit", `"boxes"`)},
			set(KindQuestion, "q", "unit", "null"), set(KindQuestion, "q", "unit", `"crates"`),
		},
		"a test": {
			[]Change{
				set(KindIndicator, "i", "observable_test", `"lights"`),
				{Verb: VerbAppend, Kind: KindIndicator, Object: "i", Fields: raw("checks", `{"id":"l","date":"2022-04-02","state":"present","by":"`+anna+`"}`)},
			},
			[]Change{set(KindIndicator, "i", "observable_test", `"rain"`)},
			set(KindIndicator, "i", "observable_test", `"lights"`), set(KindIndicator, "i", "observable_test", `"snow"`),
		},
		"one person's resolution": {
			nil, []Change{resolving(says(boris))}, set(KindQuestion, "q", none...), Change{},
		},
		"one person's release": {
			nil,
			[]Change{set(KindPublication, "pub", "released", `"2022-04-01"`)},
			set(KindPublication, "pub", "released", "null"), set(KindPublication, "pub", "released", `"2022-05-01"`),
		},
	} {
		s := askedBy(t)
		for i, c := range tt.before {
			if err := s.as(anna, 2+i, c); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		for i, c := range tt.by {
			if err := s.as(boris, 10+i, c); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		if _, err := s.register.Propose(anna+".1", moment(20), tt.other); tt.other.Kind != "" && err == nil {
			t.Errorf("%s: it was changed once more", name)
		}
		if _, err := s.register.Propose(anna+".1", moment(20), tt.back); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err := s.as(anna, 20, tt.back); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestOneIDIsOneThing: nobody makes a thing under an id that they know another kind to
// have; of two that did not know, the later by the clock is told to be in the way.
func TestOneIDIsOneThing(t *testing.T) {
	s := askedBy(t)
	party := create(KindParty, "c", "label", `"x"`, "kind", `"outlet"`)
	if err := s.as(boris, 3, party); err == nil || !strings.Contains(err.Error(), "the id of a claim") {
		t.Errorf("it was taken: %v", err)
	}
	if _, err := s.register.Propose(boris+".1", moment(3), party); err == nil {
		t.Error("the door let it in")
	}
	if s.as(boris, 3, create(KindParty, "n", "label", `"x"`, "kind", `"outlet"`), create(KindClaim, "n", "text", `"x"`, "kind", `"event"`)) == nil {
		t.Error("one deed made two things of one id")
	}
	if err := s.unaware(boris, map[string]int{anna + ".1": 1}, 3, party); err != nil {
		t.Fatal(err)
	}
	c := caseOf(t, s.register)
	var found []Problem
	for _, p := range c.Check() {
		if p.Object == "c" && p.Rule == RuleReference {
			found = append(found, p)
		}
	}
	if len(found) != 1 || found[0].Kind != KindParty {
		t.Errorf("%+v", found)
	}
}
