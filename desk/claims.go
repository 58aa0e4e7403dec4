// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"tamizdat/claim"
	"tamizdat/claim/door"
	"tamizdat/desk/casebook"
	"tamizdat/letter"
	"tamizdat/letter/wire"
)

// The register of claims is what all desks of a newsroom enter about what was said:
// package claim says what it means, the casebook carries it. Wherever it names
// somebody as having done something (signed off, forecast, resolved …) it is the
// key that did it, so that two people are two keys.

// kindClaim is the kind of such events (spec/casebook.md §7).
const kindClaim = "claim"

// maxDone bounds what one person does to the register at once, in bytes.
const maxDone = 8 << 20

// Claims is the register as one desk knows it. Use it until the desk goes on.
type Claims struct {
	Case   claim.Case        // people in it are keys, see [Claims.Name]
	Events []claim.Event     // in an order that respects causes
	Aside  []SetAside        // what a colleague's program sent and counts for nothing
	Person string            // who works at this desk
	names  map[string]string // of people, by key

	shared  *claim.Shared
	actor   string
	secrets func() map[string]bool
}

// SetAside is something that somebody did and no desk takes into the register.
type SetAside struct {
	By  string `json:"by"`
	At  int64  `json:"at"` // Unix seconds of the author's clock
	Why string `json:"why"`
}

// Claims gives the register as it stands.
func (d *Desk) Claims() (*Claims, error) {
	if _, err := d.Newsroom(); err != nil {
		return nil, err
	}
	b := &d.s.shared.claims
	now, err := b.state()
	if err != nil {
		return nil, err
	}
	c := &Claims{
		Events: slices.Clip(b.register.Events()), Person: personOf(d.ID()),
		names: d.peopleNames(), shared: b.register, actor: actorOf(d.ownChain()), secrets: sync.OnceValue(d.ownNames),
	}
	c.Case = now.Hiding(func(text string) bool { return c.Betrays(text) != "" })
	byPlace := func(x, y setAside) int {
		return cmp.Or(x.in.Chain.Compare(y.in.Chain), cmp.Compare(x.in.N, y.in.N))
	}
	for _, a := range slices.SortedFunc(slices.Values(b.aside), byPlace) {
		c.Aside = append(c.Aside, SetAside{d.nameOf(a.in.Chain.Author), a.in.At, a.why})
	}
	return c, nil
}

// peopleNames gives the names of all who are or were on the roster. Where two bear
// one, all but one of today's roster are told apart by the beginnings of their keys.
func (d *Desk) peopleNames() map[string]string {
	r, names := d.s.newsroom.Roster(), map[string]string{}
	var taken []string
	put := func(id wire.JournalistID, name string) {
		if slices.ContainsFunc(taken, func(t string) bool { return claim.SamePerson(t, name) }) {
			name = fmt.Sprintf("%s (%x)", name, id[:4])
		}
		taken = append(taken, name)
		names[personOf(id)] = name
	}
	for i := range r.Journalists {
		put(r.Journalists[i].ID, r.Journalists[i].Name)
	}
	for _, left := range r.Body().Former {
		put(left.ID, left.Name)
	}
	return names
}

// Name is what a person of the newsroom is called; of what is no key, the text, with
// a remark where it could be taken for the word of somebody who signs.
func (c *Claims) Name(person string) string {
	if name, ok := c.names[person]; ok {
		return name
	}
	for _, name := range c.names {
		if claim.SamePerson(name, person) {
			return person + " (typed)"
		}
	}
	return person
}

// PersonNamed is the key of who bears a name; the text itself where nobody does.
func (c *Claims) PersonNamed(name string) string {
	for person, n := range c.names {
		if claim.SamePerson(n, name) {
			return person
		}
	}
	return name
}

// Say gives a sentence about the register with the names of people for their keys.
func (c *Claims) Say(text string) string {
	var pairs []string
	for person, name := range c.names {
		pairs = append(pairs, person, name)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// Register is the register for those who have to look into it. It must not be
// changed.
func (c *Claims) Register() *claim.Register { return c.shared.Register() }

// Problems lists what breaks a rule, what only the row of events tells, what the door
// would refuse today, and what has this desk's names for senders and letters in it.
func (c *Claims) Problems() []claim.Problem {
	held, _ := c.Case.Changes() // what was read can be written
	return slices.Concat(c.Case.Check(), claim.CheckLog(c.Events), door.Check(&c.Case), betrays(held, c.secrets()))
}

// Conflicts lists what waits for a choice. Actors are people.
func (c *Claims) Conflicts() []claim.Conflict {
	out := c.Register().Conflicts()
	for i := range out {
		for j := range out[i].Values {
			out[i].Values[j].Actor = personIn(out[i].Values[j].Actor)
		}
	}
	return out
}

// Admit asks all that could refuse changes by who works at this desk, and writes
// nothing. What is refused is a [claim.Refusal].
func (c *Claims) Admit(at time.Time, changes ...claim.Change) error {
	refused := c.shared.Forged(c.Person, c.actor, changes)
	if len(refused) == 0 {
		refused = betrays(changes, c.secrets())
	}
	if len(refused) > 0 {
		return claim.Refusal(refused)
	}
	return door.Admit(c.Register(), &c.Case, c.actor, at, changes)
}

func (d *Desk) ownChain() casebook.Chain {
	return casebook.Chain{Author: d.ID(), Incarnation: d.s.incarnation}
}

// Change does to the register what one person wants done at one moment, all of it
// or nothing, after the door was asked ([Claims.Admit]). It is written down here and
// travels with the segments that are due anyway.
func (d *Desk) Change(changes ...claim.Change) error {
	if _, err := d.member(); err != nil {
		return err
	}
	if err := d.leaveFork(); err != nil {
		return err
	}
	if len(changes) == 0 {
		return nil
	}
	c, err := d.Claims()
	if err != nil {
		return err
	}
	if err := c.Admit(d.now(), changes...); err != nil {
		return err
	}
	parts, err := claim.EncodeChanges(changes)
	if err != nil {
		return err
	}
	if size := len(bytes.Join(parts, nil)); size > maxDone {
		return fmt.Errorf("this is too much to do at once: %d bytes, and no more than %d are taken", size, maxDone)
	}
	e, err := d.ownParts(changes, parts)
	if err != nil {
		return err
	}
	reckoned := d.s.shared.claims.reckoned()
	if err := d.commit(e); err != nil {
		return err
	}
	return d.stillThere(len(parts), reckoned)
}

// Untold is how many bytes of what this desk has told, of claims and all else, no page
// holds yet, and how long the pages take that will.
func (d *Desk) Untold() (size int, takes time.Duration) {
	if _, err := d.member(); err != nil {
		return 0, 0
	}
	for e := range d.s.book.All() {
		if e.Chain.Author == d.ID() && !d.told(e.Event) {
			size += len(e.Bytes()) - d.onWay(e.Event)
		}
	}
	pages := (size + letter.MaxSegmentEvents - 1) / letter.MaxSegmentEvents
	return size, time.Duration(pages) * time.Duration(d.s.newsroom.Roster().Schedule.Interval(wire.Desk)) * time.Second
}

// fieldDocument of a letter is the document that stands for it in the register. Two
// documents of one letter would look like two.
const fieldDocument = "document"

// LetterDocument is the document that stands for a letter in the register; empty
// where somebody has still to say it.
func (d *Desk) LetterDocument(id LetterID) (string, error) {
	l := d.s.letters[id]
	if l == nil {
		return "", ErrNoLetter
	}
	return d.s.text(letterThing(l), fieldDocument), nil
}

// NameLetter tells colleagues which document stands for a letter in the register. The
// register itself knows nothing of it.
func (d *Desk) NameLetter(id LetterID, document string) error {
	now, err := d.LetterDocument(id)
	if err != nil || now == document {
		return err
	}
	return d.setText(letterThing(d.s.letters[id]), fieldDocument, document)
}
