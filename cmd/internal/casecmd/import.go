// SPDX-License-Identifier: Apache-2.0

package casecmd

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"slices"
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
		if err := p.needsName(&m.options); err != nil {
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
		maps.Copy(all, pairs)
	}
	return all, nil
}

// choose pairs the sheets of a file with what their rows are. Where nobody says
// it, a sheet that is named for a kind has rows of that kind; nothing else is
// guessed.
func (m *importing) choose(sheets []table.Sheet) ([]table.Input, error) {
	filled := m.filled(sheets)
	switch {
	case len(filled) == 0 && m.sheet != "":
		return nil, cli.Usagef("the file has no sheet %q; it has %s", m.sheet, sheetNames(sheets))
	case len(filled) == 0:
		return nil, cli.WithHint(fmt.Errorf("%s is empty", m.words[1]), "tamizdat case template KIND shows how to begin")
	case len(filled) == 1 && m.kind != "":
		return []table.Input{{Kind: table.KindNamed(m.kind), Sheet: filled[0]}}, nil
	}
	if found := m.byName(filled); len(found) > 0 {
		return found, nil
	}
	if m.kind != "" {
		return nil, cli.Usagef("the file has several sheets; say which: --sheet NAME, one of %s", sheetNames(sheets))
	}
	return nil, cli.Usagef("say what the rows are: --kind KIND, one of %s", strings.Join(table.Kinds(), ", "))
}

// filled are the sheets that a person can have meant.
func (m *importing) filled(sheets []table.Sheet) []table.Sheet {
	return slices.DeleteFunc(slices.Clone(sheets), func(s table.Sheet) bool {
		return m.sheet != "" && s.Name != m.sheet || m.sheet == "" && len(s.Rows) == 0
	})
}

// byName takes the sheets whose names say what their rows are, and notes which
// it passes over.
func (m *importing) byName(sheets []table.Sheet) []table.Input {
	var found []table.Input
	for _, s := range sheets {
		kind := table.KindNamed(s.Name)
		if kind == "" || m.kind != "" && kind != table.KindNamed(m.kind) {
			m.passed = append(m.passed, table.Notice{Sheet: s.Name, What: "this sheet is left out: its name is not what its rows are"})
			continue
		}
		found = append(found, table.Input{Kind: kind, Sheet: s})
	}
	return found
}

func sheetNames(sheets []table.Sheet) string {
	var names []string
	for _, s := range sheets {
		names = append(names, fmt.Sprintf("%q", s.Name))
	}
	return strings.Join(names, ", ")
}

// takeIn plans the import on the case as it stands, and carries it out unless
// this is a dry run or something is in the way.
func (p *program) takeIn(env *cli.Env, m *importing, in []table.Input) (*outcome, error) {
	var done *outcome
	err := p.changeOrTry(env, &m.options, m.dry, func(f *file) (changes []claim.Change, err error) {
		done, changes, err = m.plan(f, in)
		return changes, err
	})
	if done == nil {
		return nil, err
	}
	if done, err = done.refusedBy(p, err); err == nil {
		done.Imported = !m.dry && len(done.Problems) == 0
	}
	return done, err
}

// changeOrTry changes the log that the first word names. A dry run asks what a
// change would be told, and writes nothing.
func (p *program) changeOrTry(env *cli.Env, o *options, dry bool, what func(*file) ([]claim.Change, error)) error {
	if !dry {
		_, err := p.change(env, o.words[0], o.by, what)
		return err
	}
	f, err := p.open(env, o.words[0])
	if err == nil {
		err = f.needsLog()
	}
	if err != nil {
		return err
	}
	changes, err := what(f)
	if err == nil {
		err = f.admits("a dry run", p.now(), changes)
	}
	return err
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
