// SPDX-License-Identifier: Apache-2.0

package presscmd

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"tamizdat/internal/cli"
	"tamizdat/press"
	"tamizdat/press/tlog"
	"tamizdat/press/tlog/signer"
	"tamizdat/press/tlog/witness"
)

// maxAge is how many days after its printed date an edition may still go to
// print: a record that can be dated back at will is worth nothing (peers G-2).
const maxAge = 7 * 24 * time.Hour

// openPress is a folder with its key unlocked.
type openPress struct {
	*folder
	program
	signer *signer.Key
	http   *http.Client
}

func (p program) withOpenPress(ctx context.Context, env *cli.Env, verb string, args []string, do func(*openPress, context.Context, *cli.Env) error) error {
	var f openFlags
	arg, err := flags("press "+verb, args, f.define)
	if err != nil {
		return err
	}
	if arg != "" || f.dir == "" {
		return cli.Usagef("press %s needs --dir and no argument", verb)
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
	return do(o, ctx, env)
}

func (p program) openPress(env *cli.Env, f openFlags, passphrase string) (*openPress, error) {
	client, err := newClient(f.socks)
	if err != nil {
		return nil, err
	}
	folder, err := openFolder(f.dir)
	if err != nil {
		return nil, err
	}
	key, err := signer.Open(keyFolder(f.dir, f.keyDir), passphrase)
	if err != nil {
		return nil, errors.Join(err, folder.log.Close())
	}
	o := &openPress{folder: folder, program: p, signer: key, http: client}
	if key.Public() != folder.key {
		o.close(env)
		return nil, errors.New("the key folder belongs to another press")
	}
	return o, nil
}

func newClient(socks string) (*http.Client, error) {
	t := &http.Transport{Proxy: nil}
	if socks != "" {
		if strings.ContainsAny(socks, "/@ ") {
			return nil, cli.Usagef("--socks is HOST:PORT")
		}
		t.Proxy = http.ProxyURL(&url.URL{Scheme: "socks5h", Host: socks})
	}
	noRedirect := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &http.Client{Transport: t, CheckRedirect: noRedirect}, nil
}

func (o *openPress) close(env *cli.Env) {
	if err := errors.Join(o.signer.Close(), o.log.Close()); err != nil {
		env.Notef("note: %v\n", err)
	}
}

// publish logs what was taken, asks the witnesses and prints the site. Each
// step finds what an earlier, killed run has done.
func (o *openPress) publish(ctx context.Context, env *cli.Env) error {
	if err := o.finishPending(env); err != nil {
		return err
	}
	if err := o.logTaken(env); err != nil {
		return err
	}
	return o.cosignAndPrint(ctx, env)
}

func (o *openPress) cosign(ctx context.Context, env *cli.Env) error {
	if err := o.finishPending(env); err != nil {
		return err
	}
	return o.cosignAndPrint(ctx, env)
}

func (o *openPress) finishPending(env *cli.Env) error {
	n, err := o.log.Pending()
	if err != nil || n == 0 {
		return errors.Join(err, o.log.Finish(o.signer))
	}
	if err := o.log.Finish(o.signer); err != nil {
		return err
	}
	env.Notef("An earlier run was cut off; its %d entries are in the log now.\n", n)
	return o.replay()
}

func (o *openPress) logTaken(env *cli.Env) error {
	have, err := o.kept()
	if err != nil {
		return err
	}
	var entries []tlog.Entry
	for _, t := range have {
		if t.index >= 0 {
			continue
		}
		e, err := o.entryFor(t)
		if err != nil {
			return cli.WithHint(fmt.Errorf("%s cannot be printed: %w", t.edition.Name(), err),
				"to print the others without it, move "+o.editionDir(t.edition)+" away")
		}
		env.Notef("Logged as entry %d: %s, %s.\n", o.log.Size()+int64(len(entries)), t.edition.Name(), e.Type)
		entries = append(entries, e)
	}
	if len(entries) == 0 {
		env.Notef("Nothing new was taken; the log stays at %d entries.\n", o.log.Size())
		return nil
	}
	if err := o.log.Append(o.signer, entries...); err != nil {
		return err
	}
	return o.replay()
}

// entryFor checks an edition once more and makes its entry.
func (o *openPress) entryFor(t taken) (tlog.Entry, error) {
	if _, err := o.checkEdition(t.edition, t.signOff); err != nil {
		return tlog.Entry{}, err
	}
	d := t.edition.Draft()
	if err := o.checkDay(d.Published); err != nil {
		return tlog.Entry{}, err
	}
	kind := tlog.TypeLetter
	if d.Kind == press.KindTranslation {
		kind = tlog.TypeTranslation
	}
	return tlog.NewLetter(kind, tlog.Letter{
		Series: d.Series, Number: d.Number, Revision: d.Revision, Langs: d.Langs(),
		Newsroom: o.genesis.Newsroom, Notice: o.genesis.Notice,
		Edition: tlog.ContentHash(t.salt, t.edition.Bytes()), SignOff: tlog.SignOffHash(t.signOff.Bytes()),
		Published: d.Published,
	})
}

func (o *openPress) checkDay(published string) error {
	day, err := press.ParseDay(published)
	if err != nil {
		return err
	}
	remedy := "freeze it again with today's date, and have it signed anew"
	switch {
	case day.After(o.now()):
		return fmt.Errorf("it is dated %s, which has not come; publish on that day, or %s", published, remedy)
	case o.now().Sub(day) > maxAge+24*time.Hour:
		return fmt.Errorf("it is dated %s, more than a week ago; %s", published, remedy)
	case published < o.lastDay():
		return fmt.Errorf("it is dated %s, but the log already has an entry of %s; %s", published, o.lastDay(), remedy)
	}
	return nil
}

func (o *openPress) cosignAndPrint(ctx context.Context, env *cli.Env) error {
	o.askWitnesses(ctx, env)
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := o.print(); err != nil {
		return err
	}
	return o.tell(env)
}

// askWitnesses collects what cosignatures it can. Publishing does not wait for
// witnesses: being there comes before being pure, and the page says which.
func (o *openPress) askWitnesses(ctx context.Context, env *cli.Env) {
	for _, w := range o.policy.Witnesses() {
		if w.URL == "" || o.hasCosigned(w) {
			continue
		}
		line, err := witness.Cosign(ctx, witness.Client{URL: w.URL, HTTP: o.http}, w.Key, o.log, o.now())
		if err == nil {
			err = o.log.AddCosignatures(line)
		}
		if err != nil {
			env.Notef("The witness %s did not cosign: %v\n", w.Key.Name(), err)
			continue
		}
		env.Notef("Cosigned by %s.\n", w.Key.Name())
	}
}

func (o *openPress) hasCosigned(w tlog.PolicyWitness) bool {
	cp, _ := o.log.Checkpoint()
	v, _, err := o.policy.JudgeCheckpoint(cp.Bytes(), o.now())
	if err != nil {
		return false
	}
	for _, c := range v.Cosignatures {
		if c.Witness == w.Key.Name() {
			return true
		}
	}
	return false
}

// tell says what the reader will be told.
func (o *openPress) tell(env *cli.Env) error {
	cp, _ := o.log.Checkpoint()
	v, _, err := o.policy.JudgeCheckpoint(cp.Bytes(), o.now())
	if err != nil {
		return err
	}
	env.Printf("%d entries, %s\n", v.Size, v)
	if !v.Accepted {
		env.Notef("Too few witnesses have seen this. It is published, and every page says so.\n"+
			"Ask again when they can be reached: tamizdat press cosign --dir %s\n", o.dir)
	}
	env.Notef("The site is in %s. Check it with: tamizdat-verify site %s --policy %s\n",
		filepath.Join(o.dir, "site"), filepath.Join(o.dir, "site"), filepath.Join(o.dir, "policy.txt"))
	return nil
}
