// SPDX-License-Identifier: Apache-2.0

// Package search finds letters, translations, notes and tags by their words, in
// English, Russian and Ukrainian.
//
// Make an [Index] with [New], or for a single question with [NewFor], hand it each
// text with [Index.Put] when a desk is opened and whenever one changes, and ask with
// [Index.Search]. Who may see what, and how to narrow a search to a week or a sender,
// is the caller's ([Options.Keep]).
//
// A query is words, all of which must be there, in whatever inflection;
// "words in quotation marks", these very forms, side by side; begin*, words that
// begin so; -word, -"these words" or -begin*, which must not be there. Letter
// case, accents of stress, ё or е, the kind of apostrophe and how a number's
// thousands are parted make no difference. Which language a word is in is told
// by its letters; a Cyrillic word that could be Russian or Ukrainian is taken as
// both.
//
// The index lives in memory alone and is built again each time: written down, it
// would be a second copy of every letter, and one that survives the deletion of
// the first. It holds the words, where they stand, and the texts themselves,
// whose memory it shares with the caller. What was removed is gone from it.
//
// Ranking is Okapi BM25 with the usual constants, k1 = 1.2 and b = 0.75
// (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009). Rank is
// a suggestion of where to look first, never a judgement.
package search

import (
	"cmp"
	"iter"
	"slices"
)

// Field is which of the texts of a thing this is.
type Field uint8

// The fields. A hit shows the first of several that match alike.
const (
	Letter Field = iota
	Translation
	Note
	Tags
)

// String returns the field's name in lower case.
func (f Field) String() string {
	if names := [...]string{"letter", "translation", "note", "tags"}; int(f) < len(names) {
		return names[f]
	}
	return "unknown field"
}

// Key names one text: the field of a thing. Name tells several of one field
// apart, such as translations by their language or notes by their number; it can
// be empty and is not searched.
type Key struct {
	ID    string
	Field Field
	Name  string
}

// Index is what can be searched. It is not for use by several goroutines at once.
type Index struct {
	forms  map[string]uint32 // word as written, normalised → its place in words
	words  []word
	stems  map[string][]uint32 // stem → words that have it
	units  map[Key]uint32      // place in texts
	texts  []unit
	things map[string]*thing
	total  uint64 // words in all texts

	freeWords, freeUnits []uint32
	scan                 scanner       // kept for its memory
	found                []occurrence  // this too
	only                 map[rune]bool // first letters of words that are taken in; nil: of all
}

// word is one form and where it stands.
type word struct {
	form string
	list postings
}

// unit is one text.
type unit struct {
	key    Key
	text   string
	length uint32 // in words
	of     *thing // nil in a free place
}

// thing is what has texts.
type thing struct {
	id    string
	units []uint32 // in the order of their keys
}

// New returns an empty index.
func New() *Index {
	return &Index{
		forms: map[string]uint32{}, stems: map[string][]uint32{},
		units: map[Key]uint32{}, things: map[string]*thing{},
	}
}

// Len is the number of things that have a text.
func (x *Index) Len() int { return len(x.things) }

// Put adds a text or takes the place of the one with the same key. An empty text
// is none.
func (x *Index) Put(k Key, text string) {
	if u, ok := x.units[k]; ok {
		if x.texts[u].text == text {
			return
		}
		x.drop(u)
	}
	if text == "" {
		return
	}
	u := x.place(k, text)
	groups, length := x.grouped(text)
	for w, where := range groups {
		x.words[w].list.put(u, where)
	}
	x.texts[u].length = length
	x.total += uint64(length)
}

// Remove forgets all texts of a thing. One that is not there is no error.
func (x *Index) Remove(id string) {
	if t := x.things[id]; t != nil {
		for _, u := range slices.Clone(t.units) {
			x.drop(u)
		}
	}
}

// occurrence is one word, in the upper half, at its position, counted in words. It is one
// number so that a text's can be sorted fast.
type occurrence uint64

func (o occurrence) word() uint32 { return uint32(o >> 32) }
func (o occurrence) at() uint32   { return uint32(o) }

// grouped yields the words of a text, each once and with its positions in order,
// which are valid until the next. length is how many words the text has.
func (x *Index) grouped(text string) (groups iter.Seq2[uint32, []uint32], length uint32) {
	found := x.found[:0]
	for x.scan.begin(text); x.scan.next(); length++ {
		if x.wants(x.scan.form) {
			found = append(found, occurrence(x.intern(x.scan.form))<<32|occurrence(length))
		}
	}
	x.scan.forget()
	slices.Sort(found)
	return func(yield func(uint32, []uint32) bool) {
		var where []uint32
		for i, o := range found {
			if where = append(where, o.at()); i+1 == len(found) || found[i+1].word() != o.word() {
				if !yield(o.word(), where) {
					return
				}
				where = where[:0]
			}
		}
		clear(found)
		x.found = found[:0]
	}, length
}

// place gives a text a number.
func (x *Index) place(k Key, text string) uint32 {
	u := uint32(len(x.texts))
	if n := len(x.freeUnits); n > 0 {
		u, x.freeUnits = x.freeUnits[n-1], x.freeUnits[:n-1]
	} else {
		x.texts = append(x.texts, unit{})
	}
	t := x.things[k.ID]
	if t == nil {
		t = &thing{id: k.ID}
		x.things[k.ID] = t
	}
	x.texts[u], x.units[k] = unit{key: k, text: text, of: t}, u
	at, _ := slices.BinarySearchFunc(t.units, k, func(u uint32, k Key) int { return compareKeys(x.texts[u].key, k) })
	t.units = slices.Insert(t.units, at, u)
	return u
}

func compareKeys(a, b Key) int {
	return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Field, b.Field), cmp.Compare(a.Name, b.Name))
}

// intern gives a form a number.
func (x *Index) intern(scanned []byte) uint32 {
	if w, ok := x.forms[string(scanned)]; ok {
		return w
	}
	form := string(scanned)
	w := uint32(len(x.words))
	if n := len(x.freeWords); n > 0 {
		w, x.freeWords = x.freeWords[n-1], x.freeWords[:n-1]
	} else {
		x.words = append(x.words, word{})
	}
	x.words[w], x.forms[form] = word{form: form}, w
	for _, s := range stemsOf(form) {
		x.stems[s] = append(x.stems[s], w)
	}
	return w
}

// drop forgets one text, and the words that no other has.
func (x *Index) drop(u uint32) {
	old := x.texts[u]
	groups, _ := x.grouped(old.text)
	for w := range groups {
		if x.words[w].list.drop(u); x.words[w].list.empty() {
			x.release(w)
		}
	}
	x.total -= uint64(old.length)
	old.of.units = slices.DeleteFunc(old.of.units, func(other uint32) bool { return other == u })
	if len(old.of.units) == 0 {
		delete(x.things, old.of.id)
	}
	delete(x.units, old.key)
	x.texts[u] = unit{}
	x.freeUnits = append(x.freeUnits, u)
}

func (x *Index) release(w uint32) {
	form := x.words[w].form
	for _, s := range stemsOf(form) {
		left := slices.DeleteFunc(x.stems[s], func(other uint32) bool { return other == w })
		if x.stems[s] = left; len(left) == 0 {
			delete(x.stems, s)
		}
	}
	delete(x.forms, form)
	x.words[w] = word{}
	x.freeWords = append(x.freeWords, w)
}
