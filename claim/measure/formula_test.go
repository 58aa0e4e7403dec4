// SPDX-License-Identifier: Apache-2.0

package measure

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tamizdat/claim"
)

func sample(id string) (Interval, bool) {
	v, ok := map[string]Interval{"E1": {7000, 15000}, "a": {-2, 3}, "b": {1, 4}, "2x": {10, 10}, "ж_1": {1, 2}, "P-1": {5, 6}, "open": {8, math.Inf(1)}}[id]
	return v, ok
}

func TestFormulas(t *testing.T) {
	for _, tt := range []struct {
		in, out string
		want    Interval
	}{
		{"E1 * 4", "E1 × 4", Interval{28000, 60000}},
		{"E1 * (1 + 3)", "E1 × 4", Interval{28000, 60000}},
		{"E1×4", "E1 × 4", Interval{28000, 60000}},
		{"(1+3)*E1", "4 × E1", Interval{28000, 60000}},
		{"E1 / 4 - 1", "E1 ÷ 4 − 1", Interval{1749, 3749}},
		{"a * b", "a × b", Interval{-8, 12}},
		{"a - b - 1", "a − b − 1", Interval{-7, 1}},
		{"a - (b - 1)", "a − (b − 1)", Interval{-5, 3}},
		{"a / b", "a ÷ b", Interval{-2, 3}},
		{"12 / b / 3", "12 ÷ b ÷ 3", Interval{1, 4}},
		{"12 / (b / 3)", "12 ÷ (b ÷ 3)", Interval{9, 36}},
		{"-b", "0 − b", Interval{-4, -1}},
		{"- - b", "0 − (0 − b)", Interval{1, 4}},
		{"2x + 0.5", "2x + 0.5", Interval{10.5, 10.5}},
		{"[P-1]·2", "P-1 × 2", Interval{10, 12}},
		{"ж_1 ÷ 2 − 1", "ж_1 ÷ 2 − 1", Interval{-0.5, 0}},
		{"open * 0", "open × 0", Interval{0, 0}},
		{"open - open", "open − open", Interval{math.Inf(-1), math.Inf(1)}},
		{"1 / open", "1 ÷ open", Interval{0, 0.125}},
	} {
		f, err := ParseFormula(tt.in)
		if err != nil {
			t.Error(err)
			continue
		}
		got, err := f.Eval(sample)
		if err != nil || got.Low != tt.want.Low && !near(got.Low, tt.want.Low) || got.High != tt.want.High && !near(got.High, tt.want.High) {
			t.Errorf("%s = %v, %v; want %v", tt.in, got, err, tt.want)
		}
		if f.String() != tt.out {
			t.Errorf("%s is written %s, want %s", tt.in, f, tt.out)
		}
	}
}

func TestFormulasRefused(t *testing.T) {
	for in, want := range map[string]string{
		"": "ends where", "1 +": "ends where", "E1 E2": "not expected", "E1 * 4)": "not expected", "(E1": "not closed", "[E1": "bracket", "[]": "bracket",
		"7,000": "not expected", "1.2.3": "not a number", "a.b": "neither", ".": "not a number", "E1 ^ 2": "not expected", "%": "cannot stand", "\xff": "UTF-8",
		strings.Repeat("(", 33) + "1" + strings.Repeat(")", 33): "within each other",
		strings.Repeat("-", 40) + "1":                           "within each other",
		strings.Repeat("1+", 600) + "1":                         "at most 1000 bytes",
	} {
		if _, err := ParseFormula(in); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: want a refusal with %q, got %v", in, want, err)
		}
	}
	for in, want := range map[string]string{"E9": "no number for E9", "1 / a": "can be zero", "1/0": "can be zero"} {
		f, err := ParseFormula(in)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Eval(sample); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: want a refusal with %q, got %v", in, want, err)
		}
	}
	if _, err := (Formula{}).Eval(sample); err == nil {
		t.Error("an empty formula has a value")
	}
}

// TestIntervalsEnclose: whatever numbers lie in the intervals, their sum lies in
// the interval of the sum.
func TestIntervalsEnclose(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) (Interval, float64) {
			a, b := rapid.Float64Range(-100, 100).Draw(t, name+" low"), rapid.Float64Range(0, 100).Draw(t, name+" width")
			return Interval{a, a + b}, a + b*rapid.Float64Range(0, 1).Draw(t, name+" at")
		}
		a, va := draw("a")
		b, vb := draw("b")
		in := func(v float64, i Interval) bool { return v >= i.Low-1e-9 && v <= i.High+1e-9 }
		if !in(va+vb, a.add(b)) || !in(va-vb, a.sub(b)) || !in(va*vb, a.mul(b)) {
			t.Fatalf("%v, %v: a sum falls out of its interval", a, b)
		}
		if q, err := a.div(b); err == nil && math.Abs(vb) > 1e-3 && !in(va/vb, q) {
			t.Fatalf("%v / %v falls out of %v", va, vb, q)
		}
	})
}

func TestRounding(t *testing.T) {
	for v, want := range map[float64]float64{30000: 5000, 15800: 50, 1351: 0.5, 0: 0, 0.25: 0.005, -40: 5, 1: 0.5} {
		if got := rounding(v); !near(got, want) {
			t.Errorf("%v stands for itself ± %v, want %v", v, got, want)
		}
	}
}

func TestChecks(t *testing.T) {
	x := founding(t)
	e := x.Estimate("E2")
	for _, tt := range []struct {
		formula, bound string
		low, high      float64
		want           string
	}{
		{"E1 * 4", "unstated_range", 28000, 60000, "it follows"},
		{"E1 * 4", "unstated_range", 20000, 60000, "the low end does not follow"},
		{"E1 * 4", "unstated_range", 20000, 70000, "neither end follows"},
		{"E1 * 4", "at_least", 28000, 28000, "the top end does not follow"},
		{"E4 * 2", "about", 31600, 31600, "from which it is not said to be derived"},
		{"E2 * 2", "about", 31600, 31600, "mentions the estimate itself"},
		{"E1 *", "about", 31600, 31600, "write it like"},
	} {
		e.Formula, e.Bound, e.Low, e.High, e.Point = tt.formula, tt.bound, &tt.low, &tt.high, &tt.low
		f, checked, err := Check(x, e)
		if !checked {
			t.Errorf("%s was not checked", tt.formula)
		}
		said := f.Sentence
		if err != nil {
			said = err.Error()
		}
		if !strings.Contains(said, tt.want) {
			t.Errorf("%s against %v–%v says %q, want %q", tt.formula, tt.low, tt.high, said, tt.want)
		}
	}
	if findings, problems := CheckAll(x); len(findings) != 0 || len(problems) != 1 {
		t.Errorf("%d findings and %d problems, want one problem", len(findings), len(problems))
	}
}

func TestDerivationRing(t *testing.T) {
	ring := func(pairs ...[2]string) []string {
		var c claim.Case
		for _, p := range pairs {
			c.Estimates = append(c.Estimates, claim.Estimate{ID: p[0], DerivedFrom: strings.Fields(p[1])})
		}
		return DerivationRing(&c)
	}
	for _, tt := range []struct {
		got  []string
		want string
	}{
		{ring([2]string{"a", "b c"}, [2]string{"b", "c"}, [2]string{"c", ""}), ""},
		{ring([2]string{"a", "nowhere"}), ""},
		{ring([2]string{"a", "a"}), "a"},
		{ring([2]string{"d", "c"}, [2]string{"c", "b"}, [2]string{"b", "a x"}, [2]string{"a", "c"}), "a c b"},
	} {
		if got := strings.Join(tt.got, " "); got != tt.want {
			t.Errorf("the ring is %q, want %q", got, tt.want)
		}
	}
}

// FuzzFormula: nothing that is read panics, and what is written out reads again
// as the same sum.
func FuzzFormula(f *testing.F) {
	for _, s := range []string{"E1 * 4", "E1 * (1 + 3)", "-a/[P-1]−2×(b·3)", "((1))", "1/0", "2x+.5", "1..", "[", "ж÷"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		parsed, err := ParseFormula(s)
		if err != nil {
			return
		}
		value := func(string) (Interval, bool) { return Interval{1, 2}, true }
		v, err := parsed.Eval(value)
		if err == nil && (math.IsNaN(v.Low) || v.Low > v.High) {
			t.Fatalf("%q is %v", s, v)
		}
		if text := parsed.String(); text == "" || len(parsed.IDs()) > len(s) {
			t.Fatalf("%q is written as nothing", s)
		}
	})
}
