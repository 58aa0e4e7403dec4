// SPDX-License-Identifier: Apache-2.0

package table

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"tamizdat/claim"
)

// kindCause is what a forecast can name beside claims.
const kindCause = "cause"

// tableKind is one kind of thing, whatever its type.
type tableKind interface {
	name() string
	columns() []Column
	export(*claim.Case) [][]string
	named(*claim.Case) []name // what is there, in order
	rowName(cells map[string]string) string
	change(c *claim.Case, at int, id string, cells []cell) (Change, []fault)
	apply(*claim.Case, []Change) error
}

// name is how people refer to a thing.
type name struct{ id, words string }

// cell is one filled cell, with references resolved to ids.
type cell struct{ column, value string }

// fault is a problem of one cell, or of a row if the column is empty.
type fault struct {
	column string
	misfit
}

// kind is the table of a type.
type kind[T any] struct {
	label  string
	list   func(*claim.Case) *[]T
	id     func(*T) *string
	words  func(*T) string
	fresh  func(*T)                   // sets what a new thing has that is not empty
	check  func(*T) (string, *misfit) // of the whole row, with the column to name
	frozen bool                       // only added, never changed
	cols   []column[T]
}

func (k *kind[T]) name() string { return k.label }

func (k *kind[T]) columns() []Column {
	out := []Column{{Name: "id", Form: FormText, Help: "leave empty for a new one"}}
	for _, c := range k.cols {
		out = append(out, c.Column)
	}
	return out
}

func (k *kind[T]) export(c *claim.Case) [][]string {
	var rows [][]string
	for i := range *k.list(c) {
		v := &(*k.list(c))[i]
		row := []string{*k.id(v)}
		for _, col := range k.cols {
			row = append(row, col.get(v))
		}
		rows = append(rows, row)
	}
	return rows
}

func (k *kind[T]) named(c *claim.Case) []name {
	var out []name
	for i := range *k.list(c) {
		v := &(*k.list(c))[i]
		out = append(out, name{*k.id(v), k.words(v)})
	}
	return out
}

// rowName gives the words by which other rows can refer to a new one.
func (k *kind[T]) rowName(cells map[string]string) string {
	var v T
	for _, col := range k.cols {
		if s := cells[col.Name]; s != "" && col.Form != FormRef {
			col.set(&v, s)
		}
	}
	return k.words(&v)
}

// change works out what a row does to the thing at a place of its list, or to a
// new one where the place is negative.
func (k *kind[T]) change(c *claim.Case, at int, id string, cells []cell) (Change, []fault) {
	var before *T
	var v T
	if at >= 0 {
		before = &(*k.list(c))[at]
		v = *before
	} else if k.fresh != nil {
		k.fresh(&v)
	}
	*k.id(&v) = id
	faults := k.fill(&v, cells)
	faults = append(faults, k.lacks(&v, before == nil, faults)...)
	ch := Change{Change: claim.Change{Verb: claim.VerbSet, Kind: k.label, Object: id}}
	if before == nil {
		ch.Verb = claim.VerbCreate
	}
	var err error
	if ch.Fields, err = difference(before, &v); err != nil {
		faults = append(faults, fault{"", misfit{"cannot be written: " + err.Error(), "report this as an error of the program"}})
	}
	if k.frozen && before != nil && len(ch.Fields) > 0 {
		faults = append(faults, fault{"id", misfit{"names one that is there, with other values", "these are only added, never changed: leave the id empty to add one"}})
	}
	return ch, faults
}

func (k *kind[T]) fill(v *T, cells []cell) []fault {
	var faults []fault
	for _, c := range cells {
		i := slices.IndexFunc(k.cols, func(col column[T]) bool { return col.Name == c.column })
		if i < 0 {
			continue
		}
		if bad := k.cols[i].set(v, c.value); bad != nil {
			faults = append(faults, fault{c.column, *bad})
		}
	}
	return faults
}

// lacks names what a new thing needs and does not have, and what of a row that is
// fine by its cells does not fit together.
func (k *kind[T]) lacks(v *T, isNew bool, known []fault) []fault {
	var faults []fault
	for _, col := range k.cols {
		named := slices.ContainsFunc(known, func(f fault) bool { return f.column == col.Name })
		if isNew && col.Required && col.get(v) == "" && !named {
			faults = append(faults, fault{col.Name, misfit{"is empty", "fill it in: " + col.explanation()}})
		}
	}
	if len(faults)+len(known) > 0 || k.check == nil {
		return faults
	}
	if column, bad := k.check(v); bad != nil {
		faults = append(faults, fault{column, *bad})
	}
	return faults
}

// difference gives the fields of after that before has not, or has otherwise.
func difference[T any](before, after *T) (map[string]json.RawMessage, error) {
	was, err := fieldsOf(before)
	if err != nil {
		return nil, err
	}
	is, err := fieldsOf(after)
	if err != nil {
		return nil, err
	}
	out := map[string]json.RawMessage{}
	for name, value := range is {
		if name != "id" && !bytes.Equal(value, was[name]) && !bytes.Equal(value, []byte("null")) {
			out[name] = value
		}
	}
	return out, nil
}

func fieldsOf[T any](v *T) (map[string]json.RawMessage, error) {
	fields := map[string]json.RawMessage{}
	if v == nil {
		return fields, nil
	}
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return fields, json.Unmarshal(b, &fields)
}

// apply writes changes into a list of the case that nobody else holds.
func (k *kind[T]) apply(c *claim.Case, changes []Change) error {
	list := slices.Clone(*k.list(c))
	at := make(map[string]int, len(list))
	for i := range list {
		at[*k.id(&list[i])] = i
	}
	for _, ch := range changes {
		i, known := at[ch.Object]
		if known == (ch.Verb == claim.VerbCreate) {
			return fmt.Errorf("%s %s: the case has changed since it was read; read the table again", ch.Kind, ch.Object)
		}
		if !known {
			i = len(list)
			list = append(list, *new(T))
			at[ch.Object] = i
			if k.fresh != nil {
				k.fresh(&list[i])
			}
		}
		next, err := k.with(&list[i], ch)
		if err != nil {
			return fmt.Errorf("%s %s: %w", ch.Kind, ch.Object, err)
		}
		list[i] = next
	}
	*k.list(c) = list
	return nil
}

// with gives a thing with the fields of a change.
func (k *kind[T]) with(v *T, ch Change) (T, error) {
	var next T
	fields, err := fieldsOf(v)
	if err != nil {
		return next, err
	}
	maps.Copy(fields, ch.Fields)
	b, err := json.Marshal(fields)
	if err != nil {
		return next, err
	}
	err = json.Unmarshal(b, &next)
	*k.id(&next) = ch.Object
	return next, err
}
