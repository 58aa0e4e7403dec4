// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"tamizdat/desk/casebook"
	"tamizdat/letter"
	"tamizdat/letter/wire"
)

// History is what went into a file for a colleague (spec/casebook.md §5).
type History struct {
	For     string `json:"for"`
	Events  int    `json:"events"`
	Letters int    `json:"letters"`
	Items   int    `json:"items"` // whose files are in it
}

// MakeHistory writes what desks told each other, all of it, and the letters of some
// threads with the items in them that lie here, so that one colleague can take it in;
// nobody else can open it. Colleagues are told what she was given, before the first byte
// is written.
//
// There is no part of the events that she could take in without the others.
func (d *Desk) MakeHistory(to io.Writer, name string, threads []Thread) (*History, error) {
	n, err := d.member()
	switch {
	case err != nil:
		return nil, err
	case d.Behind():
		return nil, ErrBehind
	}
	j, err := d.colleagueNamed(name)
	if err != nil {
		return nil, err
	}
	letters, items := d.inThreads(threads)
	if err := d.give(j.ID, letters, items); err != nil {
		return nil, err
	}
	out := &History{For: j.Name, Letters: len(letters), Items: len(items)}
	w, err := letter.NewHistory(to, n.Key(), j)
	if err != nil {
		return nil, err
	}
	if out.Events, err = d.s.book.WriteHistory(w); err != nil {
		return nil, err
	}
	for _, l := range letters {
		if err := d.writeGiven(w, l); err != nil {
			return nil, err
		}
	}
	for _, i := range items {
		if err := d.writeFile(w, i); err != nil {
			return nil, err
		}
	}
	return out, w.Close()
}

// colleagueNamed is somebody else of the newest roster.
func (d *Desk) colleagueNamed(name string) (*wire.Journalist, error) {
	r := d.s.newsroom.Roster()
	for i := range r.Journalists {
		if j := &r.Journalists[i]; strings.EqualFold(j.Name, name) {
			if j.ID == d.ID() {
				return nil, errors.New("this is you")
			}
			return j, nil
		}
	}
	return nil, fmt.Errorf("the roster lists nobody called %q: who is to get a history must be listed first", name)
}

// inThreads gives what is in threads and lies here.
func (d *Desk) inThreads(threads []Thread) (letters []*keptLetter, items []*keptItem) {
	for _, t := range threads {
		for _, id := range t.Letters {
			letters = append(letters, d.s.letters[id])
		}
		for _, id := range t.Items {
			if i := d.s.items[id]; i != nil {
				items = append(items, i)
			}
		}
	}
	return letters, items
}

// give tells colleagues what one of them is given.
func (d *Desk) give(to wire.JournalistID, letters []*keptLetter, items []*keptItem) error {
	for some := range slices.Chunk(letters, maxGivenEvent) {
		e := &eventsGiven{To: hash32(to)}
		for _, l := range some {
			e.Letters = append(e.Letters, givenLetter{openedLetter{l.Sender, l.OwnID, l.Digest, l.Page}, l.PageSealed})
		}
		if err := d.tell(kindGiven, e); err != nil {
			return err
		}
	}
	for some := range slices.Chunk(items, maxGivenEvent) {
		e := &eventsGiven{To: hash32(to)}
		for _, i := range some {
			e.Documents = append(e.Documents, i.ID)
		}
		if err := d.tell(kindGiven, e); err != nil {
			return err
		}
	}
	return nil
}

func (d *Desk) writeGiven(w io.Writer, l *keptLetter) error {
	body, err := l.message()
	if err != nil {
		return err
	}
	g := casebook.GivenLetter{Sender: *d.s.senders[wire.Pseudonym(l.Sender)].tuple, Body: body}
	return g.Write(w)
}

// message is the letter as its sender wrote it; its digest has not changed.
func (l *keptLetter) message() ([]byte, error) {
	m := &letter.Letter{ID: l.OwnID, Text: l.Text}
	if l.Parcel != nil {
		p, err := letter.ParseParcel(l.Parcel)
		if err != nil {
			return nil, err
		}
		m.Parcel = p
	}
	return m.Body()
}

// HistoryTaken is what a history brought.
type HistoryTaken struct {
	Events  int `json:"events"`  // new ones
	Letters int `json:"letters"` // new ones
	Items   int `json:"items"`   // new ones
	Waiting int `json:"waiting"` // events of this desk that wait for others, or whose author has left
	Refused int `json:"refused"` // letters and files that nobody of the newsroom gave to this journalist
}

// TakeHistory takes in what a colleague made with [Desk.MakeHistory]. It goes through the
// whole file first and takes in nothing of one that is not whole: the errors are
// letter.ErrHistory, letter.ErrCannotOpen for one that is for somebody else, and those of
// package casebook. What is here already is passed over; a desk that dies in between
// takes the file in once more.
func (d *Desk) TakeHistory(open func() (io.ReadCloser, error)) (*HistoryTaken, error) {
	if _, err := d.member(); err != nil {
		return nil, err
	}
	if err := d.readHistory(open, (&historyCheck{d: d}).check); err != nil {
		return nil, err
	}
	h := &historyIn{d: d, f: &found{d: d}, kept: &eventsKept{}, seen: d.setAside(), letters: map[LetterID]bool{}, senders: map[wire.Pseudonym]*wire.Tuple{}}
	err := d.readHistory(open, h.take)
	if err == nil {
		err = h.flush()
	}
	if err = errors.Join(err, h.endFile()); err != nil {
		return nil, err
	}
	h.out.Waiting = len(d.s.book.Waiting())
	return &h.out, nil
}

func (d *Desk) readHistory(open func() (io.ReadCloser, error), each func(casebook.Record) error) (err error) {
	in, err := open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	plain, err := d.keys.OpenHistory(d.s.newsroom.Key(), in)
	if err != nil {
		return err
	}
	for r, err := range casebook.Records(plain) {
		if err == nil {
			err = each(r)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// setAside names the events that stand behind the ends of chains.
func (d *Desk) setAside() map[wire.Hash]bool {
	aside := map[wire.Hash]bool{}
	for _, e := range d.s.book.SetAside() {
		aside[e.ID()] = true
	}
	return aside
}

// historyIn is the taking in of one history.
type historyIn struct {
	d       *Desk
	f       *found
	kept    *eventsKept
	bytes   int
	seen    map[wire.Hash]bool // events that are not to be written down again
	letters map[LetterID]bool  // in f
	senders map[wire.Pseudonym]*wire.Tuple
	file    *givenFile // whose parts come
	out     HistoryTaken
}

func (h *historyIn) take(r casebook.Record) error {
	switch {
	case r.Event != nil:
		return h.takeEvent(r.Event)
	case r.Letter != nil:
		return h.takeLetter(r.Letter)
	}
	return h.takePart(r.Part)
}

func (h *historyIn) takeEvent(u *casebook.Unverified) error {
	if h.seen[u.ID()] || h.d.s.book.Has(u.ID()) {
		return nil
	}
	e, err := u.Verify(h.d.s.newsroom.Key(), h.d.s.knowsAuthor)
	if err != nil {
		return err
	}
	h.seen[u.ID()] = true
	if !h.d.s.book.Wants(e) { // it would only make the journal longer
		return nil
	}
	h.kept.Events = append(h.kept.Events, e.Bytes())
	h.out.Events++
	return h.grow(len(e.Bytes()))
}

// grow writes down what there is before it is too much for a record.
func (h *historyIn) grow(n int) error {
	if h.bytes += n; h.bytes < maxBulk {
		return nil
	}
	return h.flush()
}

func (h *historyIn) flush() error {
	if len(h.kept.Events) > 0 {
		h.f.add(h.kept)
	}
	h.kept, h.bytes, h.letters = &eventsKept{}, 0, map[LetterID]bool{}
	clear(h.senders)
	return h.f.commit()
}

// takeLetter lets in what somebody of the newsroom gave to this journalist.
func (h *historyIn) takeLetter(given *casebook.GivenLetter) error {
	if len(h.kept.Events) > 0 {
		if err := h.flush(); err != nil { // the events say who gives
			return err
		}
	}
	l, digest, err := letter.ParseLetterBody(given.Body)
	if err != nil {
		return err
	}
	p := given.Sender.Pseudonym()
	id := letterID(p, l.ID, digest)
	g, ok := h.d.s.shared.gift(id, h.d.ID())
	if !ok || h.d.isJournalists(p) {
		h.out.Refused++
		return nil
	}
	if h.d.s.letters[id] != nil || h.letters[id] {
		return nil
	}
	e := &letterGiven{By: hash32(g.in.Chain.Author), letterKept: letterKept{
		ID: id, Sender: hash32(p), OwnID: l.ID, Digest: hash32(digest), Label: uint32(l.Label()), Text: l.Text, Page: g.Page, PageSealed: min(g.Sealed, h.d.unix()),
	}}
	if l.Parcel != nil {
		if e.Parcel, err = l.Parcel.Marshal(); err != nil {
			return err
		}
	}
	h.d.meet(h.f, h.senders, &given.Sender, id[:])
	h.f.add(e)
	h.letters[id] = true
	h.out.Letters++
	return h.grow(2 * len(given.Body))
}

// isJournalists reports whether a pseudonym is that of somebody whom the roster lists or
// listed: they write no letters.
func (d *Desk) isJournalists(p wire.Pseudonym) bool {
	r := d.s.newsroom.Roster()
	if _, ok := r.BySender(p); ok {
		return true
	}
	_, ok := r.FormerBySender(p)
	return ok
}
