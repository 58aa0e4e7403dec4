// SPDX-License-Identifier: Apache-2.0

package suggest

import (
	"reflect"
	"strings"
	"testing"

	"tamizdat/claim"
)

// TestTexts proposes what stands in texts and not in the case, and always in the
// same order. All of it is invented.
func TestTexts(t *testing.T) {
	c := claim.Case{
		Documents:  []claim.Document{{ID: "a"}, {ID: "b"}, {ID: "c", DerivativeOf: "b"}},
		Claims:     []claim.Claim{{ID: "k"}},
		Utterances: []claim.Utterance{{ID: "u", Doc: "a", Claims: []string{"k"}, Quote: "the boats are safe"}},
	}
	texts := map[string]string{
		"a": "“The boats are safe,” said Nora Quill. “No boat came back from the point,” said Ivo Marsh. 4,312 nets.",
		"b": "Мы потеряли 4 312 сетей. «Лодки не вернулись домой», — сказал Иво Марш. In 1999 there were 5 nets.",
		"c": "4312 nets, in 1999.",
	}
	got := Texts(claim.NewIndex(&c), texts)
	var kept []string
	for _, s := range got {
		if s.Reason == "" || s.Strength <= 0 || s.Strength > 1 {
			t.Errorf("%+v", s)
		}
		if s.Kind == KindQuoted || s.Kind == KindNumber {
			kept = append(kept, string(s.Kind)+": "+s.Reason)
		}
	}
	all := strings.Join(kept, "\n")
	for _, want := range []string{"Ivo Marsh seems to say “No boat came back from the point", "Иво Марш seems to say “Лодки не вернулись домой", "documents a and b both have 4,312"} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is missing in\n%s", want, all)
		}
	}
	for _, never := range []string{"boats are safe", "documents b and c", "1,999", "1999–"} {
		if strings.Contains(all, never) {
			t.Errorf("%q is proposed in\n%s", never, all)
		}
	}
	for range 5 {
		if again := Texts(claim.NewIndex(&c), texts); !reflect.DeepEqual(again, got) {
			t.Fatal("the order is not always the same")
		}
	}
	for _, s := range got {
		c.Decisions = append(c.Decisions, claim.Decision{Suggestion: s.Key, Choice: "refused"})
	}
	if left := Texts(claim.NewIndex(&c), texts); len(left) != 0 {
		t.Errorf("what was decided comes again: %+v", left)
	}
}

// TestTextsWithout is what is proposed of the case alone.
func TestTextsWithout(t *testing.T) {
	c := claim.Case{Utterances: []claim.Utterance{{ID: "u", Basis: "told", Doc: "none"}}}
	x := claim.NewIndex(&c)
	if got := Texts(x, nil); !reflect.DeepEqual(got, Relays(x, nil)) {
		t.Errorf("%+v", got)
	}
	if got := Texts(x, map[string]string{"none": "", "": "“"}); len(got) != 1 {
		t.Errorf("%+v", got)
	}
}
