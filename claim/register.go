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

// Register folds events into a case. The zero Register is not usable; call
// [NewRegister].
//
// Each field of each thing keeps the values that no later event knew and
// replaced (a multi-value register, Shapiro et al. 2011). There is one as long
// as people work one after the other. Two who change one field without knowing
// of each other leave two: [Register.Case] shows the one that was made later by
// the clock, and [Register.Conflicts] shows both until somebody sets the field
// again. Nothing that was accepted is lost, and the order of arrival leaves no
// trace.
type Register struct {
	things map[key]*thing
	heads  map[string]head // by actor
}

type key struct{ kind, object string }

type head struct {
	n    int
	hash string
}

type thing struct {
	created []version
	fields  map[string][]version
	grown   map[string][]version
	removed []version
}

// version is a value with the event that gave it.
type version struct {
	actor string
	n     int
	at    time.Time
	value json.RawMessage
}

// What [Register.Apply] wraps where an event builds on others that have not come
// yet, and where it has come before.
var (
	ErrMissing = errors.New("an earlier event is missing")
	ErrKnown   = errors.New("this event is already there")
)

// NewRegister gives an empty register.
func NewRegister() *Register {
	return &Register{things: make(map[key]*thing), heads: make(map[string]head)}
}

// Fold applies events that may be in any order, each once.
func Fold(events []Event) (*Register, error) {
	r := NewRegister()
	for rest := events; len(rest) > 0; {
		var later []Event
		for _, e := range rest {
			err := r.Apply(e)
			if errors.Is(err, ErrMissing) {
				later = append(later, e)
			} else if err != nil {
				return nil, err
			}
		}
		if len(later) == len(rest) {
			return nil, fmt.Errorf("event %d of %s: %w", later[0].N, later[0].Actor, ErrMissing)
		}
		rest = later
	}
	return r, nil
}

// Apply folds one event in. It wraps [ErrMissing] where the event's causes have
// not been applied, and refuses an event that is out of its chain. The editorial
// rules do not matter here: what a colleague's desk has accepted is taken, and
// [Case.Check] tells what it broke.
func (r *Register) Apply(e Event) error {
	if err := e.wellFormed(); err != nil {
		return err
	}
	last := r.heads[e.Actor]
	switch {
	case e.N > last.n+1:
		return ErrMissing
	case e.N <= last.n:
		return ErrKnown
	case e.Prev != last.hash:
		return fmt.Errorf("event %d of %s does not follow from the one before", e.N, e.Actor)
	}
	for actor, n := range e.Seen {
		if r.heads[actor].n < n {
			return ErrMissing
		}
	}
	r.heads[e.Actor] = head{n: e.N, hash: e.Hash()}
	r.fold(e)
	return nil
}

func (r *Register) fold(e Event) {
	t := r.thing(key{e.Kind, e.Object})
	switch e.Verb {
	case VerbCreate:
		t.created = supersede(t.created, e, nil)
		t.set(e)
		t.removed = supersede(t.removed, e, json.RawMessage("false"))
	case VerbSet:
		t.set(e)
		t.removed = supersede(t.removed, e, json.RawMessage("false"))
	case VerbAppend:
		for name, v := range e.Fields {
			t.grown[name] = append(t.grown[name], versionOf(e, v))
		}
		t.removed = supersede(t.removed, e, json.RawMessage("false"))
	case VerbRemove:
		t.removed = supersede(t.removed, e, json.RawMessage("true"))
	case VerbRestore:
		t.removed = supersede(t.removed, e, json.RawMessage("false"))
	}
}

func (r *Register) thing(k key) *thing {
	t := r.things[k]
	if t == nil {
		t = &thing{fields: make(map[string][]version), grown: make(map[string][]version)}
		r.things[k] = t
	}
	return t
}

func (t *thing) set(e Event) {
	for name, v := range e.Fields {
		t.fields[name] = supersede(t.fields[name], e, v)
	}
}

// supersede drops what the event knew of, and adds its value.
func supersede(list []version, e Event, value json.RawMessage) []version {
	list = slices.DeleteFunc(list, func(v version) bool { return e.knew(v.actor, v.n) })
	return append(list, versionOf(e, value))
}

func versionOf(e Event, value json.RawMessage) version {
	return version{actor: e.Actor, n: e.N, at: e.At.UTC().Truncate(time.Second), value: value}
}

func (v version) compare(o version) int {
	return cmp.Or(v.at.Compare(o.at), cmp.Compare(v.actor, o.actor), cmp.Compare(v.n, o.n))
}

// shown picks the value that counts until a conflict is resolved.
func shown(list []version) version { return slices.MaxFunc(list, version.compare) }

// Case gives the case as it stands. Things are in the order in which they were
// made, by the clock and then by the name of who made them.
func (r *Register) Case() (Case, error) {
	var c Case
	for _, k := range r.order() {
		b, err := r.things[k].encode(k.object)
		if err != nil {
			return Case{}, err
		}
		if err := kinds()[k.kind].decode(b, &c); err != nil {
			return Case{}, fmt.Errorf("%s %s: %w", k.kind, k.object, err)
		}
	}
	return c, nil
}

// order lists what was made and is not removed.
func (r *Register) order() []key {
	var keys []key
	for k, t := range r.things {
		if t.present() {
			keys = append(keys, k)
		}
	}
	made := func(k key) version { return slices.MinFunc(r.things[k].created, version.compare) }
	slices.SortFunc(keys, func(a, b key) int {
		return cmp.Or(made(a).compare(made(b)), cmp.Compare(a.kind, b.kind), cmp.Compare(a.object, b.object))
	})
	return keys
}

// present reports whether the thing was made and is not removed.
func (t *thing) present() bool {
	return len(t.created) > 0 && string(shown(t.removed).value) == "false"
}

func (t *thing) encode(id string) ([]byte, error) {
	fields := make(map[string]json.RawMessage, len(t.fields))
	for name, list := range t.fields {
		fields[name] = shown(list).value
	}
	for name, list := range t.grown {
		whole, err := t.grow(name, list)
		if err != nil {
			return nil, err
		}
		fields[name] = whole
	}
	return assemble(id, fields)
}

// grow joins what a list began with and what was appended, in the order of the
// clock.
func (t *thing) grow(name string, appended []version) (json.RawMessage, error) {
	var elements []json.RawMessage
	if list := t.fields[name]; len(list) > 0 {
		if err := json.Unmarshal(shown(list).value, &elements); err != nil {
			return nil, err
		}
	}
	for _, v := range slices.SortedFunc(slices.Values(appended), version.compare) {
		elements = append(elements, v.value)
	}
	return json.Marshal(elements)
}

// Conflict is a field to which people who did not know of each other gave
// different values.
type Conflict struct {
	Kind   string  `json:"kind"`
	Object string  `json:"object"`
	Field  string  `json:"field"`  // “removed” where one removed what the other changed
	Values []Value `json:"values"` // the first is shown
}

// Value is one of the values of a conflict.
type Value struct {
	Value json.RawMessage `json:"value"`
	Actor string          `json:"actor"`
	At    time.Time       `json:"at"`
}

// Conflicts lists what waits for a choice. Setting the field again, by anybody
// who has all the events, settles it.
func (r *Register) Conflicts() []Conflict {
	var out []Conflict
	for k, t := range r.things {
		for name, list := range t.fields {
			out = appendConflict(out, k, name, list)
		}
		out = appendConflict(out, k, "removed", t.removed)
	}
	slices.SortFunc(out, func(a, b Conflict) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Object, b.Object), cmp.Compare(a.Field, b.Field))
	})
	return out
}

func appendConflict(out []Conflict, k key, field string, list []version) []Conflict {
	sorted := slices.SortedFunc(slices.Values(list), func(a, b version) int { return b.compare(a) })
	differ := slices.ContainsFunc(sorted, func(v version) bool { return !sameJSON(v.value, sorted[0].value) })
	if !differ {
		return out
	}
	c := Conflict{Kind: k.kind, Object: k.object, Field: field}
	for _, v := range sorted {
		c.Values = append(c.Values, Value{Value: v.value, Actor: v.actor, At: v.at})
	}
	return append(out, c)
}

func sameJSON(a, b json.RawMessage) bool {
	x, errX := compact(a)
	y, errY := compact(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

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
// the rules look at what all of them lead to. It gives all or none.
func (r *Register) ProposeAll(actor string, at time.Time, changes []Change) ([]Event, error) {
	before, err := r.Case()
	if err != nil {
		return nil, err
	}
	next := &Register{things: maps.Clone(r.things), heads: maps.Clone(r.heads)}
	events := make([]Event, 0, len(changes))
	touched := make(map[string]bool, len(changes))
	for i, c := range changes {
		e := next.event(actor, at, c)
		if err := next.permits(e, &before, i == 0); err != nil {
			return nil, fmt.Errorf("%s %s: %w", c.Kind, c.Object, err)
		}
		k := key{e.Kind, e.Object}
		if t := next.things[k]; t != nil && t == r.things[k] {
			next.things[k] = t.clone() // the rest is shared with r
		}
		next.heads[actor] = head{n: e.N, hash: e.Hash()}
		next.fold(e)
		events = append(events, e)
		touched[c.Object] = true
	}
	after, err := next.Case()
	if err != nil {
		return nil, err
	}
	return events, newProblem(touched, before.Check(), after.Check())
}

// event puts a change after all that the register knows.
func (r *Register) event(actor string, at time.Time, c Change) Event {
	last := r.heads[actor]
	e := Event{Actor: actor, N: last.n + 1, Prev: last.hash, At: at.UTC().Truncate(time.Second), Change: c}
	for other, h := range r.heads {
		if other != actor {
			if e.Seen == nil {
				e.Seen = make(map[string]int)
			}
			e.Seen[other] = h.n
		}
	}
	return e
}

// permits refuses what makes no sense, and changes to what is frozen. Before is
// the case at the start of a batch.
func (r *Register) permits(e Event, before *Case, first bool) error {
	if err := e.wellFormed(); err != nil {
		return err
	}
	t := r.things[key{e.Kind, e.Object}]
	exists := t != nil && len(t.created) > 0
	switch {
	case exists && e.Verb == VerbCreate:
		return errors.New("this is there already")
	case !exists && e.Verb != VerbCreate:
		return errors.New("there is no such thing")
	case (e.Verb == VerbSet || e.Verb == VerbAppend) && !t.present():
		return errors.New("this was removed; restore it first")
	}
	if e.Verb == VerbSet && !first {
		now, err := r.Case()
		if err != nil {
			return err
		}
		before = &now
	}
	return before.keepsFrozen(e.Change)
}

func (t *thing) clone() *thing {
	return &thing{created: slices.Clone(t.created), removed: slices.Clone(t.removed), fields: cloneLists(t.fields), grown: cloneLists(t.grown)}
}

func cloneLists(m map[string][]version) map[string][]version {
	out := make(map[string][]version, len(m))
	for k, v := range m {
		out[k] = slices.Clone(v)
	}
	return out
}

// newProblem tells the first rule that a thing would break and did not. What a
// change breaks elsewhere is no reason to refuse it: a fact that takes away the
// second origin of a claim has to come in, and [Case.Check] tells about the claim.
func newProblem(touched map[string]bool, before, after []Problem) error {
	known := make(map[Problem]bool, len(before))
	for _, p := range before {
		known[p] = true
	}
	for _, p := range after {
		if touched[p.Object] && !known[p] && p.Rule.stops() {
			return fmt.Errorf("%s: %s (%s)", p.Object, p.Says, p.Rule)
		}
	}
	return nil
}

// Changes gives a case as the changes that make it, in an order that a register
// accepts.
func (c Case) Changes() ([]Change, error) {
	var out []Change
	add := func(kind string, list any) error {
		made, err := changesOf(kind, list)
		out = append(out, made...)
		return err
	}
	return out, errors.Join(
		add(KindCase, []caseFields{{ID: "case", Case: c.Case, Note: c.Note}}), add(KindParty, c.Parties), add(KindSource, c.Sources),
		add(KindDocument, c.Documents), add(KindLetter, c.Letters), add(KindSpan, c.Spans), add(KindClaim, c.Claims), add(KindUtterance, c.Utterances),
		add(KindEvidence, c.Evidence), add(KindMeasurand, c.Measurands), add(KindEstimate, c.Estimates), add(KindQuestion, c.Questions),
		add(KindIndicator, c.Indicators), add(KindForecast, c.Forecasts), add(KindAssessment, c.Assessments), add(KindReport, c.Reports),
		add(KindPublication, c.Publications), add(KindCorrection, c.Corrections), add(KindSignOff, c.SignOffs), add(KindDecision, c.Decisions))
}

func changesOf(kind string, list any) ([]Change, error) {
	b, err := json.Marshal(list)
	if err != nil {
		return nil, err
	}
	var things []map[string]json.RawMessage
	if err := json.Unmarshal(b, &things); err != nil {
		return nil, err
	}
	var out []Change
	for _, fields := range things {
		var id string
		if err := json.Unmarshal(fields["id"], &id); err != nil {
			return nil, err
		}
		delete(fields, "id")
		out = append(out, Change{Verb: VerbCreate, Kind: kind, Object: id, Fields: fields})
	}
	return out, nil
}
