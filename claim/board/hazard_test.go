// SPDX-License-Identifier: Apache-2.0

package board

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"tamizdat/claim"
	"tamizdat/claim/study"
)

func model(t testing.TB, h, g float64) Model {
	t.Helper()
	m, err := Growing(h, g)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestHazardTable has 0.15 % in the first week. The points are those of the
// research behind the defaults; the product of the weeks is worked out here once
// more, in the plainest way.
func TestHazardTable(t *testing.T) {
	weeks := [4]int{13, 26, 40, 52}
	for growth, points := range map[float64][4]float64{
		0: {1.9, 3.8, 5.8, 7.5}, 0.02: {2.2, 4.9, 8.7, 12.7}, 0.05: {2.6, 7.4, 16.6, 29.6}, 0.10: {3.6, 15.2, 49.1, 89.3},
	} {
		m := model(t, 0.0015, growth)
		for i, w := range weeks {
			survival, h := 1.0, 0.0015
			for range w {
				survival *= 1 - h
				h *= 1 + growth
			}
			near(t, "by", m.By(float64(w)), 1-survival, 1e-12)
			near(t, "survival", m.Survival(float64(w)), survival, 1e-12)
			near(t, "points", 100*m.By(float64(w)), points[i], 0.1)
		}
	}
}

func TestDecayOfAFixedEnd(t *testing.T) {
	m := model(t, 0.0015, 0)
	for i, want := range []float64{5.8, 4.4, 3.0, 1.5} {
		got := m.Left(40, float64(10*i))
		near(t, "what is left", got, 1-math.Pow(0.9985, float64(40-10*i)), 1e-12)
		near(t, "points", 100*got, want, 0.05)
	}
	if m.Left(40, 40) != 0 || m.Left(40, 99) != 0 || m.Left(40, math.NaN()) != 0 {
		t.Error("something is left after the end")
	}
}

func TestQuietFactor(t *testing.T) {
	same := model(t, 0.0015, 0)
	for growth, want := range map[float64]struct {
		at40  float64
		until int
	}{0.02: {1.03, 180}, 0.05: {1.13, 90}, 0.10: {1.85, 53}} {
		more := model(t, 0.0015, growth)
		f, err := QuietFactor(same, more, 40)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "the factor", f, same.Survival(40)/more.Survival(40), 1e-12)
		near(t, "the factor, as printed", f, want.at40, 0.005)
		if n, ok := QuietWeeks(same, more, 10); !ok || n != want.until {
			t.Errorf("at a growth of %g it takes %d weeks", growth, n)
		}
	}
	if _, ok := QuietWeeks(same, same, 10); ok {
		t.Error("two models that are equal were told apart")
	}
	_, err := QuietFactor(same, model(t, 1, 0), 1)
	refuses(t, err, "no chance")
	s, err := Silent(0.0015, 0.05, 40)
	if want := "40 quiet weeks speak 1.13 to 1 for a constant hazard against one that grows by 5 % a week; it reaches 10 after 90"; err != nil || s != want {
		t.Errorf("%q, %v", s, err)
	}
}

func TestHazardByMonth(t *testing.T) {
	m, err := ByMonth(day(t, "2022-01-21"), []float64{0.01, 0.02, 0.5})
	if err != nil {
		t.Fatal(err)
	}
	// Weeks begin on 21 and 28 January, 4, 11, 18, 25 February, 4 March …
	want := []float64{0.01, 0.01, 0.02, 0.02, 0.02, 0.02, 0.5, 0.5}
	survival := 1.0
	for k, w := range m.Curves(8) {
		near(t, "the hazard", w.Hazard, want[k], 0)
		near(t, "in this week", w.In, survival*want[k], 1e-12)
		survival *= 1 - want[k]
		near(t, "by", w.By, 1-survival, 1e-12)
	}
	near(t, "two weeks and a half", m.Survival(2.5), 0.99*0.99*math.Sqrt(0.98), 1e-12)
	if h := m.Hazard(500); h != 0.5 {
		t.Errorf("after the last month the hazard is %g", h)
	}
}

func TestHazardRefuses(t *testing.T) {
	for _, h := range []float64{-0.1, 1.1, math.NaN(), math.Inf(1)} {
		_, err := Constant(h)
		refuses(t, err, "no probability")
		_, err = ByMonth(0, []float64{h})
		refuses(t, err, "month 1")
	}
	for _, g := range []float64{-1, 11, math.NaN(), math.Inf(1)} {
		_, err := Growing(0.1, g)
		refuses(t, err, "out of range")
	}
	_, err := ByMonth(0, nil)
	refuses(t, err, "no hazard")
	if len(model(t, 1, 10).Curves(1e9)) != MaxWeeks {
		t.Error("the curves have no bound")
	}
}

func TestCumulativeNeverFalls(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, err := Growing(rapid.Float64Range(0, 1).Draw(t, "hazard"), rapid.Float64Range(-0.9, 2).Draw(t, "growth"))
		if err != nil {
			t.Fatal(err)
		}
		a := rapid.Float64Range(0, 300).Draw(t, "weeks")
		b := rapid.Float64Range(a, 301).Draw(t, "more weeks")
		if p, q := m.By(a), m.By(b); !(p >= 0 && p <= q && q <= 1) {
			t.Fatalf("%v by %v weeks, %v by %v", p, a, q, b)
		}
		last := 0.0
		for _, w := range m.Curves(60) {
			if w.By < last || w.Survival < 0 {
				t.Fatalf("week %+v after %v", w, last)
			}
			last = w.By
		}
	})
}

// TestForecastByHazard: the base rates of the founding case, from the opening to
// the end of the year, which is 282 days.
func TestForecastByHazard(t *testing.T) {
	q := claim.Question{Type: TypeHazard, Closes: date(t, "2022-12-31")}
	for hazard, points := range map[float64]float64{0.00013: 0.5, 0.0020: 7.7} {
		p, err := Chance(&q, &claim.Forecast{Hazard: &hazard, At: date(t, "2022-03-24")})
		if err != nil {
			t.Fatal(err)
		}
		near(t, "the probability", p, 1-math.Pow(1-hazard, 282.0/7), 1e-12)
		near(t, "points", 100*p, points, 0.06)
	}
	_, err := Chance(&claim.Question{}, &claim.Forecast{Hazard: new(0.1), At: date(t, "2022-03-24")})
	refuses(t, err, "no closing day")
	_, err = Chance(&q, &claim.Forecast{Hazard: new(0.1), Growth: new(math.NaN()), At: date(t, "2022-03-24")})
	refuses(t, err, "out of range")
}

func TestDecayIsProposedAndNotApplied(t *testing.T) {
	c := new(study.Case())
	c.Forecasts = []claim.Forecast{forecast(t, "F1", "Ann", "2022-03-26", 0.058)}
	b := boardOf(c)
	d, err := b.Decay("Q1", day(t, "2022-06-04"))
	if err != nil {
		t.Fatal(err)
	}
	near(t, "the proposal", d.To, 1-math.Pow(1-0.058, 30.0/40), 1e-12)
	near(t, "the line", d.Line[30], 1-math.Pow(1-0.058, 0.25), 1e-12)
	if len(d.Line) != 41 || d.Working != "5.8 % over 40.0 weeks is 0.15 % a week; after 10.0 quiet weeks, 4.4 % is left" {
		t.Errorf("%d weeks, %q", len(d.Line), d.Working)
	}
	if p, _ := b.Pooled("Q1", day(t, "2022-06-04")); math.Abs(p.P-0.058) > 1e-12 {
		t.Errorf("the number moved by itself, to %v", p.P)
	}
	c.Questions[0].Type = TypeBinary
	_, err = boardOf(c).Decay("Q1", day(t, "2022-06-04"))
	refuses(t, err, "only")
}

// TestNoHazardGrowsToNone: whatever the growth, what cannot happen does not; one
// such forecast took the number of the whole desk off the board.
func TestNoHazardGrowsToNone(t *testing.T) {
	m, err := Growing(0, 5)
	if err != nil {
		t.Fatal(err)
	}
	if p := m.By(5000); p != 0 {
		t.Errorf("it happens with %v", p)
	}
	if w := m.Curves(1000); w[999].By != 0 || w[999].Survival != 1 {
		t.Errorf("the last week: %+v", w[999])
	}
}
