// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"bytes"
	"cmp"
	"slices"

	"tamizdat/desk/casebook"
	"tamizdat/letter/wire"
)

// What each desk answers, colleagues learn from the casebook: else two would answer one
// letter, and whoever takes a thread over would not know what its source was told.

// kindReplied is an event of the casebook: replies that its author wrote, and those that
// came into a page.
const kindReplied = "replied"

// maxTold bounds the texts in one event. Escaped, they are six times as long at most.
const maxTold = 64 << 10 // bytes

type repliesTold struct {
	Written []toldReply `json:"written,omitempty"`
	Sealed  []replyKey  `json:"sealed,omitempty"`
}

type toldReply struct {
	replyKey
	Day  uint32 `json:"day"`
	Text string `json:"text"`
}

// answers are what desks said of their replies, by source. One event can contradict another of
// the same author only where somebody lies: then both texts are kept.
type answers map[wire.Pseudonym]map[answerKey]*answer

type answerKey struct {
	by  wire.JournalistID
	key replyKey
}

type answer struct {
	texts  map[toldReply]bool // one, where nobody lies
	sealed bool
}

func (a answers) of(by wire.JournalistID, key replyKey) *answer {
	p := wire.Pseudonym(key.Sender)
	if a[p] == nil {
		a[p] = map[answerKey]*answer{}
	}
	k := answerKey{by, key}
	if a[p][k] == nil {
		a[p][k] = &answer{texts: map[toldReply]bool{}}
	}
	return a[p][k]
}

// foldReplied takes in what an author says of her replies, which may be told again by
// whoever takes it over.
func (s *shared) foldReplied(said *casebook.Event) {
	e, by, a := payloadOf[repliesTold](said), said.Chain.Author, s.answers
	if e == nil {
		return
	}
	for _, r := range e.Written {
		a.of(by, r.replyKey).texts[r] = true
	}
	for _, key := range e.Sealed {
		a.of(by, key).sealed = true
	}
}

// ThreadReply is what one of the colleagues answered to the source of a thread.
type ThreadReply struct {
	To        string `json:"to"` // the source's three words
	By        string `json:"by"`
	Numbering int    `json:"numbering"` // from 1; a desk that was restored begins another
	Number    uint64 `json:"number"`    // as the source reads it
	Day       uint32 `json:"day"`
	Sent      bool   `json:"sent"` // it is, or was, in a page of the log
	Text      string `json:"text"`
}

// authored is a reply with what people are not shown.
type authored struct {
	ThreadReply
	by          wire.JournalistID
	incarnation uint32
}

// repliesTo lists what was answered to a source by anybody, oldest first. All desks that
// have heard the same list the same.
func (d *Desk) repliesTo(p wire.Pseudonym) []authored {
	if d.s.shared == nil {
		return nil
	}
	var out []authored
	for k, a := range d.s.shared.answers[p] {
		if !d.s.knowsAuthor(k.by) { // one that was taken over may be nobody's
			continue
		}
		for r := range a.texts {
			shown := ThreadReply{To: SenderName(p), By: d.nameOf(k.by), Number: r.Number, Day: r.Day, Sent: a.sealed, Text: r.Text}
			out = append(out, authored{shown, k.by, r.Incarnation})
		}
	}
	slices.SortFunc(out, compareReplies)
	countNumberings(out)
	return out
}

func compareReplies(a, b authored) int {
	return cmp.Or(
		cmp.Compare(a.Day, b.Day), bytes.Compare(a.by[:], b.by[:]), cmp.Compare(a.incarnation, b.incarnation),
		cmp.Compare(a.Number, b.Number), cmp.Compare(a.Text, b.Text),
	)
}

// countNumberings counts each author's incarnations: which they are tells the minute at
// which a desk was restored.
func countNumberings(all []authored) {
	incarnations := map[wire.JournalistID][]uint32{}
	for _, r := range all {
		if !slices.Contains(incarnations[r.by], r.incarnation) {
			incarnations[r.by] = append(incarnations[r.by], r.incarnation)
		}
	}
	for by := range incarnations {
		slices.Sort(incarnations[by])
	}
	for i, r := range all {
		all[i].Numbering = slices.Index(incarnations[r.by], r.incarnation) + 1
	}
}

// tellReplies tells colleagues of this desk's replies what they do not know yet, as much
// as one event takes.
func (d *Desk) tellReplies() error {
	var e repliesTold
	length := 0
	for _, key := range d.s.outbox {
		r, known := d.s.replies[key], d.s.shared.answers.of(d.ID(), key)
		if len(known.texts) == 0 {
			e.Written = append(e.Written, toldReply{key, r.Day, r.Text})
			length += len(r.Text)
		}
		if r.sealed && !known.sealed {
			e.Sealed = append(e.Sealed, key)
		}
		if length > maxTold || len(e.Written)+len(e.Sealed) >= maxToldReplies {
			break
		}
	}
	if len(e.Written)+len(e.Sealed) == 0 {
		return nil
	}
	return d.tell(kindReplied, &e)
}

const maxToldReplies = 500

// answersTo lists what was answered to a source, for who reads a letter: this desk's own
// replies with what became of each, then the others.
func (d *Desk) answersTo(p wire.Pseudonym) []Answer {
	var out []Answer
	for _, key := range d.s.outbox {
		if r := d.s.replies[key]; key.Sender == hash32(p) {
			out = append(out, Answer{r.Number, r.Day, r.Text, d.stateOf(r), ""})
		}
	}
	for _, r := range d.repliesTo(p) {
		if r.by == d.ID() && d.s.replies[replyKey{hash32(p), r.incarnation, r.Number}] != nil {
			continue
		}
		state := "not in the log yet"
		if r.Sent {
			state = "in the log"
		}
		out = append(out, Answer{r.Number, r.Day, r.Text, state, r.By})
	}
	return out
}
