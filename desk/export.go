// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"tamizdat/letter"
	"tamizdat/letter/wire"
)

// Sender is one who wrote to this desk, under one pseudonym.
type Sender struct{ pseudonym wire.Pseudonym }

// FindSender resolves what a person typed: one of the sender's letters, as
// [Desk.Find] does, or the sender's three words.
func (d *Desk) FindSender(typed string) (Sender, error) {
	var hits []wire.Pseudonym
	for p, snd := range d.s.senders {
		if len(snd.letters) > 0 && SenderName(p) == strings.ToLower(typed) {
			hits = append(hits, p)
		}
	}
	switch len(hits) {
	case 0:
		id, err := d.Find(typed)
		if err != nil {
			return Sender{}, err
		}
		if d.s.letters[id].Note {
			return Sender{}, errors.New("this is a colleague's note, which belongs to no sender")
		}
		return Sender{wire.Pseudonym(d.s.letters[id].Sender)}, nil
	case 1:
		return Sender{hits[0]}, nil
	}
	return Sender{}, errors.New("two senders have these three words: name one of the letters instead")
}

// ExportFormat names the form of a thread's archive.
const ExportFormat = "tamizdat thread 1"

// Manifest says what is in a thread's archive; it is the file manifest.json there.
// It has no key, no name that the transport gave, no page and no time but the
// Monday of a week, in UTC. Names of files are paths in the archive.
type Manifest struct {
	Format     string           `json:"format"`
	Newsroom   string           `json:"newsroom"`
	Desk       string           `json:"desk"`       // of the journalist who holds it
	Sender     string           `json:"sender"`     // three words in place of a name
	Quarantine string           `json:"quarantine"` // why the sender's claim is doubted, or empty
	Letters    []ExportedLetter `json:"letters"`    // in the order in which they were opened
	Replies    []ExportedReply  `json:"replies"`    // of this desk, in the order of writing
	Items      []ExportedItem   `json:"items"`      // what else the person put in
	Files      []ExportedFile   `json:"files"`      // all but the manifest and SHA256SUMS, by name
}

// ExportedFile is a file of an archive.
type ExportedFile struct {
	Name   string `json:"name"`
	Length int64  `json:"length"`
	SHA256 string `json:"sha256"` // hexadecimal
}

// ExportedLetter is a letter of the sender's.
type ExportedLetter struct {
	Week        string               `json:"week"`
	Label       string               `json:"label"`
	Disputed    bool                 `json:"disputed"` // another text came under the same id
	Text        string               `json:"text"`     // file
	Attachments []ExportedAttachment `json:"attachments"`
	Custody     []ExportedStep       `json:"custody"`
}

// ExportedAttachment is an attachment. Its name and type are a stranger's claims.
type ExportedAttachment struct {
	SaidName string `json:"said_name"`
	SaidType string `json:"said_type"`
	File     string `json:"file"` // empty where it was never fetched
}

// ExportedReply is what was answered.
type ExportedReply struct {
	Week string `json:"week"`
	Sent bool   `json:"sent"`
	Text string `json:"text"` // file
}

// ExportedItem is something that came by another way. The five fields from from to
// text are what a mail says of itself.
type ExportedItem struct {
	Kind        string               `json:"kind"` // mail, file or note
	Original    string               `json:"original"`
	From        string               `json:"from"`
	To          string               `json:"to"`
	Subject     string               `json:"subject"`
	Date        string               `json:"date"`
	Text        string               `json:"text"`
	Attachments []ExportedAttachment `json:"attachments"`
	Remarks     []string             `json:"remarks"`
	Custody     []ExportedStep       `json:"custody"`
}

// ExportedStep is a step of custody.
type ExportedStep struct {
	Step string `json:"step"`
	By   string `json:"by"`
	How  string `json:"how"`
	Week string `json:"week"`
	File string `json:"file"` // what came out of it
	From string `json:"from"` // the file of which it was made; empty: none in the archive
}

// Export writes all that came from a sender as a zip archive: a manifest, the letters with those
// attachments that were fetched, the replies, and the items that the person adds.
// What did not change since gives the same bytes again, on any machine. Everything
// is read and held against its hash before the first byte is written. missing is
// how many attachments are not there because nobody has fetched them.
//
// What is written is plaintext, on a disk that may never forget it.
func (d *Desk) Export(to io.Writer, from Sender, with ...ItemID) (m *Manifest, missing int, err error) {
	a := &archive{d: d}
	if m, err = a.thread(from); err == nil {
		err = a.items(m, with)
	}
	if err == nil {
		err = a.finish(m)
	}
	if err != nil {
		return nil, 0, err
	}
	return m, a.missing, a.write(to)
}

func (a *archive) thread(from Sender) (*Manifest, error) {
	s := a.d.s
	snd := s.senders[from.pseudonym]
	if snd == nil {
		return nil, ErrNoLetter
	}
	m := &Manifest{
		Format: ExportFormat, Newsroom: s.newsroom.Roster().Name, Desk: s.name, Sender: SenderName(from.pseudonym),
		Letters: []ExportedLetter{}, Replies: []ExportedReply{}, Items: []ExportedItem{},
	}
	for n, id := range snd.letters {
		l, err := a.letter(n+1, s.letters[id])
		if err != nil {
			return nil, err
		}
		m.Letters = append(m.Letters, l)
		m.Quarantine = a.d.info(s.letters[id]).Quarantine
	}
	for _, key := range s.outbox {
		if r := s.replies[key]; r.Sender == hash32(from.pseudonym) {
			name := a.text(fmt.Sprintf("replies/%03d.txt", len(m.Replies)+1), r.Text)
			m.Replies = append(m.Replies, ExportedReply{mondayOf(int64(r.Day) * daySeconds), r.sealed || r.left, name})
		}
	}
	return m, nil
}

func (a *archive) letter(number int, l *keptLetter) (ExportedLetter, error) {
	dir := fmt.Sprintf("letters/%03d/", number)
	info := a.d.info(l)
	out := ExportedLetter{
		Week: mondayOf(l.PageSealed), Label: info.Label, Disputed: info.Disputed,
		Text: a.text(dir+"letter.txt", l.Text), Attachments: []ExportedAttachment{},
	}
	step := ExportedStep{Step: "received", By: a.d.s.name, How: "the newsroom's drop", Week: out.Week, File: out.Text}
	out.Custody = []ExportedStep{step}
	if l.Parcel == nil {
		return out, nil
	}
	p, err := letter.ParseParcel(l.Parcel)
	if err != nil {
		return out, err
	}
	for i, f := range p.Files {
		e := ExportedAttachment{SaidName: f.Name, SaidType: f.Type}
		if l.files == nil {
			a.missing++
		} else {
			e.File = a.object(dir+letter.SafeName(f.Name, i), l.files[i])
			step.File = e.File
			out.Custody = append(out.Custody, step)
		}
		out.Attachments = append(out.Attachments, e)
	}
	return out, nil
}

func (a *archive) items(m *Manifest, with []ItemID) error {
	for n, id := range with {
		i := a.d.s.items[id]
		if i == nil {
			return ErrNoItem
		}
		m.Items = append(m.Items, a.item(fmt.Sprintf("items/%03d/", n+1), i))
	}
	return nil
}

func (a *archive) item(dir string, i *keptItem) ExportedItem {
	out := ExportedItem{
		Kind: i.Kind, From: i.From, To: i.To, Subject: i.Subject, Date: i.Date, Text: i.Text,
		Attachments: []ExportedAttachment{}, Remarks: append([]string{}, i.Remarks...),
	}
	week := mondayOf(i.at)
	for n, f := range i.files() {
		name := a.object(dir+letter.SafeName(f.name, n), f.file)
		if n == 0 {
			out.Original = name
			out.Custody = []ExportedStep{{Step: "taken in", By: i.By, How: i.How, Week: week, File: name}}
			continue
		}
		out.Attachments = append(out.Attachments, ExportedAttachment{f.name, i.Parts[n-1].Type, name})
		out.Custody = append(out.Custody, ExportedStep{"copied out of the mail", i.By, "MIME", week, name, out.Original})
	}
	return out
}

// mondayOf is the Monday of the week in which a Unix second lies.
func mondayOf(at int64) string {
	return time.Unix((int64(week(at))*7-3)*daySeconds, 0).UTC().Format(time.DateOnly)
}
