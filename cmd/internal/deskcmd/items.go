// SPDX-License-Identifier: Apache-2.0

package deskcmd

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"

	"tamizdat/desk"
	"tamizdat/internal/cli"
)

// What came by another way than the drop.

func (p *program) runAdd(ctx context.Context, env *cli.Env, args []string) error {
	o := &options{}
	fs := o.flags("add")
	how := fs.String("how", "", "")
	words, err := o.parse(env, fs, args, 1, 1)
	if err != nil {
		return err
	}
	if *how == "" {
		return cli.Usagef("--how is missing: the way by which it came")
	}
	f, err := openPlain(words[0])
	if err != nil {
		return err
	}
	defer f.Close()
	return p.with(ctx, env, o, func(d *desk.Desk) error {
		id, err := d.TakeIn(words[0], *how, f)
		return p.taken(env, o, d, id, err)
	})
}

// openPlain opens a file that has an end: no folder, no pipe, no device.
func openPlain(name string) (*os.File, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is not a file", name)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

func (p *program) runNote(ctx context.Context, env *cli.Env, args []string) error {
	o := &options{}
	fs := o.flags("note")
	how := fs.String("how", "", "")
	if _, err := o.parse(env, fs, args, 0, 0); err != nil {
		return err
	}
	if *how == "" {
		return cli.Usagef("--how is missing: a call, a meeting, who was there")
	}
	var text string
	return p.asking(ctx, env, o, nothing, func() (err error) {
		text, err = noteText(env)
		return err
	}, func(d *desk.Desk) error {
		id, err := d.TakeNote(*how, text)
		return p.taken(env, o, d, id, err)
	})
}

func noteText(env *cli.Env) (string, error) {
	if !env.Terminal() {
		text, err := env.ReadAll()
		return string(text), err
	}
	env.Notef("Write the note. A line with a single dot, or Ctrl-D, ends it.\n\n")
	text, err := env.Typed()
	if errors.Is(err, cli.ErrCut) {
		err = cli.WithHint(fmt.Errorf("%w; nothing was written down", err), "break long paragraphs into lines")
	}
	return text, err
}

// taken tells what was taken in.
func (p *program) taken(env *cli.Env, o *options, d *desk.Desk, id desk.ItemID, err error) error {
	if err != nil {
		return err
	}
	i, err := d.Item(id)
	if err != nil {
		return err
	}
	if o.json {
		return env.JSON(i)
	}
	env.Printf("%s  %s, SHA-256 %s\n", i.ID.Short(), i.Kind, i.Custody[0].SHA256)
	printRemarks(env, i)
	return nil
}

func printRemarks(env *cli.Env, i *desk.Item) {
	for _, r := range i.Remarks {
		env.Printf("remark: %s\n", r)
	}
	for _, other := range i.Same {
		env.Printf("remark: the same bytes were taken in as %s\n", other.Short())
	}
}

func (p *program) runItems(ctx context.Context, env *cli.Env, args []string) error {
	o := &options{}
	fs := o.flags("items")
	to := fs.String("to", "", "")
	words, err := o.parse(env, fs, args, 0, 1)
	if err != nil {
		return err
	}
	if len(words) == 0 {
		if *to != "" {
			return cli.Usagef("--to needs an item")
		}
		return p.with(ctx, env, o, func(d *desk.Desk) error { return listItems(env, o, d) })
	}
	return p.with(ctx, env, o, func(d *desk.Desk) error {
		id, err := findItem(d, words[0])
		if err != nil {
			return err
		}
		if *to != "" {
			return saveItem(env, d, id, *to)
		}
		return showItem(env, o, d, id)
	})
}

func listItems(env *cli.Env, o *options, d *desk.Desk) error {
	items := d.Items()
	if o.json {
		return env.JSON(items)
	}
	for _, i := range items {
		env.Printf("%s  week of %s  %s by %s, %s", i.ID.Short(), weekOf(i.Week), i.Kind, i.By, quoted(i.How))
		if i.Name != "" {
			env.Printf("  %s", quoted(i.Name))
		}
		if i.Kind == "mail" {
			env.Printf("  from %s, %s", quoted(i.From), quoted(i.Subject))
		}
		if i.Files > 0 {
			env.Printf("  %s", count(i.Files, "file", "files"))
		}
		env.Printf("%s\n", whereItIs(&i))
	}
	if len(items) == 0 {
		env.Notef("Nothing was taken in yet.\n")
	}
	return nil
}

// whereItIs ends a line of the list: how it begins, or at whose desk it lies.
func whereItIs(i *desk.ItemInfo) string {
	switch {
	case i.Desk != "":
		return fmt.Sprintf("  [at the desk of %s]", i.Desk)
	case i.Given != "":
		return fmt.Sprintf("  %s  [given by %s]", quoted(i.Begins), i.Given)
	}
	return "  " + quoted(i.Begins)
}

func showItem(env *cli.Env, o *options, d *desk.Desk, id desk.ItemID) error {
	i, err := d.Item(id)
	if err != nil {
		return err
	}
	if o.json {
		return env.JSON(i)
	}
	env.Printf("%s %s\n", i.Kind, i.ID)
	if i.Name != "" {
		env.Printf("file %s, %s\n", quoted(i.Name), count(i.Length, "byte", "bytes"))
	}
	if i.Kind == "mail" {
		env.Printf("says it is from %s to %s, %s\nsubject %s\n", quoted(i.From), quoted(i.To), quoted(i.Date), quoted(i.Subject))
	}
	printRemarks(env, i)
	if i.Desk != "" {
		env.Printf("the file itself lies at the desk of %s\n", i.Desk)
	}
	if i.Text != "" {
		env.Printf("\n")
		env.Text("| ", i.Text)
	}
	printAttached(env, i.Attached)
	env.Printf("\n")
	for _, c := range i.Custody {
		env.Printf("%s by %s (%s), week of %s: SHA-256 %s\n", c.Step, c.By, orDash(c.How), weekOf(c.Week), orDash(c.SHA256))
	}
	return nil
}

func saveItem(env *cli.Env, d *desk.Desk, id desk.ItemID, dir string) error {
	names, err := d.SaveItem(id, dir)
	for _, name := range names {
		env.Printf("%s\n", name)
	}
	return err
}

func findItem(d *desk.Desk, typed string) (desk.ItemID, error) {
	id, err := d.FindItem(typed)
	if errors.Is(err, desk.ErrNoItem) {
		err = cli.WithHint(err, "tamizdat desk items shows the names")
	}
	return id, err
}

// runCustody writes a step down, with the hash of what came out of it.
func (p *program) runCustody(ctx context.Context, env *cli.Env, args []string) error {
	o := &options{}
	fs := o.flags("custody")
	step, how := fs.String("step", "", ""), fs.String("how", "", "")
	words, err := o.parse(env, fs, args, 1, 2)
	switch {
	case err != nil:
		return err
	case *step == "":
		return cli.Usagef("--step is missing: what was done")
	}
	var sum [sha256.Size]byte
	if len(words) == 2 {
		if sum, err = hashOf(words[1]); err != nil {
			return err
		}
	}
	return p.with(ctx, env, o, func(d *desk.Desk) error {
		id, err := findItem(d, words[0])
		if err != nil {
			return err
		}
		return d.NoteStep(id, *step, *how, sum)
	})
}

func hashOf(name string) (sum [sha256.Size]byte, err error) {
	f, err := openPlain(name)
	if err != nil {
		return sum, err
	}
	h := sha256.New()
	_, err = io.Copy(h, f)
	copy(sum[:], h.Sum(nil))
	return sum, errors.Join(err, f.Close())
}

// runThreadPut puts an item into a thread, or out of the one in which it is.
func (p *program) runThreadPut(ctx context.Context, env *cli.Env, args []string) error {
	o := &options{}
	words, err := o.parse(env, o.flags("thread put"), args, 1, 2)
	if err != nil {
		return err
	}
	return p.with(ctx, env, o, func(d *desk.Desk) error {
		id, err := findItem(d, words[len(words)-1])
		switch {
		case err != nil:
			return err
		case len(words) == 1:
			return d.PutInThread(nil, id)
		}
		t, err := findThread(d, words[0])
		if err != nil {
			return err
		}
		return d.PutInThread(t, id)
	})
}
