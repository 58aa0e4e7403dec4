// SPDX-License-Identifier: Apache-2.0

package board

import (
	"math"
	"slices"
	"strings"
	"testing"

	"tamizdat/claim"
	"tamizdat/claim/study"
)

func day(t testing.TB, s string) claim.Day {
	t.Helper()
	d, _ := date(t, s).Bounds()
	return d
}

func date(t testing.TB, s string) claim.Date {
	t.Helper()
	d, err := claim.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func near(t testing.TB, what string, got, want, within float64) {
	t.Helper()
	if !(math.Abs(got-want) <= within) {
		t.Errorf("%s is %.15g, not %.15g", what, got, want)
	}
}

// refuses wants an error that says so.
func refuses(t testing.TB, err error, says string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), says) {
		t.Errorf("the answer is %v; it should say %q", err, says)
	}
}

func boardOf(c *claim.Case) *Board { return New(claim.NewIndex(c)) }

// forecast is invented, as is everybody who gives one here.
func forecast(t testing.TB, id, by, at string, p float64, because ...string) claim.Forecast {
	return claim.Forecast{ID: id, Question: "Q1", By: by, At: date(t, at), P: &p, Blind: new(len(because) == 0), Because: because}
}

// TestFoundingCaseFromWeek0ToScore follows the question of the founding case
// with three invented forecasters: blind numbers, the week, a move, the score.
func TestFoundingCaseFromWeek0ToScore(t *testing.T) {
	c := new(study.Case())
	q := &c.Questions[0]
	known := q.ResolvedAt
	q.Resolution, q.ResolvedAt = "", claim.Date{}

	ann := forecast(t, "F1", "Ann", "2022-03-25", 0.03)
	if err := boardOf(c).CheckForecast(&ann, day(t, "2022-03-25")); err != nil {
		t.Fatal(err)
	}
	c.Forecasts = append(c.Forecasts, ann)
	b := boardOf(c)
	if b.MaySee("Q1", "Bea") || len(b.Visible("Q1", "Bea")) > 0 || !b.RowsFor("Bea", day(t, "2022-03-25"))[0].Hidden {
		t.Error("Bea sees Ann's number before she gave her own")
	}
	if !b.MaySee("Q1", "Ann") {
		t.Error("Ann does not see her own number")
	}
	twice := forecast(t, "F9", "ann ", "2022-03-25", 0.2)
	refuses(t, b.CheckForecast(&twice, day(t, "2022-03-25")), `as "Ann"; one person keeps one name`)
	c.Forecasts = append(c.Forecasts, forecast(t, "F2", "Bea", "2022-03-25", 0.05), forecast(t, "F3", "Cem", "2022-03-25", 0.08))

	// Week 0.
	b = boardOf(c)
	friday := day(t, "2022-03-25")
	pool, err := b.Pooled("Q1", friday)
	if err != nil {
		t.Fatal(err)
	}
	odds := math.Cbrt(0.03 / 0.97 * 0.05 / 0.95 * 0.08 / 0.92)
	near(t, "the geometric mean", pool.Odds, odds/(1+odds), 1e-12)
	near(t, "the geometric mean in points", 100*pool.Odds, 4.9, 0.1)
	raised := math.Pow(odds, 1.2)
	near(t, "the pool", pool.P, raised/(1+raised), 1e-12)
	near(t, "the pool in points", 100*pool.P, 2.8, 0.05)
	if pool.Exponent != 1.2 || pool.Median != 0.05 || pool.Low != 0.03 || pool.High != 0.08 {
		t.Errorf("the pool is %+v", pool)
	}
	week0, err := b.Freeze("Q1", friday, friday, Words{
		ID: "A0", Confidence: "low", Author: "Ann", Reviewer: "Bea",
		Reasons: claim.ConfidenceReasons{Assumptions: "the letter is what it says", Sourcing: "one origin, F", Argument: "no sign of organisation"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if week0.Band != "remote / almost no chance" || week0.Text != "first assessment: 2.8 %" || len(week0.Drivers) > 0 {
		t.Errorf("week 0 is %+v", week0)
	}
	c.Assessments = append(c.Assessments, week0)

	// A week later Cem has a reason.
	moved := forecast(t, "F4", "Cem", "2022-04-01", 0.04)
	moved.Blind = nil
	refuses(t, boardOf(c).CheckForecast(&moved, day(t, "2022-04-01")), "needs a cause")
	moved.Because = []string{"nothing"}
	refuses(t, boardOf(c).CheckForecast(&moved, day(t, "2022-04-01")), "neither a claim nor a check")
	moved.Because = []string{"C10", claim.BecauseTime}
	if err := boardOf(c).CheckForecast(&moved, day(t, "2022-04-01")); err != nil {
		t.Fatal(err)
	}
	c.Forecasts = append(c.Forecasts, moved)
	b = boardOf(c)
	week1, err := b.Freeze("Q1", friday+7, friday+8, Words{ID: "A1", Confidence: "low", Author: "Ann", Reasons: week0.ConfidenceReasons})
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for _, d := range week1.Drivers {
		sum += d.Delta
	}
	near(t, "the sum of the drivers", sum, week1.P-week0.P, 1e-12)
	if !strings.HasPrefix(week1.Text, "since last Friday: 2.8 → 2.1 %, because of claim C10 (-0.") {
		t.Errorf("the sentence is %q", week1.Text)
	}
	c.Assessments = append(c.Assessments, week1)
	row := boardOf(c).Rows(friday + 8)[0]
	if row.Arrow != "down" || *row.DaysToClose != 273 || row.Stale != "" || len(row.Spark) != 3 || row.Line != "2.1 % by 2022-12-31, remote / almost no chance, low confidence" {
		t.Errorf("the row is %+v", row)
	}
	c.Claims[0].ID, c.Claims[0].Status = "C10", "refuted" // the case itself refutes nothing
	if l := boardOf(c).Fallen(); len(l) != 1 || l[0].Question != "Q1" || l[0].Forecasts[0] != "F4" {
		t.Errorf("what leans on the fallen claim is %+v", l)
	}

	// The year ends.
	b = boardOf(c)
	refuses(t, b.CheckResolution("Q1", Verdict{No, known, []string{"Ann", "Ann"}, "D1"}, day(t, "2023-01-02")), "two different people")
	refuses(t, b.CheckResolution("Q1", Verdict{No, known, []string{"Ann", "Bea"}, "D99"}, day(t, "2023-01-02")), "cites a document")
	refuses(t, b.CheckResolution("Q1", Verdict{No, known, []string{"Ann", "Bea"}, "D1"}, day(t, "2022-12-31")), "yet to come")
	if err := b.CheckResolution("Q1", Verdict{No, known, []string{"Ann", "Bea"}, "D1"}, day(t, "2023-01-02")); err != nil {
		t.Fatal(err)
	}
	q.Resolution, q.ResolvedAt, q.ResolvedBy, q.ResolutionDocument = No, known, []string{"Ann", "Bea"}, "D1"
	lessons, err := boardOf(c).PostMortem("Q1")
	if err != nil || len(lessons) != 2 || lessons[0].Toward <= 0 || lessons[0].Away != 0 {
		t.Errorf("the post-mortem is %+v, %v", lessons, err)
	}
	if p := boardOf(c).Problems(); len(p) > 0 {
		t.Errorf("problems: %v", p)
	}
}

// TestI8HasOneAnswer: the rule that `case check` shows, the board's door and its
// list of problems agree.
func TestI8HasOneAnswer(t *testing.T) {
	known := date(t, "2023-01-01")
	for _, tt := range []struct {
		name, want string
		v          Verdict
	}{
		{"in order", "", Verdict{No, known, []string{"Ann", "Bea"}, "D1"}},
		{"three people", "", Verdict{Ambiguous, known, []string{"Ann", "Bea", "Cem"}, "D1"}},
		{"one twice", "two different people", Verdict{No, known, []string{"Ann", "Ann"}, "D1"}},
		{"no document", "cites a document", Verdict{No, known, []string{"Ann", "Bea"}, "D99"}},
		{"a month", "needs the day", Verdict{No, date(t, "2023-01"), []string{"Ann", "Bea"}, "D1"}},
		{"too early", "cannot have been", Verdict{No, date(t, "2022-03-01"), []string{"Ann", "Bea"}, "D1"}},
		{"perhaps", "resolves nothing", Verdict{"PERHAPS", known, []string{"Ann", "Bea"}, "D1"}},
	} {
		c := new(study.Case())
		q := &c.Questions[0]
		q.Resolution, q.ResolvedAt = "", claim.Date{}
		door := boardOf(c).CheckResolution(q.ID, tt.v, day(t, "2023-01-02"))
		q.Resolution, q.ResolvedAt, q.ResolvedBy, q.ResolutionDocument = tt.v.Resolution, tt.v.At, tt.v.By, tt.v.Document
		var rule, board []string
		for _, p := range c.Check() {
			if p.Rule == claim.I8 {
				rule = append(rule, p.Says)
			}
		}
		for _, p := range boardOf(c).Problems() {
			board = append(board, p.Text)
		}
		says := strings.Join(rule, "; ")
		if !slices.Equal(rule, board) || (door == nil) != (says == "") || door != nil && door.Error() != says {
			t.Errorf("%s: the rule says %q, the board %q, the door %v", tt.name, rule, board, door)
		}
		if (tt.want == "") != (says == "") || !strings.Contains(says, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, says, tt.want)
		}
	}
	none := new(study.Case())
	none.Questions[0].Resolution = ""
	refuses(t, boardOf(none).CheckResolution("Q1", Verdict{"", known, []string{"Ann", "Bea"}, "D1"}, day(t, "2023-01-02")), "resolves nothing")
}

// TestFallenHasOneAnswer: whatever makes a publication wait for a correction makes
// the board look again at what leans on the claim.
func TestFallenHasOneAnswer(t *testing.T) {
	for _, tt := range []struct {
		status      string
		credibility int
		fallen      bool
	}{
		{"", 0, false},
		{"open", 3, false},
		{"confirmed", 1, false},
		{"disputed", 6, false},
		{"refuted", 0, true},
		{"withdrawn", 2, true},
		{"", 4, true},
		{"open", 5, true},
	} {
		c := &claim.Case{
			Claims:    []claim.Claim{{ID: "c", Status: tt.status, Credibility: tt.credibility}},
			Questions: []claim.Question{{ID: "q", Text: "?"}},
			Forecasts: []claim.Forecast{forecast(t, "f", "Ann", "2030-01-01", 0.1)},
		}
		c.Forecasts[0].Question, c.Forecasts[0].Because = "q", []string{"c"}
		hash, _ := c.Hash("c")
		c.Publications = []claim.Publication{{ID: "p", Released: date(t, "2030-01-02"), Claims: []claim.Frozen{{ID: "c", Hash: hash}}}}
		leans, tasks := boardOf(c).Fallen(), c.Tasks()
		if (len(leans) > 0) != tt.fallen || (len(tasks) > 0) != tt.fallen {
			t.Errorf("%q, %d: the board lists %v, the publication waits for %v", tt.status, tt.credibility, leans, tasks)
		}
		if tt.fallen && !strings.Contains(tasks[0].Says, leans[0].Reason) {
			t.Errorf("%q, %d: the reasons are %q and %q", tt.status, tt.credibility, leans[0].Reason, tasks[0].Says)
		}
	}
}

// TestFoundingCaseBrier is the score of week 0 left standing until the end.
func TestFoundingCaseBrier(t *testing.T) {
	c := new(study.Case())
	c.Forecasts = []claim.Forecast{
		forecast(t, "F1", "Ann", "2022-03-24", 0.03), forecast(t, "F2", "Bea", "2022-03-24", 0.05), forecast(t, "F3", "Cem", "2022-03-24", 0.08),
	}
	s, err := boardOf(c).QuestionScore("Q1")
	if err != nil {
		t.Fatal(err)
	}
	odds := math.Pow(math.Cbrt(0.03/0.97*0.05/0.95*0.08/0.92), 1.2)
	p := odds / (1 + odds)
	near(t, "Brier", s.Desk.Brier, p*p, 1e-12)
	near(t, "Brier, as printed", s.Desk.Brier, 0.0008, 0.00005)
	near(t, "the log score", s.Desk.Log, -math.Log(1-p), 1e-12)
	if s.Desk.Days != 283 || s.Unscored != 0 || s.Skill != nil || len(s.People) != 3 {
		t.Errorf("the score is %+v", s)
	}
	// In the study nobody signed the resolution, and the board says so.
	if p := boardOf(c).Problems(); len(p) != 2 || p[0].Rule != "I8" || p[1].Rule != "I8" { // no two people, no document
		t.Errorf("problems: %v", p)
	}
}

func TestWhatCannotBeReadIsLeftOutAndTold(t *testing.T) {
	c := new(study.Case())
	nan := math.NaN()
	c.Forecasts = []claim.Forecast{
		{ID: "a", Question: "Q9", By: "Ann", At: date(t, "2022-04-01"), P: new(0.1)},
		{ID: "b", Question: "Q1", By: "Ann", At: date(t, "2022-04"), P: new(0.1)},
		{ID: "c", Question: "Q1", By: "Ann", At: date(t, "2022-04-01"), P: &nan},
		{ID: "d", Question: "Q1", By: "Ann", At: date(t, "2022-04-01"), P: new(1.01)},
		{ID: "e", Question: "Q1", By: "Ann", At: date(t, "2022-04-01")},
		{ID: "f", Question: "Q1", At: date(t, "2022-04-01"), P: new(0.1)},
		{ID: "g", Question: "Q1", By: "Ann", At: date(t, "2022-04-01"), P: new(0.1), Hazard: new(0.1)},
		{ID: "h", Question: "Q1", By: "Ann", At: date(t, "2022-04-01"), Quantiles: []claim.Quantile{{Q: 0.5, X: 1}}},
	}
	b := boardOf(c)
	if p := b.Problems(); len(p) != len(c.Forecasts)+2 {
		t.Errorf("problems: %v", p)
	}
	for _, r := range b.Rows(day(t, "2022-04-02")) {
		if r.P != nil {
			t.Errorf("row %s has a number", r.Question)
		}
	}
	if s := b.Scores(); len(s.Questions) != 0 || len(s.Unscored) != 1 {
		t.Errorf("the scores are %+v", s)
	}
}
