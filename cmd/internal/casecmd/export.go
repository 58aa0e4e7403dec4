// SPDX-License-Identifier: Apache-2.0

package casecmd

import (
	"context"
	"strings"

	"tamizdat/claim"
	"tamizdat/claim/exchange"
	"tamizdat/claim/exchange/ftm"
	"tamizdat/claim/exchange/linked"
	"tamizdat/claim/exchange/stix"
	"tamizdat/claim/exchange/table"
	"tamizdat/internal/cli"
)

// runExport prints what may leave. Every format starts from the copy that has no
// source and no letter, whatever the case holds.
func (p *program) runExport(ctx context.Context, env *cli.Env, args []string) error {
	var o options
	fs := o.reading("export")
	format, desk, url, out := fs.String("as", "", ""), fs.String("desk", "", ""), fs.String("url", "", ""), fs.String("out", "", "")
	day := p.dayFlag(fs)
	f, err := p.read(ctx, env, &o, fs, args, 1, 1)
	if err != nil {
		return err
	}
	today, err := day()
	if err != nil {
		return err
	}
	if err := f.mayLeave(textsOf(exchange.Public(f.c))); err != nil {
		return err
	}
	b, err := exported(f.c, *format, linked.Desk{Name: *desk, URL: *url, Date: claim.DateOn(today)})
	if err != nil {
		return err
	}
	for _, w := range exchange.Withheld(f.c) {
		env.Notef("withheld: %s %s: %s\n", w.Kind, w.ID, w.Why)
	}
	if open := exchange.Unanswered(f.c); len(open) > 0 {
		env.Notef("look again: nobody has said how many could know %s, which a source says (exposure)\n", strings.Join(open, ", "))
	}
	return deliver(env, *out, b)
}

func exported(c claim.Case, format string, desk linked.Desk) ([]byte, error) {
	if name, ok := strings.CutSuffix(format, ".csv"); ok {
		sheet, err := table.Export(c, table.KindNamed(name))
		if err != nil {
			return nil, noTable(name)
		}
		return table.WriteCSV(sheet, false), nil
	}
	switch format {
	case "xlsx":
		return workbook(c)
	case "claimreview":
		return linked.ClaimReviews(c, desk)
	case "prov":
		return linked.Provenance(c)
	case "annotations":
		return linked.Annotations(c)
	case "stix":
		return stix.Bundle(c, stix.Options{Desk: desk.Name, Date: desk.Date, TLP: "white"})
	case "ftm":
		return ftm.Entities(c)
	}
	return nil, cli.Usagef("--as wants a format: claims.csv, xlsx, claimreview, prov, annotations, stix, ftm …")
}

// workbook has a sheet for each kind that has a table.
func workbook(c claim.Case) ([]byte, error) {
	sheets, err := sheetsOf(table.Kinds(), func(kind string) (table.Sheet, error) { return table.Export(c, kind) })
	if err != nil {
		return nil, err
	}
	return table.WriteXLSX(sheets...)
}
