// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"tamizdat/drop/server"
	"tamizdat/letter/wire"
)

// row is one thing on its way into a spool.
type row struct {
	table rowTable
	key   []byte
	body  []byte
}

type rowTable int

const (
	envelopeRow rowTable = iota
	chunkRow
)

// spool is one open spool file.
type spool struct {
	path string
	db   *sql.DB
	add  [2]*sql.Stmt // by rowTable
	most int          // rows that a page may hold of one kind
	group

	mu    sync.Mutex
	usage server.Usage
}

// openSpool opens or makes a spool file. It is locked for as long as it is
// open, which also saves a file of shared memory beside it.
func openSpool(path string) (*spool, error) {
	db, err := openFile(path, spoolSchema(), "page_size(8192)", "locking_mode(EXCLUSIVE)", "wal_autocheckpoint(4000)", "cache_size(-16384)")
	if err != nil {
		return nil, err
	}
	p := &spool{path: path, db: db, most: wire.MaxPageItems}
	p.group.commit = p.store
	if err := p.prepare(); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return p, nil
}

func (p *spool) prepare() (err error) {
	for table, text := range map[rowTable]string{
		envelopeRow: "INSERT OR IGNORE INTO envelope (hash, body) VALUES (?, ?)",
		chunkRow:    "INSERT OR IGNORE INTO chunk (hash, body) VALUES (?, ?)",
	} {
		if p.add[table], err = p.db.Prepare(text); err != nil {
			return err
		}
	}
	return p.recount()
}

// recount makes the usage that of the rows: a page is written by it. A commit
// that failed may have happened all the same.
func (p *spool) recount() error {
	var u server.Usage
	err := p.db.QueryRow("SELECT count(*), coalesce(sum(length(body)), 0) FROM envelope").Scan(&u.Envelopes, &u.Bytes)
	if err != nil {
		return err
	}
	err = p.db.QueryRow("SELECT count(*) FROM chunk").Scan(&u.Chunks)
	if err != nil {
		return err
	}
	u.Bytes += int64(u.Chunks) * wire.ChunkSize
	p.mu.Lock()
	defer p.mu.Unlock()
	p.usage = u
	return nil
}

func (p *spool) close() error { return p.db.Close() }

func (p *spool) used() server.Usage {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.usage
}

// store writes a batch in one transaction: of each writer all rows or none.
// What is there already is left alone.
func (p *spool) store(batch []*writer) {
	used := p.used()
	err := p.transact(func(tx *sql.Tx) error {
		for _, w := range batch {
			if w.err = p.roomFor(used, w.rows); w.err != nil {
				continue
			}
			if err := p.insert(tx, &used, w.rows); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		err = errors.Join(err, p.recount())
		for _, w := range batch {
			w.err = err
		}
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.usage = used
}

// roomFor refuses rows that could make more of a page than a page may be.
func (p *spool) roomFor(used server.Usage, rows []row) error {
	for _, r := range rows {
		if r.table == envelopeRow {
			used.Envelopes++
		} else {
			used.Chunks++
		}
	}
	if used.Envelopes > p.most || used.Chunks > p.most {
		return server.ErrSpoolFull
	}
	return nil
}

func (p *spool) transact(f func(tx *sql.Tx) error) error {
	tx, err := p.db.BeginTx(context.Background(), nil)
	if err != nil {
		return full(err)
	}
	if err := f(tx); err != nil {
		return errors.Join(full(err), tx.Rollback())
	}
	return full(tx.Commit())
}

func (p *spool) insert(tx *sql.Tx, used *server.Usage, rows []row) error {
	for _, r := range rows {
		res, err := tx.Stmt(p.add[r.table]).Exec(r.key, r.body)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		if err != nil {
			return err
		}
		used.Bytes += n * int64(len(r.body))
		if r.table == envelopeRow {
			used.Envelopes += int(n)
		} else {
			used.Chunks += int(n)
		}
	}
	return nil
}

// addSlot stores a slot unless it is taken. One that is there with the same
// body gets the beat that came now.
func (p *spool) addSlot(s server.Slot) error {
	return p.transact(func(tx *sql.Tx) error {
		var old []byte
		err := tx.QueryRow("SELECT body FROM slot WHERE place = ?", []byte(s.Key)).Scan(&old)
		switch {
		case err == nil && !bytes.Equal(old, s.Body):
			return server.ErrTaken
		case err != nil && !errors.Is(err, sql.ErrNoRows):
			return err
		}
		_, err = tx.Exec(`INSERT INTO slot (place, body, beat) VALUES (?, ?, ?)
			ON CONFLICT (place) DO UPDATE SET beat = excluded.beat WHERE beat <> excluded.beat`, []byte(s.Key), s.Body, s.Beat)
		return err
	})
}

// hasSlot tells whether that body lies in the place.
func (p *spool) hasSlot(s server.Slot) (bool, error) {
	var n int
	err := p.db.QueryRow("SELECT count(*) FROM slot WHERE place = ? AND body = ?", []byte(s.Key), s.Body).Scan(&n)
	return n > 0, err
}

// addSerial stores a serial unless it is there.
func (p *spool) addSerial(sn server.Serial) error {
	res, err := p.db.Exec("INSERT OR IGNORE INTO serial (number, expiry) VALUES (?, ?)", sn.Number[:], sn.Expiry)
	if err != nil {
		return full(err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, server.ErrTaken)
	}
	return nil
}

// slots reads all slots of the page that the spool is for.
func (p *spool) slots(log wire.Log, sealing int64) (out []server.Slot, err error) {
	return query(p.db, "SELECT place, body, beat FROM slot", func(r *sql.Rows) (server.Slot, error) {
		s := server.Slot{Log: log, Sealing: sealing}
		var place []byte
		err := r.Scan(&place, &s.Body, &s.Beat)
		s.Key = string(place)
		return s, err
	})
}

// serials reads all serials.
func (p *spool) serials() ([]server.Serial, error) { return serialsOf(p.db) }

func serialsOf(db *sql.DB) ([]server.Serial, error) {
	return query(db, "SELECT number, expiry FROM serial", func(r *sql.Rows) (server.Serial, error) {
		var s server.Serial
		var number []byte
		err := r.Scan(&number, &s.Expiry)
		if err == nil && len(number) != len(s.Number) {
			err = fmt.Errorf("a serial of %d bytes", len(number))
		}
		copy(s.Number[:], number)
		return s, err
	})
}

// each calls yield with key and body of every row, ascending by key. The
// slices are valid during the call.
func (p *spool) each(table string, yield func(key, body []byte) error) error {
	rows, err := p.db.Query("SELECT hash, body FROM " + table + " ORDER BY hash")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var key, body sql.RawBytes
		if err := rows.Scan(&key, &body); err != nil {
			return err
		}
		if err := yield(key, body); err != nil {
			return err
		}
	}
	return rows.Err()
}

// query reads all rows of a question.
func query[T any](db *sql.DB, text string, scan func(*sql.Rows) (T, error), args ...any) ([]T, error) {
	rows, err := db.Query(text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}
