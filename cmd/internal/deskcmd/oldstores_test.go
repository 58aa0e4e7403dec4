// SPDX-License-Identifier: Apache-2.0

package deskcmd

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tamizdat/internal/oldstores"
	"tamizdat/letter"
)

// stores makes a test write what this version writes, under that name.
var stores = flag.String("stores", "", "write testdata/stores/`VERSION`")

const oldLetter = "What an earlier version took in.\n\nИ по-русски."

// TestWriteStores keeps the folder of a desk that has read a letter, answers it,
// and has had its passphrase changed.
func TestWriteStores(t *testing.T) {
	b := newBench(t)
	n := b.found("default", b.now)
	all := []string{"anna", "boris", "vera"}
	b.pass(2, all...)
	src, err := letter.NewWords().Source()
	b.must(err)
	b.write(n, src, oldLetter, b.now())
	b.pass(2, all...)
	id := listOf(t, b.desk("boris", "", "list", "--json"))[0].ID.Short()
	b.desk("boris", "", "read", id)
	b.desk("boris", "It came.\n", "reply", id)
	oldstores.Write(t, *stores, "desk", b.path("boris"))
}

// openOld lets a bench have the desk of an earlier version.
func openOld(t *testing.T, dir string) *bench {
	t.Helper()
	b := newBench(t)
	b.must(os.Rename(dir, b.path("boris")))
	return b
}

// TestF5DesksOfOlderVersions: a desk that an earlier version wrote, copied from
// another machine, opens with its passphrase, has what it had, and goes on.
func TestF5DesksOfOlderVersions(t *testing.T) {
	oldstores.Each(t, "desk", func(t *testing.T, dir string) {
		b := openOld(t, dir)
		list := listOf(t, b.desk("boris", "", "list", "--json"))
		if len(list) != 1 || !list[0].Read {
			t.Fatalf("the letters are %+v", list)
		}
		id := list[0].ID.Short()
		for line := range strings.SplitSeq(oldLetter, "\n") {
			if out := b.desk("boris", "", "read", id); !strings.Contains(out, strings.TrimSpace("| "+line)) {
				t.Errorf("the letter reads %q", out)
			}
		}
		out := b.desk("boris", "", "status")
		for _, want := range []string{"desk of Boris", "newsroom Free Voice: ", "Anna", "Vera", "1 letter, 0 not read; replies that wait for their slot: 1", "no alarms"} {
			if !strings.Contains(out, want) {
				t.Errorf("status does not say %q: %s", want, out)
			}
		}
		// It is written to by this version, and opens again.
		b.desk("boris", "", "restored")
		if out, code := b.try(b.now, "boris", "", "read", id); code == 0 || !strings.Contains(out, "came back from a copy") {
			t.Errorf("before it looked at the drop: %d %s", code, out)
		}
		b.desk("boris", "", "restored", "--as-it-is")
		b.desk("boris", "Another answer.\n", "reply", id)
		if out := b.desk("boris", "", "status"); !strings.Contains(out, "replies that wait for their slot: 2") {
			t.Errorf("after an answer: %s", out)
		}
		if out, code := b.run(t.Context(), func() time.Time { return time.Now().AddDate(3, 0, 0) }, "boris", "", &strings.Builder{}, "read", id); code != 0 || !strings.Contains(out, "по-русски") {
			t.Errorf("years later: %d %s", code, out)
		}
	})
}

// TestF5CopiesOfDesks: what a hurried copy leaves out is refused with a sentence
// or does no harm; nothing is repaired by guessing.
func TestF5CopiesOfDesks(t *testing.T) {
	without := func(name string) func(dir string) error {
		return func(dir string) error { return os.Remove(filepath.Join(dir, name)) }
	}
	for name, tt := range map[string]struct {
		harm  func(dir string) error
		words string // "" where it must open
	}{
		"with half-written files": {func(dir string) error { return os.WriteFile(filepath.Join(dir, ".durable-1"), []byte("x"), 0o600) }, ""},
		"without the lock":        {func(dir string) error { return os.RemoveAll(filepath.Join(dir, "lock")) }, ""},
		"without the vault's key": {without("vault"), "there is no vault in this folder"},
		"without the journal":     {without("journal"), "damaged"},
		"without the mark":        {without("mark"), "damaged"},
		"without the keyring":     {without("keyring"), "damaged"},
		"with half a journal":     {func(dir string) error { return os.Truncate(filepath.Join(dir, "journal"), 1000) }, "damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			oldstores.Each(t, "desk", func(t *testing.T, dir string) {
				b := openOld(t, dir)
				b.must(tt.harm(b.path("boris")))
				out, code := b.try(b.now, "boris", "", "list")
				if (code == 0) != (tt.words == "") || !strings.Contains(out, tt.words) {
					t.Errorf("exit %d: %s", code, out)
				}
			})
		})
	}
}
