// SPDX-License-Identifier: Apache-2.0

package deskcmd

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"tamizdat/desk"
	"tamizdat/internal/cli"
	"tamizdat/letter"
)

func (p *program) runList(ctx context.Context, env *cli.Env, args []string) error {
	o := &options{}
	if _, err := o.parse(o.flags("list"), args, 0, 0); err != nil {
		return err
	}
	return p.with(ctx, env, o, func(d *desk.Desk) error {
		letters := d.Letters()
		if o.json {
			return printJSON(env, letters)
		}
		for _, l := range letters {
			printLine(env, l)
		}
		if len(letters) == 0 {
			env.Notef("No letters yet.\n")
		}
		return nil
	})
}

func printLine(env *cli.Env, l desk.LetterInfo) {
	mark := " "
	if !l.Read {
		mark = "*"
	}
	env.Printf("%s %s  week of %s  %s (%s)", mark, l.ID.Short(), weekOf(l.Week), l.From, orDash(l.Label))
	if l.Files > 0 {
		env.Printf("  %d files", l.Files)
	}
	if l.Replies > 0 {
		env.Printf("  %d replies", l.Replies)
	}
	if l.Quarantine != "" {
		env.Printf("  [%s]", l.Quarantine)
	}
	if l.Disputed {
		env.Printf("  [another text came under the same id]")
	}
	env.Printf("  %s\n", l.Begins)
}

// weekOf is the Monday of a week (spec/README.md §1).
func weekOf(week uint32) string { return date((int64(week)*7 - 3) * 86400) }

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func (p *program) runRead(ctx context.Context, env *cli.Env, args []string) error {
	return p.onLetter(ctx, env, "read", args, func(o *options, d *desk.Desk, id desk.LetterID) error {
		l, err := d.Letter(id)
		if err != nil {
			return err
		}
		if o.json {
			err = printJSON(env, l)
		} else {
			printLetter(env, l)
		}
		return errors.Join(err, d.MarkRead(id))
	})
}

// onLetter parses the arguments of a verb that takes one letter.
func (p *program) onLetter(ctx context.Context, env *cli.Env, name string, args []string, do func(*options, *desk.Desk, desk.LetterID) error) error {
	o := &options{}
	words, err := o.parse(o.flags(name), args, 1, 1)
	if err != nil {
		return err
	}
	return p.with(ctx, env, o, func(d *desk.Desk) error {
		id, err := find(d, words[0])
		if err != nil {
			return err
		}
		return do(o, d, id)
	})
}

func find(d *desk.Desk, typed string) (desk.LetterID, error) {
	id, err := d.Find(typed)
	if errors.Is(err, desk.ErrNoLetter) {
		err = cli.WithHint(err, "tamizdat desk list shows the names; type the whole of one or its beginning")
	}
	return id, err
}

func printLetter(env *cli.Env, l *desk.Letter) {
	env.Printf("%s %s\nfrom %s, label %s (English), week of %s\n", l.Kind, l.ID, l.From, orDash(l.Label), weekOf(l.Week))
	if l.Quarantine != "" {
		env.Printf("WARNING: %s\n", l.Quarantine)
	}
	for _, other := range l.Disputes {
		env.Printf("WARNING: the same sender gave the same id to another text: %s\n", other.Short())
	}
	env.Printf("\n")
	env.Text("| ", l.Text)
	for i, f := range l.Attached {
		env.Printf("\nfile %d: %s, said to be %s, %d bytes", i+1, f.Name, orDash(f.Type), f.Length)
	}
	if len(l.Attached) > 0 {
		env.Printf("\n")
	}
	for _, a := range l.Answers {
		env.Printf("\nyour answer %d, %s (%s)\n", a.Number, date(int64(a.Day)*86400), a.State)
		env.Text("> ", a.Text)
	}
}

func (p *program) runSave(ctx context.Context, env *cli.Env, args []string) error {
	o := &options{}
	fs := o.flags("save")
	to := fs.String("to", "", "")
	words, err := o.parse(fs, args, 1, 1)
	if err != nil {
		return err
	}
	if *to == "" {
		return cli.Usagef("--to is missing: the folder to copy into")
	}
	return p.with(ctx, env, o, func(d *desk.Desk) error {
		id, err := find(d, words[0])
		if err != nil {
			return err
		}
		env.Notef("The drop learns that a desk fetches these pieces now.\n")
		var progress *cli.Progress
		names, err := d.Save(ctx, id, *to, func(done, all int) {
			if progress == nil {
				progress = env.Progress("pieces", int64(all))
			}
			progress.Add(1)
		})
		if progress != nil {
			progress.Done()
		}
		for _, name := range names {
			env.Printf("%s\n", name)
		}
		return err
	})
}

func (p *program) runReply(ctx context.Context, env *cli.Env, args []string) error {
	return p.onLetter(ctx, env, "reply", args, func(_ *options, d *desk.Desk, id desk.LetterID) error {
		if env.Terminal() {
			env.Notef("Write the answer; end it with Ctrl-D on an empty line.\n")
		}
		text, err := env.ReadAll()
		if err != nil {
			return err
		}
		at, err := d.Reply(id, string(text))
		if errors.Is(err, letter.ErrTooLong) {
			err = cli.WithHint(err, "write two answers")
		}
		if err != nil {
			return err
		}
		env.Printf("Queued. It goes to the drop about %s, if this desk runs then.\n", p.when(at))
		return nil
	})
}

// when tells a moment to come as people do.
func (p *program) when(t time.Time) string {
	in := t.Sub(p.now()).Round(time.Second)
	if in >= time.Minute {
		in = in.Round(time.Minute)
	}
	return fmt.Sprintf("%s (in %s)", t.UTC().Format("2 January 15:04 UTC"), strings.TrimSuffix(in.String(), "0s"))
}

func (p *program) runRun(ctx context.Context, env *cli.Env, args []string) error {
	o := &options{}
	if _, err := o.parse(o.flags("run"), args, 0, 0); err != nil {
		return err
	}
	d, err := p.open(ctx, env, o)
	if err != nil {
		return err
	}
	if _, err := d.Newsroom(); err != nil {
		return explain(errors.Join(err, d.Close()))
	}
	env.Notef("The desk keeps watch. Stop it with Ctrl-C.\n")
	w := &watch{p: p, env: env, o: o, key: d.Key()}
	return w.keep(ctx, d)
}

func (p *program) runSync(ctx context.Context, env *cli.Env, args []string) error {
	o := &options{}
	if _, err := o.parse(o.flags("sync"), args, 0, 0); err != nil {
		return err
	}
	return p.with(ctx, env, o, func(d *desk.Desk) error {
		r, err := d.Round(ctx)
		tell(env, r)
		return err
	})
}
