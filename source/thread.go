// SPDX-License-Identifier: Apache-2.0

package source

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"tamizdat/letter"
	"tamizdat/letter/wire"
)

// numbering is one author's count of replies to one source. A restored desk
// begins a new one.
type numbering struct {
	author      wire.JournalistID
	incarnation uint32
}

// merge makes messages of the copies of one source's replies: one for each
// author, incarnation, number and text (spec/letter.md §7).
func merge(copies []*letter.ReceivedReply) ([]Message, []Gap) {
	threads := make(map[numbering][]*letter.ReceivedReply)
	newest := make(map[wire.JournalistID]uint32) // incarnation
	for _, c := range copies {
		n := numbering{c.Author, c.Incarnation}
		threads[n] = append(threads[n], c)
		newest[c.Author] = max(newest[c.Author], c.Incarnation)
	}
	var messages []dated
	var gaps []Gap
	for _, n := range slices.SortedFunc(maps.Keys(threads), byAuthor) {
		t := &thread{copies: threads[n], over: n.incarnation < newest[n.author]}
		t.order()
		messages = append(messages, t.messages()...)
		gaps = append(gaps, t.gaps()...)
	}
	slices.SortStableFunc(messages, func(a, b dated) int { return cmp.Compare(a.order, b.order) })
	shown := make([]Message, len(messages))
	for i := range messages {
		shown[i] = messages[i].Message
	}
	return shown, gaps
}

func byAuthor(a, b numbering) int {
	return cmp.Or(slices.Compare(a.author[:], b.author[:]), cmp.Compare(a.incarnation, b.incarnation))
}

// thread is what came of one numbering.
type thread struct {
	copies []*letter.ReceivedReply // by number once ordered
	over   bool                    // its author has begun a later one
	lowest uint64                  // the greatest that any copy names
}

// dated is a message with the day it is placed by.
type dated struct {
	Message
	order uint32
}

// order sorts by number, an author's own copy before a colleague's, earlier pages
// first. The lowest number kept only ever rises, so the greatest one named is the
// newest word on it.
func (t *thread) order() {
	slices.SortStableFunc(t.copies, func(a, b *letter.ReceivedReply) int {
		return cmp.Or(cmp.Compare(a.Number, b.Number), cmp.Compare(byColleague(a), byColleague(b)), cmp.Compare(a.Page, b.Page))
	})
	for _, c := range t.copies {
		t.lowest = max(t.lowest, c.Lowest)
	}
}

func byColleague(r *letter.ReceivedReply) int {
	if r.Sender != r.Author {
		return 1
	}
	return 0
}

// messages merges the copies. The day of each is its author's claim; numbers
// tell the order surely, so none is placed after one that follows it.
func (t *thread) messages() []dated {
	var out []dated
	for _, c := range t.copies {
		if i := sameMessage(out, c); i >= 0 {
			out[i].adopt(c)
			continue
		}
		out = append(out, dated{t.message(c), c.Day})
	}
	for i := len(out) - 2; i >= 0; i-- {
		out[i].order = min(out[i].order, out[i+1].order)
		if out[i].Number == out[i+1].Number {
			out[i].Contradicted, out[i+1].Contradicted = true, true
		}
	}
	return out
}

// sameMessage finds the message that c is a copy of among those that end a list,
// or -1.
func sameMessage(out []dated, c *letter.ReceivedReply) int {
	for i := len(out) - 1; i >= 0 && out[i].Number == c.Number; i-- {
		if out[i].Text == c.Text {
			return i
		}
	}
	return -1
}

// adopt takes over what a further copy knows and the first did not.
func (d *dated) adopt(c *letter.ReceivedReply) {
	if d.Permit == nil {
		d.Permit = c.Permit
	}
}

func (t *thread) message(c *letter.ReceivedReply) Message {
	return Message{
		Author: c.Author, AuthorName: c.AuthorName, SenderName: c.SenderName,
		Incarnation: c.Incarnation, Number: c.Number, Day: c.Day,
		Text: c.Text, Permit: c.Permit,
		Old: t.over || c.Number < t.lowest,
	}
}

// gaps looks from the lowest number that is still kept to the highest that came.
func (t *thread) gaps() []Gap {
	if t.over {
		return nil
	}
	var gaps []Gap
	next := t.lowest
	for _, c := range t.copies {
		if c.Number > next {
			gaps = append(gaps, Gap{c.AuthorName, next, c.Number - 1})
		}
		if c.Number == math.MaxUint64 {
			break // nothing can follow
		}
		next = max(next, c.Number+1)
	}
	return gaps
}

// received is what all replies together say was received, oldest first, each
// letter once.
func received(copies []*letter.ReceivedReply, list letter.List) []Received {
	seen := make(map[letter.Received]bool)
	var all []Received
	for _, c := range copies {
		for _, r := range c.Received {
			if !seen[r] {
				seen[r] = true
				all = append(all, Received{r.Week, r.Label.In(list)})
			}
		}
	}
	slices.SortFunc(all, func(a, b Received) int {
		return cmp.Or(cmp.Compare(a.Week, b.Week), cmp.Compare(a.Label, b.Label))
	})
	return all
}
