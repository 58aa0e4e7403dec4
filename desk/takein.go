// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"tamizdat/desk/incoming"
	"tamizdat/desk/vault"
	"tamizdat/letter/wire"
)

// What comes by another way than the drop is an item: an e-mail in a file, any
// other file, or a note of what was said. It is sealed as it came, and hashed on
// the way, before anything reads it.

// Bounds of an item.
const (
	maxTaken = 8 << 30  // bytes of a file
	maxNote  = 64 << 10 // bytes of a note
	maxHow   = 200      // runes of the words that say how it came
	maxGiven = 255      // runes of a file's name
)

// Errors of taking in on which callers branch.
var (
	// ErrNoItem means that no item has this name.
	ErrNoItem = errors.New("there is no such item")
	// ErrHow means that nobody said how the item came, or too much about it.
	ErrHow = fmt.Errorf("say how it came, in a line of at most %d letters", maxHow)
)

// ItemID is an item's random name.
type ItemID [16]byte

// String is lower-case hexadecimal.
func (id ItemID) String() string { return hex.EncodeToString(id[:]) }

// Short is what people type.
func (id ItemID) Short() string { return id.String()[:8] }

// MarshalText implements [encoding.TextMarshaler].
func (id ItemID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (id *ItemID) UnmarshalText(b []byte) error { return fromHex(id[:], b) }

// Kinds of items.
const (
	itemMail = "mail"
	itemFile = "file"
	itemNote = "note"
)

// itemTaken tells that something was taken in. The time is the event's.
type itemTaken struct {
	ID       ItemID     `json:"id"`
	Kind     string     `json:"kind"`
	By       string     `json:"by"`
	How      string     `json:"how"`
	Name     string     `json:"name,omitempty"` // of the file, as it was given
	Original storedFile `json:"original"`
	From     string     `json:"from,omitempty"` // this and the next three as the mail says
	To       string     `json:"to,omitempty"`
	Subject  string     `json:"subject,omitempty"`
	Date     string     `json:"date,omitempty"`
	Text     string     `json:"text,omitempty"`
	Parts    []itemPart `json:"parts,omitempty"`
	Remarks  []string   `json:"remarks,omitempty"`
}

// itemPart is an attachment that was copied out of a mail.
type itemPart struct {
	Name string     `json:"name"`
	Type string     `json:"type"`
	File storedFile `json:"file"`
}

func (*itemTaken) kind() string { return "item.taken" }

// keptItem is an item as the desk holds it.
type keptItem struct {
	itemTaken
	at    int64
	given *wire.JournalistID // who gave it; nil: it was taken in here
}

func (e *itemTaken) apply(s *state, at int64) error {
	if s.items[e.ID] != nil {
		return errors.New("this item was taken in before")
	}
	s.items[e.ID] = &keptItem{itemTaken: *e, at: at}
	s.itemOrder = append(s.itemOrder, e.ID)
	return nil
}

// itemObjects are the objects that items need.
func (s *state) itemObjects(names map[vault.Name]bool) {
	for _, i := range s.items {
		names[i.Original.Object] = true
		for _, p := range i.Parts {
			names[p.File.Object] = true
		}
	}
}

// TakeIn takes a file in that came by the way that how names: a messenger, a
// meeting, the post. name is what the file is called; by its end an e-mail (.eml)
// is known, which is read as far as package incoming does. Of any other file nothing
// is read. What came is kept byte for byte, whether it could be read or not.
func (d *Desk) TakeIn(name, how string, content io.Reader) (ItemID, error) {
	how, err := checkHow(how)
	if err != nil {
		return ItemID{}, err
	}
	isMail := strings.EqualFold(filepath.Ext(name), ".eml")
	e := &itemTaken{Kind: itemFile, How: how, Name: incoming.Line(lastPart(name), maxGiven)}
	return d.takeIn(e, content, isMail)
}

// TakeNote takes a note in, such as that of a call or a meeting.
func (d *Desk) TakeNote(how, text string) (ItemID, error) {
	how, err := checkHow(how)
	switch {
	case err != nil:
		return ItemID{}, err
	case strings.TrimSpace(text) == "":
		return ItemID{}, errors.New("the note is empty")
	case len(text) > maxNote || !utf8.ValidString(text):
		return ItemID{}, fmt.Errorf("a note is text in UTF-8 of at most %d bytes; take a longer one in as a file", maxNote)
	}
	return d.takeIn(&itemTaken{Kind: itemNote, How: how, Text: text}, strings.NewReader(text), false)
}

func checkHow(how string) (string, error) {
	how = strings.Join(strings.Fields(how), " ")
	if how == "" || utf8.RuneCountInString(how) > maxHow || !utf8.ValidString(how) {
		return "", ErrHow
	}
	return how, nil
}

// lastPart leaves the folders out of a path of this system or another: they tell
// of whoever had the file.
func lastPart(name string) string { return name[strings.LastIndexAny(name, `/\`)+1:] }

func (d *Desk) takeIn(e *itemTaken, content io.Reader, isMail bool) (ItemID, error) {
	rand.Read(e.ID[:])
	e.By = d.s.name
	head := &headOf{limit: incoming.MaxMail + 1}
	if isMail {
		content = io.TeeReader(content, head)
	}
	var err error
	if e.Original, err = d.sealTaken(content); err != nil {
		return ItemID{}, err
	}
	objects := []vault.Name{e.Original.Object}
	if isMail {
		objects, err = d.readTaken(e, head.b, objects)
	}
	if err == nil {
		err = d.v.Keep(objects...)
	}
	if err != nil {
		return ItemID{}, errors.Join(err, d.v.Forget(objects...))
	}
	if err := d.commit(e); err != nil {
		return ItemID{}, err
	}
	if _, err := d.member(); err != nil {
		return e.ID, nil // colleagues are told when there are some
	}
	if err := d.tellItems(); d.broken != nil {
		return ItemID{}, err
	}
	return e.ID, nil // what could not be told now is told later
}

// headOf keeps the beginning of what is written to it.
type headOf struct {
	b     []byte
	limit int
}

// Write implements [io.Writer].
func (h *headOf) Write(b []byte) (int, error) {
	h.b = append(h.b, b[:min(len(b), h.limit-len(h.b))]...)
	return len(b), nil
}

// sealTaken seals what is read, and hashes it as it comes.
func (d *Desk) sealTaken(content io.Reader) (storedFile, error) {
	w, err := d.v.NewObject()
	if err != nil {
		return storedFile{}, err
	}
	hash := sha256.New()
	n, err := io.Copy(w, io.TeeReader(io.LimitReader(content, maxTaken+1), hash))
	if err == nil && n > maxTaken {
		err = fmt.Errorf("a file of more than %d bytes is not taken in", int64(maxTaken))
	}
	if err != nil {
		return storedFile{}, errors.Join(err, w.Abort())
	}
	object, err := w.Seal()
	return storedFile{Object: object, Length: n, SHA256: hash32(hash.Sum(nil))}, err
}

// readTaken adds what a mail says, and its attachments as objects of their own. A
// mail that cannot be read is a file, with the reason as a remark.
func (d *Desk) readTaken(e *itemTaken, raw []byte, objects []vault.Name) ([]vault.Name, error) {
	m, err := incoming.ReadMail(raw)
	if err != nil {
		e.Remarks = []string{err.Error()}
		return objects, nil
	}
	e.Kind, e.From, e.To, e.Subject, e.Date, e.Text, e.Remarks = itemMail, m.From, m.To, m.Subject, m.Date, m.Text, m.Remarks
	for _, p := range m.Parts {
		f, err := d.sealTaken(bytes.NewReader(p.Content))
		if err != nil {
			return objects, err
		}
		objects = append(objects, f.Object)
		e.Parts = append(e.Parts, itemPart{p.Name, p.Type, f})
	}
	return objects, nil
}
