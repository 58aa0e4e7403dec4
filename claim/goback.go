// SPDX-License-Identifier: Apache-2.0

package claim

import (
	"encoding/json"
	"slices"
	"sort"
)

// A colleague's program can change what is frozen, without asking. The door then lets
// a field go back to what it was when it was frozen: what nobody may change, nobody
// may have changed for good.

// remembered lists the fields of a kind of which old values are looked up later.
func remembered(kind string) []string {
	switch kind {
	case KindSource:
		return []string{"pseudonym"}
	case KindLetter:
		return []string{"sha256", "document"}
	case KindDocument:
		return []string{"sha256", "kind"}
	case KindQuestion:
		return slices.Concat(asks(), resolved[:])
	case KindPublication:
		return []string{"released"}
	case KindIndicator:
		return tests()
	}
	return nil
}

// remember keeps the values that an event gives. They share their bytes with it.
func (t *thing) remember(e Event) {
	for _, field := range remembered(e.Kind) {
		v, given := e.Fields[field]
		if !given {
			continue
		}
		if t.past == nil {
			t.past = map[string][]version{}
		}
		t.past[field] = append(t.past[field], versionOf(e, v))
	}
}

// firsts gives those that knew of no other.
func firsts(all []version) []version {
	rows := map[string]version{}
	for _, v := range all {
		if of, there := rows[v.actor]; !there || v.n < of.n {
			rows[v.actor] = v
		}
	}
	var out []version
	for _, v := range rows {
		knew := false
		for _, o := range rows {
			knew = knew || !o.is(v) && v.knew(o)
		}
		if !knew {
			out = append(out, v)
		}
	}
	return out
}

// original reports whether a field had a value before it had any other.
func (t *thing) original(field string, now json.RawMessage) bool {
	given := slices.DeleteFunc(slices.Clone(t.past[field]), func(v version) bool { return isNull(v.value) })
	return slices.ContainsFunc(firsts(given), func(v version) bool { return sameJSON(v.value, now) })
}

// knownTo reports whether a field had a value as far as one of some events knew: the
// first of those that froze it.
func (t *thing) knownTo(freezing []version, field string, now json.RawMessage) bool {
	rows := map[string][]version{}
	for _, v := range t.past[field] {
		rows[v.actor] = append(rows[v.actor], v)
	}
	return slices.ContainsFunc(firsts(freezing), func(f version) bool {
		last := lastKnown(rows, f)
		if len(last) == 0 {
			return isNull(now)
		}
		return slices.ContainsFunc(last, func(v version) bool {
			return sameJSON(v.value, now) && !slices.ContainsFunc(last, func(o version) bool { return !o.is(v) && o.knew(v) })
		})
	})
}

// lastKnown gives of each row the last value that an event knew.
func lastKnown(rows map[string][]version, e version) []version {
	var out []version
	for _, row := range rows {
		if i := sort.Search(len(row), func(i int) bool { return !e.knew(row[i]) }); i > 0 {
			out = append(out, row[i-1])
		}
	}
	return out
}

// forecasts lists the events that gave a forecast for a question, taken back or not.
func (r *Register) forecasts(question string) []version {
	var out []version
	for k, t := range r.things {
		if k.kind != KindForecast {
			continue
		}
		for _, v := range t.fields["question"] {
			if text(v.value) == question {
				out = append(out, v)
			}
		}
	}
	return out
}

// unlawful reports whether what resolves a question resolves nothing: one person alone
// put it there, or it is no outcome.
func (t *thing) unlawful(k key) bool {
	put, err := t.entry(k, t.makings(k.kind)[0])
	if err != nil {
		return true
	}
	var one Case
	put(&one)
	q := &one.Questions[0]
	return people(q.ResolvedBy) < 2 || q.WrongOutcome() != nil
}

// everApproved reports whether two people have once signed a publication off, as it
// was then.
func (c *Case) everApproved(publication string) bool {
	var who []string
	for _, s := range c.SignOffs {
		if s.Object == publication && s.Decision == "approve" {
			who = append(who, s.Person)
		}
	}
	return people(who) >= 2
}
