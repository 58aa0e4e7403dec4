// SPDX-License-Identifier: Apache-2.0

package casecmd

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"

	"tamizdat/claim"
	"tamizdat/internal/cli"
)

// runLoad reads a case, tells what is in it, and adds it to a log.
func (p *program) runLoad(ctx context.Context, env *cli.Env, args []string) error {
	var o options
	fs := o.writing("load")
	into := fs.String("into", "", "")
	var leave []string
	fs.Func("leave-out", "", func(s string) error { leave = append(leave, s); return nil })
	if p.register != nil {
		return p.loadShared(env, &o, fs, args, &leave)
	}
	f, err := p.read(ctx, env, &o, fs, args, 1, 1)
	if err != nil {
		return err
	}
	if *into != "" {
		if err := p.needsName(&o); err != nil {
			return err
		}
		if f, err = p.loadInto(env, f, loading{into: *into, by: o.by, leave: leave}); err != nil {
			return err
		}
	} else if len(leave) > 0 {
		return cli.Usagef("--leave-out is for what is added to a log: --into LOG")
	}
	if o.json {
		return env.JSON(f.c)
	}
	printHoldings(env, &f.c)
	printProblems(env, f)
	return nil
}

// loading is where a case goes, who adds it, and which of its fields stay behind.
type loading struct {
	into, by string
	leave    []string // as ID.FIELD
	shared   bool     // into a register in which everybody signs for themselves
}

// loadShared takes what a file holds into a shared register. All of it becomes the
// word of who loads it; what somebody else would have to sign is left out.
func (p *program) loadShared(env *cli.Env, o *options, fs *flag.FlagSet, args []string, leave *[]string) error {
	if err := o.parse(fs, args, 2, 2); err != nil {
		return err
	}
	if err := p.needsName(o); err != nil {
		return err
	}
	if fs.Lookup("into").Value.String() != "" {
		return cli.Usagef("a desk has one register; --into is for files")
	}
	from, err := openFile(env, o.words[1])
	if err != nil {
		return err
	}
	f, err := p.loadInto(env, from, loading{into: registerName, by: o.by, leave: *leave, shared: true})
	if err != nil {
		return err
	}
	if o.json {
		return env.JSON(f.c)
	}
	printHoldings(env, &f.c)
	printProblems(env, f)
	return nil
}

// loadInto adds what a case holds to a log; the name of the log's own case stays.
func (p *program) loadInto(env *cli.Env, from *file, l loading) (*file, error) {
	var s search
	var left, signed []string
	f, err := p.change(env, l.into, l.by, func(f *file) ([]claim.Change, error) {
		all, err := things(from.c)
		if err != nil {
			return nil, err
		}
		if l.shared {
			all, signed = signable(all, l.by)
		}
		s = search{file: f, at: p.now()}
		s.changes, left, err = leaveOut(all, l.leave)
		return s.changes, err
	})
	if refusal, ok := errors.AsType[claim.Refusal](err); ok {
		err = cli.WithHint(err, l.hints(from.path, s.wayOut(refusal))...)
	}
	if err != nil {
		return nil, fmt.Errorf("nothing was added: %w", err)
	}
	for _, what := range slices.Concat(left, signed) {
		env.Notef("left out: %s. It still stands in %s.\n", what, from.path)
	}
	return f, nil
}

// hints tell how to load all but what the rules refuse.
func (l loading) hints(path string, fields []string) []string {
	if len(fields) == 0 {
		return nil
	}
	command := []string{"tamizdat case load", word(path), "--into", word(l.into), "--by", word(l.by)}
	if l.shared {
		command = []string{"tamizdat desk case load", word(path)}
	}
	for _, name := range slices.Concat(l.leave, fields) {
		command = append(command, "--leave-out", word(name))
	}
	return []string{"to load the rest without it: " + strings.Join(command, " ")}
}
