// SPDX-License-Identifier: Apache-2.0

package casebook

import (
	"bytes"
	"cmp"
	"slices"
)

// A Cell is one field of one thing.
type Cell struct{ Thing, Field string }

// A Value is what one event set a cell to.
type Value struct {
	Bytes []byte
	By    *Taken
}

// Register is the fold of events that set cells (a multi-value register, Shapiro et
// al. 2011): a cell keeps the values that no later event knew and replaced. As long as
// people work one after the other there is one. Where two did not know of each other
// both are kept, until somebody who knows both sets the cell again.
//
// The order of arrival leaves no trace, as long as it respects causes.
type Register struct {
	cells map[Cell][]Value
}

// NewRegister gives an empty one.
func NewRegister() *Register { return &Register{cells: map[Cell][]Value{}} }

// Set is an event that sets a cell. Events come each after all that it knows; one
// event sets a cell once. The bytes are kept.
func (r *Register) Set(t *Taken, c Cell, value []byte) {
	left := slices.DeleteFunc(r.cells[c], func(v Value) bool { return t.Knew(v.By) })
	r.cells[c] = append(left, Value{value, t})
}

// Get is the value that counts until a conflict is resolved: the latest by its author's
// clock. It is nil where nobody set one.
func (r *Register) Get(c Cell) []byte {
	values := r.cells[c]
	if len(values) == 0 {
		return nil
	}
	return slices.MaxFunc(values, compareValues).Bytes
}

// Values lists what a cell keeps, the one that counts first. Equal bytes are listed
// once, under the event that comes first.
func (r *Register) Values(c Cell) []Value {
	return distinct(r.cells[c])
}

// distinct gives values, the one that counts first, and equal bytes once.
func distinct(values []Value) []Value {
	values = slices.SortedFunc(slices.Values(values), func(a, b Value) int { return compareValues(b, a) })
	var out []Value
	for _, v := range values {
		if !slices.ContainsFunc(out, func(o Value) bool { return bytes.Equal(o.Bytes, v.Bytes) }) {
			out = append(out, v)
		}
	}
	return out
}

// Among lists what several cells keep that are one to people, as [Register.Values] does
// for one of them. A value counts against those in other cells that its author knew. What
// is empty takes nothing back but in its own cell.
func (r *Register) Among(empty []byte, cells ...Cell) []Value {
	var all []Value
	for _, c := range cells {
		all = append(all, slices.DeleteFunc(slices.Clone(r.cells[c]), func(v Value) bool { return bytes.Equal(v.Bytes, empty) })...)
	}
	left := slices.DeleteFunc(slices.Clone(all), func(v Value) bool {
		return slices.ContainsFunc(all, func(o Value) bool { return o.By != v.By && o.By.Knew(v.By) })
	})
	return distinct(left)
}

// Cells lists the cells of one field, in no order.
func (r *Register) Cells(field string) []Cell {
	var out []Cell
	for c := range r.cells {
		if c.Field == field {
			out = append(out, c)
		}
	}
	return out
}

// Conflicts lists the cells that have more than one value, by thing and field.
func (r *Register) Conflicts() []Cell {
	var out []Cell
	for c := range r.cells {
		if len(r.Values(c)) > 1 {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b Cell) int {
		return cmp.Or(cmp.Compare(a.Thing, b.Thing), cmp.Compare(a.Field, b.Field))
	})
	return out
}

func compareValues(a, b Value) int {
	return cmp.Or(cmp.Compare(a.By.At, b.By.At), a.By.Chain.Compare(b.By.Chain), cmp.Compare(a.By.N, b.By.N))
}
