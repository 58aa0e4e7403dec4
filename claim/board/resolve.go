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
	if err := b.CheckVerdict(question, v, today); err != nil {
		return err
	}
	return wrong(b.index.WrongResolution(v.of(b.tracks[question].question)))
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
	return wrong(b.index.WrongVerdict(v.of(t.question)))
}

// of gives a question with this verdict.
func (v Verdict) of(q *claim.Question) *claim.Question {
	resolved := *q
	resolved.Resolution, resolved.ResolvedAt, resolved.ResolvedBy, resolved.ResolutionDocument = v.Resolution, v.At, v.By, v.Document
	return &resolved
}

func wrong(says []string) error {
	if len(says) == 0 {
		return nil
	}
	return errors.New(strings.Join(says, "; "))
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
