// SPDX-License-Identifier: Apache-2.0

package claim

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sort"
)

// tests lists the fields in which an indicator says beforehand what will count, and
// how much; beside them stand the thresholds of its series. The first look freezes
// them (I8): a test that is rewritten when the answer is in, tests nothing.
func tests() []string { return []string{"observable_test", "direction", "lr_present", "lr_absent"} }

// lookedSince reports whether an indicator was looked at since a day on which it
// was written: a check of that day or later, or a number of a later day.
func (in *Indicator) lookedSince(written Day) bool {
	return slices.ContainsFunc(in.Checks, func(c Check) bool { return !c.Date.IsZero() && c.Date.latest >= written }) ||
		in.Series != nil && slices.ContainsFunc(in.Series.Points, func(p Point) bool { return p.Date.latest > written })
}

func (s *Series) thresholds() []Threshold {
	if s == nil {
		return nil
	}
	return s.Thresholds
}

// keepsTest refuses another test for an indicator that was looked at, and numbers
// that take the look back.
func (t *thing) keepsTest(c Change) error {
	by := t.makings(c.Kind)[0]
	put, err := t.entry(key{c.Kind, c.Object}, by)
	if err != nil {
		return err
	}
	var one Case
	put(&one)
	in, written := one.Indicators[0], DayOf(by.at)
	if !in.lookedSince(written) {
		return nil
	}
	for _, field := range tests() {
		if now, named := c.Fields[field]; named && !sameValue(now, t.field(field)) && !t.knownTo(t.grown["checks"], field, now) {
			return frozenTest(field, c.Object)
		}
	}
	now, named := c.Fields["series"]
	if !named {
		return nil
	}
	had := in.Series.thresholds()
	in.Series = nil
	if err := json.Unmarshal(now, &in.Series); err != nil {
		return err
	}
	if !slices.Equal(had, in.Series.thresholds()) || !in.lookedSince(written) {
		return frozenTest("series with its thresholds", c.Object)
	}
	return nil
}

func frozenTest(field, indicator string) error {
	return fmt.Errorf("%s is frozen, because %s was looked at since it was written (%s); make a new indicator", field, indicator, I8)
}

// indicator finds a test that was changed by somebody who knew that it had been
// looked at.
func (l *logChecker) indicator(e Event) {
	if e.Verb != VerbSet || !l.looked(e) {
		return
	}
	for _, field := range tests() {
		if now, named := e.Fields[field]; l.other(e, field) || named && !isNull(now) && !l.had(e, field) {
			l.problem(I8, e, "%s was changed after somebody had looked", field)
		}
	}
	if _, named := e.Fields["series"]; named && !l.knew(e, "series") {
		l.problem(I8, e, "the thresholds of the series were changed after somebody had looked")
	}
}

// look is what a row had done to an indicator up to one of its events: when it was
// made, and the last days of its checks and of its numbers.
type look struct {
	n                     int
	made                  bool
	written, check, point Day
	looked, counted       bool // there is a check with a day, and a number
}

func (l *logChecker) look(e Event) {
	k := key{e.Kind, e.Object}
	if l.looks[k] == nil {
		l.looks[k] = map[string][]look{}
	}
	var now look
	if row := l.looks[k][e.Actor]; len(row) > 0 {
		now = row[len(row)-1]
	}
	now.n = e.N
	if e.Verb == VerbCreate {
		now.made, now.written = true, DayOf(e.At)
	}
	for _, c := range checksOf(e.Verb, e.Fields["checks"]) {
		if !c.Date.IsZero() && (!now.looked || c.Date.latest > now.check) {
			now.looked, now.check = true, c.Date.latest
		}
	}
	if s := seriesOf(e.Fields["series"]); s != nil {
		for _, p := range s.Points {
			if !now.counted || p.Date.latest > now.point {
				now.counted, now.point = true, p.Date.latest
			}
		}
	}
	l.looks[k][e.Actor] = append(l.looks[k][e.Actor], now)
}

// looked reports whether an event knew that its indicator had been looked at.
func (l *logChecker) looked(e Event) bool {
	var known []look
	written := Day(0)
	rows := l.looks[key{e.Kind, e.Object}]
	for _, actor := range slices.Sorted(maps.Keys(rows)) {
		row := rows[actor]
		i := sort.Search(len(row), func(i int) bool { return !e.knew(actor, row[i].n) })
		if i == 0 {
			continue
		}
		known = append(known, row[i-1])
		if row[i-1].made {
			written = row[i-1].written
		}
	}
	return slices.ContainsFunc(known, func(k look) bool {
		return k.looked && k.check >= written || k.counted && k.point > written
	})
}

// checksOf and seriesOf read what a register has taken before.
func checksOf(verb Verb, v json.RawMessage) []Check {
	if verb == VerbAppend && v != nil {
		v = slices.Concat([]byte("["), v, []byte("]"))
	}
	var list []Check
	if json.Unmarshal(v, &list) != nil {
		return nil
	}
	return list
}

func seriesOf(v json.RawMessage) *Series {
	var s *Series
	if json.Unmarshal(v, &s) != nil {
		return nil
	}
	return s
}
