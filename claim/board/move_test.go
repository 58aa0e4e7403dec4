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

// TestI7HasOneAnswer puts rows of one person's numbers to the rule, to the door
// and to the account of moves. Of each row the last number is in question.
func TestI7HasOneAnswer(t *testing.T) {
	p := func(v float64, because ...string) claim.Forecast { return claim.Forecast{P: &v, Because: because} }
	h := func(hazard, growth float64, because ...string) claim.Forecast {
		return claim.Forecast{Hazard: &hazard, Growth: &growth, Because: because}
	}
	for _, tt := range []struct {
		name string
		row  []claim.Forecast
		want bool
	}{
		{"a point", []claim.Forecast{p(0.5), p(0.51)}, false},
		{"three points", []claim.Forecast{p(0.5), p(0.53)}, true},
		{"three points with a cause", []claim.Forecast{p(0.5), p(0.53, claim.BecauseBaseRate)}, false},
		{"three slices of a point", []claim.Forecast{p(0.5), p(0.51), p(0.52), p(0.53)}, true},
		{"slices there and back", []claim.Forecast{p(0.5), p(0.52), p(0.5), p(0.48)}, false},
		{"odds by slices", []claim.Forecast{p(0.05), p(0.055), p(0.06)}, true},
		{"from the last with a cause", []claim.Forecast{p(0.5), p(0.6, claim.BecauseBaseRate), p(0.61), p(0.62)}, false},
		{"away from the last with a cause", []claim.Forecast{p(0.5), p(0.6, claim.BecauseBaseRate), p(0.59), p(0.575)}, true},
		{"back to the first", []claim.Forecast{p(0.5), p(0.6, claim.BecauseBaseRate), p(0.5)}, true},
		{"a step that lacked one", []claim.Forecast{p(0.5), p(0.6), p(0.5)}, false},
		{"a hazard again", []claim.Forecast{h(0.001, 0), h(0.001, 0)}, false},
		{"a hazard that rises", []claim.Forecast{h(0.001, 0), h(0.002, 0)}, true},
		{"hazards by slices", []claim.Forecast{h(0.01, 0), h(0.011, 0), h(0.0121, 0), h(0.0133, 0)}, true},
		{"growth by slices", []claim.Forecast{h(0.01, 0), h(0.01, 0.02), h(0.01, 0.04), h(0.01, 0.06), h(0.01, 0.15)}, true},
		{"growth that hardly matters", []claim.Forecast{h(0.001, 0), h(0.001, 0.03)}, false},
		{"a hazard that says what the number said", []claim.Forecast{p(0.0396), h(0.01, 0)}, false},
		{"a hazard that says another", []claim.Forecast{p(0.0396), h(0.05, 0)}, true},
	} {
		c := scored(t, "")
		c.Questions[0].ResolutionCriteria = "invented"
		var last claim.Forecast
		for i, f := range tt.row {
			f.ID, f.Question, f.By, f.At = "row-"+string(rune('a'+i)), "Q1", "Cem", claim.DateOn(day(t, "2030-05-03")+claim.Day(min(i, 1)))
			f.Blind = new(i == 0)
			c.Forecasts, last = append(c.Forecasts, f), f
		}
		var says [3]bool
		for _, m := range boardOf(c).Moves("Q1") {
			says[0] = says[0] || m.Forecast == last.ID && m.Uncaused
		}
		for _, found := range c.Check() {
			says[1] = says[1] || found.Rule == claim.I7 && found.Object == last.ID
		}
		c.Forecasts = c.Forecasts[:len(c.Forecasts)-1]
		err := boardOf(c).CheckForecast(&last, day(t, "2030-05-20"))
		says[2] = err != nil && strings.Contains(err.Error(), "needs a cause")
		if err != nil && !says[2] || says != [3]bool{tt.want, tt.want, tt.want} {
			t.Errorf("%s: the moves, the rule and the door say %v (%v), want %v", tt.name, says, err, tt.want)
		}
	}
}

// TestQuantilesNeedACauseToo: other numbers than before, at the door as in the rule.
func TestQuantilesNeedACauseToo(t *testing.T) {
	c := scored(t, "")
	q := &c.Questions[0]
	q.Type, q.ResolutionCriteria = TypeNumeric, "invented"
	give := func(id string, x float64) claim.Forecast {
		return claim.Forecast{ID: id, Question: "Q1", By: "Cem", At: date(t, "2030-05-10"), Quantiles: []claim.Quantile{{Q: 0.5, X: x}}, Blind: new(true)}
	}
	c.Forecasts = []claim.Forecast{give("a", 100)}
	again, other := give("b", 100), give("b", 101)
	if err := boardOf(c).CheckForecast(&again, day(t, "2030-05-20")); err != nil {
		t.Error(err)
	}
	refuses(t, boardOf(c).CheckForecast(&other, day(t, "2030-05-20")), "needs a cause")
}

// TestAHazardIsCountedInOnePlace: the chance that a forecast implies is what the
// model of the board gives.
func TestAHazardIsCountedInOnePlace(t *testing.T) {
	for _, weeks := range []float64{0, 0.5, 1, 3, 40.25} {
		for _, m := range [][2]float64{{0, 0.1}, {0.0015, 0}, {0.0015, 0.05}, {0.2, -0.1}, {0.5, 1}, {1, 0}} {
			model, err := Growing(m[0], m[1])
			if err != nil {
				t.Fatal(err)
			}
			opens := day(t, "2030-05-01")
			q := claim.Question{Closes: claim.DateOn(opens + claim.Day(7*weeks))}
			f := claim.Forecast{Hazard: &m[0], Growth: &m[1], At: claim.DateOn(opens)}
			p, ok := f.Chance(&q)
			if !ok {
				t.Fatal("it has no chance")
			}
			near(t, "the chance", p, model.By(float64(claim.Day(7*weeks))/7), 1e-15)
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
