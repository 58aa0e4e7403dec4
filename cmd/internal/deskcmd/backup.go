// SPDX-License-Identifier: Apache-2.0

package deskcmd

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"tamizdat/desk"
	"tamizdat/desk/vault"
	"tamizdat/internal/cli"
)

func (p *program) runBackup(ctx context.Context, env *cli.Env, args []string) error {
	o := &options{}
	words, err := o.parse(env, o.flags("backup"), args, 1, 1)
	if err != nil {
		return err
	}
	file := words[0]
	if _, err := os.Lstat(file); err == nil {
		return cli.WithHint(fs.ErrExist, "name a file that is not there yet: a backup overwrites nothing")
	}
	return p.with(ctx, env, o, func(d *desk.Desk) error {
		if err := d.Backup(file); err != nil {
			return err
		}
		env.Printf("%s\n", file)
		env.Notef("It was read back and is whole. It opens with the passphrase of today")
		if r, err := d.Recovery(); err == nil {
			env.Notef(", or with %d of your %d recovery shares", r.Need, r.Shares)
		}
		env.Notef(".\nKeep it away from this machine. Old backups keep what you delete later: delete them too.\n")
		return nil
	})
}

func (p *program) runRestore(ctx context.Context, env *cli.Env, args []string) error {
	o := &options{}
	fl := o.flags("restore")
	shares := fl.Bool("shares", false, "")
	words, err := o.parse(env, fl, args, 1, 2)
	if err != nil {
		return err
	}
	if len(words) == 2 {
		o.dir = words[1]
	}
	f, err := os.Open(words[0])
	if err != nil {
		return err
	}
	defer f.Close()
	b, err := vault.OpenBackup(f)
	if err != nil {
		return err
	}
	defer b.Close()
	if desk.Exists(o.dir) {
		return explainRestore(vault.ErrExists)
	}
	if *shares {
		err = p.restoreWithShares(env, o, b)
	} else {
		err = p.restoreWithPassphrase(env, o, b)
	}
	if err != nil {
		return explainRestore(err)
	}
	return p.with(ctx, env, o, func(d *desk.Desk) error {
		sayRestored(env, d, o.dir)
		return nil
	})
}

func (p *program) restoreWithPassphrase(env *cli.Env, o *options, b *vault.Backup) (err error) {
	if o.passphrase, err = env.Secret("Passphrase of this desk when the backup was made: "); err != nil {
		return err
	}
	if err := b.Unlock([]byte(o.passphrase)); err != nil {
		return err
	}
	return b.Restore(o.dir, nil, vault.Params{})
}

func (p *program) restoreWithShares(env *cli.Env, o *options, b *vault.Backup) error {
	papers, err := b.Papers()
	if err != nil {
		return err
	}
	if err := gather(env, papers); err != nil {
		return err
	}
	if err := b.UnlockWith(papers); err != nil {
		return err
	}
	if o.passphrase, err = newPassphrase(env); err != nil {
		return err
	}
	return b.Restore(o.dir, []byte(o.passphrase), p.costs())
}

// sayRestored opens with what came back, and goes on with what did not.
func sayRestored(env *cli.Env, d *desk.Desk, dir string) {
	s := d.Status()
	env.Printf("The desk of %s is back in %s: %s, and your answers are numbered anew.\n", s.Name, dir, count(s.Letters, "letter", "letters"))
	if !d.Behind() {
		return
	}
	env.Notef("It shows them when it has looked at the drop once: tamizdat desk sync\n" +
		"Keys of the current weeks are in no backup: letters sealed to them, for up to three weeks from now, open on your colleagues' desks and not here.\n" +
		"The old laptop must not run again. If somebody else has it, have the two others replace you in the list of journalists.\n")
}

func explainRestore(err error) error {
	switch {
	case errors.Is(err, vault.ErrExists):
		return cli.WithHint(err, "name an empty folder, or one that is not there yet: tamizdat desk restore FILE DIR")
	case errors.Is(err, vault.ErrNoBackup):
		return cli.WithHint(err, "nothing was restored; try another copy of it, or an older one")
	case errors.Is(err, vault.ErrPassphrase):
		return cli.WithHint(err, "it is the one that the desk had when the backup was made; with recovery shares: --shares")
	case errors.Is(err, vault.ErrNoShares):
		return cli.WithHint(errors.New("no recovery shares had been made when the backup was"), "it opens only with the passphrase of then")
	}
	return err
}
