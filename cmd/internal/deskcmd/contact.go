// SPDX-License-Identifier: Apache-2.0

package deskcmd

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"tamizdat/desk"
	"tamizdat/desk/contact"
	"tamizdat/internal/cli"
	"tamizdat/internal/durable"
	"tamizdat/letter/wire"
)

const contactUsage = `tamizdat desk contact --dir D --out FOLDER [--lang LANG,...] [--name LANG=NAME]...
                     [--site URL] [--program URL] [--tor-bridges FILE] [--journalists]

Writes the page by which sources find this newsroom, for its website, and a sheet
of cards to print, in each language: contact.LANG.html and card.LANG.html. They
are made from the signed list that this desk knows, and are good as long as it
is: make them again when the list was renewed. In FOLDER the same names are
replaced, and you are told which changed.

--lang          only these of en, ru, uk, be, fa, ar
--name          the newsroom's name as that language writes it
--site          where the page will be; stands on the cards. At most 80 characters
--program       where the program for sources can be had
--tor-bridges   bridges that you run, one a line as Tor takes them, at most 8. A
                bridge on a public page is soon blocked: show only those that you
                can replace
--journalists   also show who reads the letters. A list of names can endanger

Print the four check words in a second place that does not hang on the website:
they are all by which a reader can tell your page from a forged one.
`

const (
	maxBridgeFile = 8 << 10
	maxOldPage    = 1 << 20
	slowEnough    = 600 // seconds between pages of letters that are no mere trial
)

// contactOrder is what a person asks of the pages.
type contactOrder struct {
	out, langs, bridges string
	options             contact.Options
}

func (c *contactOrder) flags(fs *flag.FlagSet) {
	c.options.Names = make(map[string]string)
	fs.StringVar(&c.out, "out", "", "")
	fs.StringVar(&c.out, "o", "", "")
	fs.StringVar(&c.langs, "lang", "", "")
	fs.StringVar(&c.bridges, "tor-bridges", "", "")
	fs.StringVar(&c.options.Site, "site", "", "")
	fs.StringVar(&c.options.Program, "program", "", "")
	fs.BoolVar(&c.options.Journalists, "journalists", false, "")
	fs.Func("name", "", func(s string) error {
		lang, name, ok := strings.Cut(s, "=")
		c.options.Names[lang] = name
		return pair(ok)
	})
}

// complete reads what the flags point to.
func (c *contactOrder) complete() error {
	if c.out == "" {
		return cli.Usagef("--out is missing: the folder to write the pages into")
	}
	if c.langs != "" {
		c.options.Languages = strings.Split(c.langs, ",")
	}
	if c.bridges == "" {
		return nil
	}
	b, err := cli.ReadFile(c.bridges, maxBridgeFile)
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(b)) {
		if line = strings.TrimSpace(line); line != "" {
			c.options.Bridges = append(c.options.Bridges, line)
		}
	}
	return nil
}

func (p *program) runContact(ctx context.Context, env *cli.Env, args []string) error {
	o, c := &options{}, &contactOrder{}
	fs := o.flags("contact")
	c.flags(fs)
	if _, err := o.parse(env, fs, args, 0, 0); err != nil {
		return err
	}
	if err := c.complete(); err != nil {
		return err
	}
	var newsroom *wire.Newsroom
	err := p.with(ctx, env, o, func(d *desk.Desk) (err error) {
		if newsroom, err = d.Newsroom(); err == nil && !d.Status().Member {
			err = desk.ErrExpelled
		}
		return err
	})
	if err != nil {
		return err
	}
	files, err := contact.Make(newsroom, p.now().Unix(), c.options)
	if err != nil {
		return explainContact(err)
	}
	if err := writePages(env, c.out, files, newsroom.Roster().Body().Issued); err != nil {
		return err
	}
	return contactNotes(env, newsroom, c.options.Languages)
}

func explainContact(err error) error {
	switch {
	case errors.Is(err, wire.ErrExpired):
		return cli.WithHint(err, "if the clock is right, renew the list first: tamizdat desk roster propose --renew",
			"if a colleague has renewed it, look at the drop first: tamizdat desk sync")
	case errors.Is(err, contact.ErrNoOnion):
		return cli.WithHint(err, "a source who goes to any other address is seen by her network")
	}
	return err
}

// writePages replaces what was in the folder and tells what changed. All files
// carry the day of the list as their time, so that they tell nothing more.
func writePages(env *cli.Env, folder string, files []contact.File, issued int64) error {
	if err := durable.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	day := time.Unix(issued, 0).UTC().Truncate(24 * time.Hour)
	for _, f := range files {
		path := filepath.Join(folder, f.Name)
		was, err := stateOf(path, f.Bytes)
		if err != nil {
			return err
		}
		if err := durable.WriteFileTime(path, f.Bytes, 0o644, day); err != nil {
			return err
		}
		env.Printf("%s: %s\n", f.Name, was)
	}
	return tellLeft(env, folder, files)
}

// stateOf says what a page is beside the one that lies there.
func stateOf(path string, page []byte) (string, error) {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "new", nil
	case err != nil:
		return "", err
	case !info.Mode().IsRegular():
		return "", fmt.Errorf("%s is in the way: it is no file of ours", path)
	}
	old, err := cli.ReadFile(path, maxOldPage)
	switch {
	case err != nil:
		return "", err
	case bytes.Equal(old, page):
		return "as it was", nil
	}
	return "changed", nil
}

// tellLeft names pages from before that were not made anew. They may show what
// holds no longer.
func tellLeft(env *cli.Env, folder string, files []contact.File) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	ours := contact.FileNames()
	for _, e := range entries {
		made := slices.ContainsFunc(files, func(f contact.File) bool { return f.Name == e.Name() })
		if slices.Contains(ours, e.Name()) && !made {
			env.Notef("%s is left from before and was not made anew; remove it if it is not wanted\n", e.Name())
		}
	}
	return nil
}

// contactNotes says what must be known before the pages are shown to anyone.
func contactNotes(env *cli.Env, n *wire.Newsroom, languages []string) error {
	body := n.Roster().Body()
	env.Printf("Good until %s; make them again when the list was renewed.\n", date(body.Expires))
	if body.Schedule.Interval(wire.Letters) < slowEnough {
		env.Notef("This newsroom's schedule is for trying only. Show these pages to nobody who could come to harm.\n")
	}
	owed, err := contact.ReviewOwed(languages...)
	if err != nil {
		return err
	}
	if len(owed) > 0 {
		env.Notef("No native speaker has yet read the texts in: %s. Have one read them before you publish.\n", strings.Join(owed, ", "))
	}
	env.Notef("Tamizdat has had no release and no audit by outsiders yet. Do not ask anyone in danger to use it.\n")
	return nil
}
