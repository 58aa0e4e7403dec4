// SPDX-License-Identifier: Apache-2.0

package desk

import (
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

// gift finds who gave a letter to a journalist: the first whose word counts.
func (s *shared) gift(id LetterID, to wire.JournalistID) (gift, bool) {
	i := slices.IndexFunc(s.given[id], func(g gift) bool { return g.to == to })
	if i < 0 {
		return gift{}, false
	}
	return s.given[id][i], true
}
