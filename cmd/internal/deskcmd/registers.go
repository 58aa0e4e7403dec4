// SPDX-License-Identifier: Apache-2.0

package deskcmd

import (
	"errors"
	"fmt"
	"io/fs"
	"time"

	"tamizdat/claim"
	"tamizdat/claim/door"
	"tamizdat/desk"
	"tamizdat/internal/cli"
	"tamizdat/internal/durable"
)

// A logFile is a register that lies in a file, and is locked.
type logFile struct {
	path, by string
	book     *claim.Log
	unlock   func()
}

func holdLog(path, by string) (*logFile, error) {
	unlock, err := durable.Lock(path)
	if errors.Is(err, fs.ErrExist) {
		return nil, cli.WithHint(fmt.Errorf("another command is writing %s", path),
			"wait for it; if there is none, one was killed: remove "+durable.LockName(path))
	}
	if err != nil {
		return nil, err
	}
	book, err := openLog(path)
	if err != nil {
		unlock()
		return nil, err
	}
	return &logFile{path, by, book, unlock}, nil
}

func openLog(path string) (*claim.Log, error) {
	b, err := cli.ReadFile(path, claim.MaxCase)
	if err != nil {
		return nil, err
	}
	if !claim.IsLog(b) {
		return nil, cli.WithHint(fmt.Errorf("%s is no log", path), "make one of a case: tamizdat case new LOG --by NAME, then tamizdat case load CASE --into LOG --by NAME")
	}
	l, err := claim.ParseLog(b)
	if err != nil {
		return nil, fmt.Errorf("%s, %w", path, err)
	}
	return l, nil
}

func (l *logFile) standing() (*claim.Case, []claim.Conflict) {
	return &l.book.Case, l.book.Register.Conflicts()
}

func (l *logFile) me() string { return l.by }

// admit adds to the log in memory.
func (l *logFile) admit(changes []claim.Change, now time.Time) error {
	if err := door.Admit(l.book.Register, &l.book.Case, l.by, now, changes); err != nil {
		return err
	}
	return l.book.Add(l.by, now, changes)
}

func (l *logFile) keep([]claim.Change) error {
	return durable.WriteFile(l.path, l.book.Bytes(), 0o600)
}

func (l *logFile) mayLeave(string) error { return nil } // a file knows no source

func (l *logFile) free() { l.unlock() }

// A sharedRegister is what the desks share, while this desk is open.
type sharedRegister struct {
	d *desk.Desk
	c *desk.Claims
}

func openShared(d *desk.Desk) (*sharedRegister, error) {
	c, err := d.Claims()
	return &sharedRegister{d, c}, err
}

func (s *sharedRegister) standing() (*claim.Case, []claim.Conflict) {
	return &s.c.Case, s.c.Conflicts()
}

func (s *sharedRegister) me() string { return s.c.Person }

func (s *sharedRegister) admit(changes []claim.Change, now time.Time) error {
	return spokenRefusal(s.c, s.c.Admit(now, changes...))
}

func (s *sharedRegister) keep(changes []claim.Change) error { return s.d.Change(changes...) }

func (s *sharedRegister) mayLeave(text string) error {
	if name := s.c.Betrays(text); name != "" {
		return cli.WithHint(fmt.Errorf("a statement has “%s” in it, this desk's own name for a sender or a letter; nothing was made", name), "tamizdat desk case check tells where it stands")
	}
	return nil
}

func (s *sharedRegister) free() {}
