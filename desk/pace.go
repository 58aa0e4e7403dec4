// SPDX-License-Identifier: Apache-2.0

package desk

import "tamizdat/letter/wire"

// A drop that seals faster than the schedule says pushes replies out of a
// source's view before she comes (M-39), and makes every desk's journal grow.

// maxExcess is how many pages too many are still followed, with an alarm. A log
// with more is not followed before the clock has caught up with it.
const maxExcess = 256

// pagesHeld is how many pages for which desks had written (spec/drop.md §5) an honest
// drop seals at once when it goes on after it held.
const pagesHeld = 2

// excess is how many pages more a log has than can have been sealed since this
// desk had last seen all of it. Where it cannot know, there are none.
func (d *Desk) excess(pos *position, log wire.Log, size uint64) int64 {
	if pos.wholeAt == 0 || pos.wholeAt < d.s.paced[log] || size < pos.wholeSize {
		return 0
	}
	interval := d.s.newsroom.Roster().Schedule.Interval(log)
	due := max(d.unix()-pos.wholeAt, 0)/interval + 2 // clocks differ
	if pos.wholeAt < d.s.held {
		due += pagesHeld
	}
	return int64(size-pos.wholeSize) - due
}

// judgePace compares pages with the interval of the roster in force, and their
// number with the time that has passed. What was sealed before this desk knew
// of the interval may have had another.
func (d *Desk) judgePace(f *found, pos *position, v *wire.View) {
	log := v.Head.Body().Log
	interval := d.s.newsroom.Roster().Schedule.Interval(log)
	if d.excess(pos, log, v.Head.Body().Size) > 0 {
		d.tellFaster(f, log, v.Head.Bytes())
	}
	var before []byte
	number, last := pos.size, pos.sealed // of the page that is expected next
	for _, p := range v.Pages {
		h := p.Header
		if h.Number == number && h.Number > 0 && last >= d.s.paced[log]+interval && h.Sealed-last < interval {
			d.tellFaster(f, log, h.Encode(), before)
		}
		before, number, last = h.Encode(), h.Number+1, h.Sealed
	}
}

func (d *Desk) tellFaster(f *found, log wire.Log, evidence ...[]byte) {
	f.alarm("M-39", wordsFaster, d.todays(log), evidence...)
}
