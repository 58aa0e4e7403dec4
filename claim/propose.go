// SPDX-License-Identifier: Apache-2.0

package claim

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Propose makes the next event of an actor, and refuses it where it would break
// a rule that holds now. The event is not applied: write it down first.
func (r *Register) Propose(actor string, at time.Time, c Change) (Event, error) {
	events, err := r.ProposeAll(actor, at, []Change{c})
	if err != nil {
		return Event{}, err
	}
	return events[0], nil
}

// ProposeAll makes events of changes that belong together, such as an import:
// the rules look at what all of them lead to. It gives all or none; its error is
// then a [Refusal], which names everything that is in the way.
func (r *Register) ProposeAll(actor string, at time.Time, changes []Change) ([]Event, error) {
	events, _, err := r.proposed(actor, at, changes)
	return events, err
}

// Preview gives the case to which changes would lead, and the error of
// [Register.ProposeAll] where they are refused. It is for those who have rules of
// their own.
func (r *Register) Preview(actor string, at time.Time, changes []Change) (Case, error) {
	_, next, err := r.proposed(actor, at, changes)
	if err != nil {
		return Case{}, err
	}
	return next.Case()
}

// proposed makes events of changes, and the register to which they lead.
func (r *Register) proposed(actor string, at time.Time, changes []Change) ([]Event, *Register, error) {
	before, err := r.problems()
	if err != nil {
		return nil, nil, err
	}
	next := &Register{things: maps.Clone(r.things), kinds: maps.Clone(r.kinds), heads: maps.Clone(r.heads), judged: r.judged, signed: r.signed}
	events := make([]Event, 0, len(changes))
	touched := make(map[string]bool, len(changes))
	var refused Refusal
	seen := next.others(actor) // which this adds nothing to
	for _, c := range changes {
		e := next.after(seen, actor, at, c)
		if err := cmp.Or(next.permits(e), r.stillOpen(c)); err != nil {
			refused = append(refused, Problem{Object: c.Object, Says: err.Error()})
			continue
		}
		k := key{e.Kind, e.Object}
		if t := next.things[k]; t != nil && t == r.things[k] {
			next.things[k] = t.clone() // the rest is shared with r
		}
		next.heads[actor] = head{n: e.N, hash: next.hash(e)}
		next.fold(e)
		events = append(events, e)
		touched[c.Object] = true
	}
	if len(refused) > 0 {
		return nil, nil, refused
	}
	after, err := next.problems()
	if err != nil {
		return nil, nil, err
	}
	r.judged[1] = next.judged[0]
	if refused = newProblems(touched, before, after); len(refused) > 0 {
		return nil, nil, refused
	}
	return events, next, loose(changes, before, after)
}

// Refusal is why changes are refused: each rule that they would break, and each
// change that cannot be made at all, which has no rule.
type Refusal []Problem

func (r Refusal) Error() string {
	s := r[0].Object + ": " + r[0].Says
	if r[0].Rule != "" {
		s += fmt.Sprintf(" (%s)", r[0].Rule)
	}
	if len(r) > 1 {
		s += fmt.Sprintf("; and %d more", len(r)-1)
	}
	return s
}

// verdict is what breaks the rules in one state. Heads tell states apart: each
// hash vouches for all that its actor did, and the order of arrival is without
// effect.
type verdict struct {
	heads    map[string]head
	problems []Problem
}

// problems checks the rules, unless this state has been checked before, as the
// last one or as the one to which the last proposal led.
func (r *Register) problems() ([]Problem, error) {
	for _, v := range r.judged {
		if v.heads != nil && maps.Equal(v.heads, r.heads) {
			r.judged[0] = v
			return v.problems, nil
		}
	}
	c, err := r.Case()
	if err != nil {
		return nil, err
	}
	r.judged[0] = verdict{maps.Clone(r.heads), c.Check()}
	return r.judged[0].problems, nil
}

// others gives what the register knows of all but one.
func (r *Register) others(actor string) map[string]int {
	var seen map[string]int
	for other, h := range r.heads {
		if other != actor {
			if seen == nil {
				seen = make(map[string]int)
			}
			seen[other] = h.n
		}
	}
	return seen
}

// after puts a change behind what its actor has, and what was seen of others.
func (r *Register) after(seen map[string]int, actor string, at time.Time, c Change) Event {
	last := r.heads[actor]
	return Event{Actor: actor, N: last.n + 1, Seen: seen, Prev: last.hash, At: at.UTC().Truncate(time.Second), Change: c}
}

// permits refuses what makes no sense, and changes to what is frozen.
func (r *Register) permits(e Event) error {
	if err := e.wellFormed(); err != nil {
		return err
	}
	t := r.things[key{e.Kind, e.Object}]
	exists := t != nil && len(t.created) > 0
	other, taken := r.otherwise(e)
	switch {
	case taken && r.signed && e.Verb == VerbCreate:
		return fmt.Errorf("%s is the id of %s already; take another", e.Object, Article(other))
	case exists && e.Verb == VerbCreate && !t.present():
		return errors.New("this was there and was removed; restore it, or take another id")
	case exists && e.Verb == VerbCreate:
		return errors.New("this is there already")
	case !exists && e.Verb != VerbCreate:
		return errors.New("there is no such thing")
	case (e.Verb == VerbSet || e.Verb == VerbAppend) && !t.present():
		return errors.New("this was removed; restore it first")
	case e.Verb == VerbRemove && !t.present():
		return errors.New("this was removed before; restore brings it back")
	case e.Verb == VerbSet:
		return r.keepsFrozen(e.Change, t)
	case e.Verb == VerbRemove:
		return r.keepsThing(e.Change, t)
	}
	return nil
}

// keepsFrozen refuses changes that no state could show afterwards: to the bytes
// of an original (I3), to a question that has forecasts and to the test of an
// indicator that was looked at (I8).
func (r *Register) keepsFrozen(c Change, t *thing) error {
	switch c.Kind {
	case KindDocument, KindLetter:
		return t.keepsBytes(c)
	case KindQuestion:
		return cmp.Or(r.keepsQuestion(c, t), t.keepsResolution(c))
	case KindPublication:
		return r.keepsRelease(c, t)
	case KindIndicator:
		return t.keepsTest(c)
	}
	return nil
}

func (t *thing) keepsBytes(c Change) error {
	now, changes := c.Fields["sha256"]
	if had := t.field("sha256"); changes && had != nil && !sameJSON(now, had) && !t.original("sha256", now) {
		return fmt.Errorf("the bytes of an original never change (%s); enter a derivative", I3)
	}
	return nil
}

func (r *Register) keepsQuestion(c Change, t *thing) error {
	var changed []string
	for _, field := range asks() {
		if now, ok := c.Fields[field]; ok && !sameValue(now, t.field(field)) {
			changed = append(changed, field)
		}
	}
	if len(changed) == 0 {
		return nil
	}
	forecasts := r.forecasts(c.Object)
	for _, field := range changed {
		if len(forecasts) > 0 && !t.knownTo(forecasts, field, c.Fields[field]) {
			return fmt.Errorf("%s is frozen since the first forecast (%s); make a new question with version_of %s", field, I8, c.Object)
		}
	}
	return nil
}

// sameValue takes null for absent.
func sameValue(now, had json.RawMessage) bool {
	if had == nil {
		return isNull(now)
	}
	return sameJSON(now, had)
}

func (t *thing) clone() *thing {
	return &thing{created: slices.Clone(t.created), removed: slices.Clone(t.removed), past: cloneLists(t.past), signed: t.signed, fields: cloneLists(t.fields), grown: cloneLists(t.grown)}
}

func cloneLists(m map[string][]version) map[string][]version {
	out := make(map[string][]version, len(m))
	for k, v := range m {
		out[k] = slices.Clone(v)
	}
	return out
}

// loose refuses to remove what something else still names. Whoever wants to see
// both gone removes the other first.
func loose(changes []Change, before, after []Problem) error {
	if !slices.ContainsFunc(changes, func(c Change) bool { return c.Verb == VerbRemove }) {
		return nil
	}
	known := setOf(before)
	for _, p := range after {
		if p.Rule == RuleReference && !known[p] {
			return fmt.Errorf("something else rests on this: without it, %s %s", p.Object, p.Says)
		}
	}
	return nil
}

func setOf(problems []Problem) map[Problem]bool {
	set := make(map[Problem]bool, len(problems))
	for _, p := range problems {
		set[p] = true
	}
	return set
}

// newProblems tells the rules that a thing would break and did not. What a change
// breaks elsewhere is no reason to refuse it, but for [loose] ends: a fact that
// takes away the second origin of a claim has to come in, and [Case.Check] tells
// about the claim.
func newProblems(touched map[string]bool, before, after []Problem) []Problem {
	known := setOf(before)
	return slices.DeleteFunc(slices.Clone(after), func(p Problem) bool {
		return !touched[p.Object] || known[p] || !p.Rule.stops()
	})
}
