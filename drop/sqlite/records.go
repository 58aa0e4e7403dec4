// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"tamizdat/drop/server"
	"tamizdat/letter/wire"
)

// loadLogs reads what the queue must know of the logs.
func (s *Store) loadLogs() error {
	logs := map[wire.Log]*logState{}
	for _, log := range []wire.Log{wire.Letters, wire.Replies, wire.Desk} {
		l := &logState{}
		err := s.state.QueryRow(`SELECT (SELECT count(*) FROM page WHERE log = ?1),
			coalesce((SELECT sealed FROM head WHERE log = ?1), 0),
			coalesce((SELECT sealed FROM frozen WHERE log = ?1), 0)`, log).Scan(&l.size, &l.sealed, &l.frozen)
		if err != nil {
			return err
		}
		l.sealed = max(l.sealed, l.frozen)
		logs[log] = l
	}
	s.logs = logs
	return nil
}

// Load implements server.Records.
func (s *Store) Load(context.Context) (*server.Snapshot, error) {
	s.gate.Lock()
	err := s.sure()
	s.gate.Unlock()
	if err != nil {
		return nil, err
	}
	s.gate.RLock()
	defer s.gate.RUnlock()
	snap := &server.Snapshot{}
	for _, load := range []func(*server.Snapshot) error{s.loadNewsroom, s.loadDesks, s.loadPages, s.loadQueued, s.loadHolding} {
		if err := load(snap); err != nil {
			return nil, err
		}
	}
	return snap, nil
}

func (s *Store) loadNewsroom(snap *server.Snapshot) error {
	err := s.state.QueryRow("SELECT file, grant FROM newsroom").Scan(&snap.File, &snap.Grant)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	snap.Rosters, err = query(s.state, "SELECT number, hash, journalists, since FROM roster ORDER BY number",
		func(r *sql.Rows) (ref server.RosterRef, err error) {
			var hash []byte
			err = r.Scan(&ref.Number, &hash, &ref.Journalists, &ref.Since)
			copy(ref.Hash[:], hash)
			return ref, err
		})
	return err
}

func (s *Store) loadDesks(snap *server.Snapshot) (err error) {
	snap.Bundles, err = query(s.state, "SELECT period, journalist, body FROM bundle",
		func(r *sql.Rows) (b server.BundleRecord, err error) {
			var id []byte
			err = r.Scan(&b.Period, &id, &b.Bundle)
			copy(b.ID[:], id)
			return b, err
		})
	if err != nil {
		return err
	}
	snap.Beats, err = query(s.state, "SELECT journalist, body FROM beat",
		func(r *sql.Rows) (b server.BeatRecord, err error) {
			var id []byte
			err = r.Scan(&id, &b.Beat)
			copy(b.ID[:], id)
			return b, err
		})
	if err != nil {
		return err
	}
	snap.Serials, err = serialsOf(s.state)
	return err
}

func (s *Store) loadPages(snap *server.Snapshot) error {
	snap.Logs = map[wire.Log]server.LogRecord{}
	for log, l := range s.logs {
		r := server.LogRecord{Frozen: l.frozen != 0}
		err := s.state.QueryRow(`SELECT (SELECT body FROM head WHERE log = ?1),
			coalesce((SELECT page FROM kept WHERE log = ?1), 0)`, log).Scan(&r.Head, &r.Kept)
		if err != nil {
			return err
		}
		r.Headers, err = query(s.state, "SELECT header FROM page WHERE log = ? ORDER BY number",
			func(r *sql.Rows) (h []byte, err error) { return h, r.Scan(&h) }, log)
		if err != nil {
			return err
		}
		snap.Logs[log] = r
	}
	return nil
}

// loadQueued adds the beats and serials that lie in spools.
func (s *Store) loadQueued(snap *server.Snapshot) error {
	entries, err := os.ReadDir(filepath.Join(s.dir, spoolDir))
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".db") {
			continue
		}
		p, err := s.spool(e.Name())
		if err != nil {
			return err
		}
		serials, err := p.serials()
		if err != nil {
			return err
		}
		slots, err := p.slots(0, 0)
		if err != nil {
			return err
		}
		snap.Serials = append(snap.Serials, serials...)
		for _, slot := range slots {
			snap.Beats = append(snap.Beats, server.BeatRecord{Beat: slot.Beat})
		}
	}
	return nil
}

// PutNewsroom implements server.Records.
func (s *Store) PutNewsroom(_ context.Context, ref server.RosterRef, file, grant []byte) error {
	err := s.transact(func(tx *sql.Tx) error { return putNewsroom(tx, ref, file, grant) })
	if err != nil {
		return err
	}
	s.settle(ref.Since)
	return nil
}

func putNewsroom(tx *sql.Tx, ref server.RosterRef, file, grant []byte) error {
	var newest sql.NullInt64
	if err := tx.QueryRow("SELECT max(number) FROM roster").Scan(&newest); err != nil {
		return err
	}
	if newest.Valid && uint64(newest.Int64) >= ref.Number {
		return server.ErrTaken
	}
	b := batch{tx: tx}
	b.exec("INSERT INTO roster (number, hash, journalists, since) VALUES (?, ?, ?, ?)",
		ref.Number, ref.Hash[:], ref.Journalists, ref.Since)
	b.exec("INSERT OR REPLACE INTO newsroom (one, file, grant) VALUES (1, ?, ?)", file, grant)
	return b.err
}

// PutBundle implements server.Records.
func (s *Store) PutBundle(_ context.Context, b server.BundleRecord) error {
	err := s.transact(func(tx *sql.Tx) error {
		var old []byte
		err := tx.QueryRow("SELECT body FROM bundle WHERE period = ? AND journalist = ?", b.Period, b.ID[:]).Scan(&old)
		switch {
		case err == nil && bytes.Equal(old, b.Bundle):
			return nil
		case err == nil:
			return server.ErrTaken
		case !errors.Is(err, sql.ErrNoRows):
			return err
		}
		_, err = tx.Exec("INSERT INTO bundle (period, journalist, body) VALUES (?, ?, ?)", b.Period, b.ID[:], b.Bundle)
		return err
	})
	if err != nil {
		return err
	}
	s.settle(0)
	return nil
}

// Append implements server.Records.
func (s *Store) Append(_ context.Context, p server.Sealing) error {
	s.gate.Lock()
	defer s.gate.Unlock()
	if err := s.sure(); err != nil {
		return err
	}
	l := s.logs[p.Log]
	if l.size != p.Number {
		return server.ErrTaken
	}
	err := s.transact(func(tx *sql.Tx) error { return appendPage(tx, p) })
	if err != nil {
		s.doubt = true
		return errors.Join(err, s.sure())
	}
	l.size, l.frozen, l.sealed = l.size+1, 0, max(l.sealed, p.Sealed)
	s.settle(p.Sealed)
	return nil
}

func appendPage(tx *sql.Tx, p server.Sealing) error {
	var size uint64
	if err := tx.QueryRow("SELECT count(*) FROM page WHERE log = ?", p.Log).Scan(&size); err != nil {
		return err
	}
	if size != p.Number {
		return server.ErrTaken
	}
	b := batch{tx: tx}
	b.exec("INSERT INTO page (log, number, header) VALUES (?, ?, ?)", p.Log, p.Number, p.Header)
	b.exec("INSERT OR REPLACE INTO head (log, body, sealed) VALUES (?, ?, ?)", p.Log, p.Head, p.Sealed)
	b.exec("DELETE FROM frozen WHERE log = ?", p.Log)
	for _, id := range p.Chunks {
		b.exec("INSERT OR REPLACE INTO chunk (id, page) VALUES (?, ?)", id[:], p.Number)
	}
	for _, beat := range p.Beats {
		b.exec("INSERT OR REPLACE INTO beat (journalist, body) VALUES (?, ?)", beat.ID[:], beat.Beat)
	}
	for _, sn := range p.Serials {
		b.exec("INSERT OR REPLACE INTO serial (number, expiry) VALUES (?, ?)", sn.Number[:], sn.Expiry)
	}
	b.exec("DELETE FROM bundle WHERE period < ?", p.Purge.Bundles)
	b.exec("DELETE FROM serial WHERE expiry < ?", p.Purge.Serials)
	return b.err
}

// batch runs statements until one fails.
type batch struct {
	tx  *sql.Tx
	err error
}

func (b *batch) exec(text string, args ...any) {
	if b.err == nil {
		_, b.err = b.tx.Exec(text, args...)
	}
}

// Orphans implements server.Records.
func (s *Store) Orphans(_ context.Context, keep uint64) ([]wire.ChunkID, error) {
	return query(s.state, "SELECT id FROM chunk WHERE page < ?", func(r *sql.Rows) (id wire.ChunkID, err error) {
		var b []byte
		err = r.Scan(&b)
		copy(id[:], b)
		return id, err
	}, keep)
}

// Forget implements server.Records.
func (s *Store) Forget(_ context.Context, log wire.Log, keep uint64) error {
	err := s.transact(func(tx *sql.Tx) error {
		b := batch{tx: tx}
		if log == wire.Letters {
			b.exec("DELETE FROM chunk WHERE page < ?", keep)
		}
		b.exec("INSERT OR REPLACE INTO kept (log, page) VALUES (?, ?)", log, keep)
		return b.err
	})
	if err != nil {
		return err
	}
	s.settle(0)
	return nil
}

// stamp gives the files of the state, and their folder, the time of a sealing; at is one that may
// not be recorded yet, or 0.
func (s *Store) stamp(at int64) error {
	var newest int64
	err := s.state.QueryRow("SELECT coalesce(max(sealed), 0) FROM head").Scan(&newest)
	if err != nil {
		return err
	}
	t := time.Unix(max(at, newest), 0)
	for _, name := range []string{stateFile, stateFile + "-wal", stateFile + "-shm", spoolDir, "."} {
		err := os.Chtimes(filepath.Join(s.dir, name), t, t)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
