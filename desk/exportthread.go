// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"tamizdat/desk/casebook"
	"tamizdat/letter"
	"tamizdat/letter/wire"
)

// How a thread becomes a manifest and files. Whatever is put in must be the same at each
// desk that knows the same: nothing of this desk's clock, name or order of hearing.

func (a *archive) thread(t *Thread) (*Manifest, error) {
	hands, err := a.d.handsOf(t)
	if err != nil {
		return nil, err
	}
	m := &Manifest{
		Format: ExportFormat, Newsroom: a.d.s.newsroom.Roster().Name, Joined: []ExportedJoin{}, Fields: []ExportedField{},
		Letters: []ExportedLetter{}, Replies: []ExportedReply{}, Notes: []ExportedNote{}, Documents: []ExportedItem{},
	}
	for i, p := range hands {
		m.Hands = append(m.Hands, a.d.exportedHand(p))
		m.Fields = append(m.Fields, a.d.exportedFields(p)...)
		for _, o := range hands[:i] {
			m.Joined = append(m.Joined, a.d.exportedJoins(o, p)...)
		}
	}
	if err := a.letters(m, hands); err != nil {
		return nil, err
	}
	a.replies(m, t)
	a.notes(m, t)
	return m, nil
}

// handsOf gives a thread's pseudonyms as they are joined now, in order.
func (d *Desk) handsOf(t *Thread) ([]wire.Pseudonym, error) {
	for _, hands := range d.hands() {
		if fmt.Sprintf("%x", hands[0][:]) == t.ID {
			return hands, nil
		}
	}
	return nil, ErrNoThread
}

func (d *Desk) exportedHand(p wire.Pseudonym) ExportedHand {
	h := ExportedHand{Name: SenderName(p)}
	if snd := d.s.senders[p]; snd != nil && len(snd.letters) > 0 {
		h.Quarantine = d.info(d.s.letters[snd.letters[0]]).Quarantine
	}
	return h
}

func (d *Desk) exportedJoins(a, b wire.Pseudonym) []ExportedJoin {
	values := d.s.shared.cells.Values(casebook.Cell{Thing: pairThing(a, b), Field: fieldJoined})
	if len(values) == 0 || !d.joined(a, b).One {
		return nil
	}
	by := values[0].By
	return []ExportedJoin{{[2]string{SenderName(a), SenderName(b)}, d.joined(a, b).Reason, d.nameOf(by.Chain.Author), mondayOf(by.At)}}
}

func (d *Desk) exportedFields(p wire.Pseudonym) []ExportedField {
	var out []ExportedField
	for _, field := range []string{FieldState, FieldAssigned, FieldTags, FieldDeadline, FieldNextContact} {
		f := ExportedField{Hand: SenderName(p), Field: field}
		for _, v := range d.s.shared.cells.Values(casebook.Cell{Thing: threadThing(p), Field: field}) {
			f.Values = append(f.Values, ExportedValue{d.shown(field, v.Bytes), d.nameOf(v.By.Chain.Author), mondayOf(v.By.At)})
		}
		if len(f.Values) > 1 || len(f.Values) == 1 && f.Values[0].Value != "" {
			out = append(out, f)
		}
	}
	return out
}

// shown is a field's value as a person reads it; empty where it was taken back.
func (d *Desk) shown(field string, value []byte) string {
	var text string
	var list []string
	if json.Unmarshal(value, &list) == nil {
		return strings.Join(list, ", ")
	}
	if json.Unmarshal(value, &text) != nil {
		return string(value)
	}
	if id, ok := d.journalistBy(text); ok && field == FieldAssigned {
		return d.nameOf(id)
	}
	return text
}

// sequenced is a letter, or a gap, in the order of the thread.
type sequenced struct {
	page uint64
	id   LetterID
	own  ownID
	kept *keptLetter // nil for a gap
}

// sequence orders what this desk holds and what only colleagues hold, by pages. Both
// come to the same numbers wherever the same is known.
func (d *Desk) sequence(hands []wire.Pseudonym) []sequenced {
	var out []sequenced
	for _, p := range hands {
		if snd := d.s.senders[p]; snd != nil {
			for _, id := range snd.letters {
				l := d.s.letters[id]
				out = append(out, sequenced{l.Page, id, ownID{p, l.OwnID}, l})
			}
		}
	}
	for own, said := range d.s.shared.opened {
		if len(d.s.ownIDs[own]) > 0 || !slices.Contains(hands, own.sender) {
			continue
		}
		first := slices.MinFunc(said, func(a, b statement) int {
			return cmp.Or(cmp.Compare(a.page, b.page), bytes.Compare(a.digest[:], b.digest[:]))
		})
		out = append(out, sequenced{first.page, letterID(own.sender, own.id, [32]byte(first.digest)), own, nil})
	}
	slices.SortFunc(out, func(a, b sequenced) int { return cmp.Or(cmp.Compare(a.page, b.page), bytes.Compare(a.id[:], b.id[:])) })
	return out
}

func (a *archive) letters(m *Manifest, hands []wire.Pseudonym) error {
	for i, s := range a.d.sequence(hands) {
		l := ExportedLetter{Number: i + 1, Hand: SenderName(s.own.sender), Attachments: []ExportedAttachment{}, Custody: []ExportedStep{}}
		var err error
		if s.kept == nil {
			l.Gap, l.Desks = true, a.d.whoHas(s.own)
		} else {
			err = a.letter(&l, s.kept)
		}
		if err != nil {
			return err
		}
		m.Letters = append(m.Letters, l)
	}
	return nil
}

// whoHas names the desks that have a letter which did not open here.
func (d *Desk) whoHas(own ownID) []ExportedFinding {
	var out []ExportedFinding
	for _, s := range d.s.shared.opened[own] {
		if f := (ExportedFinding{d.nameOf(s.by), FoundText}); !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	slices.SortFunc(out, func(a, b ExportedFinding) int { return cmp.Compare(a.Desk, b.Desk) })
	return out
}

func (a *archive) letter(out *ExportedLetter, l *keptLetter) error {
	dir := fmt.Sprintf("letters/%03d/", out.Number)
	info := a.d.info(l)
	out.Week, out.Label, out.Disputed = mondayOf(l.PageSealed), info.Label, info.Disputed
	out.Desks, out.Explained = a.d.findings(l), a.d.agreement(l).Explained
	out.Text = a.text(dir+"letter.txt", l.Text)
	out.Custody = a.d.custodyOf(l, out)
	if l.Parcel == nil {
		return nil
	}
	p, err := letter.ParseParcel(l.Parcel)
	if err != nil {
		return err
	}
	for i, f := range p.Files {
		out.Attachments = append(out.Attachments, a.attachment(out, l, i, f.Name, f.Type, dir))
	}
	return nil
}

func (a *archive) attachment(out *ExportedLetter, l *keptLetter, i int, name, kind, dir string) ExportedAttachment {
	e := ExportedAttachment{SaidName: name, SaidType: kind}
	if l.files == nil {
		a.missing++
		return e
	}
	e.File = a.object(dir+letter.SafeName(name, i), l.files[i])
	out.Custody = append(out.Custody, ExportedStep{Step: stepPieces, How: wayDrop, File: e.File, From: out.Text})
	return e
}

// findings lists the newsroom's desks by name. This one is told of as all others tell of
// it: by what it said in the casebook.
func (d *Desk) findings(l *keptLetter) []ExportedFinding {
	said := d.s.shared.opened[ownID{wire.Pseudonym(l.Sender), l.OwnID}]
	var out []ExportedFinding
	for _, j := range d.s.newsroom.Roster().Journalists {
		found := FoundNothing
		by := func(s statement) bool { return s.by == j.ID }
		switch {
		case slices.ContainsFunc(said, func(s statement) bool { return by(s) && s.digest == l.Digest }):
			found = FoundSame
		case d.s.shared.looked[j.ID].pages <= l.Page:
			found = FoundUnheard
		case slices.ContainsFunc(said, by):
			found = FoundOther
		}
		out = append(out, ExportedFinding{j.Name, found})
	}
	slices.SortStableFunc(out, func(a, b ExportedFinding) int { return cmp.Compare(a.Desk, b.Desk) })
	return out
}

// custodyOf tells at whose desks this very text was opened, former colleagues' too, and
// to whom it was given.
func (d *Desk) custodyOf(l *keptLetter, out *ExportedLetter) []ExportedStep {
	var names []string
	for _, s := range d.s.shared.opened[ownID{wire.Pseudonym(l.Sender), l.OwnID}] {
		if s.digest == l.Digest {
			names = append(names, d.nameOf(s.by))
		}
	}
	slices.Sort(names)
	var steps []ExportedStep
	for _, name := range slices.Compact(names) {
		steps = append(steps, ExportedStep{Step: stepOpened, By: name, How: wayDrop, Week: out.Week, File: out.Text})
	}
	gifts := slices.Clone(d.s.shared.given[l.ID])
	slices.SortFunc(gifts, func(a, b gift) int {
		return cmp.Or(cmp.Compare(a.in.At, b.in.At), a.in.Chain.Compare(b.in.Chain), cmp.Compare(a.in.N, b.in.N))
	})
	for _, g := range gifts {
		steps = append(steps, ExportedStep{Step: stepGiven + d.nameOf(g.to), By: d.nameOf(g.in.Chain.Author), How: wayHistory, Week: mondayOf(g.in.At), File: out.Text})
	}
	return steps
}

func (a *archive) replies(m *Manifest, t *Thread) {
	for i, r := range t.Replies {
		name := a.text(fmt.Sprintf("replies/%03d.txt", i+1), r.Text)
		m.Replies = append(m.Replies, ExportedReply{r.To, r.By, r.Numbering, r.Number, mondayOf(int64(r.Day) * daySeconds), r.Sent, name})
	}
}

func (a *archive) notes(m *Manifest, t *Thread) {
	for i, n := range slices.SortedFunc(slices.Values(t.Notes), compareShown) {
		m.Notes = append(m.Notes, ExportedNote{n.Name, mondayOf(n.At), a.text(fmt.Sprintf("notes/%03d.txt", i+1), n.Text)})
	}
}

// compareShown is of what notes say alone, so that it is the same at all desks.
func compareShown(a, b Note) int {
	return cmp.Or(cmp.Compare(a.At, b.At), bytes.Compare(a.By[:], b.By[:]), cmp.Compare(a.Text, b.Text))
}

// documents puts in what belongs to the thread and what the person named besides, in the
// order in which it was taken in.
func (a *archive) documents(m *Manifest, t *Thread, with []ItemID) error {
	all := slices.Concat(t.Items, with)
	for _, id := range all {
		if _, err := a.d.originalOf(id); err != nil {
			return err
		}
	}
	slices.SortFunc(all, func(x, y ItemID) int {
		return cmp.Or(cmp.Compare(a.d.takenAt(x), a.d.takenAt(y)), bytes.Compare(x[:], y[:]))
	})
	for n, id := range slices.Compact(all) {
		e, err := a.document(fmt.Sprintf("documents/%03d/", n+1), id)
		if err != nil {
			return err
		}
		m.Documents = append(m.Documents, e)
	}
	return nil
}

// takenAt is when an item was taken in, wherever that was.
func (d *Desk) takenAt(id ItemID) int64 {
	if said := d.s.shared.documents[id]; len(said) > 0 {
		return said[0].Taken
	}
	return d.s.items[id].at
}

// document puts an item in, or what is known of one that lies at a colleague's desk.
func (a *archive) document(dir string, id ItemID) (ExportedItem, error) {
	i, err := a.d.Item(id)
	if err != nil {
		return ExportedItem{}, err
	}
	out := ExportedItem{
		Kind: i.Kind, LiesAt: i.Desk, From: i.From, To: i.To, Subject: i.Subject, Date: i.Date, Text: i.Text,
		Attachments: []ExportedAttachment{}, Remarks: i.Remarks,
	}
	names := map[string]string{} // of files, by hash
	for n, f := range a.filesOf(id) {
		name := a.object(dir+letter.SafeName(f.name, n), f.file)
		if names[f.file.hex()] = name; n == 0 {
			out.Original = name
		}
	}
	if out.Original == "" {
		a.missing++
	}
	for _, f := range i.Attached {
		out.Attachments = append(out.Attachments, ExportedAttachment{f.Name, f.Type, names[f.SHA256]})
	}
	for _, c := range i.Custody {
		out.Custody = append(out.Custody, ExportedStep{c.Step, c.By, c.How, mondayOfWeek(c.Week), names[c.SHA256], names[c.Parent], c.SHA256})
	}
	return out, nil
}

// filesOf are the files of an item, none where it lies elsewhere.
func (a *archive) filesOf(id ItemID) []namedFile {
	if i := a.d.s.items[id]; i != nil {
		return i.files()
	}
	return nil
}

// mondayOf is the Monday of the week in which a Unix second lies.
func mondayOf(at int64) string { return mondayOfWeek(week(at)) }

func mondayOfWeek(week uint32) string {
	return time.Unix((int64(week)*7-3)*daySeconds, 0).UTC().Format(time.DateOnly)
}
