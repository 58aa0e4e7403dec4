// SPDX-License-Identifier: Apache-2.0

package board

import (
	"fmt"

	"tamizdat/claim"
)

// StaleDays is how long a question may go without a new number before it is
// marked: two weeks of a weekly board.
const StaleDays = 14

// maxSpark is how many weeks a row shows.
const maxSpark = 104

// Row is one question as the board shows it.
type Row struct {
	Question    string
	Text        string
	P           *float64 // nil: nobody has given a number, or the viewer may not see it yet
	Hidden      bool     // the viewer has to give a number first
	Band        string   // words of ICD 203
	Confidence  string   // of the newest assessment
	Line        string   // number, date, words, confidence
	Low, High   *float64
	N           int
	Arrow       string  // up, down, same; empty where there is nothing to compare
	Change      float64 // since seven days before
	Spark       []Spark
	LastCause   []string   // of the newest forecast
	LastDay     *claim.Day // on which it was given
	DaysToClose *int       // below 0 when it is over
	Stale       string     // why somebody should look at it, or empty
	Resolution  string
}

// Spark is one point of the line of a question: the pool at the end of a week.
type Spark struct {
	Friday claim.Day
	P      float64
}

// Rows gives the board of a day as everybody may see it who has given all their
// numbers; [Board.RowsFor] is for one who may not have.
func (b *Board) Rows(today claim.Day) []Row {
	var out []Row
	for i := range b.index.Case.Questions {
		out = append(out, b.row(b.tracks[b.index.Case.Questions[i].ID], today))
	}
	return out
}

// RowsFor gives the board of a day without what a person may not see yet.
func (b *Board) RowsFor(person string, today claim.Day) []Row {
	out := b.Rows(today)
	for i, r := range out {
		if !b.MaySee(r.Question, person) {
			out[i] = Row{Question: r.Question, Text: r.Text, Hidden: true, DaysToClose: r.DaysToClose, Stale: r.Stale, Resolution: r.Resolution}
		}
	}
	return out
}

func (b *Board) row(t *track, today claim.Day) Row {
	q := t.question
	r := Row{Question: q.ID, Text: q.Text, Resolution: q.Resolution, DaysToClose: daysTo(q.Closes, today)}
	r.Stale = t.stale(today)
	if a := b.lastAssessment(q.ID, today); a != nil {
		r.Confidence = a.Confidence
	}
	for _, e := range t.entries {
		if e.day <= today {
			r.LastCause, r.LastDay = e.forecast.Because, &e.day
		}
	}
	pool, err := b.Pooled(q.ID, today)
	if err != nil {
		return r
	}
	r.P, r.Low, r.High, r.N = &pool.P, &pool.Low, &pool.High, pool.N
	if band, err := ICD203(pool.P); err == nil {
		r.Band = band.Words
	}
	r.Line, _ = Say(pool.P, q.Closes, r.Confidence)
	r.Arrow, r.Change = t.arrow(today)
	r.Spark = t.spark(today)
	return r
}

func daysTo(closes claim.Date, today claim.Day) *int {
	if closes.IsZero() {
		return nil
	}
	_, last := closes.Bounds()
	n := int(last - today)
	return &n
}

// arrow compares with the number of a week ago, as both are printed: what looks
// the same has no arrow up.
func (t *track) arrow(today claim.Day) (string, float64) {
	was, before := t.at(today - 7)
	is, now := t.at(today)
	switch {
	case !before || !now:
		return "", 0
	case Percent(was) == Percent(is):
		return "same", is - was
	case is > was:
		return "up", is - was
	}
	return "down", is - was
}

// spark gives the pool at the end of each week since the first number, and of
// the week that is not over.
func (t *track) spark(today claim.Day) []Spark {
	first := Friday(t.entries[0].day)
	first = max(first, Friday(today)-7*(maxSpark-1))
	var out []Spark
	for f := first; f < today+7; f += 7 {
		if p, ok := t.at(min(f, today)); ok {
			out = append(out, Spark{f, p})
		}
	}
	return out
}

// stale says what a question waits for.
func (t *track) stale(today claim.Day) string {
	q := t.question
	if q.Resolution != "" {
		return ""
	}
	if days := daysTo(q.Closes, today); days != nil && *days < 0 {
		return fmt.Sprintf("closed on %s and not resolved", q.Closes)
	}
	if opens, _ := q.Opens.Bounds(); !q.Opens.IsZero() && today < opens {
		return ""
	}
	newest := t.newest(today)
	if len(t.entries) == 0 || t.entries[0].day > today {
		return "nobody has given a number yet"
	}
	if age := int(today - newest); age > StaleDays {
		return fmt.Sprintf("no new number for %d days", age)
	}
	return ""
}
