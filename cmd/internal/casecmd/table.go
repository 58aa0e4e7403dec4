// SPDX-License-Identifier: Apache-2.0

package casecmd

import (
	"context"
	"errors"
	"path/filepath"
	"strings"

	"tamizdat/claim/exchange/table"
	"tamizdat/internal/cli"
)

// runTemplate writes empty tables, with what to write in each column.
func (p *program) runTemplate(_ context.Context, env *cli.Env, args []string) error {
	var o options
	fs := o.reading("template")
	out := fs.String("out", "", "")
	if err := o.parse(fs, args, 1, -1); err != nil {
		return err
	}
	sheets, err := sheetsOf(o.words, table.Template)
	if err != nil {
		return err
	}
	return writeTables(env, *out, sheets)
}

// runTable writes what the desk has, for the desk to work on and to take back.
func (p *program) runTable(ctx context.Context, env *cli.Env, args []string) error {
	var o options
	fs := o.reading("table")
	out := fs.String("out", "", "")
	f, err := p.read(ctx, env, &o, fs, args, 2, -1)
	if err != nil {
		return err
	}
	sheets, err := sheetsOf(o.words[1:], func(kind string) (table.Sheet, error) { return table.Working(f.c, kind) })
	if err != nil {
		return err
	}
	if err := writeTables(env, *out, sheets); err != nil {
		return err
	}
	env.Notef("This is for the desk: it holds what must not leave. For others there is %s.\n", f.verb("export"))
	return nil
}

// sheetsOf makes a sheet for each kind that a person named.
func sheetsOf(names []string, sheet func(kind string) (table.Sheet, error)) ([]table.Sheet, error) {
	var out []table.Sheet
	for _, name := range names {
		kind := table.KindNamed(name)
		if kind == "" {
			return nil, noTable(name)
		}
		s, err := sheet(kind)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

func noTable(name string) error {
	return cli.Usagef("there is no table of %q; there are %s", name, strings.Join(table.Kinds(), ", "))
}

// writeTables writes a workbook where the name of the file asks for one, else
// CSV. A file gets the mark by which spreadsheets know UTF-8.
func writeTables(env *cli.Env, out string, sheets []table.Sheet) error {
	if strings.EqualFold(filepath.Ext(out), ".xlsx") {
		b, err := table.WriteXLSX(sheets...)
		if err != nil {
			return err
		}
		return deliver(env, out, b)
	}
	if len(sheets) > 1 {
		return cli.WithHint(cli.Usagef("a CSV file has one table"), "name one kind, or write a workbook: --out FILE.xlsx")
	}
	return deliver(env, out, table.WriteCSV(sheets[0], out != ""))
}

// deliver writes a result to a new file, or to standard output.
func deliver(env *cli.Env, out string, b []byte) error {
	if out == "" && env.ShowsResults() && strings.HasPrefix(string(b), "PK") {
		return cli.WithHint(errors.New("a workbook is nothing to look at in a terminal"), "write it to a file: --out FILE.xlsx")
	}
	if out == "" {
		return env.File(b)
	}
	if err := cli.WriteNew(out, b); err != nil {
		return err
	}
	env.Notef("Written to %s.\n", out)
	return nil
}
