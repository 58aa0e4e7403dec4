// SPDX-License-Identifier: Apache-2.0

package casecmd

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"

	"tamizdat/claim"
	"tamizdat/claim/exchange/table"
	"tamizdat/internal/cli"
)

// importing is what a person wants taken in, and how.
type importing struct {
	options
	kind, sheet, pairs, pairsFile string
	keepIDs, dry                  bool
	passed                        []table.Notice // of sheets that are left out
}

func (m *importing) flags() *flag.FlagSet {
	fs := m.writing("import")
	fs.StringVar(&m.kind, "kind", "", "")
	fs.StringVar(&m.sheet, "sheet", "", "")
	fs.StringVar(&m.pairs, "map", "", "")
	fs.StringVar(&m.pairsFile, "mapping", "", "")
	fs.BoolVar(&m.keepIDs, "keep-ids", false, "")
	fs.BoolVar(&m.dry, "dry-run", false, "")
	return fs
}

// runImport takes in a table that people filled in a spreadsheet: all of it, or
// nothing.
func (p *program) runImport(_ context.Context, env *cli.Env, args []string) error {
	var m importing
	if err := m.parse(m.flags(), args, 2, 2); err != nil {
		return err
	}
	if !m.dry {
		if err := m.needsName(); err != nil {
			return err
		}
	}
	in, how, err := m.read(env)
	if err != nil {
		return err
	}
	done, err := p.takeIn(env, &m, in)
	if err != nil {
		return err
	}
	done.How = how
	if err := done.say(env, m.json); err != nil {
		return err
	}
	return done.verdict()
}

// read opens the file of tables by what is in it, and finds what its rows are.
func (m *importing) read(env *cli.Env) ([]table.Input, string, error) {
	if m.kind != "" && table.KindNamed(m.kind) == "" {
		return nil, "", noTable(m.kind)
	}
	mapping, err := m.mapping(env)
	if err != nil {
		return nil, "", err
	}
	path := m.words[1]
	b, err := env.ReadInput(path, table.MaxFile)
	if err != nil {
		return nil, "", err
	}
	sheets, how, err := table.ReadAny(b)
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", path, err)
	}
	in, err := m.choose(sheets)
	if err != nil {
		return nil, "", err
	}
	if len(mapping) > 0 && len(in) > 1 {
		return nil, "", cli.Usagef("a mapping is for one table; name it: --kind KIND --sheet NAME")
	}
	in[0].Mapping = mapping
	return in, how, nil
}

// maxMapping bounds a file of pairs, in bytes.
const maxMapping = 64 << 10

// mapping reads the pairs header=column, of the command line and of a file that
// has some on each line.
func (m *importing) mapping(env *cli.Env) (map[string]string, error) {
	text := m.pairs
	if m.pairsFile != "" {
		b, err := env.ReadInput(m.pairsFile, maxMapping)
		if err != nil {
			return nil, err
		}
		text += "\n" + strings.TrimPrefix(string(b), "\ufeff")
	}
	all := map[string]string{}
	for line := range strings.Lines(text) {
		pairs, err := table.ParseMapping(strings.TrimSpace(line))
		if err != nil {
			return nil, cli.Usagef("%w", err)
		}
		for header, column := range pairs {
			all[header] = column
		}
	}
	return all, nil
}

// choose pairs the sheets of a file with what their rows are. Where nobody says
// it, a sheet that is named for a kind has rows of that kind; nothing else is
// guessed.
func (m *importing) choose(sheets []table.Sheet) ([]table.Input, error) {
	var filled, found []table.Input
	var names []string
	var passedOver []table.Notice
	for _, s := range sheets {
		names = append(names, fmt.Sprintf("%q", s.Name))
		if m.sheet == "" && len(s.Rows) > 0 || m.sheet != "" && m.sheet == s.Name {
			filled = append(filled, table.Input{Kind: table.KindNamed(m.kind), Sheet: s})
		}
	}
	if m.sheet != "" && len(filled) == 0 {
		return nil, cli.Usagef("the file has no sheet %q; it has %s", m.sheet, strings.Join(names, ", "))
	}
	for _, i := range filled {
		if kind := table.KindNamed(i.Sheet.Name); kind != "" && (m.kind == "" || kind == i.Kind) {
			i.Kind = kind
			found = append(found, i)
			continue
		}
		passedOver = append(passedOver, table.Notice{Sheet: i.Sheet.Name, What: "this sheet is left out: its name is not what its rows are"})
	}
	switch {
	case len(filled) == 0:
		return nil, cli.WithHint(fmt.Errorf("%s is empty", m.words[1]), "tamizdat case template KIND shows how to begin")
	case m.kind != "" && len(filled) == 1:
		return filled, nil
	case len(found) > 0:
		m.passed = passedOver
		return found, nil
	case m.kind != "":
		return nil, cli.Usagef("the file has several sheets; say which: --sheet NAME, one of %s", strings.Join(names, ", "))
	}
	return nil, cli.Usagef("say what the rows are: --kind KIND, one of %s", strings.Join(table.Kinds(), ", "))
}

// takeIn plans the import on the case as it stands, and carries it out unless
// this is a dry run or something is in the way.
func (p *program) takeIn(env *cli.Env, m *importing, in []table.Input) (*outcome, error) {
	log := m.words[0]
	if m.dry {
		f, err := openFile(env, log)
		if err != nil {
			return nil, err
		}
		if err := f.needsLog(); err != nil {
			return nil, err
		}
		done, changes, err := m.plan(f, in)
		if err == nil && len(changes) > 0 {
			_, err = f.register.ProposeAll("dry run", p.now(), changes)
		}
		return done.refusedBy(p, err)
	}
	var done *outcome
	_, err := p.change(env, log, m.by, func(f *file) (changes []claim.Change, err error) {
		done, changes, err = m.plan(f, in)
		return changes, err
	})
	if done == nil {
		return nil, err
	}
	if done, err = done.refusedBy(p, err); err == nil {
		done.Imported = len(done.Problems) == 0
	}
	return done, err
}

// errHeld says that a plan has problems, which are told one by one.
var errHeld = errors.New("the table has problems")

// plan works out what the tables would do to a case.
func (m *importing) plan(f *file, in []table.Input) (*outcome, []claim.Change, error) {
	made := map[string]bool{}
	newID := func() string {
		id := claim.NewID()
		made[id] = true
		return id
	}
	plan := table.Read(f.c, table.Options{NewID: newID, KeepIDs: m.keepIDs}, in...)
	plan.Notices = append(plan.Notices, m.passed...)
	was, err := f.fields()
	if err != nil {
		return nil, nil, err
	}
	done := &outcome{Plan: plan, file: f, dry: m.dry, made: made, was: was}
	if len(plan.Problems) > 0 {
		return done, nil, errHeld
	}
	var changes []claim.Change
	for _, ch := range plan.Changes {
		changes = append(changes, ch.Change)
	}
	return done, changes, nil
}

// fields gives what each thing of a case has, by its kind and id.
func (f *file) fields() (map[string]thing, error) {
	changes, err := f.c.Changes()
	out := make(map[string]thing, len(changes))
	for _, c := range changes {
		out[c.Kind+" "+c.Object] = c.Fields
	}
	return out, err
}
