// SPDX-License-Identifier: Apache-2.0

package claim

import "slices"

// Exposure gives the answer to “how many could know this?” for a claim: the
// fewest, where that is the answer for any claim of its family, and else its own,
// "" where nobody has said. A variant tells what the claim tells that it varies;
// who reads the one looks for the same ten people as who reads the other.
func (x *Index) Exposure(id string) string {
	few := func(v string) bool { return x.claims[v].Exposure == Exposures()[0] }
	if f := x.graph.family(id); f != nil && slices.ContainsFunc(f.claims, few) {
		return Exposures()[0]
	}
	if c := x.Claim(id); c != nil {
		return c.Exposure
	}
	return ""
}
