// SPDX-License-Identifier: Apache-2.0

package board

import (
	"math"
	"slices"
	"testing"

	"tamizdat/claim"
)

func TestParseChance(t *testing.T) {
	for s, want := range map[string]float64{
		"5%": 0.05, "5 %": 0.05, "0.05": 0.05, " 2.8 % ": 0.028, "5\u00a0%": 0.05, "0%": 0, "100%": 1, "0": 0, "0.999": 0.999, "12.5%": 0.125, "5e-2": 0.05,
	} {
		got, err := ParseChance(s)
		if err != nil {
			t.Errorf("%q: %v", s, err)
		}
		near(t, s, got, want, 1e-15)
	}
	for s, says := range map[string]string{
		"5": "two ways", "1": "two ways", "1.0": "two ways", "100": "two ways", "101%": "outside", "-5%": "outside", "-0.1": "below 0",
		"": "no probability", "%": "no probability", "5,5%": "no probability", "likely": "no probability", "NaN": "no probability",
		"Inf%": "no probability", "0x1p-2": "no probability", "5%%": "no probability", "1e999": "no probability", "½": "no probability",
	} {
		_, err := ParseChance(s)
		refuses(t, err, says)
	}
}

func TestParseHazard(t *testing.T) {
	for s, want := range map[string][2]float64{"0.15%/week": {0.0015, 0}, "0.15 %/week+5%": {0.0015, 0.05}, "0.02/week -2 %": {0.02, -0.02}} {
		h, g, ok, err := ParseHazard(s)
		if !ok || err != nil {
			t.Errorf("%q: %v, %v", s, ok, err)
		}
		near(t, s, h, want[0], 1e-15)
		near(t, s, g, want[1], 1e-15)
	}
	for s, says := range map[string]string{
		"5/week": "two ways", "5%/week5%": "says not how", "5%/week+5": "says not how", "5%/week+": "says not how", "5%/week+2000%": "out of range", "5%/week-100%": "out of range", "/week": "no probability",
	} {
		_, _, ok, err := ParseHazard(s)
		refuses(t, err, says)
		if !ok {
			t.Errorf("%q is no hazard", s)
		}
	}
	if _, _, ok, err := ParseHazard("5%"); ok || err != nil {
		t.Error("a probability is read as a hazard")
	}
}

func TestParseQuantiles(t *testing.T) {
	got, err := ParseQuantiles("10%=90, 0.5=100 ,90%=115")
	if want := []claim.Quantile{{Q: 0.1, X: 90}, {Q: 0.5, X: 100}, {Q: 0.9, X: 115}}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	for s, says := range map[string]string{
		"": "no quantile", "90": "no quantile", "10=90": "two ways", "10%=a lot": "no number", "90%=1,10%=2": "rise", "10%=2,90%=1": "never fall", "0%=1": "between 0 and 1",
	} {
		_, err := ParseQuantiles(s)
		refuses(t, err, says)
	}
}

// FuzzParseChance: whatever is typed gives a probability or a sentence, and what
// is printed with the precision of a desk is read back.
func FuzzParseChance(f *testing.F) {
	for _, s := range []string{"5%", "5 %", "0.05", "5", "", "%", "1e3%", "10%=90,50%=100", "5\u202f%", "--", "0.0.1", "0.15%/week+5%"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := ParseChance(s)
		if err == nil && !(p >= 0 && p <= 1) {
			t.Errorf("%q gave %v", s, p)
		}
		if err == nil && p >= 0.0005 && p <= 0.9995 {
			again, err := ParseChance(Percent(p))
			if err != nil || math.Abs(again-p) > 0.005 {
				t.Errorf("%v is printed as %q, which gave %v, %v", p, Percent(p), again, err)
			}
		}
		if h, g, ok, err := ParseHazard(s); ok && err == nil && !(h >= 0 && h <= 1 && g > -1 && g <= 10) {
			t.Errorf("%q gave a hazard of %v that grows by %v", s, h, g)
		}
		if qs, err := ParseQuantiles(s); err == nil && len(qs) == 0 {
			t.Errorf("%q gave no quantiles and no reason", s)
		}
	})
}
