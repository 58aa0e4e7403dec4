// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"errors"
	"fmt"
	"time"

	"tamizdat/drop"
	"tamizdat/letter/wire"
)

// What nobody did wrong, and what a person must know of before it hurts. Each is told once.

const (
	wordsFull   = "the drop's disk is full: it takes no more letters, or soon will not"
	wordsKeys   = "the drop has keys of yours until %s only: after that no letter can be sealed to you"
	wordsNoKey  = "the drop has no keys of yours: no letter can be sealed to you"
	wordsList   = "the list of journalists is valid for %d more days; after that sources cannot write"
	wordsStall  = "the drop answers, and has sealed no page of the %s log for %s, where one is due every %s"
	wordsStuck  = "visits as cover come to no end: the drop gives sources their answers too slowly, or keeps them back"
	wordsUnseen = "the drop answers, and has not shown the %s log whole for %s: what came since may be missing here"
)

const (
	rosterSoon   = 30 * daySeconds // left of a roster: time to renew it
	rosterUrgent = 7 * daySeconds  // and nobody did
	stalled      = 3               // intervals without a page,
	stalledLeast = 3600            // and seconds, where intervals are short
	unseenLeast  = daySeconds      // the same of intervals in which a log could not be seen whole
)

// logUnseen tells that the drop answered in a round and a log was not seen whole, for the
// first time since it was.
type logUnseen struct {
	Log uint8 `json:"log"`
}

func (*logUnseen) kind() string { return "log.unseen" }

func (e *logUnseen) apply(s *state, at int64) error {
	log := wire.Log(e.Log)
	if s.newsroom == nil || log != wire.Letters && log != wire.Replies && log != wire.Desk {
		return errors.New("no such log")
	}
	if s.contact.cut == nil {
		s.contact.cut = map[wire.Log]int64{}
	}
	s.contact.cut[log] = at
	return nil
}

// warn ends every round, whether the drop answered or not; it began at start.
func (d *Desk) warn(start int64, err error) error {
	if d.broken != nil {
		return nil
	}
	if _, err := d.member(); err != nil {
		return nil
	}
	f := &found{d: d}
	if errors.Is(err, drop.ErrFull) {
		f.full()
	}
	f.rosterEnds()
	f.keysEnd()
	for _, log := range []wire.Log{wire.Letters, wire.Replies, wire.Desk} {
		f.stalls(log)
		f.unseen(log, start)
	}
	return f.commit()
}

// NoteFull raises the alarm of a full disk, for a cover that was told so ([Cover.Do]):
// letters are refused before what desks write is.
func (d *Desk) NoteFull() error {
	f := &found{d: d}
	f.full()
	return f.commit()
}

// NoteCoverStuck raises the alarm of covers that come to no end ([ErrCoverStuck]), once a
// week. Rounds may go well meanwhile: they are not slowed down where a visitor is.
func (d *Desk) NoteCoverStuck() error {
	f := &found{d: d}
	f.alarm("cover", wordsStuck, fmt.Sprint(d.unix()/(7*daySeconds)))
	return f.commit()
}

// full is told once a week: the drop may say so as often as it likes.
func (f *found) full() {
	f.alarm("full", wordsFull, fmt.Sprint(f.d.unix()/(7*daySeconds)))
}

// rosterEnds is told at thirty days and at seven.
func (f *found) rosterEnds() {
	r := f.d.s.newsroom.Roster()
	left := r.Expires - f.d.unix()
	for _, stage := range []int64{rosterSoon, rosterUrgent} {
		if left >= 0 && left < stage {
			f.alarm("list", fmt.Sprintf(wordsList, left/daySeconds), fmt.Sprintf("%d %d", r.Number, stage/daySeconds))
		}
	}
}

// keysEnd is told where no keys could be brought for more than a period. Bundles are up two
// periods ahead, so that a week without the drop raises no alarm. Where the drop has other
// keys under this name, that was told (M-35).
func (f *found) keysEnd() {
	d, n := f.d, f.d.s.newsroom
	var until int64
	for p, own := range d.s.periods {
		if own.refused && p >= d.currentPeriod() {
			return
		}
		if own.posted {
			until = max(until, p.End(n.PeriodSeconds()))
		}
	}
	switch now := d.unix(); {
	case until == 0 && now-d.s.changed > daySeconds, until > 0 && until <= now:
		f.alarm("keys", wordsNoKey, fmt.Sprintf("%d none", until))
	case until > 0 && until-now < int64(n.PeriodSeconds()):
		f.alarm("keys", fmt.Sprintf(wordsKeys, time.Unix(until, 0).UTC().Format(time.DateOnly)), fmt.Sprint(until))
	}
}

// stalls is told where a log was seen whole in this interval, and has not grown for some. It
// goes by this desk's clock: what the drop says of its own is judged elsewhere (M-24).
func (f *found) stalls(log wire.Log) {
	d := f.d
	p, every := d.s.position(log), d.s.newsroom.Roster().Schedule.Interval(log)
	now := d.unix()
	if d.holding || p.looked == 0 || now-p.looked >= every {
		return
	}
	since := max(p.grew, d.s.held, d.s.changed)
	if now-since <= max(stalled*every, stalledLeast) {
		return
	}
	words := fmt.Sprintf(wordsStall, log, span(uint32((now-since)/3600*3600)), span(uint32(every)))
	f.alarm("stalled", words, fmt.Sprintf("%s %d", log, since), p.head)
}

// unseen is told where this log alone does not come whole, while others do: then nobody
// hears of silence. It counts rounds that were made; a desk that slept has missed nothing.
func (f *found) unseen(log wire.Log, start int64) {
	d := f.d
	now, first := d.unix(), d.s.contact.cut[log]
	since := max(first, d.s.contact.back)
	switch {
	case d.s.position(log).wholeAt >= start || d.s.contact.tries > 0:
	case first == 0:
		f.add(&logUnseen{Log: uint8(log)})
	case now-since >= max(stalled*d.s.newsroom.Roster().Schedule.Interval(log), unseenLeast):
		words := fmt.Sprintf(wordsUnseen, log, span(uint32((now-since)/3600*3600)))
		f.alarm("unseen", words, fmt.Sprintf("%s %d", log, first))
	}
}
