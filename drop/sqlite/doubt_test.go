// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"tamizdat/drop/server"
	"tamizdat/letter/wire"
)

// TestCheckpointFails: a log of writes that cannot be emptied is told, and is no
// failure of what was committed, so that sealing goes on.
func TestCheckpointFails(t *testing.T) {
	s := openIn(t, t.TempDir())
	broken := errors.New("the disk is full")
	var told []error
	s.Report = func(err error) { told = append(told, err) }
	s.checkpoint = func() error { return broken }
	sealTwo(t, s)
	if len(told) == 0 || !errors.Is(told[0], broken) {
		t.Errorf("the operator was told %v", told)
	}
}

// TestCommitInDoubt: a commit that happened and was not confirmed is known by
// the next call.
func TestCommitInDoubt(t *testing.T) {
	s := openIn(t, t.TempDir())
	ctx := t.Context()
	broken := errors.New("no confirmation")
	doubtful := func(tx *sql.Tx) error { return errors.Join(tx.Commit(), broken) }
	s.commit = doubtful
	if _, err := s.Freeze(ctx, wire.Letters, 0, 3600); !errors.Is(err, broken) {
		t.Fatalf("freeze: %v", err)
	}
	s.commit = (*sql.Tx).Commit
	f, err := s.Freeze(ctx, wire.Letters, 0, 7200)
	if err != nil || f.Sealed() != 3600 {
		t.Fatalf("freezing again: %v", err)
	}
	s.commit = doubtful
	p := page(0, 3600)
	if err := s.Append(ctx, p); !errors.Is(err, broken) {
		t.Fatalf("append: %v", err)
	}
	s.commit = (*sql.Tx).Commit
	snap, err := s.Load(ctx)
	if err != nil || len(snap.Logs[wire.Letters].Headers) != 1 || snap.Logs[wire.Letters].Frozen {
		t.Fatalf("the log is %+v: %v", snap.Logs[wire.Letters], err)
	}
	if _, err := s.Freeze(ctx, wire.Letters, 1, 7200); err != nil {
		t.Errorf("the next page: %v", err)
	}
}

func page(number uint64, sealed int64) server.Sealing {
	h := wire.PageHeader{Log: wire.Letters, Number: number, Sealed: sealed}
	return server.Sealing{Log: wire.Letters, Number: number, Sealed: sealed, Header: h.Encode(), Head: []byte("head")}
}

func sealTwo(t *testing.T, s *Store) {
	t.Helper()
	for n := range uint64(2) {
		sealed := int64(n+1) * 3600
		f, err := s.Freeze(t.Context(), wire.Letters, n, sealed)
		if err != nil || f.Sealed() != sealed {
			t.Fatalf("freezing page %d: %v", n, err)
		}
		if err := s.Append(t.Context(), page(n, sealed)); err != nil {
			t.Fatalf("appending page %d: %v", n, err)
		}
		if err := s.Discard(t.Context(), wire.Letters, n, sealed); err != nil {
			t.Fatalf("discarding the spool of page %d: %v", n, err)
		}
	}
}

// TestClosedStore: a write that comes after Close is refused and opens nothing,
// so that the next process finds the folder free.
func TestClosedStore(t *testing.T) {
	dir := t.TempDir()
	s := openIn(t, dir)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	slot := server.Slot{Log: wire.Desk, Sealing: 3600, Key: "k", Body: []byte("b"), Beat: []byte("b")}
	if err := s.AddLetter(t.Context(), letter(1)); !errors.Is(err, errClosed) {
		t.Errorf("a letter: %v", err)
	}
	if err := s.AddSlot(t.Context(), slot); !errors.Is(err, errClosed) {
		t.Errorf("a slot: %v", err)
	}
	if left, err := os.ReadDir(filepath.Join(dir, spoolDir)); err != nil || len(left) != 0 {
		t.Errorf("%d spools were made: %v", len(left), err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("closing again: %v", err)
	}
}
