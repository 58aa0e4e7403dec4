// SPDX-License-Identifier: Apache-2.0

package claim

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"time"
)

// Bounds of what one person does at one moment (spec/casebook.md §7).
const (
	MaxDeed    = 512 << 10 // bytes
	MaxChanges = 4096
)

// Deed is what one person did at one moment, as a casebook vouches for it. Person
// is who signed it: what stands for them wherever a thing names who did it. Actor
// is the row in which the deed stands; one person can have several. Seen tells how
// many events of other rows they knew ([Shared.Count]).
type Deed struct {
	Person  string
	Actor   string
	Seen    map[string]int
	At      time.Time
	Changes []Change
}

var changeNames = sync.OnceValue(func() typeNames { return namesBelow(reflect.TypeFor[Change]()) })

// EncodeChanges gives changes that belong together as a casebook carries them, in
// as few parts as the bounds allow.
func EncodeChanges(changes []Change) ([][]byte, error) {
	var parts [][]byte
	part, n := []byte("["), 0
	flush := func() {
		if n > 0 {
			parts = append(parts, append(part, ']'))
		}
		part, n = []byte("["), 0
	}
	for _, c := range changes {
		b, err := json.Marshal(c)
		if err != nil {
			return nil, err
		}
		if len(b) > MaxDeed-2 {
			return nil, fmt.Errorf("%s %s is too long to be told to colleagues: %d bytes, and no more than %d are taken", c.Kind, c.Object, len(b), MaxDeed-2)
		}
		if n == MaxChanges || len(part)+1+len(b)+1 > MaxDeed {
			flush()
		}
		if n++; n > 1 {
			part = append(part, ',')
		}
		part = append(part, b...)
	}
	flush()
	return parts, nil
}

// ParseChanges reads one such part, strictly. What the changes make of things is
// asked when they are folded in ([Shared.Take]).
func ParseChanges(b []byte) ([]Change, error) {
	if len(b) > MaxDeed {
		return nil, fmt.Errorf("%d bytes, more than %d", len(b), MaxDeed)
	}
	var changes []Change
	if err := decodeKnowing(b, &changes, changeNames()); err != nil {
		return nil, err
	}
	if len(changes) == 0 || len(changes) > MaxChanges {
		return nil, fmt.Errorf("%d changes; there are 1 to %d", len(changes), MaxChanges)
	}
	return changes, nil
}

// Shared is a register that several people fill, each with a key of their own. It
// takes deeds in any order that respects causes, and is the same after the same
// deeds. What does not fold it refuses, and the same everywhere, because each
// answer rests only on what the deed knew. The zero Shared is not usable; call
// [NewShared].
//
// It differs from a register in a file in one thing: whoever is named as having
// done something has signed it ([Shared.Forged]).
type Shared struct {
	register *Register
	events   []Event
	whose    map[key]*whose
	sayings  map[avowal][]key // decisions by which somebody says it
	lists    map[list]spoken
}

// NewShared gives an empty register.
func NewShared() *Shared {
	r := NewRegister()
	r.signed = true
	return &Shared{register: r, whose: map[key]*whose{}, sayings: map[avowal][]key{}, lists: map[list]spoken{}}
}

// Register is the register as it stands. It must not be changed.
func (s *Shared) Register() *Register { return s.register }

// Events lists what was taken in. It must not be changed. What an event names as the
// one before it has no proof in it: the casebook has.
func (s *Shared) Events() []Event { return s.events }

// Count is how many events of a row were taken in.
func (s *Shared) Count(actor string) int { return s.register.heads[actor].n }

// Take folds a deed in, all of it or nothing. An error says why it counts for
// nothing.
func (s *Shared) Take(d Deed) error {
	if y := d.At.UTC().Year(); y < 1 || y > 9999 {
		return errors.New("its day lies beyond all calendars")
	}
	for _, c := range d.Changes {
		if err := c.wellFormed(); err != nil {
			return fmt.Errorf("%s %s: %w", c.Kind, c.Object, err)
		}
	}
	events, hashes := s.eventsOf(d)
	if refused := s.forged(d.Person, events); len(refused) > 0 {
		return Refusal(refused)
	}
	if err := s.register.fitTogether(events); err != nil {
		return err
	}
	for i, e := range events {
		s.register.enter(e, hashes[i])
		s.hear(d.Person, e)
	}
	s.events = append(s.events, events...)
	return nil
}

// eventsOf puts a deed behind what its row has.
func (s *Shared) eventsOf(d Deed) (events []Event, hashes []string) {
	last := s.register.heads[d.Actor]
	for _, c := range d.Changes {
		e := Event{Actor: d.Actor, N: last.n + 1, Seen: d.Seen, At: d.At.UTC().Truncate(time.Second), Prev: last.hash, Change: c}
		last = head{e.N, s.register.hash(e)}
		events, hashes = append(events, e), append(hashes, last.hash)
	}
	return events, hashes
}

// fitTogether refuses events of one actor, next in their row, of which one could not
// be folded in.
func (r *Register) fitTogether(events []Event) error {
	there := map[key]bool{} // what stands after those before
	made := map[string]string{}
	for _, e := range events {
		k := key{e.Kind, e.Object}
		other, taken := r.otherwise(e)
		if kind, before := made[e.Object]; before && kind != e.Kind {
			other, taken = kind, true
		}
		switch {
		case taken && e.Verb == VerbCreate:
			return fmt.Errorf("%s is the id of %s already", e.Object, Article(other))
		case !r.knows(e.Seen):
			return ErrMissing
		case there[k] && e.Verb == VerbCreate:
			return fmt.Errorf("%s %s is made twice", e.Kind, e.Object)
		case !there[k]:
			if err := e.fits(r.things[k]); err != nil {
				return fmt.Errorf("%s %s: %w", e.Kind, e.Object, err)
			}
		}
		there[k] = true
		if e.Verb == VerbCreate {
			made[e.Object] = e.Kind
		}
	}
	return nil
}
