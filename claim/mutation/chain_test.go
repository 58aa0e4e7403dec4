// SPDX-License-Identifier: Apache-2.0

package mutation

import (
	"fmt"
	"slices"
	"testing"

	"tamizdat/claim"
)

// chainOf makes utterances of which each relays the one before.
func chainOf(texts ...string) *claim.Case {
	c := &claim.Case{Case: "invented"}
	for i, text := range texts {
		u := claim.Utterance{ID: fmt.Sprintf("U%d", i), Speaker: fmt.Sprintf("P%d", i), Claims: []string{fmt.Sprintf("C%d", i)}}
		if i > 0 {
			u.Relays = []string{fmt.Sprintf("U%d", i-1)}
		}
		c.Claims = append(c.Claims, claim.Claim{ID: fmt.Sprintf("C%d", i), Text: text})
		c.Utterances = append(c.Utterances, u)
		c.Parties = append(c.Parties, claim.Party{ID: u.Speaker, Kind: "person", Label: fmt.Sprintf("Name%c Family%c", 'a'+i, 'a'+i)})
	}
	return c
}

func proposed(c *claim.Case) []string {
	var out []string
	for _, p := range Propose(claim.NewIndex(c)) {
		out = append(out, short(p))
	}
	return out
}

func expect(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("proposed %q, want %q", got, want)
	}
}

// TestRootIsComparedWhereTheNeighbourIsSilent: the middle one leaves out what is
// counted, and the last one fills it in wrongly.
func TestRootIsComparedWhereTheNeighbourIsSilent(t *testing.T) {
	expect(t, proposed(chainOf("The ministry counted 900 soldiers killed at Orm.", "The ministry counted 900 soldiers at Orm.", "The ministry counted 900 soldiers wounded at Orm.")),
		"U2<U0 C0>C2 measurand")
}

// TestErrorIsProposedOnceWhereItWasMade: who repeats it rightly is left alone.
func TestErrorIsProposedOnceWhereItWasMade(t *testing.T) {
	expect(t, proposed(chainOf("The ministry counted 900 soldiers killed.", "The ministry counted 950 soldiers killed.", "Министерство насчитало 950 погибших солдат.")),
		"U1<U0 C0>C1 count")
}

// TestTwoSourcesThatDisagree: the relay took one of the two numbers, which both
// stood before it.
func TestTwoSourcesThatDisagree(t *testing.T) {
	c := chainOf("The ministry counted 900 soldiers killed.", "The ministry counted 950 soldiers killed.", "The ministry counted 950 killed soldiers.")
	c.Utterances[1].Relays = nil
	c.Utterances[2].Relays = []string{"U0", "U1"}
	expect(t, proposed(c))
}

// TestWordsAreComparedUnderOneClaim: both are filed under one claim, and only the
// words show that they differ.
func TestWordsAreComparedUnderOneClaim(t *testing.T) {
	c := chainOf("A dozen letters came.", "")
	c.Claims = c.Claims[:1]
	c.Utterances[1].Claims = []string{"C0"}
	c.Utterances[0].Quote = "We had almost a dozen letters by then."
	c.Utterances[1].Quote = "“We had more than a dozen letters by then,” she says."
	expect(t, proposed(c), "U1<U0 U0>U1 count")
}

// TestCredit is about attributed_to.
func TestCredit(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*claim.Case)
		want   []string
	}{
		{"the root", func(c *claim.Case) { c.Utterances[2].AttributedTo = "P0" }, nil},
		{"nobody", func(c *claim.Case) {}, nil},
		{"a middle hand", func(c *claim.Case) { c.Utterances[2].AttributedTo = "P1" }, []string{"U2<U0 P0>P1 speaker"}},
		{"a stranger", func(c *claim.Case) { c.Utterances[2].AttributedTo = "P9" }, []string{"U2<U0 P0>P9 speaker"}},
		{"the outlet from which it was taken", func(c *claim.Case) {
			c.Parties[1].Kind = "outlet"
			c.Utterances[2].AttributedTo = "P1"
		}, nil},
		{"perhaps the same person", func(c *claim.Case) {
			c.Parties[0].PossiblySameAs = []string{"P1"}
			c.Utterances[2].AttributedTo = "P1"
		}, nil},
		{"the office of the speaker", func(c *claim.Case) {
			c.Parties[0].MemberOf = "P1"
			c.Utterances[2].AttributedTo = "P1"
		}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := chainOf("The port is closed.", "The port is closed.", "The port is closed.")
			test.change(c)
			expect(t, proposed(c), test.want...)
		})
	}
}

// TestDenialBecomesAssertion though the claim is the same.
func TestDenialBecomesAssertion(t *testing.T) {
	c := chainOf("The port is closed.", "")
	c.Claims = c.Claims[:1]
	c.Utterances[1].Claims = []string{"C0"}
	c.Utterances[0].Mode = "denies"
	expect(t, proposed(c), "U1<U0 C0>C0 modality")
}

// TestNothingIsAssumed: references to nothing, rings, and emptiness.
func TestNothingIsAssumed(t *testing.T) {
	c := chainOf("The port is closed.", "The port may be closed.")
	c.Utterances[0].Relays = []string{"U1", "U0", "gone"}
	c.Utterances[0].Claims = append(c.Utterances[0].Claims, "gone")
	c.Utterances[1].AttributedTo, c.Utterances[1].Doc, c.Utterances[1].Span = "gone", "gone", "gone"
	c.Estimates = []claim.Estimate{{ID: "E1", By: "U1", Measurand: "gone"}, {ID: "E2", By: "U0"}, {ID: "E3", By: "gone"}}
	c.Claims = append(c.Claims, claim.Claim{ID: "C9"})
	Propose(claim.NewIndex(c))
	if got := Propose(claim.NewIndex(&claim.Case{})); got != nil {
		t.Error(got)
	}
}

// TestLongChainIsCut rather than climbed without end: who stands more than 32
// hands away is not compared.
func TestLongChainIsCut(t *testing.T) {
	for hands, want := range map[int]int{maxHops: 1, maxHops + 1: 0} {
		texts := make([]string, hands+1) // those between say nothing
		texts[0], texts[hands] = "900 soldiers were killed.", "950 soldiers were killed."
		if got := proposed(chainOf(texts...)); len(got) != want {
			t.Errorf("over %d hands: %q, want %d", hands, got, want)
		}
	}
}

// BenchmarkPropose10k compares ten thousand utterances: threads of five hands,
// three claims each, of which one is said in other words.
func BenchmarkPropose10k(b *testing.B) {
	c := &claim.Case{Case: "invented"}
	pairs := readPairs(b)
	for i := range 10000 {
		u := claim.Utterance{ID: fmt.Sprintf("U%d", i), Speaker: "P"}
		if i%5 > 0 {
			u.Relays = []string{fmt.Sprintf("U%d", i-1)}
			u.Claims = append(u.Claims, fmt.Sprintf("C%d", i-1))
		}
		p := pairs[(i/2)%len(pairs)]
		text := p.original
		if i%2 == 1 {
			text = p.relays
		}
		id := fmt.Sprintf("C%d", i)
		c.Claims = append(c.Claims, claim.Claim{ID: id, Text: fmt.Sprintf("%s (%d)", text, i)})
		u.Claims = append(u.Claims, id, fmt.Sprintf("C%d", i-i%5))
		c.Utterances = append(c.Utterances, u)
	}
	x := claim.NewIndex(c)
	b.ReportAllocs()
	for b.Loop() {
		Propose(x)
	}
}
