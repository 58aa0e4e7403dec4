// SPDX-License-Identifier: Apache-2.0

package deskcmd

import (
	"crypto/ed25519"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const someOnion = "http://pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion"

// contactBench is the desk of a newsroom of one at the given address.
func contactBench(t *testing.T, address string) *bench {
	t.Helper()
	b := newBench(t)
	b.listener.Close()
	b.desk("anna", "", "init", "--name", "Anna")
	b.desk("anna", "", "found", "--name", "Free Voice", "--address", address,
		"--drop-key", hex.EncodeToString(b.dropKey.Public().(ed25519.PublicKey)),
		"--incarnation", hex.EncodeToString(b.inc[:]), "--threshold", "1", "-o", b.path("draft"))
	b.desk("anna", "", "sign", b.path("draft"), "--yes")
	b.desk("anna", "", "join", b.path("draft"))
	return b
}

// TestContact: the pages are made, made again with one change, and made in
// fewer languages; the person is told each time what became of the old ones.
func TestContact(t *testing.T) {
	b := contactBench(t, someOnion)
	out := b.desk("anna", "", "contact", "--out", b.path("www"))
	b.says(out, "contact.en.html: new", "card.ar.html: new", "No native speaker has yet read", "no audit")
	page, err := os.ReadFile(filepath.Join(b.path("www"), "contact.fa.html"))
	b.must(err)
	if !strings.Contains(string(page), someOnion) || strings.Contains(string(page), "Anna") {
		t.Error("the page lacks the address, or names a journalist whom nobody asked to name")
	}
	info, err := os.Stat(filepath.Join(b.path("www"), "card.fa.html"))
	b.must(err)
	if want := b.now().UTC().Truncate(24 * time.Hour); !info.ModTime().Equal(want) || info.Mode().Perm() != 0o644 {
		t.Errorf("the card is of %s with mode %s, want %s, the day of the list", info.ModTime(), info.Mode(), want)
	}

	b.must(os.WriteFile(b.path("bridges"), []byte("192.0.2.7:443 0123456789ABCDEF0123456789ABCDEF01234567\n\n"), 0o600))
	out = b.desk("anna", "", "contact", "--out", b.path("www"), "--lang", "en,ru", "--tor-bridges", b.path("bridges"), "--name", "ru=Вольный голос")
	b.says(out, "contact.ru.html: changed", "card.en.html: as it was", "contact.fa.html is left from before")
	if strings.Contains(out, "No native speaker") {
		t.Error("a review of English and Russian is not owed")
	}
	out, code := b.try(b.now, "anna", "", "contact", "--out", b.path("www"), "--site", "http://in.the.clear")
	if code == 0 || !strings.Contains(out, "neither https:// nor an onion") {
		t.Errorf("a site in the clear: exit %d\n%s", code, out)
	}
}

// TestContactRefuses an expired list, and addresses that Tor does not hide.
func TestContactRefuses(t *testing.T) {
	b := contactBench(t, someOnion)
	late := func() time.Time { return b.now().Add(61 * 24 * time.Hour) }
	out, code := b.try(late, "anna", "", "contact", "--out", b.path("www"))
	if code == 0 || !strings.Contains(out, "roster propose --renew") {
		t.Errorf("an expired list: exit %d\n%s", code, out)
	}
	b = contactBench(t, "http://127.0.0.1:8080")
	out, code = b.try(b.now, "anna", "", "contact", "--out", b.path("www"))
	if code == 0 || !strings.Contains(out, "no onion address") {
		t.Errorf("an address without Tor: exit %d\n%s", code, out)
	}
	if _, err := os.Stat(b.path("www")); err == nil {
		t.Error("a refusal left a folder")
	}
}

func (b *bench) says(out string, wanted ...string) {
	b.t.Helper()
	for _, w := range wanted {
		if !strings.Contains(out, w) {
			b.t.Errorf("does not say %q:\n%s", w, out)
		}
	}
}
