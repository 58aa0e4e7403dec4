// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// applicationID marks our files among all SQLite files: "tmzd".
const applicationID = 0x746d7a64

// stateSchema is state.db, step by step. Steps are only ever added at the end:
// a file's user_version tells how many of them it has seen.
func stateSchema() []string {
	return []string{`
CREATE TABLE newsroom (one INTEGER PRIMARY KEY CHECK (one = 1), file BLOB NOT NULL, grant BLOB NOT NULL);
CREATE TABLE roster (number INTEGER PRIMARY KEY, hash BLOB NOT NULL, journalists INTEGER NOT NULL, since INTEGER NOT NULL);
CREATE TABLE bundle (period INTEGER NOT NULL, journalist BLOB NOT NULL, body BLOB NOT NULL,
	PRIMARY KEY (period, journalist)) WITHOUT ROWID;
CREATE TABLE beat (journalist BLOB PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE serial (number BLOB PRIMARY KEY, expiry INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE page (log INTEGER NOT NULL, number INTEGER NOT NULL, header BLOB NOT NULL,
	PRIMARY KEY (log, number)) WITHOUT ROWID;
CREATE TABLE head (log INTEGER PRIMARY KEY, body BLOB NOT NULL, sealed INTEGER NOT NULL);
CREATE TABLE kept (log INTEGER PRIMARY KEY, page INTEGER NOT NULL);
CREATE TABLE frozen (log INTEGER PRIMARY KEY, number INTEGER NOT NULL, sealed INTEGER NOT NULL);
CREATE TABLE chunk (id BLOB PRIMARY KEY, page INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX chunk_page ON chunk (page);`, `
CREATE TABLE holding (one INTEGER PRIMARY KEY CHECK (one = 1), why INTEGER NOT NULL);
CREATE TABLE past (incarnation BLOB PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE leftover (log INTEGER PRIMARY KEY, first INTEGER NOT NULL, beyond INTEGER NOT NULL);`}
}

// spoolSchema is one spool. No table has row numbers: they would count
// arrivals.
func spoolSchema() []string {
	return []string{`
CREATE TABLE envelope (hash BLOB PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE chunk (hash BLOB PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE serial (number BLOB PRIMARY KEY, expiry INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE slot (place BLOB PRIMARY KEY, body BLOB NOT NULL, beat BLOB NOT NULL) WITHOUT ROWID;`}
}

// migrate brings a database to the newest step, forward only. A step and its
// number become true together, so a process that is killed between two steps
// leaves a file of the version between.
func migrate(db *sql.DB, steps []string) error {
	seen, err := version(db, len(steps))
	if err != nil {
		return err
	}
	for ; seen < len(steps); seen++ {
		if err := step(db, steps[seen], seen+1); err != nil {
			return err
		}
	}
	return nil
}

// version tells how many steps a database has seen, of the many that are known.
func version(db *sql.DB, known int) (version int, err error) {
	var application int
	if err := db.QueryRow("PRAGMA application_id").Scan(&application); err != nil {
		return 0, err
	}
	if err := db.QueryRow("PRAGMA user_version").Scan(&version); err != nil {
		return 0, err
	}
	switch {
	case version < 0, version > 0 && application != applicationID:
		return version, errors.New("not a file of this program")
	case version > known:
		return version, fmt.Errorf("made by a newer version of this program (schema %d, this one knows %d): use that one", version, known)
	}
	return version, nil
}

func step(db *sql.DB, text string, version int) error {
	tx, err := db.BeginTx(context.Background(), nil)
	if err != nil {
		return err
	}
	_, err = tx.Exec(fmt.Sprintf("%s\nPRAGMA application_id = %d; PRAGMA user_version = %d;", text, applicationID, version))
	if err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}
