// SPDX-License-Identifier: Apache-2.0

package casecmd

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
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
	register *claim.Register
	raw      []byte
}

// openFile reads a case or a log. “-” is standard input.
func openFile(env *cli.Env, path string) (*file, error) {
	b, err := readFile(env, path)
	if err != nil {
		return nil, err
	}
	f := &file{path: path, raw: b}
	if isLog(b) {
		return f, f.parseLog()
	}
	if f.c, err = claim.ParseCase(b); err != nil {
		return nil, cli.WithHint(fmt.Errorf("%s: %w", path, err), "a case is a JSON file, or a log that tamizdat case new began")
	}
	return f, nil
}

func readFile(env *cli.Env, path string) ([]byte, error) {
	if path == "-" {
		return env.ReadAll()
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() // nothing was written
	b, err := io.ReadAll(io.LimitReader(f, claim.MaxCase+1))
	if err == nil && len(b) > claim.MaxCase {
		err = fmt.Errorf("%s is larger than any case", path)
	}
	return b, err
}

// isLog tells a log from a case by its first line.
func isLog(b []byte) bool {
	line, _, _ := bytes.Cut(b, []byte("\n"))
	var first struct {
		Actor *string `json:"actor"`
	}
	return json.Unmarshal(line, &first) == nil && first.Actor != nil
}

func (f *file) parseLog() error {
	f.register = claim.NewRegister()
	n := 0
	for line := range bytes.Lines(f.raw) {
		n++
		if !bytes.HasSuffix(line, []byte("\n")) {
			return f.broken(n, errors.New("the last line has no end; the machine may have stopped while it was written"))
		}
		e, err := claim.ParseEvent(bytes.TrimSuffix(line, []byte("\n")))
		if err != nil {
			return f.broken(n, err)
		}
		if err := f.register.Apply(e); err != nil {
			return f.broken(n, err)
		}
		f.log = append(f.log, e)
	}
	var err error
	f.c, err = f.register.Case()
	return err
}

func (f *file) broken(line int, err error) error {
	return cli.WithHint(fmt.Errorf("%s, line %d: %w", f.path, line, err),
		"the lines before it are whole; take them over into a new file if no other copy is there")
}

// change asks what is to change in the case as it stands, and writes all of it or
// nothing. The file that it gives is the one that was written.
func (p *program) change(env *cli.Env, path, by string, what func(*file) ([]claim.Change, error)) (*file, error) {
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
	if f.register == nil {
		return nil, cli.WithHint(fmt.Errorf("%s is a case that is only read", path),
			"make a log of it: tamizdat case new LOG --by NAME, then tamizdat case load "+path+" --into LOG --by NAME")
	}
	events, err := f.register.ProposeAll(by, p.now(), changes)
	if err != nil {
		return nil, err
	}
	if err := f.append(events); err != nil {
		return nil, err
	}
	return f, durable.WriteFile(path, f.raw, 0o600)
}

// append adds events to the log in memory.
func (f *file) append(events []claim.Event) error {
	for _, e := range events {
		if err := f.register.Apply(e); err != nil {
			return err
		}
		line, err := json.Marshal(e)
		if err != nil {
			return err
		}
		f.raw = append(append(f.raw, line...), '\n')
	}
	f.log = append(f.log, events...)
	var err error
	f.c, err = f.register.Case()
	return err
}

// lock keeps two commands from writing one file. The system does not release it
// when a command is killed, which is rare and is said.
func lock(path string) (unlock func(), err error) {
	name := path + ".lock"
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil, cli.WithHint(fmt.Errorf("another command is writing %s", path),
			"wait for it; if there is none, one was killed: remove "+name)
	}
	if err != nil {
		return nil, err
	}
	return func() { os.Remove(name) }, f.Close()
}

// writeNew writes a file that is not there yet.
func writeNew(path string, b []byte) error {
	err := durable.CreateFile(path, b, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return cli.WithHint(fmt.Errorf("%s is there already", path), "give another name")
	}
	return err
}
