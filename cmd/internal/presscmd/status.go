// SPDX-License-Identifier: Apache-2.0

package presscmd

import (
	"context"
	"errors"
	"flag"

	"tamizdat/internal/cli"
	"tamizdat/press/tlog"
)

func (p program) runStatus(_ context.Context, env *cli.Env, args []string) error {
	var dir string
	arg, err := flags("press status", args, func(fl *flag.FlagSet) { fl.StringVar(&dir, "dir", "", "") })
	if err != nil {
		return err
	}
	if arg != "" {
		return cli.Usagef("press status needs only --dir")
	}
	f, err := openFolder(dir)
	if err != nil {
		return err
	}
	return errors.Join(p.status(env, f), f.log.Close())
}

func (p program) status(env *cli.Env, f *folder) error {
	cp, ok := f.log.Checkpoint()
	if !ok {
		return cli.WithHint(errors.New("the founding of this press was cut off"), "remove the folder and run press init again")
	}
	v, _, err := f.policy.JudgeCheckpoint(cp.Bytes(), p.now())
	if err != nil {
		return err
	}
	env.Printf("%s\nlog    %s\nkey    %s\n", f.genesis.Newsroom, f.key.Origin(), f.key)
	env.Printf("state  %d entries, %s\n", v.Size, v)
	for _, c := range v.Cosignatures {
		env.Printf("seen   by %s on %s\n", c.Witness, c.Time.Format("2006-01-02 15:04 MST"))
	}
	for _, e := range f.editors {
		env.Printf("editor %s\n", e)
	}
	env.Printf("rule   %d of %d editors sign; %d of %d witnesses\n", f.genesis.Threshold, len(f.editors), f.genesis.Quorum, v.Of)
	return f.listKept(env)
}

func (f *folder) listKept(env *cli.Env) error {
	have, err := f.kept()
	if err != nil {
		return err
	}
	for _, t := range have {
		d := t.edition.Draft()
		if t.index < 0 {
			env.Printf("taken  %s revision %d (%s), not yet published\n", t.edition.Name(), d.Revision, d.Kind)
			continue
		}
		env.Printf("logged %s revision %d (%s), entry %d\n", t.edition.Name(), d.Revision, d.Kind, t.index)
	}
	if n, err := f.log.Pending(); err != nil || n > 0 {
		env.Printf("unfinished: %d entries; the next publish completes them\n", n)
		return err
	}
	return nil
}

func (p program) runKey(ctx context.Context, env *cli.Env, args []string) error {
	var f openFlags
	var add, revoke string
	arg, err := flags("press key", args, func(fl *flag.FlagSet) {
		f.define(fl)
		fl.StringVar(&add, "add", "", "")
		fl.StringVar(&revoke, "revoke", "", "")
	})
	if err != nil {
		return err
	}
	if arg != "" || f.dir == "" || (add == "") == (revoke == "") {
		return cli.Usagef("press key needs --dir and one of --add and --revoke")
	}
	passphrase, err := env.Secret("Passphrase of the log's key: ")
	if err != nil {
		return err
	}
	o, err := p.openPress(env, f, passphrase)
	if err != nil {
		return err
	}
	defer o.close(env)
	change := tlog.KeyChange{Action: "add", Role: "editor", VKey: add, Published: p.today()}
	if revoke != "" {
		change.Action, change.VKey = "revoke", revoke
	}
	return o.changeKey(ctx, env, change)
}

// changeKey logs the change. What was signed before stays good; what waits for
// printing is checked again under the new list.
func (o *openPress) changeKey(ctx context.Context, env *cli.Env, change tlog.KeyChange) error {
	if err := o.finishPending(env); err != nil {
		return err
	}
	if _, err := tlog.ApplyKey(o.editors, o.genesis.Threshold, change); err != nil {
		return err
	}
	entry, err := tlog.NewKeyChange(change)
	if err != nil {
		return err
	}
	if err := o.log.Append(o.signer, entry); err != nil {
		return err
	}
	if err := o.replay(); err != nil {
		return err
	}
	return o.cosignAndPrint(ctx, env)
}
