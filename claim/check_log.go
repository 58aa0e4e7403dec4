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
	l := logChecker{things: map[key][]Event{}, forecasts: map[string]map[string]Event{}}
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
	things    map[key][]Event             // what was done to each
	forecasts map[string]map[string]Event // by question and actor: the first, which knew least
	found     []Problem
}

func (l *logChecker) problem(r Rule, e Event, format string, args ...any) {
	l.found = append(l.found, Problem{Rule: r, Object: e.Object, Says: fmt.Sprintf(format, args...) + fmt.Sprintf(" (event %d of %s)", e.N, e.Actor)})
}

func (l *logChecker) enter(e Event) {
	if k := (key{e.Kind, e.Object}); kept(e.Kind) {
		l.things[k] = append(l.things[k], e)
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

// had lists the values of a field that an event knew; null, where nothing gave one,
// is not among them.
func (l *logChecker) had(e Event, field string) bool { return len(l.values(e, field)) > 0 }

func (l *logChecker) values(e Event, field string) []json.RawMessage {
	var out []json.RawMessage
	for _, before := range l.things[key{e.Kind, e.Object}] {
		if v, named := before.Fields[field]; named && !isNull(v) && e.knew(before.Actor, before.N) {
			out = append(out, v)
		}
	}
	return out
}

// other reports whether an event gives a field another value than any that it knew.
func (l *logChecker) other(e Event, field string) bool {
	now, named := e.Fields[field]
	if !named {
		return false
	}
	had := l.values(e, field)
	return len(had) > 0 && !slices.ContainsFunc(had, func(v json.RawMessage) bool { return sameJSON(v, now) })
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
	question, at := l.things[key{KindQuestion, text(e.Fields["question"])}], Date{}
	if e.Verb != VerbCreate || len(question) == 0 || at.UnmarshalText([]byte(text(e.Fields["at"]))) != nil {
		return
	}
	entered := DayOf(e.At)
	asked := slices.ContainsFunc(question, func(q Event) bool { return q.Verb == VerbCreate && e.knew(q.Actor, q.N) && DayOf(q.At) < entered })
	switch {
	case asked && at.latest+1 < entered:
		l.problem(I7, e, "this bears the day %s, and was entered on %s", at, entered)
	case at.earliest > entered+1:
		l.problem(I7, e, "this bears the day %s, and was entered on %s already", at, entered)
	}
	for _, q := range question {
		if v, named := q.Fields["resolution"]; named && !isNull(v) && q.Verb == VerbSet && e.knew(q.Actor, q.N) {
			l.problem(I8, e, "this was given when the question was resolved")
			return
		}
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
