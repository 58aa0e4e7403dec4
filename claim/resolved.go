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

// WrongResolution lists what the resolution of a question lacks (I8): what
// [Index.WrongVerdict] finds, and two different people. A question without a
// resolution lacks nothing.
func (x *Index) WrongResolution(q *Question) []string {
	if q.Resolution == "" {
		return nil
	}
	says := x.WrongVerdict(q)
	if n := people(q.ResolvedBy); n < 2 {
		says = append(says, fmt.Sprintf("two different people resolve a question, and %d did", n))
	}
	return says
}

// WrongVerdict lists what a resolution lacks whoever gives it: an outcome that the
// question can have, the day on which it was known, not before the question
// opened, and a document of the case that shows it. Whether the day is yet to
// come, only somebody who knows what day it is can tell.
func (x *Index) WrongVerdict(q *Question) []string {
	var says []string
	if err := q.WrongOutcome(); err != nil {
		says = append(says, err.Error())
	}
	opens, _ := q.Opens.Bounds()
	at, _ := q.ResolvedAt.Bounds()
	switch {
	case !q.ResolvedAt.Exact():
		says = append(says, "a resolution needs the day on which the outcome was known")
	case !q.Opens.IsZero() && at < opens:
		says = append(says, fmt.Sprintf("question %s opened on %s and cannot have been resolved on %s", q.ID, opens, at))
	}
	if x.Document(q.ResolutionDocument) == nil {
		says = append(says, fmt.Sprintf("a resolution cites a document of the case, and there is none called %q; if nothing was reported, let a note say who looked where", q.ResolutionDocument))
	}
	return says
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

// VerdictPrefix begins the key of every decision about a resolution.
const VerdictPrefix = "resolution "

// VerdictKey names how a question is resolved, without the people: two who say the
// same have one key, by which a [Decision] says it.
func (q *Question) VerdictKey() string {
	return fmt.Sprintf("%s%q %s %s %q", VerdictPrefix, q.ID, q.outcome(), q.ResolvedAt, q.ResolutionDocument)
}

// outcome is the resolution, of numbers the shortest form.
func (q *Question) outcome() string {
	if x, err := q.Number(); err == nil {
		return strconv.FormatFloat(x, 'g', -1, 64)
	}
	return q.Resolution
}

// Resolves reports whether a decision is somebody's word on how its object, a
// question, resolves. The key alone is not: people read the choice.
func (d *Decision) Resolves() bool {
	verdict, isKey := strings.CutPrefix(d.Suggestion, fmt.Sprintf("%s%q ", VerdictPrefix, d.Object))
	outcome, _, _ := strings.Cut(verdict, " ")
	return isKey && outcome != "" && outcome == (&Question{Resolution: d.Choice}).outcome()
}
