// SPDX-License-Identifier: Apache-2.0

package claim

import (
	"encoding/json"
	"slices"
)

// Named gives a case in which people have other names, such as those under which a
// person knows who holds which key. What is published by hash has its hash in the
// case itself, not in this copy.
func (c *Case) Named(name func(string) string) Case {
	out := *c
	all := func(list []string) []string {
		list = slices.Clone(list)
		for i := range list {
			list[i] = name(list[i])
		}
		return list
	}
	one := func(s *string) {
		if *s != "" {
			*s = name(*s)
		}
	}
	out.Documents = changed(c.Documents, func(v *Document) { one(&v.By) })
	out.Evidence = changed(c.Evidence, func(v *Evidence) { one(&v.By) })
	out.Indicators = changed(c.Indicators, func(v *Indicator) { v.Checks = changed(v.Checks, func(k *Check) { one(&k.By) }) })
	out.Questions = changed(c.Questions, func(v *Question) { v.ResolvedBy = all(v.ResolvedBy) })
	out.Forecasts = changed(c.Forecasts, func(v *Forecast) { one(&v.By) })
	out.Assessments = changed(c.Assessments, func(v *Assessment) { one(&v.Author); one(&v.Reviewer) })
	out.Reports = changed(c.Reports, func(v *Report) { v.Authors = all(v.Authors) })
	out.Publications = changed(c.Publications, func(v *Publication) {
		v.Authors = all(v.Authors)
		v.Waivers = changed(v.Waivers, func(w *Waiver) { w.By = all(w.By) })
	})
	out.Corrections = changed(c.Corrections, func(v *Correction) { one(&v.By) })
	out.SignOffs = changed(c.SignOffs, func(v *SignOff) { one(&v.Person) })
	out.Decisions = changed(c.Decisions, func(v *Decision) { one(&v.By) })
	return out
}

// changed gives a list whose elements are changed, and not those of the list given.
func changed[T any](list []T, change func(*T)) []T {
	list = slices.Clone(list)
	for i := range list {
		change(&list[i])
	}
	return list
}

// SignedBy gives a change as a person can sign it in a shared register: names as
// their keys, and the person wherever a thing says who does it and the change does
// not.
func (c Change) SignedBy(person string, key func(name string) string) (Change, error) {
	if c.Verb != VerbCreate && c.Verb != VerbSet && c.Verb != VerbAppend {
		return c, nil
	}
	fields := make(map[string]json.RawMessage, len(c.Fields)+1)
	for name, v := range c.Fields {
		var err error
		if fields[name], err = keyed(c, name, v, person, key); err != nil {
			return c, err
		}
	}
	if field := c.actor(); field != "" && fields[field] == nil {
		fields[field] = json.RawMessage(quoted(person))
	}
	c.Fields = fields
	return c, nil
}

// Completed gives a change with all that it leaves as it is, where a thing is one
// word of one person: who sets a part of an evidence speaks for all of it.
func (c *Case) Completed(ch Change) Change {
	i := slices.IndexFunc(c.Evidence, func(v Evidence) bool { return v.ID == ch.Object })
	if ch.Kind != KindEvidence || ch.Verb != VerbSet || i < 0 {
		return ch
	}
	was, err := changesOf(KindEvidence, c.Evidence[i:i+1])
	if err != nil {
		return ch
	}
	fields := map[string]json.RawMessage{}
	for _, name := range kinds()[KindEvidence].fields {
		switch v, given := ch.Fields[name]; {
		case given:
			fields[name] = v
		case name == "by": // who speaks now
		case was[0].Fields[name] == nil:
			fields[name] = json.RawMessage("null")
		default:
			fields[name] = was[0].Fields[name]
		}
	}
	ch.Fields = fields
	return ch
}

// actor is the field in which a change has to say who makes it, or nothing.
func (c Change) actor() string {
	if fields := ownFields(c.Kind); len(fields) > 0 && (c.Verb == VerbCreate || c.Verb == VerbSet && c.Kind == KindEvidence) {
		return fields[0]
	}
	return ""
}

// keyed puts keys for names in one field.
func keyed(c Change, field string, v json.RawMessage, person string, key func(string) string) (json.RawMessage, error) {
	switch {
	case isNull(v):
		return v, nil
	case slices.Contains(ownFields(c.Kind), field):
		return remade(v, func(s *string) { *s = key(*s) })
	case c.Kind == KindQuestion && field == "resolved_by", (c.Kind == KindPublication || c.Kind == KindReport) && field == "authors":
		return remade(v, func(s *[]string) { *s = changed(*s, func(n *string) { *n = key(*n) }) })
	case c.Kind == KindPublication && field == "waivers":
		return remade(v, func(s *[]Waiver) {
			*s = changed(*s, func(w *Waiver) { w.By = changed(w.By, func(n *string) { *n = key(*n) }) })
		})
	case c.Kind == KindIndicator && field == "checks":
		look := func(k *Check) {
			if k.By = key(k.By); k.By == "" {
				k.By = person
			}
		}
		if c.Verb == VerbAppend {
			return remade(v, look)
		}
		return remade(v, func(s *[]Check) { *s = changed(*s, look) })
	}
	return v, nil
}

// remade reads a value, changes it, and writes it again.
func remade[T any](v json.RawMessage, change func(*T)) (json.RawMessage, error) {
	var value T
	if err := decodeStrictly(v, &value); err != nil {
		return nil, err
	}
	change(&value)
	return json.Marshal(value)
}
