// SPDX-License-Identifier: Apache-2.0

package release

import (
	"fmt"
	"slices"
	"strings"

	"tamizdat/claim"
	"tamizdat/claim/board"
)

// newest gives the assessment of the last week that was frozen for a question, or
// nil.
func (m *maker) newest(question string) *claim.Assessment {
	var out *claim.Assessment
	for i := range m.all.Case.Assessments {
		a := &m.all.Case.Assessments[i]
		if a.Question == question && (out == nil || week(a) >= week(out)) {
			out = a
		}
	}
	return out
}

func week(a *claim.Assessment) claim.Day {
	_, last := a.Week.Bounds()
	return last
}

// question gives the statement about a question as it was assessed in a week:
// number, date, words, confidence, how far the forecasts lie apart, and how the
// number moved.
func (m *maker) question(id string, a *claim.Assessment) (Line, []string) {
	q := m.all.Question(id)
	if q == nil {
		return Line{}, []string{"there is no such question in the case"}
	}
	if a == nil {
		return Line{}, []string{"no week of it is frozen: a number that still moves is not printed"}
	}
	if why := m.keepsQuestion(q, a); len(why) > 0 {
		return Line{}, why
	}
	said, err := board.Say(a.P, q.Closes, a.Confidence)
	if err != nil {
		return Line{}, []string{err.Error()}
	}
	return m.finish(Line{Assessments: []string{a.ID}},
		sentence(q.Text), sentence(said+spread(q, a)),
		fmt.Sprintf("Week of %s, %s.", a.Week, m.board.SinceNaming(a, m.cause)), resolved(q))
}

// keepsQuestion lists why a question may not be printed.
func (m *maker) keepsQuestion(q *claim.Question, a *claim.Assessment) []string {
	var why []string
	for _, key := range [][2]string{{claim.KindQuestion, q.ID}, {claim.KindAssessment, a.ID}} {
		if w, kept := m.withheld[key]; kept {
			why = append(why, "it is withheld: "+w)
		}
	}
	rests := []thing{{claim.KindQuestion, q.ID}, {claim.KindAssessment, a.ID}}
	for _, f := range m.all.Case.Forecasts {
		if f.Question == q.ID {
			rests = append(rests, thing{claim.KindForecast, f.ID})
		}
	}
	return slices.Concat(why, m.wrong(rests...), english(q.Text))
}

func spread(q *claim.Question, a *claim.Assessment) string {
	s := ""
	if a.Low != nil && a.High != nil {
		s = fmt.Sprintf("; forecasts from %s to %s", board.Percent(*a.Low), board.Percent(*a.High))
	}
	if q.BaseRate != nil {
		s += "; base rate " + board.Percent(*q.BaseRate)
	}
	return s
}

func resolved(q *claim.Question) string {
	switch {
	case q.Resolution == "":
		return ""
	case q.ResolvedAt.IsZero():
		return "Resolved: " + q.Resolution + "."
	}
	return fmt.Sprintf("Resolved: %s, on %s.", q.Resolution, q.ResolvedAt)
}

// cause names what moved a number, if that is printed too. What is not stays
// unnamed, and its share is still told.
func (m *maker) cause(cause string) string {
	if c := m.all.Claim(cause); c != nil {
		if slices.Contains(m.printed, cause) {
			return "“" + brief(c.Text) + "”"
		}
		return "a claim that is not printed here"
	}
	switch cause {
	case claim.BecauseTime, claim.BecauseBaseRate, board.CauseNone, board.CausePanel:
		return m.board.CauseName(cause)
	}
	if m.showable(cause) {
		return m.board.CauseName(cause)
	}
	return "an indicator that is not named here"
}

// briefly is how many characters of a claim stand for it where it is a cause.
const briefly = 80

func brief(text string) string {
	text = strings.TrimRight(strings.TrimSpace(text), ".")
	if r := []rune(text); len(r) > briefly {
		return strings.TrimSpace(string(r[:briefly])) + "…"
	}
	return text
}

// showable reports whether a check can be told: its indicator may leave, and no
// claim stands behind it that is not printed.
func (m *maker) showable(check string) bool {
	for i := range m.all.Case.Indicators {
		in := &m.all.Case.Indicators[i]
		for _, c := range in.Checks {
			if c.ID == check {
				hidden := func(id string) bool { return !slices.Contains(m.printed, id) }
				return m.public.Indicator(in.ID) != nil && !slices.ContainsFunc(slices.Concat(in.Claims, c.Claims), hidden)
			}
		}
	}
	return false
}
