// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"errors"
	"io"
	"strings"

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
const ExportFormat = "tamizdat thread 2"

// Manifest says what is in a thread's archive; it is the file manifest.json there.
// It has no key, no name that the transport gave, no page and no time but the
// Monday of a week, in UTC. Names of files are paths in the archive.
type Manifest struct {
	Format    string           `json:"format"`
	Newsroom  string           `json:"newsroom"`
	Hands     []ExportedHand   `json:"hands"`
	Joined    []ExportedJoin   `json:"joined"`  // why they are taken for one
	Fields    []ExportedField  `json:"fields"`  // what colleagues set
	Letters   []ExportedLetter `json:"letters"` // in the order of the log's pages, gaps too
	Replies   []ExportedReply  `json:"replies"` // of all colleagues, in order
	Notes     []ExportedNote   `json:"notes"`   // in order
	Documents []ExportedItem   `json:"documents"`
	Files     []ExportedFile   `json:"files"`
}

// ExportedHand is a source under one pseudonym.
type ExportedHand struct {
	Name       string `json:"name"`       // three words
	Quarantine string `json:"quarantine"` // why the claim to be this one is doubted, or empty
}

// ExportedJoin is a person's decision that two hands are one.
type ExportedJoin struct {
	Hands  [2]string `json:"hands"`
	Reason string    `json:"reason"`
	By     string    `json:"by"`
	Week   string    `json:"week"`
}

// ExportedField is one thing that colleagues set about a hand. More than one value: they
// did not know of each other, and nobody has chosen. The first is the latest.
type ExportedField struct {
	Hand   string          `json:"hand"`
	Field  string          `json:"field"`
	Values []ExportedValue `json:"values"`
}

// ExportedValue is what somebody set.
type ExportedValue struct {
	Value string `json:"value"`
	By    string `json:"by"`
	Week  string `json:"week"`
}

// ExportedFile is a file of an archive.
type ExportedFile struct {
	Name   string `json:"name"`
	Length int64  `json:"length"`
	SHA256 string `json:"sha256"` // hexadecimal
}

// ExportedLetter is a letter. One that opened at a colleague's desk only is a gap: then
// Text is empty, and what is known of it is who has it.
type ExportedLetter struct {
	Number      int                  `json:"number"`
	Hand        string               `json:"hand"`
	Gap         bool                 `json:"gap"`
	Week        string               `json:"week"`
	Label       string               `json:"label"`
	Disputed    bool                 `json:"disputed"` // another text came under the same id
	Desks       []ExportedFinding    `json:"desks"`    // of the newsroom, as listed now
	Explained   string               `json:"explained"`
	Text        string               `json:"text"` // file
	Attachments []ExportedAttachment `json:"attachments"`
	Custody     []ExportedStep       `json:"custody"`
}

// ExportedFinding is what one desk found in a letter.
type ExportedFinding struct {
	Desk  string `json:"desk"`
	Found string `json:"found"` // one of the constants below
}

// What a desk found.
const (
	FoundSame    = "the same text"
	FoundOther   = "another text"
	FoundNothing = "nothing"
	FoundUnheard = "not known yet"
	FoundText    = "a text" // in a gap, where there is nothing to hold it against
)

// ExportedAttachment is an attachment. Its name and type are a stranger's claims.
type ExportedAttachment struct {
	SaidName string `json:"said_name"`
	SaidType string `json:"said_type"`
	File     string `json:"file"` // empty where it was never fetched
}

// ExportedReply is what was answered.
type ExportedReply struct {
	To        string `json:"to"` // hand
	By        string `json:"by"`
	Numbering int    `json:"numbering"` // of the author's, from 1
	Number    uint64 `json:"number"`    // as the source reads it
	Week      string `json:"week"`
	Sent      bool   `json:"sent"`
	Text      string `json:"text"` // file
}

// ExportedNote is what a colleague noted.
type ExportedNote struct {
	By   string `json:"by"`
	Week string `json:"week"`
	Text string `json:"text"` // file
}

// ExportedItem is something that came by another way. The five fields from from to
// text are what a mail says of itself.
type ExportedItem struct {
	Kind        string               `json:"kind"`     // mail, file or note
	LiesAt      string               `json:"lies_at"`  // the colleague whose desk has the bytes; empty: in the archive
	Original    string               `json:"original"` // file
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
	By   string `json:"by"` // empty: whichever desk does it, the bytes are the same
	How  string `json:"how"`
	Week string `json:"week"`
	File string `json:"file"` // what came out of it
	From string `json:"from"` // the file of which it was made; empty: none in the archive

	SHA256 string `json:"sha256"` // of what came out, where the file is not in the archive too
}

// Steps of a letter's custody, and the ways that letters come.
const (
	stepOpened = "opened"
	stepPieces = "put together from the pieces that the letter names"
	stepGiven  = "given to "
	wayDrop    = "the newsroom's drop"
	wayHistory = "a file for a colleague"
)

// Export writes a thread as a zip archive: what colleagues set and noted about it, the
// letters with those attachments that were fetched, what all desks answered, and the items
// that were put into the thread or that the person adds; as plain text in English and in Russian, and as a manifest.
//
// What did not change since gives the same bytes again, on any machine, and at any desk
// that has heard the same from its colleagues. What is a desk's own, and shows, are
// the attachments that it has fetched, the letters that it holds, and the items.
//
// Everything is read and held against its hash before the first byte is written. missing is
// how many attachments and items are not there because they were not fetched or lie elsewhere.
//
// What is written is plaintext, on a disk that may never forget it.
func (d *Desk) Export(to io.Writer, t *Thread, with ...ItemID) (m *Manifest, missing int, err error) {
	a := &archive{d: d, texts: map[string]string{}}
	if m, err = a.thread(t); err == nil {
		err = a.documents(m, t, with)
	}
	if err == nil {
		err = a.finish(m)
	}
	if err != nil {
		return nil, 0, err
	}
	return m, a.missing, a.write(to)
}
