// SPDX-License-Identifier: Apache-2.0

package panel

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"tamizdat/claim"
	"tamizdat/claim/board"
	"tamizdat/claim/study"
)

// TestWeek0ToScore: three blind numbers make 2.8 %, time and three causes bring it
// down, two take it up, and the score is the mean of its days.
func TestWeek0ToScore(t *testing.T) {
	c := Over()
	if problems := c.Check(); len(problems) > 0 {
		t.Errorf("the panel breaks rules: %v", problems)
	}
	b := board.New(claim.NewIndex(&c))
	if problems := b.Problems(); len(problems) > 0 {
		t.Errorf("the board leaves out: %v", problems)
	}
	first := c.Assessments[0]
	odds := math.Pow(0.03/0.97*0.05/0.95*0.08/0.92, 1.2/3)
	if want := odds / (1 + odds); math.Abs(first.P-want) > 1e-12 || board.Percent(first.P) != "2.8 %" || first.Confidence != "low" {
		t.Errorf("week 0 is %+v", first)
	}
	if n := len(c.Assessments); n != 41 || c.Assessments[n-1].Week != date("2022-12-30") {
		t.Errorf("%d weeks", n)
	}
	score, err := b.QuestionScore("Q1")
	if err != nil {
		t.Fatal(err)
	}
	// The outcome was no, so that each day's score is p². The last week has two days.
	brier, days := 0.0, 0
	for i, a := range c.Assessments {
		n := 7
		if i == len(c.Assessments)-1 {
			n = 2
		}
		brier, days = brier+float64(n)*a.P*a.P, days+n
	}
	if score.Desk.Days != days || math.Abs(score.Desk.Brier-brier/float64(days)) > 1e-12 {
		t.Errorf("the score is %+v, not %v over %d days", score.Desk, brier/float64(days), days)
	}
	if want := 1 - score.Desk.Brier/(BaseRate*BaseRate); score.Skill == nil || math.Abs(*score.Skill-want) > 1e-12 {
		t.Errorf("skill %v, not %v", score.Skill, want)
	}
	lessons, err := b.PostMortem("Q1")
	if err != nil || len(lessons) != 7 {
		t.Fatal(lessons, err)
	}
	for _, l := range lessons {
		if led := l.Away > 0; led != (l.Cause == "C1" || l.Cause == "panel-letters-2022-09-30") {
			t.Errorf("%s led away: %v", l.Cause, led)
		}
	}
}

// TestDriversAddUp: what moved a week is all of what moved it.
func TestDriversAddUp(t *testing.T) {
	a := Over().Assessments
	for i := 1; i < len(a); i++ {
		sum := 0.0
		for _, d := range a[i].Drivers {
			sum += d.Delta
		}
		if math.Abs(sum-(a[i].P-a[i-1].P)) > 1e-9 {
			t.Errorf("%s moved by %v, and its causes by %v", a[i].Week, a[i].P-a[i-1].P, sum)
		}
	}
}

// TestAllSaysInvented: nobody can take the panel for people, or its checks for
// findings, and the founding case has none of it.
func TestAllSaysInvented(t *testing.T) {
	c := Case()
	says := func(what string, texts ...string) {
		for _, s := range texts {
			if !strings.Contains(strings.ToLower(s), "invented") {
				t.Errorf("%s does not say that it is invented: %q", what, s)
			}
		}
	}
	says("the case", c.Case, c.Note)
	for _, f := range c.Forecasts {
		says("forecast "+f.ID, f.By, f.Note)
	}
	for _, a := range c.Assessments {
		says("assessment "+a.ID, a.Author, a.Reviewer, a.ConfidenceReasons.Assumptions)
	}
	for _, i := range c.Indicators {
		says("indicator "+i.ID, i.Name)
		for _, k := range i.Checks {
			says("check "+k.ID, k.By, k.Note)
		}
	}
	for _, d := range c.Documents {
		says("document "+d.ID, d.Title, d.Note)
	}
	for _, q := range c.Questions {
		says("question "+q.ID, q.Note)
	}
	if s := study.Case(); len(s.Forecasts)+len(s.Assessments) > 0 {
		t.Error("the founding case has forecasts")
	}
	if len(c.Claims)+len(c.Utterances)+len(c.Parties) > 0 {
		t.Error("the panel adds what somebody said")
	}
}

// TestGoesIntoALog after the founding case, whose resolution nobody signed, and is
// the same each time it is made.
func TestGoesIntoALog(t *testing.T) {
	if !reflect.DeepEqual(Over(), Over()) {
		t.Error("the panel is not the same twice")
	}
	b, err := Case().Encode()
	if err != nil {
		t.Fatal(err)
	}
	read, err := claim.ParseCase(b)
	if err != nil {
		t.Fatal(err)
	}
	first := study.Case()
	first.Questions[0].Resolution, first.Questions[0].ResolvedAt = "", claim.Date{}
	r := claim.NewRegister()
	add(t, r, changes(t, first))
	add(t, r, []claim.Change{{Verb: claim.VerbSet, Kind: claim.KindQuestion, Object: "Q1", Fields: map[string]json.RawMessage{"base_rate": json.RawMessage("0.02")}}})
	read.Case = first.Case
	add(t, r, changes(t, read)[1:])
	c, err := r.Case()
	if err != nil {
		t.Fatal(err)
	}
	if problems := c.Check(); len(problems) > 0 {
		t.Error(problems)
	}
	row := board.New(claim.NewIndex(&c)).Rows(day("2022-03-25"))[0]
	if row.Line != "2.8 % by 2022-12-31, remote / almost no chance, low confidence" {
		t.Errorf("the board says %q", row.Line)
	}
}

func changes(t *testing.T, c claim.Case) []claim.Change {
	t.Helper()
	out, err := c.Changes()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func add(t *testing.T, r *claim.Register, changes []claim.Change) {
	t.Helper()
	events, err := r.ProposeAll("anna", time.Date(2022, 3, 25, 0, 0, 0, 0, time.UTC), changes)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if err := r.Apply(e); err != nil {
			t.Fatal(err)
		}
	}
}
