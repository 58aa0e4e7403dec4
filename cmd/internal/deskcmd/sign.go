// SPDX-License-Identifier: Apache-2.0

package deskcmd

import (
	"context"
	"errors"
	"flag"
	"slices"

	"tamizdat/desk"
	"tamizdat/drop"
	"tamizdat/internal/cli"
	"tamizdat/internal/durable"
	"tamizdat/letter/wire"
)

func (p *program) runSign(ctx context.Context, env *cli.Env, args []string) error {
	o := &options{}
	fs := o.flags("sign")
	yes, publish := fs.Bool("yes", false, ""), fs.Bool("publish", false, "")
	words, err := o.parse(env, fs, args, 1, 1)
	if err != nil {
		return err
	}
	draft, err := readDraft(words[0])
	if err != nil {
		return err
	}
	var shown []string
	var first bool
	err = p.asking(ctx, env, o, func(d *desk.Desk) (err error) {
		first = newcomer(d)
		if shown, err = d.Explain(draft); err != nil {
			return err
		}
		return showDraft(env, d, draft)
	}, func() error {
		if *yes {
			return nil
		}
		return confirm(env, "Is this what you agreed on? Type yes to sign: ")
	}, func(d *desk.Desk) error {
		if now, err := d.Explain(draft); err != nil || !slices.Equal(now, shown) {
			return errors.Join(err, errors.New("the newsroom has changed while you looked at the draft; look at it again"))
		}
		if err := sign(env, d, draft, words[0]); err != nil || !*publish {
			return err
		}
		return publishDraft(ctx, env, d, draft)
	})
	if err == nil && *publish && first {
		p.handOver(ctx, env, o, o.passphrase)
	}
	return err
}

func sign(env *cli.Env, d *desk.Desk, draft *desk.Draft, file string) error {
	if err := d.Sign(draft); err != nil {
		return err
	}
	signed, needed := draft.Signers()
	env.Printf("signed: %d of %d\n", signed, needed)
	lackOfOld(env, draft)
	return durable.WriteFile(file, draft.Bytes(), 0o600)
}

// lackOfOld tells that the new root waits for those who may sign until now, also
// for one who leaves.
func lackOfOld(env *cli.Env, draft *desk.Draft) {
	if signed, needed := draft.Departure(); signed < needed {
		env.Notef("The new root is signed by %d of those who may sign until now and needs %d. Who leaves can sign too.\n", signed, needed)
	}
}

func readDraft(file string) (*desk.Draft, error) {
	b, err := cli.ReadFile(file, desk.MaxDraft)
	if err != nil {
		return nil, err
	}
	return desk.ParseDraft(b)
}

func (p *program) runPublish(ctx context.Context, env *cli.Env, args []string) error {
	o := &options{}
	words, err := o.parse(env, o.flags("publish"), args, 1, 1)
	if err != nil {
		return err
	}
	var first bool
	err = p.with(ctx, env, o, func(d *desk.Desk) error {
		first = newcomer(d)
		draft, err := readDraft(words[0])
		if err != nil {
			return err
		}
		return publishDraft(ctx, env, d, draft)
	})
	if err == nil && first {
		p.handOver(ctx, env, o, o.passphrase)
	}
	return err
}

// newcomer reports whether the desk belongs to no newsroom yet. Once it does, it
// has to keep watch.
func newcomer(d *desk.Desk) bool {
	_, err := d.Newsroom()
	return err != nil
}

func publishDraft(ctx context.Context, env *cli.Env, d *desk.Desk, draft *desk.Draft) error {
	if err := d.Publish(ctx, draft); err != nil {
		return explainPublish(err)
	}
	env.Printf("The drop has it. newsroom: %s\n", draft.Key())
	return nil
}

// explainPublish says what a drop waits for that is not open yet.
func explainPublish(err error) error {
	switch {
	case errors.Is(err, drop.ErrBusy):
		return cli.WithHint(err, "the drop must be told whom it serves, by its operator: tamizdat-drop adopt KEY; then publish again: tamizdat desk publish DRAFT")
	case errors.Is(err, wire.ErrThreshold):
		return explainThreshold(err)
	}
	return err
}

func explainThreshold(err error) error {
	if errors.Is(err, wire.ErrThreshold) {
		return cli.WithHint(err, "pass the draft on to a colleague who has not signed yet: tamizdat desk sign DRAFT")
	}
	return err
}

func (p *program) runJoin(ctx context.Context, env *cli.Env, args []string) error {
	o := &options{}
	fs := o.flags("join")
	address, key := fs.String("drop", "", ""), fs.String("newsroom", "", "")
	words, err := o.parse(env, fs, args, 0, 1)
	if err != nil {
		return err
	}
	if (len(words) == 1) == (*address != "" && *key != "") {
		return cli.Usagef("join needs a draft, or --drop and --newsroom")
	}
	welcome := func(d *desk.Desk, err error) error {
		if err != nil {
			return err
		}
		n, err := d.Newsroom()
		if err != nil {
			return err
		}
		env.Printf("You belong to %s now. newsroom: %s\n", n.Roster().Name, n.Key())
		return nil
	}
	if len(words) == 0 {
		err = p.with(ctx, env, o, func(d *desk.Desk) error { return welcome(d, joinFrom(ctx, d, p.connect(ctx, env, o), *address, *key)) })
	} else {
		err = p.joinDraft(ctx, env, o, words[0], welcome)
	}
	if err == nil {
		p.handOver(ctx, env, o, o.passphrase)
	}
	return err
}

func (p *program) joinDraft(ctx context.Context, env *cli.Env, o *options, file string, welcome func(*desk.Desk, error) error) error {
	draft, err := readDraft(file)
	if err != nil {
		return err
	}
	return p.asking(ctx, env, o, func(d *desk.Desk) error { return showDraft(env, d, draft) },
		func() error { return sameWords(env) },
		func(d *desk.Desk) error { return welcome(d, explainThreshold(d.Join(ctx, draft))) })
}

func joinFrom(ctx context.Context, d *desk.Desk, connect func(string) (drop.Drop, error), address, key string) error {
	nr, err := wire.ParseNewsroomKey(key)
	if err != nil {
		return err
	}
	from, err := connect(address)
	if err != nil {
		return err
	}
	if c, ok := from.(interface{ Close() }); ok {
		defer c.Close()
	}
	return d.JoinFrom(ctx, from, nr)
}

// sameWords has a person compare the check words: a draft comes as a file, and
// anyone can found a newsroom with the same names. A script that joins has been
// told by a person.
func sameWords(env *cli.Env) error {
	if !env.Terminal() {
		return nil
	}
	return confirm(env, "Do your colleagues see the same four check words? Type yes: ")
}

func (p *program) runPropose(ctx context.Context, env *cli.Env, args []string) error {
	o := &options{}
	fs := o.flags("propose")
	var add, expel []string
	many(fs, "add", &add)
	many(fs, "expel", &expel)
	renew, yes, out := fs.Bool("renew", false, ""), fs.Bool("yes", false, ""), outFlag(fs)
	newLogs, line := fs.Bool("new-logs", false, ""), fs.String("drop", "", "")
	if _, err := o.parse(env, fs, args, 0, 0); err != nil {
		return err
	}
	if *out == "" || !*renew && !*newLogs && *line == "" && len(add)+len(expel) == 0 {
		return cli.Usagef("propose needs --out, and --add, --expel, --renew, --new-logs or --drop")
	}
	to, err := dropOf(*line)
	if err != nil {
		return err
	}
	var requests [][]byte
	return p.asking(ctx, env, o, nothing, func() (err error) {
		requests, err = readRequests(env, add, *yes)
		return err
	}, func(d *desk.Desk) error {
		draft, err := d.Propose(desk.Change{Add: requests, Expel: expel, NewLogs: *newLogs, Drop: to})
		if err != nil {
			return err
		}
		return writeDraft(env, d, draft, *out)
	})
}

// dropOf reads a drop's line, if one was given.
func dropOf(line string) (*wire.DropLine, error) {
	if line == "" {
		return nil, nil
	}
	l, err := parseDropLine(line)
	if err != nil {
		return nil, cli.WithHint(err, "--drop takes the drop's line that tamizdat-drop init printed")
	}
	return &l, nil
}

// many collects a flag that may be given several times.
func many(fs *flag.FlagSet, name string, into *[]string) {
	fs.Func(name, "", func(s string) error { *into = append(*into, s); return nil })
}

func (p *program) runRenew(ctx context.Context, env *cli.Env, args []string) error {
	o := &options{}
	if _, err := o.parse(env, o.flags("renew"), args, 0, 0); err != nil {
		return err
	}
	return p.with(ctx, env, o, func(d *desk.Desk) error {
		if err := d.RenewKeys(ctx); err != nil {
			return err
		}
		s := d.Status()
		env.Printf("Your keys are at the drop until %s.\n", date(s.KeysUntil))
		env.Printf("%s\n", rosterLine(s, p.now()))
		return nil
	})
}
