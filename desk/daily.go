// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"errors"
	"fmt"
	"slices"
	"strings"

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
	if err := d.leaveFork(); err != nil {
		return err
	}
	if !d.s.book.Open(d.chain()) {
		return d.warnColleagues()
	}
	return errors.Join(d.tellOpened(), d.tellReplies(), d.tellLooked(), d.tellItems(), d.warnColleagues())
}

// maxStated is of how many letters one event tells.
const maxStated = 500

// tellOpened tells again what was found in letters where this desk's statement does not
// count, because it stood behind a fork of this desk's own chain: for colleagues nothing
// would have opened here (M-15).
func (d *Desk) tellOpened() error {
	var missing []openedLetter
	for _, id := range d.s.order {
		if l := d.s.letters[id]; l.given == nil && !d.stated(l) {
			missing = append(missing, openedLetter{l.Sender, l.OwnID, l.Digest, l.Page})
		}
	}
	for some := range slices.Chunk(missing, maxStated) {
		if err := d.tell(kindOpened, &lettersOpened{Letters: some}); err != nil {
			return err
		}
	}
	return nil
}

func (d *Desk) stated(l *keptLetter) bool {
	return slices.ContainsFunc(d.s.shared.opened[ownID{wire.Pseudonym(l.Sender), l.OwnID}], func(s statement) bool {
		return s.by == d.ID() && s.digest == l.Digest
	})
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
// is written into a chain that has ended counts for nobody. Where nothing would count in
// the next one either, only a person can help.
func (d *Desk) leaveFork() error {
	if d.s.book == nil || d.s.book.Open(d.chain()) {
		return nil
	}
	if next := (casebook.Chain{Author: d.ID(), Incarnation: d.nextIncarnation()}); !d.s.book.Open(next) {
		f := &found{d: d}
		f.alarm("fork", ErrUsedUp.Error(), "own")
		return f.commit()
	}
	return d.NewIncarnation()
}

func (d *Desk) warnColleagues() error {
	f := &found{d: d}
	for _, fork := range d.s.book.Forks() {
		c := fork.A.Chain
		a, b := fork.A.ID(), fork.B.ID() // the journal has both events
		f.alarm("fork", wordsForked+d.nameOf(c.Author), d.forkSubject(f, c), a[:], b[:])
	}
	for _, id := range d.silent() {
		words := fmt.Sprintf("nothing has come from %s's desk for a week", d.nameOf(id))
		f.alarm("silent", words, fmt.Sprintf("%x %d", id[:4], d.s.spoke[id]/silence))
	}
	return f.commit()
}

// forkSubject is one for each chain; of an author of whom there were as many alarms as
// forked chains count, one for all others: whoever has the key makes forks without end.
func (d *Desk) forkSubject(f *found, c casebook.Chain) string {
	one, of := fmt.Sprintf("%x/%d", c.Author, c.Incarnation), fmt.Sprintf("%x/", c.Author)
	told := 0
	for _, a := range d.s.alarms {
		if a.subject == one {
			return one
		}
		if a.Row == "fork" && strings.HasPrefix(a.subject, of) {
			told++
		}
	}
	if told += len(f.events); told < casebook.MaxForks {
		return one
	}
	return of + "more"
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
