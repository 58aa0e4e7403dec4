// SPDX-License-Identifier: Apache-2.0

package board

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"tamizdat/claim"
)

// Words is what people add to the numbers of a week.
type Words struct {
	ID         string // of the assessment
	Confidence string // low, moderate, high
	Reasons    claim.ConfidenceReasons
	Text       string // empty: the sentence of [Board.Since]
	Author     string
	Reviewer   string // empty, or another person than the author
}

// Freeze makes the assessment of a question for the week of a Friday that is
// not in the future: the pool as of its end, its spread and words, and what
// moved it since the assessment before. There is one a week, and it does not
// change: what is learned later goes into the next.
func (b *Board) Freeze(question string, friday, today claim.Day, w Words) (claim.Assessment, error) {
	if err := b.checkWeek(question, friday, today); err != nil {
		return claim.Assessment{}, err
	}
	if err := w.check(); err != nil {
		return claim.Assessment{}, err
	}
	pool, err := b.Pooled(question, friday)
	if err != nil {
		return claim.Assessment{}, err
	}
	band, err := ICD203(pool.P)
	if err != nil {
		return claim.Assessment{}, err
	}
	a := claim.Assessment{
		ID: w.ID, Question: question, Week: claim.DateOn(friday),
		P: pool.P, Method: pool.Method, Low: &pool.Low, High: &pool.High,
		Band: band.Words, Confidence: w.Confidence, ConfidenceReasons: w.Reasons,
		Text: w.Text, Author: w.Author, Reviewer: w.Reviewer,
	}
	if last := b.lastAssessment(question, friday-1); last != nil {
		day, _ := last.Week.Bounds()
		a.Drivers = b.Drivers(question, day, friday)
	}
	if a.Text == "" {
		a.Text = b.Since(&a)
	}
	return a, nil
}

func (b *Board) checkWeek(question string, friday, today claim.Day) error {
	t, err := b.track(question)
	if err != nil {
		return err
	}
	if friday != Friday(friday) {
		return fmt.Errorf("%s is no Friday; the week is that of %s", friday, Friday(friday))
	}
	if friday > today {
		return fmt.Errorf("the week of %s is not over", friday)
	}
	if opens, _ := t.question.Opens.Bounds(); !t.question.Opens.IsZero() && friday < opens {
		return fmt.Errorf("question %s opens on %s", question, opens)
	}
	if b.assessmentOf(question, friday) != nil {
		return fmt.Errorf("the week of %s is frozen already", friday)
	}
	return nil
}

func (w Words) check() error {
	r := w.Reasons
	switch {
	case w.ID == "":
		return errors.New("the assessment has no id")
	case !slices.Contains(Confidences(), w.Confidence):
		return fmt.Errorf("confidence is low, moderate or high, not %q", w.Confidence)
	case blank(r.Assumptions) || blank(r.Sourcing) || blank(r.Argument):
		return errors.New("a confidence has three reasons: assumptions, sourcing, argument")
	case blank(w.Author):
		return errors.New("say who wrote the assessment")
	case claim.SamePerson(w.Reviewer, w.Author):
		return errors.New("another person than the author reviews an assessment")
	}
	return nil
}

func blank(s string) bool { return strings.TrimSpace(s) == "" }

func (b *Board) assessmentOf(question string, friday claim.Day) *claim.Assessment {
	if a := b.lastAssessment(question, friday); a != nil && a.Week == claim.DateOn(friday) {
		return a
	}
	return nil
}

// lastAssessment gives the newest one of a week not after a day, or nil.
func (b *Board) lastAssessment(question string, day claim.Day) *claim.Assessment {
	var out *claim.Assessment
	for i := range b.index.Case.Assessments {
		a := &b.index.Case.Assessments[i]
		if _, week := a.Week.Bounds(); a.Question != question || a.Week.IsZero() || week > day {
			continue
		}
		if out == nil || compareDates(out.Week, a.Week) <= 0 {
			out = a
		}
	}
	return out
}

// said is how many causes the sentence of a week names, and unsaid is a difference
// that one digit after the point would show as none.
const (
	said   = 3
	unsaid = 0.0005
)

// Since says in a sentence how the number moved since the assessment before:
// “since last Friday: 4.9 → 2.8 %, because …”, with the points that each cause
// moved it.
//
// Claims stand in it by their id and not in their words: who may print those is
// decided where a publication is made, which calls [Board.SinceNaming].
func (b *Board) Since(a *claim.Assessment) string { return b.SinceNaming(a, b.CauseName) }

// SinceNaming is [Board.Since] with another way to name causes.
func (b *Board) SinceNaming(a *claim.Assessment, name func(cause string) string) string {
	_, week := a.Week.Bounds()
	last := b.lastAssessment(a.Question, week-1)
	if last == nil {
		return fmt.Sprintf("first assessment: %s", Percent(a.P))
	}
	_, was := last.Week.Bounds()
	since := "last Friday"
	if was != week-7 {
		since = was.String()
	}
	if Percent(last.P) == Percent(a.P) {
		return fmt.Sprintf("since %s: still %s", since, Percent(a.P))
	}
	return fmt.Sprintf("since %s: %s → %s, %s", since, strings.TrimSuffix(Percent(last.P), " %"), Percent(a.P), because(a.Drivers, name))
}

func because(drivers []claim.Driver, name func(cause string) string) string {
	var parts []string
	for _, d := range drivers[:min(said, len(drivers))] {
		if math.Abs(d.Delta) < unsaid && len(parts) > 0 {
			break
		}
		parts = append(parts, fmt.Sprintf("%s (%s)", name(d.Cause), Points(d.Delta)))
	}
	if len(parts) == 0 {
		return "and no cause is known"
	}
	return "because of " + strings.Join(parts, ", ")
}

// Points prints a difference of probability in points, with a second digit after
// the point where one would show none.
func Points(delta float64) string {
	if math.Abs(delta) < unsaid {
		return fmt.Sprintf("%+.2f", 100*delta)
	}
	return fmt.Sprintf("%+.1f", 100*delta)
}

// CauseName gives a cause in words.
func (b *Board) CauseName(cause string) string {
	switch cause {
	case claim.BecauseTime:
		return "time passing without the event"
	case claim.BecauseBaseRate:
		return "the base rate"
	case CauseNone:
		return "moves without a cited cause"
	case CausePanel:
		return "who takes part and how old the numbers are"
	}
	if c, ok := b.checks[cause]; ok {
		return fmt.Sprintf("%s: %s on %s", c.indicator.Name, c.check.State, c.check.Date)
	}
	return "claim " + cause
}
