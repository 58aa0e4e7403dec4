// SPDX-License-Identifier: Apache-2.0

package dropcmd

import (
	"crypto/sha256"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"tamizdat/drop/droptest"
	blobs "tamizdat/drop/fs"
	"tamizdat/drop/server"
	"tamizdat/drop/sqlite"
	"tamizdat/internal/oldstores"
	"tamizdat/letter/wire"
)

// stores makes a test write what this version writes, under that name.
var stores = flag.String("stores", "", "write testdata/stores/`VERSION`")

// TestWriteStores keeps the folder of a drop with a newsroom, two pages of
// letters, the keys of a journalist, and a letter that waits.
func TestWriteStores(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "drop")
	must(t, "init", "--dir", dir)
	id, err := readIdentity(dir)
	droptest.Expect(t, "identity", err, nil)
	clock := droptest.NewClock(droptest.Noon)
	n := droptest.NewNewsroom(t, 1, droptest.Schedule(), clock.Unix())
	n.ServedBy(id.key(), id.incarnation)
	must(t, "adopt", "--dir", dir, n.NR.String())
	srv, closeAll := opened(t, dir, id, n.NR, clock)
	droptest.Expect(t, "newsroom", srv.PostNewsroom(t.Context(), n.Write()), nil)
	period := wire.PeriodAt(clock.Unix(), 604800)
	for _, d := range n.Desks {
		droptest.Expect(t, "bundle", srv.PostBundle(t.Context(), n.BundleOf(d, period)), nil)
	}
	for range 3 {
		post, err := n.Letter(clock.Unix()).Encode()
		droptest.Expect(t, "letter", err, nil)
		droptest.Expect(t, "letter", srv.PostLetter(t.Context(), post), nil)
		if clock.Unix() < droptest.Noon+2*3600 {
			clock.Add(3600)
			droptest.Expect(t, "sealing", srv.Seal(t.Context()), nil)
		}
	}
	closeAll()
	oldstores.Write(t, *stores, "drop", dir)
}

// opened opens the drop in dir by a clock of the test.
func opened(t *testing.T, dir string, id identity, nr wire.NewsroomKey, clock *droptest.Clock) (srv *server.Server, closeAll func()) {
	t.Helper()
	store, err := sqlite.Open(dir)
	droptest.Expect(t, "store", err, nil)
	b, err := blobs.Open(dir)
	droptest.Expect(t, "blobs", err, nil)
	srv, err = server.New(t.Context(), server.Config{
		Newsroom: nr, Key: id.key(), Incarnation: id.incarnation, Store: store, Blobs: b, Now: clock.Now, Random: zeros{},
	})
	droptest.Expect(t, "server", err, nil)
	return srv, func() {
		droptest.Expect(t, "closing", errors.Join(b.Close(), store.Close()), nil)
	}
}

// zeros is no randomness; a drop needs it only for tickets and nonces.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// TestF5DropsOfOlderVersions: a drop that an earlier version wrote, copied from
// another machine, is opened, has what it had, and goes on.
func TestF5DropsOfOlderVersions(t *testing.T) {
	oldstores.Each(t, "drop", func(t *testing.T, dir string) {
		id, err := readIdentity(dir)
		droptest.Expect(t, "identity", err, nil)
		key, err := readNewsroom(dir)
		droptest.Expect(t, "newsroom", err, nil)
		before, err := sqlite.Look(dir)
		droptest.Expect(t, "looking before it is opened", err, nil)

		newest := pagesOf(t, dir, before, key, id)
		clock := droptest.NewClock(newest + 3600)
		srv, closeAll := opened(t, dir, id, key, clock)
		droptest.Expect(t, "sealing", srv.Seal(t.Context()), nil)
		keys, err := srv.Keys(t.Context(), wire.PeriodAt(newest, 604800))
		droptest.Expect(t, "keys", err, nil)
		if f, err := wire.ParseKeysFile(keys); err != nil || len(f.Bundles) != 1 {
			t.Errorf("the journalist's keys are not there: %v", err)
		}
		closeAll()

		after, err := sqlite.Look(dir)
		droptest.Expect(t, "looking after it was opened", err, nil)
		if after.Schema != after.Known {
			t.Errorf("the schema is %d, not %d", after.Schema, after.Known)
		}
		if had, has := len(before.Logs[wire.Letters].Headers), len(after.Logs[wire.Letters].Headers); had != 2 || has != 3 {
			t.Errorf("%d pages of letters, and after one more sealing %d", had, has)
		}
		if again := pagesOf(t, dir, after, key, id); again != newest+3600 {
			t.Errorf("the newest page is of %d", again-newest)
		}
	})
}

// pagesOf checks the logs in dir against their heads and each page of letters
// against its header. It returns when the newest was sealed. Of the last page
// the letter that waited must be there.
func pagesOf(t *testing.T, dir string, st *sqlite.State, key wire.NewsroomKey, id identity) (newest int64) {
	t.Helper()
	n, err := verified(st.File, key, id.public())
	droptest.Expect(t, "newsroom file", err, nil)
	for _, log := range threeLogs() {
		droptest.Expect(t, log.String(), headMatches(n.Roster(), log, st.Logs[log]), nil)
	}
	bodies := map[[32]byte][]byte{}
	droptest.Expect(t, "files", filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		bodies[sha256.Sum256(b)] = b
		return err
	}), nil)
	for _, raw := range st.Logs[wire.Letters].Headers {
		h, err := wire.ParsePageHeader(raw)
		droptest.Expect(t, "header", err, nil)
		body, err := wire.ParseLettersBody(bodies[h.BodyHash])
		if err != nil || len(body.Envelopes) != 1 {
			t.Errorf("page %d does not hold its letter: %v", h.Number, err)
		}
		newest = max(newest, h.Sealed)
	}
	return newest
}

// TestF5CopiesOfDrops: what a hurried copy leaves out or adds is refused, or
// does no harm.
func TestF5CopiesOfDrops(t *testing.T) {
	for name, tt := range map[string]struct {
		harm  func(dir string) error
		words string // "" where it must open
	}{
		"without the spool":       {func(dir string) error { return os.RemoveAll(filepath.Join(dir, "spool")) }, ""},
		"with a lock left behind": {func(dir string) error { return os.WriteFile(filepath.Join(dir, lockFile), nil, 0o600) }, ""},
		"with half-written files": {func(dir string) error { return os.WriteFile(filepath.Join(dir, ".durable-1"), []byte("x"), 0o600) }, ""},
		"readable for others":     {func(dir string) error { return os.Chmod(filepath.Join(dir, identityFile), 0o644) }, "other users may"},
		"without the identity":    {func(dir string) error { return os.Remove(filepath.Join(dir, identityFile)) }, "there is no drop in this folder"},
		"without the newsroom":    {func(dir string) error { return os.Remove(filepath.Join(dir, newsroomFile)) }, "not told which newsroom"},
		"with half a database":    {func(dir string) error { return os.Truncate(filepath.Join(dir, "state.db"), 8192) }, "state.db"},
		"with another's database": {func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "state.db"), []byte("not SQLite, but long enough to be read as a page"), 0o600)
		}, "state.db"},
		"with another's newsroom": {func(dir string) error {
			return os.WriteFile(filepath.Join(dir, newsroomFile), []byte(wire.NewsroomKey{1}.String()+"\n"), 0o600)
		}, "stored newsroom"},
		"with the key of a new one": {otherIdentity, "stored newsroom"},
	} {
		t.Run(name, func(t *testing.T) {
			oldstores.Each(t, "drop", func(t *testing.T, dir string) {
				droptest.Expect(t, "harm", tt.harm(dir), nil)
				if tt.words != "" {
					fails(t, tt.words, "serve", "--tor", "none", "--dir", dir)
					return
				}
				p := start(t, dir)
				p.stop(t)
			})
		})
	}
}

func otherIdentity(dir string) error {
	id, err := newIdentity(zeros{})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, identityFile), id.encode(), 0o600)
}
