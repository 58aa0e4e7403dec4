// SPDX-License-Identifier: Apache-2.0

package board

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"tamizdat/claim"
	"tamizdat/claim/study"
)

func TestPoolByHand(t *testing.T) {
	for _, c := range []struct {
		name    string
		entries []Entry
		odds    float64 // of the pool
	}{
		{"one", []Entry{{"a", 0.2, 0, true}}, 0.25},
		{"two", []Entry{{"a", 0.2, 0, true}, {"b", 0.5, 0, true}}, 0.5},
		{"three", []Entry{{"a", 0.2, 0, true}, {"b", 0.5, 0, true}, {"c", 0.5, 0, true}}, math.Pow(0.25, 1.2/3)},
		{"three, one saw", []Entry{{"a", 0.2, 0, true}, {"b", 0.5, 0, true}, {"c", 0.5, 0, false}}, math.Pow(0.25, 1.0/3)},
		{"thirty days apart", []Entry{{"a", 0.2, 0, true}, {"b", 0.5, 30, true}}, math.Pow(0.25, 1.0/3)},
		{"very old and clamped", []Entry{{"a", 0.2, -99999, true}, {"b", 0, 0, true}}, 0.005 / 0.995},
		{"sure", []Entry{{"a", 1, 0, true}}, 0.995 / 0.005},
	} {
		p, err := Pool(c.entries, 40)
		if err != nil {
			t.Fatal(c.name, err)
		}
		near(t, c.name, p.P, c.odds/(1+c.odds), 1e-12)
	}
	for n, want := range map[int]float64{1: 1, 2: 1, 3: 1.2, 4: 1.3, 5: 1.3, 6: 1.5, 60: 1.5} {
		if got := Exponent(n, true); got != want {
			t.Errorf("the exponent for %d is %g", n, got)
		}
	}
}

func TestPoolRefuses(t *testing.T) {
	for says, entries := range map[string][]Entry{
		"nobody":         nil,
		"no probability": {{"a", math.NaN(), 0, true}},
		"+Inf":           {{"a", math.Inf(1), 0, true}},
		"-0.1":           {{"a", -0.1, 0, true}},
		"is there twice": {{"a", 0.1, 0, true}, {"a", 0.2, 0, true}},
		"after":          {{"a", 0.1, 9, true}},
	} {
		_, err := Pool(entries, 1)
		refuses(t, err, says)
	}
}

func entries(blind bool) *rapid.Generator[[]Entry] {
	return rapid.Custom(func(t *rapid.T) []Entry {
		out := make([]Entry, rapid.IntRange(1, 12).Draw(t, "n"))
		for i := range out {
			out[i] = Entry{fmt.Sprint(i), rapid.Float64Range(0, 1).Draw(t, "p"), claim.Day(rapid.IntRange(0, 400).Draw(t, "day")), blind}
		}
		return out
	})
}

func TestPoolLiesBetweenExtremesAtExponent1(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, err := Pool(entries(false).Draw(t, "entries"), 400)
		if err != nil {
			t.Fatal(err)
		}
		low, high := max(min(p.Low, PoolCeiling), PoolFloor), min(max(p.High, PoolFloor), PoolCeiling)
		if p.P < low-1e-12 || p.P > high+1e-12 {
			t.Fatalf("%v lies outside %v to %v", p.P, low, high)
		}
	})
}

func TestPoolIsMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		es := entries(rapid.Bool().Draw(t, "blind")).Draw(t, "entries")
		before, _ := Pool(es, 400)
		i := rapid.IntRange(0, len(es)-1).Draw(t, "who")
		es[i].P = rapid.Float64Range(es[i].P, 1).Draw(t, "higher")
		after, err := Pool(es, 400)
		if err != nil || after.P < before.P-1e-15 {
			t.Fatalf("%v → %v, %v", before.P, after.P, err)
		}
	})
}

func TestPoolKnowsNoOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		es := entries(true).Draw(t, "entries")
		before, _ := Pool(es, 400)
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		r.Shuffle(len(es), func(i, j int) { es[i], es[j] = es[j], es[i] })
		if after, _ := Pool(es, 400); after != before {
			t.Fatalf("%+v became %+v", before, after)
		}
	})
}

// TestLastForecastCounts takes a person's last number up to the day, and calls a
// person blind whose first number was.
func TestLastForecastCounts(t *testing.T) {
	c := new(study.Case())
	c.Forecasts = []claim.Forecast{
		forecast(t, "F1", "Ann", "2022-04-01", 0.2), forecast(t, "F2", "Bea", "2022-04-01", 0.2), forecast(t, "F3", "Cem", "2022-04-02", 0.2),
		forecast(t, "F4", "Ann", "2022-04-03", 0.4, "C1"), forecast(t, "F5", "Ann", "2022-04-03", 0.3, "C1"),
	}
	b := boardOf(c)
	if _, err := b.Pooled("Q1", day(t, "2022-03-31")); err == nil {
		t.Error("there is a pool before the first number")
	}
	for at, want := range map[string][3]float64{"2022-04-01": {2, 1, 0.2}, "2022-04-02": {3, 1.2, 0.2}, "2022-04-03": {3, 1.2, 0.3}} {
		p, err := b.Pooled("Q1", day(t, at))
		if err != nil || float64(p.N) != want[0] || p.Exponent != want[1] || p.High != want[2] {
			t.Errorf("the pool of %s is %+v, %v", at, p, err)
		}
		if step, _ := b.tracks["Q1"].at(day(t, at)); math.Abs(step-p.P) > 1e-15 {
			t.Errorf("the line says %v on %s, and the pool %v", step, at, p.P)
		}
	}
}
