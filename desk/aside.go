// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"tamizdat/desk/casebook"
	"tamizdat/letter/wire"
)

// What a fork or a departure set aside counts for nobody, until a person takes it over in
// an event of their own (spec/casebook.md §2, §3, §6).

// kindTakenOver is an event whose payload is another's event.
const kindTakenOver = "taken-over"

// Aside is an event that counts for nobody.
type Aside struct {
	ID      string `json:"id"` // hexadecimal
	By      string `json:"by"`
	At      int64  `json:"at"` // Unix seconds of the author's clock
	Kind    string `json:"kind"`
	Says    string `json:"says"`    // in a line; empty where this program does not know the kind
	Why     string `json:"why"`     // fork or left
	Takable bool   `json:"takable"` // it can be taken over
}

// ErrNoAside means that nothing of this name was set aside.
var ErrNoAside = errors.New("nothing of this name was set aside")

// takable are the kinds that a person can take over. What a desk found in letters it must
// say itself, and who gave a letter must give it again.
func takable(kind string) bool {
	return slices.Contains([]string{kindNote, kindSet, kindDocument, kindCustody, kindReplied}, kind)
}

// takeOver takes in what somebody took over, as if she had said it here and now. Fields
// are hers then; all else is shown as its author's, whose signature is under it, if that
// is somebody of the newsroom.
func (s *shared) takeOver(t *casebook.Taken) {
	u, err := casebook.Parse(t.Payload)
	if err != nil {
		return
	}
	e, err := u.Verify(t.Newsroom, func(wire.JournalistID) bool { return true })
	if err != nil || !takable(e.Kind) {
		return
	}
	shown := false
	switch e.Kind {
	case kindNote:
		shown = s.foldNote(e, &t.Chain.Author)
	case kindSet:
		if set := payloadOf[fieldsSet](e); set != nil {
			s.set(t, set)
			shown = true
		}
	case kindDocument:
		shown = s.foldDocument(t, e)
	case kindCustody:
		shown = s.foldCustody(e)
	case kindReplied:
		s.foldReplied(e)
		shown = true
	}
	if shown { // else it stays in the list
		s.over[e.ID()] = true
	}
}

// Aside lists what was set aside and nobody has taken over yet: what stands behind a fork,
// by chain, and what came from somebody who has left and nobody had named.
func (d *Desk) Aside() ([]Aside, error) {
	if _, err := d.Newsroom(); err != nil {
		return nil, err
	}
	out := []Aside{}
	for _, e := range d.aside() {
		out = append(out, d.describeAside(e))
	}
	return out, nil
}

func (d *Desk) aside() []*casebook.Event {
	all := d.s.book.SetAside()
	for _, e := range d.s.book.Waiting() {
		if d.hasLeft(e.Chain.Author) {
			all = append(all, e)
		}
	}
	return slices.DeleteFunc(all, func(e *casebook.Event) bool { return d.s.shared.over[e.ID()] })
}

func (d *Desk) hasLeft(id wire.JournalistID) bool {
	_, _, listed := d.s.newsroom.Roster().Journalist(id)
	return !listed
}

func (d *Desk) describeAside(e *casebook.Event) Aside {
	a := Aside{ID: fmt.Sprintf("%x", e.ID()), By: d.nameOf(e.Chain.Author), At: e.At, Kind: e.Kind, Why: "fork", Takable: takable(e.Kind)}
	if !d.s.book.IsCut(e.Chain) {
		a.Why = "left"
	}
	switch e.Kind {
	case kindNote:
		if n := payloadOf[noteWritten](e); n != nil {
			a.Says = begin(n.Text)
		}
	case kindSet:
		if s := payloadOf[fieldsSet](e); s != nil {
			a.Says = s.line()
		}
	case kindDocument:
		if o := payloadOf[documentTaken](e); o != nil {
			a.Says = fmt.Sprintf("%s %s, %s", o.Kind, o.ID.Short(), o.How)
		}
	case kindCustody:
		if c := payloadOf[custodyStep](e); c != nil {
			a.Says = fmt.Sprintf("%s: %s", c.Document.Short(), c.Step)
		}
	case kindReplied:
		if r := payloadOf[repliesTold](e); r != nil && len(r.Written) > 0 {
			a.Says = begin(r.Written[0].Text)
		}
	}
	return a
}

// line tells what is set, in a fixed order.
func (e *fieldsSet) line() string {
	var parts []string
	for name, value := range e.Fields {
		v, err := json.Marshal(value)
		if err != nil {
			v = []byte("?")
		}
		parts = append(parts, fmt.Sprintf("%s=%s", name, v))
	}
	slices.Sort(parts)
	return begin(strings.Join(parts, ", ") + ", of " + e.Thing)
}

// TakeOver takes over what was set aside. id is the whole of its name or its beginning,
// at least four digits.
func (d *Desk) TakeOver(id string) (*Aside, error) {
	if _, err := d.member(); err != nil {
		return nil, err
	}
	var hits []*casebook.Event
	for _, e := range d.aside() {
		if name := fmt.Sprintf("%x", e.ID()); len(id) >= 4 && strings.HasPrefix(name, strings.ToLower(id)) {
			hits = append(hits, e)
		}
	}
	switch {
	case len(hits) == 0:
		return nil, ErrNoAside
	case len(hits) > 1:
		return nil, errors.New("several begin with this: type more of the name")
	case !takable(hits[0].Kind):
		return nil, fmt.Errorf("what is of kind %q is not taken over: whoever stands by it says it anew", hits[0].Kind)
	}
	a := d.describeAside(hits[0])
	return &a, d.tell(kindTakenOver, rawPayload(hits[0].Bytes()))
}
