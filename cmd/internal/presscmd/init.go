// SPDX-License-Identifier: Apache-2.0

package presscmd

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"tamizdat/internal/cli"
	"tamizdat/internal/durable"
	"tamizdat/press/tlog"
	"tamizdat/press/tlog/signer"
)

// list is a flag that may be given several times.
type list []string

func (l *list) String() string     { return strings.Join(*l, " ") }
func (l *list) Set(s string) error { *l = append(*l, s); return nil }

type initFlags struct {
	dir, keyDir, origin, name, notice string
	editors, witnesses                list
	threshold, quorum                 int
}

func (p program) runInit(ctx context.Context, env *cli.Env, args []string) error {
	var f initFlags
	arg, err := flags("press init", args, f.define)
	if err != nil {
		return err
	}
	if arg != "" || f.dir == "" || f.origin == "" || f.name == "" || len(f.editors) == 0 {
		return cli.Usagef("press init needs --dir, --origin, --name and at least one --editor")
	}
	witnesses, err := parseWitnesses(f.witnesses)
	if err != nil {
		return err
	}
	genesis, err := f.genesis(witnesses, p.today())
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(f.dir, "policy.txt")); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(err, fmt.Errorf("there is a press in %s already", f.dir))
	}
	warnAboutSize(env, f.threshold, len(f.editors))
	passphrase, err := newPassphrase(env)
	if err != nil {
		return err
	}
	if err := p.found(ctx, env, f, genesis, witnesses, passphrase); err != nil {
		return err
	}
	return nil
}

func (f *initFlags) define(fl *flag.FlagSet) {
	fl.StringVar(&f.dir, "dir", "", "")
	fl.StringVar(&f.keyDir, "key-dir", "", "")
	fl.StringVar(&f.origin, "origin", "", "")
	fl.StringVar(&f.name, "name", "", "")
	fl.StringVar(&f.notice, "notice", "", "")
	fl.Var(&f.editors, "editor", "")
	fl.Var(&f.witnesses, "witness", "")
	fl.IntVar(&f.threshold, "threshold", 0, "")
	fl.IntVar(&f.quorum, "quorum", -1, "")
}

// genesis fills the defaults: two editors where there are two, and a majority
// of the witnesses.
func (f *initFlags) genesis(witnesses []tlog.PolicyWitness, today string) (tlog.Entry, error) {
	if f.threshold == 0 {
		f.threshold = min(2, len(f.editors))
	}
	if f.quorum < 0 {
		f.quorum = 0
		if len(witnesses) > 0 {
			f.quorum = len(witnesses)/2 + 1
		}
	}
	g := tlog.Genesis{
		Origin: f.origin, Newsroom: f.name, Notice: f.notice, Editors: f.editors,
		Threshold: f.threshold, Quorum: f.quorum, Published: today,
	}
	for _, w := range witnesses {
		g.Witnesses = append(g.Witnesses, w.Key.String())
	}
	return tlog.NewGenesis(g)
}

func parseWitnesses(args []string) ([]tlog.PolicyWitness, error) {
	var out []tlog.PolicyWitness
	for i, a := range args {
		vkey, url, ok := strings.Cut(a, "=")
		if !ok || !(strings.HasPrefix(url, "http://") || strings.HasPrefix(url, "https://")) {
			return nil, cli.Usagef("--witness is VKEY=URL, the URL beginning with http:// or https://")
		}
		key, err := tlog.ParseWitness(vkey)
		if err != nil {
			return nil, err
		}
		out = append(out, tlog.PolicyWitness{Name: fmt.Sprintf("w%d", i+1), Key: key, URL: url})
	}
	return out, nil
}

func warnAboutSize(env *cli.Env, threshold, editors int) {
	if threshold < 2 {
		env.Notef("WARNING: one signature will be enough to print. Whoever takes that one key can publish in your name.\n" +
			"Ask somebody outside to be a second editor as soon as you can.\n")
	}
	if threshold == editors && editors > 1 {
		env.Notef("Note: all %d editors must sign. If one of them is lost, nothing can be printed until the press is founded anew.\n", editors)
	}
}

func newPassphrase(env *cli.Env) (string, error) {
	first, err := env.Secret("Passphrase for the log's key: ")
	if err != nil {
		return "", err
	}
	second, err := env.Secret("The same once more: ")
	if err != nil {
		return "", err
	}
	if first != second {
		return "", errors.New("the two passphrases are not the same; nothing was made")
	}
	return first, nil
}

func (p program) found(ctx context.Context, env *cli.Env, f initFlags, genesis tlog.Entry, witnesses []tlog.PolicyWitness, passphrase string) error {
	keyDir := keyFolder(f.dir, f.keyDir)
	key, err := signer.Create(keyDir, f.origin, passphrase, signer.DefaultCost(), rand.Reader)
	if err != nil {
		return cli.WithHint(err, "if an earlier founding was cut off, remove "+f.dir+" and begin again")
	}
	if err := durable.MkdirAll(f.dir, 0o700); err != nil {
		return err
	}
	policy := tlog.FormatPolicy(key, witnesses, f.quorum)
	if err := durable.WriteFile(filepath.Join(f.dir, "policy.txt"), policy, 0o644); err != nil {
		return err
	}
	o, err := p.openPress(env, openFlags{dir: f.dir, keyDir: f.keyDir}, passphrase)
	if err != nil {
		return err
	}
	defer o.close(env)
	if err := o.log.Append(o.signer, genesis); err != nil {
		return err
	}
	if err := o.replay(); err != nil {
		return err
	}
	if err := o.print(); err != nil {
		return err
	}
	env.Printf("%s\n", key)
	env.Notef("This is the key of your log. Give it to your witnesses (tamizdat witness trust) and to readers.\n"+
		"The press is founded in %s; its site is in %s. Ask for the first cosignature with: tamizdat press cosign --dir %s\n",
		f.dir, filepath.Join(f.dir, "site"), f.dir)
	return ctx.Err()
}

func keyFolder(dir, keyDir string) string {
	if keyDir == "" {
		return filepath.Join(dir, "key")
	}
	return keyDir
}
