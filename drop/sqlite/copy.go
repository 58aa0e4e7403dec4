// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"tamizdat/drop/server"
)

// CopyState puts a copy of the state in the folder dir into the folder to, which
// has none: as it is at one moment, while another process may have the store
// open. The copy says that it holds, for at least the reason why: whoever starts a
// drop from it, however, does not seal on from a state that may have passed
// (spec/drop.md §11).
func CopyState(dir, to string, why server.Holding) (err error) {
	from, err := openToRead(dir)
	if err != nil {
		return err
	}
	path := filepath.Join(to, stateFile)
	if err := createPrivate(path); err != nil {
		return errors.Join(err, from.Close())
	}
	from.SetMaxOpenConns(1)
	_, err = from.Exec("PRAGMA query_only = OFF") // which the copy's file needs
	if err == nil {
		_, err = from.Exec("VACUUM INTO ?", path)
	}
	if err := errors.Join(full(err), from.Close()); err != nil {
		return fmt.Errorf("copying %s: %w", stateFile, err)
	}
	return markCopy(path, why)
}

func markCopy(path string, why server.Holding) error {
	db, err := openFile(path, stateSchema(), "secure_delete(ON)")
	if err != nil {
		return err
	}
	s := &Store{state: db, commit: (*sql.Tx).Commit}
	err = s.transact(func(tx *sql.Tx) error {
		had, err := holding(tx)
		if err != nil {
			return err
		}
		return hold(tx, max(had, why))
	})
	return errors.Join(err, db.Close()) // closing brings the log of writes into the file
}

// Complete makes the store in the folder dir, which nobody uses, complete in its
// files: what a process that was killed left in logs of writes comes into them.
func Complete(ctx context.Context, dir string) error {
	s, err := Open(dir)
	if err != nil {
		return err
	}
	_, err = s.Load(ctx) // opens every spool
	return errors.Join(err, s.Close())
}

// SpoolFiles names the files of spools in a store that is complete, by their path
// below its folder.
func SpoolFiles(dir string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(dir, spoolDir))
	if err != nil {
		return nil, err
	}
	var out []string
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".db") {
			return nil, fmt.Errorf("the spool %s is in use, or was cut off", e.Name())
		}
		out = append(out, spoolDir+"/"+e.Name())
	}
	return out, nil
}
