// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"errors"
	"strings"
	"testing"
)

// TestDropLine: what an operator pastes is read again, and nothing else is.
func TestDropLine(t *testing.T) {
	want := DropLine{Address: "http://" + strings.Repeat("a", 56) + ".onion", Key: DropKey{1, 2}, Incarnation: Incarnation{3}}
	got, err := ParseDropLine(want.String())
	if err != nil || got != want {
		t.Fatalf("%v: %v", got, err)
	}
	good := want.String()
	for _, bad := range []string{
		"", "#", "#.", want.Address, good + "0", good[:len(good)-1], " " + good, good + "\n",
		strings.Replace(good, "#", "", 1), strings.Replace(good, "http", "https", 1),
		strings.Replace(good, "#01", "#0G", 1), strings.Replace(good, ".03", ".", 1),
		strings.Replace(good, "#0102", "#01020", 1), strings.ToUpper(good), good + "#",
	} {
		if _, err := ParseDropLine(bad); !errors.Is(err, ErrMalformed) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
