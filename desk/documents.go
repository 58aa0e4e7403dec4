// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"tamizdat/desk/casebook"
	"tamizdat/letter/wire"
)

// What desks tell each other of items (spec/casebook.md §6). The bytes stay at the desk
// that took them in, unless it gives them.

const (
	kindDocument = "document" // something was taken in
	kindCustody  = "custody"  // something was done with it

	maxLine  = 1001 // runes of what a mail says of itself
	maxParts = 64   // attachments that an event lists
)

// documentTaken is the payload of an event of kind “document”.
type documentTaken struct {
	ID      ItemID         `json:"id"`
	Kind    string         `json:"kind"`
	How     string         `json:"how"`
	Name    string         `json:"name,omitempty"`
	From    string         `json:"from,omitempty"`
	To      string         `json:"to,omitempty"`
	Subject string         `json:"subject,omitempty"`
	Date    string         `json:"date,omitempty"`
	SHA256  hash32         `json:"sha256"`
	Length  int64          `json:"length"`
	Taken   int64          `json:"taken"`
	Parts   []documentPart `json:"parts,omitempty"`
	More    int            `json:"more,omitempty"`
}

type documentPart struct {
	Name   string `json:"name"`
	Type   string `json:"type"`
	Length int64  `json:"length"`
	SHA256 hash32 `json:"sha256"`
}

// custodyStep is the payload of an event of kind “custody”.
type custodyStep struct {
	Document ItemID `json:"document"`
	Step     string `json:"step"`
	How      string `json:"how,omitempty"`
	At       int64  `json:"at"`
	SHA256   hash32 `json:"sha256,omitzero"`
	Parent   hash32 `json:"parent,omitzero"`
}

// document is what one author says of an item.
type document struct {
	documentTaken
	by wire.JournalistID
	in *casebook.Taken
}

// handled is what one author says that she did.
type handled struct {
	custodyStep
	by     wire.JournalistID
	origin wire.Hash // the event
}

func runesIn(s string, least, most int) bool {
	n := utf8.RuneCountInString(s)
	return utf8.ValidString(s) && n >= least && n <= most
}

func goodTime(at int64) bool { return at >= 0 && at <= wire.MaxTime }

func (e *documentTaken) good() bool {
	for _, line := range []string{e.From, e.To, e.Subject, e.Date} {
		if !runesIn(line, 0, maxLine) {
			return false
		}
	}
	for _, p := range e.Parts {
		if !runesIn(p.Name, 0, maxGiven+1) || !runesIn(p.Type, 0, maxGiven+1) || p.Length < 0 {
			return false
		}
	}
	return slices.Contains([]string{itemMail, itemFile, itemNote}, e.Kind) && e.ID != (ItemID{}) && runesIn(e.How, 1, maxHow) && runesIn(e.Name, 0, maxGiven+1) &&
		e.Length >= 0 && e.Length <= maxTaken && goodTime(e.Taken) && len(e.Parts) <= maxParts && e.More >= 0
}

func (e *custodyStep) good() bool {
	return e.Document != (ItemID{}) && runesIn(e.Step, 1, maxHow) && runesIn(e.How, 0, maxHow) && goodTime(e.At)
}

// foldDocument takes in what an author says of an item. One that another told her of is
// not hers.
func (s *shared) foldDocument(t *casebook.Taken, said *casebook.Event) (shown bool) {
	by, e := said.Chain.Author, payloadOf[documentTaken](said)
	if e == nil || !e.good() {
		return false
	}
	for _, other := range s.documents[e.ID] {
		if other.by == by || t.Knew(other.in) {
			return other.by == by
		}
	}
	all := append(s.documents[e.ID], &document{*e, by, t})
	slices.SortFunc(all, func(a, b *document) int { return bytes.Compare(a.by[:], b.by[:]) })
	s.documents[e.ID] = all
	return true
}

func (s *shared) foldCustody(said *casebook.Event) (shown bool) {
	e := payloadOf[custodyStep](said)
	if e == nil || !e.good() {
		return false
	}
	h := handled{*e, said.Chain.Author, said.ID()}
	if !slices.ContainsFunc(s.handled[e.Document], func(o handled) bool { return o.origin == h.origin }) {
		s.handled[e.Document] = append(s.handled[e.Document], h)
	}
	return true
}

// document is what a desk tells of an item of its own.
func (i *keptItem) document() *documentTaken {
	e := &documentTaken{
		ID: i.ID, Kind: i.Kind, How: i.How, Name: i.Name, From: i.From, To: i.To, Subject: i.Subject, Date: i.Date,
		SHA256: i.Original.SHA256, Length: i.Original.Length, Taken: i.at, More: max(0, len(i.Parts)-maxParts),
	}
	for _, p := range i.Parts[:min(len(i.Parts), maxParts)] {
		e.Parts = append(e.Parts, documentPart{p.Name, p.Type, p.File.Length, p.File.SHA256})
	}
	return e
}

// tellItems tells colleagues once of each item that was taken in here: those from before
// the newsroom too, and those of a chain that was cut.
func (d *Desk) tellItems() error {
	for _, id := range d.s.itemOrder {
		i := d.s.items[id]
		mine := func(o *document) bool { return o.by == d.ID() }
		if i.given != nil || slices.ContainsFunc(d.s.shared.documents[id], mine) {
			continue
		}
		if err := d.tell(kindDocument, i.document()); err != nil {
			return err
		}
	}
	return nil
}

// NoteStep writes down for all colleagues what this person did with an item, or with a
// copy of it, wherever it lies. sha256 is of what came out, zeros where nothing did.
func (d *Desk) NoteStep(id ItemID, step, how string, sha256 [32]byte) error {
	step, how = strings.Join(strings.Fields(step), " "), strings.Join(strings.Fields(how), " ")
	original, err := d.originalOf(id)
	switch {
	case err != nil:
		return err
	case !runesIn(step, 1, maxHow) || !runesIn(how, 0, maxHow):
		return fmt.Errorf("say what was done, and how, in a line of at most %d letters each", maxHow)
	}
	e := &custodyStep{Document: id, Step: step, How: how, At: d.unix(), SHA256: hash32(sha256)}
	if e.SHA256 != (hash32{}) {
		e.Parent = original
	}
	return d.tell(kindCustody, e)
}

// originalOf is the hash of an item, here or at a colleague's desk.
func (d *Desk) originalOf(id ItemID) (hash32, error) {
	if i := d.s.items[id]; i != nil {
		return i.Original.SHA256, nil
	}
	if o := d.s.elsewhere(id); o != nil {
		return o.SHA256, nil
	}
	return hash32{}, ErrNoItem
}

// elsewhere is what is known of an item that is not here, or nil.
func (s *state) elsewhere(id ItemID) *document {
	if s.shared == nil || s.items[id] != nil {
		return nil
	}
	for _, o := range s.shared.documents[id] {
		if s.knowsAuthor(o.by) { // one that was taken over may be nobody's
			return o
		}
	}
	return nil
}

// allElsewhere lists what colleagues told of items that are not here, in a fixed order.
func (s *state) allElsewhere() []*document {
	if s.shared == nil {
		return nil
	}
	var out []*document
	for id, said := range s.shared.documents {
		if s.items[id] == nil {
			for _, o := range said {
				if s.knowsAuthor(o.by) {
					out = append(out, o)
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b *document) int {
		return cmp.Or(bytes.Compare(a.ID[:], b.ID[:]), bytes.Compare(a.by[:], b.by[:]))
	})
	return out
}

// PutInThread puts an item into a thread, for all colleagues; nil takes it out again.
func (d *Desk) PutInThread(t *Thread, id ItemID) error {
	if _, err := d.originalOf(id); err != nil {
		return err
	}
	name := ""
	if t != nil {
		name = t.ID
	}
	return d.setText(documentThing(id), fieldThread, name)
}

const fieldThread = "thread"

func documentThing(id ItemID) string { return "document/" + id.String() }

// filed lists the items that were put into threads, by pseudonym, as they were taken in.
func (d *Desk) filed() map[wire.Pseudonym][]ItemID {
	out := map[wire.Pseudonym][]ItemID{}
	for _, i := range d.Items() {
		var p hash32
		if p.UnmarshalText([]byte(d.s.text(documentThing(i.ID), fieldThread))) == nil && !slices.Contains(out[wire.Pseudonym(p)], i.ID) {
			out[wire.Pseudonym(p)] = append(out[wire.Pseudonym(p)], i.ID)
		}
	}
	return out
}

// info is a line in the list of items, for one that lies elsewhere.
func (o *document) info(d *Desk) ItemInfo {
	return ItemInfo{
		ID: o.ID, Kind: o.Kind, Week: week(o.Taken), By: d.nameOf(o.by), How: o.How, Name: o.Name,
		From: o.From, Subject: o.Subject, Files: len(o.Parts) + o.More, Desk: d.nameOf(o.by),
	}
}

const twoDesks = "several desks took something in under this name: compare by voice"

// item is all that is known of an item that lies elsewhere.
func (o *document) item(d *Desk) *Item {
	out := &Item{ItemInfo: o.info(d), To: o.To, Date: o.Date, Length: o.Length, Attached: []FileInfo{}, Remarks: []string{}, Same: []ItemID{}}
	original := fmt.Sprintf("%x", o.SHA256[:])
	out.Custody = []Custody{{Step: "taken in", By: out.By, How: o.How, Week: out.Week, SHA256: original}}
	for _, p := range o.Parts {
		out.Attached = append(out.Attached, FileInfo{p.Name, p.Type, p.Length, fmt.Sprintf("%x", p.SHA256[:])})
		out.Custody = append(out.Custody, Custody{"copied out of the mail", out.By, "MIME", out.Week, fmt.Sprintf("%x", p.SHA256[:]), original})
	}
	if o.More > 0 {
		out.Remarks = append(out.Remarks, fmt.Sprintf("%d more attachments are listed at the desk of %s only", o.More, out.Desk))
	}
	if len(d.s.shared.documents[o.ID]) > 1 {
		out.Remarks = append(out.Remarks, twoDesks)
	}
	return out
}

// doneWith is what colleagues told of an item after it was taken in, by time.
func (d *Desk) doneWith(id ItemID) []Custody {
	if d.s.shared == nil {
		return nil
	}
	all := slices.Clone(d.s.shared.handled[id])
	for _, g := range d.s.shared.givenItems[id] {
		all = append(all, handled{custodyStep{Step: "a copy given to " + d.nameOf(g.to), At: g.at}, g.by, wire.Hash{}})
	}
	slices.SortStableFunc(all, func(a, b handled) int {
		return cmp.Or(cmp.Compare(a.At, b.At), bytes.Compare(a.by[:], b.by[:]), cmp.Compare(a.Step, b.Step))
	})
	var out []Custody
	for _, h := range all {
		if !d.s.knowsAuthor(h.by) {
			continue
		}
		c := Custody{Step: h.Step, By: d.nameOf(h.by), How: h.How, Week: week(h.At)}
		if h.SHA256 != (hash32{}) {
			c.SHA256 = fmt.Sprintf("%x", h.SHA256[:])
		}
		if h.Parent != (hash32{}) {
			c.Parent = fmt.Sprintf("%x", h.Parent[:])
		}
		out = append(out, c)
	}
	return out
}

// liesElsewhere says where an item lies.
func (d *Desk) liesElsewhere(o *document) error {
	return fmt.Errorf("the file lies at the desk of %s: ask for it", d.nameOf(o.by))
}
