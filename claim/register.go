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
	kinds  map[string][]string // of what was ever made, by id
	heads  map[string]head     // by actor
	hashes map[string][]string // of all events of an actor, to tell a second history from the same
	judged [2]verdict          // of the last two states that were asked for
	signed bool                // several keys fill it; see [Shared]
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
	past    map[string][]version // all values of what is [remembered]
	signed  bool                 // of a register that several keys fill
	puts    map[string]entry     // by who made it, what was asked for
}

// version is a value with the event that gave it.
type version struct {
	actor string
	n     int
	at    time.Time
	seen  map[string]int // what the event knew
	value json.RawMessage
}

func (v version) is(o version) bool { return v.actor == o.actor && v.n == o.n }

// knew reports whether the event was made in knowledge of another.
func (v version) knew(o version) bool {
	return Event{Actor: v.actor, N: v.n, Seen: v.seen}.knew(o.actor, o.n)
}

// What [Register.Apply] wraps where an event builds on others that have not come
// yet, where it has come before, and where another has come under its number: two
// work under one name, or somebody rewrote a log.
var (
	ErrMissing = errors.New("an earlier event is missing")
	ErrKnown   = errors.New("this event is already there")
	ErrForked  = errors.New("another event is there under this number; find out which of the two its author made")
)

// NewRegister gives an empty register.
func NewRegister() *Register {
	return &Register{things: make(map[key]*thing), kinds: make(map[string][]string), heads: make(map[string]head), hashes: make(map[string][]string)}
}

// Fold applies events that may be in any order, each once. Of each actor it takes
// the next as long as its causes are there, so that no order is slow.
func Fold(events []Event) (*Register, error) {
	r := NewRegister()
	waiting := make(map[string][]Event)
	for _, e := range events {
		waiting[e.Actor] = append(waiting[e.Actor], e)
	}
	actors := slices.Sorted(maps.Keys(waiting))
	for _, list := range waiting {
		slices.SortStableFunc(list, func(a, b Event) int { return cmp.Compare(a.N, b.N) })
	}
	for left := len(events); left > 0; {
		before := left
		for _, actor := range actors {
			n, err := r.applyAll(waiting[actor])
			if err != nil {
				return nil, err
			}
			waiting[actor] = waiting[actor][n:]
			left -= n
		}
		if left == before {
			return nil, missing(waiting, actors)
		}
	}
	return r, nil
}

// applyAll applies events of one actor until one lacks a cause, and counts them.
func (r *Register) applyAll(events []Event) (int, error) {
	for i, e := range events {
		if err := r.Apply(e); errors.Is(err, ErrMissing) {
			return i, nil
		} else if err != nil {
			return i, err
		}
	}
	return len(events), nil
}

func missing(waiting map[string][]Event, actors []string) error {
	first := slices.IndexFunc(actors, func(a string) bool { return len(waiting[a]) > 0 })
	e := waiting[actors[first]][0]
	return fmt.Errorf("event %d of %s: %w", e.N, e.Actor, ErrMissing)
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
		if r.hashes[e.Actor][e.N-1] != e.Hash() {
			return fmt.Errorf("event %d of %s: %w", e.N, e.Actor, ErrForked)
		}
		return ErrKnown
	case e.Prev != last.hash:
		return fmt.Errorf("event %d of %s does not follow from the one before", e.N, e.Actor)
	}
	if !r.knows(e.Seen) {
		return ErrMissing
	}
	if err := e.fits(r.things[key{e.Kind, e.Object}]); err != nil {
		return fmt.Errorf("event %d of %s: %w", e.N, e.Actor, err)
	}
	r.enter(e, e.Hash())
	return nil
}

// knows reports whether all is there that an event knew of others.
func (r *Register) knows(seen map[string]int) bool {
	for actor, n := range seen {
		if r.heads[actor].n < n {
			return false
		}
	}
	return true
}

// hash tells an event from all others. Where several keys fill the register, the
// casebook vouches for what an event knew: to write it out again for each change
// would cost whoever reads more than whoever wrote.
func (r *Register) hash(e Event) string {
	if r.signed && len(e.Seen) > 0 {
		total := 0 // which is less for whoever knew less of the same rows
		for _, n := range e.Seen {
			total += n
		}
		e.Seen = map[string]int{"": total}
	}
	return e.Hash()
}

// enter folds in an event of which nothing is to be asked any more.
func (r *Register) enter(e Event, hash string) {
	r.heads[e.Actor] = head{n: e.N, hash: hash}
	r.hashes[e.Actor] = append(r.hashes[e.Actor], hash)
	r.fold(e)
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

// otherwise gives the kind of which an event knew a thing under the id of another.
// People name things by their ids alone.
func (r *Register) otherwise(e Event) (kind string, found bool) {
	for _, kind := range r.kinds[e.Object] {
		t := r.things[key{kind, e.Object}]
		if kind != e.Kind && slices.ContainsFunc(t.created, func(v version) bool { return e.knew(v.actor, v.n) }) {
			return kind, true
		}
	}
	return "", false
}

func (r *Register) fold(e Event) {
	t := r.thing(key{e.Kind, e.Object})
	t.puts = nil
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
		t = &thing{fields: make(map[string][]version), grown: make(map[string][]version), signed: r.signed}
		r.things[k], r.kinds[k.object] = t, append(r.kinds[k.object], k.kind)
	}
	return t
}

func (t *thing) set(e Event) {
	t.remember(e)
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
	return version{actor: e.Actor, n: e.N, at: e.At.UTC().Truncate(time.Second), seen: e.Seen, value: value}
}

func (v version) compare(o version) int {
	return cmp.Or(v.at.Compare(o.at), cmp.Compare(v.actor, o.actor), cmp.Compare(v.n, o.n))
}
