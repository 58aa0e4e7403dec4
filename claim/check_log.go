// SPDX-License-Identifier: Apache-2.0

package claim

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// CheckLog lists what no state shows any more: what was frozen and was changed by a
// desk that asked no rules, or by two people who did not know of each other (I3,
// I8, I11), forecasts that were entered under another day than their own (I7), and
// clocks that were set back (I13). The events may be in any order. That they follow
// from one another is [VerifyChain]'s.
func CheckLog(events []Event) []Problem {
	l := logChecker{
		asked: map[string][]Event{}, closed: map[string]givers{}, given: map[fieldAt]map[string]givers{}, ever: map[fieldAt]givers{},
		looks: map[key]map[string][]look{}, forecasts: map[string]map[string]Event{},
	}
	events = slices.SortedStableFunc(slices.Values(events), func(a, b Event) int {
		return cmp.Or(cmp.Compare(a.Actor, b.Actor), cmp.Compare(a.N, b.N))
	})
	for _, e := range events {
		l.enter(e)
	}
	l.clocks(events)
	for _, e := range events {
		l.judge(e)
	}
	slices.SortStableFunc(l.found, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Object, b.Object))
	})
	return l.found
}

type logChecker struct {
	asked     map[string][]Event            // the makings of each question
	closed    map[string]givers             // of each question: who resolved it later
	given     map[fieldAt]map[string]givers // by value
	ever      map[fieldAt]givers            // of any value
	looks     map[key]map[string][]look     // of indicators, by actor
	forecasts map[string]map[string]Event   // by question and actor: the first, which knew least
	found     []Problem
}

func (l *logChecker) problem(r Rule, e Event, format string, args ...any) {
	l.found = append(l.found, Problem{Rule: r, Object: e.Object, Says: fmt.Sprintf(format, args...) + fmt.Sprintf(" (event %d of %s)", e.N, e.Actor)})
}

func (l *logChecker) enter(e Event) {
	switch {
	case e.Kind == KindQuestion && e.Verb == VerbCreate:
		l.asked[e.Object] = append(l.asked[e.Object], e)
	case e.Kind == KindQuestion && e.Verb == VerbSet && e.Fields["resolution"] != nil && !isNull(e.Fields["resolution"]):
		l.closed[e.Object] = l.closed[e.Object].add(e)
	case e.Kind == KindIndicator:
		l.look(e)
	}
	if kept(e.Kind) {
		l.give(e)
	}
	if e.Kind != KindForecast || e.Verb != VerbCreate {
		return
	}
	question := text(e.Fields["question"])
	if l.forecasts[question] == nil {
		l.forecasts[question] = map[string]Event{}
	}
	if _, earlier := l.forecasts[question][e.Actor]; !earlier {
		l.forecasts[question][e.Actor] = e
	}
}

// kept reports whether things of a kind have parts that stay while others change.
func kept(kind string) bool {
	return kind == KindDocument || kind == KindLetter || kind == KindQuestion || kind == KindPublication || kind == KindIndicator
}

// text gives a JSON string, or nothing.
func text(v json.RawMessage) string {
	var s string
	if json.Unmarshal(v, &s) != nil {
		return ""
	}
	return s
}

func (l *logChecker) judge(e Event) {
	switch e.Kind {
	case KindDocument, KindLetter:
		if l.other(e, "sha256") {
			l.problem(I3, e, "the bytes of the original are others than before")
		}
	case KindQuestion:
		l.question(e)
	case KindPublication:
		if l.other(e, "released") || e.Verb == VerbRemove && l.had(e, "released") {
			l.problem(I11, e, "what was released was taken back")
		}
	case KindForecast:
		l.forecast(e)
	case KindIndicator:
		l.indicator(e)
	}
}

// fieldAt is a field of a thing.
type fieldAt struct {
	key
	field string
}

// givers tells of each actor the first event that gave a field a value. Who knew any
// knew that one.
type givers map[string]int

func (g givers) knownTo(e Event) bool {
	for actor, n := range g {
		if e.knew(actor, n) {
			return true
		}
	}
	return false
}

func (g givers) add(e Event) givers {
	if g == nil {
		g = givers{}
	}
	if _, earlier := g[e.Actor]; !earlier {
		g[e.Actor] = e.N
	}
	return g
}

// give notes which values an event gives, so that no event is held against each
// before it.
func (l *logChecker) give(e Event) {
	for field, v := range e.Fields {
		if isNull(v) {
			continue
		}
		of := fieldAt{key{e.Kind, e.Object}, field}
		if l.given[of] == nil {
			l.given[of] = map[string]givers{}
		}
		form := formOf(field, v)
		l.given[of][form] = l.given[of][form].add(e)
		l.ever[of] = l.ever[of].add(e)
	}
}

// formOf is one form for each value; of a series only its thresholds are kept.
func formOf(field string, v json.RawMessage) string {
	if field == "series" {
		return fmt.Sprintf("%+v", seriesOf(v).thresholds())
	}
	b, err := compact(v)
	if err != nil {
		return string(v)
	}
	return string(b)
}

// had reports whether an event knew a value of a field; null, where nothing gave one,
// is none.
func (l *logChecker) had(e Event, field string) bool {
	return l.ever[fieldAt{key{e.Kind, e.Object}, field}].knownTo(e)
}

// knew reports whether an event gives a field a value that it knew.
func (l *logChecker) knew(e Event, field string) bool {
	return l.given[fieldAt{key{e.Kind, e.Object}, field}][formOf(field, e.Fields[field])].knownTo(e)
}

// other reports whether an event gives a field another value than any that it knew.
func (l *logChecker) other(e Event, field string) bool {
	_, named := e.Fields[field]
	return named && l.had(e, field) && !l.knew(e, field)
}

func (l *logChecker) question(e Event) {
	if e.Verb == VerbCreate {
		return
	}
	for _, field := range asks() {
		if _, named := e.Fields[field]; named && (l.other(e, field) || !l.had(e, field)) {
			if f, ok := l.unaware(e); ok {
				l.problem(I8, e, "%s was changed, and the forecast %s had been given for what it was", field, f.Object)
			}
		}
	}
	for _, field := range resolved {
		if l.other(e, field) {
			l.problem(I8, e, "%s was changed after it was resolved", field)
		}
	}
	if f, ok := l.unaware(e); ok && e.Verb == VerbRemove {
		l.problem(I8, e, "this was removed, and the forecast %s had been given for it", f.Object)
	}
}

// unaware finds a forecast that did not know of a change to its question.
func (l *logChecker) unaware(e Event) (Event, bool) {
	var found []Event
	for _, f := range l.forecasts[e.Object] {
		if !f.knew(e.Actor, e.N) {
			found = append(found, f)
		}
	}
	if len(found) == 0 {
		return Event{}, false
	}
	return slices.MinFunc(found, func(a, b Event) int { return cmp.Compare(a.Actor, b.Actor) }), true
}

// forecast holds the day that a forecast bears against the day on which it was
// entered, by the clock of who entered it. What was loaded together with its
// question may be old.
func (l *logChecker) forecast(e Event) {
	question, at := text(e.Fields["question"]), Date{}
	makings := l.asked[question]
	if e.Verb != VerbCreate || len(makings) == 0 || at.UnmarshalText([]byte(text(e.Fields["at"]))) != nil {
		return
	}
	entered := DayOf(e.At)
	asked := slices.ContainsFunc(makings, func(q Event) bool { return e.knew(q.Actor, q.N) && DayOf(q.At) < entered })
	switch {
	case asked && at.latest+1 < entered:
		l.problem(I7, e, "this bears the day %s, and was entered on %s", at, entered)
	case at.earliest > entered+1:
		l.problem(I7, e, "this bears the day %s, and was entered on %s already", at, entered)
	}
	if l.closed[question].knownTo(e) {
		l.problem(I8, e, "this was given when the question was resolved")
	}
}

// clockError is how far two clocks may lie apart.
const clockError = 24 * time.Hour

// clocks finds events that bear a time before one that they knew. Of each actor it
// is enough to look at the newest that an event knew.
func (l *logChecker) clocks(events []Event) {
	type place struct {
		actor string
		n     int
	}
	latest := map[place]time.Time{} // of an actor, up to an event
	for _, e := range events {
		at := e.At
		if before := latest[place{e.Actor, e.N - 1}]; before.After(at) {
			at = before
		}
		latest[place{e.Actor, e.N}] = at
	}
	for _, e := range events {
		known := latest[place{e.Actor, e.N - 1}]
		for actor, n := range e.Seen {
			if at := latest[place{actor, n}]; at.After(known) {
				known = at
			}
		}
		if known.Sub(e.At) > clockError {
			l.problem(I13, e, "this bears the time %s, and knew of what bears %s", e.At.UTC().Format(time.DateTime), known.UTC().Format(time.DateTime))
		}
	}
}
