// SPDX-License-Identifier: Apache-2.0

package claim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// KindCase is the case itself: its one thing has the id “case” and the fields
// case and note.
const KindCase = "case"

// kind says what the things of one kind look like.
type kind struct {
	name     string
	fields   []string // as JSON names them, sorted; without id
	types    map[string]reflect.Type
	required []string
	grows    []string // lists that are only appended to
	frozen   bool     // once made, only lists that grow can change
	stays    bool     // it is a record of what people said, and not removed
	read     func(b []byte) (entry, error)
}

// entry puts a thing that was read into a case, behind those of its kind.
type entry func(into *Case)

// kinds lists all kinds by name.
var kinds = sync.OnceValue(func() map[string]kind {
	all := []kind{
		kindOf(KindCase, func(*Case) *[]caseFields { return nil }, "case"),
		kindOf(KindParty, func(c *Case) *[]Party { return &c.Parties }, "label", "kind"),
		kindOf(KindSource, func(c *Case) *[]Source { return &c.Sources }, "pseudonym"),
		kindOf(KindLetter, func(c *Case) *[]Letter { return &c.Letters }, "document", "sha256"),
		kindOf(KindDocument, func(c *Case) *[]Document { return &c.Documents }, "kind"),
		kindOf(KindSpan, func(c *Case) *[]Span { return &c.Spans }, "document", "exact").freeze(),
		kindOf(KindClaim, func(c *Case) *[]Claim { return &c.Claims }, "text", "kind"),
		kindOf(KindUtterance, func(c *Case) *[]Utterance { return &c.Utterances }, "speaker", "claims"),
		kindOf(KindEvidence, func(c *Case) *[]Evidence { return &c.Evidence }, "claim", "item", "direction"),
		kindOf(KindMeasurand, func(c *Case) *[]Measurand { return &c.Measurands }, "quantity", "population", "unit"),
		kindOf(KindEstimate, func(c *Case) *[]Estimate { return &c.Estimates }, "measurand", "as_of", "bound"),
		kindOf(KindIndicator, func(c *Case) *[]Indicator { return &c.Indicators }, "name").growing("checks"),
		kindOf(KindQuestion, func(c *Case) *[]Question { return &c.Questions }, "text"),
		kindOf(KindForecast, func(c *Case) *[]Forecast { return &c.Forecasts }, "question", "by", "at").freeze().stay(),
		kindOf(KindAssessment, func(c *Case) *[]Assessment { return &c.Assessments }, "question", "week", "p").freeze().stay(),
		kindOf(KindReport, func(c *Case) *[]Report { return &c.Reports }, "title"),
		kindOf(KindPublication, func(c *Case) *[]Publication { return &c.Publications }).growing("fetched"),
		kindOf(KindCorrection, func(c *Case) *[]Correction { return &c.Corrections }, "publication", "what_was_wrong", "what_is_right").growing("notified").freeze().stay(),
		kindOf(KindSignOff, func(c *Case) *[]SignOff { return &c.SignOffs }, "object", "object_hash", "person", "decision").freeze().stay(),
		kindOf(KindDecision, func(c *Case) *[]Decision { return &c.Decisions }, "suggestion", "choice").freeze(),
	}
	m := make(map[string]kind, len(all))
	for _, k := range all {
		m[k.name] = k
	}
	return m
})

// caseFields is the case itself as a thing.
type caseFields struct {
	ID   string `json:"id"`
	Case string `json:"case"`
	Note string `json:"note,omitempty"`
}

func kindOf[T any](name string, list func(*Case) *[]T, required ...string) kind {
	fields, types := fieldsOf[T]()
	known := namesBelow(reflect.TypeFor[T]())
	return kind{name: name, required: required, fields: fields, types: types, read: func(b []byte) (entry, error) {
		var v T
		if err := decodeKnowing(b, &v, known); err != nil {
			return nil, err
		}
		if f, ok := any(v).(caseFields); ok {
			return func(into *Case) { into.Case, into.Note = f.Case, f.Note }, nil
		}
		return func(into *Case) {
			l := list(into)
			*l = append(*l, v)
		}, nil
	}}
}

func (k kind) growing(fields ...string) kind { k.grows = fields; return k }
func (k kind) freeze() kind                  { k.frozen = true; return k }
func (k kind) stay() kind                    { k.stays = true; return k }

// fieldsOf gives the JSON names of a struct's fields but id, and their types.
func fieldsOf[T any]() ([]string, map[string]reflect.Type) {
	t := reflect.TypeFor[T]()
	types := make(map[string]reflect.Type, t.NumField())
	for field := range t.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		types[name] = field.Type
	}
	delete(types, "id")
	return slices.Sorted(maps.Keys(types)), types
}

// acceptsFields checks the names and the types of a change's fields.
func (k kind) acceptsFields(c Change) error {
	if len(c.Fields) == 0 {
		return fmt.Errorf("this changes nothing: it names no field")
	}
	for _, name := range slices.Sorted(maps.Keys(c.Fields)) {
		if _, ok := slices.BinarySearch(k.fields, name); !ok {
			return fmt.Errorf("%s has no field %q; it has %s", Article(k.name), name, strings.Join(k.fields, ", "))
		}
		if grows := slices.Contains(k.grows, name); c.Verb == VerbAppend && !grows {
			return fmt.Errorf("%s of %s cannot be appended to; set it", name, Article(k.name))
		} else if c.Verb == VerbSet && grows {
			return fmt.Errorf("%s of %s only grows; append to it", name, Article(k.name))
		}
	}
	if err := k.hasRequired(c); err != nil {
		return err
	}
	return k.typed(c)
}

// hasRequired wants in a new thing all that its kind requires, and lets nobody
// empty it later.
func (k kind) hasRequired(c Change) error {
	for _, name := range k.required {
		v, named := c.Fields[name]
		if c.Verb != VerbCreate && !named {
			continue
		}
		switch string(bytes.TrimSpace(v)) {
		case "", "null", `""`, "[]":
			return fmt.Errorf("%s needs %s", Article(k.name), name)
		}
	}
	return nil
}

// typed tries the fields on, each in the type that it has.
func (k kind) typed(c Change) error {
	fields := maps.Clone(c.Fields)
	for name, v := range fields {
		if c.Verb == VerbAppend {
			fields[name] = slices.Concat([]byte("["), v, []byte("]"))
		}
	}
	b, err := assemble(c.Object, fields)
	if err != nil {
		return fmt.Errorf("this %s cannot be read: %w", k.name, err)
	}
	if _, err := k.read(b); err != nil {
		return fmt.Errorf("this %s cannot be read: %w", k.name, err)
	}
	return namesOnce(c)
}

// namesOnce refuses a list that names one thing twice. It would say nothing more, and
// whoever follows lists of lists would follow it as often.
func namesOnce(c Change) error {
	for _, field := range [...]string{"claims", "relays", "informed_by", "contradicts", "possibly_same_as", "derived_from", "because"} {
		var ids []string
		if v := c.Fields[field]; c.Kind == KindPublication || v == nil || json.Unmarshal(v, &ids) != nil {
			continue
		}
		slices.Sort(ids)
		for i := 1; i < len(ids); i++ {
			if ids[i] == ids[i-1] {
				return fmt.Errorf("%s names %s twice", field, ids[i])
			}
		}
	}
	return nil
}

// assemble makes the JSON of a thing. Null is absent.
func assemble(id string, fields map[string]json.RawMessage) ([]byte, error) {
	whole := map[string]json.RawMessage{}
	for name, v := range fields {
		if !isNull(v) {
			whole[name] = v
		}
	}
	b, err := json.Marshal(id)
	if err != nil {
		return nil, err
	}
	whole["id"] = b
	return json.Marshal(whole)
}

func isNull(v json.RawMessage) bool { return string(bytes.TrimSpace(v)) == "null" }

// Kinds lists the kinds of thing by name.
func Kinds() []string { return slices.Sorted(maps.Keys(kinds())) }

// Fields lists the fields of a kind but its id, and of these the ones that it
// requires. Both are nil for a kind that this version does not know.
func Fields(kind string) (all, required []string) {
	k := kinds()[kind]
	return slices.Clone(k.fields), slices.Clone(k.required)
}

// Article puts a kind in words behind “a” or “an”: “an estimate”.
func Article(kind string) string {
	words := strings.ReplaceAll(kind, "_", " ")
	if strings.ContainsAny(words[:min(1, len(words))], "aeiou") {
		return "an " + words
	}
	return "a " + words
}

// FieldFromText gives the JSON of a field from what a person typed: a text as it
// stands, a number, yes or no, a list at its commas; for anything deeper, JSON.
// An empty text takes a value back.
func FieldFromText(kind, field, text string) (json.RawMessage, error) {
	k, ok := kinds()[kind]
	if !ok {
		return nil, fmt.Errorf("%q is no kind of thing; there are %s", kind, strings.Join(Kinds(), ", "))
	}
	t, ok := k.types[field]
	if !ok {
		return nil, fmt.Errorf("%s has no field %q; it has %s", Article(kind), field, strings.Join(k.fields, ", "))
	}
	if text == "" {
		return json.RawMessage("null"), nil
	}
	b, err := fromText(t, text)
	if err != nil {
		return nil, fmt.Errorf("%s of %s: %w", field, Article(kind), err)
	}
	return b, nil
}

func fromText(t reflect.Type, text string) (json.RawMessage, error) {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t == reflect.TypeFor[Date]():
		if _, err := ParseDate(text); err != nil {
			return nil, err
		}
		return json.Marshal(text)
	case t.Kind() == reflect.String:
		return json.Marshal(text)
	case t.Kind() == reflect.Bool:
		return boolean(text)
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.String && !strings.HasPrefix(text, "["):
		parts := strings.Split(text, ",")
		for i := range parts {
			parts[i] = strings.TrimSpace(parts[i])
		}
		return json.Marshal(parts)
	}
	if !json.Valid([]byte(text)) {
		return nil, fmt.Errorf("%q cannot be read as %s", text, plainType(t))
	}
	return json.RawMessage(text), nil
}

func boolean(text string) (json.RawMessage, error) {
	switch text {
	case "yes", "true":
		return json.RawMessage("true"), nil
	case "no", "false":
		return json.RawMessage("false"), nil
	}
	return nil, fmt.Errorf("%q is neither yes nor no", text)
}

func plainType(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Int, reflect.Float64:
		return "a number; write 7000 or 0.05"
	}
	return "JSON"
}
