// SPDX-License-Identifier: Apache-2.0

package suggest

import (
	"slices"
	"strings"
	"testing"

	"tamizdat/claim"
	"tamizdat/claim/study"
)

func find(list []Suggestion, key string) *Suggestion {
	for i := range list {
		if list[i].Key == key {
			return &list[i]
		}
	}
	return nil
}

// TestAnEdgeThatWasForgotten takes the relay of NATO's range out of the founding
// case. The range leads back to it.
func TestAnEdgeThatWasForgotten(t *testing.T) {
	c := study.Case()
	for i := range c.Utterances {
		if c.Utterances[i].ID == "U12" {
			c.Utterances[i].Relays = nil
		}
	}
	got := Relays(claim.NewIndex(&c), nil)
	for _, s := range got {
		t.Logf("%.2f %s: %s", s.Strength, s.Key, s.Reason)
	}
	s := find(got, "relay:U12>U11")
	if s == nil || *s.Relay != (Relay{From: "U12", To: "U11"}) {
		t.Fatal("the range 7,000–15,000 does not lead from U12 to U11")
	}
	if !strings.Contains(s.Reason, "7,000–15,000") {
		t.Errorf("the reason does not name the range: %s", s.Reason)
	}
	if find(got, "missing_hop:U12") == nil {
		t.Error("U12 had it from a document, and the hole is not seen")
	}
	c.Decisions = append(c.Decisions, claim.Decision{Suggestion: s.Key, Choice: "refused"})
	if find(Relays(claim.NewIndex(&c), nil), s.Key) != nil {
		t.Error("what was refused comes again")
	}
}

// TestTheFoundingCaseIsQuiet: every edge is entered there, so that nothing is
// proposed.
func TestTheFoundingCaseIsQuiet(t *testing.T) {
	c := study.Case()
	for _, s := range Relays(claim.NewIndex(&c), nil) {
		t.Errorf("%.2f %s: %s", s.Strength, s.Key, s.Reason)
	}
}

func on(t testing.TB, date string) claim.Date {
	t.Helper()
	d, err := claim.ParseDate(date)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// invented is a case made up for the tests: an alliance gives a range, a paper
// repeats it, and a third credits a council that never counted.
func invented(t testing.TB) claim.Case {
	return claim.Case{
		Case: "invented for tests",
		Parties: []claim.Party{
			{ID: "alliance", Kind: "organisation"},
			{ID: "paper", Kind: "outlet"},
			{ID: "echo", Kind: "outlet"},
			{ID: "council", Kind: "organisation"},
			{ID: "writer", Kind: "unnamed_person"},
			{ID: "holder", Kind: "person"},
		},
		Documents: []claim.Document{
			{ID: "D1", Kind: "article", Publisher: "paper", Published: on(t, "2030-01-02")},
			{ID: "D2", Kind: "article", Publisher: "echo", Published: on(t, "2030-01-05")},
			{ID: "L", Kind: "letter", Publisher: "writer"},
		},
		Claims: []claim.Claim{
			{ID: "C", Kind: "estimate", Text: "Between 7,000 and 15,000 were killed."},
			{ID: "Cv", Kind: "estimate", Text: "Between 7,000 and 15,000 were hurt.", VariantOf: "C", Mutation: "measurand"},
			{ID: "R", Kind: "prediction", Text: "The risk grows."},
		},
		Utterances: []claim.Utterance{
			{ID: "U1", Speaker: "alliance", To: "paper", At: on(t, "2030-01-01"), Basis: "estimated", Claims: []string{"C"}},
			{ID: "U2", Speaker: "paper", Doc: "D1", At: on(t, "2030-01-02"), Basis: "told", Claims: []string{"C"}, Relays: []string{"U1"}},
			{ID: "U3", Speaker: "echo", Doc: "D2", At: on(t, "2030-01-05"), Basis: "document", Claims: []string{"Cv"}, AttributedTo: "council"},
			{ID: "U4", Speaker: "writer", To: "holder", Doc: "L", At: on(t, "2029-12-30"), Claims: []string{"R"}},
			{ID: "U5", Speaker: "paper", Doc: "D1", At: on(t, "2030-01-02"), Basis: "document", Claims: []string{"R"}, Relays: []string{"U4"}},
		},
	}
}

// TestACouncilThatNeverCounted: “the council: 7,000–15,000” comes from the
// alliance's range, whatever it credits.
func TestACouncilThatNeverCounted(t *testing.T) {
	c := invented(t)
	got := Relays(claim.NewIndex(&c), nil)
	for key, kind := range map[string]Kind{
		"relay:U3>U2": KindRelay, "credit:U3>council": KindCredit, "missing_hop:U3": KindMissing, "hearer:U5>U4": KindHearer,
	} {
		if s := find(got, key); s == nil || s.Kind != kind || s.Reason == "" {
			t.Errorf("%s is not proposed", key)
		}
	}
	if s := find(got, "hearer:U5>U4"); s != nil && *s.Hop != (Hop{From: "U5", Speaker: "holder", To: "U4"}) {
		t.Errorf("the hop is %+v", *s.Hop)
	}
	if s := find(got, "credit:U3>council"); s != nil && *s.Hop != (Hop{From: "U3", Speaker: "council"}) {
		t.Errorf("the hop is %+v", *s.Hop)
	}
}

func TestACreditThatIsEnteredIsARelay(t *testing.T) {
	c := invented(t)
	c.Utterances = append(c.Utterances, claim.Utterance{ID: "U0", Speaker: "council", At: on(t, "2029-12-01"), Basis: "estimated", Claims: []string{"C"}})
	s := find(Relays(claim.NewIndex(&c), nil), "credit:U3>U0")
	if s == nil || *s.Relay != (Relay{From: "U3", To: "U0"}) {
		t.Fatalf("got %+v", s)
	}
}

// TestASharedMistakeCountsMore: two have the odd number, a third contradicts it.
func TestASharedMistakeCountsMore(t *testing.T) {
	c := claim.Case{
		Claims: []claim.Claim{{ID: "C", Text: "4,000 tons burned."}, {ID: "Cx", Text: "4,600 tons burned.", VariantOf: "C"}},
		Utterances: []claim.Utterance{
			{ID: "true", Speaker: "a", Doc: "1", At: on(t, "2030-01-01"), Claims: []string{"C"}},
			{ID: "odd", Speaker: "b", Doc: "2", At: on(t, "2030-01-02"), Claims: []string{"Cx"}},
			{ID: "same", Speaker: "c", Doc: "3", At: on(t, "2030-01-03"), Claims: []string{"Cx"}},
		},
	}
	s := find(Relays(claim.NewIndex(&c), nil), "relay:same>odd")
	if s == nil || !strings.Contains(s.Reason, "claim C has 4,000 instead") {
		t.Fatalf("got %+v", s)
	}
	alone := c
	alone.Claims = []claim.Claim{{ID: "Cx", Text: "4,600 tons burned."}}
	plain := find(Relays(claim.NewIndex(&alone), nil), "relay:same>odd")
	if plain == nil || plain.Strength >= s.Strength {
		t.Errorf("uncontradicted %+v, contradicted %v", plain, s.Strength)
	}
}

const copied = "at the start of the winter a fall of the government within days seemed likely to all observers"

// TestAnOwnVoiceThatIsNot: an outlet says in its own voice what stood elsewhere.
func TestAnOwnVoiceThatIsNot(t *testing.T) {
	c := invented(t)
	c.Utterances = append(c.Utterances,
		claim.Utterance{ID: "first", Speaker: "paper", Doc: "D1", At: on(t, "2030-01-02"), Basis: "own_voice", Quote: copied},
		claim.Utterance{ID: "second", Speaker: "echo", Doc: "D2", At: on(t, "2030-01-05"), Basis: "own_voice", Quote: copied})
	s := find(Relays(claim.NewIndex(&c), nil), "own_voice:second>first")
	if s == nil || s.Relay == nil {
		t.Fatal("the sentence is not traced to the other")
	}
	c.Utterances = slices.DeleteFunc(c.Utterances, func(u claim.Utterance) bool { return u.ID == "first" })
	s = find(Relays(claim.NewIndex(&c), map[string]string{"D1": "Yesterday: " + copied + ", it was said."}), "own_voice:second>D1")
	if s == nil || *s.Hop != (Hop{From: "second", Speaker: "paper", Document: "D1"}) {
		t.Fatalf("the sentence is not traced to the text: %+v", s)
	}
}

// TestAHopThatWasSkipped: the last credits the letter, with the paper's words.
func TestAHopThatWasSkipped(t *testing.T) {
	c := invented(t)
	c.Utterances[3].Quote = "every week and every month the danger becomes a little greater than it has been"
	c.Utterances[4].Quote = copied
	c.Utterances = append(c.Utterances, claim.Utterance{
		ID: "U6", Speaker: "echo", Doc: "D2", At: on(t, "2030-01-05"), Claims: []string{"R"}, Relays: []string{"U4"}, Quote: copied,
	})
	s := find(Relays(claim.NewIndex(&c), nil), "skipped_hop:U6>U5")
	if s == nil || *s.Relay != (Relay{From: "U6", To: "U5"}) {
		t.Fatalf("got %+v", s)
	}
}

func TestTwoDocumentsWithAPassage(t *testing.T) {
	c := invented(t)
	texts := map[string]string{"D1": "The day began. " + copied, "D2": copied + ". The day ended."}
	s := find(Relays(claim.NewIndex(&c), texts), "passage:D1>D2")
	if s == nil || s.Shared.InA.Exact != copied || s.Shared.InB.Exact != copied {
		t.Fatalf("got %+v", s)
	}
	c.Utterances[2].Relays = []string{"U2"}
	if find(Relays(claim.NewIndex(&c), texts), "passage:D1>D2") != nil {
		t.Error("a relay leads from one to the other, and it is proposed still")
	}
}

// TestTheOrderOfTheCaseDoesNotMatter: keys and reasons stay when lists turn.
func TestTheOrderOfTheCaseDoesNotMatter(t *testing.T) {
	c := invented(t)
	want := keys(Relays(claim.NewIndex(&c), nil))
	slices.Reverse(c.Utterances)
	slices.Reverse(c.Claims)
	slices.Reverse(c.Parties)
	if got := keys(Relays(claim.NewIndex(&c), nil)); !slices.Equal(got, want) {
		t.Errorf("got %v, before %v", got, want)
	}
}

func keys(list []Suggestion) []string {
	var out []string
	for _, s := range list {
		out = append(out, s.Key)
	}
	return out
}

// TestReferencesThatLeadNowhere must do no harm.
func TestReferencesThatLeadNowhere(t *testing.T) {
	c := claim.Case{
		Utterances: []claim.Utterance{
			{ID: "a", Speaker: "x", Claims: []string{"no"}, Relays: []string{"nobody", "b"}, AttributedTo: "who", Doc: "D", Span: "S", Quote: copied},
			{ID: "b", Relays: []string{"a"}, To: "y", Claims: []string{"no"}, Quote: copied, Basis: "own_voice"},
			{ID: "b"},
		},
		Parties: []claim.Party{{ID: "x", MemberOf: "x", PossiblySameAs: []string{"gone"}}},
		Claims:  []claim.Claim{{ID: "C", VariantOf: "C", Contradicts: []string{"no"}, Text: "7,000 of 9,000"}},
	}
	Relays(claim.NewIndex(&c), map[string]string{"D": copied, "E": copied, "": ""})
	Relays(claim.NewIndex(&claim.Case{}), nil)
}
