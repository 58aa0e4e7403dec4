// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tamizdat/drop/droptest"
	"tamizdat/drop/server"
)

// steps are those of a schema that has grown; each needs the one before.
func steps() []string {
	return []string{
		"CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (1);",
		"ALTER TABLE a ADD COLUMN y INTEGER; UPDATE a SET y = x + 1;",
		"CREATE TABLE b (x INTEGER); INSERT INTO b SELECT y FROM a; DROP TABLE a;",
	}
}

// TestF5MigrationCutOff: an upgrade that is killed between two steps, or within
// one, is finished by the next start, from each version.
func TestF5MigrationCutOff(t *testing.T) {
	for begun := range steps() {
		for _, within := range []bool{false, true} {
			t.Run(fmt.Sprintf("after %d, within %v", begun, within), func(t *testing.T) {
				dir := t.TempDir()
				path := filepath.Join(dir, stateFile)
				db, err := openFile(path, steps()[:begun])
				droptest.Expect(t, "opening", err, nil)
				if within {
					tx, err := db.BeginTx(context.Background(), nil)
					droptest.Expect(t, "beginning", err, nil)
					_, err = tx.Exec(steps()[begun])
					droptest.Expect(t, "half a step", err, nil)
					defer tx.Rollback()
				}
				// What is on the disk now is what a killed process leaves.
				killed := filepath.Join(t.TempDir(), "killed")
				droptest.Expect(t, "copying", os.CopyFS(killed, os.DirFS(dir)), nil)
				again, err := openFile(filepath.Join(killed, stateFile), steps())
				droptest.Expect(t, "opening what was cut off", err, nil)
				defer again.Close()
				wantRow(t, again)
				if !within {
					droptest.Expect(t, "closing", db.Close(), nil)
				}
			})
		}
	}
}

func wantRow(t *testing.T, db *sql.DB) {
	t.Helper()
	var x, seen int
	droptest.Expect(t, "row", db.QueryRow("SELECT x FROM b").Scan(&x), nil)
	droptest.Expect(t, "version", db.QueryRow("PRAGMA user_version").Scan(&seen), nil)
	if x != 2 || seen != len(steps()) {
		t.Errorf("the row is %d and the schema %d", x, seen)
	}
}

// TestF5MigrationThatFails: a step that cannot be done changes nothing, and the
// version before still opens the file.
func TestF5MigrationThatFails(t *testing.T) {
	path := filepath.Join(t.TempDir(), stateFile)
	bad := append(steps()[:2], "CREATE TABLE c (x INTEGER); SELECT x FROM nowhere;")
	if _, err := openFile(path, bad); err == nil || !strings.Contains(err.Error(), "nowhere") {
		t.Fatalf("the step failed with %v", err)
	}
	db, err := openFile(path, steps())
	droptest.Expect(t, "opening with a step that works", err, nil)
	defer db.Close()
	wantRow(t, db)
}

// TestF5NewerAndForeignFiles: each kind of file is refused with a sentence, by
// whoever writes and by whoever only looks.
func TestF5NewerAndForeignFiles(t *testing.T) {
	for words, change := range map[string]string{
		"made by a newer version of this program": "PRAGMA user_version = 99",
		"not a file of this program":              "PRAGMA application_id = 1",
	} {
		dir := t.TempDir()
		s, err := Open(dir)
		droptest.Expect(t, "opening", err, nil)
		_, err = s.state.Exec(change)
		droptest.Expect(t, "changing", err, nil)
		droptest.Expect(t, "closing", s.Close(), nil)
		if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: opened with %v", change, err)
		}
		if _, err := Look(dir); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: looked at with %v", change, err)
		}
	}
}

// TestLookChangesNothing: a look beside the service leaves an older file as it
// is, and reads it.
func TestLookChangesNothing(t *testing.T) {
	dir := t.TempDir()
	if _, err := Look(dir); !os.IsNotExist(err) {
		t.Errorf("without a store: %v", err)
	}
	s, err := Open(dir)
	droptest.Expect(t, "opening", err, nil)
	defer s.Close()
	before, err := os.ReadFile(filepath.Join(dir, stateFile))
	droptest.Expect(t, "reading", err, nil)
	st, err := Look(dir)
	droptest.Expect(t, "looking", err, nil)
	if st.Schema != st.Known || st.File != nil || len(st.Logs) != 3 {
		t.Errorf("an empty store shows %+v", st)
	}
	after, err := os.ReadFile(filepath.Join(dir, stateFile))
	droptest.Expect(t, "reading", err, nil)
	if string(before) != string(after) {
		t.Error("looking changed the file")
	}
	droptest.Expect(t, "planting", os.Rename(filepath.Join(dir, stateFile), filepath.Join(dir, "else")), nil)
	droptest.Expect(t, "planting", os.Symlink("else", filepath.Join(dir, stateFile)), nil)
	if _, err := Look(dir); err == nil || !strings.Contains(err.Error(), "not a file") {
		t.Errorf("a planted link is followed: %v", err)
	}
}

// TestReadersTrustNoSchema: each way to read beside the service reads a file
// that somebody who broke in may have made.
func TestReadersTrustNoSchema(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(dir)
	droptest.Expect(t, "opening", err, nil)
	droptest.Expect(t, "closing", s.Close(), nil)
	db, err := openToRead(dir)
	droptest.Expect(t, "reading", err, nil)
	defer db.Close()
	for pragma, want := range map[string]int{"trusted_schema": 0, "query_only": 1, "temp_store": 2} {
		got := -1
		droptest.Expect(t, pragma, db.QueryRow("PRAGMA "+pragma).Scan(&got), nil)
		if got != want {
			t.Errorf("%s is %d, want %d", pragma, got, want)
		}
	}
	file := filepath.Join(dir, stateFile)
	droptest.Expect(t, "planting", os.Rename(file, filepath.Join(dir, "else")), nil)
	droptest.Expect(t, "planting", os.Symlink("else", file), nil)
	_, summary := Summary(dir)
	_, holds := Holds(dir)
	for name, err := range map[string]error{"Summary": summary, "Holds": holds, "CopyState": CopyState(dir, t.TempDir(), server.Behind)} {
		if err == nil || !strings.Contains(err.Error(), "not a file") {
			t.Errorf("%s follows a planted link: %v", name, err)
		}
	}
}
