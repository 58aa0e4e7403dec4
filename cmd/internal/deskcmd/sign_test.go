// SPDX-License-Identifier: Apache-2.0

package deskcmd

import (
	"crypto/ed25519"
	"encoding/hex"
	"os"
	"strings"
	"testing"
)

// TestSignShowsAllOfIt: who signs a founding reads whose words to compare, who
// may sign, and every setting; and is told where nobody could ever be let go.
func TestSignShowsAllOfIt(t *testing.T) {
	b := newBench(t)
	for _, name := range []string{"anna", "boris"} {
		b.desk(name, "", "init", "--name", strings.ToUpper(name[:1])+name[1:])
	}
	words := strings.TrimSpace(strings.SplitN(b.desk("anna", "", "request", "--out", b.path("anna.request")), "\n", 2)[0])
	b.desk("boris", "", "request", "--out", b.path("boris.request"))
	b.desk("anna", "", "found", "--name", "Free Voice", "--drop", b.address,
		"--drop-key", hex.EncodeToString(b.dropKey.Public().(ed25519.PublicKey)), "--incarnation", hex.EncodeToString(b.inc[:]),
		"--yes", b.path("boris.request"), "--out", b.path("draft"))
	out := b.desk("boris", "", "sign", "--yes", b.path("draft"))
	for _, want := range []string{
		"Anna joins. Have Anna read six words aloud, and compare: " + words, "Boris joins: this is you",
		"A NEW ROOT, the first: 2 may sign for the newsroom, and 2 must", "ALL MUST SIGN",
		"a period of keys lasts 7 days", "letters are kept for: 1080 pages", "the drop's key: ", "newsroom: tamizdat1", "signed: 2 of 2",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("not told: %q in\n%s", want, out)
		}
	}
	if strings.Contains(out, "NOBODY") || strings.Contains(out, "WILL NOT BE SIGNED") {
		t.Errorf("an honest draft is cried out:\n%s", out)
	}
}

// TestForgedDraftIsNotCounted: a file in which nobody's signature holds says so.
func TestForgedDraftIsNotCounted(t *testing.T) {
	b := newBench(t)
	for _, name := range []string{"anna", "boris"} {
		b.desk(name, "", "init", "--name", name)
		b.desk(name, "", "request", "--out", b.path(name+".request"))
	}
	b.desk("anna", "", "found", "--name", "Free Voice", "--drop", b.address,
		"--drop-key", hex.EncodeToString(b.dropKey.Public().(ed25519.PublicKey)), "--incarnation", hex.EncodeToString(b.inc[:]),
		"--yes", b.path("boris.request"), "--out", b.path("draft"))
	b.desk("anna", "", "sign", "--yes", b.path("draft"))
	file, err := os.ReadFile(b.path("draft"))
	b.must(err)
	root := int(file[18])<<8 | int(file[19]) // after the magic line and the number of roots
	file[20+root-1] ^= 1                     // the last byte of the signature under it
	b.must(os.WriteFile(b.path("draft"), file, 0o600))
	out := b.desk("boris", "", "sign", "--yes", b.path("draft"))
	if !strings.Contains(out, "SIGNATURES THAT ARE NO GOOD stood in the file: 1.") || !strings.Contains(out, "signed: 2 of 2") {
		t.Errorf("the signer is told\n%s", out)
	}
	if out, code := b.try(b.now, "boris", "", "publish", b.path("draft")); code == 0 {
		t.Errorf("published:\n%s", out)
	}
}
