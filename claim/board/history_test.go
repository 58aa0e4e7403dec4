// SPDX-License-Identifier: Apache-2.0

package board

import (
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tamizdat/claim"
	"tamizdat/claim/study"
)

// reopened gives the founding case with its question open. Whoever forecasts here is
// invented.
func reopened(t testing.TB, forecasts ...claim.Forecast) *claim.Case {
	t.Helper()
	c := study.Case()
	c.Questions[0].Resolution, c.Questions[0].ResolvedAt = "", claim.Date{}
	c.Forecasts = forecasts
	return &c
}

func TestHistoryWeekByWeek(t *testing.T) {
	c := reopened(t, forecast(t, "1", "Ann", "2022-03-23", 0.05), forecast(t, "2", "Ann", "2022-04-06", 0.1, "C10"))
	c.Assessments = []claim.Assessment{{ID: "a", Question: "Q1", Week: date(t, "2022-04-01"), P: 0.05, Confidence: "low"}}
	h, err := boardOf(c).History("Q1", day(t, "2022-04-13"))
	if err != nil {
		t.Fatal(err)
	}
	var days []string
	for _, w := range h.Weeks {
		days = append(days, w.Day.String())
	}
	if want := []string{"2022-03-25", "2022-04-01", "2022-04-08", "2022-04-13"}; !slices.Equal(days, want) {
		t.Errorf("the weeks are %v", days)
	}
	w := h.Weeks[2]
	near(t, "the number", w.P, 0.1, 1e-12)
	// 267 days are left of 283 from the first Friday on, of which 281 remained then.
	near(t, "the hazard", *w.Hazard, 1-math.Pow(0.9, 7.0/267), 1e-12)
	near(t, "time alone", *w.Quiet, 1-math.Pow(0.95, 267.0/283), 1e-3)
	if len(w.Drivers) != 1 || w.Drivers[0].Cause != "C10" || math.Abs(w.Drivers[0].Delta-0.05) > 1e-12 {
		t.Errorf("the drivers are %v", w.Drivers)
	}
	if h.Weeks[0].Drivers != nil || h.Weeks[1].Confidence != "low" || h.Weeks[0].Confidence != "" {
		t.Errorf("the first weeks are %+v", h.Weeks[:2])
	}
	if h.Quiet == nil || h.Silence != "" || h.Score != nil || h.Agreed != "" {
		t.Errorf("an open question has %+v", h)
	}
}

// TestQuietSaysLittle: the factors are those of docs/BOARD.md, and silence is not
// spoken of before it can say something.
func TestQuietSaysLittle(t *testing.T) {
	c := reopened(t, forecast(t, "1", "Ann", "2022-03-25", 1-math.Pow(0.9985, 281.0/7)))
	h, err := boardOf(c).History("Q1", day(t, "2022-12-30"))
	if err != nil || !strings.HasPrefix(h.Silence, "40 quiet weeks speak 1.13 to 1 for a constant hazard against one that grows by 5 % a week; it reaches 10 after 90") {
		t.Errorf("%q, %v", h.Silence, err)
	}
}

// TestHistoryLooks: what indicators showed stands by week, and two that rest on one
// letter count once.
func TestHistoryLooks(t *testing.T) {
	c := reopened(t, forecast(t, "1", "Ann", "2022-03-25", 0.1))
	for _, id := range []string{"C10", "C11"} {
		c.Indicators = append(c.Indicators, claim.Indicator{
			ID: "in-" + id, Question: "Q1", Name: id, LRPresent: new(3.0),
			Checks: []claim.Check{{ID: "ck-" + id, Date: date(t, "2022-04-06"), State: Present, Claims: []string{id}}},
		})
	}
	h, err := boardOf(c).History("Q1", day(t, "2022-04-08"))
	if err != nil || len(h.Looks) != 2 || h.Hint == nil {
		t.Fatalf("%+v, %v", h, err)
	}
	if w := h.Looks[0].Weeks; len(w) != 3 || w[0].State != "" || w[2].State != Present {
		t.Errorf("the weeks are %+v", w)
	}
	near(t, "the hint", h.Hint.To, 0.25, 1e-12) // odds 1/9 × 3, and not × 9
	h, err = boardOf(c).History("Q1", day(t, "2022-04-15"))
	if err != nil || h.Hint != nil {
		t.Errorf("nobody looked that week, and there is %+v, %v", h.Hint, err)
	}
}

func TestHistoryEnds(t *testing.T) {
	c := reopened(t, forecast(t, "1", "Ann", "2022-03-25", 0.05))
	c.Questions[0].DefaultIfSilent = No
	h, err := boardOf(c).History("Q1", day(t, "2030-01-01"))
	if err != nil {
		t.Fatal(err)
	}
	if last := h.Weeks[len(h.Weeks)-1]; last.Day != day(t, "2022-12-31") || last.Hazard != nil || *last.Quiet != 0 {
		t.Errorf("the last week is %+v", last)
	}
	if h.Quiet != nil || h.Agreed != No {
		t.Error("a closed question still waits for quiet, or not for its resolution")
	}
	q := &c.Questions[0]
	q.Resolution, q.ResolvedAt = Yes, date(t, "2022-05-11")
	h, err = boardOf(c).History("Q1", day(t, "2030-01-01"))
	if last := h.Weeks[len(h.Weeks)-1]; err != nil || last.Day != day(t, "2022-05-10") || h.Score == nil || h.Silence != "" {
		t.Errorf("it was resolved, and the history is %+v, %v", h, err)
	}
	for name, c := range map[string]*claim.Case{
		"nobody":        reopened(t),
		"at the floor":  reopened(t, forecast(t, "1", "Ann", "2022-03-25", 0.001)),
		"certain":       reopened(t, forecast(t, "1", "Ann", "2022-03-25", 1)),
		"long ago":      reopened(t, forecast(t, "1", "Ann", "0001-01-01", 0.5)),
		"after closing": reopened(t, forecast(t, "1", "Ann", "2023-05-01", 0.5)),
	} {
		h, err := boardOf(c).History("Q1", day(t, "2022-06-01"))
		if err != nil || len(h.Weeks) > maxGrid {
			t.Errorf("%s: %d weeks, %v", name, len(h.Weeks), err)
		}
		for _, w := range h.Weeks {
			if name != "long ago" && w.Hazard != nil {
				t.Errorf("%s: a hazard of %v", name, *w.Hazard)
			}
		}
	}
	_, err = boardOf(c).History("Q9", 0)
	refuses(t, err, "no question")
}

// TestHistoryHolds: the hazard of each week gives its number back, time alone never
// raises a number, and what moved the weeks adds up to where the number stands.
func TestHistoryHolds(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		c := reopened(t)
		people := []string{"Ann", "Bea", "Cem", "Dov"}
		causes := []string{"C1", "C10", claim.BecauseTime}
		for i := range rapid.IntRange(1, 30).Draw(r, "forecasts") {
			at := claim.DateOn(day(t, "2022-03-24") + claim.Day(rapid.IntRange(0, 281).Draw(r, "day")))
			p := rapid.Float64Range(0.0001, 0.9999).Draw(r, "p")
			f := forecast(t, string(rune('a'+i)), rapid.SampledFrom(people).Draw(r, "who"), at.String(), p, rapid.SampledFrom(causes).Draw(r, "because"))
			c.Forecasts = append(c.Forecasts, f)
		}
		h, err := boardOf(c).History("Q1", day(t, "2022-12-31"))
		if err != nil {
			r.Fatal(err)
		}
		sum := h.Weeks[0].P
		for i, w := range h.Weeks {
			if w.Hazard != nil && *w.Hazard < 0.999 { // nearer to 1, too few digits are left
				weeks := float64(day(t, "2022-12-31")-w.Day) / 7
				if back := -math.Expm1(weeks * math.Log1p(-*w.Hazard)); math.Abs(back-w.P) > 1e-6 {
					r.Fatalf("%s: a hazard of %v gives %v, not %v", w.Day, *w.Hazard, back, w.P)
				}
			}
			if i > 0 && *w.Quiet > *h.Weeks[i-1].Quiet {
				r.Fatalf("%s: quiet raised the number", w.Day)
			}
			for _, d := range w.Drivers {
				sum += d.Delta
			}
		}
		if last := h.Weeks[len(h.Weeks)-1].P; math.Abs(sum-last) > 1e-6 {
			r.Fatalf("the causes lead to %v, and the number is %v", sum, last)
		}
	})
}
