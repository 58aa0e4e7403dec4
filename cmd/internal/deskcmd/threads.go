// SPDX-License-Identifier: Apache-2.0

package deskcmd

import (
	"context"
	"errors"
	"strings"

	"tamizdat/desk"
	"tamizdat/internal/cli"
)

// What colleagues share: threads, notes, and what waits for somebody's choice.

func (p *program) runThreads(ctx context.Context, env *cli.Env, args []string) error {
	o := &options{}
	words, err := o.parse(env, o.flags("threads"), args, 0, 1)
	if err != nil {
		return err
	}
	return p.with(ctx, env, o, func(d *desk.Desk) error {
		if len(words) == 0 {
			return listThreads(env, o, d)
		}
		t, err := findThread(d, words[0])
		if err != nil {
			return err
		}
		if o.json {
			return env.JSON(t)
		}
		printThread(env, d, t)
		return nil
	})
}

func findThread(d *desk.Desk, typed string) (*desk.Thread, error) {
	t, err := d.FindThread(typed)
	if errors.Is(err, desk.ErrNoThread) {
		err = cli.WithHint(err, "tamizdat desk threads lists them; name the three words of one, or a letter in it")
	}
	return t, err
}

func listThreads(env *cli.Env, o *options, d *desk.Desk) error {
	threads := d.Threads()
	if o.json {
		return env.JSON(threads)
	}
	for i := range threads {
		t := &threads[i]
		env.Printf("%s  %s  %s, %s%s\n", t.ID[:8], strings.Join(t.Hands, " + "), count(len(t.Letters), "letter", "letters"), t.State, more(t))
	}
	if len(threads) == 0 {
		env.Notef("Nobody has written yet.\n")
	}
	return nil
}

// more is what a line of the list says only where there is something to say.
func more(t *desk.Thread) string {
	var parts []string
	for _, p := range []struct{ what, text string }{
		{"with ", t.Assigned}, {"due ", t.Deadline}, {"next letter promised for ", t.NextContact}, {"tags ", strings.Join(t.Tags, ", ")},
	} {
		if p.text != "" {
			parts = append(parts, p.what+p.text)
		}
	}
	if t.Missed {
		parts = append(parts, "WHICH IS OVER")
	}
	if len(t.Gaps) > 0 {
		parts = append(parts, count(len(t.Gaps), "letter is", "letters are")+" with colleagues and not here")
	}
	if len(parts) == 0 {
		return ""
	}
	return "; " + strings.Join(parts, "; ")
}

func printThread(env *cli.Env, d *desk.Desk, t *desk.Thread) {
	env.Printf("thread %s\nby %s; %s%s\n", t.ID, strings.Join(t.Hands, " and "), t.State, more(t))
	for _, why := range t.Joined {
		env.Printf("taken for one hand, %s\n", why)
	}
	env.Printf("\n")
	for _, id := range t.Letters {
		l, err := d.Letter(id)
		if err != nil {
			continue // the list comes from the same desk
		}
		env.Printf("%s  week of %s  %s\n", id.Short(), weekOf(l.Week), quoted(l.Begins))
		if l.Given != "" {
			env.Printf("          given by %s, not opened here\n", l.Given)
		}
		if l.Agreement.Words() != "" {
			env.Printf("          %s\n", l.Agreement.Words())
		}
	}
	for _, id := range t.Items {
		if i, err := d.Item(id); err == nil {
			env.Printf("%s  week of %s  %s by %s, %s%s\n", id.Short(), weekOf(i.Week), i.Kind, i.By, quoted(i.How), whereItIs(&i.ItemInfo))
		}
	}
	for _, gap := range t.Gaps {
		env.Printf("%s\n", gap)
	}
	for _, r := range t.Replies {
		sent := "not in the log yet"
		if r.Sent {
			sent = "in the log"
		}
		env.Printf("\nanswer of %s to %s, %d, %s (%s)\n", r.By, r.To, r.Number, date(int64(r.Day)*86400), sent)
		env.Text("> ", r.Text)
	}
	for _, n := range t.Notes {
		env.Printf("\n%s, %s%s\n", n.Name, date(n.At), overBy(n.Over))
		env.Text("# ", n.Text)
	}
}

// runThreadSet sets fields of a thread, each written FIELD=VALUE.
func (p *program) runThreadSet(ctx context.Context, env *cli.Env, args []string) error {
	o := &options{}
	words, err := o.parse(env, o.flags("thread set"), args, 2, 8)
	if err != nil {
		return err
	}
	for _, w := range words[1:] {
		if !strings.Contains(w, "=") {
			return cli.Usagef("%q sets nothing; write FIELD=VALUE", w)
		}
	}
	return p.with(ctx, env, o, func(d *desk.Desk) error {
		t, err := findThread(d, words[0])
		if err != nil {
			return err
		}
		for _, w := range words[1:] {
			field, value, _ := strings.Cut(w, "=")
			if err := d.SetThread(t, field, value); err != nil {
				return err
			}
		}
		env.Notef("Your colleagues see it within hours: it goes with what this desk sends anyway.\n")
		return nil
	})
}

func (p *program) runThreadNote(ctx context.Context, env *cli.Env, args []string) error {
	o := &options{}
	words, err := o.parse(env, o.flags("thread note"), args, 1, 1)
	if err != nil {
		return err
	}
	var t *desk.Thread
	var text string
	return p.asking(ctx, env, o, func(d *desk.Desk) (err error) {
		t, err = findThread(d, words[0])
		return err
	}, func() (err error) {
		text, err = noteText(env)
		return err
	}, func(d *desk.Desk) error { return d.WriteNote(t, text) })
}

func (p *program) runThreadJoin(ctx context.Context, env *cli.Env, args []string) error {
	return p.joinHands(ctx, env, "thread join", args, true)
}

func (p *program) runThreadPart(ctx context.Context, env *cli.Env, args []string) error {
	return p.joinHands(ctx, env, "thread part", args, false)
}

func (p *program) joinHands(ctx context.Context, env *cli.Env, verb string, args []string, one bool) error {
	o := &options{}
	fs := o.flags(verb)
	reason := fs.String("reason", "", "")
	words, err := o.parse(env, fs, args, 2, 2)
	if err != nil {
		return err
	}
	return p.with(ctx, env, o, func(d *desk.Desk) error { return d.JoinHands(words[0], words[1], one, *reason) })
}

// runExplain writes down why desks found different things in a letter.
func (p *program) runExplain(ctx context.Context, env *cli.Env, args []string) error {
	o := &options{}
	fs := o.flags("explain")
	why := fs.String("why", "", "")
	words, err := o.parse(env, fs, args, 1, 1)
	if err != nil {
		return err
	}
	return p.with(ctx, env, o, func(d *desk.Desk) error {
		id, err := find(d, words[0])
		if err != nil {
			return err
		}
		return d.ExplainLetter(id, *why)
	})
}

func (p *program) runChoices(ctx context.Context, env *cli.Env, args []string) error {
	o := &options{}
	if _, err := o.parse(env, o.flags("choices"), args, 0, 0); err != nil {
		return err
	}
	return p.with(ctx, env, o, func(d *desk.Desk) error {
		choices, err := d.Choices()
		if err != nil {
			return err
		}
		inRegister, err := claimChoices(d)
		if err != nil {
			return err
		}
		choices = append(choices, inRegister...)
		if o.json {
			return env.JSON(choices)
		}
		for _, c := range choices {
			env.Printf("%s, %s:\n", c.Thing, c.Field)
			for _, v := range c.Values {
				env.Printf("    %s by %s, %s\n", quoted(string(v.Value)), v.By, date(v.At))
			}
		}
		if len(choices) == 0 {
			env.Notef("Nothing waits for a choice.\n")
		}
		return nil
	})
}
