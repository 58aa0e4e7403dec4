// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"

	"tamizdat/desk/casebook"
	"tamizdat/desk/incoming"
	"tamizdat/desk/vault"
	"tamizdat/letter"
	"tamizdat/letter/wire"
)

// Files of items in a history (spec/casebook.md §5).

// itemGiven is a copy of an item that a colleague gave.
type itemGiven struct {
	itemTaken
	Taken int64  `json:"taken"` // when it was first taken in
	Giver hash32 `json:"giver"` // signing key
}

func (*itemGiven) kind() string { return "item.given" }

func (e *itemGiven) apply(s *state, _ int64) error {
	if err := e.itemTaken.apply(s, e.Taken); err != nil {
		return err
	}
	by := wire.JournalistID(e.Giver)
	s.items[e.ID].given = &by
	return nil
}

// writeFile writes the original of an item in parts.
func (d *Desk) writeFile(w io.Writer, i *keptItem) error {
	in, err := d.v.OpenObject(i.Original.Object)
	if err != nil {
		return err
	}
	p := casebook.FilePart{SHA256: i.Original.SHA256}
	buf := make([]byte, casebook.MaxFilePart)
	for err == nil {
		var n int
		n, err = io.ReadFull(in, buf)
		if p.Bytes = buf[:n]; n == 0 {
			break
		}
		if failed := p.Write(w); failed != nil {
			err = failed
		}
		p.Offset += uint64(n)
	}
	return errors.Join(unlessEnd(err), in.Close())
}

func unlessEnd(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}

// historyCheck goes through a history before anything of it is taken in.
type historyCheck struct {
	d    *Desk
	file [32]byte // of the parts that come
	end  uint64   // up to where
}

// check refuses what no desk would have written.
func (c *historyCheck) check(r casebook.Record) error {
	switch {
	case r.Event != nil:
		_, err := r.Event.Verify(c.d.s.newsroom.Key(), c.d.s.knowsAuthor)
		return err
	case r.Letter != nil:
		_, _, err := letter.ParseLetterBody(r.Letter.Body)
		return err
	}
	if r.Part.SHA256 != c.file || r.Part.Offset == 0 {
		c.file, c.end = r.Part.SHA256, 0
	}
	if r.Part.Offset != c.end {
		return fmt.Errorf("%w: a file in it has a hole", casebook.ErrMalformed)
	}
	c.end += uint64(len(r.Part.Bytes))
	return nil
}

// givenFile is a file that is being taken in; without w it is one that is not wanted.
type givenFile struct {
	of   *document
	by   wire.JournalistID // who gives it
	w    *vault.ObjectWriter
	hash hash.Hash
	head headOf
	file [32]byte
	n    int64
}

// takePart seals files as they come. What is no document that somebody gave to this
// journalist, or is here, is passed over.
func (h *historyIn) takePart(p *casebook.FilePart) error {
	if p.Offset == 0 || h.file == nil || h.file.file != p.SHA256 {
		if err := errors.Join(h.flush(), h.endFile()); err != nil { // the events say who gives
			return err
		}
		var err error
		if h.file, err = h.beginFile(p.SHA256); err != nil {
			return err
		}
	}
	f := h.file
	if f.w == nil {
		return nil
	}
	f.n += int64(len(p.Bytes))
	_, err := io.MultiWriter(f.w, f.hash, &f.head).Write(p.Bytes)
	if err == nil && f.n > f.of.Length {
		err = h.endFile()
		h.file = &givenFile{file: p.SHA256} // the rest is passed over
	}
	return err
}

func (h *historyIn) beginFile(sum [32]byte) (*givenFile, error) {
	f := &givenFile{file: sum, hash: sha256.New(), head: headOf{limit: incoming.MaxMail + 1}}
	if f.of, f.by = h.d.givenDocument(sum); f.of == nil {
		h.out.Refused++
		return f, nil
	}
	if h.d.s.items[f.of.ID] != nil {
		return f, nil
	}
	var err error
	f.w, err = h.d.v.NewObject()
	return f, err
}

// givenDocument finds a document with a hash that somebody gave to this journalist.
func (d *Desk) givenDocument(sum [32]byte) (*document, wire.JournalistID) {
	for _, id := range d.s.shared.documentIDs() {
		o := d.s.shared.documents[id][0]
		for _, g := range d.s.shared.givenItems[id] {
			if o.SHA256 == hash32(sum) && g.to == d.ID() {
				return o, g.by
			}
		}
	}
	return nil, wire.JournalistID{}
}

func (s *shared) documentIDs() []ItemID {
	ids := make([]ItemID, 0, len(s.documents))
	for id := range s.documents {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b ItemID) int { return bytes.Compare(a[:], b[:]) })
	return ids
}

// endFile keeps the file at hand if it is what the document says, and lets go of it.
func (h *historyIn) endFile() error {
	f := h.file
	h.file = nil
	if f == nil || f.w == nil {
		return nil
	}
	if f.n != f.of.Length || [32]byte(f.hash.Sum(nil)) != f.file {
		h.out.Refused++
		return f.w.Abort()
	}
	object, err := f.w.Seal()
	if err != nil {
		return err
	}
	e := &itemGiven{Taken: f.of.Taken, Giver: hash32(f.by), itemTaken: itemTaken{
		ID: f.of.ID, Kind: itemFile, By: h.d.nameOf(f.of.by), How: f.of.How, Name: f.of.Name,
		Original: storedFile{Object: object, Length: f.n, SHA256: f.of.SHA256},
	}}
	objects, err := h.d.readGiven(e, f)
	if err == nil {
		err = h.d.v.Keep(objects...)
	}
	if err != nil {
		return errors.Join(err, h.d.v.Forget(objects...))
	}
	h.out.Items++
	return h.d.commit(e)
}

// readGiven reads a mail or a note here too: what the other desk read is its word.
func (d *Desk) readGiven(e *itemGiven, f *givenFile) ([]vault.Name, error) {
	objects := []vault.Name{e.Original.Object}
	switch {
	case f.of.Kind == itemMail:
		return d.readTaken(&e.itemTaken, f.head.b, objects)
	case f.of.Kind == itemNote && f.n <= maxNote:
		e.Kind, e.Text = itemNote, string(f.head.b)
	}
	return objects, nil
}
