// SPDX-License-Identifier: Apache-2.0

package claim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"
)

// decodeStrictly reads JSON that every reader reads alike: UTF-8, no field that is
// not known, none in another case or twice, and nothing after the end. Of a field
// that stands twice encoding/json takes the last, and in a list mixes both; another
// program takes the first, and two people look at two registers.
func decodeStrictly(b []byte, into any) error { return decodeKnowing(b, into, typeNames{}) }

// decodeKnowing is decodeStrictly with names that were looked up before.
func decodeKnowing(b []byte, into any, known typeNames) error {
	if !utf8.Valid(b) {
		return errors.New("it is not UTF-8")
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		if keys := keysOnce(b, reflect.TypeOf(into).Elem(), known); keys != nil && strings.Contains(err.Error(), "unknown field") {
			return keys // which names the fields that there are
		}
		return err
	}
	if _, err := dec.Token(); err != io.EOF {
		return errors.New("there is something after its end")
	}
	return keysOnce(b, reflect.TypeOf(into).Elem(), known)
}

// keysOnce checks the keys of valid JSON against a type; nil is for what has none.
// The depth is that which encoding/json has let through.
func keysOnce(b []byte, t reflect.Type, known typeNames) error {
	k := keyReader{json.NewDecoder(bytes.NewReader(b)), known}
	return k.value(t)
}

// typeNames are the fields of structs as JSON names them.
type typeNames map[reflect.Type]map[string]reflect.Type

type keyReader struct {
	*json.Decoder
	known typeNames
}

func (k *keyReader) value(t reflect.Type) error {
	token, err := k.Token()
	if err != nil {
		return err
	}
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch token {
	case json.Delim('{'):
		return k.object(t)
	case json.Delim('['):
		for k.More() {
			if err := k.value(inside(t)); err != nil {
				return err
			}
		}
		_, err = k.Token()
	}
	return err
}

func (k *keyReader) object(t reflect.Type) error {
	names, seen := k.names(t), map[string]bool{}
	for k.More() {
		token, err := k.Token()
		if err != nil {
			return err
		}
		name, _ := token.(string)
		of, ok := names[name]
		switch {
		case seen[name]:
			return fmt.Errorf("the field %q is there twice", name)
		case names != nil && !ok:
			return fmt.Errorf("unknown field %q; there are %s", name, strings.Join(slices.Sorted(maps.Keys(names)), ", "))
		case names == nil:
			of = inside(t)
		}
		seen[name] = true
		if err := k.value(of); err != nil {
			return err
		}
	}
	_, err := k.Token()
	return err
}

// names gives the fields of a struct as JSON names them; nil for all else.
func (k *keyReader) names(t reflect.Type) map[string]reflect.Type {
	if t == nil || t.Kind() != reflect.Struct {
		return nil
	}
	if names, ok := k.known[t]; ok {
		return names
	}
	return fieldNames(t)
}

func fieldNames(t reflect.Type) map[string]reflect.Type {
	names := map[string]reflect.Type{}
	for _, f := range reflect.VisibleFields(t) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && f.IsExported() {
			names[name] = f.Type
		}
	}
	return names
}

// namesBelow looks up the fields of a type and of all that lies in it.
func namesBelow(t reflect.Type) typeNames {
	known := typeNames{}
	var look func(reflect.Type)
	look = func(t reflect.Type) {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct || known[t] != nil {
			return
		}
		known[t] = fieldNames(t)
		for _, inner := range known[t] {
			look(inner)
		}
	}
	look(t)
	return known
}

// inside gives the type of the elements of a list or map, where they have one.
func inside(t reflect.Type) reflect.Type {
	if t == nil || t == reflect.TypeFor[json.RawMessage]() || t.Kind() != reflect.Slice && t.Kind() != reflect.Map {
		return nil
	}
	return t.Elem()
}
