// SPDX-License-Identifier: Apache-2.0

package measure

import (
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tamizdat/claim"
)

func TestLognormal(t *testing.T) {
	if z := NormalQuantile(0.9); !near(z, 1.2815515655446004) {
		t.Errorf("z of 90 %% is %.16f", z)
	}
	d := LognormalOf(7000, 15000, Level)
	if !near(d.Mu, 9.234735454060899) || !near(d.Sigma, 0.29735052125000616) {
		t.Errorf("μ %.15f, σ %.15f", d.Mu, d.Sigma)
	}
	if p := d.CDF(7000); !near(p, 0.1) {
		t.Errorf("%.15f lies below the low end, want 10 %%", p)
	}
	if v := (Mixture{{Lognormal: d, Weight: 3}}).Quantile(0.5, 0); !near(v, 10246.950765959598) {
		t.Errorf("the median is %.12f, want √(7000·15000)", v)
	}
	i := LognormalOf(5000, 20000, 0.95).Interval(0.95)
	if !near(i.Low, 5000) || !near(i.High, 20000) {
		t.Errorf("an interval of 95 %% comes back as %v", i)
	}
	if point := LognormalOf(5, 5, Level); point.CDF(4.9) != 0 || point.CDF(5.1) != 1 || !near((Mixture{{Lognormal: point, Weight: 1}}).Quantile(0.5, 0), 5) {
		t.Error("a range without width is no number any more")
	}
}

// lateMarch has the inputs of the example in the research of the project (§2.10),
// as if all counted one thing, which they do not: that pool would be refused.
func lateMarch(t testing.TB) *claim.Index {
	x := founding(t)
	num := func(v float64) *float64 { return &v }
	c := *x.Case
	c.Estimates = []claim.Estimate{
		{ID: "nato", Measurand: "M1", Low: num(7000), High: num(15000), Bound: "unstated_range", ByParty: "P-NATO", AsOf: date(t, "2022-03-25"), KnownAt: date(t, "2022-03-25")},
		{ID: "kyiv", Measurand: "M1", Point: num(16100), Bound: "about", ByParty: "P-UA", AsOf: date(t, "2022-03-25"), KnownAt: date(t, "2022-03-25")},
		{ID: "fsb", Measurand: "M1", Point: num(10000), Bound: "about", ByParty: "P-W0", AsOf: date(t, "2022-03-04"), KnownAt: date(t, "2022-03-04")},
		{ID: "mod", Measurand: "M1", Point: num(1351), Bound: "at_least", ByParty: "P-RU", AsOf: date(t, "2022-03-25"), KnownAt: date(t, "2022-03-25")},
		{ID: "named", Measurand: "M4", Point: num(1092), Bound: "at_least", ByDataset: "names", AsOf: date(t, "2022-03-25"), KnownAt: date(t, "2022-03-25")},
	}
	return claim.NewIndex(&c)
}

// TestThePoolOfLateMarch holds the pool against numbers worked out with 40
// digits. The research gives 7,100–17,700 and 11,400; it does not say how it read
// “about”, and with no one factor do all three come out.
func TestThePoolOfLateMarch(t *testing.T) {
	x := lateMarch(t)
	p, err := Pool(x, Ask{Estimates: []string{"nato", "kyiv", "fsb", "mod"}, Floors: []string{"named"}})
	if err != nil {
		t.Fatal(err)
	}
	if p.Disagree || p.Low == nil || *p.Floor != 1351 || len(p.LeftOut) != 0 {
		t.Fatalf("%+v", p)
	}
	for _, tt := range []struct{ got, want, research float64 }{
		{*p.Low, 7561.880306339110587, 7100}, {*p.Median, 11566.23289099800206, 11400}, {*p.High, 18017.41929776828421, 17700},
	} {
		if !near(tt.got, tt.want) {
			t.Errorf("%.9f, want %.9f", tt.got, tt.want)
		}
		if math.Abs(tt.got/tt.research-1) > 0.07 {
			t.Errorf("%.0f is more than 7 %% from the %.0f of the research", tt.got, tt.research)
		}
	}
	if f := p.Mixture.CDF(12000); !near(f, 0.5391199466358933) {
		t.Errorf("%.16f lies below 12,000", f)
	}
	for i, w := range []float64{1, 0.5, 0.25} {
		if p.Mixture[i].Weight != w {
			t.Errorf("component %d weighs %v, want %v", i, p.Mixture[i].Weight, w)
		}
	}
	narrow, err := Pool(x, Ask{Estimates: []string{"nato", "kyiv", "fsb"}, About: 1.25})
	if err != nil || !narrow.Disagree || narrow.Median != nil || narrow.Low != nil {
		t.Errorf("with “about” read as a quarter, Kyiv's figure and the analyst's do not meet: %+v, %v", narrow, err)
	}
}

func TestPoolOfTheStudy(t *testing.T) {
	x := founding(t)
	p, err := Pool(x, Ask{Estimates: []string{"E1", "E3", "E6"}, Floors: []string{"E5", "E7"}})
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Mixture) != 2 || len(p.LeftOut) != 1 || !strings.HasPrefix(p.LeftOut[0], "E3: the case does not say") {
		t.Errorf("%d components; left out %v; want E3 left out, about whose speaker nothing is noted", len(p.Mixture), p.LeftOut)
	}
	p, err = Pool(x, Ask{Estimates: []string{"E1", "E3", "E6"}, Weights: map[string]float64{"E3": 1}})
	if err != nil || len(p.Mixture) != 3 {
		t.Errorf("with a weight E3 takes part: %v, %v", p.Mixture, err)
	}
	if _, err := Pool(x, Ask{Estimates: []string{"E3"}}); err == nil {
		t.Error("a pool without any weight has a result")
	}
}

func TestPoolRefuses(t *testing.T) {
	x := lateMarch(t)
	zero := 0.0
	x.Estimate("fsb").Low = &zero
	for want, ask := range map[string]Ask{
		"it takes 1 to": {},
		"no estimate":   {Estimates: []string{"none"}},
		"a factor":      {Estimates: []string{"nato"}, About: 1},
		"the weight of": {Estimates: []string{"nato"}, Weights: map[string]float64{"nato": math.NaN()}},
		"never pooled":  {Estimates: []string{"nato", "named"}},
		"none of them":  {Estimates: []string{"mod"}},
	} {
		if _, err := Pool(x, ask); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want a refusal with %q, got %v", want, err)
		}
	}
	high := 20000.0
	x.Estimate("mod").Point = &high
	p, err := Pool(x, Ask{Estimates: []string{"nato", "mod"}})
	if err != nil || !p.Disagree || p.Median != nil {
		t.Errorf("a floor above the high end gave %+v, %v", p, err)
	}
}

// TestOneClusterOneVoice: the same source twice, or a figure and what was made of
// it, weighs once.
func TestOneClusterOneVoice(t *testing.T) {
	x := lateMarch(t)
	c := *x.Case
	again := *x.Estimate("nato")
	again.ID, again.ByParty, again.DerivedFrom, again.AsOf = "repeat", "P-AP", []string{"nato"}, date(t, "2022-03-24")
	c.Estimates = append(slices.Clone(c.Estimates), again)
	all, err := Pool(claim.NewIndex(&c), Ask{Estimates: []string{"nato", "kyiv", "repeat"}})
	if err != nil {
		t.Fatal(err)
	}
	once, err := Pool(x, Ask{Estimates: []string{"nato", "kyiv"}})
	if err != nil {
		t.Fatal(err)
	}
	if *all.Median != *once.Median || *all.Low != *once.Low || *all.High != *once.High {
		t.Errorf("a repetition moved the median from %v to %v", *once.Median, *all.Median)
	}
}

func TestDisagreements(t *testing.T) {
	x := lateMarch(t)
	if d := Disagreements(x, nil); len(d) != 0 {
		t.Errorf("all meet, and yet %v", d)
	}
	floor := 15500.0
	x.Estimate("mod").Point = &floor
	d := Disagreements(x, nil)
	if len(d) != 1 || d[0].A != "nato" || d[0].B != "mod" {
		t.Fatalf("a floor of 15,500 leaves NATO's range below: %v", d)
	}
	if want := "sources disagree: Senior NATO military official (nato) gives 7,000–15,000, Russian Ministry of Defence (mod) gives at least 15,500"; d[0].Sentence != want {
		t.Errorf("it says %q", d[0].Sentence)
	}
	if d := Disagreements(x, day(t, "2022-03-24")); len(d) != 0 {
		t.Errorf("the floor was not known yet, and %v", d)
	}
}

// TestACountThatGrew: the analyst's 10,000 of 4 March lies below a floor of the
// end of the month, as a running count may.
func TestACountThatGrew(t *testing.T) {
	x := lateMarch(t)
	floor := 14000.0
	x.Estimate("mod").Point = &floor
	if d := Disagreements(x, nil); len(d) != 0 {
		t.Errorf("three weeks later more are dead, and that is no disagreement: %v", d)
	}
	x.Estimate("mod").AsOf = date(t, "2022-03-01")
	if d := Disagreements(x, nil); len(d) != 1 || d[0].A != "fsb" {
		t.Errorf("an earlier floor above a later number: %v", d)
	}
}

// TestPoolLiesBetween: the pool of any that meet lies within their outermost
// ends, and a floor moves nothing down.
func TestPoolLiesBetween(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var m Mixture
		low, high := math.Inf(1), math.Inf(-1)
		for range rapid.IntRange(1, 5).Draw(t, "n") {
			a := rapid.Float64Range(1, 1e6).Draw(t, "low")
			b := a * rapid.Float64Range(1, 20).Draw(t, "ratio")
			m = append(m, Component{Lognormal: LognormalOf(a, b, Level), Weight: rapid.Float64Range(0.1, 2).Draw(t, "w")})
			low, high = min(low, a), max(high, b)
		}
		q10, q50, q90 := m.Quantile(0.1, 0), m.Quantile(0.5, 0), m.Quantile(0.9, 0)
		if q10 < low*(1-1e-9) || q90 > high*(1+1e-9) || q10 > q50 || q50 > q90 {
			t.Fatalf("%v %v %v out of %v–%v", q10, q50, q90, low, high)
		}
		if floor := q10 / 2; m.Quantile(0.1, floor) < q10*(1-1e-9) {
			t.Fatal("a floor moved the low end down")
		}
	})
}

// TestOneMayBeBoth: two speakers who each may be a third lean on each other, as they
// do where origins are counted.
func TestOneMayBeBoth(t *testing.T) {
	c := claim.Case{
		Parties:   []claim.Party{{ID: "a"}, {ID: "b"}, {ID: "third", PossiblySameAs: []string{"a", "b"}}},
		Estimates: []claim.Estimate{{ID: "of a", ByParty: "a"}, {ID: "of b", ByParty: "b"}},
	}
	if clusters := Clusters(claim.NewIndex(&c)); len(clusters) != 1 {
		t.Errorf("%+v", clusters)
	}
}
