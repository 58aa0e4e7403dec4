// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"tamizdat/drop/server"
	"tamizdat/internal/durable"
	"tamizdat/letter/wire"
)

func (s *Store) loadHolding(snap *server.Snapshot) (err error) {
	if snap.Holding, err = holding(s.state); err != nil {
		return err
	}
	snap.Past, err = query(s.state, "SELECT incarnation FROM past", func(r *sql.Rows) (inc wire.Incarnation, err error) {
		var b []byte
		err = r.Scan(&b)
		copy(inc[:], b)
		return inc, err
	})
	if err != nil {
		return err
	}
	snap.Leftovers = map[wire.Log]server.Leftover{}
	for log := range s.logs {
		l, err := leftover(s.state, log)
		if err != nil {
			return err
		}
		if l.Beyond > 0 {
			snap.Leftovers[log] = l
		}
	}
	return nil
}

// asker is a database or a transaction.
type asker interface {
	QueryRow(text string, args ...any) *sql.Row
}

func holding(db asker) (why server.Holding, err error) {
	err = db.QueryRow("SELECT coalesce((SELECT why FROM holding), 0)").Scan(&why)
	return why, err
}

func leftover(db asker, log wire.Log) (l server.Leftover, err error) {
	err = db.QueryRow("SELECT first, beyond FROM leftover WHERE log = ?", log).Scan(&l.First, &l.Beyond)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return l, err
}

// Hold implements server.Records.
func (s *Store) Hold(_ context.Context, why server.Holding, lost ...wire.Incarnation) error {
	err := s.transact(func(tx *sql.Tx) error { return errors.Join(hold(tx, why), bury(tx, lost...)) })
	if err != nil {
		return err
	}
	s.settle(0)
	return nil
}

func hold(tx *sql.Tx, why server.Holding) error {
	b := batch{tx: tx}
	b.exec("DELETE FROM holding")
	if why != server.Going {
		b.exec("INSERT INTO holding (one, why) VALUES (1, ?)", why)
	}
	return b.err
}

// bury notes incarnations of logs that are past.
func bury(tx *sql.Tx, past ...wire.Incarnation) error {
	b := batch{tx: tx}
	for _, inc := range past {
		b.exec("INSERT OR REPLACE INTO past (incarnation) VALUES (?)", inc[:])
	}
	return b.err
}

// Renew implements server.Records. What the transaction leaves undone, with the
// spools of logs that ended, is in doubt until it is done, or the next Open does it.
func (s *Store) Renew(_ context.Context, past wire.Incarnation, ref server.RosterRef, file, grant []byte) error {
	s.gate.Lock()
	defer s.gate.Unlock()
	if err := s.sure(); err != nil {
		return err
	}
	if err := s.deleteSealed(); err != nil {
		return err
	}
	err := s.transact(func(tx *sql.Tx) error {
		if err := putNewsroom(tx, ref, file, grant); err != nil {
			return err
		}
		return s.endLogs(tx, past)
	})
	s.doubt = true
	if err = errors.Join(err, s.sure()); err == nil {
		s.settle(ref.Since)
	}
	return err
}

// leftSlots stands in the table leftover for what desks queued for logs that
// ended, where others have the number of a log.
const leftSlots wire.Log = 0

// finishRenewal does what Renew's transaction could not. The caller holds the gate.
func (s *Store) finishRenewal() error {
	left, err := leftover(s.state, leftSlots)
	if err != nil {
		return err
	}
	if left.Beyond > 0 {
		if err := s.deleteSlots(); err != nil {
			return err
		}
		if err := s.transact(func(tx *sql.Tx) error { return cleared(tx, leftSlots) }); err != nil {
			return err
		}
	}
	return s.gatherSpools()
}

func (s *Store) endLogs(tx *sql.Tx, past wire.Incarnation) error {
	if err := hold(tx, server.Doubtful); err != nil {
		return err
	}
	b := batch{tx: tx}
	for log, l := range s.logs {
		old, err := leftover(tx, log)
		if err != nil {
			return err
		}
		var kept uint64
		if err := tx.QueryRow("SELECT coalesce((SELECT page FROM kept WHERE log = ?), 0)", log).Scan(&kept); err != nil {
			return err
		}
		left := old.With(server.Leftover{First: kept, Beyond: l.size + 1}) // the next may be written already
		b.exec("INSERT OR REPLACE INTO leftover (log, first, beyond) VALUES (?, ?, ?)", log, left.First, left.Beyond)
	}
	b.exec("INSERT OR REPLACE INTO leftover (log, first, beyond) VALUES (?, 0, 1)", leftSlots)
	for _, table := range []string{"page", "head", "kept", "frozen", "beat"} {
		b.exec("DELETE FROM " + table)
	}
	b.exec("UPDATE chunk SET page = 0")
	return errors.Join(b.err, bury(tx, past))
}

// deleteSealed deletes spools of letters that are in pages: their numbers will
// be those of pages to come.
func (s *Store) deleteSealed() error {
	numbers, err := s.Waiting(context.Background(), wire.Letters)
	if err != nil {
		return err
	}
	for _, n := range numbers {
		if uint64(n) >= s.logs[wire.Letters].size {
			break
		}
		if err := s.deleteSpool(s.lettersName(uint64(n))); err != nil {
			return err
		}
	}
	return nil
}

// deleteSlots deletes what desks have queued for logs that ended.
func (s *Store) deleteSlots() error {
	for _, log := range []wire.Log{wire.Replies, wire.Desk} {
		times, err := s.Waiting(context.Background(), log)
		if err != nil {
			return err
		}
		for _, at := range times {
			if err := s.deleteSpool(s.slotsName(log, at)); err != nil {
				return err
			}
		}
	}
	return nil
}

// gatherSpools gives spools of the letters log that bear the numbers of later
// pages than the next those of the next. Only Renew leaves such. The caller
// holds the gate.
func (s *Store) gatherSpools() error {
	numbers, err := s.Waiting(context.Background(), wire.Letters) // ascending
	if err != nil {
		return err
	}
	free := s.current()
	for _, at := range numbers {
		n := uint64(at)
		if n < free {
			continue
		}
		if n > free {
			if err := s.renameSpool(s.lettersName(n), s.lettersName(free)); err != nil {
				return err
			}
		}
		free++
	}
	return nil
}

// renameSpool closes a spool, which brings its log of writes into it, and
// renames it.
func (s *Store) renameSpool(from, to string) error {
	p, err := s.spool(from)
	if err != nil {
		return err
	}
	delete(s.spools, from)
	if err := p.close(); err != nil {
		return err
	}
	dir := filepath.Join(s.dir, spoolDir)
	if _, err := os.Stat(filepath.Join(dir, from+"-wal")); err == nil {
		return fmt.Errorf("the spool %s could not be closed", from)
	}
	return durable.Rename(filepath.Join(dir, from), filepath.Join(dir, to))
}

// Cleared implements server.Records.
func (s *Store) Cleared(_ context.Context, log wire.Log) error {
	if err := s.transact(func(tx *sql.Tx) error { return cleared(tx, log) }); err != nil {
		return err
	}
	s.settle(0)
	return nil
}

func cleared(tx *sql.Tx, log wire.Log) error {
	_, err := tx.Exec("DELETE FROM leftover WHERE log = ?", log)
	return err
}
