// SPDX-License-Identifier: Apache-2.0

package deskcmd

import (
	"strings"
	"testing"

	"rsc.io/qr"
)

// TestPictureOfAShare: the characters are the code's modules, with the light margin
// that readers need, and on a screen the other way round. It is not wider than a
// page.
func TestPictureOfAShare(t *testing.T) {
	code, err := qr.Encode(strings.TrimSpace(strings.Repeat("ABSTRACT ", 32)), qr.M) // no word is longer
	if err != nil {
		t.Fatal(err)
	}
	for _, screen := range []bool{false, true} {
		rows := picture(code, screen)
		for y := -quietZone; y < code.Size+quietZone; y++ {
			row := []rune(rows[(y+quietZone)/2])
			if len(row) > 78 {
				t.Fatalf("a row of %d characters", len(row))
			}
			for x := -quietZone; x < code.Size+quietZone; x++ {
				drawn := false
				if i := x + quietZone; i < len(row) {
					drawn = strings.ContainsRune([]string{"▀█", "▄█"}[(y+quietZone)%2], row[i])
				}
				if drawn != (code.Black(x, y) != screen) {
					t.Fatalf("module %d, %d, screen %v: drawn %v", x, y, screen, drawn)
				}
			}
		}
	}
}
