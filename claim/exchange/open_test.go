// SPDX-License-Identifier: Apache-2.0

package exchange

import (
	"fmt"
	"testing"

	"tamizdat/claim"
)

// TestNoSentenceCountsLetters: what is printed reads the same however many letters
// say so, whatever was made of them, and whoever brought them.
func TestNoSentenceCountsLetters(t *testing.T) {
	article := func(id string) claim.Document { return claim.Document{ID: id, Kind: "article", Publisher: "p3"} }
	for _, tt := range []struct {
		name string
		more []claim.Document
		want string
	}{
		{"only the letter", nil, ""},
		{"an article", []claim.Document{article("x1")}, " behind 1 public document"},
		{"two", []claim.Document{article("x1"), article("x2")}, " behind 2 public documents"},
		{"another letter", []claim.Document{article("x1"), {ID: "x2", Kind: "letter"}}, " behind 1 public document"},
		{"a translation of the letter", []claim.Document{article("x1"), {ID: "x2", Kind: "translation", DerivativeOf: "d1"}}, " behind 1 public document"},
		{"what the source recorded", []claim.Document{article("x1"), {ID: "x2", Kind: "recording", Publisher: "p1"}}, " behind 1 public document"},
		{"what names the source", []claim.Document{article("x1"), {ID: "x2", Kind: "article", Title: "Kestrel speaks"}}, " behind 1 public document"},
		{"what is not there", []claim.Document{article("x1"), {ID: ""}}, " behind 1 public document"},
	} {
		c := told(t)
		c.Documents = append(c.Documents, tt.more...)
		c.Claims = append(c.Claims, claim.Claim{ID: "said", Kind: "state", Text: "x"})
		c.Utterances = append(c.Utterances, claim.Utterance{ID: "letter", Speaker: "p1", Doc: "d1", Claims: []string{"said"}})
		for i, d := range tt.more {
			c.Utterances = append(c.Utterances, claim.Utterance{ID: fmt.Sprint("more", i), Speaker: "p3", Doc: d.ID, Claims: []string{"said"}})
		}
		c.Utterances = append(c.Utterances, claim.Utterance{ID: "no", Speaker: "p3", Doc: "d2", Claims: []string{"said"}, Mode: "denies"})
		if got := Behind(claim.NewIndex(&c), "said", Open(&c)); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
