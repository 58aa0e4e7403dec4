// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tamizdat/letter"
	"tamizdat/letter/wire"
)

const (
	maxReceived  = 64  // letters listed in a reply
	resealMonths = 12  // how long an unanswered reply is kept in the log
	fadingShare  = 0.2 // of the pages kept: this near the end a reply goes again
)

// Reply queues a reply to the sender of a letter and returns the moment of the
// slot that it will travel in if nothing goes wrong. Nothing is sent now.
//
// Whoever gets the source's words one day reads every reply: do not quote the
// letter. It refuses a text that does not fit, a letter that is a colleague's
// note, and a sender in quarantine.
func (d *Desk) Reply(id LetterID, text string) (time.Time, error) {
	if _, err := d.member(); err != nil {
		return time.Time{}, err
	}
	l := d.s.letters[id]
	if l == nil {
		return time.Time{}, ErrNoLetter
	}
	snd := d.s.senders[wire.Pseudonym(l.Sender)]
	switch {
	case l.Note:
		return time.Time{}, errors.New("this is a colleague's note: it is not answered over the drop")
	case snd.claim != nil:
		return time.Time{}, fmt.Errorf("this sender is quarantined: claims to be %s but one key differs", d.colleague(*snd.claim))
	}
	e := &replyWritten{
		Sender: l.Sender, Incarnation: d.s.incarnation, Number: snd.next,
		Day: wire.DayOf(d.unix()), Text: strings.TrimRight(strings.ReplaceAll(text, "\r\n", "\n"), "\n"),
	}
	if _, _, err := letter.ReplyRoom(d.message(&reply{replyWritten: *e})); err != nil {
		return time.Time{}, err
	}
	if err := d.commit(e); err != nil {
		return time.Time{}, err
	}
	if err := d.tellReplies(); d.broken != nil {
		return time.Time{}, err // what could not be told now is told later
	}
	return d.slotFor(len(d.s.queue())), nil
}

// message is what a reply says, with everything that is known at sealing.
func (d *Desk) message(r *reply) *letter.Reply {
	return &letter.Reply{
		Incarnation: r.Incarnation, Number: r.Number, Lowest: d.s.lowest(r), Day: r.Day,
		Author: d.ID(), Received: d.s.received(wire.Pseudonym(r.Sender)), Text: r.Text,
	}
}

// received lists the newest letters that opened here, newest last: a source is told of
// none that only a colleague speaks for.
func (s *state) received(p wire.Pseudonym) []letter.Received {
	ids := slices.DeleteFunc(slices.Clone(s.senders[p].letters), func(id LetterID) bool { return s.letters[id].given != nil })
	var out []letter.Received
	for _, id := range ids[max(0, len(ids)-maxReceived):] {
		l := s.letters[id]
		out = append(out, letter.Received{Week: week(l.PageSealed), Label: letter.Label(l.Label)})
	}
	return out
}

// slotFor is the moment of the n-th free slot from now on, n from 1.
func (d *Desk) slotFor(n int) time.Time {
	r := d.s.newsroom.Roster()
	every := r.Schedule.Interval(wire.Replies)
	var moments []time.Time
	for t := d.nextSealing(); len(moments) < n; t += every {
		var page []time.Time
		for _, slot := range r.SlotsOf(d.ID(), t) {
			if at := d.slotDue(t, slot); d.s.slots[slotKey{t, slot}] == nil && at.After(d.now()) {
				page = append(page, at)
			}
		}
		slices.SortFunc(page, time.Time.Compare)
		moments = append(moments, page...)
	}
	return moments[n-1]
}

// fading lists the unanswered replies that will soon leave the log, or left it with
// all its pages, newest first: where there is not room for all, the oldest yield.
func (d *Desk) fading() []*reply {
	kept := d.s.newsroom.Roster().Schedule.Kept(wire.Replies)
	margin := max(uint64(float64(kept)*fadingShare), 2)
	size := d.s.position(wire.Replies).size
	oldest := d.now().AddDate(0, -resealMonths, 0).Unix()
	var out []*reply
	for _, key := range d.s.outbox {
		r := d.s.replies[key]
		soon := r.sealed && r.page+kept <= size+margin
		if (soon || r.again) && r.pending == nil && !r.left && r.at >= oldest && !d.s.answered(r) {
			out = append(out, r)
		}
	}
	slices.Reverse(out)
	return out
}

// noteLeft writes down which unanswered replies have left the log, for a
// person to know (and to write again, if it matters still).
func (d *Desk) noteLeft() error {
	f := &found{d: d}
	for _, key := range d.s.outbox {
		r := d.s.replies[key]
		if !r.left && r.pending == nil && d.s.gone(r) && !d.s.answered(r) {
			f.add(&replyLeft{Reply: key})
			f.alarm("reply", "an unanswered reply of yours has left the log", fmt.Sprint(key))
		}
	}
	return f.commit()
}
