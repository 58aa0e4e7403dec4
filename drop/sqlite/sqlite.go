// SPDX-License-Identifier: Apache-2.0

// Package sqlite keeps a drop's queue and records in SQLite files in one
// folder.
//
// Call [Open]. state.db holds what stays. What was accepted and is not sealed
// yet lies in the folder spool, one database file for each page to come: so
// that sealing can delete the file whole with its write-ahead log, and no row
// has to be trusted to be gone. In a spool the rows have no number and lie by
// their hash; until it is deleted, its write-ahead log still tells the order
// of arrival within that hour to whoever seizes the disk.
//
// A write is synced when the call returns; letters that arrive together share
// one sync. state.db is written at sealings and when a newsroom or bundle is
// published, and at no other time; its file times are then set to those of the
// newest sealing, and its log of writes is emptied. The change times that some
// file systems keep cannot be set by any program.
//
// It refuses files that a newer version of this program made. One process at a
// time may use a folder, which the caller must see to.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sync"

	sqlite3 "modernc.org/sqlite" // registers the driver
	sqlite3lib "modernc.org/sqlite/lib"

	"tamizdat/drop"
	"tamizdat/drop/server"
	"tamizdat/internal/durable"
	"tamizdat/letter/wire"
)

const (
	stateFile = "state.db"
	spoolDir  = "spool"
)

// Store is a server.Store over a folder.
type Store struct {
	// Report is told what went wrong after a write was stored, and so is no
	// failure of the write: that its traces on the disk, a log of writes or a
	// time, could not be removed. Set it before the store is used. Nil: nobody.
	Report func(error)

	dir   string
	state *sql.DB

	// commit and checkpoint stand before those of the state, so that tests
	// can let them fail.
	commit     func(*sql.Tx) error
	checkpoint func() error

	// gate is held for reading while something is added to a spool and for
	// writing while a page is frozen or discarded: so a spool that is being
	// sealed has no write under way.
	gate   sync.RWMutex
	logs   map[wire.Log]*logState
	spools map[string]*spool // open ones, by file name
	opens  sync.Mutex        // held while spools gains an entry under gate's read lock
	closed bool              // no spool is opened any more; guarded by opens
	doubt  bool              // logs may lag behind the state; guarded by gate
}

// logState is what the queue must know of a log.
type logState struct {
	size   uint64
	frozen int64 // time of the page being sealed, 0 for none
	sealed int64 // newest time that was frozen or sealed
}

var _ server.Store = (*Store)(nil)

// Open opens or makes the store in the folder dir, which must exist.
func Open(dir string) (*Store, error) {
	if err := durable.MkdirAll(filepath.Join(dir, spoolDir), 0o700); err != nil {
		return nil, err
	}
	db, err := openFile(filepath.Join(dir, stateFile), stateSchema(), "secure_delete(ON)")
	if err != nil {
		return nil, err
	}
	s := &Store{dir: dir, state: db, spools: map[string]*spool{}, commit: (*sql.Tx).Commit}
	s.checkpoint = s.emptyLog
	if err := s.deleteOrphans(); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if err := s.loadLogs(); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if err := s.finishRenewal(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	for _, number := range []uint64{s.logs[wire.Letters].size, s.current()} { // the frozen one, the current one
		if _, err := s.existing(s.lettersName(number)); err != nil {
			return nil, errors.Join(err, s.Close())
		}
	}
	return s, durable.SyncDir(dir)
}

// errClosed is the answer to a write that came after Close.
var errClosed = errors.New("the store is closed")

// Close ends all use of the files. What was answered as stored is stored.
func (s *Store) Close() error {
	s.gate.Lock()
	defer s.gate.Unlock()
	s.opens.Lock()
	defer s.opens.Unlock()
	s.closed = true
	err := s.state.Close()
	for name, p := range s.spools {
		err = errors.Join(err, p.close())
		delete(s.spools, name)
	}
	return err
}

// openFile opens a database with one connection, brings its schema up to date
// and leaves it ready for durable writes.
func openFile(path string, steps []string, pragmas ...string) (*sql.DB, error) {
	if err := createPrivate(path); err != nil {
		return nil, err
	}
	// The driver runs _pragma before the others: the size of a page and the
	// way of locking must be set before there is a log of writes.
	q := url.Values{
		"_txlock": {"immediate"}, "_journal_mode": {"WAL"}, "_synchronous": {"FULL"}, "_busy_timeout": {"10000"},
	}
	for _, p := range append(pragmas, "trusted_schema(OFF)") {
		q.Add("_pragma", p)
	}
	db, err := sql.Open("sqlite", dsn(path, q.Encode()))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	if err := migrate(db, steps); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", filepath.Base(path), full(err)), db.Close())
	}
	return db, nil
}

// dsn names a database file. A relative path stays relative: after "file://"
// SQLite would take its first folder for the name of a machine.
func dsn(path, query string) string {
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: query}
	return u.String()
}

// createPrivate makes the file before SQLite does, so that it and the logs of
// writes beside it, which take its mode, can be read by nobody else.
func createPrivate(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return full(err)
	}
	return f.Close()
}

// transact runs f in a transaction of the state. After an error of the commit
// nobody knows whether it happened.
func (s *Store) transact(f func(tx *sql.Tx) error) error {
	tx, err := s.state.BeginTx(context.Background(), nil)
	if err != nil {
		return full(err)
	}
	if err := f(tx); err != nil {
		return errors.Join(full(err), tx.Rollback())
	}
	return full(s.commit(tx))
}

// settle sees to what a transaction leaves on the disk: the log of writes is
// emptied and the file times are put back; at is a time as in stamp. What was
// committed stays committed whether this succeeds or not, so a failure must
// not look like one of the write. The next write tries again.
func (s *Store) settle(at int64) {
	err := errors.Join(s.checkpoint(), s.stamp(at))
	if err != nil && s.Report != nil {
		s.Report(fmt.Errorf("what was written to %s is stored, but left traces of its time: %w", stateFile, err))
	}
}

// emptyLog empties the log of writes. That it stays, because somebody reads at
// the moment, is no failure: the next write empties it.
func (s *Store) emptyLog() error {
	var busy, pages, moved int
	return full(s.state.QueryRow("PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &pages, &moved))
}

// sure makes what the store believes of the logs that of the state again,
// where an error has put it in doubt. The caller holds the gate.
func (s *Store) sure() error {
	if !s.doubt {
		return nil
	}
	if err := errors.Join(s.loadLogs(), s.finishRenewal()); err != nil {
		return err
	}
	s.doubt = false
	return nil
}

// full makes a lack of room the error that the contract has for it.
func full(err error) error {
	var e *sqlite3.Error
	if errors.As(err, &e) && e.Code()&0xff == sqlite3lib.SQLITE_FULL {
		return fmt.Errorf("%w: %w", drop.ErrFull, err)
	}
	return err
}

// LogSummary is how far a log has come.
type LogSummary struct {
	Log    wire.Log
	Pages  uint64
	Kept   uint64 // number of the first page whose body is kept
	Sealed int64  // newest page, in Unix seconds; 0 without one
}

// Holds tells whether the drop in the folder dir holds. It may be called while
// another process has the store open. fs.ErrNotExist: there is no store.
func Holds(dir string) (why server.Holding, err error) {
	db, err := openToRead(dir)
	if err != nil {
		return server.Going, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var version int
	if err := db.QueryRow("PRAGMA user_version").Scan(&version); err != nil || version < 2 {
		return server.Going, err // of a version in which no drop held
	}
	return holding(db)
}

// openToRead opens the state beside whoever writes it. The file may be hostile:
// an operator reads it whose service was broken into. So nothing in its schema
// may call what could do harm, and nothing is written elsewhere meanwhile.
func openToRead(dir string) (*sql.DB, error) {
	path := filepath.Join(dir, stateFile)
	info, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a file", stateFile)
	}
	return sql.Open("sqlite", dsn(path,
		"_pragma=query_only(ON)&_pragma=trusted_schema(OFF)&_pragma=temp_store(MEMORY)&_pragma=busy_timeout(10000)"))
}

// Summary tells how far the three logs in the folder dir have come. It may be
// called while another process has the store open. fs.ErrNotExist: there is no
// store.
func Summary(dir string) (out []LogSummary, err error) {
	db, err := openToRead(dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	for _, log := range []wire.Log{wire.Letters, wire.Replies, wire.Desk} {
		l := LogSummary{Log: log}
		err := db.QueryRow(`SELECT (SELECT count(*) FROM page WHERE log = ?1),
			coalesce((SELECT page FROM kept WHERE log = ?1), 0),
			coalesce((SELECT sealed FROM head WHERE log = ?1), 0)`, log).Scan(&l.Pages, &l.Kept, &l.Sealed)
		if err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, nil
}
