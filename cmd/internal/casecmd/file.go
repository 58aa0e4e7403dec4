// SPDX-License-Identifier: Apache-2.0

package casecmd

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"tamizdat/claim"
	"tamizdat/internal/cli"
	"tamizdat/internal/durable"
)

// file is a case file that was read: a case, and the log that made it, if it is
// one.
type file struct {
	path     string
	c        claim.Case
	log      []claim.Event // nil for a case that is JSON
	book     *claim.Log
	register *claim.Register
	raw      []byte
	shared   *Standing // where it is a register that colleagues share
}

// open gives the case that a verb works on: the file that its first word names, or
// the register that it was made for.
func (p *program) open(env *cli.Env, path string) (f *file, err error) {
	if p.register == nil {
		return openFile(env, path)
	}
	err = p.register.Use(func(h Held) error {
		f, err = openShared(h)
		return err
	})
	return f, err
}

// openFile reads a case or a log. “-” is standard input.
func openFile(env *cli.Env, path string) (*file, error) {
	b, err := env.ReadInput(path, claim.MaxCase)
	if err != nil {
		return nil, err
	}
	f := &file{path: path, raw: b}
	if claim.IsLog(b) {
		return f, f.parseLog()
	}
	if f.c, err = claim.ParseCase(b); err != nil {
		return nil, cli.WithHint(fmt.Errorf("%s: %w", path, err), "a case is a JSON file, or a log that tamizdat case new began")
	}
	return f, nil
}

func (f *file) parseLog() error {
	book, err := claim.ParseLog(f.raw)
	if err != nil {
		return cli.WithHint(fmt.Errorf("%s, %w", f.path, err),
			"the lines before it are whole; take them over into a new file if no other copy is there")
	}
	f.book, f.register = book, book.Register
	f.c, f.log = book.Case, book.Events
	return nil
}

// change asks what is to change in the case as it stands, and writes all of it or
// nothing. The file that it gives is the one that was written.
func (p *program) change(env *cli.Env, path, by string, what func(*file) ([]claim.Change, error)) (*file, error) {
	if p.register != nil {
		return p.changeShared(what)
	}
	if path == "-" {
		return nil, cli.Usagef("standard input cannot be written to; name the LOG")
	}
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target // the lock and what is written are the file's, whatever it is called
	}
	unlock, err := lock(path)
	if err != nil {
		return nil, err
	}
	defer unlock()
	f, err := openFile(env, path)
	if err != nil {
		return nil, err
	}
	changes, err := what(f)
	if err != nil {
		return nil, err
	}
	if err := f.needsLog(); err != nil {
		return nil, err
	}
	at := p.now()
	if err := f.admits(by, at, changes); err != nil {
		return nil, err
	}
	if err := f.book.Add(by, at, changes); err != nil {
		return nil, err
	}
	if err := readable(f.book.Bytes()); err != nil {
		return nil, err
	}
	f.c, f.log = f.book.Case, f.book.Events
	return f, durable.WriteFile(path, f.book.Bytes(), 0o600)
}

// readable refuses a log that [openFile] would refuse to open again.
func readable(log []byte) error {
	if len(log) <= claim.MaxCase {
		return nil
	}
	return cli.WithHint(fmt.Errorf("the log would have %d bytes, and none is read that has more than %d; nothing was written", len(log), claim.MaxCase),
		"begin another log for a part of it")
}

// needsLog refuses a case that is only read.
func (f *file) needsLog() error {
	if f.register != nil || f.shared != nil {
		return nil
	}
	return cli.WithHint(fmt.Errorf("%s is a case that is only read", f.path),
		"make a log of it: tamizdat case new LOG --name NAME --by NAME, then tamizdat case load "+word(f.path)+" --into LOG --by NAME")
}

// lock keeps two commands from writing one file.
func lock(path string) (unlock func(), err error) {
	unlock, err = durable.Lock(path)
	if errors.Is(err, fs.ErrExist) {
		return nil, cli.WithHint(fmt.Errorf("another command is writing %s", path),
			"wait for it; if there is none, one was killed: remove "+durable.LockName(path))
	}
	return unlock, err
}
