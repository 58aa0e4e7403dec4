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
	of   []documentGift
	w    *vault.ObjectWriter
	hash hash.Hash
	head headOf
	file [32]byte
	n    int64
}

// documentGift is a document, and who gives it.
type documentGift struct {
	*document
	giver wire.JournalistID
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
	if longer := func(o documentGift) bool { return f.n <= o.Length }; err == nil && !slices.ContainsFunc(f.of, longer) {
		err = h.endFile()
		h.file = &givenFile{file: p.SHA256} // the rest is passed over
	}
	return err
}

func (h *historyIn) beginFile(sum [32]byte) (*givenFile, error) {
	f := &givenFile{file: sum, hash: sha256.New(), head: headOf{limit: incoming.MaxMail + 1}}
	all := h.d.givenDocuments(sum)
	if len(all) == 0 {
		h.out.Refused++
	}
	f.of = slices.DeleteFunc(all, func(o documentGift) bool { return h.d.s.items[o.ID] != nil })
	if len(f.of) == 0 {
		return f, nil
	}
	var err error
	f.w, err = h.d.v.NewObject()
	return f, err
}

// maxSameFile is of how many documents one file can be.
const maxSameFile = 16

// givenDocuments finds the documents with a hash that somebody gave to this journalist:
// several, where several took the same bytes in. Of an id that two claim it is the one of
// who gives it.
func (d *Desk) givenDocuments(sum [32]byte) []documentGift {
	var out []documentGift
	for _, id := range d.s.shared.documentIDs() {
		for _, g := range d.s.shared.givenItems[id] {
			if o := d.s.shared.documentOf(id, hash32(sum), g.by); o != nil && g.to == d.ID() && len(out) < maxSameFile {
				out = append(out, documentGift{o, g.by})
				break
			}
		}
	}
	return out
}

func (s *shared) documentOf(id ItemID, sum hash32, giver wire.JournalistID) *document {
	var found *document
	for _, o := range s.documents[id] {
		if o.SHA256 == sum && (found == nil || o.by == giver) {
			found = o
		}
	}
	return found
}

func (s *shared) documentIDs() []ItemID {
	ids := make([]ItemID, 0, len(s.documents))
	for id := range s.documents {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b ItemID) int { return bytes.Compare(a[:], b[:]) })
	return ids
}

// endFile keeps the file at hand if it is what documents say, and lets go of it.
func (h *historyIn) endFile() error {
	f := h.file
	h.file = nil
	if f == nil || f.w == nil {
		return nil
	}
	f.of = slices.DeleteFunc(f.of, func(o documentGift) bool { return o.Length != f.n })
	if len(f.of) == 0 || [32]byte(f.hash.Sum(nil)) != f.file {
		h.out.Refused++
		return f.w.Abort()
	}
	object, err := f.w.Seal()
	if err != nil {
		return err
	}
	objects := []vault.Name{object}
	var events []payload
	for _, o := range f.of {
		var e *itemGiven
		if e, objects, err = h.d.itemOf(o, f, objects); err != nil {
			break
		}
		events = append(events, e)
	}
	if err == nil {
		err = h.d.v.Keep(objects...)
	}
	if err != nil {
		return errors.Join(err, h.d.v.Forget(objects...))
	}
	h.out.Items += len(events)
	return h.d.commit(events...)
}

// itemOf is the item that a document becomes here. A mail or a note is read here too: what
// the other desk read of it is its word. objects begin with the file's, and grow.
func (d *Desk) itemOf(o documentGift, f *givenFile, objects []vault.Name) (*itemGiven, []vault.Name, error) {
	e := &itemGiven{Taken: o.Taken, Giver: hash32(o.giver), itemTaken: itemTaken{
		ID: o.ID, Kind: itemFile, By: d.nameOf(o.by), How: o.How, Name: o.Name,
		Original: storedFile{Object: objects[0], Length: f.n, SHA256: o.SHA256},
	}}
	var err error
	switch {
	case o.Kind == itemMail:
		objects, err = d.readTaken(&e.itemTaken, f.head.b, objects)
	case o.Kind == itemNote && f.n <= maxNote:
		e.Kind, e.Text = itemNote, string(f.head.b)
	}
	return e, objects, err
}
