// SPDX-License-Identifier: Apache-2.0

package claim

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Types of a question. A binary one may be decided by anything on its closing
// day; one by hazard asks whether an event comes before it.
const (
	TypeBinary  = "binary"
	TypeHazard  = "hazard_by_date"
	TypeNumeric = "numeric"
)

// Resolutions of a question that asks for no number.
const (
	Yes       = "YES"
	No        = "NO"
	Ambiguous = "AMBIGUOUS" // the criteria do not decide it
	Annulled  = "ANNULLED"  // it should not have been asked so
)

// WrongResolution lists what the resolution of a question lacks (I8): an outcome
// that the question can have, the day on which it was known, not before the
// question opened, two different people, and a document of the case that shows
// it. A question without a resolution lacks nothing. Whether the day is yet to
// come, only somebody who knows what day it is can tell.
func (x *Index) WrongResolution(q *Question) []string {
	if q.Resolution == "" {
		return nil
	}
	var says []string
	add := func(wrong bool, format string, args ...any) {
		if wrong {
			says = append(says, fmt.Sprintf(format, args...))
		}
	}
	opens, _ := q.Opens.Bounds()
	at, _ := q.ResolvedAt.Bounds()
	exact, people := q.ResolvedAt.Exact(), different(q.ResolvedBy)
	if err := q.WrongOutcome(); err != nil {
		says = append(says, err.Error())
	}
	add(!exact, "a resolution needs the day on which the outcome was known")
	add(exact && !q.Opens.IsZero() && at < opens, "question %s opened on %s and cannot have been resolved on %s", q.ID, opens, at)
	add(people < 2, "two different people resolve a question, and %d did", people)
	add(x.Document(q.ResolutionDocument) == nil, "a resolution cites a document of the case, and there is none called %q; if nothing was reported, let a note say who looked where", q.ResolutionDocument)
	return says
}

// different counts the people in a list of names, each once.
func different(names []string) int {
	people := make(map[string]bool, len(names))
	for _, n := range names {
		if n = strings.TrimSpace(n); n != "" {
			people[n] = true
		}
	}
	return len(people)
}

// WrongOutcome says why a question cannot be resolved as it is: YES, NO, AMBIGUOUS
// or ANNULLED, or a number where it asks for one.
func (q *Question) WrongOutcome() error {
	if q.Resolution == Ambiguous || q.Resolution == Annulled {
		return nil
	}
	if q.Type == TypeNumeric {
		_, err := q.Number()
		return err
	}
	if q.Resolution != Yes && q.Resolution != No {
		return fmt.Errorf("%q resolves nothing; it is %s, %s, %s or %s", q.Resolution, Yes, No, Ambiguous, Annulled)
	}
	return nil
}

// Number reads the number as which a numeric question was resolved.
func (q *Question) Number() (float64, error) {
	x, err := strconv.ParseFloat(q.Resolution, 64)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
		return 0, fmt.Errorf("%q is no number; write it with a point, such as 104.5", q.Resolution)
	}
	return x, nil
}
