// SPDX-License-Identifier: Apache-2.0

package casecmd

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"tamizdat/claim"
	"tamizdat/internal/cli"
)

func (p *program) runNew(_ context.Context, env *cli.Env, args []string) error {
	var o options
	fs := o.writing("new")
	name, note := fs.String("name", "", ""), fs.String("note", "", "")
	if err := p.parseEdit(&o, fs, args, 1, 1); err != nil {
		return err
	}
	if *name == "" {
		return cli.Usagef("a case needs a name: --name NAME")
	}
	fields, err := fieldsFrom(claim.KindCase, []string{"case=" + *name, "note=" + *note})
	if err != nil {
		return err
	}
	if p.register != nil {
		return p.nameShared(env, fields)
	}
	e, err := claim.NewRegister().Propose(o.by, p.now(), claim.Change{Verb: claim.VerbCreate, Kind: claim.KindCase, Object: "case", Fields: fields})
	if err != nil {
		return err
	}
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	if err := cli.WriteNew(o.words[0], append(line, '\n')); err != nil {
		return err
	}
	env.Printf("%s begun\n", *name)
	return nil
}

// things gives the changes that make what a case holds, without the case itself.
func things(c claim.Case) ([]claim.Change, error) {
	changes, err := c.Changes()
	return slices.DeleteFunc(changes, func(c claim.Change) bool { return c.Kind == claim.KindCase }), err
}

// runAdd adds one thing from FIELD=VALUE words.
func (p *program) runAdd(_ context.Context, env *cli.Env, args []string) error {
	var o options
	fs := o.writing("add")
	id := fs.String("id", "", "")
	if err := o.parse(fs, args, 3, -1); err != nil {
		return err
	}
	fields, err := fieldsFrom(o.words[1], o.words[2:])
	if err != nil {
		return err
	}
	if *id == "" {
		*id = claim.NewID()
	}
	return p.create(env, &o, o.words[1], *id, fields)
}

// runSet changes fields; lists that only grow are appended to.
func (p *program) runSet(_ context.Context, env *cli.Env, args []string) error {
	var o options
	fs := o.writing("set")
	grow := fs.Bool("append", false, "")
	if err := p.parseEdit(&o, fs, args, 3, -1); err != nil {
		return err
	}
	verb := claim.VerbSet
	if *grow {
		verb = claim.VerbAppend
	}
	return p.edit(env, &o, o.words[1], verb, o.words[2:])
}

func (p *program) runRemove(_ context.Context, env *cli.Env, args []string) error {
	return p.moveAside(env, args, claim.VerbRemove)
}

func (p *program) runRestore(_ context.Context, env *cli.Env, args []string) error {
	return p.moveAside(env, args, claim.VerbRestore)
}

func (p *program) moveAside(env *cli.Env, args []string, verb claim.Verb) error {
	var o options
	if err := p.parseEdit(&o, o.writing(string(verb)), args, 2, 2); err != nil {
		return err
	}
	return p.edit(env, &o, o.words[1], verb, nil)
}

// edit changes a thing that is there.
func (p *program) edit(env *cli.Env, o *options, id string, verb claim.Verb, words []string) error {
	return p.changeOne(env, o, func(f *file) (claim.Change, error) {
		kind, err := f.kindOf(id)
		if err != nil {
			return claim.Change{}, err
		}
		fields, err := fieldsFrom(kind, words)
		return claim.Change{Verb: verb, Kind: kind, Object: id, Fields: fields}, err
	})
}

// create makes a thing.
func (p *program) create(env *cli.Env, o *options, kind, id string, fields map[string]json.RawMessage) error {
	if err := p.needsName(o); err != nil {
		return err
	}
	return p.changeOne(env, o, func(f *file) (claim.Change, error) {
		return claim.Change{Verb: claim.VerbCreate, Kind: kind, Object: id, Fields: fields}, f.takes(kind, id)
	})
}

// takes refuses an id that something has, of whatever kind: people name things by
// their ids alone. It refuses as well what an id is mistaken for elsewhere.
func (f *file) takes(kind, id string) error {
	if slices.ContainsFunc(f.log, func(e claim.Event) bool { return e.Object == id }) {
		there, err := f.kindOf(id)
		if err != nil {
			return err
		}
		return f.isThere(id, there)
	}
	odd := strings.ContainsFunc(id, func(r rune) bool {
		return r != '-' && r != '_' && r != '.' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	if odd || slices.Contains([]string{"", "-", claim.KindCase, claim.BecauseTime, claim.BecauseBaseRate}, id) {
		return cli.WithHint(fmt.Errorf("%q cannot be the id of %s", id, claim.Article(kind)), "use letters, digits, hyphens and underscores, or let one be made")
	}
	return nil
}

// isThere says why an id is taken. What was removed keeps its id.
func (f *file) isThere(id, kind string) error {
	says := fmt.Errorf("%s is there already, as %s", id, claim.Article(kind))
	for _, e := range slices.Backward(f.log) {
		if e.Object == id && e.Verb == claim.VerbRemove {
			return cli.WithHint(fmt.Errorf("%w that was removed", says), "to have it back: "+f.shell("restore", word(id), true))
		} else if e.Object == id {
			break
		}
	}
	return says
}

// changeOne makes one change and says what now breaks a rule.
func (p *program) changeOne(env *cli.Env, o *options, what func(*file) (claim.Change, error)) error {
	var c claim.Change
	f, err := p.change(env, o.words[0], o.by, func(f *file) (_ []claim.Change, err error) {
		c, err = what(f)
		return []claim.Change{c}, err
	})
	if err != nil {
		return err
	}
	env.Printf("%s %s\n", c.Kind, c.Object)
	for _, problem := range f.c.Check() {
		if problem.Object == c.Object {
			env.Notef("still to do: %s (%s)\n", problem.Says, problem.Rule)
		}
	}
	return nil
}

// kindOf finds what kind of thing has an id, among the removed as well where nothing
// that stands has it.
func (f *file) kindOf(id string) (string, error) {
	var made []string
	for _, e := range f.log {
		if e.Object == id && !slices.Contains(made, e.Kind) {
			made = append(made, e.Kind)
		}
	}
	if len(made) > 1 {
		if stand := f.standing(id); len(stand) > 0 {
			made = stand
		}
	}
	switch len(made) {
	case 0:
		return "", fmt.Errorf("there is no %s in %s", id, f.path)
	case 1:
		return made[0], nil
	}
	return "", fmt.Errorf("%s is the id of %d things (%s), made by people who did not know of each other; what is meant cannot be told", id, len(made), strings.Join(made, ", "))
}

// standing lists the kinds of which something has an id and is not removed.
func (f *file) standing(id string) []string {
	changes, err := f.c.Changes()
	if err != nil {
		return nil
	}
	var out []string
	for _, c := range changes {
		if c.Object == id {
			out = append(out, c.Kind)
		}
	}
	return out
}

// fieldsFrom reads FIELD=VALUE words.
func fieldsFrom(kind string, words []string) (map[string]json.RawMessage, error) {
	fields := make(map[string]json.RawMessage, len(words))
	for _, w := range words {
		name, value, ok := strings.Cut(w, "=")
		if !ok {
			return nil, cli.Usagef("%q has not the form FIELD=VALUE", w)
		}
		v, err := claim.FieldFromText(kind, name, value)
		if err != nil {
			return nil, cli.Usagef("%w", err)
		}
		if fields[name] != nil {
			return nil, cli.Usagef("%s stands there twice", name)
		}
		fields[name] = v
	}
	return fields, nil
}
