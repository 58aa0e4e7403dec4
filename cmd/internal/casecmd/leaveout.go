// SPDX-License-Identifier: Apache-2.0

package casecmd

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"

	"tamizdat/claim"
	"tamizdat/internal/cli"
)

// leaveOut takes fields out of changes that make things, and tells what they
// said. Each is named as ID.FIELD; a name that means nothing is refused, lest
// somebody believe that it was left out.
func leaveOut(changes []claim.Change, names []string) ([]claim.Change, []string, error) {
	changes = slices.Clone(changes)
	var said []string
	for _, name := range names {
		i, field, err := fieldNamed(changes, name)
		if err != nil {
			return nil, nil, err
		}
		said = append(said, fmt.Sprintf("%s (%s)", name, short(thing(changes[i].Fields).text(field))))
		changes[i] = without(changes[i], field)
	}
	return changes, said, nil
}

func without(c claim.Change, field string) claim.Change {
	c.Fields = maps.Clone(c.Fields)
	delete(c.Fields, field)
	return c
}

// fieldNamed finds what ID.FIELD means. An id can have dots, a field has none.
func fieldNamed(changes []claim.Change, name string) (at int, field string, err error) {
	dot := strings.LastIndexByte(name, '.')
	if dot < 1 {
		return 0, "", cli.Usagef("--leave-out %q has not the form ID.FIELD, such as Q1.resolution", name)
	}
	id, field := name[:dot], name[dot+1:]
	var of []int
	for i, c := range changes {
		if c.Object == id {
			of = append(of, i)
		}
	}
	if len(of) == 0 {
		return 0, "", cli.Usagef("--leave-out %s: there is no %s in the case", name, id)
	}
	var has []string
	found := slices.DeleteFunc(slices.Clone(of), func(i int) bool {
		has = append(has, optional(changes[i])...)
		return !slices.Contains(optional(changes[i]), field)
	})
	switch {
	case len(found) > 1:
		return 0, "", cli.Usagef("--leave-out %s: two things of different kinds have this id and field", name)
	case len(found) == 0:
		return 0, "", cli.Usagef("--leave-out %s: %s %s has no such field that it could do without; it has %s", name, changes[of[0]].Kind, id, strings.Join(has, ", "))
	}
	return found[0], field, nil
}

// optional lists the fields that a change could do without.
func optional(c claim.Change) []string {
	_, required := claim.Fields(c.Kind)
	return slices.DeleteFunc(slices.Sorted(maps.Keys(c.Fields)), func(field string) bool {
		return c.Verb == claim.VerbCreate && slices.Contains(required, field)
	})
}

// mostTries bounds how often the rules are asked what would help.
const mostTries = 200

// search finds out which fields of refused changes are in the way, by asking the
// rules again without them: what it finds is certain to help.
type search struct {
	file    *file
	at      time.Time
	changes []claim.Change
	left    int // tries
}

// culprits lists the fields of a refused thing without which the problem is gone,
// those first that take most other problems with them.
func (s *search) culprits(p claim.Problem) []string {
	type found struct {
		field string
		left  int
	}
	var list []found
	for i, c := range s.changes {
		if c.Object != p.Object {
			continue
		}
		for _, field := range optional(c) {
			changes := slices.Clone(s.changes)
			if changes[i] = without(c, field); len(changes[i].Fields) == 0 {
				changes = slices.Delete(changes, i, i+1)
			}
			if rest, ok := s.try(changes); ok && !slices.Contains(rest, p) {
				list = append(list, found{field, len(rest)})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b found) int { return a.left - b.left })
	var out []string
	for _, f := range list {
		out = append(out, f.field)
	}
	return out
}

// try asks what the rules would refuse. It is not ok if that cannot be told.
func (s *search) try(changes []claim.Change) (claim.Refusal, bool) {
	if s.left--; s.left < 0 {
		return nil, false
	}
	if len(changes) == 0 {
		return nil, true
	}
	_, err := s.file.register.ProposeAll("nobody", s.at, changes)
	refusal, refused := errors.AsType[claim.Refusal](err)
	return refusal, refused || err == nil
}

// wayOut lists the fields without which all of the changes would be let in. It is
// nil where leaving fields out does not help.
func (s *search) wayOut(refusal claim.Refusal) []string {
	var names []string
	for len(refusal) > 0 {
		p := refusal[0]
		fields := s.culprits(p)
		if len(fields) == 0 {
			return nil
		}
		name := p.Object + "." + fields[0]
		changes, _, err := leaveOut(s.changes, []string{name})
		if err != nil {
			return nil
		}
		rest, ok := s.try(changes)
		if !ok {
			return nil
		}
		names, s.changes, refusal = append(names, name), changes, rest
	}
	return names
}

// word writes a word as a shell takes it.
func word(s string) string {
	odd := func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-_./:=@%+,", r)
	}
	if s != "" && !strings.ContainsFunc(s, odd) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
