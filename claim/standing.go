// SPDX-License-Identifier: Apache-2.0

package claim

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// shown picks the value that counts until a conflict is resolved.
func shown(list []version) version { return slices.MaxFunc(list, version.compare) }

// Case gives the case as it stands. Things are in the order in which they were
// made, by the clock and then by the name of who made them. Cases that one
// register gives share their parts: replace an element of theirs, do not write
// into one.
func (r *Register) Case() (Case, error) {
	var c Case
	all := r.order()
	for _, m := range all {
		put, err := m.thing.entry(m.key, m.by)
		if err != nil {
			return Case{}, fmt.Errorf("%s %s: %w", m.kind, m.object, err)
		}
		put(&c)
	}
	c.later, c.hidden = later(all), r.hidden()
	c.turned = r.turned(&c)
	return c, nil
}

// made is a thing with the event that made it.
type made struct {
	key
	*thing
	by version
}

// order lists what was made and is not removed.
func (r *Register) order() []made {
	all := make([]made, 0, len(r.things))
	for k, t := range r.things {
		if !t.present() {
			continue
		}
		for _, by := range t.makings(k.kind) {
			all = append(all, made{k, t, by})
		}
	}
	slices.SortFunc(all, func(a, b made) int {
		return cmp.Or(a.by.compare(b.by), cmp.Compare(a.kind, b.kind), cmp.Compare(a.object, b.object))
	})
	return all
}

// later lists the kinds under whose ids something of another kind was made before.
func later(all []made) map[string][]string {
	first := make(map[string]string, len(all))
	var out map[string][]string // nil, as in a case of a file, where there is nothing to tell
	for _, m := range all {
		if kind, there := first[m.object]; !there {
			first[m.object] = m.kind
		} else if kind != m.kind && !slices.Contains(out[m.object], m.kind) {
			if out == nil {
				out = map[string][]string{}
			}
			out[m.object] = append(out[m.object], m.kind)
		}
	}
	return out
}

// makings gives the event that made a thing, the earliest if there were more. What is
// frozen is there once for each: it is what somebody said at a time, and nobody makes
// that unsaid by saying something under its id.
func (t *thing) makings(kind string) []version {
	all := slices.SortedFunc(slices.Values(t.created), version.compare)
	if kinds()[kind].frozen {
		return all
	}
	return all[:1]
}

// called is the id under which a making stands: that of the thing for the one that is
// shown, and for the others that with the row of who made it.
func (t *thing) called(k key, by version) string {
	if len(t.created) < 2 || !kinds()[k.kind].frozen || by.is(shown(t.created)) {
		return k.object
	}
	who, incarnation, _ := strings.Cut(by.actor, ".")
	if isKey(who) {
		who = who[:8]
	}
	return strings.TrimSuffix(fmt.Sprintf("%s~%s.%s", k.object, who, incarnation), ".")
}

// entry reads what one event made of the thing, or gives what was read since the last
// event about it.
func (t *thing) entry(k key, by version) (entry, error) {
	if put := t.puts[by.actor]; put != nil {
		return put, nil
	}
	b, err := t.encode(k, by)
	if err != nil {
		return nil, err
	}
	put, err := kinds()[k.kind].read(b)
	if t.puts == nil {
		t.puts = map[string]entry{}
	}
	t.puts[by.actor] = put
	return put, err
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

func (t *thing) encode(k key, by version) ([]byte, error) {
	fields := make(map[string]json.RawMessage, len(t.fields))
	for name, list := range t.whole(k.kind, by) {
		fields[name] = shown(list).value
	}
	for name, list := range t.grown {
		whole, err := t.grow(fields[name], t.heard(k.kind, by, list))
		if err != nil {
			return nil, err
		}
		fields[name] = whole
	}
	return assemble(t.called(k, by), fields)
}

// whole gives the fields that are shown. Where several made a frozen thing without
// knowing of each other they are all of one making, and those of an evidence that is
// signed are all of one event: fields of two would put the words of one under the name
// of the other.
func (t *thing) whole(kind string, by version) map[string][]version {
	switch {
	case kinds()[kind].frozen && len(t.created) > 1:
	case t.signed && kind == KindEvidence && len(t.fields["by"]) > 0:
		by = shown(t.fields["by"])
	default:
		return t.fields
	}
	out := map[string][]version{}
	for name, list := range t.fields {
		if i := slices.IndexFunc(list, by.is); i >= 0 {
			out[name] = list[i : i+1]
		}
	}
	return out
}

// heard gives what was appended to one making: what knew of it.
func (t *thing) heard(kind string, by version, appended []version) []version {
	if !kinds()[kind].frozen || len(t.created) < 2 {
		return appended
	}
	return slices.DeleteFunc(slices.Clone(appended), func(v version) bool { return !v.knew(by) })
}

// grow joins what a list began with and what was appended, in the order of the
// clock.
func (t *thing) grow(first json.RawMessage, appended []version) (json.RawMessage, error) {
	var elements []json.RawMessage
	if first != nil {
		if err := json.Unmarshal(first, &elements); err != nil {
			return nil, err
		}
	}
	for _, v := range slices.SortedFunc(slices.Values(appended), version.compare) {
		elements = append(elements, v.value)
	}
	return json.Marshal(elements)
}
