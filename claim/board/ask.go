// SPDX-License-Identifier: Apache-2.0

package board

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"tamizdat/claim"
)

// MaySee reports whether a person may see what others gave for a question, and
// any number made of it. Until a person's own first forecast is in, they may not:
// a number that was seen cannot be forgotten. Once a question is resolved,
// everybody may.
func (b *Board) MaySee(question, person string) bool {
	t := b.tracks[question]
	if t == nil {
		return false
	}
	_, given := slices.BinarySearch(t.people, person)
	return given || t.question.Resolution != ""
}

// Visible lists the forecasts for a question that a person may see, oldest
// first: all, or none.
func (b *Board) Visible(question, person string) []claim.Forecast {
	if !b.MaySee(question, person) {
		return nil
	}
	var out []claim.Forecast
	for _, e := range b.tracks[question].entries {
		out = append(out, *e.forecast)
	}
	return out
}

// CheckForecast says why a new forecast cannot be added: its number, its day or
// its question is not in order, it is the person's first and not blind, one of
// its causes is not in the case, or it moves too far without any (I7). Forecasts
// are only added, at the end: one that lies before the person's last is refused.
func (b *Board) CheckForecast(f *claim.Forecast, today claim.Day) error {
	_, _, err := b.check(f, today)
	return err
}

// CheckForecasts is [Board.CheckForecast] for new forecasts that come together, as
// in an import: each is asked about as if those of earlier days were there already.
// Ask a board of the case without them, and use it for nothing else afterwards. A
// first forecast that says itself that it was not blind is let in: to have seen
// the others' numbers is better told than kept back, and the pool counts with it.
func (b *Board) CheckForecasts(fs []claim.Forecast, today claim.Day) []claim.Problem {
	fs = slices.Clone(fs)
	slices.SortStableFunc(fs, func(a, b claim.Forecast) int {
		first, _ := a.At.Bounds()
		second, _ := b.At.Bounds()
		return cmp.Compare(first, second)
	})
	var out []claim.Problem
	for i := range fs {
		t, e, err := b.check(&fs[i], today)
		if told := fs[i].Blind != nil; err != nil && !(told && errors.Is(err, errNotBlind)) {
			out = append(out, claim.Problem{Object: fs[i].ID, Says: err.Error()})
			continue
		}
		t.take(e)
	}
	return out
}

// take adds an entry to those after which others come.
func (t *track) take(e entry) {
	t.entries = append(t.entries, e)
	if i, known := slices.BinarySearch(t.people, e.forecast.By); !known {
		t.people = slices.Insert(t.people, i, e.forecast.By)
	}
}

func (b *Board) check(f *claim.Forecast, today claim.Day) (*track, entry, error) {
	t, err := b.track(f.Question)
	if err != nil {
		return nil, entry{}, err
	}
	e, err := readEntry(t.question, f)
	if err != nil {
		return nil, entry{}, err
	}
	return t, e, b.fits(t, e, today)
}

// fits says why an entry that can be read is not added.
func (b *Board) fits(t *track, e entry, today claim.Day) error {
	if err := open(t.question, e.day, today); err != nil {
		return err
	}
	for _, c := range e.forecast.Because {
		if err := b.resolves(c); err != nil {
			return err
		}
	}
	return t.follows(e)
}

// open says why a question takes no forecast on a day.
func open(q *claim.Question, day, today claim.Day) error {
	first, _ := q.Opens.Bounds()
	_, last := q.Closes.Bounds()
	switch {
	case q.Resolution != "":
		return fmt.Errorf("question %s is resolved; it takes no more forecasts", q.ID)
	case day > today:
		return fmt.Errorf("a forecast of %s cannot be given on %s", day, today)
	case !q.Opens.IsZero() && day < first:
		return fmt.Errorf("question %s opens on %s", q.ID, first)
	case !q.Closes.IsZero() && day > last:
		return fmt.Errorf("question %s closed on %s; it is due to be resolved", q.ID, last)
	case q.ResolutionCriteria == "":
		return fmt.Errorf("question %s says not how it will be resolved; write the criteria first, they are frozen by the first forecast", q.ID)
	}
	return nil
}

// errNotBlind is wrapped where somebody's first forecast does not say that it was
// given before the others' were seen.
var errNotBlind = errors.New("must be blind")

// follows says why an entry cannot come after those that are there.
func (t *track) follows(e entry) error {
	f := e.forecast
	var was, footing *entry
	for i := range t.entries {
		if t.entries[i].forecast.ID == f.ID {
			return fmt.Errorf("forecast %s is there already; forecasts are added, never changed", f.ID)
		}
		if t.entries[i].forecast.By == f.By {
			was = &t.entries[i]
			footing = was.footing(footing)
		}
	}
	i := slices.IndexFunc(t.people, func(p string) bool { return p != f.By && claim.SamePerson(p, f.By) })
	switch {
	case was == nil && i >= 0:
		return fmt.Errorf("%s has given numbers for question %s as %q; one person keeps one name", f.By, t.question.ID, t.people[i])
	case was == nil && (f.Blind == nil || !*f.Blind):
		return fmt.Errorf("the first forecast of %s for question %s %w", f.By, t.question.ID, errNotBlind)
	case was == nil:
		return nil
	case e.day < was.day:
		return fmt.Errorf("the last forecast of %s is of %s; a later one cannot be of %s", f.By, was.day, e.day)
	case f.Uncaused(t.question, footing.forecast):
		return fmt.Errorf("%s needs a cause: a claim, a check of an indicator, %s or %s", t.step(footing, e), claim.BecauseTime, claim.BecauseBaseRate)
	}
	return nil
}

// footing is [claim.Forecast.Footing] for entries.
func (e *entry) footing(until *entry) *entry {
	if until == nil || e.forecast.Footing(until.forecast) == e.forecast {
		return e
	}
	return until
}

// step says what needs a cause, and since when.
func (t *track) step(from *entry, to entry) string {
	if t.numeric() {
		return fmt.Sprintf("what is another number than on %s", from.day)
	}
	return fmt.Sprintf("%s on %s → %s", Percent(from.p), from.day, Percent(to.p))
}

// resolves says why a cause cannot be cited.
func (b *Board) resolves(cause string) error {
	if cause == claim.BecauseTime || cause == claim.BecauseBaseRate || b.index.Claim(cause) != nil {
		return nil
	}
	if _, ok := b.checks[cause]; ok {
		return nil
	}
	return fmt.Errorf("%q is neither a claim nor a check of an indicator of this case, nor %s or %s", cause, claim.BecauseTime, claim.BecauseBaseRate)
}

// CheckEdit says why a question cannot be changed to what is given (I8). Before
// the first forecast all but its id can; from then on what it asks is frozen,
// and [NewVersion] makes another one. A resolution is put in by
// [Board.CheckResolution] and stays.
func (b *Board) CheckEdit(edited *claim.Question) error {
	t, err := b.track(edited.ID)
	if err != nil {
		return err
	}
	was := t.question
	if was.Resolution != "" && resolutionOf(was) != resolutionOf(edited) {
		return fmt.Errorf("question %s is resolved, and that stays", was.ID)
	}
	if b.asked(was.ID) && !was.AsksTheSame(edited) {
		return fmt.Errorf("what question %s asks is frozen since its first forecast; make a new version of it", was.ID)
	}
	return nil
}

// asked reports whether any forecast names the question, readable or not.
func (b *Board) asked(question string) bool {
	return slices.ContainsFunc(b.index.Case.Forecasts, func(f claim.Forecast) bool { return f.Question == question })
}

func resolutionOf(q *claim.Question) [3]string {
	return [3]string{q.Resolution, q.ResolvedAt.String(), q.ResolutionDocument + fmt.Sprint(q.ResolvedBy)}
}

// NewVersion makes a question out of an edit of another: it has the id given,
// names the old one, has no resolution, and waits for blind forecasts.
func NewVersion(edited claim.Question, id string) (claim.Question, error) {
	if id == "" || id == edited.ID {
		return claim.Question{}, errors.New("a new version of a question needs an id of its own")
	}
	edited.VersionOf, edited.ID = edited.ID, id
	edited.Resolution, edited.ResolutionDocument = "", ""
	edited.ResolvedAt, edited.ResolvedBy = claim.Date{}, nil
	return edited, nil
}
