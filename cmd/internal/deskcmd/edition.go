// SPDX-License-Identifier: Apache-2.0

package deskcmd

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"
	"unicode"

	"tamizdat/desk"
	"tamizdat/internal/cli"
	"tamizdat/internal/durable"
	"tamizdat/letter/wire"
	"tamizdat/press"
)

const maxText = 1 << 20

// printing collects the flags of edition make.
type printing struct {
	draft                  press.Draft
	letter, original, lang string
	title, out             string
	withheld               bool
	translations           []string
	register               drawing
}

func (m *printing) flags(fs *flag.FlagSet) {
	d := &m.draft
	fs.StringVar(&d.Origin, "origin", "", "")
	fs.StringVar(&d.Series, "series", "", "")
	fs.StringVar(&d.SeriesName, "series-name", "", "")
	fs.IntVar(&d.Number, "number", 0, "")
	fs.StringVar(&d.Published, "published", "", "")
	fs.StringVar(&m.lang, "lang", "", "")
	fs.StringVar(&m.title, "title", "", "")
	fs.StringVar(&m.letter, "letter", "", "")
	fs.StringVar(&m.original, "original", "", "")
	fs.BoolVar(&m.withheld, "no-original", false, "")
	fs.StringVar(&m.out, "o", "", "")
	fs.StringVar(&m.out, "out", "", "")
	many(fs, "translation", &m.translations)
	m.register.flags(fs)
	fs.Func("credit", "", func(s string) error {
		role, name, ok := strings.Cut(s, "=")
		d.Credits = append(d.Credits, press.Credit{Role: press.CreditRole(role), Name: name})
		return pair(ok)
	})
	for name, status := range map[string]press.Status{"verified": press.StatusVerified, "claimed": press.StatusClaimed} {
		fs.Func(name, "", func(s string) error {
			lang, text, ok := strings.Cut(s, "=")
			d.Statements = append(d.Statements, press.Statement{Status: status, Lang: lang, Text: text})
			return pair(ok)
		})
	}
}

func pair(ok bool) error {
	if !ok {
		return errors.New("it has the form KEY=VALUE")
	}
	return nil
}

func (p *program) runMake(ctx context.Context, env *cli.Env, args []string) error {
	o, m := &options{}, &printing{}
	fs := o.flags("make")
	m.flags(fs)
	if _, err := o.parse(env, fs, args, 0, 0); err != nil {
		return err
	}
	if m.out == "" || m.draft.Origin == "" || m.draft.Series == "" {
		return cli.Usagef("edition make needs --origin, --series and --out")
	}
	if one(m.letter != "", m.original != "", m.withheld) != 1 {
		return cli.Usagef("edition make needs one of --letter, --original and --no-original")
	}
	if err := m.register.check(); err != nil {
		return err
	}
	return p.with(ctx, env, o, func(d *desk.Desk) error {
		if err := p.print(env, d, m); err != nil {
			return err
		}
		env.Notef("Written to %s. Two of you sign it: tamizdat desk edition sign --dir %s %s\n", m.out, o.dir, m.out)
		return nil
	})
}

// print freezes the edition, shows it, and writes it to a new file.
func (p *program) print(env *cli.Env, d *desk.Desk, m *printing) error {
	register, err := m.register.draw(env, d, &m.draft)
	if err != nil {
		return err
	}
	if register != nil {
		defer register.free()
	}
	edition, err := p.freeze(d, m)
	if err != nil {
		return err
	}
	showEdition(env, edition)
	if register != nil {
		return register.print(m.out, edition, p.now())
	}
	return cli.WriteNew(m.out, edition.Bytes())
}

func one(flags ...bool) (n int) {
	for _, f := range flags {
		if f {
			n++
		}
	}
	return n
}

// freeze puts the edition together.
func (p *program) freeze(d *desk.Desk, m *printing) (press.Edition, error) {
	e := m.draft
	e.Kind, e.Revision = press.KindLetter, 1
	if e.Published == "" {
		e.Published = p.now().UTC().Format("2006-01-02")
	}
	if e.SeriesName == "" {
		e.SeriesName = e.Series
	}
	from := ""
	if !m.withheld {
		body, err := m.body(d)
		if err != nil {
			return press.Edition{}, err
		}
		e.Texts = append(e.Texts, press.Text{Lang: m.lang, Role: press.RoleOriginal, Title: press.Tidy(m.title), Body: body})
		from = press.BodyHash(body)
	}
	for _, t := range m.translations {
		text, err := translation(t, from)
		if err != nil {
			return press.Edition{}, err
		}
		e.Texts = append(e.Texts, text)
	}
	return e.Freeze()
}

func (m *printing) body(d *desk.Desk) (string, error) {
	if m.original != "" {
		b, err := cli.ReadFile(m.original, maxText)
		return press.Tidy(string(b)), err
	}
	id, err := find(d, m.letter)
	if err != nil {
		return "", err
	}
	l, err := d.Letter(id)
	if err != nil {
		return "", err
	}
	if l.Agreement.Doubtful() {
		return "", fmt.Errorf("this letter is not printed before somebody has looked into it: %s", l.Agreement.Words())
	}
	return press.Tidy(l.Text), nil
}

// translation reads "LANG=FILE": a title, an empty line, a text.
func translation(arg, from string) (press.Text, error) {
	lang, file, ok := strings.Cut(arg, "=")
	if !ok {
		return press.Text{}, cli.Usagef("--translation has the form LANG=FILE")
	}
	b, err := cli.ReadFile(file, maxText)
	if err != nil {
		return press.Text{}, err
	}
	title, body, ok := strings.Cut(press.Tidy(string(b)), "\n\n")
	if !ok || strings.Contains(title, "\n") {
		return press.Text{}, fmt.Errorf("%s: the first line must be the title, and the second empty", file)
	}
	return press.Text{Lang: lang, Role: press.RoleTranslation, From: from, Title: title, Body: strings.TrimLeft(body, "\n")}, nil
}

// showEdition shows everything that will be public.
func showEdition(env *cli.Env, e press.Edition) {
	d := e.Draft()
	env.Printf("edition %s\nfor the log %s: %s %d, of %s\n", e.Hash(), d.Origin, d.SeriesName, d.Number, d.Published)
	for _, t := range d.Texts {
		env.Printf("\n%s, %s: %s\n", t.Lang, t.Role, t.Title)
		env.Text("| ", t.Body)
	}
	for _, c := range d.Credits {
		env.Printf("%s: %s\n", c.Role, c.Name)
	}
	for _, s := range d.Statements {
		env.Printf("%s (%s): %s\n", s.Status, s.Lang, s.Text)
	}
	for _, f := range press.Gate(e) {
		env.Printf("GATE: %s\n", f)
	}
}

func (p *program) runSignOff(ctx context.Context, env *cli.Env, args []string) error {
	o := &options{}
	fs := o.flags("sign")
	yes, log := fs.Bool("yes", false, ""), fs.String("case", "", "")
	words, err := o.parse(env, fs, args, 1, 1)
	if err != nil {
		return err
	}
	edition, before, err := readEdition(words[0])
	if err != nil {
		return err
	}
	return p.asking(ctx, env, o, func(d *desk.Desk) error { return lookBehind(env, d, edition, *log) }, func() error {
		showEdition(env, edition)
		if *yes {
			return nil
		}
		return confirm(env, "May exactly this become public, for ever? Type yes to sign: ")
	}, func(d *desk.Desk) error {
		signed, err := signOff(d, edition, before)
		if err != nil {
			return err
		}
		env.Printf("signed as %s\n", editorName(editorOf(d)))
		return durable.WriteFile(words[0], press.FormatFile(edition, signed), 0o600)
	})
}

// lookBehind looks, before somebody signs, behind the statements of an edition: in the
// log that is named, else in the register of the desk, where that knows the edition.
func lookBehind(env *cli.Env, d *desk.Desk, e press.Edition, log string) error {
	if log != "" {
		changes, err := changesInLog(e, log)
		if err != nil {
			return err
		}
		return stillTrue(env, e, changes)
	}
	changes, err := changesShared(e, d)
	if errors.Is(err, errUnknownEdition) || errors.Is(err, desk.ErrNoNewsroom) {
		return nil
	}
	if err != nil {
		return err
	}
	return stillTrue(env, e, changes)
}

// readEdition reads an edition with or without signatures.
func readEdition(file string) (press.Edition, []press.SignOffs, error) {
	b, err := cli.ReadFile(file, press.MaxEdition+press.MaxSignOff+1)
	if err != nil {
		return press.Edition{}, nil, err
	}
	if e, err := press.ParseEdition(b); err == nil {
		return e, nil, nil
	}
	e, s, err := press.ParseFile(b)
	return e, []press.SignOffs{s}, err
}

func signOff(d *desk.Desk, e press.Edition, before []press.SignOffs) (press.SignOffs, error) {
	name, seed := d.Editor()
	key, err := press.EditorKeyFromSeed(editorName(name), [32]byte(seed))
	if err != nil {
		return press.SignOffs{}, err
	}
	own, err := press.SignOff(e, key)
	if err != nil {
		return press.SignOffs{}, err
	}
	return press.CollectSignOffs(append(before, own)...)
}

func editorOf(d *desk.Desk) string {
	name, _ := d.Editor()
	return name
}

// editorName is a journalist's name as the name of a key may be: without white
// space and plus signs.
func editorName(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '+' {
			return '-'
		}
		return r
	}, name)
}

// editor is a line of the editors command.
type editor struct {
	Name string `json:"name"`
	VKey string `json:"vkey"`
}

func (p *program) runEditors(ctx context.Context, env *cli.Env, args []string) error {
	o := &options{}
	if _, err := o.parse(env, o.flags("editors"), args, 0, 0); err != nil {
		return err
	}
	return p.with(ctx, env, o, func(d *desk.Desk) error {
		n, err := d.Newsroom()
		if err != nil {
			return err
		}
		var all []editor
		for _, j := range n.Roster().Journalists {
			vkey, err := verifierKey(&j)
			if err != nil {
				return err
			}
			all = append(all, editor{j.Name, vkey})
		}
		if o.json {
			return env.JSON(all)
		}
		for _, e := range all {
			env.Printf("%s\n", e.VKey)
		}
		return nil
	})
}

// verifierKey is a journalist's editor key in the form of C2SP notes.
func verifierKey(j *wire.Journalist) (string, error) {
	k, err := press.NewPublicKey(editorName(j.Name), press.KeyEd25519, j.Editor[:])
	if err != nil {
		return "", fmt.Errorf("the editor key of %s: %w", j.Name, err)
	}
	return k.String(), nil
}
