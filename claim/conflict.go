// SPDX-License-Identifier: Apache-2.0

package claim

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"
)

// Conflict is a field to which people who did not know of each other gave
// different values.
type Conflict struct {
	Kind   string  `json:"kind"`
	Object string  `json:"object"`
	Field  string  `json:"field"`  // “removed” where one removed what the other changed
	Values []Value `json:"values"` // the first is shown
}

// Value is one of the values of a conflict.
type Value struct {
	Value json.RawMessage `json:"value"`
	Actor string          `json:"actor"`
	At    time.Time       `json:"at"`
}

// Conflicts lists what waits for a choice. Setting the field again, by anybody
// who has all the events, settles it.
func (r *Register) Conflicts() []Conflict {
	var out []Conflict
	for k, t := range r.things {
		for name, list := range t.fields {
			if !kinds()[k.kind].frozen { // of which each making stands
				out = appendConflict(out, k, name, list)
			}
		}
		out = appendConflict(out, k, "removed", t.removed)
	}
	slices.SortFunc(out, func(a, b Conflict) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Object, b.Object), cmp.Compare(a.Field, b.Field))
	})
	return out
}

func appendConflict(out []Conflict, k key, field string, list []version) []Conflict {
	sorted := slices.SortedFunc(slices.Values(list), func(a, b version) int { return b.compare(a) })
	differ := slices.ContainsFunc(sorted, func(v version) bool { return !sameJSON(v.value, sorted[0].value) })
	if !differ {
		return out
	}
	c := Conflict{Kind: k.kind, Object: k.object, Field: field}
	for _, v := range sorted {
		c.Values = append(c.Values, Value{Value: v.value, Actor: v.actor, At: v.at})
	}
	return append(out, c)
}

func sameJSON(a, b json.RawMessage) bool {
	x, errX := compact(a)
	y, errY := compact(b)
	return errX == nil && errY == nil && string(x) == string(y)
}
