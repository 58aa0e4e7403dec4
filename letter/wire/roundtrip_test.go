// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"testing"
)

// TestEveryObjectRoundTrips parses one sound object of each kind and builds it again.
func TestEveryObjectRoundTrips(t *testing.T) {
	h := found("Anna", "Boris", "Clara")
	objects := whole(h)
	for _, c := range codecs() {
		b, ok := objects[c.kind]
		if !ok {
			t.Fatalf("no sound %s to try", c.kind)
		}
		again, err := c.again(h, b)
		if err != nil {
			t.Errorf("%s: %v", c.kind, err)
		} else if !bytes.Equal(again, b) {
			t.Errorf("%s: built again it differs", c.kind)
		}
	}
	if len(objects) != len(codecs()) {
		t.Errorf("%d objects for %d parsers", len(objects), len(codecs()))
	}
}
