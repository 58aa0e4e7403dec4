// SPDX-License-Identifier: Apache-2.0

// Package casebook is what desks know in common: events that journalists sign,
// which make the same state at every desk, whatever the order in which they come
// (spec/casebook.md).
//
// Begin with [New]. [Sign] makes an event, [Parse] and [Unverified.Verify] let one
// in, [Book.Add] takes it in as soon as all that it knows is there. [Register] is
// the fold of fields that people set: what two set without knowing of each other
// is kept and shown for a choice. [Pack] and [Assembler] carry events in the
// segments of the desk log.
//
// It refuses what nobody of the newsroom signed, and believes no clock. It knows
// neither disk nor network: whoever calls it writes an event down before telling
// anybody of it.
//
// Payloads are bytes here. Their kinds belong to the rooms that own them.
package casebook

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"

	"tamizdat/letter/wire"
)

// Bounds of an event (spec/casebook.md §1).
const (
	MaxPayload = 512 << 10
	MaxCauses  = 64
	// MaxEvent is the greatest length of an event in bytes.
	MaxEvent = 529_372
)

// Errors on which callers branch.
var (
	// ErrMalformed means that the bytes are no event, segment or history.
	ErrMalformed = errors.New("malformed")
	// ErrForeign means that an event is of another newsroom, or that nobody of this
	// one signed it.
	ErrForeign = errors.New("this event is nobody's in this newsroom")
	// ErrFull means that too much waits for what has not come. It will be sent again.
	ErrFull = errors.New("too many events wait for others that have not come")
)

// A Chain is what one author wrote in one incarnation of a desk.
type Chain struct {
	Author      wire.JournalistID
	Incarnation uint32
}

// Compare orders chains as their bytes do.
func (c Chain) Compare(o Chain) int {
	return cmp.Or(bytes.Compare(c.Author[:], o.Author[:]), cmp.Compare(c.Incarnation, o.Incarnation))
}

// String is short and for people who look for a fault.
func (c Chain) String() string { return fmt.Sprintf("%x/%d", c.Author[:4], c.Incarnation) }

// A Cause names an event in its place.
type Cause struct {
	Chain Chain
	N     uint64
	ID    wire.Hash
}

// Body is an event as its author means it.
type Body struct {
	Newsroom wire.NewsroomKey
	Chain    Chain
	N        uint64    // in its chain, from 1
	Prev     wire.Hash // id of the one before, zeros for the first
	At       int64     // Unix seconds of the author's clock
	Causes   []Cause   // ascending by chain, none of its own
	Kind     string
	Payload  []byte
}

// Event is one whose signature was checked. Its fields are for reading.
type Event struct {
	body
	id  wire.Hash
	raw []byte
}

type body = Body

// ID is the event's id, which does not depend on the signature.
func (e *Event) ID() wire.Hash { return e.id }

// Bytes is the event with its signature. It must not be changed.
func (e *Event) Bytes() []byte { return e.raw }

// cause names the event.
func (e *Event) cause() Cause { return Cause{e.Chain, e.N, e.id} }

// place is where an event stands.
type place struct {
	chain Chain
	n     uint64
}

func (e *Event) place() place { return place{e.Chain, e.N} }
