// SPDX-License-Identifier: Apache-2.0

package presscmd

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tamizdat/internal/cli"
	"tamizdat/internal/durable"
	"tamizdat/press"
	"tamizdat/press/tlog"
)

// folder is a press on disk: policy.txt (log key, witnesses and their
// addresses), log/, editions/<hash>/, proofs/, site/, key/.
type folder struct {
	dir     string
	policy  tlog.Policy
	log     *tlog.Log
	key     tlog.LogKey
	genesis tlog.Genesis
	entries []tlog.Entry
	editors []press.Editor // in force for the next entry
}

func openFolder(dir string) (*folder, error) {
	if dir == "" {
		return nil, cli.Usagef("which press? give --dir")
	}
	b, err := os.ReadFile(filepath.Join(dir, "policy.txt"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, cli.WithHint(fmt.Errorf("%s is not the folder of a press", dir), "found one with: tamizdat press init")
	}
	if err != nil {
		return nil, err
	}
	f := &folder{dir: dir}
	if f.policy, err = tlog.ParsePolicy(b); err != nil {
		return nil, err
	}
	if len(f.policy.Logs()) != 1 {
		return nil, errors.New("the press's policy.txt must name exactly one log, its own")
	}
	f.key = f.policy.Logs()[0]
	if f.log, err = tlog.Open(filepath.Join(dir, "log"), f.key); err != nil {
		return nil, err
	}
	if err := f.replay(); err != nil {
		return nil, errors.Join(err, f.log.Close())
	}
	return f, nil
}

// replay reads the log from its first entry and finds the rules in force.
func (f *folder) replay() error {
	f.entries, f.editors = nil, nil
	for i, leaf := range f.log.Entries() {
		e, err := tlog.ParseEntry(leaf)
		if err != nil {
			return fmt.Errorf("entry %d of the log: %w", i, err)
		}
		switch {
		case e.Genesis != nil:
			f.genesis = *e.Genesis
			f.editors, err = tlog.ParseEditors(e.Genesis.Editors)
		case e.Key != nil:
			f.editors, err = tlog.ApplyKey(f.editors, f.genesis.Threshold, *e.Key)
		case !e.Known():
			err = fmt.Errorf("its type %q is newer than this program", e.Type)
		}
		if err != nil {
			return fmt.Errorf("entry %d of the log: %w", i, err)
		}
		f.entries = append(f.entries, e)
	}
	return nil
}

// lastDay is the day of the newest entry; none may be older.
func (f *folder) lastDay() string {
	if len(f.entries) == 0 {
		return ""
	}
	return f.entries[len(f.entries)-1].Published()
}

// taken is an edition that was checked and kept. index is -1 until it is in
// the log.
type taken struct {
	edition press.Edition
	signOff press.SignOffs
	salt    tlog.Salt
	index   int64
}

func (f *folder) editionDir(e press.Edition) string {
	return filepath.Join(f.dir, "editions", e.Hash().String())
}

// keep stores an edition with a fresh salt. The edition is written last: its
// presence means that all is there.
func (f *folder) keep(e press.Edition, s press.SignOffs, salt tlog.Salt) error {
	dir := f.editionDir(e)
	if err := durable.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := durable.WriteFile(filepath.Join(dir, "salt"), salt[:], 0o600); err != nil {
		return err
	}
	return durable.WriteFile(filepath.Join(dir, "edition"), press.FormatFile(e, s), 0o600)
}

// kept reads all editions that were taken, logged ones first in the order of
// the log, then the rest by series and number.
func (f *folder) kept() ([]taken, error) {
	dirs, err := os.ReadDir(filepath.Join(f.dir, "editions"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var list []taken
	for _, d := range dirs {
		t, err := f.readKept(filepath.Join(f.dir, "editions", d.Name()))
		if errors.Is(err, fs.ErrNotExist) {
			continue // a take that was killed; it was never acknowledged
		}
		if err != nil {
			return nil, fmt.Errorf("the kept edition %s: %w", d.Name(), err)
		}
		list = append(list, t)
	}
	slices.SortFunc(list, compareTaken)
	return list, nil
}

func compareTaken(a, b taken) int {
	if (a.index < 0) != (b.index < 0) {
		return int(min(b.index, 0) - min(a.index, 0)) // logged ones first
	}
	if a.index != b.index {
		return int(a.index - b.index)
	}
	x, y := a.edition.Draft(), b.edition.Draft()
	if c := strings.Compare(x.Published+x.Series, y.Published+y.Series); c != 0 {
		return c
	}
	if x.Number != y.Number {
		return x.Number - y.Number
	}
	return strings.Compare(string(x.Kind), string(y.Kind)) // letter before translation
}

func (f *folder) readKept(dir string) (taken, error) {
	b, err := os.ReadFile(filepath.Join(dir, "edition"))
	if err != nil {
		return taken{}, err
	}
	salt, err := os.ReadFile(filepath.Join(dir, "salt"))
	if err == nil && len(salt) != tlog.SaltSize {
		err = fmt.Errorf("%d bytes instead of %d", len(salt), tlog.SaltSize)
	}
	if err != nil {
		return taken{}, fmt.Errorf("its salt is missing or damaged, restore it from a copy: %v", err)
	}
	e, s, err := press.ParseFile(b)
	if err != nil {
		return taken{}, err
	}
	t := taken{edition: e, signOff: s, salt: tlog.Salt(salt), index: -1}
	hash := tlog.ContentHash(t.salt, e.Bytes())
	for i, entry := range f.entries {
		if entry.Letter != nil && entry.Letter.Edition == hash {
			t.index = int64(i)
		}
	}
	return t, nil
}

func (f *folder) proofPath(i int64) string {
	return filepath.Join(f.dir, "proofs", fmt.Sprintf("%d.tlog-proof", i))
}
