// SPDX-License-Identifier: Apache-2.0

package vault

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"tamizdat/internal/durable"
	"tamizdat/letter"
)

// copier makes shares, a backup and a restored folder for ever, and prints the
// number of each round when all of it is done. The papers of a round lie beside
// the folder, as they would in a drawer.
func copier(root string) int {
	for i := 0; ; i++ {
		if err := copyOnce(root, i); err != nil {
			fmt.Println("write:", err)
			return 1
		}
		fmt.Println(i)
	}
}

func copyOnce(root string, i int) error {
	dir, at := filepath.Join(root, "desk"), func(name string) string { return filepath.Join(root, fmt.Sprint(name, "-", os.Getpid(), "-", i)) }
	v, _, err := openAll(dir)
	if err != nil {
		return err
	}
	shares, err := v.NewShares(2, 2)
	if err != nil {
		return err
	}
	var papers []string
	for _, s := range shares {
		papers = append(papers, strings.Join(s.Words(letter.English()), " "))
	}
	err = os.WriteFile(filepath.Join(root, "papers"), []byte(strings.Join(papers, "\n")), 0o600)
	if err == nil {
		err = durable.CreateFileFrom(at("backup"), 0o600, func(w io.Writer) error { return v.Backup(w, nil) })
	}
	if err := errors.Join(err, v.Close()); err != nil {
		return err
	}
	f, err := os.Open(at("backup"))
	if err != nil {
		return err
	}
	defer f.Close()
	b, err := OpenBackup(f)
	if err == nil {
		err = b.Unlock([]byte(phrase))
	}
	if err == nil {
		err = b.Restore(at("restored"), nil, Params{})
	}
	return err
}

// TestKilledCopiesAreWholeOrNotThere: whatever the moment, a backup under its name
// restores, a restored folder opens or is no vault, and the recovery file belongs
// to the last papers or to those before.
func TestKilledCopiesAreWholeOrNotThere(t *testing.T) {
	t.Parallel()
	v, dir, _ := used(t)
	v.mustShares(t, 2, 2)
	root := t.TempDir()
	if err := errors.Join(v.Close(), os.Rename(dir, filepath.Join(root, "desk"))); err != nil {
		t.Fatal(err)
	}
	for range 10 {
		killSoon(t, "VAULT_TEST_COPIER="+root, time.Duration(30+rand.IntN(80))*time.Millisecond)
	}
	if backups := checkKilled(t, root); backups == 0 {
		t.Fatal("no backup was made: the test saw nothing")
	}
}

// checkKilled looks at everything that the killed ones left, and returns how many
// backups there are.
func checkKilled(t *testing.T, root string) (backups int) {
	t.Helper()
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	halves := 0
	for _, e := range entries {
		path := filepath.Join(root, e.Name())
		switch {
		case strings.HasPrefix(e.Name(), "backup-"):
			backups++
			checkBackupFile(t, path, filepath.Join(root, "again", strconv.Itoa(backups)))
		case strings.HasPrefix(e.Name(), "restored-") && Exists(path):
			checkRestored(t, path)
		case strings.HasPrefix(e.Name(), "restored-"):
			halves++
		}
	}
	checkRestored(t, filepath.Join(root, "desk"))
	t.Logf("%d backups, %d folders that are no vault yet", backups, halves)
	return backups
}

func checkBackupFile(t *testing.T, path, to string) {
	t.Helper()
	f, err := os.ReadFile(path)
	if err == nil {
		err = restoreBytes(f, to)
	}
	if err != nil {
		t.Fatalf("%s: %v", filepath.Base(path), err)
	}
	checkRestored(t, to)
}

func checkRestored(t *testing.T, dir string) {
	t.Helper()
	v, records, err := openAll(dir)
	if err != nil || len(records) != 2 {
		t.Fatalf("%s: %d records, %v", filepath.Base(dir), len(records), err)
	}
	defer v.Close()
	for _, n := range v.Objects() {
		if _, err := v.Object(n, 1<<20); err != nil {
			t.Errorf("%s: %v", filepath.Base(dir), err)
		}
	}
	if _, err := v.Recovery(); err != nil {
		t.Errorf("%s: its shares: %v", filepath.Base(dir), err)
	}
	if err := v.Backup(io.Discard, nil); err != nil {
		t.Errorf("%s: back it up again: %v", filepath.Base(dir), err)
	}
}

// TestPowerCutDuringNewShares: the recovery file is the old one or the new one, and
// the desk's folder opens either way. That it is replaced in one step is tested in
// the package that does it.
func TestPowerCutDuringNewShares(t *testing.T) {
	v, dir := newVault(t)
	old := v.mustShares(t, 2, 2)
	before, err := os.ReadFile(filepath.Join(dir, recoveryName))
	if err != nil {
		t.Fatal(err)
	}
	v.mustShares(t, 2, 2)
	v, _ = reopen(t, v)
	if err := os.WriteFile(filepath.Join(dir, recoveryName), before, 0o600); err != nil {
		t.Fatal(err)
	}
	v, _ = reopen(t, v)
	if p, err := gather(dir, old, 0, 1); err != nil || p.Missing() != 0 {
		t.Errorf("cut before the new file had its name: %v", err)
	}
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
}
