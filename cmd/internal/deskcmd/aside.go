// SPDX-License-Identifier: Apache-2.0

package deskcmd

import (
	"context"
	"errors"

	"tamizdat/desk"
	"tamizdat/internal/cli"
)

// What a fork or a departure left behind.

func (p *program) runAside(ctx context.Context, env *cli.Env, args []string) error {
	o := &options{}
	words, err := o.parse(env, o.flags("aside"), args, 0, 1)
	if err != nil {
		return err
	}
	return p.with(ctx, env, o, func(d *desk.Desk) error {
		if len(words) == 0 {
			return listAside(env, o, d)
		}
		a, err := d.TakeOver(words[0])
		if errors.Is(err, desk.ErrNoAside) {
			err = cli.WithHint(err, "tamizdat desk aside lists what was")
		}
		if err != nil {
			return err
		}
		if o.json {
			return env.JSON(a)
		}
		env.Printf("%s\n", asideLine(a))
		env.Notef("It counts from now on, as said by %s and taken over by you.\n", a.By)
		return nil
	})
}

func listAside(env *cli.Env, o *options, d *desk.Desk) error {
	list, err := d.Aside()
	if err != nil {
		return err
	}
	if o.json {
		return env.JSON(list)
	}
	for i := range list {
		env.Printf("%s\n", asideLine(&list[i]))
	}
	if len(list) == 0 {
		env.Notef("Nothing was set aside.\n")
	}
	return nil
}

// asideLine tells of one in a line.
func asideLine(a *desk.Aside) string {
	why := "two desks wrote as " + a.By
	if a.Why == "left" {
		why = a.By + " has left"
	}
	line := a.ID[:8] + "  " + date(a.At) + "  " + a.Kind + " by " + a.By + " (" + why + ")  " + quoted(a.Says)
	if !a.Takable {
		line += "  [cannot be taken over]"
	}
	return line
}

func overBy(name string) string {
	if name == "" {
		return ""
	}
	return " (taken over by " + name + ")"
}
