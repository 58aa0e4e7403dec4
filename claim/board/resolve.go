// SPDX-License-Identifier: Apache-2.0

package board

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"tamizdat/claim"
)

// Resolutions of a question that asks for no number.
const (
	Yes       = "YES"
	No        = "NO"
	Ambiguous = "AMBIGUOUS" // the criteria do not decide it
	Annulled  = "ANNULLED"  // it should not have been asked so
)

// Verdict is how a question is to be resolved.
type Verdict struct {
	Resolution string // YES, NO, AMBIGUOUS, ANNULLED, or a number with a point
	At         claim.Date
	By         []string // two people
	Document   string   // what shows it; where nothing was reported, the note of who looked where
}

// CheckResolution says why a question cannot be resolved so (I8).
func (b *Board) CheckResolution(question string, v Verdict, today claim.Day) error {
	if err := b.CheckVerdict(question, v, today); err != nil {
		return err
	}
	return b.attested(b.tracks[question].question, v)
}

// CheckVerdict is [Board.CheckResolution] without the people, for the first of
// the two.
func (b *Board) CheckVerdict(question string, v Verdict, today claim.Day) error {
	t, err := b.track(question)
	if err != nil {
		return err
	}
	if t.question.Resolution != "" {
		return fmt.Errorf("question %s is resolved already, as %s", question, t.question.Resolution)
	}
	if at, _ := v.At.Bounds(); at > today {
		return fmt.Errorf("%s is yet to come", v.At)
	}
	return b.shown(t.question, v)
}

// attested says what a verdict lacks.
func (b *Board) attested(q *claim.Question, v Verdict) error {
	if err := b.shown(q, v); err != nil {
		return err
	}
	if len(v.By) != 2 || samePerson(v.By[0], v.By[1]) || slices.ContainsFunc(v.By, blank) {
		return errors.New("two different people resolve a question")
	}
	return nil
}

// shown says what is missing of a verdict itself, whoever gives it.
func (b *Board) shown(q *claim.Question, v Verdict) error {
	if err := possible(q, v.Resolution); err != nil {
		return err
	}
	opens, _ := q.Opens.Bounds()
	at, _ := v.At.Bounds()
	switch {
	case !v.At.Exact():
		return errors.New("a resolution needs the day on which the outcome was known")
	case !q.Opens.IsZero() && at < opens:
		return fmt.Errorf("question %s opened on %s and cannot have been resolved on %s", q.ID, opens, at)
	case b.index.Document(v.Document) == nil:
		return fmt.Errorf("a resolution cites a document of the case, and there is none called %q; if nothing was reported, let a note say who looked where", v.Document)
	}
	return nil
}

func possible(q *claim.Question, resolution string) error {
	if resolution == Ambiguous || resolution == Annulled {
		return nil
	}
	if q.Type == TypeNumeric {
		_, err := numericOutcome(resolution)
		return err
	}
	if resolution != Yes && resolution != No {
		return fmt.Errorf("%q resolves nothing; it is %s, %s, %s or %s", resolution, Yes, No, Ambiguous, Annulled)
	}
	return nil
}

func numericOutcome(s string) (float64, error) {
	x, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
		return 0, fmt.Errorf("%q is no number; write it with a point, such as 104.5", s)
	}
	return x, nil
}

// Silence proposes the resolution on which people agreed for the case that
// nothing is reported, once the closing day is over. It is empty before, and
// where nothing was agreed.
func (b *Board) Silence(question string, today claim.Day) string {
	t := b.tracks[question]
	if t == nil || t.question.Closes.IsZero() || t.question.Resolution != "" {
		return ""
	}
	if _, last := t.question.Closes.Bounds(); today <= last {
		return ""
	}
	return t.question.DefaultIfSilent
}
