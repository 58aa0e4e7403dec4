// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"tamizdat/letter"
	"tamizdat/letter/wire"
)

// LetterInfo is a line in the list of letters. Everything but numbers and
// times is the claim of a stranger.
type LetterInfo struct {
	ID         LetterID `json:"id"`
	Kind       string   `json:"kind"` // letter, or note (of a colleague)
	From       string   `json:"from"` // SenderName, or the colleague's name
	Label      string   `json:"label"`
	Week       uint32   `json:"week"`
	Sealed     int64    `json:"sealed"` // Unix seconds, of its page
	Read       bool     `json:"read"`
	Files      int      `json:"files"`
	Replies    int      `json:"replies"`    // of this desk to this sender
	Quarantine string   `json:"quarantine"` // why, or empty
	Disputed   bool     `json:"disputed"`   // another text came under the same id
	Given      string   `json:"given"`      // who gave it; empty: it opened here
	Begins     string   `json:"begins"`     // of the text
}

// FileInfo is an attachment. Name and type are claims of a stranger.
type FileInfo struct {
	Name   string `json:"name"`
	Type   string `json:"type"`
	Length int64  `json:"length"`
	SHA256 string `json:"sha256"` // hexadecimal; empty until it was fetched
}

// Letter is a letter to read.
type Letter struct {
	LetterInfo
	Text      string     `json:"text"`
	Attached  []FileInfo `json:"attached"`
	Here      int        `json:"pieces_here"` // of the attachments
	Pieces    int        `json:"pieces"`
	Answers   []Answer   `json:"answers"`
	Disputes  []LetterID `json:"disputes"`
	Agreement Agreement  `json:"agreement"`
}

// Answer is what was written to the sender of a letter.
type Answer struct {
	Number uint64 `json:"number"`
	Day    uint32 `json:"day"`
	Text   string `json:"text"`
	State  string `json:"state"`
	By     string `json:"by"` // empty: by this desk
}

const beginning = 60 // runes of a text shown in a list

// Letters lists all letters and notes, oldest first; none while the desk is behind
// ([Desk.Behind]).
func (d *Desk) Letters() []LetterInfo {
	if d.Behind() {
		return []LetterInfo{}
	}
	out := make([]LetterInfo, 0, len(d.s.order))
	for _, id := range d.s.order {
		out = append(out, d.info(d.s.letters[id]))
	}
	return out
}

func (d *Desk) info(l *keptLetter) LetterInfo {
	i := LetterInfo{
		ID: l.ID, Kind: "letter", From: SenderName(wire.Pseudonym(l.Sender)),
		Label: letter.Label(l.Label).In(letter.English()),
		Week:  week(l.PageSealed), Sealed: l.PageSealed, Read: l.read,
		Disputed: len(d.s.ownIDs[ownID{wire.Pseudonym(l.Sender), l.OwnID}]) > 1, Begins: begin(l.Text),
	}
	if l.Note {
		i.Kind, i.Label = "note", ""
		i.From = d.colleague(wire.Pseudonym(l.Sender))
		return i
	}
	if l.given != nil {
		i.Given = d.nameOf(*l.given)
	}
	snd := d.s.senders[wire.Pseudonym(l.Sender)]
	i.Replies = snd.replies
	if snd.claim != nil {
		i.Quarantine = fmt.Sprintf("quarantined: claims to be %s but one key differs", d.colleague(*snd.claim))
	}
	if p, err := letter.ParseParcel(l.Parcel); l.Parcel != nil && err == nil {
		i.Files = len(p.Files)
	}
	return i
}

func (d *Desk) colleague(p wire.Pseudonym) string {
	r := d.s.newsroom.Roster()
	if j, ok := r.BySender(p); ok {
		return j.Name
	}
	if f, ok := r.FormerBySender(p); ok {
		return f.Name
	}
	return SenderName(p)
}

func begin(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	runes := 0
	for i := range line { // letters are long, and lists have thousands
		if runes++; runes > beginning {
			return line[:i] + "…"
		}
	}
	return line
}

// Find resolves what a person typed: the whole of a letter's name or its
// beginning, at least four digits, if only one letter begins so.
func (d *Desk) Find(typed string) (LetterID, error) {
	var hits []LetterID
	for _, id := range d.s.order {
		if len(typed) >= 4 && strings.HasPrefix(id.String(), strings.ToLower(typed)) {
			hits = append(hits, id)
		}
	}
	switch len(hits) {
	case 0:
		return LetterID{}, ErrNoLetter
	case 1:
		return hits[0], nil
	}
	return LetterID{}, errors.New("several letters begin with this: type more of the name")
}

// Letter returns a letter whole. It fails with ErrNoLetter or ErrBehind.
func (d *Desk) Letter(id LetterID) (*Letter, error) {
	if d.Behind() {
		return nil, ErrBehind
	}
	l := d.s.letters[id]
	if l == nil {
		return nil, ErrNoLetter
	}
	out := &Letter{LetterInfo: d.info(l), Text: l.Text, Disputes: d.s.disputes(l)}
	if d.s.newsroom != nil {
		out.Agreement = d.agreement(l)
	}
	if l.Parcel != nil {
		p, err := letter.ParseParcel(l.Parcel)
		if err != nil {
			return nil, err
		}
		for i, f := range p.Files {
			info := FileInfo{Name: f.Name, Type: f.Type, Length: f.Length}
			if l.files != nil {
				info.SHA256 = fmt.Sprintf("%x", l.files[i].SHA256[:])
			}
			out.Attached = append(out.Attached, info)
		}
		if out.Here, out.Pieces, err = d.Pieces(id); err != nil {
			return nil, err
		}
	}
	out.Answers = d.answersTo(wire.Pseudonym(l.Sender))
	return out, nil
}

// MarkRead notes that a person has read the letter.
func (d *Desk) MarkRead(id LetterID) error {
	l := d.s.letters[id]
	if l == nil {
		return ErrNoLetter
	}
	if l.read {
		return nil
	}
	return d.commit(&letterRead{ID: id})
}

func (d *Desk) stateOf(r *reply) string {
	switch {
	case r.left:
		return "left the log unanswered"
	case r.sealed && d.s.answered(r):
		return "in the log, and answered since"
	case r.sealed:
		return "in the log"
	case r.pending != nil:
		return "on its way"
	}
	return "waiting for its slot"
}

// Status says how things stand.
type Status struct {
	Name        string      `json:"name"`
	Newsroom    string      `json:"newsroom"` // its name, empty before joining
	Key         string      `json:"key"`
	Member      bool        `json:"member"`
	Colleagues  []string    `json:"colleagues"`
	Roster      uint64      `json:"roster"`
	RosterUntil int64       `json:"roster_until"` // Unix seconds
	Contact     Contact     `json:"contact"`
	Logs        []LogStatus `json:"logs"`
	Pieces      PiecesInfo  `json:"pieces"`
	KeysUntil   int64       `json:"keys_until"` // end of the last period whose bundle is at the drop
	LiveKeys    int         `json:"live_keys"`  // periods whose private halves exist
	Letters     int         `json:"letters"`
	Unread      int         `json:"unread"`
	Waiting     int         `json:"waiting"` // replies without a slot yet
	Replays     uint64      `json:"replays"`
	WrongKind   uint64      `json:"wrong_kind"`
	Opaque      uint64      `json:"opaque"`
	Alarms      []*Alarm    `json:"alarms"`
	Behind      bool        `json:"behind"` // restored, and not all logs seen since
	Shares      string      `json:"shares"` // recovery shares, as "2 of 3"; empty without
}

// LogStatus is how far one log is known.
type LogStatus struct {
	Log    string `json:"log"`
	Pages  uint64 `json:"pages"`
	Sealed int64  `json:"sealed"` // of the last page known
	Looked int64  `json:"looked"` // own clock, when all of it was last seen; 0: not all was
	Every  int64  `json:"every"`  // seconds from page to page
}

// Status returns the state for a person to look at.
func (d *Desk) Status() Status {
	s := Status{
		Name: d.s.name, Letters: len(d.s.letters), Waiting: len(d.s.queue()), Alarms: d.Alarms(),
		Behind: d.Behind(), Replays: d.s.dropped.Replays, WrongKind: d.s.dropped.Kinds, Opaque: d.s.dropped.Opaque,
	}
	if r, err := d.v.Recovery(); err == nil {
		s.Shares = fmt.Sprintf("%d of %d", r.Need, r.Shares)
	}
	for _, l := range d.s.letters {
		if !l.read {
			s.Unread++
		}
	}
	if d.s.newsroom != nil {
		d.newsroomStatus(&s)
	}
	return s
}

func (d *Desk) newsroomStatus(s *Status) {
	n := d.s.newsroom
	r := n.Roster()
	s.Newsroom, s.Key, s.Roster, s.RosterUntil = r.Name, n.Key().String(), r.Number, r.Expires
	for _, j := range r.Journalists {
		s.Member = s.Member || j.ID == d.ID()
		s.Colleagues = append(s.Colleagues, j.Name)
	}
	for _, log := range []wire.Log{wire.Letters, wire.Replies, wire.Desk} {
		p := d.s.position(log)
		s.Logs = append(s.Logs, LogStatus{log.String(), p.size, p.sealed, p.looked, r.Schedule.Interval(log)})
	}
	s.Contact, s.Pieces = d.contactStatus(), d.piecesStatus()
	for number, p := range d.s.periods {
		if p.posted {
			s.KeysUntil = max(s.KeysUntil, number.End(n.PeriodSeconds()))
		}
		if !p.destroyed {
			s.LiveKeys++
		}
	}
}

// Heads are the newest signed heads that this desk has seen, by log: what two
// desks compare when they suspect that the drop shows them different logs.
func (d *Desk) Heads() map[wire.Log][]byte {
	out := map[wire.Log][]byte{}
	for log, p := range d.s.logs {
		out[log] = bytes.Clone(p.head)
	}
	return out
}
