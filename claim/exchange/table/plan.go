// SPDX-License-Identifier: Apache-2.0

package table

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"tamizdat/claim"
)

// Plan is what an import would do. Making it changes nothing.
type Plan struct {
	Changes  []Change  // in the order of the rows
	Problems []Problem // as long as there is one, nothing can be applied
	Notices  []Notice  // what a person should know, and needs not mend
	Matches  []Match   // what was made of the columns
	Rows     int       // that were read, without the first and passed over ones
}

// Change is what one row does to one thing: it creates it, or sets the fields that
// differ. [claim.Register.Propose] takes it as it is.
type Change struct {
	Sheet string
	Row   int
	claim.Change
}

// Problem is a cell or a row that cannot be taken. Row counts as spreadsheets
// do: the first row of the file is 1.
type Problem struct {
	Sheet  string `json:"sheet,omitempty"`
	Row    int    `json:"row"`
	Line   int    `json:"line,omitempty"`   // of the file, where it is known
	Column string `json:"column,omitempty"` // as the file names it; empty for the whole row
	Cell   string `json:"cell,omitempty"`   // the beginning of it
	What   string `json:"what"`
	Do     string `json:"do"`
}

func (p Problem) String() string {
	where := fmt.Sprintf("row %d", p.Row)
	if p.Sheet != "" {
		where = p.Sheet + ", " + where
	}
	if p.Column != "" {
		where += ", column " + p.Column
	}
	if p.Cell != "" {
		where += fmt.Sprintf(": %q", p.Cell)
	} else {
		where += ":"
	}
	return where + " " + p.What + "; " + p.Do
}

// Notice is something to know about a row, or about a sheet if Row is 0.
type Notice struct {
	Sheet string `json:"sheet,omitempty"`
	Row   int    `json:"row,omitempty"`
	What  string `json:"what"`
}

// Input is one sheet with the kind of things in it. Mapping says for headers of
// the file which column they are; headers that it does not name are guessed.
type Input struct {
	Kind    string
	Sheet   Sheet
	Mapping map[string]string
}

// Options say how ids are made.
type Options struct {
	NewID func() string // such as [claim.NewID]
	// KeepIDs takes short ids from the file for new things. Without it they serve
	// only to refer from row to row, and new things get random ids: a published
	// “C7” tells that there are six others.
	KeepIDs bool
}

// Read plans the import of sheets into a case. Rows can refer to each other,
// across sheets too, whatever their order.
func Read(c claim.Case, o Options, in ...Input) Plan {
	r := &reader{options: o, into: &c, known: newNames(&c)}
	for _, i := range in {
		r.sheet(i)
	}
	for i := range r.rows {
		r.row(&r.rows[i])
	}
	if len(r.plan.Problems) > 0 {
		r.plan.Changes = nil
	}
	place := func(p Problem) int {
		return slices.IndexFunc(in, func(i Input) bool { return i.Sheet.Name == p.Sheet })
	}
	slices.SortStableFunc(r.plan.Problems, func(a, b Problem) int { return cmp.Or(place(a)-place(b), a.Row-b.Row) })
	return r.plan
}

// Apply gives the case with all changes made. It refuses while there are
// problems. The case that it was given stays as it was.
func (p Plan) Apply(c claim.Case) (claim.Case, error) {
	if len(p.Problems) > 0 {
		return c, fmt.Errorf("%d cells or rows cannot be taken, and nothing was imported; the first: %s", len(p.Problems), p.Problems[0])
	}
	out := c
	byKind := map[string][]Change{}
	for _, ch := range p.Changes {
		byKind[ch.Kind] = append(byKind[ch.Kind], ch)
	}
	for _, k := range kinds() {
		if len(byKind[k.name()]) == 0 {
			continue
		}
		if err := k.apply(&out, byKind[k.name()]); err != nil {
			return c, err
		}
	}
	return out, nil
}

// reader makes a plan.
type reader struct {
	options Options
	into    *claim.Case
	known   *names
	rows    []row
	plan    Plan
}

// row is one row of a sheet, by the names of our columns.
type row struct {
	kind   tableKind
	sheet  string
	number int
	line   int
	cells  map[string]string
	header map[string]string // our column to the file's
	id     string
	at     int // place of the thing in the case; negative for a new one
}

func (r *reader) complain(w *row, column, cell, what, do string) {
	if h := w.header[column]; h != "" {
		column = h
	}
	r.plan.Problems = append(r.plan.Problems, Problem{
		Sheet: w.sheet, Row: w.number, Line: w.line, Column: column, Cell: beginning(cell), What: what, Do: do,
	})
}

func (r *reader) notice(sheet string, row int, format string, args ...any) {
	r.plan.Notices = append(r.plan.Notices, Notice{sheet, row, fmt.Sprintf(format, args...)})
}

// beginning bounds what is repeated of a cell.
func beginning(cell string) string {
	const most = 60
	runes := []rune(cell)
	if len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return cell
}

// sheet takes the rows of one sheet in, and notes how others can refer to them.
func (r *reader) sheet(in Input) {
	at := &row{sheet: in.Sheet.Name, number: 1}
	k := kindOf(in.Kind)
	if k == nil {
		r.complain(at, "", in.Kind, "is no kind of thing that has a table", "choose one of "+strings.Join(Kinds(), ", "))
		return
	}
	if len(in.Sheet.Rows) == 0 {
		r.complain(at, "", "", "the table is empty", "begin with a row that names the columns")
		return
	}
	columns := r.match(k, in)
	for i, cells := range in.Sheet.Rows[1:] {
		w := row{kind: k, sheet: in.Sheet.Name, number: i + 2, line: in.Sheet.line(i + 1), cells: map[string]string{}, header: columns.header}
		if r.fill(&w, columns, cells) {
			r.plan.Rows++
			if r.register(&w) {
				r.rows = append(r.rows, w)
			}
		}
	}
}

func (s Sheet) line(row int) int {
	if row < len(s.Lines) {
		return s.Lines[row]
	}
	return 0
}

// fill puts the cells under our names. It is false for rows to pass over: empty
// ones, and those of a template, whose id begins with #.
func (r *reader) fill(w *row, columns matched, cells []string) bool {
	for i, cell := range cells {
		if strings.TrimSpace(cell) == "" {
			continue
		}
		if i >= len(columns.names) {
			r.complain(w, "", cell, "stands beyond the last column that has a name", "remove it, or put quotation marks around cells that have the separator in them")
			return false
		}
		if name := columns.names[i]; name != "" {
			w.cells[name] = cell
		}
	}
	return len(w.cells) > 0 && !strings.HasPrefix(w.cells["id"], "#")
}

// register gives the row its id and makes it known to others. It is false where
// the id is at fault, so that nothing else can be said of the row.
func (r *reader) register(w *row) bool {
	given := strings.TrimSpace(w.cells["id"])
	delete(w.cells, "id")
	kind := w.kind.name()
	w.at = -1
	switch {
	case given != "" && r.known.inFile(kind, given):
		r.complain(w, "id", given, "stands in two rows", "give each thing one row")
		return false
	case given != "" && r.known.at(kind, given) >= 0:
		w.id, w.at = given, r.known.at(kind, given)
	case given != "" && !isID(given):
		r.complain(w, "id", given, "cannot be an id", "use up to 64 letters, digits, hyphens and underscores, or leave it empty")
		return false
	case given != "" && (r.options.KeepIDs || len(given) >= shortestRandom):
		w.id = given
	default:
		w.id = r.options.NewID()
	}
	words := w.kind.rowName(w.cells)
	if given == "" && words != "" {
		if there := r.known.byWords(kind, words); len(there) == 1 {
			r.notice(w.sheet, w.number, "the same words are there already, as %s; this adds a second one. To change the first, write its id into the row", there[0])
		}
	}
	r.known.add(kind, w.id, given, words)
	return true
}

// shortestRandom is the length from which an id is taken to be random.
const shortestRandom = 20

func isID(s string) bool {
	return len(s) <= 64 && !strings.ContainsFunc(s, func(r rune) bool {
		return r != '-' && r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
}

// row works out the change of one row.
func (r *reader) row(w *row) {
	var cells []cell
	unresolved := map[string]bool{}
	for _, c := range w.kind.columns() {
		value, ok := w.cells[c.Name]
		if !ok {
			continue
		}
		if c.Form == FormRef {
			resolved, bad := r.known.resolve(c, value)
			if bad != nil {
				r.complain(w, c.Name, value, bad.what, bad.do)
				unresolved[c.Name] = true
				continue
			}
			value = resolved
		}
		cells = append(cells, cell{c.Name, value})
	}
	ch, faults := w.kind.change(r.into, w.at, w.id, cells)
	for _, f := range faults {
		if !unresolved[f.column] {
			r.complain(w, f.column, w.cells[f.column], f.what, f.do)
		}
	}
	if ch.Sheet, ch.Row = w.sheet, w.number; len(ch.Fields) > 0 {
		r.plan.Changes = append(r.plan.Changes, ch)
	}
}
