// SPDX-License-Identifier: Apache-2.0

package board

import (
	"cmp"
	"fmt"
	"slices"
)

// Lesson is what one cause did to the numbers for a question, in log odds over
// all people: how far it moved them toward what then happened, and away from it.
// A move with several causes is divided evenly among them.
type Lesson struct {
	Cause        string
	Toward, Away float64 // both ≥ 0
	Moves        int
}

// PostMortem tells, for a question that was resolved as YES or NO, which causes
// led toward the outcome and which away from it, the most helpful first. It says
// what moved people, and not what was true.
func (b *Board) PostMortem(question string) ([]Lesson, error) {
	t, err := b.track(question)
	if err != nil {
		return nil, err
	}
	if t.numeric() || (t.question.Resolution != Yes && t.question.Resolution != No) {
		return nil, fmt.Errorf("question %s is not resolved as %s or %s", question, Yes, No)
	}
	byCause := map[string]*Lesson{}
	for _, m := range b.Moves(question) {
		toward := logit(m.To) - logit(m.From)
		if t.question.Resolution == No {
			toward = -toward
		}
		learn(byCause, m.Because, toward)
	}
	var out []Lesson
	for _, l := range byCause {
		out = append(out, *l)
	}
	slices.SortFunc(out, func(a, b Lesson) int {
		return cmp.Or(cmp.Compare(b.Toward-b.Away, a.Toward-a.Away), cmp.Compare(a.Cause, b.Cause))
	})
	return out, nil
}

func learn(byCause map[string]*Lesson, because []string, toward float64) {
	if len(because) == 0 {
		because = []string{CauseNone}
	}
	for _, c := range because {
		if byCause[c] == nil {
			byCause[c] = &Lesson{Cause: c}
		}
		byCause[c].Moves++
		byCause[c].Toward += max(toward, 0) / float64(len(because))
		byCause[c].Away += max(-toward, 0) / float64(len(because))
	}
}
