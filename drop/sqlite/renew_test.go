// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"bytes"
	"crypto/rand"
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"tamizdat/drop/server"
	"tamizdat/letter/wire"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestF5UpgradeFromTheFirstSchema: a folder of the version that knew no holding
// opens, whole, and one of a later version does not.
func TestF5UpgradeFromTheFirstSchema(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, stateFile)
	db, err := openFile(path, stateSchema()[:1])
	must(t, err)
	_, err = db.Exec("INSERT INTO roster VALUES (3, x'00', 2, 3600)")
	must(t, err)
	must(t, db.Close())
	if why, err := Holds(dir); err != nil || why != server.Going {
		t.Fatalf("before the upgrade: %v %v", why, err)
	}
	for range 2 {
		s, err := Open(dir)
		must(t, err)
		snap, err := s.Load(t.Context())
		must(t, err)
		if len(snap.Rosters) != 1 || snap.Rosters[0].Number != 3 || snap.Holding != server.Going {
			t.Errorf("after the upgrade: %+v", snap)
		}
		must(t, s.Close())
	}
	db, err = openFile(path, append(stateSchema(), "CREATE TABLE later (x);"))
	must(t, err)
	must(t, db.Close())
	if s, err := Open(dir); err == nil {
		t.Error("a file of a later version was opened")
		must(t, s.Close())
	}
}

// TestRenewalThatWasCutOff: spools that still bear the numbers of the logs before
// come into the first pages of the new ones.
func TestRenewalThatWasCutOff(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(dir)
	must(t, err)
	envelope := make([]byte, wire.EnvelopeSize)
	rand.Read(envelope)
	must(t, s.AddLetter(t.Context(), [][]byte{envelope}))
	name := s.lettersName(0)
	must(t, s.Close())
	spools := filepath.Join(dir, spoolDir)
	must(t, os.Rename(filepath.Join(spools, name), filepath.Join(spools, "letters-000000000041.db")))
	s, err = Open(dir)
	must(t, err)
	defer s.Close()
	f, err := s.Freeze(t.Context(), wire.Letters, 0, 3600)
	must(t, err)
	found := false
	must(t, f.Envelopes(func(e []byte) error {
		found = bytes.Equal(e, envelope)
		return nil
	}))
	if !found {
		t.Error("a letter that was accepted is not in the first page")
	}
}

// TestSlotsOfLogsThatEnded: what desks had queued is not sealed into new logs where
// the renewal was cut off right after it had happened.
func TestSlotsOfLogsThatEnded(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(dir)
	must(t, err)
	ctx := t.Context()
	slot := server.Slot{Log: wire.Replies, Sealing: 7200, Key: "0", Body: make([]byte, wire.ReplySize), Beat: make([]byte, wire.BeatSize)}
	must(t, s.AddSlot(ctx, slot))
	must(t, s.transact(func(tx *sql.Tx) error { return s.endLogs(tx, wire.Incarnation{1}) }))
	must(t, s.Close())
	for range 2 { // what comes then stays
		s, err = Open(dir)
		must(t, err)
		if has, err := s.HasSlot(ctx, slot); err != nil || has {
			t.Errorf("a slot of the logs before is there: %v", err)
		}
		slot.Sealing += 7200
		must(t, s.AddSlot(ctx, slot))
		must(t, s.Close())
		s, err = Open(dir)
		must(t, err)
		if has, err := s.HasSlot(ctx, slot); err != nil || !has {
			t.Errorf("a slot of the new logs is gone: %v", err)
		}
		must(t, s.Close())
		slot.Sealing += 7200
	}
}

// TestACopyHolds: whoever starts a drop from the copy, however, and also one that
// was made of a drop which was behind already.
func TestACopyHolds(t *testing.T) {
	for _, tt := range []struct{ why, mark, want server.Holding }{
		{server.Going, server.Doubtful, server.Doubtful},
		{server.Going, server.Behind, server.Behind},
		{server.Doubtful, server.Doubtful, server.Doubtful},
		{server.Behind, server.Doubtful, server.Behind},
	} {
		why, want := tt.why, tt.want
		dir, to := t.TempDir(), t.TempDir()
		s, err := Open(dir)
		must(t, err)
		must(t, s.Hold(t.Context(), why))
		must(t, CopyState(dir, to, tt.mark)) // while the store is open
		must(t, s.Close())
		if got, err := Holds(to); err != nil || got != want {
			t.Errorf("the copy of %v is %v: %v", why, got, err)
		}
		if got, err := Holds(dir); err != nil || got != why {
			t.Errorf("the copied one is %v: %v", got, err)
		}
	}
}
