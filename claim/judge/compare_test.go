// SPDX-License-Identifier: Apache-2.0

package judge

import (
	"slices"
	"testing"

	"tamizdat/claim"
)

// rivals is an invented case of three claims that cannot all be true.
func rivals() *claim.Index {
	e := func(id, about, item, direction string) claim.Evidence {
		return claim.Evidence{ID: id, Claim: about, Item: item, Direction: direction}
	}
	return claim.NewIndex(&claim.Case{
		Case: "invented for the test",
		Parties: []claim.Party{
			{ID: "a", Kind: "person", Label: "A", Reliability: "B"},
			{ID: "f", Kind: "unnamed_person", Label: "F", Reliability: "F"},
			{ID: "paper", Kind: "outlet", Label: "Paper"},
		},
		Documents: []claim.Document{{ID: "article", Kind: "article"}, {ID: "photo", Kind: "recording"}},
		Claims: []claim.Claim{
			{ID: "fire", Kind: "causal", Text: "It burned.", Contradicts: []string{"flood"}},
			{ID: "flood", Kind: "causal", Text: "It was flooded."},
			{ID: "theft", Kind: "causal", Text: "It was stolen.", Contradicts: []string{"fire"}},
			{ID: "talk", Kind: "state", Text: "People talk.", Credibility: 6},
		},
		Utterances: []claim.Utterance{
			{ID: "seen", Speaker: "a", Claims: []string{"fire"}},
			{ID: "printed", Speaker: "paper", Doc: "article", Claims: []string{"fire"}, Relays: []string{"seen"}},
			{ID: "rumour", Speaker: "f", Claims: []string{"talk"}},
		},
		Evidence: []claim.Evidence{
			e("1", "fire", "seen", "++"), e("2", "flood", "seen", "--"), e("3", "theft", "seen", "-"),
			e("4", "flood", "article", "-"), e("5", "fire", "photo", "0"), e("6", "theft", "photo", "0"),
			e("7", "theft", "rumour", "+"), e("8", "flood", "rumour", "--"), e("9", "fire", "seen", "+"), e("10", "fire", "seen", "?"),
			e("11", "talk", "photo", "--"),
		},
	})
}

func TestCompareRivalClaims(t *testing.T) {
	x := rivals()
	claims := Contradicting(x, "fire")
	if want := []string{"fire", "flood", "theft"}; !slices.Equal(claims, want) {
		t.Fatalf("the rivals are %v", claims)
	}
	m, err := Compare(x, claims)
	if err != nil {
		t.Fatal(err)
	}
	rows, columns, err := m.Analyse()
	if err != nil {
		t.Fatal(err)
	}
	// “seen” and the article that repeats it weigh a half each, the rumour nothing:
	// flood ½·(3−1)² + ½·(3−2)² = 2.5, theft ½·(3−2)² = 0.5.
	for i, want := range []Row{{"fire", 0, 2}, {"flood", 2.5, 3}, {"theft", 0.5, 3}} {
		if rows[i] != want {
			t.Errorf("row %d is %+v, want %+v", i, rows[i], want)
		}
	}
	grey := map[string]bool{}
	for _, c := range columns {
		grey[c.ID] = c.Grey
	}
	if columns[0].ID != "rumour" || grey["seen"] || !grey["rumour"] || !grey["photo"] || !grey["article"] {
		t.Errorf("the columns are %+v", columns)
	}
	if seen := m.Items[0]; seen.Consistent[0] != 4 {
		t.Errorf("of two who judged it, the one who finds it fits less does not stand: %+v", seen)
	}
	for _, wrong := range [][]string{{"fire", "none"}, {"fire", "fire"}} {
		if _, err := Compare(x, wrong); err == nil {
			t.Errorf("%v can be compared", wrong)
		}
	}
	if Contradicting(x, "none") != nil {
		t.Error("a claim that is not there has rivals")
	}
}

func TestMatrixOfALetter(t *testing.T) {
	w, err := Weigh(Checks()[:3])
	if err != nil {
		t.Fatal(err)
	}
	rows, columns, err := w.Matrix().Analyse()
	if err != nil || len(rows) != 5 || len(columns) != 3 {
		t.Fatal(rows, columns, err)
	}
	// A fabricator outside: 4 + 4 + 0; a genuine insider: 0 + 0 + 1.
	if rows[0].Inconsistency != 1 || rows[2].Hypothesis != "outside_fabricator" || rows[2].Inconsistency != 8 {
		t.Errorf("the rows are %+v", rows)
	}
}
