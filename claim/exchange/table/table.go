// SPDX-License-Identifier: Apache-2.0

// Package table brings claims and what belongs to them into rows of a
// spreadsheet, and back. A newsroom that works in spreadsheets for a week must
// be able to come back without typing anything twice.
//
// Out: [Export] gives one kind of thing as a [Sheet], from the copy that may
// leave; [Working] gives everything, for colleagues. [WriteCSV] and [WriteXLSX]
// write sheets, [Template] makes an empty one with an explained example.
//
// In: [ReadAny] gives the sheets of a file, [ReadCSV] and [ReadXLSX] those of one
// form, and [Read] makes a [Plan] of them:
// a dry run that changes nothing. It names every bad cell with its row, its
// column and what to do. [Plan.Apply] refuses as long as one is left, so that
// nothing is ever half imported.
//
// It refuses what it cannot place: a column that nobody mapped is named as left
// out, a reference must name one thing by its id or by words that only it has,
// and a number that can be read in two ways is not read.
package table

import (
	"fmt"
	"slices"

	"tamizdat/claim"
	"tamizdat/claim/exchange"
)

// Bounds on what is read.
const (
	MaxFile    = 32 << 20 // bytes of a file
	MaxRows    = 100_000
	MaxColumns = 200
	MaxCell    = 64 << 10 // bytes of a cell

	maxCells = 5_000_000 // of a file, with the empty ones before the last of a row
)

// Sheet is a table as it stands in a file: the first row names the columns.
type Sheet struct {
	Name string // the kind, where the file says it
	Rows [][]string
	// Lines gives for each row the line of the file on which it begins, where that
	// differs from its number: a cell can have several lines.
	Lines []int
}

// Kinds lists the kinds that have a table, in the order in which they can be
// imported one after the other.
func Kinds() []string {
	var out []string
	for _, k := range kinds() {
		out = append(out, k.name())
	}
	return out
}

// Columns lists the columns of a kind in their order, or nil for a kind without
// a table.
func Columns(kind string) []Column {
	if k := kindOf(kind); k != nil {
		return k.columns()
	}
	return nil
}

// Export gives the things of one kind that may leave, see [exchange.Public].
func Export(c claim.Case, kind string, waived ...string) (Sheet, error) {
	return Working(exchange.Public(c, waived...), kind)
}

// Working gives all things of one kind, for the newsroom's own use: it has what
// must not leave. It has no sources and no letters either.
func Working(c claim.Case, kind string) (Sheet, error) {
	k := kindOf(kind)
	if k == nil {
		return Sheet{}, fmt.Errorf("there is no table of %q; there are %v", kind, Kinds())
	}
	rows := [][]string{header(k)}
	return Sheet{Name: kind, Rows: append(rows, k.export(&c)...)}, nil
}

func header(k tableKind) []string {
	var out []string
	for _, c := range k.columns() {
		out = append(out, c.Name)
	}
	return out
}

// Template gives an empty table with two rows that an import passes over: what
// to write in each column, and an example.
func Template(kind string) (Sheet, error) {
	k := kindOf(kind)
	if k == nil {
		return Sheet{}, fmt.Errorf("there is no table of %q; there are %v", kind, Kinds())
	}
	s := Sheet{Name: kind, Rows: [][]string{header(k), nil, nil}}
	for _, c := range k.columns() {
		s.Rows[1] = append(s.Rows[1], c.explanation())
		s.Rows[2] = append(s.Rows[2], c.Example)
	}
	s.Rows[1][0], s.Rows[2][0] = "# what to write; leave empty for a new one", "#example"
	return s, nil
}

// Numeric reports for each column of a sheet whether it holds numbers.
func (s Sheet) numeric() []bool {
	if len(s.Rows) == 0 {
		return nil
	}
	out := make([]bool, len(s.Rows[0]))
	columns := Columns(s.Name)
	for i, name := range s.Rows[0] {
		at := slices.IndexFunc(columns, func(c Column) bool { return c.Name == name })
		out[i] = at >= 0 && columns[at].Form == FormNumber
	}
	return out
}
