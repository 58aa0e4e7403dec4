// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"errors"
	"time"

	"tamizdat/letter/wire"
)

// dropSilent tells that a round was made and the drop could not be reached.
type dropSilent struct{}

// dropAnswered tells that it answers again.
type dropAnswered struct{}

func (*dropSilent) kind() string   { return "drop.silent" }
func (*dropAnswered) kind() string { return "drop.answered" }

// contact is whether the drop answers.
type contact struct {
	since int64 // the first round in which it did not; 0: it answered in the last
	tried int64 // the last one
	tries int
	back  int64 // when it answered again after that; 0: it always did

	cut map[wire.Log]int64 // when it answered and a log was not seen whole, first since it was
}

func (*dropSilent) apply(s *state, at int64) error {
	c := &s.contact
	if c.tries == 0 {
		c.since = at
	}
	c.tried, c.tries = at, c.tries+1
	return nil
}

func (*dropAnswered) apply(s *state, at int64) error {
	s.contact = contact{back: at, cut: s.contact.cut}
	return nil
}

// noteContact writes down whether the drop answered in a round that ended with err.
func (d *Desk) noteContact(err error) error {
	lost := d.astray || errors.Is(err, errSilent)
	switch {
	case d.broken != nil:
		return nil
	case lost:
		return d.commit(&dropSilent{})
	case d.s.contact.tries > 0:
		return d.commit(&dropAnswered{})
	}
	return nil
}

// maxBackOff is how often the pause after a try without an answer doubles.
const maxBackOff = 5

// retryAt is when a write that was not taken is tried again: soon, and the longer the drop
// does not answer the later. It follows from the drop's silence and nothing else.
func (d *Desk) retryAt(every int64) time.Time {
	now := d.now()
	pause := max(time.Duration(every)*time.Second/50, time.Second/2)
	c := d.s.contact
	if c.tries == 0 {
		return now.Add(pause)
	}
	at := time.Unix(c.tried, 0).Add(pause << min(c.tries, maxBackOff))
	if !at.After(now) {
		return now.Add(pause)
	}
	return at
}

// Contact says whether the drop answers. Times are Unix seconds of the desk's own clock.
type Contact struct {
	Answered    int64 `json:"answered"`     // when each of the logs had last been seen whole; 0: one never was
	SilentSince int64 `json:"silent_since"` // 0: it answered in the last round
	Tried       int64 `json:"tried"`        // the last round without an answer; 0: as before
	Tries       int   `json:"tries"`        // rounds without an answer
	Next        int64 `json:"next"`         // the next round, if the desk runs then
}

func (d *Desk) contactStatus() Contact {
	c := Contact{SilentSince: d.s.contact.since, Tried: d.s.contact.tried, Tries: d.s.contact.tries}
	c.Answered = min(d.s.position(wire.Letters).wholeAt, d.s.position(wire.Replies).wholeAt, d.s.position(wire.Desk).wholeAt)
	if next, err := d.Next(); err == nil {
		c.Next = next.Unix()
	}
	return c
}
