// SPDX-License-Identifier: Apache-2.0

package deskcmd

import (
	"context"

	"tamizdat/desk"
	"tamizdat/internal/cli"
)

const leavingUsage = `tamizdat desk leaving [--dir D] NAME [--json]

Says what a colleague still has who leaves, or has left: letters, threads, keys and
until when they are good, items that lie nowhere else, copies, recovery shares. What
somebody has read cannot be taken back; what can be made worthless is named, with the
command. Ask before you sign the list that lets NAME go (tamizdat desk roster propose
--expel NAME), and once more afterwards.

It tells what this desk knows: what NAME's desk did since it last spoke, and what was
copied out of it, nobody knows.
`

func (p *program) runLeaving(ctx context.Context, env *cli.Env, args []string) error {
	o := &options{}
	words, err := o.parse(env, o.flags("leaving"), args, 1, 1)
	if err != nil {
		return err
	}
	return p.with(ctx, env, o, func(d *desk.Desk) error {
		l, err := d.Leaving(words[0])
		if err != nil {
			return err
		}
		if o.json {
			return env.JSON(l)
		}
		for _, s := range l.Says {
			env.Printf("%s.\n", s)
		}
		for _, i := range l.OnlyThere {
			env.Printf("    %s  %s, %s %s\n", i.ID.Short(), i.Kind, quoted(i.How), quoted(i.Name))
		}
		env.Printf("Their desk last spoke on %s.\n", date(l.Heard))
		return nil
	})
}
