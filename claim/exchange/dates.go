// SPDX-License-Identifier: Apache-2.0

package exchange

import (
	"strings"

	"tamizdat/claim"
)

// dayOf drops the time of day.
func dayOf(d claim.Date) claim.Date {
	if !strings.Contains(d.String(), "T") {
		return d
	}
	early, late := d.Bounds()
	if early == late {
		return claim.DateOn(early)
	}
	return written(early.String() + "/" + late.String())
}

// weekOf widens days to whole weeks, Monday to Sunday, also the ends of a long
// interval, and keeps their doubts. What names no day stays.
func weekOf(d claim.Date) claim.Date {
	from, to, interval := strings.Cut(d.String(), "/")
	if !hasDay(from) && !hasDay(to) {
		return d
	}
	if !interval {
		to = from
	}
	early, late := d.Bounds()
	if !isOpen(from) {
		from = (early - weekday(early)).String() + doubt(from)
	}
	if !isOpen(to) {
		to = (late + 6 - weekday(late)).String() + doubt(to)
	}
	return written(from + "/" + to)
}

// hasDay reports whether one end of a date is nearer than its month.
func hasDay(end string) bool {
	end = strings.TrimRight(end, doubts)
	return len(end) > len("2022-03") && !strings.HasSuffix(end, "XX")
}

const doubts = "?~%"

func doubt(end string) string { return end[len(strings.TrimRight(end, doubts)):] }

func isOpen(end string) bool { return end == "" || end == ".." }

// weekday counts from Monday, 0. Day 0, 1970-01-01, was a Thursday.
func weekday(d claim.Day) claim.Day { return ((d+3)%7 + 7) % 7 }

// written gives nothing where no date can be written, rather than too much.
func written(text string) claim.Date {
	d, err := claim.ParseDate(text)
	if err != nil {
		return claim.Date{}
	}
	return d
}
