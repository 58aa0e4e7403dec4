// SPDX-License-Identifier: Apache-2.0

package deskcmd

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"rsc.io/qr"
	"tamizdat/desk"
	"tamizdat/desk/vault"
	"tamizdat/internal/cli"
	"tamizdat/letter"
)

func (p *program) runShares(ctx context.Context, env *cli.Env, args []string) error {
	o := &options{}
	fs := o.flags("shares make")
	need, of, yes := fs.Int("need", 2, ""), fs.Int("of", 3, ""), fs.Bool("yes", false, "")
	if _, err := o.parse(env, fs, args, 0, 0); err != nil {
		return err
	}
	var old *vault.Recovery
	return p.asking(ctx, env, o, func(d *desk.Desk) error {
		r, err := d.Recovery()
		if err == nil {
			old = &r
		}
		return nil // one that cannot be read is replaced
	}, func() error {
		if old == nil || *yes {
			return nil
		}
		return confirm(env, fmt.Sprintf("The %d shares that were made before open this folder no more. Type yes: ", old.Shares))
	}, func(d *desk.Desk) error {
		shares, err := d.NewShares(*need, *of)
		if err != nil {
			return err
		}
		return printShares(env, shares)
	})
}

func printShares(env *cli.Env, shares []vault.Share) error {
	for _, s := range shares {
		if err := printShare(env, s, len(shares)); err != nil {
			return err
		}
	}
	env.Notef("These papers are shown once. Give each to another person, far from this laptop and from each other; write on none whose it is.\n" +
		"Shares that were made before still open copies of the folder of their time: have those papers burnt.\n" +
		"Try one: tamizdat desk shares check\n")
	return nil
}

const wordsInRow = 4

// printShare prints one paper: what it is, its words with their places, and the
// same as a picture.
func printShare(env *cli.Env, s vault.Share, of int) error {
	words := s.Words(letter.English())
	env.Printf("Recovery share %d of %d, set %s. Any %d together set a new passphrase.\n\n", s.Index(), of, s.Set(), s.Need())
	for i := 0; i < len(words); i += wordsInRow {
		var row strings.Builder
		for j := i; j < i+wordsInRow; j++ {
			fmt.Fprintf(&row, "%2d %-10s", j+1, words[j])
		}
		env.Printf("  %s\n", strings.TrimRight(row.String(), " "))
	}
	code, err := qr.Encode(strings.ToUpper(strings.Join(words, " ")), qr.M)
	if err != nil {
		return fmt.Errorf("draw the share: %w", err)
	}
	env.Printf("\n")
	for _, row := range picture(code, env.ShowsResults()) {
		env.Printf("%s\n", row)
	}
	env.Printf("\n")
	return nil
}

// quietZone is the light margin, in modules, that readers ask for (ISO/IEC 18004).
const quietZone = 4

// picture draws two modules in each character. Paper is light and ink dark; on a
// screen, which usually writes light on dark, the light modules are drawn.
func picture(code *qr.Code, screen bool) []string {
	ink := func(x, y int) int {
		if code.Black(x, y) != screen {
			return 1
		}
		return 0
	}
	var rows []string
	for y := -quietZone; y < code.Size+quietZone; y += 2 {
		var row strings.Builder
		for x := -quietZone; x < code.Size+quietZone; x++ {
			row.WriteRune([]rune(" ▀▄█")[ink(x, y)+2*ink(x, y+1)])
		}
		rows = append(rows, strings.TrimRight(row.String(), " "))
	}
	return rows
}

// runCheckShare tries a paper without opening anything.
func (p *program) runCheckShare(_ context.Context, env *cli.Env, args []string) error {
	o := &options{}
	if _, err := o.parse(env, o.flags("shares check"), args, 0, 0); err != nil {
		return err
	}
	papers, err := vault.GatherShares(o.dir)
	if err != nil {
		return explain(err)
	}
	s, err := typedShare(env, "The words of a share: ")
	if err == nil {
		err = papers.Add(s)
	}
	if err != nil {
		return explainShare(err)
	}
	env.Printf("Share %d is good for this folder. %d are needed.\n", s.Index(), s.Need())
	return nil
}

// gather asks for shares until there are enough. On a terminal a mistake costs one
// line, in a script everything.
func gather(env *cli.Env, papers *vault.Papers) error {
	for given := 1; papers.Missing() > 0; {
		s, err := typedShare(env, fmt.Sprintf("The words of a share, a line or more at a time (%d more): ", papers.Missing()))
		if err == nil {
			err = papers.Add(s)
		}
		switch {
		case err == nil:
			env.Notef("Share %d is good.\n", s.Index())
			given++
		case errors.Is(err, cli.ErrEnd):
			return fmt.Errorf("%w: %d (%w)", vault.ErrTooFew, papers.Missing(), err)
		case !isShareError(err) || !env.Terminal():
			return fmt.Errorf("share number %d that was given: %w", given, explainShare(err))
		default:
			sayShare(env, err)
		}
	}
	return nil
}

// typedShare reads lines until there are as many words as a share has. In a
// terminal only a line with an unknown word is typed again.
func typedShare(env *cli.Env, prompt string) (vault.Share, error) {
	text := ""
	for {
		line, err := env.Line(prompt)
		if err != nil {
			return vault.Share{}, err
		}
		s, err := vault.ParseShare(text+" "+line, letter.English())
		_, unknown := errors.AsType[*letter.WordError](err)
		short := errors.Is(err, vault.ErrShareLength) && vault.CountWords(text+" "+line) < vault.ShareWords
		switch {
		case short:
			text += " " + line
			prompt = fmt.Sprintf("and on from word %d: ", vault.CountWords(text)+1)
		case unknown && env.Terminal():
			sayShare(env, err)
			prompt = fmt.Sprintf("that line once more, from word %d: ", vault.CountWords(text)+1)
		default:
			return s, err
		}
	}
}

func isShareError(err error) bool {
	_, unknown := errors.AsType[*letter.WordError](err)
	for _, e := range []error{vault.ErrShareLength, vault.ErrShareSum, vault.ErrShareTwice, vault.ErrShareOther} {
		unknown = unknown || errors.Is(err, e)
	}
	return unknown
}

// sayShare tells a person what is wrong with a paper, and goes on.
func sayShare(env *cli.Env, err error) {
	env.Notef("%s\n", err)
	for _, hint := range shareHints(err) {
		env.Notef("%s\n", hint)
	}
}

func explainShare(err error) error {
	if hints := shareHints(err); len(hints) > 0 {
		return cli.WithHint(err, hints...)
	}
	return err
}

func shareHints(err error) []string {
	if unknown, ok := errors.AsType[*letter.WordError](err); ok {
		return []string{"it may be one of: " + strings.Join(unknown.Nearest, ", ")}
	}
	if errors.Is(err, vault.ErrShareOther) {
		return []string{"compare the set that stands on the papers; papers of two sets do not go together"}
	}
	return nil
}

// setPassphrase gives the desk a new passphrase with its papers.
func (p *program) setPassphrase(ctx context.Context, env *cli.Env, o *options) error {
	papers, err := vault.GatherShares(o.dir)
	if err != nil {
		return explain(err)
	}
	if err := gather(env, papers); err != nil {
		return err
	}
	next, err := newPassphrase(env)
	if err != nil {
		return err
	}
	costs := p.costs()
	_, err = waitFor(ctx, env, patience, func() (*desk.Desk, error) { return nil, papers.SetPassphrase(o.dir, []byte(next), costs) })
	if err != nil {
		return explain(err)
	}
	env.Printf("The passphrase is changed. The shares stay good.\n")
	return nil
}
