// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"

	"tamizdat/desk/casebook"
	"tamizdat/desk/vault"
	"tamizdat/letter/wire"
)

// Kinds of events of the casebook that desks know themselves. A kind that a later
// version adds is kept and carried on, and shows nothing here.
const (
	kindRoster = "roster" // a roster was adopted
	kindOpened = "opened" // letters were opened
	kindLooked = "looked" // the letters log was processed up to here
	kindSet    = "set"    // fields of a thing
	kindNote   = "note"   // a text about a thing
)

// rosterAdopted tells colleagues, by its causes, what had come from those who left
// (spec/casebook.md §3).
type rosterAdopted struct {
	Number uint64 `json:"number"`
	Hash   hash32 `json:"hash"`
}

// lettersOpened is what a desk found in letters: desks compare it (M-15).
type lettersOpened struct {
	Letters []openedLetter `json:"letters"`
}

type openedLetter struct {
	Sender hash32 `json:"sender"`
	OwnID  hash16 `json:"own_id"`
	Digest hash32 `json:"digest"`
	Page   uint64 `json:"page"`
}

// logLooked says how many pages of the letters log a desk has processed: a letter in
// one of them that it does not name did not open there.
type logLooked struct {
	Pages uint64 `json:"pages"`
}

// fieldsSet sets fields of a thing; null takes a value back.
type fieldsSet struct {
	Thing  string                     `json:"thing"`
	Fields map[string]json.RawMessage `json:"fields"`
}

// noteWritten is a text about a thing. It is never changed.
type noteWritten struct {
	On   string `json:"on"`
	Text string `json:"text"`
}

// shared is what the casebook adds up to. It is made from its events alone.
type shared struct {
	cells  *casebook.Register
	opened map[ownID][]statement
	looked map[wire.JournalistID]looked
	notes  map[string][]keptNote
	given  map[LetterID][]gift

	answers answers

	documents map[ItemID][]*document // by author
	handled   map[ItemID][]handled

	givenItems map[ItemID][]itemGift
	over       map[wire.Hash]bool // events that somebody took over
	claims     claimBook
}

// statement is what one desk says of a letter.
type statement struct {
	by     wire.JournalistID
	digest hash32
	page   uint64
	in     *casebook.Taken
}

type looked struct {
	pages uint64
	first uint64 // pages that were there when she first looked; her keys went up then
	at    int64
	all   []lookedIn
}

// over reports whether a desk has processed a page to which something could be sealed for
// it: what is older than its first look came before it had keys.
func (l looked) over(page uint64) bool { return page >= l.first && page < l.pages }

// lookedIn is one event that says how many pages were processed.
type lookedIn struct {
	pages uint64
	in    *casebook.Taken
}

// Note is what somebody wrote about a thing.
type Note struct {
	By   wire.JournalistID `json:"-"`
	Name string            `json:"by"` // the author's, as the roster has it
	At   int64             `json:"at"` // Unix seconds of the author's clock
	Text string            `json:"text"`
	Over string            `json:"taken_over"` // who took it over; empty: it counts by itself
}

// keptNote is a note with the event that says it, and who took that over.
type keptNote struct {
	Note
	origin wire.Hash
	over   *wire.JournalistID
}

func newShared() *shared {
	return &shared{
		cells: casebook.NewRegister(), opened: map[ownID][]statement{}, looked: map[wire.JournalistID]looked{},
		notes: map[string][]keptNote{}, given: map[LetterID][]gift{}, answers: answers{},
		documents: map[ItemID][]*document{}, handled: map[ItemID][]handled{}, givenItems: map[ItemID][]itemGift{}, over: map[wire.Hash]bool{},
	}
}

// fold takes in an event that counts. What cannot be read shows nothing: a colleague's
// program must not be able to stop this one.
func (s *shared) fold(t *casebook.Taken) {
	by := t.Chain.Author
	switch t.Kind {
	case kindOpened:
		if e := read[lettersOpened](t); e != nil {
			for _, l := range e.Letters {
				id := ownID{wire.Pseudonym(l.Sender), l.OwnID}
				s.opened[id] = append(s.opened[id], statement{by, l.Digest, l.Page, t})
			}
		}
	case kindLooked:
		if e := read[logLooked](t); e != nil {
			last := s.looked[by]
			if len(last.all) == 0 || e.Pages < last.first {
				last.first = e.Pages
			}
			if last.all = append(last.all, lookedIn{e.Pages, t}); e.Pages > last.pages || len(last.all) == 1 {
				last.pages, last.at = e.Pages, t.At
			}
			s.looked[by] = last
		}
	case kindSet:
		if e := read[fieldsSet](t); e != nil {
			s.set(t, e)
		}
	case kindTakenOver:
		s.takeOver(t)
	case kindDocument:
		s.foldDocument(t, t.Event)
	case kindCustody:
		s.foldCustody(t.Event)
	case kindGiven:
		s.give(t)
	case kindNote:
		s.foldNote(t.Event, nil)
	case kindClaim:
		s.claims.waiting = append(s.claims.waiting, t)
	case kindReplied:
		s.foldReplied(t.Event)
	}
}

// foldNote takes in a note, which may be told again by whoever takes it over.
func (s *shared) foldNote(said *casebook.Event, over *wire.JournalistID) (shown bool) {
	e := payloadOf[noteWritten](said)
	if e != nil {
		s.notes[e.On] = append(s.notes[e.On], keptNote{Note{By: said.Chain.Author, At: said.At, Text: e.Text}, said.ID(), over})
	}
	return e != nil
}

func (s *shared) set(t *casebook.Taken, e *fieldsSet) {
	for name, v := range e.Fields {
		var b bytes.Buffer
		if json.Compact(&b, v) == nil {
			s.cells.Set(t, casebook.Cell{Thing: e.Thing, Field: name}, b.Bytes())
		}
	}
}

// read gives an event's payload, or nil for one that is not of its kind. Fields that a
// later version adds are left to that one.
func read[T any](t *casebook.Taken) *T { return payloadOf[T](t.Event) }

func payloadOf[T any](e *casebook.Event) *T {
	var v T
	if json.Unmarshal(e.Payload, &v) != nil {
		return nil
	}
	return &v
}

// eventsKept are events that were let in, a colleague's or this desk's own.
type eventsKept struct {
	Events [][]byte `json:"events"`
}

func (*eventsKept) kind() string { return "casebook.events" }

// AppendBinary appends each event after its length as u32.
func (e *eventsKept) AppendBinary(b []byte) ([]byte, error) {
	for _, raw := range e.Events {
		b = append(binary.BigEndian.AppendUint32(b, uint32(len(raw))), raw...)
	}
	return b, nil
}

// UnmarshalBinary reads what AppendBinary wrote.
func (e *eventsKept) UnmarshalBinary(b []byte) error {
	for len(b) > 0 {
		if len(b) < 4 || uint64(len(b)-4) < uint64(binary.BigEndian.Uint32(b)) {
			return errCut
		}
		end := 4 + int(binary.BigEndian.Uint32(b))
		e.Events, b = append(e.Events, bytes.Clone(b[4:end])), b[end:]
	}
	return nil
}

// apply takes the events in. One for which there is no room is dropped, here and
// whenever the journal is read again: colleagues see that it is missing and send it anew.
func (e *eventsKept) apply(s *state, at int64) error {
	if s.book == nil {
		return fmt.Errorf("no newsroom is known")
	}
	var taken []*casebook.Taken
	for _, raw := range e.Events {
		u, err := casebook.Parse(raw)
		if err != nil {
			return err
		}
		event := u.Trust()
		more, _ := s.book.Add(event)
		taken = append(taken, more...)
		s.hear(event, at)
		for _, a := range s.pieces {
			a.Forget(u.ID())
		}
	}
	s.share(taken)
	return nil
}

// hear notes when the author of an event spoke: by her clock, but not later than this
// desk heard it. One whose clock was a year ahead once must be missed when she is silent.
func (s *state) hear(e *casebook.Event, at int64) {
	s.spoke[e.Chain.Author] = max(s.spoke[e.Chain.Author], min(e.At, at))
}

// share folds what was taken in, or all anew where events were taken back. While the
// journal is read it waits for the end: whoever had events taken back a thousand times
// must not have them folded a thousand times.
func (s *state) share(taken []*casebook.Taken) {
	if s.reading {
		return
	}
	if s.book.Cut() {
		s.shared = newShared()
		taken = slices.Collect(s.book.All())
	}
	for _, t := range taken {
		s.shared.fold(t)
	}
}

// readJournal folds all records of the journal.
func (s *state) readJournal(each func(apply func([]byte) error) (*vault.Vault, error)) (*vault.Vault, error) {
	s.reading = true
	v, err := each(s.fold)
	if s.reading = false; err == nil && s.book != nil {
		s.book.Cut()
		s.shared = newShared()
		s.share(slices.Collect(s.book.All()))
	}
	return v, err
}

// openBook begins the casebook with the first roster, and tells it of each that follows.
func (s *state) openBook(r *wire.Roster) {
	if s.book == nil {
		s.book, s.shared = casebook.New(r.Newsroom), newShared()
	}
	var ids []wire.JournalistID
	for i := range r.Journalists {
		ids = append(ids, r.Journalists[i].ID)
	}
	s.share(s.book.SetAuthors(append(ids, s.formerSelf(r)...)))
}

// formerSelf is this desk's journalist where the roster has let her go. Others count what
// she wrote as far as somebody who stayed knows it; her own desk, which agrees with nobody
// any more, goes on showing her all of it.
func (s *state) formerSelf(r *wire.Roster) []wire.JournalistID {
	for i := range r.Journalists {
		if r.Journalists[i].Name == s.name { // perhaps with other keys than once
			return nil
		}
	}
	var self []wire.JournalistID
	for _, left := range r.Body().Former {
		if left.Name == s.name {
			self = append(self, left.ID)
		}
	}
	return self
}

// chain is the one into which this desk writes.
func (d *Desk) chain() casebook.Chain {
	return casebook.Chain{Author: d.ID(), Incarnation: d.s.incarnation}
}

// rawPayload is one that is no JSON.
type rawPayload []byte

// own makes the next event of this desk's chain. It counts once it is written down; a
// record takes one at most, because the next names it.
func (d *Desk) own(kind string, payload any) (*eventsKept, error) {
	b := d.s.book.Next(d.chain())
	var err error
	if raw, ok := payload.(rawPayload); ok {
		b.Payload = raw
	} else if b.Payload, err = json.Marshal(payload); err != nil {
		return nil, err
	}
	b.At, b.Kind = d.unix(), kind
	e, err := casebook.Sign(d.keys, b)
	if err != nil {
		return nil, fmt.Errorf("this cannot be told to colleagues: %w", err)
	}
	return &eventsKept{Events: [][]byte{e.Bytes()}}, nil
}

// tell writes one event of this desk's down. It travels with the next segments. A chain
// that was cut is left before: what is written into it counts for nobody.
func (d *Desk) tell(kind string, payload any) error {
	if _, err := d.member(); err != nil {
		return err
	}
	if err := d.leaveFork(); err != nil {
		return err
	}
	if !d.s.book.Open(d.chain()) {
		return ErrUsedUp
	}
	e, err := d.own(kind, payload)
	if err != nil {
		return err
	}
	return d.commit(e)
}

// knowsAuthor reports whether a roster lists or listed a journalist.
func (s *state) knowsAuthor(id wire.JournalistID) bool {
	r := s.newsroom.Roster()
	_, _, now := r.Journalist(id)
	_, before := r.Former(id)
	return now || before
}
