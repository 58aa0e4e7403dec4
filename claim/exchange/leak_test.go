// SPDX-License-Identifier: Apache-2.0

package exchange

import (
	"testing"

	"tamizdat/claim"
)

// TestAPseudonymIsFoundHoweverItStands: at the beginning of a line, with signs
// that JSON writes otherwise, in another composition, over a line's end, and with
// characters between its letters that nobody sees.
func TestAPseudonymIsFoundHoweverItStands(t *testing.T) {
	for _, tt := range []struct{ pseudonym, text string }{
		{"Kestrel", "First line.\nKestrel wrote the second."},
		{"Kestrel", "a\tKestrel\r\nb"},
		{"Kestrel", "before\u2028Kestrel"},
		{"Kestrel", "\x01Kestrel"},
		{`Red "Kite" K.`, `It is Red "Kite" K. again.`},
		{`back\slash`, `so says back\slash`},
		{"Зимородок", "как пишет Зимородок"},
		{"Филин й", "Филин и\u0306 сказал"},
		{"Ёж Лесной", "еж лесной говорит"},
		{"North Wind", "the North\n  Wind blew"},
		{"North Wind", "the North\u00a0Wind blew"},
		{"Kestrel", "Kes\u200btrel said"},
		{"Kestrel", "K\u00adestrel said"},
		{"Kes\u200btrel", "Kestrel said"},
		{"Kestrel", "Ｋestrel said"},
	} {
		c := claim.Case{
			Sources: []claim.Source{{ID: "s-invented", Pseudonym: tt.pseudonym}},
			Claims:  []claim.Claim{{ID: "c1", Kind: "state", Text: tt.text}},
		}
		if !NamesSource(c, tt.text) {
			t.Errorf("%q is not found in %q", tt.pseudonym, tt.text)
		}
		if got := Public(c); len(got.Claims) > 0 {
			t.Errorf("%q leaves in %q", tt.pseudonym, got.Claims[0].Text)
		}
	}
}

// TestWordsOfTheFormatAreNoSecret: a pseudonym that is the name of a field keeps
// back what has it in a text, and not everything.
func TestWordsOfTheFormatAreNoSecret(t *testing.T) {
	c := claim.Case{
		Sources: []claim.Source{{ID: "s-invented", Pseudonym: "Label"}},
		Parties: []claim.Party{{ID: "p1", Kind: "outlet", Label: "The Invented Courier"}, {ID: "p2", Kind: "outlet", Label: "The Label"}},
	}
	if got := Public(c).Parties; len(got) != 1 || got[0].ID != "p1" {
		t.Errorf("parties %+v", got)
	}
}
