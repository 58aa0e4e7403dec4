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

func foundingCase(t testing.TB) claim.Case {
	t.Helper()
	c, err := claim.ParseCase(study.FoundingCase())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestAnEdgeThatWasForgotten takes the relay of NATO's range out of the founding
// case. The range leads back to it.
func TestAnEdgeThatWasForgotten(t *testing.T) {
	c := foundingCase(t)
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

func TestTheWholeFoundingCaseIsQuiet(t *testing.T) {
	c := foundingCase(t)
	for _, s := range Relays(claim.NewIndex(&c), nil) {
		t.Logf("%.2f %s: %s", s.Strength, s.Key, s.Reason)
	}
}

var _ = slices.Contains[[]string]
