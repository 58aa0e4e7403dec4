// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"cmp"
	"errors"
	"slices"

	"tamizdat/desk/casebook"
	"tamizdat/letter/wire"
)

// Letters that a colleague gives with a history (spec/casebook.md §5, §6). They did not
// open here: nothing but the word of whoever gives them says what is in them.

// kindGiven tells who gave what to whom.
const kindGiven = "given"

const maxGivenEvent = 1000 // letters, or documents, that one event names

// letterGiven is a letter that a colleague gave.
type letterGiven struct {
	letterKept
	By hash32 `json:"by"` // signing key of who gave it
}

func (*letterGiven) kind() string { return "letter.given" }

func (e *letterGiven) apply(s *state, at int64) error {
	snd := s.senders[wire.Pseudonym(e.Sender)]
	if snd == nil || e.Note {
		return errors.New("its sender is not known")
	}
	if s.letters[e.ID] != nil {
		return errors.New("this letter is here already")
	}
	by := wire.JournalistID(e.By)
	s.addLetter(&keptLetter{letterKept: e.letterKept, at: at, given: &by})
	slices.SortStableFunc(snd.letters, s.byPage) // replies list the newest last
	return nil
}

// eventsGiven is the payload of an event of kind “given”.
type eventsGiven struct {
	To        hash32        `json:"to"`
	Letters   []givenLetter `json:"letters,omitempty"`
	Documents []ItemID      `json:"documents,omitempty"`
}

type givenLetter struct {
	openedLetter
	Sealed int64 `json:"sealed"`
}

func (g *givenLetter) id() LetterID {
	return letterID(wire.Pseudonym(g.Sender), g.OwnID, g.Digest)
}

// gift is what an event says of one letter.
type gift struct {
	givenLetter
	to wire.JournalistID
	in *casebook.Taken
}

// itemGift is what an event says of one item.
type itemGift struct {
	to, by wire.JournalistID
	at     int64
}

func (s *shared) give(t *casebook.Taken) {
	e := read[eventsGiven](t)
	if e == nil || e.To == (hash32{}) || len(e.Letters) > maxGivenEvent || len(e.Documents) > maxGivenEvent {
		return
	}
	for _, l := range e.Letters {
		if l.Sealed >= 0 && l.Sealed <= wire.MaxTime {
			s.given[l.id()] = append(s.given[l.id()], gift{l, wire.JournalistID(e.To), t})
		}
	}
	for _, id := range e.Documents {
		s.givenItems[id] = append(s.givenItems[id], itemGift{wire.JournalistID(e.To), t.Chain.Author, t.At})
	}
}

// gift finds who gave a letter to a journalist: one whom another desk confirms, if there
// is one.
func (s *shared) gift(id LetterID, to wire.JournalistID) (gift, bool) {
	var mine []gift
	for _, g := range s.given[id] {
		if g.to == to {
			mine = append(mine, g)
		}
	}
	if len(mine) == 0 {
		return gift{}, false
	}
	return slices.MinFunc(mine, func(a, b gift) int {
		return cmp.Or(cmp.Compare(s.confirms(b), s.confirms(a)), cmp.Compare(a.in.At, b.in.At), a.in.Chain.Compare(b.in.Chain), cmp.Compare(a.in.N, b.in.N))
	}), true
}

// confirms is 1 where the desk of somebody else than who gives a letter says that this
// very text opened there, in the page that the giver names.
func (s *shared) confirms(g gift) int {
	said := s.opened[ownID{wire.Pseudonym(g.Sender), g.OwnID}]
	if slices.ContainsFunc(said, func(o statement) bool { return o.by != g.in.Chain.Author && o.digest == g.Digest && o.page == g.Page }) {
		return 1
	}
	return 0
}

// shouldHaveOpened reports whether this desk has processed the page of a letter that was
// given, since it had keys, and the letter did not open.
func (d *Desk) shouldHaveOpened(l *keptLetter) bool {
	own, looked := d.s.shared.looked[d.ID()]
	return looked && l.Page >= own.first && l.Page < d.s.position(wire.Letters).size
}

// unproven says why a letter that was given rests on the word of who gave it alone. Of a
// page that this desk has not seen yet nobody knows whether there will be one.
func (d *Desk) unproven(l *keptLetter) string {
	giver := casebook.Taken{Event: &casebook.Event{}}
	giver.Chain.Author = *l.given
	g := gift{givenLetter: givenLetter{openedLetter: openedLetter{l.Sender, l.OwnID, l.Digest, l.Page}}, in: &giver}
	switch {
	case l.Page >= d.s.position(wire.Letters).size:
		return d.nameOf(*l.given) + " gave it from a page that this desk has not seen: sync first"
	case d.s.shared.confirms(g) == 0:
		return d.nameOf(*l.given) + " gave it, and nobody else's desk says that it opened there in this page"
	}
	return ""
}
