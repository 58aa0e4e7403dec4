// SPDX-License-Identifier: Apache-2.0

package presscmd

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"tamizdat/internal/cli"
	"tamizdat/press"
	"tamizdat/press/site"
	"tamizdat/press/tlog"
)

func (p program) runTake(_ context.Context, env *cli.Env, args []string) error {
	var dir string
	var reviewed bool
	file, err := flags("press take", args, func(fl *flag.FlagSet) {
		fl.StringVar(&dir, "dir", "", "")
		fl.BoolVar(&reviewed, "reviewed", false, "")
	})
	if err != nil {
		return err
	}
	if file == "" {
		return cli.Usagef("press take needs the edition file that the desk made")
	}
	e, s, err := readEdition(file)
	if err != nil {
		return err
	}
	f, err := openFolder(dir)
	if err != nil {
		return err
	}
	err = f.take(env, e, s, reviewed)
	return errors.Join(err, f.log.Close())
}

func readEdition(file string) (press.Edition, press.SignOffs, error) {
	b, err := cli.ReadFile(file, press.MaxEdition+press.MaxSignOff+1)
	if err != nil {
		return press.Edition{}, press.SignOffs{}, err
	}
	return press.ParseFile(b)
}

func (f *folder) take(env *cli.Env, e press.Edition, s press.SignOffs, reviewed bool) error {
	signed, err := f.checkEdition(e, s)
	if err != nil {
		return err
	}
	if err := pass(env, press.Gate(e), reviewed); err != nil {
		return err
	}
	var salt tlog.Salt
	if _, err := io.ReadFull(rand.Reader, salt[:]); err != nil {
		return err
	}
	if have, err := f.kept(); err != nil {
		return err
	} else if same := find(have, e); same != nil {
		env.Notef("This edition was taken before.\n")
		return nil
	}
	if err := f.keep(e, s, salt); err != nil {
		return err
	}
	env.Notef("Taken: %s revision %d, signed by %s. It becomes public with: tamizdat press publish --dir %s\n",
		e.Name(), e.Draft().Revision, names(signed), f.dir)
	return nil
}

func find(list []taken, e press.Edition) *taken {
	for i := range list {
		if list[i].edition.Hash() == e.Hash() {
			return &list[i]
		}
	}
	return nil
}

func names(editors []press.Editor) string {
	var list []string
	for _, e := range editors {
		list = append(list, e.Name())
	}
	return strings.Join(list, " and ")
}

// checkEdition is all that can be said about an edition before the gate. It
// is asked again at printing, when editors may have been revoked.
func (f *folder) checkEdition(e press.Edition, s press.SignOffs) ([]press.Editor, error) {
	d := e.Draft()
	if d.Origin != f.key.Origin() {
		return nil, fmt.Errorf("this edition is meant for the log %q, not for %q", d.Origin, f.key.Origin())
	}
	signed, err := s.Check(e, f.editors, f.genesis.Threshold)
	if err != nil {
		return nil, err
	}
	return signed, f.checkPlace(e)
}

// checkPlace holds an edition against the series as it stands.
func (f *folder) checkPlace(e press.Edition) error {
	d := e.Draft()
	if d.Kind == press.KindLetter && d.Revision != 1 {
		return errors.New("this version of the press prints first revisions only; corrections come with a later one")
	}
	have, err := f.kept()
	if err != nil {
		return err
	}
	var letter *taken
	for i, t := range have {
		x := t.edition.Draft()
		if x.Series != d.Series || x.Number != d.Number || x.Revision != d.Revision || t.edition.Hash() == e.Hash() {
			continue
		}
		if x.Kind == press.KindLetter {
			letter = &have[i]
		}
		if t.index < 0 && x.Kind == d.Kind {
			return fmt.Errorf("another edition of %s waits for printing; publish that first, or remove it from %s", e.Name(), f.editionDir(t.edition))
		}
	}
	return f.checkKind(e, letter)
}

func (f *folder) checkKind(e press.Edition, letter *taken) error {
	if e.Draft().Kind == press.KindLetter {
		if letter != nil {
			return fmt.Errorf("%s is in the log already; a reader must never see two versions under one number", e.Name())
		}
		return nil
	}
	if letter == nil || letter.index < 0 {
		return fmt.Errorf("the letter %s must be published before a translation of its own", e.Name())
	}
	return site.CheckTranslation(letter.edition, e)
}

// pass shows what the gate found and lets the edition through or not.
func pass(env *cli.Env, findings []press.Finding, reviewed bool) error {
	for _, f := range findings {
		env.Notef("gate: %s\n", f)
	}
	switch {
	case press.Stops(findings):
		return cli.WithHint(errors.New("the gate stops this edition: it carries hidden marks that could betray which copy it came from"),
			"mend the text at the desk, freeze it again, and have both editors sign anew")
	case len(findings) > 0 && !reviewed:
		return cli.WithHint(errors.New("the gate asks for a look at what it reported"),
			"mend the text at the desk; or, if every one of these is right, run again with --reviewed")
	}
	return nil
}
