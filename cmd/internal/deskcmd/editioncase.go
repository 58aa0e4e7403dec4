// SPDX-License-Identifier: Apache-2.0

package deskcmd

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"time"

	"tamizdat/claim"
	"tamizdat/claim/release"
	"tamizdat/desk"
	"tamizdat/internal/cli"
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
	case chosen == 0 && w.log == "" && w.by == "":
		return nil
	case chosen == 0:
		return cli.WithHint(cli.Usagef("--case needs what is to be printed of it"), "choose each: --claim ID, --estimate ID, --question ID; there is no “all”")
	case w.log == "" && w.by != "":
		return cli.Usagef("--by needs --case LOG; this desk's register knows who you are")
	case w.log != "" && w.by == "":
		return cli.WithHint(cli.Usagef("the log keeps who prints what"), "say who you are: --by NAME")
	}
	return nil
}

// drawn is a register that is held while an edition is made of it.
type drawn struct {
	*drawing
	register
	page   release.Page
	before int // statements of the edition that stand before those of the page
}

// register is where statements come from: a log, or what the desks share.
type register interface {
	standing() (*claim.Case, []claim.Conflict)
	// admit asks whether changes come in, by whom they are.
	admit(changes []claim.Change, now time.Time) error
	// keep writes them down. It is called once, after admit.
	keep(changes []claim.Change) error
	me() string
	// mayLeave refuses what names a source as only the desk does.
	mayLeave(text string) error
	free()
}

// draw takes the statements from the register, or gives nil where none was named.
// Whoever gets a register must give it back with free.
func (w *drawing) draw(env *cli.Env, d *desk.Desk, draft *press.Draft) (*drawn, error) {
	if len(w.choice.Claims)+len(w.choice.Estimates)+len(w.choice.Questions) == 0 {
		return nil, nil
	}
	r, err := w.open(d)
	if err != nil {
		return nil, err
	}
	k := &drawn{drawing: w, register: r, before: len(draft.Statements)}
	if err := k.take(env, draft); err != nil {
		r.free()
		return nil, err
	}
	return k, nil
}

func (w *drawing) open(d *desk.Desk) (register, error) {
	if w.log == "" {
		return openShared(d)
	}
	return holdLog(w.log, w.by)
}

func (k *drawn) take(env *cli.Env, d *press.Draft) error {
	c, conflicts := k.standing()
	k.page = release.Make(c, conflicts, k.choice)
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
		if err := k.mayLeave(l.Text); err != nil {
			return err
		}
		status := press.StatusAssessed
		if l.Verified {
			status = press.StatusVerified
		}
		d.Statements = append(d.Statements, press.Statement{Status: status, Lang: "en", Text: l.Text})
	}
	return nil
}

// print writes an edition, and then into the register what stands behind which of its
// statements. The rules look at that as at any change.
func (k *drawn) print(file string, e press.Edition, now time.Time) error {
	c, _ := k.standing()
	made := claim.Case{Publications: []claim.Publication{k.page.Record(c, claim.NewID(), e.Hash().String(), k.me(), k.before)}}
	changes, err := made.Changes()
	if err != nil {
		return err
	}
	changes = slices.DeleteFunc(changes, func(c claim.Change) bool { return c.Kind == claim.KindCase })
	if err := k.admit(changes, now); err != nil {
		return err
	}
	if err := cli.WriteNew(file, e.Bytes()); err != nil {
		return err
	}
	if err := k.keep(changes); err != nil {
		return cli.WithHint(fmt.Errorf("the edition is written, but the register does not know of it: %w", err), "remove "+file+" and make it again")
	}
	return nil
}

func (p *program) runEditionCheck(ctx context.Context, env *cli.Env, args []string) error {
	o := &options{}
	fs := o.flags("check")
	log := fs.String("case", "", "")
	words, err := o.parse(env, fs, args, 1, 1)
	if err != nil {
		return err
	}
	e, _, err := readEdition(words[0])
	if err != nil {
		return err
	}
	var changes []release.Change
	if *log != "" {
		changes, err = changesInLog(e, *log)
	} else {
		err = p.with(ctx, env, o, func(d *desk.Desk) (err error) { changes, err = changesShared(e, d); return err })
	}
	if err != nil {
		return err
	}
	return showChanges(env, o, e, changes)
}

// errUnknownEdition means that a register was not asked when an edition was made.
var errUnknownEdition = errors.New("does not know this edition")

func changesInLog(e press.Edition, path string) ([]release.Change, error) {
	book, err := openLog(path)
	if err != nil {
		return nil, err
	}
	changes, err := changesSince(e, &book.Case, book.Register.Conflicts())
	if errors.Is(err, errUnknownEdition) {
		err = cli.WithHint(fmt.Errorf("%s %w", path, err), "it was made without --case, or from another log")
	}
	return changes, err
}

func changesShared(e press.Edition, d *desk.Desk) ([]release.Change, error) {
	c, err := d.Claims()
	if err != nil {
		return nil, err
	}
	changes, err := changesSince(e, &c.Case, c.Conflicts())
	if errors.Is(err, errUnknownEdition) {
		err = cli.WithHint(fmt.Errorf("the register of this desk %w", err), "it was made of a log (--case LOG), by hand, or at a colleague's desk of which this one has not heard yet")
	}
	return changes, err
}

// changesSince tells what a register knows to have changed behind an edition's
// statements.
func changesSince(e press.Edition, c *claim.Case, conflicts []claim.Conflict) ([]release.Change, error) {
	var statements []string
	for _, s := range e.Draft().Statements {
		statements = append(statements, s.Text)
	}
	for _, p := range slices.Backward(c.Publications) {
		if p.ManifestHash == e.Hash().String() {
			return release.Since(c, conflicts, &p, statements), nil
		}
	}
	return nil, errUnknownEdition
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
// made, and refuses one of whose claims has fallen.
func stillTrue(env *cli.Env, e press.Edition, changes []release.Change) error {
	printChanges(env, e, changes)
	if slices.ContainsFunc(changes, func(c release.Change) bool { return c.Fallen }) {
		return cli.WithHint(errors.New("a claim in it has fallen since it was made"), "make it again without that claim")
	}
	return nil
}
