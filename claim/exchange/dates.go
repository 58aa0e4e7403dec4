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
	return between(early, late, "")
}

// weekOf widens a date of less than four weeks to whole weeks, Monday to Sunday,
// and keeps its doubts. A wider date stays.
func weekOf(d claim.Date) claim.Date {
	early, late := d.Bounds()
	if d.IsZero() || late-early >= 27 && !strings.Contains(d.String(), "T") {
		return d
	}
	mark := ""
	for _, m := range []string{"?", "~", "%"} {
		if strings.HasSuffix(d.String(), m) {
			mark = m
		}
	}
	return between(early-weekday(early), late+6-weekday(late), mark)
}

// weekday counts from Monday, 0. Day 0, 1970-01-01, was a Thursday.
func weekday(d claim.Day) claim.Day { return ((d+3)%7 + 7) % 7 }

// between gives nothing where no date can be written, rather than too much.
func between(early, late claim.Day, mark string) claim.Date {
	text := early.String() + mark
	if late != early {
		text += "/" + late.String() + mark
	}
	d, err := claim.ParseDate(text)
	if err != nil {
		return claim.Date{}
	}
	return d
}
