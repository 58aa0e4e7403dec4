// SPDX-License-Identifier: Apache-2.0

package deskcmd

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"tamizdat/claim"
	"tamizdat/claim/release"
	"tamizdat/internal/cli"
	"tamizdat/internal/durable"
	"tamizdat/press"
)

// drawing collects the flags that name what an edition draws from a register.
type drawing struct {
	log, by string
	choice  release.Choice
}

func (w *drawing) flags(fs *flag.FlagSet) {
	fs.StringVar(&w.log, "case", "", "")
	fs.StringVar(&w.by, "by", "", "")
	many(fs, "claim", &w.choice.Claims)
	many(fs, "estimate", &w.choice.Estimates)
	many(fs, "question", &w.choice.Questions)
}

func (w *drawing) check() error {
	chosen := len(w.choice.Claims) + len(w.choice.Estimates) + len(w.choice.Questions)
	switch {
	case w.log == "" && chosen == 0 && w.by == "":
		return nil
	case w.log == "":
		return cli.Usagef("--claim, --estimate, --question and --by need --case LOG")
	case chosen == 0:
		return cli.WithHint(cli.Usagef("--case needs what is to be printed of it"), "choose each: --claim ID, --estimate ID, --question ID; there is no “all”")
	case w.by == "":
		return cli.WithHint(cli.Usagef("the log keeps who prints what"), "say who you are: --by NAME")
	}
	return nil
}

// drawn is a log that is held while an edition is made of it.
type drawn struct {
	*drawing
	book   *claim.Log
	page   release.Page
	before int // statements of the edition that stand before those of the page
	unlock func()
}

// draw takes the statements from the register, or gives nil where none was named.
// Whoever gets a log must give it back with unlock.
func (w *drawing) draw(env *cli.Env, d *press.Draft) (*drawn, error) {
	if w.log == "" {
		return nil, nil
	}
	unlock, err := durable.Lock(w.log)
	if errors.Is(err, fs.ErrExist) {
		return nil, cli.WithHint(fmt.Errorf("another command is writing %s", w.log),
			"wait for it; if there is none, one was killed: remove "+durable.LockName(w.log))
	}
	if err != nil {
		return nil, err
	}
	k := &drawn{drawing: w, before: len(d.Statements), unlock: unlock}
	if err := k.take(env, d); err != nil {
		unlock()
		return nil, err
	}
	return k, nil
}

func (k *drawn) take(env *cli.Env, d *press.Draft) (err error) {
	if k.book, err = openLog(k.log); err != nil {
		return err
	}
	k.page = release.Make(&k.book.Case, k.book.Register.Conflicts(), k.choice)
	for _, r := range k.page.Refused {
		env.Notef("refused: %s: %s\n", r.Object, r.Why)
	}
	for _, n := range k.page.Notes {
		env.Notef("look: %s\n", n)
	}
	if len(k.page.Refused) > 0 {
		return cli.WithHint(errors.New("not all that you chose may leave, so nothing was made"), "mend it in the case, or leave it out")
	}
	for _, l := range k.page.Lines {
		status := press.StatusAssessed
		if l.Verified {
			status = press.StatusVerified
		}
		d.Statements = append(d.Statements, press.Statement{Status: status, Lang: "en", Text: l.Text})
	}
	return nil
}

func openLog(path string) (*claim.Log, error) {
	b, err := cli.ReadFile(path, claim.MaxCase)
	if err != nil {
		return nil, err
	}
	if !claim.IsLog(b) {
		return nil, cli.WithHint(fmt.Errorf("%s is no log", path), "make one of a case: tamizdat case new LOG --by NAME, then tamizdat case load CASE --into LOG --by NAME")
	}
	l, err := claim.ParseLog(b)
	if err != nil {
		return nil, fmt.Errorf("%s, %w", path, err)
	}
	return l, nil
}

// note adds to the log in memory what stands behind which statement of the
// edition. The rules look at it as at any change.
func (k *drawn) note(e press.Edition, now time.Time) error {
	made := claim.Case{Publications: []claim.Publication{k.page.Record(&k.book.Case, claim.NewID(), e.Hash().String(), k.by, k.before)}}
	changes, err := made.Changes()
	if err != nil {
		return err
	}
	changes = slices.DeleteFunc(changes, func(c claim.Change) bool { return c.Kind == claim.KindCase })
	return k.book.Add(k.by, now, changes)
}

// keep writes an edition, and then the log it was drawn from.
func (k *drawn) keep(file string, e press.Edition, now time.Time) error {
	if err := k.note(e, now); err != nil {
		return err
	}
	if err := cli.WriteNew(file, e.Bytes()); err != nil {
		return err
	}
	if err := durable.WriteFile(k.log, k.book.Bytes(), 0o600); err != nil {
		return cli.WithHint(fmt.Errorf("the edition is written, but the log does not know of it: %w", err), "remove "+file+" and make it again")
	}
	return nil
}

func (p *program) runEditionCheck(_ context.Context, env *cli.Env, args []string) error {
	o := &options{}
	fs := o.flags("check")
	log := fs.String("case", "", "")
	words, err := o.parse(env, fs, args, 1, 1)
	if err != nil {
		return err
	}
	if *log == "" {
		return cli.Usagef("edition check needs --case LOG")
	}
	e, _, err := readEdition(words[0])
	if err != nil {
		return err
	}
	changes, err := changesSince(e, *log)
	if err != nil {
		return err
	}
	return showChanges(env, o, e, changes)
}

// changesSince tells what a log knows to have changed behind an edition's
// statements.
func changesSince(e press.Edition, path string) ([]release.Change, error) {
	book, err := openLog(path)
	if err != nil {
		return nil, err
	}
	var statements []string
	for _, s := range e.Draft().Statements {
		statements = append(statements, s.Text)
	}
	for _, p := range slices.Backward(book.Case.Publications) {
		if p.ManifestHash == e.Hash().String() {
			return release.Since(&book.Case, book.Register.Conflicts(), &p, statements), nil
		}
	}
	return nil, cli.WithHint(fmt.Errorf("%s does not know this edition", path), "it was made without --case, or from another log")
}

// showChanges ends with exit status 1 where there is something to look at.
func showChanges(env *cli.Env, o *options, e press.Edition, changes []release.Change) error {
	if o.json {
		if err := env.JSON(slices.Concat([]release.Change{}, changes)); err != nil {
			return err
		}
	} else {
		printChanges(env, e, changes)
	}
	if len(changes) > 0 {
		return cli.ExitWith(1)
	}
	return nil
}

func printChanges(env *cli.Env, e press.Edition, changes []release.Change) {
	for _, c := range changes {
		env.Printf("%s\n", c.Says)
		env.Text("    as printed: ", e.Draft().Statements[c.Statement-1].Text)
		if c.Fallen {
			env.Printf("    think of a correction\n")
		}
	}
	if len(changes) == 0 {
		env.Printf("nothing has changed behind its statements\n")
	}
}

// stillTrue shows, before somebody signs, what has changed since the edition was
// made, and refuses one of whose claims has fallen. Without a log it is content.
func stillTrue(env *cli.Env, e press.Edition, log string) error {
	if log == "" {
		return nil
	}
	changes, err := changesSince(e, log)
	if err != nil {
		return err
	}
	printChanges(env, e, changes)
	if slices.ContainsFunc(changes, func(c release.Change) bool { return c.Fallen }) {
		return cli.WithHint(errors.New("a claim in it has fallen since it was made"), "make it again without that claim")
	}
	return nil
}
