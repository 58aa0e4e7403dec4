// SPDX-License-Identifier: Apache-2.0

package suggest

import (
	"fmt"
	"slices"
)

// contradiction gives the sentence for a shared value that the case contradicts,
// or nothing. Two who are right agree because they are right; two who are wrong
// in the same way have it from each other (Dong, Berti-Équille, Srivastava:
// Integrating Conflicting Data, VLDB 2009).
func (d *desk) contradiction(t trace) string {
	c := d.x.Claim(t.claim)
	if c == nil || t.number == (value{}) {
		return ""
	}
	const moral = "an odd value in common counts more than a true one"
	if c.Status == "refuted" || c.Status == "withdrawn" {
		return fmt.Sprintf("claim %s is %s: %s", c.ID, c.Status, moral)
	}
	for _, o := range slices.Concat(d.against[c.ID], d.x.Family(c.ID)) {
		if others := d.figures[o]; o != c.ID && len(others) > 0 && !slices.Contains(others, t.number) {
			return fmt.Sprintf("claim %s has %s instead: %s", o, others[0], moral)
		}
	}
	return ""
}
