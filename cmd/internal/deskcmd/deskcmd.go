// SPDX-License-Identifier: Apache-2.0

// Package deskcmd is a journalist's desk in the terminal: it founds the
// newsroom, keeps watch over the drop, and lets a person read and answer.
// Call [Command].
//
// Every verb opens the desk's folder with its passphrase, does one thing and
// lets go. Only run stays; it holds the folder while it looks at the drop and
// lets go while it waits, so that the other verbs can work beside it. No verb
// holds the folder while it waits for a person: run could then not look or write
// in time, and the drop would see when somebody sits there.
//
// The passphrase is the first line of standard input where that is not a
// terminal. What strangers wrote is printed with everything invisible made
// visible, and after "| " where it has lines.
package deskcmd

import (
	"context"
	"errors"
	"flag"
	"sync"
	"time"

	"tamizdat/desk"
	"tamizdat/desk/vault"
	"tamizdat/internal/cli"
	"tamizdat/internal/tor"
)

// Command gives the verb "desk".
func Command() *cli.Command { return command(time.Now) }

func command(now func() time.Time) *cli.Command { return newProgram(now).command() }

func newProgram(now func() time.Time) *program {
	return &program{now: now, busyFor: 10 * time.Second, joinEvery: 10 * time.Second}
}

func (p *program) command() *cli.Command {
	return p.closing(&cli.Command{
		Name: "desk", Summary: "read and answer letters, run a newsroom", Usage: usage,
		Sub: []*cli.Command{
			{Name: "init", Summary: "set up this desk", Usage: initUsage, Run: p.runInit},
			{Name: "request", Summary: "write your request to be listed", Usage: requestUsage, Run: p.runRequest},
			{Name: "found", Summary: "draft a newsroom", Usage: foundUsage, Run: p.runFound},
			{Name: "sign", Summary: "look at a draft and sign it", Usage: signUsage, Run: p.runSign},
			{Name: "publish", Summary: "hand a signed draft to the drop", Usage: publishUsage, Run: p.runPublish},
			{Name: "join", Summary: "make a newsroom yours", Usage: joinUsage, Run: p.runJoin},
			{Name: "unlock", Summary: "give the desk that runs in the background its passphrase", Usage: unlockUsage, Run: p.runUnlock},
			{Name: "run", Summary: "keep watch until stopped", Usage: runUsage, Run: p.runRun},
			{Name: "sync", Summary: "look at the drop now", Usage: syncUsage, Run: p.runSync},
			{Name: "status", Summary: "how things stand", Usage: statusUsage, Run: p.runStatus},
			{Name: "list", Summary: "list the letters", Usage: listUsage, Run: p.runList},
			{Name: "read", Summary: "read a letter", Usage: readUsage, Run: p.runRead},
			{Name: "search", Summary: "find letters by their words", Usage: searchUsage, Run: p.runSearch},
			{Name: "save", Summary: "copy out the attachments of a letter", Usage: saveUsage, Run: p.runSave},
			{Name: "reply", Summary: "answer a letter", Usage: replyUsage, Run: p.runReply},
			{Name: "add", Summary: "take in a file that came by another way", Usage: addUsage, Run: p.runAdd},
			{Name: "note", Summary: "take in a note of what was said", Usage: noteUsage, Run: p.runNote},
			{Name: "items", Summary: "list, read and copy out what was taken in", Usage: itemsUsage, Run: p.runItems},
			{Name: "custody", Summary: "what was done with something that was taken in", Usage: custodyUsage, Run: p.runCustody},
			{Name: "threads", Summary: "who wrote, and what is to be done", Usage: threadsUsage, Run: p.runThreads},
			{Name: "thread", Summary: "what colleagues share about one sender", Sub: []*cli.Command{
				{Name: "set", Summary: "state, colleague, tags, days", Usage: threadUsage, Run: p.runThreadSet},
				{Name: "note", Summary: "add a note", Usage: threadUsage, Run: p.runThreadNote},
				{Name: "put", Summary: "put something that was taken in into it", Usage: threadUsage, Run: p.runThreadPut},
				{Name: "join", Summary: "take two senders for one hand", Usage: threadUsage, Run: p.runThreadJoin},
				{Name: "part", Summary: "take them apart again", Usage: threadUsage, Run: p.runThreadPart},
			}},
			{Name: "explain", Summary: "why desks found different things in a letter", Usage: explainUsage, Run: p.runExplain},
			{Name: "choices", Summary: "what waits for a choice", Usage: choicesUsage, Run: p.runChoices},
			{Name: "aside", Summary: "what counts for nobody until somebody takes it over", Usage: asideUsage, Run: p.runAside},
			{Name: "history", Summary: "what a newcomer, or one who was away, has missed", Sub: []*cli.Command{
				{Name: "make", Summary: "write it for a colleague", Usage: historyUsage, Run: p.runHistoryMake},
				{Name: "take", Summary: "take it in", Usage: historyUsage, Run: p.runHistoryTake},
			}},
			{Name: "export", Summary: "write a thread into an archive", Usage: exportUsage, Run: p.runExport},
			p.deskCase(),
			{Name: "renew", Summary: "make and post the keys that are due", Usage: renewUsage, Run: p.runRenew},
			{Name: "roster", Summary: "change who belongs", Sub: []*cli.Command{
				{Name: "propose", Summary: "draft the next roster", Usage: proposeUsage, Run: p.runPropose},
			}},
			{Name: "leaving", Summary: "what somebody who leaves still has", Usage: leavingUsage, Run: p.runLeaving},
			{Name: "editors", Summary: "show the editors' keys", Usage: editorsUsage, Run: p.runEditors},
			{Name: "edition", Summary: "prepare what is to be printed", Sub: []*cli.Command{
				{Name: "make", Summary: "freeze a letter with its translation", Usage: editionUsage, Run: p.runMake},
				{Name: "sign", Summary: "sign an edition off", Usage: editionUsage, Run: p.runSignOff},
				{Name: "check", Summary: "what has changed behind its statements", Usage: editionUsage, Run: p.runEditionCheck},
			}},
			{Name: "contact", Summary: "make the page and cards that tell sources how to write", Usage: contactUsage, Run: p.runContact},
			{Name: "passphrase", Summary: "change the passphrase", Usage: passphraseUsage, Run: p.runPassphrase},
			{Name: "shares", Summary: "papers of which so many set a new passphrase", Sub: []*cli.Command{
				{Name: "make", Summary: "make them and print them", Usage: sharesUsage, Run: p.runShares},
				{Name: "check", Summary: "try one", Usage: sharesUsage, Run: p.runCheckShare},
			}},
			{Name: "backup", Summary: "write an encrypted copy of this desk", Usage: backupUsage, Run: p.runBackup},
			{Name: "restore", Summary: "make a desk of a backup", Usage: restoreUsage, Run: p.runRestore},
			{Name: "restored", Summary: "say that this folder came back from a copy", Usage: restoredUsage, Run: p.runRestored},
		},
	})
}

// program holds what the verbs share.
type program struct {
	now       func() time.Time
	params    vault.Params  // costs of a passphrase that is set; zero: to be measured
	busyFor   time.Duration // how long a round that is due waits for the folder
	joinEvery time.Duration // how often a desk that runs without a newsroom looks for one
	clocks    clocks        // nil for this machine's
	tick      time.Duration // how often a desk that waits looks whether to lock; zero for lookTick

	torOnce sync.Once
	tor     *tor.Finder // nil before something is to be reached
}

// options are the flags that most verbs have.
type options struct {
	dir, socks string
	json       bool
	fetch      int // MiB of attachments a day
	config     cli.Config

	passphrase string // after it was asked for
}

// flags begins a verb's flags with those that all share.
func (o *options) flags(name string) *flag.FlagSet {
	fs := flag.NewFlagSet(name, flag.ContinueOnError)
	fs.StringVar(&o.dir, "dir", "", "")
	fs.StringVar(&o.socks, "socks", "", "")
	fs.BoolVar(&o.json, "json", false, "")
	o.config.Flag(fs)
	return fs
}

// outFlag adds the file to write, by its long and its short name.
func outFlag(fs *flag.FlagSet) *string {
	out := fs.String("out", "", "")
	fs.StringVar(out, "o", "", "")
	return out
}

// parse reads flags and arguments in any order, and what the configuration file
// adds. It wants between least and most arguments.
func (o *options) parse(env *cli.Env, fs *flag.FlagSet, args []string, least, most int) ([]string, error) {
	var words []string
	for {
		if err := cli.ParseFlags(fs, args); err != nil {
			return nil, err
		}
		if fs.NArg() == 0 {
			break
		}
		words, args = append(words, fs.Arg(0)), fs.Args()[1:]
	}
	switch {
	case len(words) < least:
		return nil, cli.Usagef("an argument is missing")
	case len(words) > most:
		return nil, cli.Usagef("%q is one argument too many", words[most])
	}
	return words, o.configure(env, fs)
}

func (p *program) options(ctx context.Context, env *cli.Env, o *options) desk.Options {
	return desk.Options{Now: p.now, Params: p.params, Connect: p.connect(ctx, env, o), Fetch: o.fetch}
}

// costs are those of a passphrase that is set now.
func (p *program) costs() vault.Params {
	if p.params == (vault.Params{}) {
		return vault.MeasureParams(vault.Took)
	}
	return p.params
}

// patience is how long a verb waits for the folder. A desk that runs holds it for
// a round, which over Tor can take minutes where circuits do not come; whoever
// waits is told so.
const (
	patience  = 10 * time.Minute
	forEver   = time.Duration(1<<63 - 1)
	lookAgain = 50 * time.Millisecond
)

// open asks for the passphrase and opens the desk. While a running desk looks
// at the drop the folder is taken for a moment; then it waits.
func (p *program) open(ctx context.Context, env *cli.Env, o *options) (*desk.Desk, error) {
	if o.passphrase == "" {
		var err error
		if o.passphrase, err = askPassphrase(env); err != nil {
			return nil, err
		}
	}
	d, err := waitFor(ctx, env, patience, func() (*desk.Desk, error) { return desk.Open(o.dir, o.passphrase, p.options(ctx, env, o)) })
	if _, none := vault.GatherShares(o.dir); errors.Is(err, vault.ErrPassphrase) && none == nil {
		err = cli.WithHint(err, "with recovery shares you can set another: tamizdat desk passphrase --shares")
	}
	return d, explain(err)
}

func askPassphrase(env *cli.Env) (string, error) { return env.Secret("Passphrase of this desk: ") }

// waitFor opens a desk as soon as its folder is free, or gives up after limit
// with vault.ErrInUse. It says that it waits unless env is nil.
func waitFor(ctx context.Context, env *cli.Env, limit time.Duration, open func() (*desk.Desk, error)) (*desk.Desk, error) {
	start, told := time.Now(), false
	for {
		d, err := open()
		if !errors.Is(err, vault.ErrInUse) || time.Since(start) > limit {
			return d, err
		}
		if !told && time.Since(start) > 3*time.Second && env != nil {
			env.Notef("waiting for the desk that runs in this folder\n")
			told = true
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(lookAgain):
		}
	}
}

// with opens the desk, does one thing and lets go.
func (p *program) with(ctx context.Context, env *cli.Env, o *options, do func(*desk.Desk) error) error {
	d, err := p.open(ctx, env, o)
	if err != nil {
		return err
	}
	return explain(errors.Join(do(d), d.Close()))
}

// asking is for a verb that needs a person in between: it opens the desk and
// looks, lets go of the folder while it asks, and opens it again to do what was
// agreed. What look saw may be otherwise by then; do must check it again.
func (p *program) asking(ctx context.Context, env *cli.Env, o *options, look func(*desk.Desk) error, ask func() error, do func(*desk.Desk) error) error {
	var key *vault.Key
	err := p.with(ctx, env, o, func(d *desk.Desk) error {
		key = d.Key()
		return look(d)
	})
	if err != nil {
		return err
	}
	if err := ask(); err != nil {
		return err
	}
	d, err := waitFor(ctx, env, patience, func() (*desk.Desk, error) { return desk.OpenWith(key, p.options(ctx, env, o)) })
	if err != nil {
		return explain(err)
	}
	return explain(errors.Join(do(d), d.Close()))
}

// nothing is for a verb that asks and has nothing to show from the desk.
func nothing(*desk.Desk) error { return nil }

// explain adds what a person can do.
func explain(err error) error {
	switch {
	case errors.Is(err, vault.ErrNone):
		return cli.WithHint(err, "tamizdat desk init --dir D --name NAME sets one up")
	case errors.Is(err, vault.ErrInUse):
		return cli.WithHint(err, "wait until it is done, or end it")
	case errors.Is(err, vault.ErrNoShares):
		return cli.WithHint(err, "tamizdat desk shares make")
	case errors.Is(err, desk.ErrBehind):
		return cli.WithHint(err, "tamizdat desk sync", "if the drop is gone for good: tamizdat desk restored --as-it-is")
	case errors.Is(err, vault.ErrDamaged):
		return cli.WithHint(err, "touch nothing in the folder; bring back a backup: tamizdat desk restore FILE DIR", "or another copy of the folder, and then say: tamizdat desk restored")
	case errors.Is(err, desk.ErrNoNewsroom):
		return cli.WithHint(err, "found one, or join one with: tamizdat desk join")
	}
	return err
}
