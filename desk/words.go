// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"tamizdat/desk/search"
)

// Match is a text of this desk's in which was found what was looked for.
type Match struct {
	Kind  string `json:"kind"` // letter or note (of a colleague), or an item's: mail, file, note
	Item  bool   `json:"item"` // it was taken in, and is no letter
	ID    string `json:"id"`
	Week  uint32 `json:"week"`
	From  string `json:"from"` // sender, colleague, or what a mail says, or who took it in
	Field string `json:"field"`
	search.Snippet
}

// index is the searchable form of what the desk holds, and how much of it is in.
type index struct {
	x              *search.Index
	letters, items int
	of             map[string]Match // by the index's id, without a snippet
}

// Search finds letters, notes and what was taken in by their words
// ([search.Index.Search] says how to ask), best first, at most limit; total counts
// all. The first question of an open desk is answered from an index for it alone; who
// asks again waits once for the whole one, and then no more. Either is in memory only.
func (d *Desk) Search(query string, limit int) (hits []Match, total int, err error) {
	x := d.index
	if x == nil && !d.searched {
		one, err := search.NewFor(query)
		if err != nil {
			return nil, 0, err
		}
		x, d.searched = newIndex(one), true
	}
	if x == nil {
		d.index = newIndex(search.New())
		x = d.index
	}
	x.catchUp(d)
	found, err := x.x.Search(query, search.Options{Limit: limit})
	if err != nil {
		return nil, 0, err
	}
	hits = []Match{}
	for _, h := range found.Hits {
		m := x.of[h.Key.ID]
		m.Field, m.Snippet = h.Key.Name, h.Snippet
		hits = append(hits, m)
	}
	return hits, found.Total, nil
}

func newIndex(x *search.Index) *index { return &index{x: x, of: map[string]Match{}} }

// catchUp puts in what came since. Letters and items are only ever added.
func (x *index) catchUp(d *Desk) {
	for _, id := range d.s.order[x.letters:] {
		info, kind := d.info(d.s.letters[id]), search.Letter
		if info.Kind == "note" {
			kind = search.Note
		}
		key := "letter/" + id.String()
		x.of[key] = Match{Kind: info.Kind, ID: id.String(), Week: info.Week, From: info.From}
		x.x.Put(search.Key{ID: key, Field: kind, Name: "text"}, d.s.letters[id].Text)
	}
	for _, id := range d.s.itemOrder[x.items:] {
		i, key := d.s.items[id], "item/"+id.String()
		m := Match{Kind: i.Kind, Item: true, ID: id.String(), Week: week(i.at), From: i.From}
		if m.From == "" {
			m.From = i.By
		}
		x.of[key] = m
		for _, t := range []struct{ name, text string }{{"text", i.Text}, {"subject", i.Subject}, {"from", i.From}, {"file name", i.Name}, {"how", i.How}} {
			x.x.Put(search.Key{ID: key, Field: search.Note, Name: t.name}, t.text)
		}
	}
	x.letters, x.items = len(d.s.order), len(d.s.itemOrder)
}
