// SPDX-License-Identifier: Apache-2.0

package mutation

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"tamizdat/claim"
	"tamizdat/claim/study"
)

// stripped is the founding case without what its editors found out.
func stripped(t testing.TB, also ...string) *claim.Index {
	t.Helper()
	var file any
	if err := json.Unmarshal(study.FoundingCase(), &file); err != nil {
		t.Fatal(err)
	}
	strip(file, append(also, "mutation", "fidelity", "misquotes", "check", "note"))
	b, err := json.Marshal(file)
	if err != nil {
		t.Fatal(err)
	}
	c, err := claim.ParseCase(b)
	if err != nil {
		t.Fatal(err)
	}
	return claim.NewIndex(&c)
}

func strip(v any, fields []string) {
	switch v := v.(type) {
	case map[string]any:
		for _, f := range fields {
			delete(v, f)
		}
		for _, below := range v {
			strip(below, fields)
		}
	case []any:
		for _, below := range v {
			strip(below, fields)
		}
	}
}

// short writes a proposal in the form: U4a<U3 C4v>C4 count.
func short(p Proposal) string {
	return p.Utterance + "<" + p.Relayed + " " + p.From.ID + ">" + p.To.ID + " " + string(p.Label)
}

// TestFoundingCaseIsReadWithoutItsEditors takes away every label that the editors
// gave, and then also what is a variant of what. The errors of the article are
// found again, and nothing else is proposed.
func TestFoundingCaseIsReadWithoutItsEditors(t *testing.T) {
	want := []string{
		"U2o<U1 C1>C17 modality",
		"U2o<U1 C1>C17 scope",
		"U4a<U3 C4v>C4 count",
		"U4a<U3 C5v>C5 agent and patient swapped",
		"U8<U5 P-W0>C18d speaker",
		"U8<U6 D3>C18d date",
		"U12<U11 C21k>C21 measurand",
		"U12<U10 E1>E9 measurand",
	}
	for name, also := range map[string][]string{"with families": nil, "without families": {"variant_of"}} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, p := range Propose(stripped(t, also...)) {
				got = append(got, short(p))
				t.Log(short(p), "—", p.Reason)
			}
			for _, w := range want {
				if !slices.Contains(got, w) {
					t.Error("not found:", w)
				}
			}
			for _, g := range got {
				if !slices.Contains(want, g) {
					t.Error("proposed without need:", g)
				}
			}
		})
	}
}

// TestWhatWasRefusedStaysAway refuses one proposal and accepts another.
func TestWhatWasRefusedStaysAway(t *testing.T) {
	x := stripped(t)
	all := Propose(x)
	x.Case.Decisions = []claim.Decision{{Suggestion: all[0].Key, Choice: "refused"}, {Suggestion: all[1].Key, Choice: "accepted"}}
	again := Propose(claim.NewIndex(x.Case))
	if len(again) != len(all)-2 {
		t.Errorf("%d proposals were %d before two were decided", len(again), len(all))
	}
	for _, p := range again {
		if p.Key == all[0].Key || p.Key == all[1].Key {
			t.Error("decided, and proposed again:", p.Key)
		}
	}
}

// TestWhatTheEditorsKnow marks what they have labelled.
func TestWhatTheEditorsKnow(t *testing.T) {
	c := study.Case()
	for _, p := range Propose(claim.NewIndex(&c)) {
		want := p.To.Kind != claim.KindClaim || p.Label != LabelSpeaker && p.Label != LabelDate
		if p.Labelled != want {
			t.Errorf("%s: labelled is %v", short(p), p.Labelled)
		}
	}
}

// TestReasonsShowBothWordings because a person decides by them.
func TestReasonsShowBothWordings(t *testing.T) {
	for _, p := range Propose(stripped(t)) {
		if p.Reason == "" || strings.Count(p.Reason, "“") < 1 || p.From.Text == "" || p.To.Text == "" || p.From.Text == p.To.Text {
			t.Errorf("%s does not show itself: %q", short(p), p.Reason)
		}
	}
}
