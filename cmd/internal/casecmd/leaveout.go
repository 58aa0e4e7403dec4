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
	for n, name := range names {
		if slices.Contains(names[:n], name) {
			continue
		}
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

// Bounds on how much the rules are asked what would help.
const (
	mostTries   = 60
	mostChanges = 10_000 // of more, each try takes long
)

// search finds out which fields of refused changes are in the way, by asking the
// rules again without them: what it finds is known to help.
type search struct {
	file    *file
	at      time.Time
	changes []claim.Change
	tries   int // that were made
}

// try asks what the rules would refuse of changes. It is not ok if that cannot be
// told.
func (s *search) try(changes []claim.Change) (claim.Refusal, bool) {
	if s.tries++; s.tries > mostTries || len(changes) > mostChanges {
		return nil, false
	}
	err := s.file.admits("nobody", s.at, changes)
	refusal, refused := errors.AsType[claim.Refusal](err)
	return refusal, refused || err == nil
}

// culprits gives for each problem the fields of its thing without which it is
// gone. A field is taken out of all refused things at once, so that many rows
// with one mistake cost no more than one.
func (s *search) culprits(refusal claim.Refusal) map[claim.Problem][]string {
	has := s.refused(refusal)
	out := map[claim.Problem][]string{}
	for _, field := range allOf(has) {
		rest, ok := s.try(s.less(has, field))
		if !ok {
			break
		}
		still := make(map[claim.Problem]bool, len(rest))
		for _, p := range rest {
			still[p] = true
		}
		for _, p := range refusal {
			if slices.Contains(has[p.Object], field) && !still[p] {
				out[p] = append(out[p], field)
			}
		}
	}
	return out
}

// refused gives the refused things with the fields that they could do without.
func (s *search) refused(refusal claim.Refusal) map[string][]string {
	has := make(map[string][]string, len(refusal))
	for _, p := range refusal {
		has[p.Object] = []string{}
	}
	for _, c := range s.changes {
		if has[c.Object] != nil {
			has[c.Object] = append(has[c.Object], optional(c)...)
		}
	}
	return has
}

func allOf(lists map[string][]string) []string {
	all := slices.Concat(slices.Collect(maps.Values(lists))...)
	slices.Sort(all)
	return slices.Compact(all)
}

// less gives the changes without a field of the things that are refused. A change
// of nothing else is no change.
func (s *search) less(has map[string][]string, field string) []claim.Change {
	var out []claim.Change
	for _, c := range s.changes {
		if slices.Contains(has[c.Object], field) && slices.Contains(optional(c), field) {
			c = without(c, field)
		}
		if len(c.Fields) > 0 {
			out = append(out, c)
		}
	}
	return out
}

// mostNames is how many fields a command can name and still be read.
const mostNames = 20

// wayOut lists the fields, as ID.FIELD, without which all of the changes would be
// let in. It is nil where leaving fields out does not help.
func (s *search) wayOut(refusal claim.Refusal) []string {
	var names []string
	for len(refusal) > 0 {
		more := oneEach(refusal, s.culprits(refusal))
		changes, _, err := leaveOut(s.changes, more)
		if len(more) == 0 || err != nil || len(names)+len(more) > mostNames {
			return nil
		}
		rest, ok := s.try(changes)
		if !ok {
			return nil
		}
		names, s.changes, refusal = append(names, more...), changes, rest
	}
	return names
}

// oneEach picks for each refused thing the field that most of its problems hang
// on, or nothing at all if one of them has no such field.
func oneEach(refusal claim.Refusal, culprits map[claim.Problem][]string) []string {
	votes := map[string]map[string]int{}
	var order []string
	for _, p := range refusal {
		if len(culprits[p]) == 0 {
			return nil
		}
		if votes[p.Object] == nil {
			votes[p.Object] = map[string]int{}
			order = append(order, p.Object)
		}
		for _, field := range culprits[p] {
			votes[p.Object][field]++
		}
	}
	var names []string
	for _, object := range order {
		best := slices.MaxFunc(slices.Sorted(maps.Keys(votes[object])), func(a, b string) int { return votes[object][a] - votes[object][b] })
		names = append(names, object+"."+best)
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
