// SPDX-License-Identifier: Apache-2.0

package casecmd

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"tamizdat/claim"
	"tamizdat/claim/exchange/table"
	"tamizdat/internal/cli"
)

// outcome is what an import did, would do, or cannot do.
type outcome struct {
	table.Plan
	How      string // the form in which the file was read
	Imported bool

	dry  bool
	file *file
	made map[string]bool  // ids that are of this run only, if it is dry
	was  map[string]thing // what the case had
}

// refusedBy turns what the rules refuse into problems of rows. Other errors stay
// what they are.
func (d *outcome) refusedBy(p *program, err error) (*outcome, error) {
	if err == nil || errors.Is(err, errHeld) {
		return d, nil
	}
	refusal, ok := errors.AsType[claim.Refusal](err)
	if !ok {
		return nil, err
	}
	var changes []claim.Change
	for _, ch := range d.Changes {
		changes = append(changes, ch.Change)
	}
	s := &search{file: d.file, at: p.now(), changes: changes}
	d.name(refusal, s.culprits(refusal))
	d.Changes = nil
	return d, nil
}

// name tells what is refused in the order of the rows that would make it.
func (d *outcome) name(refusal claim.Refusal, culprits map[claim.Problem][]string) {
	at := make(map[string]int, len(d.Changes))
	for i, ch := range slices.Backward(d.Changes) {
		at[ch.Object] = i
	}
	slices.SortStableFunc(refusal, func(a, b claim.Problem) int { return at[a.Object] - at[b.Object] })
	for _, p := range refusal {
		d.Problems = append(d.Problems, d.refused(p, d.Changes[at[p.Object]], culprits[p]))
	}
}

// refused names the row that made a thing, and the column without which the rules
// would let it in.
func (d *outcome) refused(p claim.Problem, ch table.Change, fields []string) table.Problem {
	out := table.Problem{Sheet: ch.Sheet, Row: ch.Row, What: p.Says, Do: "correct the row"}
	if p.Rule != "" {
		out.What += fmt.Sprintf(" (%s)", p.Rule)
	}
	for _, field := range fields {
		if header := d.header(out.Sheet, field); header != "" {
			out.Column, out.Do = header, "write something else, or leave this cell empty"
			break
		}
	}
	return out
}

// header is what a file calls one of our columns.
func (d *outcome) header(sheet, column string) string {
	for _, m := range d.Matches {
		if m.Sheet == sheet && m.Column == column {
			return m.Header
		}
	}
	return ""
}

// verdict is the error of an import in whose way something stands.
func (d *outcome) verdict() error {
	if len(d.Problems) == 0 {
		return nil
	}
	would := "nothing was imported"
	if d.dry {
		would = "nothing would be imported"
	}
	found := count(len(d.Problems), "problem")
	if d.Rows > 0 {
		found += " in " + count(d.Rows, "row")
	}
	return cli.WithHint(fmt.Errorf("%s: %s", found, would),
		"correct the file and import it again: no row is taken as long as one cannot be")
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func (d *outcome) say(env *cli.Env, asJSON bool) error {
	if asJSON {
		return env.JSON(d.told())
	}
	env.Printf("%s, %s\n", d.How, count(d.Rows, "row"))
	for _, m := range d.Matches {
		if m.Column != "" && m.Column != m.Header {
			env.Printf("  %s is %s\n", m.Header, m.Column)
		}
	}
	printSome(env, d.Notices, func(n table.Notice) string { return "note: " + where(n.Sheet, n.Row) + n.What })
	printSome(env, d.Problems, table.Problem.String)
	if len(d.Problems) > 0 {
		return nil
	}
	printSome(env, d.Changes, d.line)
	env.Printf("%s\n", d.summary())
	return nil
}

// mostLines bounds a list that a person reads; a program gets all of it.
const mostLines = 200

func printSome[T any](env *cli.Env, list []T, line func(T) string) {
	for _, v := range list[:min(len(list), mostLines)] {
		env.Printf("%s\n", line(v))
	}
	if n := len(list) - mostLines; n > 0 {
		env.Printf("and %d more; --json gives them all\n", n)
	}
}

func where(sheet string, row int) string {
	var parts []string
	if sheet != "" {
		parts = append(parts, sheet)
	}
	if row > 0 {
		parts = append(parts, fmt.Sprintf("row %d", row))
	}
	if len(parts) == 0 {
		return ""
	}
	return strings.Join(parts, ", ") + ": "
}

// line tells what one row does.
func (d *outcome) line(ch table.Change) string {
	if ch.Verb == claim.VerbCreate {
		return fmt.Sprintf("%sadds %s%s: %s", where(ch.Sheet, ch.Row), ch.Kind, d.known(ch), short(thing(ch.Fields).line()))
	}
	was := d.was[ch.Kind+" "+ch.Object]
	var parts []string
	for _, field := range slices.Sorted(maps.Keys(ch.Fields)) {
		before := was.text(field)
		if before == "" {
			before = "nothing"
		}
		parts = append(parts, fmt.Sprintf("%s: %s → %s", field, short(before), short(thing(ch.Fields).text(field))))
	}
	return fmt.Sprintf("%schanges %s %s, %s", where(ch.Sheet, ch.Row), ch.Kind, ch.Object, strings.Join(parts, "; "))
}

// known is the id of a new thing, unless a dry run made it up.
func (d *outcome) known(ch table.Change) string {
	if d.dry && d.made[ch.Object] {
		return ""
	}
	return " " + ch.Object
}

// short bounds what is repeated of a text.
func short(s string) string {
	const most = 60
	runes := []rune(strings.Join(strings.Fields(s), " "))
	if len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return string(runes)
}

func (d *outcome) summary() string {
	added := 0
	for _, ch := range d.Changes {
		if ch.Verb == claim.VerbCreate {
			added++
		}
	}
	did := fmt.Sprintf("%d added, %d changed", added, len(d.Changes)-added)
	switch {
	case len(d.Changes) == 0:
		return "there is nothing in it that the case has not"
	case d.dry:
		return did + " if it is imported; this was a dry run, and nothing was written"
	}
	return did
}

// told is what --json gives of an import.
type told struct {
	Imported bool            `json:"imported"`
	DryRun   bool            `json:"dry_run"`
	ReadAs   string          `json:"read_as"`
	Rows     int             `json:"rows"`
	Columns  []table.Match   `json:"columns"`
	Changes  []toldChange    `json:"changes"`
	Problems []table.Problem `json:"problems"`
	Notices  []table.Notice  `json:"notices"`
}

type toldChange struct {
	Sheet  string                     `json:"sheet,omitempty"`
	Row    int                        `json:"row"`
	Verb   claim.Verb                 `json:"verb"`
	Kind   string                     `json:"kind"`
	ID     string                     `json:"id,omitempty"` // of a new thing, only if it is not made up for a dry run
	Fields map[string]json.RawMessage `json:"fields"`
	Was    map[string]json.RawMessage `json:"was,omitempty"` // of the fields that change
}

func (d *outcome) told() told {
	out := told{
		Imported: d.Imported, DryRun: d.dry, ReadAs: d.How, Rows: d.Rows, Columns: d.Matches, Changes: []toldChange{},
		Problems: append([]table.Problem{}, d.Problems...), Notices: append([]table.Notice{}, d.Notices...),
	}
	for _, ch := range d.Changes {
		t := toldChange{Sheet: ch.Sheet, Row: ch.Row, Verb: ch.Verb, Kind: ch.Kind, ID: strings.TrimSpace(d.known(ch)), Fields: ch.Fields}
		for field, v := range d.was[ch.Kind+" "+ch.Object] {
			if _, changes := ch.Fields[field]; changes {
				if t.Was == nil {
					t.Was = map[string]json.RawMessage{}
				}
				t.Was[field] = v
			}
		}
		out.Changes = append(out.Changes, t)
	}
	return out
}
