// SPDX-License-Identifier: Apache-2.0

package table

import (
	"strings"
	"testing"

	"tamizdat/claim"
)

// TestARowIsHeldToTheRuleForEstimates: what the register would refuse (I5), the
// plan names beforehand.
func TestARowIsHeldToTheRuleForEstimates(t *testing.T) {
	for want, e := range map[string]claim.Estimate{
		"":                     {Bound: "unstated_range", Low: new(1.0), High: new(2.0)},
		"has no number":        {Bound: "about"},
		"not in order":         {Bound: "unstated_range", Low: new(2.0), High: new(1.0)},
		"needs its level":      {Bound: "interval", Low: new(1.0), High: new(2.0)},
		"needs low and high":   {Bound: "unstated_range", Low: new(1.0)},
		"number in point":      {Bound: "about", Low: new(1.0)},
		"only an interval":     {Bound: "about", Point: new(1.0), Level: new(0.8)},
		"a level lies between": {Bound: "interval", Low: new(1.0), High: new(2.0), Level: new(80.0)},
	} {
		said := ""
		if _, bad := checkEstimate(&e); bad != nil {
			said = bad.what + ": " + bad.do
		}
		if (want == "") != (said == "") || !strings.Contains(said, want) {
			t.Errorf("%+v: %q, want %q", e, said, want)
		}
	}
}
