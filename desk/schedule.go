// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"time"

	"tamizdat/letter/wire"
)

// When a desk reads and writes is drawn from a secret that was made with the
// desk, so that the moments survive a restart, are the same whatever there is
// to say, and cannot be foretold by the drop.

// moment returns a place within [0, 1) for number n of a purpose.
func (d *Desk) moment(purpose string, n int64, k int) float64 { return placeOf(d.plan, purpose, n, k) }

// placeOf is a moment by a secret.
func placeOf(secret []byte, purpose string, n int64, k int) float64 {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(purpose))
	var b [9]byte
	binary.BigEndian.PutUint64(b[:], uint64(n))
	b[8] = byte(k)
	mac.Write(b[:])
	return float64(binary.BigEndian.Uint64(mac.Sum(nil))>>11) / (1 << 53)
}

// within places a moment into the middle nine tenths of an interval that
// begins at start, so that a slow line does not push it into the next.
func within(start time.Time, interval int64, at float64) time.Time {
	length := float64(interval) * float64(time.Second)
	return start.Add(time.Duration(length * (0.03 + 0.9*at)))
}

// slotDue is when a slot of the page sealed at the given time is written.
func (d *Desk) slotDue(sealing int64, slot int) time.Time {
	every := d.s.newsroom.Roster().Schedule.Interval(wire.Replies)
	return within(time.Unix(sealing-every, 0), every, d.moment("slot", sealing, slot))
}

// lookDue is when the logs are read within interval number i of the letters
// log.
func (d *Desk) lookDue(i int64) time.Time {
	every := d.s.newsroom.Roster().Schedule.Interval(wire.Letters)
	return within(time.Unix(i*every, 0), every, d.moment("look", i, 0))
}

// nextSealing is the replies log's next one after now.
func (d *Desk) nextSealing() int64 { return d.nextOf(wire.Replies) }

// nextOf is a log's next sealing after now.
func (d *Desk) nextOf(log wire.Log) int64 {
	every := d.s.newsroom.Roster().Schedule.Interval(log)
	return (d.unix()/every + 1) * every
}

// HasLooked reports whether this desk has ever seen all of the letters log. One
// that has waits for its next moment when it is started again.
func (d *Desk) HasLooked() bool {
	return d.s.newsroom != nil && d.s.position(wire.Letters).looked > 0
}

// Next is the moment of the next [Desk.Round]: the next look, the next slot or
// the next segment. What was tried and could not be written is tried again within
// its interval.
func (d *Desk) Next() (time.Time, error) {
	n, err := d.member()
	if err != nil {
		return time.Time{}, err
	}
	now := d.now()
	s := n.Roster().Schedule
	i := now.Unix() / s.Interval(wire.Letters)
	next := d.lookDue(i)
	for !next.After(now) {
		i++
		next = d.lookDue(i)
	}
	for t := d.nextSegment(); t <= d.nextSegment()+s.Interval(wire.Desk); t += s.Interval(wire.Desk) {
		if at, open := d.segmentMoment(t); open && at.Before(next) {
			next = at
		}
	}
	sealing := d.nextSealing()
	for t := sealing; t <= sealing+s.Interval(wire.Replies); t += s.Interval(wire.Replies) {
		for _, slot := range n.Roster().SlotsOf(d.ID(), t) {
			if at, open := d.slotMoment(t, slot); open && at.Before(next) {
				next = at
			}
		}
	}
	return next, nil
}

// slotMoment is when a slot wants a round; open is false when it is done.
func (d *Desk) slotMoment(sealing int64, slot int) (at time.Time, open bool) {
	var p *posting
	if sl := d.s.slots[slotKey{sealing, slot}]; sl != nil {
		p = &sl.posting
	}
	return d.wants(d.slotDue(sealing, slot), p, sealing, wire.Replies)
}

// wants is when a write that is due at a moment wants a round. One whose moment went by
// while the desk did not run, and which was not filled, wants none: it is written in the
// next round there is, or the drop would see when somebody began to work.
func (d *Desk) wants(at time.Time, p *posting, sealing int64, log wire.Log) (time.Time, bool) {
	now := d.now()
	if at.After(now) {
		return at, p == nil || !p.done()
	}
	if p == nil || p.done() {
		return time.Time{}, false
	}
	retry := d.retryAt(d.s.newsroom.Roster().Schedule.Interval(log))
	return retry, retry.Unix() < sealing
}
