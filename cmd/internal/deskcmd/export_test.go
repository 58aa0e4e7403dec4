// SPDX-License-Identifier: Apache-2.0

package deskcmd

import (
	"archive/zip"
	"bytes"
	"os"
	"strings"
	"testing"

	"tamizdat/letter"
)

// TestAThreadIsHandedOn writes a thread with the commands, twice the same, and
// refuses to write over anything.
func TestAThreadIsHandedOn(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	n := b.found("default", b.now)
	b.pass(3, "anna", "boris", "vera")
	source, err := letter.NewWords().Source()
	b.must(err)
	b.write(n, source, "Eleven boxes.", b.now())
	b.pass(2, "anna")
	note := b.desk("anna", "He says eleven.", "note", "--how", "call")[:8]
	letters := listOf(t, b.desk("anna", "", "list", "--json"))
	sender := letters[0].From

	out := b.desk("anna", "", "export", sender, "--to", b.path("one.zip"), "--with", note)
	if !strings.Contains(out, "plaintext") || !strings.Contains(out, "1 letter, 0 replies, 0 notes, 1 item of "+sender) {
		t.Errorf("export says %q", out)
	}
	b.desk("anna", "", "export", letters[0].ID.Short(), "--to", b.path("two.zip"), "--with", note)
	one, err := os.ReadFile(b.path("one.zip"))
	b.must(err)
	two, err := os.ReadFile(b.path("two.zip"))
	b.must(err)
	if !bytes.Equal(one, two) {
		t.Error("the same thread is other bytes")
	}
	if _, err := zip.NewReader(bytes.NewReader(one), int64(len(one))); err != nil {
		t.Error(err)
	}
	for _, args := range [][]string{
		{"export", sender, "--to", b.path("one.zip")},
		{"export", sender},
		{"export", "0000", "--to", b.path("x.zip")},
		{"export", sender, "--with", "0000", "--to", b.path("x.zip")},
		{"export", sender, "--to", b.dir},
	} {
		if out, code := b.try(b.now, "anna", "", args...); code == 0 {
			t.Errorf("%q was done: %s", args, out)
		}
	}
	if _, err := os.Stat(b.path("x.zip")); !os.IsNotExist(err) {
		t.Error("a file was left behind")
	}
	if after, err := os.ReadFile(b.path("one.zip")); err != nil || !bytes.Equal(one, after) {
		t.Error("a file was written over")
	}
}
