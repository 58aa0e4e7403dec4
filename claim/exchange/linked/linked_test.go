// SPDX-License-Identifier: Apache-2.0

package linked

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tamizdat/claim"
	"tamizdat/claim/study"
)

func date(t testing.TB, s string) claim.Date {
	t.Helper()
	d, err := claim.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// invented is a small case with a source, an article and a correction. All of it
// is invented.
func invented(t testing.TB) claim.Case {
	start, end := 10, 22
	return claim.Case{
		Case:    "demo",
		Sources: []claim.Source{{ID: "s1", Pseudonym: "Kestrel", Party: "p1"}},
		Parties: []claim.Party{{ID: "p1", Kind: "unnamed_official", Label: "Kestrel"}, {ID: "p2", Kind: "outlet", Label: "The Invented Courier"}},
		Documents: []claim.Document{
			{ID: "d1", Kind: "letter", Publisher: "p1", Published: date(t, "2031-05-14")},
			{ID: "d2", Kind: "article", Title: "Tides <late>", Publisher: "p2", Published: date(t, "2031-05-20~"), Address: "https://courier.example/tides"},
		},
		Spans: []claim.Span{{ID: "a", Document: "d2", Exact: "the tide", Prefix: "that ", Start: &start, End: &end}, {ID: "b", Document: "d1", Exact: "words of a letter"}},
		Claims: []claim.Claim{
			{ID: "c1", Kind: "state", Text: "The tide is late.", Credibility: 2},
			{ID: "c2", Kind: "state", Text: "The tide is very late.", Credibility: 3, VariantOf: "c1", Mutation: "modality"},
			{ID: "c3", Kind: "state", Text: "The tide is early.", Credibility: 5},
			{ID: "c4", Kind: "state", Text: "The tide is secret.", Credibility: 1, Exposure: "<=10"},
		},
		Utterances: []claim.Utterance{
			{ID: "u1", Speaker: "p1", Doc: "d1", Span: "b", Claims: []string{"c1", "c4"}},
			{ID: "u2", Speaker: "p2", Doc: "d2", Span: "a", Claims: []string{"c1"}, Relays: []string{"u1"}, Fidelity: "verbatim"},
			{ID: "u3", Speaker: "p2", Doc: "d2", Quote: "very late", Claims: []string{"c2"}, Relays: []string{"u2"}, Fidelity: "distorted"},
		},
		Publications: []claim.Publication{
			{ID: "b1", Released: date(t, "2031-06-01"), Claims: []claim.Frozen{{ID: "c1"}, {ID: "c4"}}},
			{ID: "b2", Released: date(t, "2031-06-02"), Supersedes: "b1"},
		},
		Corrections: []claim.Correction{{ID: "x1", Publication: "b1", WhatWasWrong: "early", WhatIsRight: "late", Severity: "correct"}},
	}
}

// TestOnlyRatedClaimsAreReviewed, and nobody learns who wrote the letter.
func TestOnlyRatedClaimsAreReviewed(t *testing.T) {
	b, err := ClaimReviews(invented(t), Desk{Name: "Demo Desk", URL: "https://desk.example", Date: date(t, "2031-06-01")})
	if err != nil {
		t.Fatal(err)
	}
	var got []review
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 {
		t.Fatalf("%s", b)
	}
	want := review{
		Context: "https://schema.org", Type: "ClaimReview", ID: "urn:tamizdat:claim:c1", URL: "https://desk.example", DatePublished: "2031-06-01",
		Author: agent{"Organization", "Demo Desk", "https://desk.example"}, ClaimReviewed: "The tide is late.",
		ItemReviewed: subject{Type: "Claim", Author: &agent{Type: "Person", Name: "an unnamed official"}, Appearance: []work{
			{Type: "CreativeWork", ID: "urn:tamizdat:document:d1", DatePublished: "2031-05"},
			{"Article", "urn:tamizdat:document:d2", "https://courier.example/tides", "Tides <late>", "2031-05-20"},
		}},
		ReviewRating: rating{"Rating", 4, 1, 5, "probably true"},
	}
	if diff := cmp.Diff(want, got[0]); diff != "" {
		t.Error(diff)
	}
	if r := got[1].ReviewRating; r.RatingValue != 1 || r.AlternateName != "improbable" || got[1].ItemReviewed.Author != nil {
		t.Errorf("%+v", got[1])
	}
	for _, never := range []string{"Kestrel", "secret", "2031-05-14", "possibly"} {
		if strings.Contains(string(b), never) {
			t.Errorf("%q leaves: %s", never, b)
		}
	}
}

func nodes(t testing.TB, b []byte) map[string]node {
	t.Helper()
	var g graph
	if err := json.Unmarshal(b, &g); err != nil {
		t.Fatal(err)
	}
	m := map[string]node{}
	for _, n := range g.Graph {
		if _, twice := m[n.ID]; twice {
			t.Errorf("%s stands there twice", n.ID)
		}
		m[n.ID] = n
	}
	return m
}

// TestTheWholeChainIsThere: quotations, changes, roots, corrections.
func TestTheWholeChainIsThere(t *testing.T) {
	b, err := Provenance(invented(t))
	if err != nil {
		t.Fatal(err)
	}
	m := nodes(t, b)
	u2, u3 := m["urn:tamizdat:statement:u2"], m["urn:tamizdat:statement:u3"]
	if diff := cmp.Diff([]link{{"urn:tamizdat:statement:u1"}}, u2.Quoted); diff != "" || u2.Derived != nil {
		t.Error(diff, u2)
	}
	if diff := cmp.Diff([]link{{"urn:tamizdat:statement:u2"}}, u3.Derived); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]link{{"urn:tamizdat:statement:u1"}}, u3.Primary); diff != "" {
		t.Error(diff)
	}
	if c2 := m["urn:tamizdat:claim:c2"]; c2.Mutation != "modality" || c2.Derived[0].ID != "urn:tamizdat:claim:c1" {
		t.Error(c2)
	}
	if r := m["urn:tamizdat:corrected:x1"].Revision; r == nil || r.ID != "urn:tamizdat:publication:b1" {
		t.Error(r)
	}
	if r := m["urn:tamizdat:publication:b2"].Revision; r == nil || r.ID != "urn:tamizdat:publication:b1" {
		t.Error(r)
	}
	if strings.Contains(string(b), "Kestrel") || strings.Contains(string(b), "c4") || strings.Contains(string(b), "words of a letter") {
		t.Errorf("%s", b)
	}
}

// TestTheFoundingCaseLeadsToItsRoots: every statement names who said it first,
// and every link leads to something in the graph.
func TestTheFoundingCaseLeadsToItsRoots(t *testing.T) {
	c := study.Case()
	b, err := Provenance(c)
	if err != nil {
		t.Fatal(err)
	}
	m := nodes(t, b)
	for _, n := range m {
		for _, l := range append(append(append(append(n.Quoted, n.Derived...), n.Primary...), n.Asserts...), n.Informed...) {
			if _, ok := m[l.ID]; !ok {
				t.Errorf("%s leads to %s, which is not there", n.ID, l.ID)
			}
		}
	}
	for _, u := range c.Utterances {
		n := m[urn(kindStatement, u.ID)]
		if (len(n.Primary) == 0) != (len(u.Relays) == 0) || len(n.Quoted)+len(n.Derived) != len(u.Relays) || len(n.Asserts) != len(u.Claims) {
			t.Errorf("%s: %+v", u.ID, n)
		}
	}
	if got := m["urn:tamizdat:statement:U4"].Primary; len(got) != 3 {
		t.Errorf("U4 leads to %v", got)
	}
	again, _ := Provenance(c)
	if string(again) != string(b) {
		t.Error("the same case gave other bytes")
	}
	for _, make := range []func() ([]byte, error){
		func() ([]byte, error) { return ClaimReviews(c, Desk{Name: "x"}) },
		func() ([]byte, error) { return Annotations(c) },
	} {
		if b, err := make(); err != nil || !json.Valid(b) {
			t.Error(err)
		}
	}
}

// TestPassagesAreFoundAgain by their words and by their place.
func TestPassagesAreFoundAgain(t *testing.T) {
	b, err := Annotations(invented(t))
	if err != nil {
		t.Fatal(err)
	}
	var got []annotation
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	start, end := 10, 22
	want := []annotation{
		{
			"http://www.w3.org/ns/anno.jsonld", "urn:tamizdat:annotation:span-a", "Annotation", "identifying",
			[]body{{"urn:tamizdat:claim:c1", "TextualBody", "The tide is late.", "text/plain"}},
			target{"https://courier.example/tides", []selector{{Type: "TextQuoteSelector", Exact: "the tide", Prefix: "that "}, {Type: "TextPositionSelector", Start: &start, End: &end}}},
		},
		{
			"http://www.w3.org/ns/anno.jsonld", "urn:tamizdat:annotation:utterance-u3", "Annotation", "identifying",
			[]body{{"urn:tamizdat:claim:c2", "TextualBody", "The tide is very late.", "text/plain"}},
			target{"https://courier.example/tides", []selector{{Type: "TextQuoteSelector", Exact: "very late"}}},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestAReviewNamesItsAuthor: schema.org's readers drop one that names nobody.
func TestAReviewNamesItsAuthor(t *testing.T) {
	for _, desk := range []Desk{{}, {Name: " "}, {Name: "Demo Desk", URL: "javascript:alert(1)"}, {Name: "Demo Desk", URL: "desk.example"}} {
		if b, err := ClaimReviews(invented(t), desk); err == nil {
			t.Errorf("%+v reviews: %.200s", desk, b)
		}
	}
	if _, err := ClaimReviews(invented(t), Desk{Name: "Demo Desk"}); err != nil {
		t.Error(err)
	}
}
