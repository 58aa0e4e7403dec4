// SPDX-License-Identifier: Apache-2.0

package claim

import (
	"encoding/json"
	"fmt"
	"slices"
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
		if now, named := c.Fields[field]; named && !sameValue(now, t.field(field)) {
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
	now, named := e.Fields["series"]
	same := func(v json.RawMessage) bool {
		return slices.Equal(seriesOf(v).thresholds(), seriesOf(now).thresholds())
	}
	if named && !slices.ContainsFunc(l.values(e, "series"), same) {
		l.problem(I8, e, "the thresholds of the series were changed after somebody had looked")
	}
}

// looked reports whether an event knew that its indicator had been looked at.
func (l *logChecker) looked(e Event) bool {
	var in Indicator
	written := Day(0)
	for _, before := range l.things[key{e.Kind, e.Object}] {
		if !e.knew(before.Actor, before.N) {
			continue
		}
		if before.Verb == VerbCreate {
			written = DayOf(before.At)
		}
		in.Checks = append(in.Checks, checksOf(before.Verb, before.Fields["checks"])...)
	}
	series := func(v json.RawMessage) bool {
		in.Series = seriesOf(v)
		return in.lookedSince(written)
	}
	return in.lookedSince(written) || slices.ContainsFunc(l.values(e, "series"), series)
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
