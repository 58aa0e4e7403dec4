// SPDX-License-Identifier: Apache-2.0

package board

import (
	"errors"
	"fmt"
	"strings"

	"tamizdat/claim"
)

// Resolutions of a question that asks for no number.
const (
	Yes       = claim.Yes
	No        = claim.No
	Ambiguous = claim.Ambiguous
	Annulled  = claim.Annulled
)

// Verdict is how a question is to be resolved.
type Verdict struct {
	Resolution string // YES, NO, AMBIGUOUS, ANNULLED, or a number with a point
	At         claim.Date
	By         []string // two people
	Document   string   // what shows it; where nothing was reported, the note of who looked where
}

// CheckResolution says why a question cannot be resolved so (I8): what
// [claim.Index.WrongResolution] finds, and what only the day tells.
func (b *Board) CheckResolution(question string, v Verdict, today claim.Day) error {
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
	q := *t.question
	q.Resolution, q.ResolvedAt, q.ResolvedBy, q.ResolutionDocument = v.Resolution, v.At, v.By, v.Document
	if v.Resolution == "" {
		return q.WrongOutcome()
	}
	if says := b.index.WrongResolution(&q); len(says) > 0 {
		return errors.New(strings.Join(says, "; "))
	}
	return nil
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
