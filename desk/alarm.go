// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"tamizdat/desk/vault"
	"tamizdat/letter/wire"
)

// Alarm is something that the drop did, or that somebody did to it, and that a
// person must know of. It is raised once; what proves it is kept.
type Alarm struct {
	Row   string `json:"row"` // of spec/misbehaviour.md, or a word of this desk's own
	Words string `json:"words"`
	Do    string `json:"do"` // what a person can do about it
	At    int64  `json:"at"` // Unix seconds of the desk's own clock
	Seen  bool   `json:"seen"`

	subject  string
	evidence [][]byte
}

// Evidence is what proves the alarm, in the drop's own bytes: two heads, two
// rosters, or the one object that should not be.
func (a *Alarm) Evidence() [][]byte { return a.evidence }

// Words of spec/misbehaviour.md.
const (
	wordsWrongNewsroom  = "this is not the newsroom you asked for"
	wordsNotSigned      = "the roster is not signed by this newsroom"
	wordsOlderRoster    = "the drop went back to an earlier roster"
	wordsTwoRosters     = "two different lists of journalists carry the same number"
	wordsExpired        = "the list of journalists has expired"
	wordsRewound        = "the drop has taken back pages"
	wordsRewritten      = "the drop has rewritten its history"
	wordsAddUp          = "the drop's log does not add up"
	wordsReplyMissing   = "a reply of yours did not appear in the log"
	wordsSegmentMissing = "what this desk told colleagues did not appear in the log"
	wordsFormer         = "somebody who has left the newsroom told something, and it was set aside"
	wordsOdd            = "what cannot be read came from the desk of "
	wordsForked         = "two desks write under one name, and what they wrote since does not count: ask "
	wordsFaster         = "the drop seals pages faster than agreed"
	wordsClock          = "the drop's clock is off"
	wordsForeignKeys    = "keys under your name that you did not make"
	wordsHolds          = "the drop says that it holds, and takes no letters"
	wordsHoldsWhole     = wordsHolds + ". It shows everything that you have seen: if it was moved, or begins new logs, it goes on by itself when every colleague has synced. Ask whoever looks after it"
	wordsHoldsLess      = wordsHolds + ", and it has lost pages that you have seen: it goes on when the newsroom begins new logs, with tamizdat desk roster propose --new-logs"
	wordsOldKeys        = "the drop has keys of yours from before this desk was restored: until their period ends you cannot open letters"
	wordsClockJumped    = "the clock of this computer went ahead by more than a week: check it; old keys are destroyed a day from now"
)

// found collects what a piece of work will write down as one record.
type found struct {
	d      *Desk
	events []payload
	done   []vault.Name // objects that are not needed once it is written down

	whole map[wire.Hash]int // what became of events of the casebook that became whole
	bulk  int               // bytes of the casebook
}

func (f *found) add(p ...payload) { f.events = append(f.events, p...) }

func (f *found) forget(n vault.Name) { f.done = append(f.done, n) }

// alarm adds an alarm unless it was raised before. subject tells two cases of
// one row apart; where it is empty, the evidence does. Evidence must be signed by
// somebody or small, and its subject must not be the drop's to choose.
func (f *found) alarm(row, words, subject string, evidence ...[]byte) {
	if subject == "" {
		h := sha256.New()
		for _, e := range evidence {
			fmt.Fprintf(h, "%d:", len(e))
			h.Write(e)
		}
		subject = hex.EncodeToString(h.Sum(nil)[:16])
	}
	known := f.d.s.alarmAt[[2]string{row, subject}] != nil ||
		has(f, func(a *alarmRaised) bool { return a.Row == row && a.Subject == subject })
	if !known {
		f.add(&alarmRaised{Row: row, Words: words, Subject: subject, Evidence: evidence})
	}
}

// has reports whether such an event is in what will be written down.
func has[T payload](f *found, is func(T) bool) bool {
	return slices.ContainsFunc(f.events, func(p payload) bool {
		e, ok := p.(T)
		return ok && is(e)
	})
}

// commit writes everything down, all or nothing.
func (f *found) commit() error {
	if len(f.events) == 0 {
		return nil
	}
	events, done := f.events, f.done
	*f = found{d: f.d}
	if err := f.d.commit(events...); err != nil {
		return err
	}
	return f.d.v.Forget(done...)
}

// Alarms lists what was noticed, oldest first.
func (d *Desk) Alarms() []*Alarm { return slices.Clone(d.s.alarms) }

// SeeAlarms notes that the person knows of all alarms so far. They are kept.
func (d *Desk) SeeAlarms() error {
	f := found{d: d}
	for _, a := range d.s.alarms {
		if !a.Seen {
			f.add(&alarmSeen{Row: a.Row, Subject: a.subject})
		}
	}
	return f.commit()
}

// maxRecordBytes keeps one transaction below the vault's bound.
const maxRecordBytes = 24 << 20

// maxBulk is how much of the casebook may be in a record before the next page gets one of
// its own. Of one page there is [maxWhole] of each colleague's at most, and one segment.
const maxBulk = 2 << 20

// commit applies the events and appends them to the journal as one record.
// When that fails the memory may be ahead of the disk, so the desk stops.
func (d *Desk) commit(events ...payload) error {
	if d.broken != nil {
		return fmt.Errorf("this desk must be opened again: %w", d.broken)
	}
	at := d.now().Unix()
	record, err := encodeRecord(at, events)
	if err == nil && len(record) > maxRecordBytes {
		err = errors.New("too much happened at once for one record")
	}
	if err != nil {
		return err
	}
	for _, p := range events {
		if err = d.s.apply(event{p.kind(), at, p}); err != nil {
			err = fmt.Errorf("%s: %w", p.kind(), err)
			break
		}
	}
	if err == nil {
		err = d.v.Append(record)
	}
	d.broken = err
	return err
}

// today is the subject of alarms that a drop can raise as often as it likes:
// the journal must not grow at its will.
func (d *Desk) today() string { return fmt.Sprint(dayOf(d.unix())) }

func (d *Desk) unix() int64 { return d.now().Unix() }
