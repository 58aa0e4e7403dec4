// SPDX-License-Identifier: Apache-2.0

package table

import (
	"strings"

	"tamizdat/claim"
)

// Form says what the cells of a column hold.
type Form string

// The forms.
const (
	FormText   Form = "text"
	FormDate   Form = "date" // EDTF, see [claim.ParseDate]
	FormNumber Form = "number"
	FormYes    Form = "yes or no"
	FormChoice Form = "one of a list"
	FormRef    Form = "reference" // an id, or words that only one thing has
)

// Column describes one column.
type Column struct {
	Name     string
	Form     Form
	List     bool // several values, separated by ;
	Required bool // of a new thing
	Choices  []string
	Refers   []string // kinds, of a reference
	Help     string
	Example  string
}

func (c Column) explanation() string {
	var b strings.Builder
	b.WriteString(c.Help)
	if len(c.Choices) > 0 {
		b.WriteString(": " + strings.Join(c.Choices, ", "))
	}
	if c.List {
		b.WriteString("; several are separated by ;")
	}
	if c.Required {
		b.WriteString(" (needed)")
	}
	return strings.TrimSpace(b.String())
}

// column is a column of things of type T.
type column[T any] struct {
	Column
	get func(*T) string
	set func(*T, string) *misfit // of one cell that is not empty
}

// misfit says why a cell cannot be taken, and what to do.
type misfit struct{ what, do string }

// help fills in what a person reads about a column.
func (c column[T]) help(text, example string) column[T] {
	c.Help, c.Example = text, example
	return c
}

func (c column[T]) required() column[T] {
	c.Required = true
	return c
}

func text[T any](name string, at func(*T) *string) column[T] {
	return column[T]{
		Column: Column{Name: name, Form: FormText},
		get:    func(v *T) string { return *at(v) },
		set:    func(v *T, cell string) *misfit { *at(v) = cell; return nil },
	}
}

func texts[T any](name string, at func(*T) *[]string) column[T] {
	return column[T]{
		Column: Column{Name: name, Form: FormText, List: true},
		get:    func(v *T) string { return joinList(*at(v)) },
		set:    func(v *T, cell string) *misfit { *at(v) = splitList(cell); return nil },
	}
}

// ref holds ids by the time that it is set: [Plan] resolves words before.
func ref[T any](name string, at func(*T) *string, kinds ...string) column[T] {
	c := text(name, at)
	c.Form, c.Refers = FormRef, kinds
	return c
}

func refs[T any](name string, at func(*T) *[]string, kinds ...string) column[T] {
	c := texts(name, at)
	c.Form, c.Refers = FormRef, kinds
	return c
}

func choice[T any, S ~string](name string, at func(*T) *S, choices ...string) column[T] {
	return column[T]{
		Column: Column{Name: name, Form: FormChoice, Choices: choices},
		get:    func(v *T) string { return string(*at(v)) },
		set: func(v *T, cell string) *misfit {
			for _, c := range choices {
				if fold(c) == fold(cell) {
					*at(v) = S(c)
					return nil
				}
			}
			return &misfit{"is not one of the values of this column", "write one of: " + strings.Join(choices, ", ")}
		},
	}
}

func date[T any](name string, at func(*T) *claim.Date) column[T] {
	return column[T]{
		Column: Column{Name: name, Form: FormDate},
		get:    func(v *T) string { return at(v).String() },
		set: func(v *T, cell string) *misfit {
			d, bad := readDate(cell)
			if bad == nil {
				*at(v) = d
			}
			return bad
		},
	}
}

func number[T any](name string, at func(*T) **float64) column[T] {
	return column[T]{
		Column: Column{Name: name, Form: FormNumber},
		get: func(v *T) string {
			if *at(v) == nil {
				return ""
			}
			return writeNumber(**at(v))
		},
		set: func(v *T, cell string) *misfit {
			n, bad := readNumber(cell)
			if bad == nil {
				*at(v) = &n
			}
			return bad
		},
	}
}

// share is a number from 0 to 1, which can also be written as a percentage.
func share[T any](name string, at func(*T) **float64) column[T] {
	c := number(name, at)
	c.set = func(v *T, cell string) *misfit {
		n, bad := readShare(cell)
		if bad == nil {
			*at(v) = &n
		}
		return bad
	}
	return c
}

func yes[T any](name string, at func(*T) *bool) column[T] {
	c := maybe(name, func(*T) **bool { return nil })
	c.get = func(v *T) string {
		if *at(v) {
			return "yes"
		}
		return ""
	}
	c.set = func(v *T, cell string) *misfit {
		b, bad := readYes(cell)
		if bad == nil {
			*at(v) = b
		}
		return bad
	}
	return c
}

// maybe is yes, no, or unknown, which is an empty cell.
func maybe[T any](name string, at func(*T) **bool) column[T] {
	return column[T]{
		Column: Column{Name: name, Form: FormYes},
		get: func(v *T) string {
			switch b := *at(v); {
			case b == nil:
				return ""
			case *b:
				return "yes"
			}
			return "no"
		},
		set: func(v *T, cell string) *misfit {
			b, bad := readYes(cell)
			if bad == nil {
				*at(v) = &b
			}
			return bad
		},
	}
}
