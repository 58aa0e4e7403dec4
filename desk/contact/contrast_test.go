// SPDX-License-Identifier: Apache-2.0

package contact

import (
	"math"
	"regexp"
	"strconv"
	"testing"
)

// TestContrast holds the palettes to WCAG 2.2 AA, success criterion 1.4.3.
func TestContrast(t *testing.T) {
	palettes := regexp.MustCompile(`:root\{[^}]*\}`).FindAllString(commonStyle, -1)
	if len(palettes) != 2 {
		t.Fatalf("%d palettes, want light and dark", len(palettes))
	}
	for i, name := range []string{"light", "dark"} {
		colours := map[string]float64{}
		for _, m := range regexp.MustCompile(`--([a-z]+):#([0-9a-f]{6})`).FindAllStringSubmatch(palettes[i], -1) {
			colours[m[1]] = luminance(t, m[2])
		}
		for _, ink := range []string{"ink", "soft", "mark"} {
			for _, ground := range []string{"paper", "tint"} {
				if c := contrast(colours[ink], colours[ground]); c < 4.5 {
					t.Errorf("%s: %s on %s has a contrast of %.2f, less than 4.5", name, ink, ground, c)
				}
			}
		}
	}
}

func contrast(a, b float64) float64 { return (max(a, b) + 0.05) / (min(a, b) + 0.05) }

// luminance is the relative luminance of a colour in sRGB.
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	v, err := strconv.ParseUint(hex, 16, 32)
	if err != nil {
		t.Fatal(err)
	}
	linear := func(c uint64) float64 {
		s := float64(c&0xff) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(v>>16) + 0.7152*linear(v>>8) + 0.0722*linear(v)
}
