// SPDX-License-Identifier: Apache-2.0

package exchange

import (
	"fmt"

	"tamizdat/claim"
)

// Open tells of each document of a case whether others than the desk can have it:
// it is in the copy that leaves, and is no letter, nothing made of one, and nothing
// that a source made.
func Open(c *claim.Case) func(document string) bool {
	k := newCopier(c, nil)
	k.copy()
	return func(id string) bool { return k.open(id) && k.kept[claim.KindDocument][id] }
}

// Behind says, in a sentence that is printed, behind how many documents the origins
// of a claim stand: “ behind 2 public documents”. It counts those that are open
// ([Open]), for any other number tells how many letters there are that nobody has
// published. Where none is open it says nothing.
func Behind(x *claim.Index, id string, open func(document string) bool) string {
	n := 0
	for _, d := range x.DocumentsOf(id) {
		if open(d) {
			n++
		}
	}
	switch n {
	case 0:
		return ""
	case 1:
		return " behind 1 public document"
	}
	return fmt.Sprintf(" behind %d public documents", n)
}
