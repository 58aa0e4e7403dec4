// SPDX-License-Identifier: Apache-2.0

package source

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"tamizdat/letter"
	"tamizdat/letter/wire"
)

// NothingForWords is what a person is told when an empty [Mail] comes back:
// words that were never used, mistaken words that happen to be a phrase, and
// words without an answer look the same, and cost the same work.
const NothingForWords = "no letters for these words"

// A Message is one reply, put together from all copies of it in the log.
type Message struct {
	Author      wire.JournalistID
	AuthorName  string
	SenderName  string // who sealed it; differs from AuthorName if a colleague did
	Incarnation uint32 // of the author's numbering
	Number      uint64
	Day         uint32 // days since 1970 on which it was written, as its author says
	Text        string
	Permit      []byte // to bring more than the roster allows; nil without
	// Contradicted: another message carries the same author and number and
	// another text. Neither may be believed before the newsroom was asked.
	Contradicted bool
	// Old: the newsroom had let this reply go, or the author's desk was restored
	// since; the drop has kept it and brought it up again (M-14).
	Old bool
}

// Date is the message's day.
func (m *Message) Date() time.Time { return time.Unix(int64(m.Day)*daySeconds, 0).UTC() }

// A Gap is a run of an author's numbers that should be in the log and are not
// in this visit.
type Gap struct {
	AuthorName string
	From, To   uint64
}

// Received is a letter that the newsroom says it got.
type Received struct {
	Week  uint32
	Label string // two words
}

// Mail is all that the drop holds for one phrase.
type Mail struct {
	Messages []Message // in the order of writing, as far as it can be known
	Gaps     []Gap
	Received []Received // oldest first
	// Former counts messages by people who had left the newsroom when they
	// wrote (M-27). They are not shown.
	Former int
	// Unreadable counts messages that are addressed to these words and cannot
	// be opened or do not come from this newsroom.
	Unreadable int
	// Week: only the last seven days were fetched, so gaps may lie before them.
	Week bool
}

// Empty reports whether nothing at all was found.
func (m *Mail) Empty() bool {
	return len(m.Messages) == 0 && m.Former == 0 && m.Unreadable == 0
}

// Warnings tells what was found and is not shown.
func (m *Mail) Warnings() []Warning {
	var all []Warning
	if m.Former > 0 {
		all = append(all, Warning{rowFormer, toldFormer})
	}
	if m.Unreadable > 0 {
		all = append(all, Warning{"", fmt.Sprintf(toldUnreadable, m.Unreadable)})
	}
	if slices.ContainsFunc(m.Messages, func(m Message) bool { return m.Contradicted }) {
		all = append(all, Warning{"", toldContradiction})
	}
	return all
}

// OldReply is what a person is told of a [Message] that is Old.
const OldReply = toldReplayed

// Read looks through all pages for replies to any of words, which are the
// candidates of one phrase. It asks the drop for nothing, and looks at every
// hint whatever the words are.
func (v *Visit) Read(words ...*letter.Words) (*Mail, error) {
	mail := &Mail{Week: v.opt.Week}
	var copies []*letter.ReceivedReply
	for _, w := range words {
		src, err := w.Source()
		if err != nil {
			return nil, fmt.Errorf("make keys of the words: %w", err)
		}
		if own := v.scan(src, mail); len(copies) == 0 {
			copies = own // a phrase of two lists belongs to one source
		}
	}
	mail.Messages, mail.Gaps = merge(copies)
	mail.Received = received(copies, v.opt.Lists[0])
	return mail, nil
}

// scan opens what is for src and counts in mail what cannot be shown.
func (v *Visit) scan(src *letter.Source, mail *Mail) []*letter.ReceivedReply {
	var envelopes [][]byte
	var numbers []uint64 // of the page that each lies in
	for _, p := range v.pages {
		for _, e := range p.envelopes {
			envelopes, numbers = append(envelopes, e), append(numbers, p.number)
		}
	}
	var copies []*letter.ReceivedReply
	for _, i := range src.Scan(envelopes) {
		r, err := src.OpenReply(v.key(), v.roster(), numbers[i], envelopes[i])
		switch {
		case err == nil:
			copies = append(copies, r)
		case errors.Is(err, letter.ErrFormer):
			mail.Former++
		default:
			mail.Unreadable++
		}
	}
	return copies
}

// Monday is the first day of a week as it stands in a [Received].
func Monday(week uint32) time.Time {
	return time.Unix((int64(week)*7-3)*daySeconds, 0).UTC()
}
