// SPDX-License-Identifier: Apache-2.0

package judge

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tamizdat/claim"
	"tamizdat/claim/study"
)

func founding(t testing.TB) *claim.Index {
	t.Helper()
	c := study.Case()
	return claim.NewIndex(&c)
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-12*max(1, math.Abs(a), math.Abs(b)) }

// TestManyPapersOneLetter: nine documents that lead to one letter do not make a 1.
func TestManyPapersOneLetter(t *testing.T) {
	x := founding(t)
	for range 2 {
		err := MayBelieve(x, "C1", 1, x.Origins)
		if err == nil || !strings.Contains(err.Error(), "two independent origins") {
			t.Errorf("C1 at 1: %v", err)
		}
		for i := range 5 {
			x.SetUtterance(claim.Utterance{ID: fmt.Sprint("copy", i), Speaker: "P-ML", Claims: []string{"C1"}, Relays: []string{"U3"}})
		}
	}
	if err := MayBelieve(x, "C1", 3, x.Origins); err != nil {
		t.Error(err)
	}
	for claimID, want := range map[string]int{"C1": 2, "C23": 1, "C18": 2, "none": 6} {
		if c := CeilingOf(x, claimID, x.Origins); c.Best != want || len(c.Reasons) == 0 {
			t.Errorf("the ceiling of %s is %d (%v), want %d", claimID, c.Best, c.Reasons, want)
		}
	}
	for _, d := range []string{"D2", "D1"} {
		x.Document(d).Authenticity = &claim.Authenticity{Value: "doubtful"}
	}
	if c := CeilingOf(x, "C9", x.Origins); c.Best != 4 {
		t.Errorf("a claim in a doubtful letter has the ceiling %d: %v", c.Best, c.Reasons)
	}
	if c := CeilingOf(x, "C23", x.Origins); c.Best != 2 {
		t.Errorf("one of two origins is doubtful, and the ceiling is %d", c.Best)
	}
	x.Document("D1").Authenticity, x.Document("D2").Authenticity = nil, nil
	x.Document("D2").DerivativeOf = "D2"
	if c := CeilingOf(x, "C9", x.Origins); c.Best != 2 {
		t.Errorf("a ring of copies gave %d", c.Best)
	}
}

func TestWhoWritesWithoutANameStartsAtF(t *testing.T) {
	x := founding(t)
	if err := MayRate(x, "P-W", "", "C"); err == nil || !strings.Contains(err.Error(), ErrNoRecord.Error()) {
		t.Errorf("a one-off letter is rated C: %v", err)
	}
	if errs := Unearned(x); len(errs) != 0 {
		t.Error(errs)
	}
	x.Claim("C10").Status, x.Claim("C10").Topic = "confirmed", "sanctions"
	x.Claim("C11").Status, x.Claim("C11").Topic = "refuted", "sanctions"
	x.Claim("C18").Status = "confirmed" // of the possible double
	if err := MayRate(x, "P-W", "sanctions", "C"); err != nil {
		t.Error(err)
	}
	if err := MayRate(x, "P-W", "front", "C"); err == nil {
		t.Error("a record about sanctions counts for the front")
	}
	for party, want := range map[string]error{"P-NATO": nil, "P-TT": nil} {
		if err := MayRate(x, party, "", "B"); err != want {
			t.Errorf("%s: %v", party, err)
		}
	}
	if MayRate(x, "P-TT", "", "G") == nil || MayRate(x, "nobody", "", "A") == nil {
		t.Error("what is no reliability or no party passes")
	}
	r := Record(x, "P-W")
	if len(r) != 2 || r[1].Topic != "sanctions" || !slices.Equal(r[1].Confirmed, []string{"C10"}) || !slices.Equal(r[1].Refuted, []string{"C11"}) || len(r[0].Open) != 3 {
		t.Errorf("the record is %+v", r)
	}
	x.Utterance("U1").Mode = "denies"
	if r := Record(x, "P-W"); !slices.Equal(r[1].Confirmed, []string{"C11"}) {
		t.Errorf("who denied what was refuted was right: %+v", r)
	}
	if r := Record(x, "P-TT"); len(r) != 0 {
		t.Errorf("a paper that repeats others has a record of its own: %+v", r)
	}
}

func TestReliabilityByTopic(t *testing.T) {
	x := founding(t)
	c := *x.Case
	c.Sources = []claim.Source{{ID: "S", Party: "P-W", Reliability: map[string]claim.Reliability{"": "F", "front": "D"}}}
	x = claim.NewIndex(&c)
	for _, tt := range []struct {
		party, topic string
		want         claim.Reliability
	}{{"P-W", "front", "D"}, {"P-W", "pay", "F"}, {"P-TT", "front", "B"}, {"P-OS", "", ""}, {"nobody", "", ""}} {
		if got, _ := ReliabilityFor(x, tt.party, tt.topic); got != tt.want {
			t.Errorf("%s on %q is %q, want %q", tt.party, tt.topic, got, tt.want)
		}
	}
	if errs := Unearned(x); len(errs) != 1 {
		t.Errorf("D on the front is not earned: %v", errs)
	}
}

func TestAttribution(t *testing.T) {
	x := founding(t)
	held := true
	for id, want := range map[string]Attribution{"U1": Hearsay, "U2": NamedOutlet, "U3": NamedOutlet, "U4": HeldDocument, "U9": AttributionUnknown, "U10": NamedOutlet, "U13": NamedOutlet, "none": AttributionUnknown} {
		if got, why := AttributionOf(x, id); got != want || why == "" {
			t.Errorf("%s: %s (%s), want %s", id, got, why, want)
		}
	}
	x.Document("D2").Held = &held
	if got, _ := AttributionOf(x, "U1"); got != HeldDocument {
		t.Errorf("with the letter in hand it is %s", got)
	}
	x.Document("D1").Held, x.Document("D1").Kind = &held, "recording"
	if got, _ := AttributionOf(x, "U2"); got != Recording {
		t.Errorf("with the recording in hand it is %s", got)
	}
}

// TestAttributionSaysWhatIsMissing: a document that is in the case is not called
// absent, whatever keeps it from settling who said it.
func TestAttributionSaysWhatIsMissing(t *testing.T) {
	yes, no := true, false
	for _, tt := range []struct {
		kind string
		held *bool
		want Attribution
		why  string
	}{
		{"letter", nil, AttributionUnknown, "it stands in letter 1, and nobody has noted whether the desk holds that (held), and nobody who repeats it is in the case"},
		{"letter", &no, AttributionUnknown, "it stands in letter 1, which the desk does not hold, and nobody who repeats it is in the case"},
		{"letter", &yes, HeldDocument, "the desk holds letter 1, in which a clerk says it"},
		{"note", &yes, AttributionUnknown, "it stands in letter 1, which nobody published who puts a name to it, and nobody who repeats it is in the case"},
		{"", nil, AttributionUnknown, "no document in which it stands is in the case, and nobody who repeats it is in the case"},
	} {
		c := claim.Case{Parties: []claim.Party{{ID: "p", Kind: "unnamed_person", Label: "a clerk"}}, Claims: []claim.Claim{{ID: "c"}}, Utterances: []claim.Utterance{{ID: "u", Speaker: "p", Doc: "d", Claims: []string{"c"}}}}
		if tt.kind != "" {
			c.Documents = []claim.Document{{ID: "d", Kind: tt.kind, Title: "letter 1", Held: tt.held}}
		}
		if got, why := AttributionOf(claim.NewIndex(&c), "u"); got != tt.want || why != tt.why {
			t.Errorf("%s %v: %s, %s", tt.kind, tt.held, got, why)
		}
	}
}

// invented is a case made up for these tests.
func invented(evidence ...claim.Evidence) *claim.Index {
	return claim.NewIndex(&claim.Case{
		Case: "invented for the test",
		Parties: []claim.Party{
			{ID: "a", Kind: "person", Label: "A", Reliability: "B"},
			{ID: "b", Kind: "person", Label: "B", Reliability: "C", Interest: "wants to be right"},
			{ID: "f", Kind: "unnamed_person", Label: "F", Reliability: "F"},
			{ID: "paper", Kind: "outlet", Label: "Paper", Reliability: "A"},
		},
		Documents: []claim.Document{{ID: "d", Kind: "article"}, {ID: "other", Kind: "dataset"}},
		Claims:    []claim.Claim{{ID: "c", Kind: "state", Text: "It is so."}, {ID: "c2", Kind: "state", Text: "And so."}},
		Utterances: []claim.Utterance{
			{ID: "ua", Speaker: "a", Claims: []string{"c"}, Basis: "witnessed"},
			{ID: "ub", Speaker: "b", Claims: []string{"c", "c2"}, Basis: "told"},
			{ID: "uf", Speaker: "f", Claims: []string{"c"}, Basis: "witnessed"},
			{ID: "up", Speaker: "paper", Doc: "d", Claims: []string{"c"}, Basis: "document", Relays: []string{"ua"}},
		},
		Evidence: evidence,
	})
}

func TestHintByTheHouseRatios(t *testing.T) {
	x := invented()
	h := HintFor(x, "c", x.Origins, nil)
	// ln 5 of A, who saw it; ln 2.5 halved twice of B; F nothing.
	if want := 1.6094379124341003 + 0.22907268296853878; !near(h.LogLR, want) {
		t.Errorf("ln LR is %.15f, want %.15f\n%s", h.LogLR, want, strings.Join(h.Lines, "\n"))
	}
	if h.Value != 1 || h.Ceiling.Best != 1 {
		t.Errorf("the hint is %d under a ceiling of %d", h.Value, h.Ceiling.Best)
	}
	h = HintFor(x, "c", x.Origins, map[string]bool{"ub": true})
	// against interest: √(2.5 · 1.5) = √3.75
	if want := 1.6094379124341003 + 0.6608779199911599; !near(h.LogLR, want) {
		t.Errorf("against interest ln LR is %.15f, want %.15f", h.LogLR, want)
	}
	x.SetUtterance(claim.Utterance{ID: "ua", Speaker: "a", Claims: []string{"c"}, Basis: "inferred"})
	x.SetUtterance(claim.Utterance{ID: "ub", Speaker: "b", Claims: []string{"c"}, Basis: "unknown"})
	if h = HintFor(x, "c", x.Origins, nil); h.Value != 6 || h.LogLR != 0 {
		t.Errorf("nobody contributes, and the hint is %d", h.Value)
	}
}

func TestHintByEvidence(t *testing.T) {
	e := func(id, item, direction string) claim.Evidence {
		return claim.Evidence{ID: id, Claim: "c", Item: item, Direction: direction}
	}
	for _, tt := range []struct {
		name     string
		evidence []claim.Evidence
		want     float64 // without the 0.229… of B's house ratio
		value    int
	}{
		{"one for", []claim.Evidence{e("1", "ua", "+")}, math.Ln2, 2},
		{"the paper is the same origin", []claim.Evidence{e("1", "ua", "+"), e("2", "up", "++"), e("3", "d", "+")}, math.Log(6), 1},
		{"the stronger one counts", []claim.Evidence{e("1", "ua", "+"), e("2", "up", "--")}, -math.Log(6), 5},
		{"a tie goes against", []claim.Evidence{e("1", "ua", "-"), e("2", "up", "+")}, -math.Ln2, 4},
		{"another thing is added", []claim.Evidence{e("1", "ua", "+"), e("2", "other", "+")}, 2 * math.Ln2, 1},
		{"what is no direction is left out", []claim.Evidence{e("1", "ua", "+"), e("2", "other", "+++"), e("3", "nothing", "+")}, math.Ln2, 2},
	} {
		x := invented(tt.evidence...)
		h := HintFor(x, "c", x.Origins, nil)
		if want := tt.want + 0.22907268296853878; !near(h.LogLR, want) || h.Value != tt.value {
			t.Errorf("%s: %.15f and %d, want %.15f and %d\n%s", tt.name, h.LogLR, h.Value, want, tt.value, strings.Join(h.Lines, "\n"))
		}
	}
	x := invented(e("1", "ua", "++"))
	scaled := func(id string) claim.Origins {
		o := x.Origins(id)
		o.Effective = 2.4
		return o
	}
	if h := HintFor(x, "c", scaled, nil); !near(h.LogLR, 0.8*(math.Log(6)+0.22907268296853878)) {
		t.Errorf("2.4 of 3 origins give %.15f", h.LogLR)
	}
}

// TestHintIsMonotone: raising a direction never lowers the hint, and no amount of
// evidence goes past the cap.
func TestHintIsMonotone(t *testing.T) {
	directions := []string{"--", "-", "0", "+", "++"}
	items := []string{"ua", "ub", "uf", "up", "d", "other", "c2"}
	rapid.Check(t, func(t *rapid.T) {
		var evidence []claim.Evidence
		for i := range rapid.IntRange(1, 8).Draw(t, "n") {
			evidence = append(evidence, claim.Evidence{ID: fmt.Sprint(i), Claim: "c", Item: rapid.SampledFrom(items).Draw(t, "item"), Direction: rapid.SampledFrom(directions).Draw(t, "direction")})
		}
		x := invented(evidence...)
		was := HintFor(x, "c", x.Origins, nil)
		if math.Abs(was.LogLR) > math.Log(30) {
			t.Fatal("past the cap")
		}
		i := rapid.IntRange(0, len(evidence)-1).Draw(t, "which")
		up := min(slices.Index(directions, evidence[i].Direction)+1, 4)
		evidence[i].Direction = directions[up]
		x = invented(evidence...)
		is := HintFor(x, "c", x.Origins, nil)
		if is.LogLR < was.LogLR-1e-12 || is.Value > was.Value {
			t.Fatalf("raised, and the hint went from %.3f to %.3f", was.LogLR, is.LogLR)
		}
		x.SetUtterance(claim.Utterance{ID: "relay", Speaker: "paper", Claims: []string{"c"}, Basis: "document", Relays: []string{"up"}})
		if more := HintFor(x, "c", x.Origins, nil); more.LogLR != is.LogLR || more.Value != is.Value {
			t.Fatalf("one more relay moved the hint from %.3f to %.3f", is.LogLR, more.LogLR)
		}
	})
}

func TestTheStudyHasNoHintForTheLetter(t *testing.T) {
	x := founding(t)
	if h := HintFor(x, "C1", x.Origins, nil); h.Value != 6 {
		t.Errorf("an F source and an unjudged speaker give %d: %v", h.Value, h.Lines)
	}
	if h := HintFor(x, "none", x.Origins, nil); h.Value != 6 {
		t.Error("a claim that is not there has a hint")
	}
}

func TestAgreement(t *testing.T) {
	c := claim.Case{}
	for i, p := range [][2]int{{2, 2}, {2, 3}, {1, 4}, {6, 3}} {
		c.Decisions = append(c.Decisions, HintDecision(fmt.Sprint(i), Hint{Claim: "c", Value: p[0]}, p[1], "", "x", claim.Date{}))
	}
	c.Decisions = append(c.Decisions, claim.Decision{Suggestion: "credibility/c", Hint: "9", Choice: "1"}, claim.Decision{Suggestion: "other", Hint: "1", Choice: "1"})
	a := Agreement(&c)
	if a.Number != 3 || a.Same != 1 || a.Near != 2 || a.Unjudged != 1 || a.Table[1][4] != 1 {
		t.Errorf("%+v", a)
	}
}

// TestForgeriesTakeNoOriginAway: who adds doubtful letters to a claim that two
// others carry does not make it fall.
func TestForgeriesTakeNoOriginAway(t *testing.T) {
	c := claim.Case{
		Claims:    []claim.Claim{{ID: "c"}},
		Documents: []claim.Document{{ID: "forged", Title: "the forgery", Authenticity: &claim.Authenticity{Value: "doubtful"}}},
	}
	say := func(speaker, doc string) {
		c.Utterances = append(c.Utterances, claim.Utterance{ID: fmt.Sprint("u", len(c.Utterances)), Speaker: speaker, Doc: doc, Claims: []string{"c"}})
	}
	say("a", "")
	say("b", "")
	for range 5 {
		say("forger", "forged")
	}
	x := claim.NewIndex(&c)
	if best := CeilingOf(x, "c", x.Origins); best.Best != 1 {
		t.Errorf("at best %d: %v", best.Best, best.Reasons)
	}
	c.Utterances = c.Utterances[1:]
	x = claim.NewIndex(&c)
	if best := CeilingOf(x, "c", x.Origins); best.Best != 2 {
		t.Errorf("with one left, at best %d: %v", best.Best, best.Reasons)
	}
	c.Utterances = c.Utterances[1:]
	x = claim.NewIndex(&c)
	if best := CeilingOf(x, "c", x.Origins); best.Best != 4 {
		t.Errorf("with none left, at best %d: %v", best.Best, best.Reasons)
	}
}
