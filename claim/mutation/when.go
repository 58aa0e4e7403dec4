// SPDX-License-Identifier: Apache-2.0

package mutation

import (
	"slices"
	"strings"
	"time"

	"tamizdat/claim"
)

// span is the days from first to last.
type span struct{ first, last claim.Day }

func (s span) meets(o span) bool { return s.first <= o.last && o.first <= s.last }

// when is a date as a statement gives it. What is relative is meant from the day
// on which the statement was made, and says nothing where that day is not known.
type when struct {
	relative         string // last_month; or weekday:1
	year, month, day int    // 0 where it is not said
	text             string
}

// readDates finds the dates, and marks their tokens so that nobody takes them
// for numbers of something.
func (r *reading) readDates() {
	for i := 0; i < len(r.tokens); i++ {
		w, from, n := r.dateAt(i)
		if n == 0 {
			continue
		}
		var words []string
		for k := from; k < i+n; k++ {
			r.dated[k] = true
			words = append(words, r.tokens[k].raw)
		}
		w.text = strings.Join(words, " ")
		r.dates = append(r.dates, w)
		i += n - 1
	}
}

// dateAt reads a date whose telling word stands at a token; it may begin before.
func (r *reading) dateAt(i int) (w when, from, n int) {
	t := r.tokens[i]
	if t.kind == aDate {
		y, m, d := civil(t.day.first)
		return when{year: y, month: m, day: d}, i, 1
	}
	if name, ok := t.name("when"); ok {
		return when{relative: name}, i, 1
	}
	if name, ok := t.name("weekday"); ok {
		return when{relative: "weekday:" + name}, i, 1
	}
	if t.is("month") {
		return r.monthAt(i)
	}
	if y, ok := r.yearAt(i); ok && r.introduced(i) {
		return when{year: y}, i, 1
	}
	return when{}, i, 0
}

// monthAt reads 3 May 2024, May 3, 2024, in May.
func (r *reading) monthAt(i int) (w when, from, n int) {
	w.month, from, n = int(factor(r.tokens[i], "month")), i, 1
	if d, at := r.dayBefore(i); d > 0 {
		w.day, from = d, at
	} else if d := r.dayOfMonth(i + 1); d > 0 {
		w.day, n = d, 2
	}
	if w.day == 0 && !r.introduced(i) {
		return when{}, i, 0
	}
	k := i + n
	if k < len(r.tokens) && r.tokens[k].text == "," {
		k++
	}
	if y, ok := r.yearAt(k); ok {
		w.year, n = y, k+1-i
	}
	return w, from, n
}

func (r *reading) dayBefore(i int) (day, at int) {
	k := i - 1
	if k >= 1 && r.tokens[k].text == "of" {
		k--
	}
	return r.dayOfMonth(k), k
}

func (r *reading) dayOfMonth(k int) int {
	if k < 0 || k >= len(r.tokens) || (r.tokens[k].kind != aNumber && r.tokens[k].kind != anOrdinal) {
		return 0
	}
	if v := r.tokens[k].part.Value; v >= 1 && v <= 31 && v == float64(int(v)) {
		return int(v)
	}
	return 0
}

func (r *reading) yearAt(k int) (int, bool) {
	if k >= len(r.tokens) || r.tokens[k].kind != aNumber || len(r.tokens[k].raw) != 4 {
		return 0, false
	}
	v := int(r.tokens[k].part.Value)
	return v, v >= 1900 && v <= 2100
}

// introduced asks for a word that dates have before them, and in English for the
// capital letter that tells May from may.
func (r *reading) introduced(i int) bool {
	t := r.tokens[i]
	if t.kind == aWord && t.raw[0] < 0x80 && !t.capital() {
		return false
	}
	if i+1 < len(r.tokens) && slices.Contains([]string{"года", "году", "год", "року", "рік", "р", "г"}, r.tokens[i+1].text) {
		return true
	}
	return i > 0 && slices.Contains([]string{
		"in", "since", "until", "by", "early", "late", "from", "of", "mid", "before", "after", "during", "and", "to", "last",
		"в", "у", "с", "з", "із", "до", "к", "на", "от", "від", "после", "після", "по",
	}, r.tokens[i-1].text)
}

func civil(d claim.Day) (y, m, day int) {
	t := time.Unix(int64(d)*86400, 0).UTC()
	return t.Year(), int(t.Month()), t.Day()
}

func dayOn(y, m, d int) claim.Day {
	return claim.DayOf(time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC))
}

// spans gives what a date can mean, said on a date; nothing where that is not known.
func (w when) spans(said claim.Date) []span {
	if w.relative == "" {
		return nil
	}
	if said.IsZero() || strings.ContainsAny(said.String(), "?~%") {
		return nil
	}
	first, last := said.Bounds()
	if last-first > 366 {
		return nil
	}
	var out []span
	early, late := relativeTo(w.relative, first), relativeTo(w.relative, last)
	for i := range early {
		out = append(out, span{early[i].first, late[i].last})
	}
	return out
}

// relativeTo reads “yesterday” and the like on one day. A weekday can be the one
// before or the one to come.
func relativeTo(name string, on claim.Day) []span {
	y, m, _ := civil(on)
	monday := on - claim.Day((int(time.Unix(int64(on)*86400, 0).UTC().Weekday())+6)%7)
	one := func(first, last claim.Day) []span { return []span{{first, last}} }
	switch name {
	case "today":
		return one(on, on)
	case "yesterday":
		return one(on-1, on-1)
	case "before_yesterday":
		return one(on-2, on-2)
	case "tomorrow":
		return one(on+1, on+1)
	case "last_week":
		return one(min(monday-7, on-7), monday-1) // the calendar's week, or the last seven days
	case "this_week":
		return one(monday, monday+6)
	case "next_week":
		return one(monday+7, monday+13)
	case "last_month":
		return one(dayOn(y, m-1, 1), dayOn(y, m, 1)-1)
	case "this_month":
		return one(dayOn(y, m, 1), dayOn(y, m+1, 1)-1)
	case "next_month":
		return one(dayOn(y, m+1, 1), dayOn(y, m+2, 1)-1)
	case "last_year":
		return one(dayOn(y-1, 1, 1), dayOn(y, 1, 1)-1)
	case "this_year":
		return one(dayOn(y, 1, 1), dayOn(y+1, 1, 1)-1)
	case "next_year":
		return one(dayOn(y+1, 1, 1), dayOn(y+2, 1, 1)-1)
	}
	weekday := claim.Day(name[len(name)-1] - '1') // weekday:1 is Monday
	back := monday + weekday
	if back > on {
		back -= 7
	}
	return []span{{back, back}, {back + 7, back + 7}}
}

// within gives the spans that an absolute date can mean near some days.
func (w when) within(near span) []span {
	years := []int{w.year}
	if w.year == 0 {
		first, _, _ := civil(near.first)
		last, _, _ := civil(near.last)
		years = []int{first - 1, first, last, last + 1}
	}
	var out []span
	for _, y := range years {
		switch {
		case w.month == 0:
			out = append(out, span{dayOn(y, 1, 1), dayOn(y, 12, 31)})
		case w.day == 0:
			out = append(out, span{dayOn(y, w.month, 1), dayOn(y, w.month+1, 1) - 1})
		default:
			out = append(out, span{dayOn(y, w.month, w.day), dayOn(y, w.month, w.day)})
		}
	}
	return out
}

// agreement is what comparing one thing in two statements gives.
type agreement byte

const (
	unsaid  agreement = iota // one of them, or what is needed to tell, is not there
	same                     // both say it, and alike
	differs                  // both say it, and not alike
)

// sameDay compares two dates, each said on its own date.
func sameDay(a when, saidA claim.Date, b when, saidB claim.Date) agreement {
	if a.relative == "" && b.relative == "" {
		return sameFields(a, b)
	}
	if a.relative != "" && a.relative == b.relative && a.spans(saidA) == nil {
		return unsaid
	}
	if a.relative == "" {
		return sameDay(b, saidB, a, saidA)
	}
	left := a.spans(saidA)
	if left == nil || b.relative != "" && b.spans(saidB) == nil {
		return unsaid
	}
	for _, l := range left {
		right := b.spans(saidB)
		if b.relative == "" {
			right = b.within(l)
		}
		if slices.ContainsFunc(right, l.meets) {
			return same
		}
	}
	return differs
}

func sameFields(a, b when) agreement {
	known := false
	for _, f := range [][2]int{{a.year, b.year}, {a.month, b.month}, {a.day, b.day}} {
		if f[0] == 0 || f[1] == 0 {
			continue
		}
		if f[0] != f[1] {
			return differs
		}
		known = true
	}
	if known {
		return same
	}
	return unsaid
}
