// SPDX-License-Identifier: Apache-2.0

package board

import (
	"math"
	"strings"
	"testing"

	"tamizdat/claim"
)

// TestNeedsCause is I7.
func TestNeedsCause(t *testing.T) {
	for _, c := range []struct {
		from, to float64
		want     bool
	}{
		{0.5, 0.52, false},
		{0.5, 0.5201, true},
		{0.52, 0.5, false},
		{0.3, 0.28, false},
		{0.3, 0.3201, true},
		{0.05, 0.059, false},
		{0.05, 0.06, true},
		{0.06, 0.05, true}, // a point, and a fifth in odds
		{0, 0, false},
		{0, 0.001, true},
		{1, 1, false},
		{1, 0.999, true},
		{0.001, 0.0013, true},
	} {
		if got := claim.NeedsCause(c.from, c.to); got != c.want {
			t.Errorf("%g → %g needs a cause: %v", c.from, c.to, got)
		}
	}
}

// TestDriversAddUp has two people; one moves twice, the other not at all.
func TestDriversAddUp(t *testing.T) {
	c := scored(t, "")
	c.Forecasts = []claim.Forecast{
		forecast(t, "F1", "Ann", "2030-05-03", 0.2), forecast(t, "F2", "Bea", "2030-05-03", 0.5),
		forecast(t, "F3", "Ann", "2030-05-10", 0.5, "C1", "C2"),
	}
	b := boardOf(c)
	from, to := day(t, "2030-05-03"), day(t, "2030-05-10")
	ds := b.Drivers("Q1", from, to)
	p0, _ := b.Pooled("Q1", from)
	p1, _ := b.Pooled("Q1", to)
	sum := 0.0
	by := map[string]float64{}
	for _, d := range ds {
		sum += d.Delta
		by[d.Cause] = d.Delta
	}
	near(t, "the sum", sum, p1.P-p0.P, 1e-12)
	near(t, "both causes alike", by["C1"], by["C2"], 1e-15)
	// From log odds of ln(1/4)/2 to 0. Ann's number is a week newer than Bea's,
	// and weighs the more; what that adds is the panel's.
	w := 1 / (1 + math.Exp2(-7.0/30))
	near(t, "C1", by["C1"], w*math.Log(4)/2*(0.5-p0.P)/(math.Log(4)/2), 1e-12)
	if b.Drivers("Q1", from-1, to) != nil || b.Drivers("Q9", from, to) != nil {
		t.Error("there are drivers where there was no number")
	}
}

func TestNewcomersMoveThePanel(t *testing.T) {
	c := scored(t, "")
	c.Forecasts = []claim.Forecast{
		forecast(t, "F1", "Ann", "2030-05-03", 0.2),
		forecast(t, "F2", "Bea", "2030-05-05", 0.5), forecast(t, "F3", "Bea", "2030-05-06", 0.6, "C1"),
	}
	ds := boardOf(c).Drivers("Q1", day(t, "2030-05-03"), day(t, "2030-05-10"))
	if len(ds) != 1 || ds[0].Cause != CausePanel {
		t.Errorf("the drivers are %+v", ds)
	}
}

// TestFrozenQuestion is I8.
func TestFrozenQuestion(t *testing.T) {
	c := scored(t, "")
	edited := c.Questions[0]
	edited.Text = "another"
	refuses(t, boardOf(c).CheckEdit(&edited), "frozen since its first forecast")
	edited = c.Questions[0]
	edited.BaseRate = new(0.4)
	refuses(t, boardOf(c).CheckEdit(&edited), "frozen since its first forecast")
	edited = c.Questions[0]
	edited.Note = "a note is no criterion"
	if err := boardOf(c).CheckEdit(&edited); err != nil {
		t.Error(err)
	}
	next, err := NewVersion(edited, "Q2")
	if err != nil || next.VersionOf != "Q1" || next.ID != "Q2" {
		t.Errorf("%+v, %v", next, err)
	}
	_, err = NewVersion(edited, "Q1")
	refuses(t, err, "an id of its own")
	c.Forecasts = nil
	edited.Text = "another"
	if err := boardOf(c).CheckEdit(&edited); err != nil {
		t.Error(err)
	}
	c = scored(t, Yes)
	edited = c.Questions[0]
	edited.Resolution = No
	refuses(t, boardOf(c).CheckEdit(&edited), "is resolved")
}

func TestForecastIsRefused(t *testing.T) {
	c := scored(t, "")
	c.Questions[0].ResolutionCriteria = "invented"
	b := boardOf(c)
	today := day(t, "2030-05-20")
	for says, f := range map[string]claim.Forecast{
		"must be blind":      {ID: "G", Question: "Q1", By: "Cem", At: date(t, "2030-05-20"), P: new(0.1)},
		"cannot be given":    forecast(t, "G", "Cem", "2030-05-21", 0.1),
		"opens on":           forecast(t, "G", "Cem", "2030-04-30", 0.1),
		"is there already":   forecast(t, "F1", "Cem", "2030-05-20", 0.1),
		"last forecast of":   forecast(t, "G", "Bea", "2030-05-09", 0.5),
		"needs a cause":      forecast(t, "G", "Bea", "2030-05-20", 0.5),
		"no question \"Q9\"": {ID: "G", Question: "Q9"},
	} {
		refuses(t, b.CheckForecast(&f, today), says)
	}
	late := forecast(t, "G", "Cem", "2030-06-01", 0.1)
	refuses(t, b.CheckForecast(&late, day(t, "2030-06-02")), "closed on")
	if b.Silence("Q1", day(t, "2030-06-02")) != "" {
		t.Error("silence resolves what nobody agreed on")
	}
	c.Questions[0].DefaultIfSilent = No
	if b.Silence("Q1", day(t, "2030-05-31")) != "" || b.Silence("Q1", day(t, "2030-06-01")) != No {
		t.Error("silence speaks at the wrong time")
	}
	if s := b.Rows(day(t, "2030-06-01"))[0].Stale; !strings.Contains(s, "not resolved") {
		t.Errorf("the mark is %q", s)
	}
	if s := b.Rows(day(t, "2030-05-28"))[0].Stale; s != "no new number for 16 days" {
		t.Errorf("the mark is %q", s)
	}
}

func TestWeekIsRefused(t *testing.T) {
	c := scored(t, "")
	b := boardOf(c)
	good := Words{ID: "A", Confidence: "low", Author: "Ann", Reasons: claim.ConfidenceReasons{Assumptions: "a", Sourcing: "b", Argument: "c"}}
	friday := day(t, "2030-05-10")
	_, err := b.Freeze("Q1", friday-1, friday, good)
	refuses(t, err, "no Friday")
	_, err = b.Freeze("Q1", friday, friday-1, good)
	refuses(t, err, "is not over")
	for says, change := range map[string]func(*Words){
		"low, moderate or high": func(w *Words) { w.Confidence = "" },
		"three reasons":         func(w *Words) { w.Reasons.Sourcing = " " },
		"another person":        func(w *Words) { w.Reviewer = "Ann" },
		"who wrote":             func(w *Words) { w.Author = "" },
	} {
		w := good
		change(&w)
		_, err := b.Freeze("Q1", friday, friday, w)
		refuses(t, err, says)
	}
	a, err := b.Freeze("Q1", friday, friday, good)
	if err != nil {
		t.Fatal(err)
	}
	c.Assessments = append(c.Assessments, a)
	_, err = boardOf(c).Freeze("Q1", friday, friday, good)
	refuses(t, err, "frozen already")
}

func TestIndicatorsByWeek(t *testing.T) {
	c := scored(t, "")
	c.Indicators = []claim.Indicator{
		{ID: "I1", Question: "Q1", Name: "arrests", LRPresent: new(3.0), LRAbsent: new(0.5), Checks: []claim.Check{
			{ID: "K1", Date: date(t, "2030-05-01"), State: Absent},
			{ID: "K3", Date: date(t, "2030-05-10"), State: Present, Claims: []string{"C1"}},
			{ID: "K2", Date: date(t, "2030-05-09"), State: Unclear},
			{ID: "K4", Date: date(t, "2030-05"), State: Absent},
		}},
		{ID: "I2", Question: "Q1", LRPresent: new(2.0), Checks: []claim.Check{{ID: "K5", Date: date(t, "2030-05-08"), State: Present, Claims: []string{"C1"}}}},
		{ID: "I3", Question: "Q1", LRPresent: new(4.0), Checks: []claim.Check{{ID: "K6", Date: date(t, "2030-05-08"), State: Present}}},
		{ID: "I4", Question: "Q1", Checks: []claim.Check{{ID: "K7", Date: date(t, "2030-05-08"), State: Present}}},
	}
	var states []string
	for _, w := range Grid(&c.Indicators[0], day(t, "2030-04-28"), day(t, "2030-05-17")) {
		states = append(states, w.Friday.String()+" "+w.State)
	}
	if got := strings.Join(states, ", "); got != "2030-05-03 absent, 2030-05-10 present, 2030-05-17 " {
		t.Errorf("the weeks are %q", got)
	}
	h, err := boardOf(c).Hint("Q1", 0.2, day(t, "2030-05-10"), nil)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "the hint", h.To, 3.0/4, 1e-12) // odds 1/4 × 4 × 3; I2 rests on the claim of I1
	if h.Working != "20 % is odds of 0.25 × 4 (I3 present) × 3 (I1 present) = 3, that is 75 %" || len(h.Terms) != 3 || h.Terms[2].Counts {
		t.Errorf("%q %+v", h.Working, h.Terms)
	}
	c.Indicators[2].LRPresent = new(100.0)
	if h, _ = boardOf(c).Hint("Q1", 0.5, day(t, "2030-05-10"), nil); !h.Capped || math.Abs(h.To-30.0/31) > 1e-12 {
		t.Errorf("the hint is %+v", h)
	}
}

func TestFridays(t *testing.T) {
	for in, want := range map[string]string{
		"2022-03-24": "2022-03-25", "2022-03-25": "2022-03-25", "2022-03-26": "2022-04-01", "1969-12-31": "1970-01-02", "1960-01-01": "1960-01-01",
	} {
		if got := Friday(day(t, in)).String(); got != want {
			t.Errorf("the Friday of %s is %s", in, got)
		}
	}
}

func TestWords(t *testing.T) {
	for p, want := range map[float64][2]string{
		0: {"remote / almost no chance", "remote chance"}, 0.05: {"very unlikely", "remote chance"}, 0.07: {"very unlikely", "remote chance"},
		0.075: {"very unlikely", "highly unlikely"}, 0.20: {"unlikely", "highly unlikely"}, 0.225: {"unlikely", "unlikely"},
		0.45: {"roughly even chance", "realistic possibility"}, 0.5: {"roughly even chance", "realistic possibility"}, 0.525: {"roughly even chance", "realistic possibility"},
		0.55: {"roughly even chance", "likely / probable"}, 0.80: {"likely", "highly likely"}, 0.95: {"very likely", "almost certain"}, 1: {"almost certain", "almost certain"},
	} {
		a, _ := ICD203(p)
		b, _ := PHIA(p)
		if a.Words != want[0] || b.Words != want[1] {
			t.Errorf("%g is %q and %q", p, a.Words, b.Words)
		}
	}
	_, err := ICD203(math.NaN())
	refuses(t, err, "no probability")
	_, err = Say(0.1, claim.Date{}, "certain")
	refuses(t, err, "low, moderate or high")
	for p, want := range map[float64]string{0: "<0.1 %", 0.028: "2.8 %", 0.0996: "10 %", 0.5: "50 %", 0.953: "95.3 %", 1: ">99.9 %"} {
		if got := Percent(p); got != want {
			t.Errorf("%g is printed %q", p, got)
		}
	}
}
