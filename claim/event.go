// SPDX-License-Identifier: Apache-2.0

package claim

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Verb says what a change does.
type Verb string

// The verbs. Nothing is ever deleted: what is removed can be restored, and the
// log keeps both.
const (
	VerbCreate  Verb = "create"  // a thing, with the fields that its kind requires
	VerbSet     Verb = "set"     // fields; null takes a value back
	VerbAppend  Verb = "append"  // one element each to lists that only grow
	VerbRemove  Verb = "remove"  // a thing from what is shown
	VerbRestore Verb = "restore" // and back
)

// Change is what somebody wants done to one thing. A casebook carries it as a
// payload that it need not understand.
type Change struct {
	Verb   Verb                       `json:"verb"`
	Kind   string                     `json:"kind"`
	Object string                     `json:"object"` // its id
	Fields map[string]json.RawMessage `json:"fields,omitempty"`
}

// Event is a change with who made it, when, and after what. N counts the actor's
// own events from 1. Seen tells for every other actor up to which of their
// events this one knew, so that causes are told from coincidence whatever the
// clocks say. Prev is the [Event.Hash] of the actor's event before (I13).
type Event struct {
	Actor string         `json:"actor"`
	N     int            `json:"n"`
	Seen  map[string]int `json:"seen,omitempty"`
	At    time.Time      `json:"at"`
	Prev  string         `json:"prev_hash,omitempty"`
	Change
}

// MaxEvent is the largest event, in bytes of its JSON.
const MaxEvent = 1 << 20

// Hash is SHA-256 over the event's JSON, in hex.
func (e Event) Hash() string {
	b, err := json.Marshal(e)
	if err != nil {
		panic("claim: an event that was read cannot be written: " + err.Error())
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// MarshalJSON gives one form per event: no spaces, keys of maps sorted, the time
// in UTC to the second.
func (e Event) MarshalJSON() ([]byte, error) {
	type plain Event
	e.At = e.At.UTC().Truncate(time.Second)
	fields := make(map[string]json.RawMessage, len(e.Fields))
	for k, v := range e.Fields {
		b, err := compact(v)
		if err != nil {
			return nil, err
		}
		fields[k] = b
	}
	e.Fields = fields
	return json.Marshal(plain(e))
}

// compact gives JSON without spaces and with the keys of objects as they stand.
func compact(v json.RawMessage) (json.RawMessage, error) {
	b, err := json.Marshal(v)
	return json.RawMessage(b), err
}

// ParseEvent reads an event strictly.
func ParseEvent(b []byte) (Event, error) {
	if len(b) > MaxEvent {
		return Event{}, fmt.Errorf("not an event: %d bytes, more than %d", len(b), MaxEvent)
	}
	type plain Event
	var e plain
	if err := decodeStrictly(b, &e); err != nil {
		return Event{}, fmt.Errorf("not an event: %w", err)
	}
	return Event(e), Event(e).wellFormed()
}

// wellFormed checks what can be checked without any other event.
func (e Event) wellFormed() error {
	switch {
	case e.Actor == "":
		return errors.New("not an event: it names no actor")
	case e.N < 1:
		return errors.New("not an event: its number is below 1")
	case e.Object == "":
		return errors.New("not an event: it names no object")
	case (e.N > 1) != (e.Prev != ""):
		return errors.New("not an event: all but an actor's first name the hash of the one before")
	case e.At.IsZero():
		return errors.New("not an event: it has no time")
	}
	for actor, n := range e.Seen {
		if actor == e.Actor || n < 1 {
			return errors.New("not an event: seen counts the events of others, from 1")
		}
	}
	return e.Change.wellFormed()
}

func (c Change) wellFormed() error {
	if c.Object == "" {
		return errors.New("a change names no object")
	}
	k, ok := kinds()[c.Kind]
	if !ok {
		return fmt.Errorf("%q is no kind of thing that this version knows", c.Kind)
	}
	switch {
	case c.Kind == KindCase && c.Object != KindCase:
		return fmt.Errorf("a case is itself called %q", KindCase)
	case k.frozen && c.Verb == VerbSet:
		return fmt.Errorf("%s is not changed once it is made; make a new one", Article(k.name))
	case k.stays && c.Verb == VerbRemove:
		return fmt.Errorf("%s stays; make another that says what holds now", Article(k.name))
	}
	switch c.Verb {
	case VerbCreate, VerbSet, VerbAppend:
		return k.acceptsFields(c)
	case VerbRemove, VerbRestore:
		if len(c.Fields) > 0 {
			return fmt.Errorf("%s takes no fields", c.Verb)
		}
		return nil
	}
	return fmt.Errorf("%q is no verb; there are create, set, append, remove and restore", c.Verb)
}

// knew reports whether the event was made in knowledge of another.
func (e Event) knew(actor string, n int) bool {
	if actor == e.Actor {
		return n < e.N
	}
	return n <= e.Seen[actor]
}

// VerifyChain checks that each actor's events follow one another without a gap,
// that each names the hash of the one before it, and that all are there of which
// another knew (I13). The events may be in any order. That the end of the log is
// there nothing in it tells, where nobody has seen that end.
func VerifyChain(events []Event) error {
	chains := make(map[string][]Event)
	for _, e := range events {
		chains[e.Actor] = append(chains[e.Actor], e)
	}
	for _, actor := range slices.Sorted(maps.Keys(chains)) {
		if err := verifyOne(chains[actor]); err != nil {
			return fmt.Errorf("the log of %s does not verify: %w", actor, err)
		}
	}
	return verifySeen(events, chains)
}

func verifySeen(events []Event, chains map[string][]Event) error {
	for _, e := range events {
		for _, actor := range slices.Sorted(maps.Keys(e.Seen)) {
			if n := e.Seen[actor]; n > len(chains[actor]) {
				return fmt.Errorf("the log of %s does not verify: event %d is missing, of which event %d of %s knew", actor, n, e.N, e.Actor)
			}
		}
	}
	return nil
}

func verifyOne(chain []Event) error {
	slices.SortStableFunc(chain, func(a, b Event) int { return cmp.Compare(a.N, b.N) })
	prev := ""
	for i, e := range chain {
		if e.N != i+1 {
			return fmt.Errorf("event %d is missing, or is there twice", i+1)
		}
		if e.Prev != prev {
			return fmt.Errorf("event %d does not follow from the one before: one of the two was changed", e.N)
		}
		prev = e.Hash()
	}
	return nil
}
