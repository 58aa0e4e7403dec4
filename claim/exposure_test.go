// SPDX-License-Identifier: Apache-2.0

package claim

import "testing"

// TestFewOfAFamily: what few could know does not go out under the name of a
// variant, in whatever order the family hangs together.
func TestFewOfAFamily(t *testing.T) {
	for _, tt := range []struct {
		name, head, variant, sibling string
		want                         [3]string
	}{
		{"the head", "<=10", "public", "", [3]string{"<=10", "<=10", "<=10"}},
		{"a variant", "more", "<=10", "", [3]string{"<=10", "<=10", "<=10"}},
		{"nobody said it", "", "", "<=10", [3]string{"<=10", "<=10", "<=10"}},
		{"a hundred", "<=100", "public", "", [3]string{"<=100", "public", ""}},
	} {
		c := printed(t)
		c.Claims = []Claim{
			{ID: "sibling", VariantOf: "c", Exposure: tt.sibling},
			{ID: "c", Exposure: tt.head, DeskObservation: true},
			{ID: "variant", VariantOf: "sibling", Exposure: tt.variant},
			{ID: "other", Exposure: "public"},
		}
		x := NewIndex(&c)
		if got := [3]string{x.Exposure("c"), x.Exposure("variant"), x.Exposure("sibling")}; got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
		if x.Exposure("other") != "public" || x.Exposure("nobody") != "" {
			t.Errorf("%s: another family has another answer", tt.name)
		}
		few := tt.want[0] == "<=10"
		if got := len(broken(c, I10)) > 0; got != few {
			t.Errorf("%s, I10: %v", tt.name, c.Check())
		}
		if c.waive("anna", "boris"); len(broken(c, I10)) > 0 {
			t.Errorf("%s, waived: %v", tt.name, c.Check())
		}
	}
}
