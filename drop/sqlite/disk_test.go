// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"tamizdat/drop"
	"tamizdat/drop/server"
	"tamizdat/letter/wire"
)

func openIn(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func letter(n int) (envelopes [][]byte) {
	for range n {
		e := make([]byte, wire.EnvelopeSize)
		_, _ = rand.Read(e) // never fails
		envelopes = append(envelopes, e)
	}
	return envelopes
}

// TestA17SpoolFull: when the disk fills up, the letter that no longer fits is
// refused whole, those before it stay, and later ones are taken once there is
// room again.
func TestA17SpoolFull(t *testing.T) {
	s := openIn(t, t.TempDir())
	ctx := t.Context()
	if err := s.AddLetter(ctx, letter(4)); err != nil {
		t.Fatal(err)
	}
	p := s.spools[s.lettersName(0)]
	limit := func(pages int) {
		t.Helper()
		var n int
		if err := p.db.QueryRow("PRAGMA max_page_count = " + strconv.Itoa(pages)).Scan(&n); err != nil {
			t.Fatal(err)
		}
	}
	limit(20)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if err := s.AddLetter(context.WithoutCancel(ctx), letter(4)); !errors.Is(err, drop.ErrFull) {
				t.Errorf("a letter that does not fit: %v", err)
			}
		})
	}
	wg.Wait()
	chunk := bytes.Repeat([]byte{1}, wire.ChunkSize)
	if err := s.AddChunk(ctx, wire.ChunkIDOf(chunk), chunk); !errors.Is(err, drop.ErrFull) {
		t.Errorf("a chunk that does not fit: %v", err)
	}
	limit(1 << 20)
	if err := s.AddLetter(ctx, letter(4)); err != nil {
		t.Errorf("a letter once there is room: %v", err)
	}
	f, err := s.Freeze(ctx, wire.Letters, 0, 3600)
	if err != nil {
		t.Fatal(err)
	}
	if e, c := f.Count(); e != 8 || c != 0 {
		t.Errorf("the page has %d envelopes and %d chunks", e, c)
	}
}

// TestPagesDoNotOverflow: a spool takes no more than a page may hold, of a
// letter all or nothing, however many come at once.
func TestPagesDoNotOverflow(t *testing.T) {
	s := openIn(t, t.TempDir())
	p, err := s.spool(s.lettersName(0))
	if err != nil {
		t.Fatal(err)
	}
	p.most = 10
	var wg sync.WaitGroup
	for range 12 {
		wg.Go(func() {
			if err := s.AddLetter(context.Background(), letter(3)); err != nil && !errors.Is(err, server.ErrSpoolFull) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if u := s.Usage(); u.Envelopes != 9 {
		t.Errorf("%d envelopes are in a spool for 10, three a letter", u.Envelopes)
	}
}

// TestNewerFilesAreRefused: files of a later version are left alone.
func TestNewerFilesAreRefused(t *testing.T) {
	for _, name := range []string{stateFile, filepath.Join(spoolDir, "letters-000000000000.db")} {
		dir := t.TempDir()
		s := openIn(t, dir)
		if err := s.AddLetter(t.Context(), letter(1)); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		db, err := sql.Open("sqlite", filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec("PRAGMA user_version = 99"); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), "newer version") {
			t.Errorf("%s of version 99: %v", name, err)
		}
	}
	dir := t.TempDir()
	db, err := sql.Open("sqlite", filepath.Join(dir, stateFile))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("CREATE TABLE other (a); PRAGMA user_version = 1"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), "not a file of this program") {
		t.Errorf("somebody else's file: %v", err)
	}
}

// TestHalfDeletedSpool: a kill in the midst of deleting a spool leaves nothing
// that keeps the next start from succeeding, or that stays.
func TestHalfDeletedSpool(t *testing.T) {
	dir := t.TempDir()
	s := openIn(t, dir)
	ctx := t.Context()
	if err := s.AddLetter(ctx, letter(4)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Freeze(ctx, wire.Letters, 0, 3600); err != nil {
		t.Fatal(err)
	}
	h := wire.PageHeader{Log: wire.Letters, Sealed: 3600}
	if err := s.Append(ctx, server.Sealing{Log: wire.Letters, Sealed: 3600, Header: h.Encode(), Head: []byte("head")}); err != nil {
		t.Fatal(err)
	}
	wal := filepath.Join(dir, spoolDir, "letters-000000000000.db-wal")
	left, err := os.ReadFile(wal)
	if err != nil || len(left) == 0 {
		t.Fatalf("the spool has no log of writes: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(strings.TrimSuffix(wal, "-wal")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(wal, left, 0o600); err != nil {
		t.Fatal(err)
	}
	s = openIn(t, dir)
	if _, err := s.Load(ctx); err != nil {
		t.Fatal(err)
	}
	if err := s.Discard(ctx, wire.Letters, 0, 3600); err != nil {
		t.Fatal(err)
	}
	if entries, err := os.ReadDir(filepath.Join(dir, spoolDir)); err != nil || len(entries) != 0 {
		t.Errorf("left in the spool: %v, %v", entries, err)
	}
}

// TestSecureDelete: what a replaced or purged row held is in no file any more.
func TestSecureDelete(t *testing.T) {
	dir := t.TempDir()
	s := openIn(t, dir)
	ctx := t.Context()
	marker := bytes.Repeat([]byte("a bundle that is purged "), 100)
	if err := s.PutBundle(ctx, server.BundleRecord{Period: 1, Bundle: marker}); err != nil {
		t.Fatal(err)
	}
	if !onDisk(t, dir, marker[:24]) {
		t.Fatal("the test looks in the wrong place")
	}
	h := wire.PageHeader{Log: wire.Letters, Sealed: 3600}
	p := server.Sealing{Log: wire.Letters, Sealed: 3600, Header: h.Encode(), Head: []byte("head")}
	p.Purge.Bundles = 2
	if err := s.Append(ctx, p); err != nil {
		t.Fatal(err)
	}
	if onDisk(t, dir, marker[:24]) {
		t.Error("a purged bundle is still on disk")
	}
}

func onDisk(t *testing.T, dir string, what []byte) bool {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if b, err := os.ReadFile(filepath.Join(dir, e.Name())); err == nil && bytes.Contains(b, what) {
			return true
		}
	}
	return false
}
