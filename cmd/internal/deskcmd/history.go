// SPDX-License-Identifier: Apache-2.0

package deskcmd

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"

	"tamizdat/desk"
	"tamizdat/desk/casebook"
	"tamizdat/internal/cli"
	"tamizdat/internal/durable"
	"tamizdat/letter"
)

// What a colleague missed, as a file.

func (p *program) runHistoryMake(ctx context.Context, env *cli.Env, args []string) error {
	o := &options{}
	flags := o.flags("history make")
	name, all := flags.String("for", "", ""), flags.Bool("all-letters", false, "")
	var threads []string
	flags.Func("thread", "", func(s string) error { threads = append(threads, s); return nil })
	words, err := o.parse(env, flags, args, 1, 1)
	switch {
	case err != nil:
		return err
	case *name == "":
		return cli.Usagef("--for is missing: the colleague who is to have it")
	case *all && len(threads) > 0:
		return cli.Usagef("--all-letters and --thread do not go together")
	}
	if _, err := os.Lstat(words[0]); err == nil {
		return cli.WithHint(fs.ErrExist, "nothing is ever overwritten: choose another name")
	}
	return p.with(ctx, env, o, func(d *desk.Desk) error {
		given, err := givenThreads(d, threads, *all)
		if err != nil {
			return err
		}
		var h *desk.History
		err = durable.CreateFileFrom(words[0], 0o600, func(w io.Writer) (err error) {
			h, err = d.MakeHistory(w, *name, given)
			return err
		})
		if err != nil {
			return err
		}
		if o.json {
			return env.JSON(h)
		}
		env.Printf("%s for %s: %s, %s, %s\n", words[0], h.For, count(h.Events, "event", "events"), count(h.Letters, "letter", "letters"), count(h.Items, "item", "items"))
		env.Notef("Only %s's desk opens it: tamizdat desk history take FILE. Delete it when it was taken in.\n", h.For)
		return nil
	})
}

func givenThreads(d *desk.Desk, typed []string, all bool) ([]desk.Thread, error) {
	if all {
		return d.Threads(), nil
	}
	var out []desk.Thread
	for _, who := range typed {
		t, err := findThread(d, who)
		if err != nil {
			return nil, err
		}
		out = append(out, *t)
	}
	return out, nil
}

func (p *program) runHistoryTake(ctx context.Context, env *cli.Env, args []string) error {
	o := &options{}
	words, err := o.parse(env, o.flags("history take"), args, 1, 1)
	if err != nil {
		return err
	}
	return p.with(ctx, env, o, func(d *desk.Desk) error {
		h, err := d.TakeHistory(func() (io.ReadCloser, error) { return openPlain(words[0]) })
		if err != nil {
			return explainHistory(err)
		}
		if o.json {
			return env.JSON(h)
		}
		env.Printf("%s, %s, %s\n", count(h.Events, "new event", "new events"), count(h.Letters, "new letter", "new letters"), count(h.Items, "new item", "new items"))
		if h.Refused > 0 {
			env.Printf("WARNING: nobody of the newsroom gave you %s in this file, as it is there: left out\n", count(h.Refused, "letter or item", "letters or items"))
		}
		if h.Waiting > 0 {
			env.Notef("%s for others that are not here, or by one who has left.\n", count(h.Waiting, "event waits", "events wait"))
		}
		env.Notef("Delete %s now, here and where it came from.\n", words[0])
		return nil
	})
}

func explainHistory(err error) error {
	switch {
	case errors.Is(err, letter.ErrHistory):
		return cli.WithHint(err, "nothing was taken in; have it sent again")
	case errors.Is(err, letter.ErrCannotOpen):
		return cli.WithHint(errors.New("this file is no history for this desk"), "it is made with: tamizdat desk history make --for NAME FILE")
	case errors.Is(err, casebook.ErrForeign):
		return cli.WithHint(err, "whoever made it may know a newer list of journalists: tamizdat desk sync, then take it again")
	}
	return err
}
