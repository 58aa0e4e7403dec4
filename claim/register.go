// SPDX-License-Identifier: Apache-2.0

package claim

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
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
	judged [2]verdict      // of the last two states that were asked for
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
	put     entry // nil until it is asked for
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
	if err := e.fits(r.things[key{e.Kind, e.Object}]); err != nil {
		return fmt.Errorf("event %d of %s: %w", e.N, e.Actor, err)
	}
	r.heads[e.Actor] = head{n: e.N, hash: e.Hash()}
	r.fold(e)
	return nil
}

// fits refuses to make anew what the event knew to be there, and to change what it
// did not know of: else a second making would replace what is frozen. What two
// make without knowing of each other is a conflict.
func (e Event) fits(t *thing) error {
	made := t != nil && slices.ContainsFunc(t.created, func(v version) bool { return e.knew(v.actor, v.n) })
	switch {
	case made && e.Verb == VerbCreate:
		return errors.New("this is there already")
	case !made && e.Verb != VerbCreate:
		return errors.New("there is no such thing")
	}
	return nil
}

func (r *Register) fold(e Event) {
	t := r.thing(key{e.Kind, e.Object})
	t.put = nil
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
