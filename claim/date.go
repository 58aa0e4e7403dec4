// SPDX-License-Identifier: Apache-2.0

package claim

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Day is a day of the Gregorian calendar, counted from 1970-01-01.
type Day int

// DayOf gives the day on which a moment falls, in UTC.
func DayOf(t time.Time) Day {
	y, m, d := t.UTC().Date()
	return Day(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// String gives YYYY-MM-DD.
func (d Day) String() string { return time.Unix(int64(d)*86400, 0).UTC().Format(time.DateOnly) }

// MarshalText lets a day stand in JSON as people write it.
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// The outermost days of an interval without an end.
const (
	firstDay Day = -719528 // 0000-01-01
	lastDay  Day = 2932896 // 9999-12-31
)

// Date is a date as people know it, in the Extended Date/Time Format
// (EDTF, ISO 8601-2:2019), level 1 without negative and long years: a year, a
// month, a season, a day or a moment, unspecified digits (2022-03-XX), an
// interval (2022-03/2022-05, 2022-03/.., ../2022), and at the end ? for
// uncertain, ~ for approximate, % for both. The zero Date is absent. Two Dates
// are equal if they are spelled alike.
type Date struct {
	text             string
	earliest, latest Day
	uncertain        bool // ? or %
	approximate      bool // ~ or %
}

// ParseDate reads one date. It refuses what is not in the calendar.
func ParseDate(s string) (Date, error) {
	d := Date{text: s}
	var err error
	if from, to, ok := strings.Cut(s, "/"); ok {
		err = d.parseInterval(from, to)
	} else {
		err = d.parsePart(s)
	}
	if err != nil {
		return Date{}, fmt.Errorf("%q is not a date: %w; write 2022-03-24, 2022-03, 2022, 2022-03-24~, 2022-03? or 2022-03/2022-05", s, err)
	}
	return d, nil
}

func (d *Date) parseInterval(from, to string) error {
	if open := from == "" || from == ".."; open && (to == "" || to == "..") {
		return fmt.Errorf("it has neither beginning nor end")
	}
	a, b := Date{earliest: firstDay, latest: firstDay}, Date{earliest: lastDay, latest: lastDay}
	if from != "" && from != ".." {
		if err := a.parsePart(from); err != nil {
			return err
		}
	}
	if to != "" && to != ".." {
		if err := b.parsePart(to); err != nil {
			return err
		}
	}
	if b.latest < a.earliest {
		return fmt.Errorf("it ends before it begins")
	}
	d.earliest, d.latest = a.earliest, b.latest
	d.uncertain, d.approximate = a.uncertain || b.uncertain, a.approximate || b.approximate
	return nil
}

// parsePart reads one date without a slash.
func (d *Date) parsePart(s string) error {
	switch {
	case strings.HasSuffix(s, "?"):
		d.uncertain = true
	case strings.HasSuffix(s, "~"):
		d.approximate = true
	case strings.HasSuffix(s, "%"):
		d.uncertain, d.approximate = true, true
	}
	if d.vague() {
		s = s[:len(s)-1]
	}
	if len(s) > len(time.DateOnly) {
		return d.parseMoment(s)
	}
	parts := strings.Split(s, "-")
	if len(parts) > 3 || len(parts[0]) != 4 {
		return fmt.Errorf("a year has four digits, and at most a month and a day follow")
	}
	for _, p := range parts[1:] {
		if len(p) != 2 {
			return fmt.Errorf("months and days have two digits")
		}
	}
	return d.fill(parts)
}

// parseMoment keeps only the day of a moment: no rule here needs the hour.
func (d *Date) parseMoment(s string) error {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return fmt.Errorf("a time of day is written 2022-03-24T18:30:00Z")
	}
	d.earliest, d.latest = DayOf(t), DayOf(t)
	if d.earliest < firstDay || d.latest > lastDay {
		return fmt.Errorf("in UTC it lies outside of the years 0000 to 9999")
	}
	return nil
}

// fill sets the outermost days that year, month and day allow.
func (d *Date) fill(parts []string) error {
	yearLow, yearHigh, err := digits(parts[0])
	if err != nil {
		return err
	}
	if len(parts) == 1 {
		d.earliest, d.latest = day(yearLow, 1, 1), day(yearHigh, 12, 31)
		return nil
	}
	monthLow, monthHigh, err := months(parts[1])
	if err != nil {
		return err
	}
	if len(parts) == 3 && parts[1] > "20" && parts[1] < "25" {
		return fmt.Errorf("a season has no days")
	}
	if len(parts) == 2 {
		d.earliest, d.latest = day(yearLow, monthLow, 1), lastOf(yearHigh, monthHigh)
		return nil
	}
	return d.fillDay(parts[2], [2]int{yearLow, yearHigh}, [2]int{monthLow, monthHigh})
}

func (d *Date) fillDay(text string, years, months [2]int) error {
	low, high, err := digits(text)
	if err != nil {
		return err
	}
	if text == "XX" {
		d.earliest, d.latest = day(years[0], months[0], 1), lastOf(years[1], months[1])
		return nil
	}
	low = max(low, 1)
	if strings.Contains(text, "X") {
		high = min(high, 31)
	}
	d.earliest = day(years[0], months[0], low)
	d.latest = min(day(years[1], months[1], high), lastOf(years[1], months[1]))
	if d.latest < d.earliest {
		return fmt.Errorf("this month has no such days")
	}
	if !strings.Contains(text, "X") && (day(years[1], months[1], high) > lastOf(years[1], months[1]) || high == 0) {
		return fmt.Errorf("this month has no such day")
	}
	return nil
}

// digits reads digits of which the last may be unspecified: 202X is 2020 to 2029.
func digits(s string) (low, high int, err error) {
	if strings.Contains(strings.TrimRight(s, "X"), "X") {
		return 0, 0, fmt.Errorf("only the last digits can be X")
	}
	low, err = number(strings.ReplaceAll(s, "X", "0"))
	if err != nil {
		return 0, 0, err
	}
	high, err = number(strings.ReplaceAll(s, "X", "9"))
	return low, high, err
}

// number is stricter than strconv: no sign, no underscore.
func number(s string) (int, error) {
	for _, r := range s {
		if r < '0' || r > '9' {
			return 0, fmt.Errorf("%q is not a number", s)
		}
	}
	return strconv.Atoi(s)
}

// months reads a month, XX, or a season: 21 spring to 24 winter, of the northern
// half of the world, where winter is taken with the January of its year.
func months(s string) (low, high int, err error) {
	if s == "XX" {
		return 1, 12, nil
	}
	low, high, err = digits(s)
	if err != nil {
		return 0, 0, err
	}
	if strings.Contains(s, "X") {
		low, high = max(low, 1), min(high, 12)
	}
	if low >= 21 && low <= 24 && low == high {
		seasons := [4][2]int{{3, 5}, {6, 8}, {9, 11}, {1, 2}}
		return seasons[low-21][0], seasons[low-21][1], nil
	}
	if low < 1 || high > 12 || low > high {
		return 0, 0, fmt.Errorf("there is no month %s", s)
	}
	return low, high, nil
}

func day(y, m, d int) Day { return DayOf(time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)) }

func lastOf(y, m int) Day { return day(y, m+1, 1) - 1 }

// DateOn gives the date of one day.
func DateOn(d Day) Date { return Date{text: d.String(), earliest: d, latest: d} }

// IsZero reports whether the date is absent.
func (d Date) IsZero() bool { return d.text == "" }

// String gives the date as it was written.
func (d Date) String() string { return d.text }

// Bounds gives the outermost days that the date allows. A date that is uncertain
// or approximate has no known bounds beyond what is written; see [Date.Before].
func (d Date) Bounds() (earliest, latest Day) { return d.earliest, d.latest }

// Exact reports whether the date is one certain day.
func (d Date) Exact() bool {
	return !d.IsZero() && d.earliest == d.latest && !d.uncertain && !d.approximate
}

// Before reports whether the date certainly lies before another: its last
// possible day is earlier than the other's first, and neither is absent,
// uncertain or approximate.
func (d Date) Before(o Date) bool {
	if d.IsZero() || o.IsZero() || d.vague() || o.vague() {
		return false
	}
	return d.latest < o.earliest
}

func (d Date) vague() bool { return d.uncertain || d.approximate }

// MarshalText gives the date as it was written.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.text), nil }

// UnmarshalText is [ParseDate]; an empty text is the absent date.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	p, err := ParseDate(string(b))
	if err == nil {
		*d = p
	}
	return err
}
