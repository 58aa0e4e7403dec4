// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ItemInfo is a line in the list of what came by other ways. What a mail says of
// itself, and every file's name and type, is a stranger's claim.
type ItemInfo struct {
	ID      ItemID `json:"id"`
	Kind    string `json:"kind"` // mail, file or note
	Week    uint32 `json:"week"` // in which it was taken in
	By      string `json:"by"`   // who took it in
	How     string `json:"how"`
	Name    string `json:"name"` // of the file
	From    string `json:"from"`
	Subject string `json:"subject"`
	Files   int    `json:"files"` // attachments
	Begins  string `json:"begins"`
	Desk    string `json:"desk"`  // of the colleague where the bytes lie; empty: here
	Given   string `json:"given"` // who gave a copy to this desk; empty: it was taken in here
}

// Item is an item to read.
type Item struct {
	ItemInfo
	To       string     `json:"to"`
	Date     string     `json:"date"` // as the mail says
	Text     string     `json:"text"`
	Length   int64      `json:"length"` // of the original
	Attached []FileInfo `json:"attached"`
	Remarks  []string   `json:"remarks"` // what could not be read
	Custody  []Custody  `json:"custody"`
	Same     []ItemID   `json:"same"` // other items with the same bytes
}

// Custody is one step of what was done with bytes, by whom and when. The original
// has no parent. The exact time stays in the vault.
type Custody struct {
	Step   string `json:"step"`   // what was done
	By     string `json:"by"`     // by whom
	How    string `json:"how"`    // by which way it came, or by what it was made
	Week   uint32 `json:"week"`   // when
	SHA256 string `json:"sha256"` // of what came out of the step
	Parent string `json:"parent"` // SHA-256 of what it was made of; empty: nothing
}

// Items lists what was taken in, here and by colleagues, oldest first.
func (d *Desk) Items() []ItemInfo {
	type line struct {
		at int64
		ItemInfo
	}
	var lines []line
	for _, id := range d.s.itemOrder {
		lines = append(lines, line{d.s.items[id].at, d.itemInfo(d.s.items[id])})
	}
	for _, o := range d.s.allElsewhere() {
		lines = append(lines, line{o.Taken, o.info(d)})
	}
	slices.SortStableFunc(lines, func(a, b line) int { return cmp.Compare(a.at, b.at) })
	out := make([]ItemInfo, len(lines))
	for i := range lines {
		out[i] = lines[i].ItemInfo
	}
	return out
}

func (d *Desk) itemInfo(i *keptItem) ItemInfo {
	info := i.info()
	if i.given != nil {
		info.Given = d.nameOf(*i.given)
	}
	return info
}

func (i *keptItem) info() ItemInfo {
	return ItemInfo{
		ID: i.ID, Kind: i.Kind, Week: week(i.at), By: i.By, How: i.How, Name: i.Name,
		From: i.From, Subject: i.Subject, Files: len(i.Parts), Begins: begin(i.Text),
	}
}

// FindItem resolves what a person typed: the whole of an item's name or its
// beginning, at least four digits, if only one begins so.
func (d *Desk) FindItem(typed string) (ItemID, error) {
	var hits []ItemID
	for _, i := range d.Items() {
		if len(typed) >= 4 && strings.HasPrefix(i.ID.String(), strings.ToLower(typed)) && !slices.Contains(hits, i.ID) {
			hits = append(hits, i.ID)
		}
	}
	switch len(hits) {
	case 0:
		return ItemID{}, ErrNoItem
	case 1:
		return hits[0], nil
	}
	return ItemID{}, errors.New("several items begin with this: type more of the name")
}

// Item returns an item whole, or what is known of one that lies at a colleague's desk.
func (d *Desk) Item(id ItemID) (*Item, error) {
	var out *Item
	if i, o := d.s.items[id], d.s.elsewhere(id); i != nil {
		out = d.itemHere(i)
	} else if o != nil {
		out = o.item(d)
	} else {
		return nil, ErrNoItem
	}
	out.Custody = append(out.Custody, d.doneWith(id)...)
	for _, other := range d.Items() {
		if hash, err := d.originalOf(other.ID); err == nil && other.ID != id && fmt.Sprintf("%x", hash[:]) == out.Custody[0].SHA256 && !slices.Contains(out.Same, other.ID) {
			out.Same = append(out.Same, other.ID)
		}
	}
	return out, nil
}

func (d *Desk) itemHere(i *keptItem) *Item {
	out := &Item{
		ItemInfo: d.itemInfo(i), To: i.To, Date: i.Date, Text: i.Text, Length: i.Original.Length,
		Attached: []FileInfo{}, Remarks: append([]string{}, i.Remarks...), Custody: i.custody(), Same: []ItemID{},
	}
	for _, p := range i.Parts {
		out.Attached = append(out.Attached, FileInfo{p.Name, p.Type, p.File.Length, p.File.hex()})
	}
	if d.s.shared != nil && len(d.s.shared.documents[i.ID]) > 1 {
		out.Remarks = append(out.Remarks, twoDesks)
	}
	return out
}

func (f storedFile) hex() string { return fmt.Sprintf("%x", f.SHA256[:]) }

// custody tells of the original first, and then of what was copied out of it.
func (i *keptItem) custody() []Custody {
	steps := []Custody{{Step: "taken in", By: i.By, How: i.How, Week: week(i.at), SHA256: i.Original.hex()}}
	for _, p := range i.Parts {
		steps = append(steps, Custody{"copied out of the mail", i.By, "MIME", week(i.at), p.File.hex(), i.Original.hex()})
	}
	return steps
}

// SaveItem writes copies of an item's original and attachments into the folder
// dir, as [Desk.Save] does for a letter, and returns their names there. Colleagues are
// told that a copy was made.
//
// What lies in dir is plaintext, on a disk that may never forget it.
func (d *Desk) SaveItem(id ItemID, dir string) ([]string, error) {
	i := d.s.items[id]
	if i == nil {
		if o := d.s.elsewhere(id); o != nil {
			return nil, d.liesElsewhere(o)
		}
		return nil, ErrNoItem
	}
	var untold error
	if _, err := d.member(); err == nil {
		untold = d.NoteStep(id, "copied out of the desk, readable", "", [32]byte{})
	}
	names, err := d.saveFiles(dir, i.files())
	return names, errors.Join(err, untold)
}

// namedFile is a file with the name that somebody gave it.
type namedFile struct {
	name string
	file storedFile
}

// files are the original and what was copied out of it.
func (i *keptItem) files() []namedFile {
	files := []namedFile{{cmp.Or(i.Name, i.Kind+".txt"), i.Original}}
	for _, p := range i.Parts {
		files = append(files, namedFile{p.Name, p.File})
	}
	return files
}
