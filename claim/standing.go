// SPDX-License-Identifier: Apache-2.0

package claim

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
)

// shown picks the value that counts until a conflict is resolved.
func shown(list []version) version { return slices.MaxFunc(list, version.compare) }

// Case gives the case as it stands. Things are in the order in which they were
// made, by the clock and then by the name of who made them. Cases that one
// register gives share their parts: replace an element of theirs, do not write
// into one.
func (r *Register) Case() (Case, error) {
	var c Case
	for _, m := range r.order() {
		put, err := m.thing.entry(m.key)
		if err != nil {
			return Case{}, fmt.Errorf("%s %s: %w", m.kind, m.object, err)
		}
		put(&c)
	}
	c.turned = r.turned(&c)
	return c, nil
}

// made is a thing with the event that made it, the earliest if there were more.
type made struct {
	key
	*thing
	by version
}

// order lists what was made and is not removed.
func (r *Register) order() []made {
	all := make([]made, 0, len(r.things))
	for k, t := range r.things {
		if t.present() {
			all = append(all, made{k, t, slices.MinFunc(t.created, version.compare)})
		}
	}
	slices.SortFunc(all, func(a, b made) int {
		return cmp.Or(a.by.compare(b.by), cmp.Compare(a.kind, b.kind), cmp.Compare(a.object, b.object))
	})
	return all
}

// entry reads the thing, or gives what was read since the last event about it.
func (t *thing) entry(k key) (entry, error) {
	if t.put != nil {
		return t.put, nil
	}
	b, err := t.encode(k)
	if err != nil {
		return nil, err
	}
	t.put, err = kinds()[k.kind].read(b)
	return t.put, err
}

// field gives the value of a field that is shown, or nil where there is none.
func (t *thing) field(name string) json.RawMessage {
	if list := t.fields[name]; len(list) > 0 {
		if v := shown(list).value; !isNull(v) {
			return v
		}
	}
	return nil
}

// present reports whether the thing was made and is not removed.
func (t *thing) present() bool {
	return len(t.created) > 0 && string(shown(t.removed).value) == "false"
}

func (t *thing) encode(k key) ([]byte, error) {
	fields := make(map[string]json.RawMessage, len(t.fields))
	for name, list := range t.whole(kinds()[k.kind].frozen) {
		fields[name] = shown(list).value
	}
	for name, list := range t.grown {
		whole, err := t.grow(name, list)
		if err != nil {
			return nil, err
		}
		fields[name] = whole
	}
	return assemble(k.object, fields)
}

// whole gives the fields that are shown. Of a frozen thing that two made without
// knowing of each other they are all of one making: fields of both would put the
// words of one under the name of the other.
func (t *thing) whole(frozen bool) map[string][]version {
	if !frozen || len(t.created) < 2 {
		return t.fields
	}
	by, out := shown(t.created), map[string][]version{}
	for name, list := range t.fields {
		if i := slices.IndexFunc(list, func(v version) bool { return v.actor == by.actor && v.n == by.n }); i >= 0 {
			out[name] = list[i : i+1]
		}
	}
	return out
}

// grow joins what a list began with and what was appended, in the order of the
// clock.
func (t *thing) grow(name string, appended []version) (json.RawMessage, error) {
	var elements []json.RawMessage
	if list := t.fields[name]; len(list) > 0 {
		if err := json.Unmarshal(shown(list).value, &elements); err != nil {
			return nil, err
		}
	}
	for _, v := range slices.SortedFunc(slices.Values(appended), version.compare) {
		elements = append(elements, v.value)
	}
	return json.Marshal(elements)
}
