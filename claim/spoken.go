// SPDX-License-Identifier: Apache-2.0

package claim

import (
	"slices"
	"sort"
)

// place is where an event stands, and what it knew.
type place struct {
	actor string
	n     int
	seen  map[string]int
}

func placeOf(e Event) place { return place{e.Actor, e.N, e.Seen} }

func (p place) knew(o place) bool {
	return Event{Actor: p.actor, N: p.n, Seen: p.seen}.knew(o.actor, o.n)
}

// word is what somebody said of a thing in their own name. Without anything said, it
// takes back what they knew to be said.
type word struct {
	in     place
	person string
	says   []string // sorted
}

func (w word) is(person, what string) bool {
	_, found := slices.BinarySearch(w.says, what)
	return found && w.person == person
}

// spoken is what was said of one thing, by the row in which it was. Of each row only
// the last word that somebody knew counts: who says the same a thousand times, or
// takes it back as often, makes nothing slow.
type spoken map[string][]word

func (s spoken) add(w word) { s[w.in.actor] = append(s[w.in.actor], w) }

// last gives of each row the last word that an event knew.
func (s spoken) last(e place) []word {
	var out []word
	for _, row := range s {
		if i := sort.Search(len(row), func(i int) bool { return !e.knew(row[i].in) }); i > 0 {
			out = append(out, row[i-1])
		}
	}
	return out
}

// said reports whether an event knew that a person had said something, and of no later
// word that takes it back.
func (s spoken) said(person, what string, e place) bool {
	last := s.last(e)
	return slices.ContainsFunc(last, func(w word) bool {
		back := func(b word) bool { return b.in.knew(w.in) && !b.is(person, what) }
		return w.is(person, what) && !slices.ContainsFunc(last, back)
	})
}

// standing gives the words that an event knew, without those that another of them
// replaced.
func (s spoken) standing(e place) []word {
	last := s.last(e)
	return slices.DeleteFunc(slices.Clone(last), func(w word) bool {
		return slices.ContainsFunc(last, func(b word) bool { return b.in.knew(w.in) })
	})
}

// whose is a decision or an evidence: who made it what it is, and who says what by it.
type whose struct{ made, said spoken }

// avowal is that a person says how a question resolves.
type avowal struct{ person, what string }

// list is in which field of which thing a person can stand beside others.
type list struct{ kind, object, field, person string }

// hear keeps what a person says in their own name.
func (s *Shared) hear(person string, e Event) {
	switch {
	case e.Kind == KindDecision || e.Kind == KindEvidence:
		s.hearOwn(person, e)
	case (e.Kind == KindPublication || e.Kind == KindReport) && (e.Verb == VerbSet || e.Verb == VerbCreate):
		s.hearLists(person, e)
	}
}

func (s *Shared) hearOwn(person string, e Event) {
	k, w := key{e.Kind, e.Object}, word{in: placeOf(e), person: person}
	of := s.whose[k]
	if of == nil {
		of = &whose{spoken{}, spoken{}}
		s.whose[k] = of
	}
	switch e.Verb {
	case VerbCreate, VerbSet:
		if d := decisionOf(e); d.Resolves() && d.By == person {
			w.says = []string{d.Suggestion}
			s.sayings[avowal{person, d.Suggestion}] = append(s.sayings[avowal{person, d.Suggestion}], k)
		}
		of.made.add(w)
	case VerbRestore: // only who made it brings it back: it is their word again
		for _, m := range of.made.standing(w.in) {
			w.says = union(w.says, m.says)
		}
	}
	if e.Kind == KindDecision {
		of.said.add(w)
	}
}

func decisionOf(e Event) *Decision {
	if e.Kind != KindDecision {
		return &Decision{}
	}
	return &Decision{Suggestion: text(e.Fields["suggestion"]), Choice: text(e.Fields["choice"]), Object: text(e.Fields["object"]), By: text(e.Fields["by"])}
}

// hearLists notes where in its lists a person has put their name; where they have not,
// they have taken it away.
func (s *Shared) hearLists(person string, e Event) {
	for _, field := range []string{"authors", "waivers"} {
		if _, named := e.Fields[field]; !named {
			continue
		}
		w := word{in: placeOf(e), person: person}
		for _, n := range namings(e.Change) {
			if n.field == field && slices.Contains(n.by, person) {
				w.says = append(w.says, n.what)
			}
		}
		slices.Sort(w.says)
		at := list{e.Kind, e.Object, field, person}
		if s.lists[at] == nil {
			s.lists[at] = spoken{}
		}
		s.lists[at].add(w)
	}
}

func union(a, b []string) []string {
	out := slices.Concat(a, b)
	slices.Sort(out)
	return slices.Compact(out)
}

// stands reports whether an event knew that a person stands behind something beside
// whom it names them.
func (s *Shared) stands(person string, n naming, e Event) bool {
	if n.field != "resolved_by" {
		return s.lists[list{e.Kind, e.Object, n.field, person}].said(person, n.what, placeOf(e))
	}
	return slices.ContainsFunc(s.sayings[avowal{person, n.what}], func(k key) bool {
		return s.whose[k].said.said(person, n.what, placeOf(e))
	})
}

// othersMade reports whether a thing would stand again in the name of somebody else, if
// a person brought it back.
func (s *Shared) othersMade(person string, e Event) bool {
	of := s.whose[key{e.Kind, e.Object}]
	return of != nil && slices.ContainsFunc(of.made.standing(placeOf(e)), func(w word) bool { return w.person != person })
}
