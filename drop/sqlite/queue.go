// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"tamizdat/drop/server"
	"tamizdat/internal/durable"
	"tamizdat/letter/wire"
)

// lettersName is the spool that becomes page number of the letters log.
func (s *Store) lettersName(number uint64) string {
	return fmt.Sprintf("%s-%012d.db", wire.Letters, number)
}

// slotsName is the spool of slots for the page sealed at that time.
func (s *Store) slotsName(log wire.Log, sealing int64) string {
	return fmt.Sprintf("%s-%012d.db", log, sealing)
}

// current is the number of the page that letters become which arrive now.
func (s *Store) current() uint64 {
	l := s.logs[wire.Letters]
	if l.frozen != 0 {
		return l.size + 1
	}
	return l.size
}

// spool opens the spool of that name, or makes it.
func (s *Store) spool(name string) (*spool, error) {
	s.opens.Lock()
	defer s.opens.Unlock()
	if s.closed {
		return nil, errClosed
	}
	if p := s.spools[name]; p != nil {
		return p, nil
	}
	dir := filepath.Join(s.dir, spoolDir)
	p, err := openSpool(filepath.Join(dir, name))
	if err != nil {
		return nil, err
	}
	if err := durable.SyncDir(dir); err != nil {
		return nil, errors.Join(err, p.close())
	}
	s.spools[name] = p
	return p, nil
}

// existing opens the spool of that name if there is one; else it is nil.
func (s *Store) existing(name string) (*spool, error) {
	_, err := os.Stat(filepath.Join(s.dir, spoolDir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return s.spool(name)
}

// AddLetter implements server.Queue. The hash of an envelope is its random
// name: it says nothing about when the envelope came, equal ones meet under
// it, and a page is read off in its order.
func (s *Store) AddLetter(_ context.Context, envelopes [][]byte) error {
	rows := make([]row, len(envelopes))
	for i, e := range envelopes {
		h := sha256.Sum256(e)
		rows[i] = row{table: envelopeRow, key: h[:], body: e}
	}
	return s.addRows(rows)
}

// AddChunk implements server.Queue.
func (s *Store) AddChunk(_ context.Context, id wire.ChunkID, chunk []byte) error {
	return s.addRows([]row{{table: chunkRow, key: id[:], body: chunk}})
}

func (s *Store) addRows(rows []row) error {
	s.gate.RLock()
	defer s.gate.RUnlock()
	p, err := s.spool(s.lettersName(s.current()))
	if err != nil {
		return err
	}
	return p.do(rows)
}

// AddSlot implements server.Queue.
func (s *Store) AddSlot(_ context.Context, slot server.Slot) error {
	s.gate.RLock()
	defer s.gate.RUnlock()
	if slot.Sealing <= s.logs[slot.Log].sealed {
		return server.ErrSealed
	}
	p, err := s.spool(s.slotsName(slot.Log, slot.Sealing))
	if err != nil {
		return err
	}
	return p.addSlot(slot)
}

// HasSlot implements server.Queue.
func (s *Store) HasSlot(_ context.Context, slot server.Slot) (bool, error) {
	s.gate.RLock()
	defer s.gate.RUnlock()
	p, err := s.existing(s.slotsName(slot.Log, slot.Sealing))
	if p == nil || err != nil {
		return false, err
	}
	return p.hasSlot(slot)
}

// Waiting implements server.Queue. The names of the spools tell; one whose
// first write failed counts too.
func (s *Store) Waiting(_ context.Context, log wire.Log) ([]int64, error) {
	entries, err := os.ReadDir(filepath.Join(s.dir, spoolDir))
	if err != nil {
		return nil, err
	}
	var out []int64
	for _, e := range entries { // in the order of names, which is that of times
		name, ok := strings.CutSuffix(e.Name(), ".db")
		if n, is := numberOf(name, log); ok && is {
			out = append(out, int64(n))
		}
	}
	return out, nil
}

// numberOf reads the number or time in the name of a spool of that log.
func numberOf(name string, log wire.Log) (uint64, bool) {
	digits, ok := strings.CutPrefix(name, log.String()+"-")
	n, err := strconv.ParseUint(digits, 10, 63)
	return n, ok && err == nil
}

// AddSerial implements server.Queue. A spool that is being sealed and the
// state are looked at too.
func (s *Store) AddSerial(_ context.Context, sn server.Serial) error {
	s.gate.RLock()
	defer s.gate.RUnlock()
	l := s.logs[wire.Letters]
	places := []*sql.DB{s.state}
	if l.frozen != 0 {
		p, err := s.existing(s.lettersName(l.size))
		if err != nil {
			return err
		}
		if p != nil {
			places = append(places, p.db)
		}
	}
	for _, db := range places {
		var n int
		if err := db.QueryRow("SELECT count(*) FROM serial WHERE number = ?", sn.Number[:]).Scan(&n); err != nil {
			return err
		}
		if n > 0 {
			return server.ErrTaken
		}
	}
	p, err := s.spool(s.lettersName(s.current()))
	if err != nil {
		return err
	}
	return p.addSerial(sn)
}

// Usage implements server.Queue.
func (s *Store) Usage() server.Usage {
	s.gate.RLock()
	defer s.gate.RUnlock()
	s.opens.Lock()
	defer s.opens.Unlock()
	var u server.Usage
	if p := s.spools[s.lettersName(s.current())]; p != nil {
		u = p.used()
	}
	if l := s.logs[wire.Letters]; l.frozen != 0 {
		if p := s.spools[s.lettersName(l.size)]; p != nil {
			u.Frozen = p.used().Bytes
		}
	}
	return u
}

// Freeze implements server.Queue.
func (s *Store) Freeze(_ context.Context, log wire.Log, number uint64, sealed int64) (server.Frozen, error) {
	s.gate.Lock()
	defer s.gate.Unlock()
	if err := s.sure(); err != nil {
		return nil, err
	}
	l := s.logs[log]
	if number != l.size {
		return nil, fmt.Errorf("%w: the %s log has %d pages", server.ErrTaken, log, l.size)
	}
	if l.frozen == 0 {
		err := s.transact(func(tx *sql.Tx) error {
			_, err := tx.Exec("INSERT INTO frozen (log, number, sealed) VALUES (?, ?, ?)", log, number, sealed)
			return err
		})
		if err != nil {
			s.doubt = true
			return nil, errors.Join(err, s.sure())
		}
		s.settle(0)
		l.frozen, l.sealed = sealed, max(l.sealed, sealed)
	}
	name := s.lettersName(number)
	if log != wire.Letters {
		name = s.slotsName(log, l.frozen)
	}
	p, err := s.existing(name)
	return &frozen{log: log, sealed: l.frozen, spool: p}, err
}

// Discard implements server.Queue.
func (s *Store) Discard(_ context.Context, log wire.Log, number uint64, sealed int64) error {
	s.gate.Lock()
	defer s.gate.Unlock()
	last := uint64(sealed)
	if log == wire.Letters {
		last = number
	}
	entries, err := os.ReadDir(filepath.Join(s.dir, spoolDir))
	if err != nil {
		return err
	}
	for _, e := range entries {
		base, _, _ := strings.Cut(e.Name(), ".db")
		if n, ok := numberOf(base, log); !ok || n > last {
			continue
		}
		if err := s.deleteSpool(base + ".db"); err != nil {
			return err
		}
	}
	s.settle(sealed)
	return nil
}

// deleteSpool deletes a spool with its log of writes. The database goes first:
// without its log it may be in no sound state, and the next start would open
// it; the log without its database is found here again by its name.
func (s *Store) deleteSpool(name string) error {
	if p := s.spools[name]; p != nil {
		delete(s.spools, name)
		if err := p.close(); err != nil {
			return err
		}
	}
	path := filepath.Join(s.dir, spoolDir, name)
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return durable.SyncDir(filepath.Dir(path))
}

// deleteOrphans deletes logs of writes whose spool is gone: a deletion was cut
// off. They tell of letters what the spool told.
func (s *Store) deleteOrphans() error {
	dir := filepath.Join(s.dir, spoolDir)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name, _, isLog := strings.Cut(e.Name(), ".db-")
		if !isLog {
			continue
		}
		if _, err := os.Lstat(filepath.Join(dir, name+".db")); !errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err := durable.Remove(filepath.Join(dir, e.Name())); err != nil {
			return err
		}
	}
	return nil
}
