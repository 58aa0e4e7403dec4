// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"fmt"

	"tamizdat/letter/wire"
)

// setting is one value of a roster in words.
type setting struct {
	name  string
	value func(*wire.RosterBody) string
}

// rosterSettings lists what a roster sets besides people, times and the seed. A
// field of wire.RosterBody that is new belongs here or among the faults.
func rosterSettings() []setting {
	return []setting{
		{"the newsroom's name", func(b *wire.RosterBody) string { return fmt.Sprintf("%q", b.Name) }},
		{"the addresses of the drop", func(b *wire.RosterBody) string { return fmt.Sprintf("%q", b.Addresses) }},
		{"the drop's key", func(b *wire.RosterBody) string { return fmt.Sprintf("%x", b.Drop[:]) }},
		{"the incarnation of the drop's logs", func(b *wire.RosterBody) string { return fmt.Sprintf("%x", b.Incarnation[:]) }},
		{"the key of the public record", func(b *wire.RosterBody) string { return orNone(b.LogKey) }},
		{"pages of letters are sealed", every(func(s *wire.Schedule) uint32 { return s.LettersEvery })},
		{"pages of replies are sealed", every(func(s *wire.Schedule) uint32 { return s.RepliesEvery })},
		{"pages among desks are sealed", every(func(s *wire.Schedule) uint32 { return s.DeskEvery })},
		{"replies a page", func(b *wire.RosterBody) string { return fmt.Sprint(b.Schedule.Slots) }},
		{"letters are kept for", kept(wire.Letters)},
		{"replies are kept for", kept(wire.Replies)},
		{"pages among desks are kept for", kept(wire.Desk)},
		{"chunks a letter may bring without a permit", func(b *wire.RosterBody) string { return fmt.Sprint(b.Schedule.Chunks) }},
		{"work for a letter, in steps", func(b *wire.RosterBody) string { return fmt.Sprint(b.Schedule.WorkIterations) }},
		{"work for a letter, in bits", func(b *wire.RosterBody) string { return fmt.Sprint(b.Schedule.WorkBits) }},
	}
}

func every(seconds func(*wire.Schedule) uint32) func(*wire.RosterBody) string {
	return func(b *wire.RosterBody) string { return "every " + span(seconds(&b.Schedule)) }
}

// kept tells a number of pages, and how long that is by the same roster.
func kept(log wire.Log) func(*wire.RosterBody) string {
	return func(b *wire.RosterBody) string {
		pages := b.Schedule.Kept(log)
		hours := float64(pages) * float64(b.Schedule.Interval(log)) / 3600
		return fmt.Sprintf("%d pages (%.1f days)", pages, hours/24)
	}
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return fmt.Sprintf("%q", s)
}

// span is a number of seconds in the largest unit that divides it.
func span(seconds uint32) string {
	for _, u := range []struct {
		size uint32
		name string
	}{{daySeconds, "day"}, {3600, "hour"}, {60, "minute"}, {1, "second"}} {
		if n := seconds / u.size; seconds%u.size == 0 && n == 1 {
			return "1 " + u.name
		} else if seconds%u.size == 0 && n > 1 {
			return fmt.Sprintf("%d %ss", n, u.name)
		}
	}
	return "0 seconds"
}

// settings tells each value at a founding, and afterwards each that changes.
func (e *explanation) settings() {
	for _, s := range rosterSettings() {
		was, now := s.value(e.old), s.value(e.now)
		switch {
		case e.old.Number == 0:
			e.say("%s: %s", s.name, now)
		case was != now:
			e.say("%s: from %s to %s", s.name, was, now)
		}
	}
	if e.old.Number == 0 {
		return
	}
	if e.old.Incarnation != e.now.Incarnation {
		e.say("THE DROP'S LOGS BEGIN ANEW: right only if the drop has lost pages, or is another one. Letters that no desk has read are lost")
	}
	if e.old.HeadSize != e.now.HeadSize {
		e.say("the replies log had %d pages when this was drafted (roster before: %d)", e.now.HeadSize, e.old.HeadSize)
	}
}
