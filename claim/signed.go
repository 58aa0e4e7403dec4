// SPDX-License-Identifier: Apache-2.0

package claim

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Who is named as having done something, and by what right. In a log file such a
// name is what somebody typed; in a [Shared] register it is a key, and stands there
// because its holder put it there.

// Forged lists what would sign for somebody else if a person did it now, in a row
// of theirs. Of a deed that comes from elsewhere [Shared.Take] asks the same.
//
// A name is one's own, or is carried over: who resolves a question can name
// another who has decided the same, and a list of authors or of those who waive
// keeps who put themselves there.
func (s *Shared) Forged(person, actor string, changes []Change) []Problem {
	var odd []Problem
	for _, c := range changes {
		if err := c.wellFormed(); err != nil {
			odd = append(odd, Problem{Object: c.Object, Says: err.Error()})
		}
	}
	if len(odd) > 0 {
		return odd
	}
	seen := map[string]int{}
	for other, h := range s.register.heads {
		if other != actor {
			seen[other] = h.n
		}
	}
	events, _ := s.eventsOf(Deed{Person: person, Actor: actor, Seen: seen, Changes: changes})
	return s.forged(person, events)
}

func (s *Shared) forged(person string, events []Event) []Problem {
	var out []Problem
	for _, e := range events {
		if says := s.misnames(person, e); says != "" {
			out = append(out, Problem{Object: e.Object, Says: says})
		}
	}
	return out
}

// misnames says by which name an event signs for somebody else, or nothing.
func (s *Shared) misnames(person string, e Event) string {
	k := key{e.Kind, e.Object}
	switch {
	case e.Verb == VerbRestore && s.made("", e, k) && !s.made(person, e, k):
		return fmt.Sprintf("only who made %s brings it back: it speaks in their name", Article(e.Kind))
	case e.Verb == VerbRemove || e.Verb == VerbRestore:
		return ""
	case e.Kind == KindEvidence && e.Fields["by"] == nil:
		return "it would stand in the name of whoever spoke before; say by whom it is"
	case e.Kind == KindQuestion && !resolvedWhole(e.Fields):
		return "a resolution is given whole: " + strings.Join(resolved[:], ", ")
	}
	for _, name := range ownNames(e.Change) {
		if name != person {
			return fmt.Sprintf("it names %s as who did this; everybody signs for themselves", name)
		}
	}
	for _, n := range namings(e.Change) {
		for _, name := range n.by {
			if name != person && !s.said(name, n.what, e) {
				return fmt.Sprintf("it names %s, who has not said so themselves", name)
			}
		}
	}
	return ""
}

// made reports whether an event knew that a person, "" for anybody, had made a thing.
func (s *Shared) made(person string, e Event, k key) bool {
	return slices.ContainsFunc(s.makers[k], func(w word) bool {
		return (person == "" || w.person == person) && e.knew(w.in.Actor, w.in.N)
	})
}

// said reports whether an event knew that a person had said something, and of no
// later word of theirs that takes it back.
func (s *Shared) said(person, what string, e Event) bool {
	words := s.words[what]
	return slices.ContainsFunc(words, func(w word) bool {
		return w.person == person && !w.back && e.knew(w.in.Actor, w.in.N) && !slices.ContainsFunc(words, func(b word) bool {
			return b.back && b.person == person && b.object == w.object && e.knew(b.in.Actor, b.in.N) && b.in.knew(w.in.Actor, w.in.N)
		})
	})
}

// hear keeps what a person says in their own name.
func (s *Shared) hear(person string, e Event) {
	in := Event{Actor: e.Actor, N: e.N, Seen: e.Seen}
	k := key{e.Kind, e.Object}
	if e.Verb == VerbCreate && (e.Kind == KindDecision || e.Kind == KindEvidence) {
		w := word{person: person, object: e.Object, what: decided(text(e.Fields["suggestion"])), in: in}
		s.makers[k] = append(s.makers[k], w)
		if e.Kind == KindDecision && text(e.Fields["by"]) == person {
			s.words[w.what] = append(s.words[w.what], w)
		}
	}
	if e.Verb == VerbRemove {
		for _, w := range s.makers[k] {
			s.words[w.what] = append(s.words[w.what], word{w.person, w.object, w.what, true, in})
		}
	}
	s.hearLists(person, e, in)
}

// hearLists notes in which lists a person has put their name, and from which they
// have taken it.
func (s *Shared) hearLists(person string, e, in Event) {
	if e.Verb != VerbSet && e.Verb != VerbCreate {
		return
	}
	for _, field := range []string{"authors", "waivers"} {
		if _, named := e.Fields[field]; !named || e.Kind != KindPublication && e.Kind != KindReport {
			continue
		}
		var now []string
		for _, n := range namings(e.Change) {
			if n.field == field && slices.Contains(n.by, person) {
				now = append(now, n.what)
			}
		}
		list := quoted(e.Kind) + quoted(e.Object) + field + " " + person
		for _, what := range s.under[list] {
			if !slices.Contains(now, what) {
				s.words[what] = append(s.words[what], word{person, e.Object, what, true, in})
			}
		}
		for _, what := range now {
			s.words[what] = append(s.words[what], word{person, e.Object, what, false, in})
		}
		s.under[list] = union(s.under[list], now)
	}
}

func union(a, b []string) []string {
	out := slices.Concat(a, b)
	slices.Sort(out)
	return slices.Compact(out)
}

func decided(suggestion string) string { return "decided " + suggestion }

// naming is that people stand behind something.
type naming struct {
	field, what string
	by          []string
}

// ownNames lists who is said to have done what a change makes.
func ownNames(c Change) []string {
	var names []string
	for _, field := range ownFields(c.Kind) {
		if v, named := c.Fields[field]; named && !isNull(v) {
			names = append(names, text(v))
		}
	}
	if c.Kind == KindIndicator {
		for _, look := range checksOf(c.Verb, c.Fields["checks"]) {
			if look.By != "" {
				names = append(names, look.By)
			}
		}
	}
	return names
}

// ownFields are the fields of a kind in which people stand for themselves alone.
func ownFields(kind string) []string {
	switch kind {
	case KindForecast, KindCorrection, KindDecision, KindEvidence:
		return []string{"by"}
	case KindAssessment:
		return []string{"author", "reviewer"}
	case KindSignOff:
		return []string{"person"}
	}
	return nil
}

// namings lists who stands in the lists of a change beside others.
func namings(c Change) []naming {
	var out []naming
	switch c.Kind {
	case KindQuestion:
		q, ok := questionOf(c)
		if ok {
			out = append(out, naming{"resolved_by", decided(q.VerdictKey()), q.ResolvedBy})
		}
	case KindPublication:
		var waivers []Waiver
		_ = json.Unmarshal(c.Fields["waivers"], &waivers) // that it can be read was asked before
		for _, w := range waivers {
			out = append(out, naming{"waivers", fmt.Sprintf("waived %q %q %q", c.Object, w.Claim, w.Reason), w.By})
		}
		out = append(out, authorsOf(c))
	case KindReport:
		out = append(out, authorsOf(c))
	}
	return out
}

// authorsOf lists the authors who are people of the newsroom. Others can be named
// by anybody, and sign nothing.
func authorsOf(c Change) naming {
	var all []string
	_ = json.Unmarshal(c.Fields["authors"], &all)
	return naming{"authors", fmt.Sprintf("wrote %s %q", c.Kind, c.Object), slices.DeleteFunc(all, func(a string) bool { return !isKey(a) })}
}

// isKey reports whether two who are told apart by capital letters and spaces alone
// would take a name for a key.
func isKey(name string) bool {
	name = strings.ReplaceAll(person(name), " ", "")
	return len(name) == 64 && strings.Trim(name, "0123456789abcdef") == ""
}

func questionOf(c Change) (q Question, ok bool) {
	q.ID = c.Object
	for field, into := range map[string]any{"resolution": &q.Resolution, "resolved_at": &q.ResolvedAt, "resolved_by": &q.ResolvedBy, "resolution_document": &q.ResolutionDocument} {
		v, named := c.Fields[field]
		ok = ok || named
		if named && json.Unmarshal(v, into) != nil {
			return q, false
		}
	}
	return q, ok
}

// resolvedWhole reports whether all that says how a question ended is given, or
// nothing of it: half of a resolution would stand over the names under the other.
func resolvedWhole(fields map[string]json.RawMessage) bool {
	n := 0
	for _, name := range resolved {
		if _, named := fields[name]; named {
			n++
		}
	}
	return n == 0 || n == len(resolved)
}
