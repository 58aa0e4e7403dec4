// SPDX-License-Identifier: Apache-2.0

package contact_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"path/filepath"
	"testing"
	"time"

	"tamizdat/desk"
	"tamizdat/desk/contact"
	"tamizdat/desk/vault"
	"tamizdat/letter/wire"
)

const (
	onion     = "http://pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion"
	clearAddr = "http://127.0.0.1:8080"
	bridge    = "obfs4 192.0.2.7:443 0123456789ABCDEF0123456789ABCDEF01234567 cert=AAAABBBBCCCCDDDDEEEEFFFFGGGGHHHHIIIIJJJJKKKKLLLLMMMMNNNNOOOOPPPP iat-mode=0"
)

// founded is the time of the newsroom's founding, 25 November 2026 at noon.
func founded() time.Time { return time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC) }

// newsroom founds one of a single desk, as a person would.
func newsroom(t testing.TB, name, logKey string, addresses ...string) *wire.Newsroom {
	t.Helper()
	d, err := desk.Create(filepath.Join(t.TempDir(), "anna"), "pass", "Anna", desk.Options{
		Now: founded, Params: vault.Params{MemoryKiB: 8, Passes: 1, Threads: 1},
	})
	must(t, err)
	t.Cleanup(func() { must(t, d.Close()) })
	pub, _, err := ed25519.GenerateKey(bytes.NewReader(make([]byte, 64)))
	must(t, err)
	draft, err := d.Found(desk.Founding{
		Name: name, Addresses: addresses, Drop: wire.DropKey(pub), Incarnation: wire.Incarnation{1},
		Threshold: 1, Period: 7 * 86400, Schedule: wire.DefaultSchedule(), LogKey: logKey,
	})
	must(t, err)
	must(t, d.Sign(draft))
	must(t, d.Join(context.Background(), draft))
	n, err := d.Newsroom()
	must(t, err)
	return n
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// everything is the longest that the pages can be.
func everything() contact.Options {
	return contact.Options{
		Names: map[string]string{"ru": "Лампа", "uk": "Лампа", "be": "Лямпа", "fa": "چراغ", "ar": "المصباح"},
		Site:  "https://lamp.example/contact", Program: "https://lamp.example/tamizdat-source",
		Bridges: []string{bridge}, Journalists: true,
	}
}

func made(t testing.TB, n *wire.Newsroom, o contact.Options) map[string]string {
	t.Helper()
	files, err := contact.Make(n, founded().Unix(), o)
	must(t, err)
	pages := make(map[string]string)
	for _, f := range files {
		pages[f.Name] = string(f.Bytes)
	}
	return pages
}
