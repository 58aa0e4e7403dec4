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
	events, _ := s.eventsOf(Deed{Person: person, Actor: actor, Seen: s.register.others(actor), Changes: changes})
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
	switch {
	case e.Verb == VerbRestore && s.othersMade(person, e):
		return fmt.Sprintf("only who made %s brings it back: it speaks in their name", Article(e.Kind))
	case e.Verb == VerbRemove || e.Verb == VerbRestore:
		return ""
	case e.Kind == KindEvidence && e.Fields["by"] == nil:
		return "it would stand in the name of whoever spoke before; say by whom it is"
	case e.Kind == KindEvidence && e.Verb == VerbSet && len(e.Fields) < len(kinds()[KindEvidence].fields):
		return "it would stand in the words of whoever spoke before; give all of it: " + strings.Join(kinds()[KindEvidence].fields, ", ")
	case e.Kind == KindQuestion && !resolvedWhole(e.Fields):
		return "a resolution is given whole: " + strings.Join(resolved[:], ", ")
	}
	for _, name := range ownNames(e.Change) {
		if name != person {
			return fmt.Sprintf("it names %s as who did this; everybody signs for themselves", name)
		}
	}
	for _, n := range namings(e.Change) {
		for _, name := range union(nil, n.by) {
			if name != person && !s.stands(name, n, e) {
				return fmt.Sprintf("it names %s, who has not said so themselves", name)
			}
		}
	}
	return ""
}

// naming is that people stand behind something, in one field of a thing.
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
			out = append(out, naming{"resolved_by", q.VerdictKey(), q.ResolvedBy})
		}
	case KindPublication:
		var waivers []Waiver
		_ = json.Unmarshal(c.Fields["waivers"], &waivers) // that it can be read was asked before
		for _, w := range waivers {
			out = append(out, naming{"waivers", fmt.Sprintf("%q %q", w.Claim, w.Reason), w.By})
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
	return naming{"authors", "wrote", slices.DeleteFunc(all, func(a string) bool { return !isKey(a) })}
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
