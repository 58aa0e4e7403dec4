// SPDX-License-Identifier: Apache-2.0

package board

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"tamizdat/claim"
)

// scored is an invented question of ten days, 1 to 10 May, that was resolved on
// the 11th. Ann gives 20 % on the 1st and 40 % on the 6th, Bea 50 % on the 6th.
func scored(t testing.TB, resolution string) *claim.Case {
	return &claim.Case{
		Case: "invented",
		Questions: []claim.Question{{
			ID: "Q1", Opens: date(t, "2030-05-01"), Closes: date(t, "2030-05-31"), BaseRate: new(0.5),
			Resolution: resolution, ResolvedAt: date(t, "2030-05-11"),
		}},
		Forecasts: []claim.Forecast{
			forecast(t, "F1", "Ann", "2030-05-01", 0.2), forecast(t, "F2", "Ann", "2030-05-06", 0.4, claim.BecauseTime), forecast(t, "F3", "Bea", "2030-05-06", 0.5),
			forecast(t, "F4", "Bea", "2030-05-12", 0.99, claim.BecauseTime), // too late
		},
	}
}

func TestScoreIsAveragedOverDays(t *testing.T) {
	s, err := boardOf(scored(t, Yes)).QuestionScore("Q1")
	if err != nil {
		t.Fatal(err)
	}
	// Five days of Ann's 20 %, then five of both: the odds 2/3 and 1, the older
	// number being as new as the other.
	odds := math.Sqrt(2.0 / 3)
	both := odds / (1 + odds)
	near(t, "the desk's Brier", s.Desk.Brier, (0.64+square(1-both))/2, 1e-12)
	near(t, "the desk's log", s.Desk.Log, (-math.Log(0.2)-math.Log(both))/2, 1e-12)
	near(t, "the base rate's", *s.BaseRate, 0.25, 1e-12)
	near(t, "the skill", *s.Skill, 1-s.Desk.Brier/0.25, 1e-12)
	near(t, "Ann's", s.People[0].Brier, (0.64+0.36)/2, 1e-12)
	// Until the 6th, Bea has the group's.
	near(t, "Bea's", s.People[1].Brier, (0.64+0.25)/2, 1e-12)
	if s.Desk.Days != 10 || s.People[0].OwnDays != 10 || s.People[1].OwnDays != 5 || s.People[1].Last != 0.5 {
		t.Errorf("the score is %+v", s)
	}
}

func TestDaysWithoutANumberAreToldAndNotScored(t *testing.T) {
	c := scored(t, No)
	c.Questions[0].Opens = date(t, "2030-04-28")
	s, err := boardOf(c).QuestionScore("Q1")
	if err != nil || s.Unscored != 3 || s.Desk.Days != 10 {
		t.Errorf("the score is %+v, %v", s, err)
	}
	near(t, "log of what is sure", LogScore(0, true), -math.Log(0.005), 1e-12)
	near(t, "log of what came", LogScore(1, true), 0, 0)
}

func TestVoidQuestionsAreListedAndNotScored(t *testing.T) {
	c := scored(t, Yes)
	for i, r := range []string{Ambiguous, Annulled, No} {
		c.Questions = append(c.Questions, claim.Question{ID: fmt.Sprint("V", i), Resolution: r, ResolvedAt: date(t, "2030-05-11")})
	}
	c.Questions = append(c.Questions, claim.Question{ID: "open"})
	s := boardOf(c).Scores()
	if len(s.Questions) != 1 || len(s.Unscored) != 3 || s.Unscored[0] != (Unscored{"V0", Ambiguous}) || *s.VoidShare != 0.5 {
		t.Errorf("the scores are %+v", s)
	}
	if s.Desk.Questions != 1 || len(s.People) != 2 || s.People[0].Person != "Ann" {
		t.Errorf("the scores are %+v", s)
	}
}

func TestDecompositionIsExact(t *testing.T) {
	// Two in the bin from 10 to 20 %, two in the last: by hand.
	d, err := Decompose([]Result{{0.1, false}, {0.15, true}, {0.9, true}, {1, true}})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "reliability", d.Reliability, (square(0.125-0.5)+square(0.95-1))/2, 1e-12)
	near(t, "resolution", d.Resolution, (square(0.5-0.75)+square(1-0.75))/2, 1e-12)
	near(t, "uncertainty", d.Uncertainty, 0.75*0.25, 1e-12)
	near(t, "Brier", d.Brier, (0.01+0.7225+0.01)/4, 1e-12)
	rapid.Check(t, func(t *rapid.T) {
		rs := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Result {
			return Result{rapid.Float64Range(0, 1).Draw(t, "p"), rapid.Bool().Draw(t, "yes")}
		}), 1, 60).Draw(t, "results")
		d, err := Decompose(rs)
		if err != nil {
			t.Fatal(err)
		}
		if got := d.Reliability - d.Resolution + d.Uncertainty; math.Abs(got-d.Binned) > 1e-12 {
			t.Fatalf("%v is not %v", got, d.Binned)
		}
		if got := d.Binned + d.WithinVariance - d.WithinCovariance; math.Abs(got-d.Brier) > 1e-12 {
			t.Fatalf("%v is not %v", got, d.Brier)
		}
	})
	_, err = Decompose([]Result{{math.NaN(), true}})
	refuses(t, err, "no probability")
	_, err = Decompose(nil)
	refuses(t, err, "no results")
}

func TestCalibration(t *testing.T) {
	var rs []Result
	for i := range 20 {
		rs = append(rs, Result{0.95, i < 14}, Result{0.25, i < 5})
	}
	rs = append(rs, Result{0.3, true}) // begins a bin of its own
	bs, err := Calibrate(rs)
	if err != nil {
		t.Fatal(err)
	}
	if len(bs) != 10 || bs[9].Verdict != "said too much" || bs[2].Verdict != "calibrated" || bs[2].N != 20 || bs[3].Verdict != "" || bs[3].N != 1 {
		t.Errorf("the bins are %+v", bs)
	}
	// 14 of 20, z² = 2.705543454095404: (0.7 + z²/40 ± z·√(0.21/20 + z²/1600)) / (1 + z²/20).
	z := 1.6448536269514722
	z2 := 2.705543454095404
	near(t, "low", bs[9].WilsonLow, (0.7+z2/40-z*math.Sqrt(0.0105+z2/1600))/(1+z2/20), 1e-12)
	near(t, "high", bs[9].WilsonHigh, (0.7+z2/40+z*math.Sqrt(0.0105+z2/1600))/(1+z2/20), 1e-12)
	near(t, "high, worked out before", bs[9].WilsonHigh, 0.837, 0.005)
}

func TestRanges(t *testing.T) {
	for x, want := range map[float64]float64{5: 2, 4: 2, 6: 2, 3: 12, 6.5: 7} {
		w, err := Winkler(4, 6, x)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "Winkler", w, want, 1e-12)
	}
	_, err := Winkler(6, 4, 5)
	refuses(t, err, "lower one first")
	_, err = Winkler(math.Inf(-1), 4, 5)
	refuses(t, err, "lower one first")

	point := []claim.Quantile{{Q: 0.5, X: 3}}
	flat := []claim.Quantile{{Q: 0.25, X: 0}, {Q: 0.75, X: 4}}
	for _, c := range []struct {
		qs      []claim.Quantile
		x, want float64
	}{
		{point, 3, 0},
		{point, 5, 2}, // the distance, for a single point
		// F goes from 1/4 to 3/4 over 4: ∫F² = 4(1/16+3/16+9/16)/3 = 13/12.
		{flat, 4, 13.0 / 12},
		{flat, 6, 13.0/12 + 2},
		{flat, 0, 13.0 / 12},
		{flat, -1, 13.0/12 + 1},
		// In the middle: twice 2(1/16+1/8+1/4)/3 = 7/12.
		{flat, 2, 7.0 / 12},
		{[]claim.Quantile{{Q: 0.1, X: 2}, {Q: 0.9, X: 2}}, 2, 0},
	} {
		got, err := CRPS(c.qs, c.x)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "CRPS", got, c.want, 1e-12)
	}
	for says, qs := range map[string][]claim.Quantile{
		"0 quantiles": nil, "not between": {{Q: 1, X: 1}}, "is no number": {{Q: 0.5, X: math.NaN()}},
		"never fall": {{Q: 0.1, X: 2}, {Q: 0.9, X: 1}}, "rise in level": {{Q: 0.9, X: 1}, {Q: 0.1, X: 2}},
	} {
		_, err := CRPS(qs, 1)
		refuses(t, err, says)
	}
}

func TestNumericQuestion(t *testing.T) {
	c := scored(t, "104.5")
	c.Questions[0].Type = TypeNumeric
	c.Forecasts = []claim.Forecast{{
		ID: "F1", Question: "Q1", By: "Ann", At: date(t, "2030-05-02"), Blind: new(true),
		Quantiles: []claim.Quantile{{Q: 0.1, X: 90}, {Q: 0.5, X: 100}, {Q: 0.9, X: 104}},
	}}
	s := boardOf(c).Scores()
	if len(s.Ranges) != 1 || s.Ranges[0].Person != "Ann" || len(s.Questions) != 0 {
		t.Fatalf("the scores are %+v", s)
	}
	near(t, "Winkler", *s.Ranges[0].Winkler, 14+10*0.5, 1e-12)
	_, err := boardOf(c).Pooled("Q1", day(t, "2030-05-03"))
	refuses(t, err, "not pooled")
	boardOf(c).Rows(day(t, "2030-05-03"))
}
