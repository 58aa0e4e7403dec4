// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"errors"
	"fmt"

	"tamizdat/desk/casebook"
	"tamizdat/letter/wire"
)

// silence is after how many seconds without a word of a colleague's desk a person is told.
const silence = 7 * daySeconds

// tellDaily ends a round: colleagues hear once a day how far this desk has read, and a
// person hears of forks and of colleagues who are silent.
func (d *Desk) tellDaily() error {
	if d.s.book == nil {
		return nil
	}
	return errors.Join(d.leaveFork(), d.tellReplies(), d.tellLooked(), d.tellItems(), d.warnColleagues())
}

// tellLooked says how far the letters log was processed. What a desk does not name by
// then did not open there.
func (d *Desk) tellLooked() error {
	log := d.s.position(wire.Letters)
	last, spoken := d.s.shared.looked[d.ID()]
	if log.looked == 0 || spoken && (dayOf(last.at) == dayOf(d.unix()) || last.pages == log.size) {
		return nil
	}
	return d.tell(kindLooked, &logLooked{Pages: log.size})
}

// leaveFork begins another incarnation where two desks wrote under this one's name: what
// is written into a chain that was cut counts for nobody.
func (d *Desk) leaveFork() error {
	if !d.s.book.IsCut(casebook.Chain{Author: d.ID(), Incarnation: d.s.incarnation}) {
		return nil
	}
	return d.NewIncarnation()
}

func (d *Desk) warnColleagues() error {
	f := &found{d: d}
	for _, fork := range d.s.book.Forks() {
		c := fork.A.Chain
		a, b := fork.A.ID(), fork.B.ID() // the journal has both events
		f.alarm("fork", wordsForked+d.nameOf(c.Author), fmt.Sprintf("%x/%d", c.Author, c.Incarnation), a[:], b[:])
	}
	for _, id := range d.silent() {
		words := fmt.Sprintf("nothing has come from %s's desk for a week", d.nameOf(id))
		f.alarm("silent", words, fmt.Sprintf("%x %d", id[:4], d.s.spoke[id]/silence))
	}
	return f.commit()
}

// silent lists colleagues of whom nothing came for a week, since this desk has known
// the roster for that long.
func (d *Desk) silent() []wire.JournalistID {
	r := d.s.newsroom.Roster()
	var out []wire.JournalistID
	for i := range r.Journalists {
		id := r.Journalists[i].ID
		since := max(d.s.spoke[id], d.s.changed)
		if id != d.ID() && since > 0 && d.unix()-since > silence {
			out = append(out, id)
		}
	}
	return out
}
