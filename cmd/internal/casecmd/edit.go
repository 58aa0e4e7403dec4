// SPDX-License-Identifier: Apache-2.0

package casecmd

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"tamizdat/claim"
	"tamizdat/internal/cli"
)

func (p *program) runNew(_ context.Context, env *cli.Env, args []string) error {
	var o options
	fs := o.writing("new")
	name, note := fs.String("name", "", ""), fs.String("note", "", "")
	if err := o.parseEdit(fs, args, 1, 1); err != nil {
		return err
	}
	if *name == "" {
		return cli.Usagef("a case needs a name: --name NAME")
	}
	fields, err := fieldsFrom(claim.KindCase, []string{"case=" + *name, "note=" + *note})
	if err != nil {
		return err
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
	if err := o.parseEdit(fs, args, 3, -1); err != nil {
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
	if err := o.parseEdit(o.writing(string(verb)), args, 2, 2); err != nil {
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
	if err := o.needsName(); err != nil {
		return err
	}
	return p.changeOne(env, o, func(f *file) (claim.Change, error) {
		return claim.Change{Verb: claim.VerbCreate, Kind: kind, Object: id, Fields: fields}, f.takes(kind, id)
	})
}

// takes refuses an id that something has, of whatever kind: people name things by
// their ids alone. It refuses as well what an id is mistaken for elsewhere.
func (f *file) takes(kind, id string) error {
	if there, err := f.kindOf(id); err == nil {
		return fmt.Errorf("%s is there already, as a %s", id, strings.ReplaceAll(there, "_", " "))
	}
	odd := strings.ContainsFunc(id, func(r rune) bool {
		return r != '-' && r != '_' && r != '.' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	if odd || slices.Contains([]string{"", "-", claim.KindCase, claim.BecauseTime, claim.BecauseBaseRate}, id) {
		return cli.WithHint(fmt.Errorf("%q cannot be the id of a %s", id, strings.ReplaceAll(kind, "_", " ")), "use letters, digits, hyphens and underscores, or let one be made")
	}
	return nil
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

// kindOf finds what kind of thing has an id, among the removed as well.
func (f *file) kindOf(id string) (string, error) {
	for _, e := range slices.Backward(f.log) {
		if e.Object == id {
			return e.Kind, nil
		}
	}
	return "", fmt.Errorf("there is no %s in %s", id, f.path)
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

// marking collects the flags of mark.
type marking struct {
	from, quote, text, kind, id, speaker, document, title string
}

// maxText bounds a text from which a claim is marked, in bytes.
const maxText = 16 << 20

// runMark makes, from a sentence of a text, what the register needs to know where
// the sentence comes from: the document, the passage, who speaks, the claim, and
// that they say it.
func (p *program) runMark(_ context.Context, env *cli.Env, args []string) error {
	var o options
	var m marking
	fs := o.writing("mark")
	for name, to := range map[string]*string{
		"from": &m.from, "quote": &m.quote, "text": &m.text, "kind": &m.kind,
		"id": &m.id, "speaker": &m.speaker, "document": &m.document, "title": &m.title,
	} {
		fs.StringVar(to, name, "", "")
	}
	if err := o.parseEdit(fs, args, 1, 1); err != nil {
		return err
	}
	if m.from == "" || m.quote == "" || m.kind == "" || m.speaker == "" {
		return cli.Usagef("mark needs --from FILE, --quote WORDS, --kind KIND and --speaker WHO")
	}
	letter, err := env.ReadInput(m.from, maxText)
	if err != nil {
		return err
	}
	f, err := p.change(env, o.words[0], o.by, func(f *file) ([]claim.Change, error) { return m.changes(f, string(letter)) })
	if err != nil {
		return err
	}
	x := claim.NewIndex(&f.c)
	env.Printf("claim %s: %s\n%s: %s\n", m.id, x.Claim(m.id).Text, x.Origins(m.id).Count(), x.Origins(m.id).Sentence)
	return nil
}

func (m *marking) changes(f *file, text string) ([]claim.Change, error) {
	at := strings.Index(text, m.quote)
	if at < 0 {
		return nil, cli.WithHint(fmt.Errorf("these words are not in %s", m.from), "copy them from the text, to the letter")
	}
	if m.id == "" {
		m.id = claim.NewID()
	}
	if m.text == "" {
		m.text = m.quote
	}
	if err := f.takes(claim.KindClaim, m.id); err != nil {
		return nil, err
	}
	x := claim.NewIndex(&f.c)
	if err := m.findSpeaker(x); err != nil {
		return nil, err
	}
	return things(m.made(x, text, at))
}

// findSpeaker takes one who was named before for the same: a second party of one
// name would be a second origin of what it says.
func (m *marking) findSpeaker(x *claim.Index) error {
	var found []string
	for _, p := range x.Case.Parties {
		if p.ID == m.speaker {
			return nil
		}
		if strings.EqualFold(strings.Join(strings.Fields(p.Label), " "), strings.Join(strings.Fields(m.speaker), " ")) {
			found = append(found, p.ID)
		}
	}
	switch len(found) {
	case 0:
		return nil
	case 1:
		m.speaker = found[0]
		return nil
	}
	return cli.WithHint(fmt.Errorf("%d parties are called “%s”", len(found), m.speaker), "give the id of the one that speaks: "+strings.Join(found, ", "))
}

// made is what the register needs to know: the claim and its passage, that it is
// said there, and where the register has neither yet, the speaker and the document.
func (m *marking) made(x *claim.Index, text string, at int) claim.Case {
	var made claim.Case
	if x.Party(m.speaker) == nil {
		label := m.speaker
		m.speaker = claim.NewID()
		made.Parties = []claim.Party{{ID: m.speaker, Label: label, Kind: "unnamed_person"}}
	}
	if x.Document(m.document) == nil {
		if m.document == "" {
			m.document = claim.NewID()
		}
		made.Documents = []claim.Document{{ID: m.document, Kind: "letter", Title: m.title, Publisher: m.speaker}}
	}
	span := spanAt(m.document, text, at, len(m.quote))
	made.Spans = []claim.Span{span}
	made.Claims = []claim.Claim{{ID: m.id, Text: m.text, Kind: m.kind}}
	made.Utterances = []claim.Utterance{{ID: claim.NewID(), Speaker: m.speaker, Doc: m.document, Span: span.ID, Claims: []string{m.id}, Relays: []string{}}}
	return made
}

// around is how many characters of the surroundings a span keeps.
const around = 32

func spanAt(document, text string, at, length int) claim.Span {
	start := utf8.RuneCountInString(text[:at])
	end := start + utf8.RuneCountInString(text[at:at+length])
	before, after := []rune(text[:at]), []rune(text[at+length:])
	return claim.Span{
		ID: claim.NewID(), Document: document, Exact: text[at : at+length], Start: &start, End: &end,
		Prefix: string(before[max(0, len(before)-around):]), Suffix: string(after[:min(len(after), around)]),
	}
}
