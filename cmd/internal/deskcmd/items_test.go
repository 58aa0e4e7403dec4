// SPDX-License-Identifier: Apache-2.0

package deskcmd

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tamizdat/desk"
)

// TestWhatCameByOtherWays takes a mail, a scan and a note in with the commands of a
// desk that belongs to no newsroom yet.
func TestWhatCameByOtherWays(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.desk("anna", "", "init", "--name", "Anna")
	mail := "From: wind@lamp.example\r\nSubject: boxes\x1b[2J\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nEleven boxes\x1b[31m.\r\n" +
		"--x\r\nContent-Type: text/html; name=\"../a\u202elmth.exe\"\r\n\r\n<img src=http://lamp.example/pixel>\r\n--x--\r\n"
	b.must(os.WriteFile(b.path("letter.eml"), []byte(mail), 0o600))
	b.must(os.WriteFile(b.path("scan.pdf"), []byte("%PDF"), 0o600))
	out := b.desk("anna", "", "add", b.path("letter.eml"), "--how", "e-mail to the desk")
	if !strings.Contains(out, fmt.Sprintf("mail, SHA-256 %x", sha256.Sum256([]byte(mail)))) {
		t.Errorf("add says %q", out)
	}
	id := out[:8]
	b.desk("anna", "", "add", b.path("scan.pdf"), "--how", "post")
	if out := b.desk("anna", "", "add", b.path("scan.pdf"), "--how", "post again"); !strings.Contains(out, "the same bytes") {
		t.Errorf("add says %q", out)
	}
	b.desk("anna", "He says eleven.\n", "note", "--how", "call with Boris")
	for _, out := range []string{b.desk("anna", "", "items"), b.desk("anna", "", "items", id)} {
		if strings.ContainsAny(out, "\x1b\u202e") || !strings.Contains(out, "Eleven boxes") || !strings.Contains(out, `by Anna`) {
			t.Errorf("items says %q", out)
		}
	}
	var list []desk.ItemInfo
	b.must(json.Unmarshal([]byte(b.desk("anna", "", "items", "--json")), &list))
	if len(list) != 4 || list[3].Kind != "note" || list[3].How != "call with Boris" || list[3].Begins != "He says eleven." {
		t.Errorf("items --json says %+v", list)
	}
	to := b.path("out")
	if out := b.desk("anna", "", "items", id, "--to", to); out != "01-letter.eml\n02-almth.exe\n" {
		t.Errorf("items --to says %q", out)
	}
	if got, err := os.ReadFile(filepath.Join(to, "01-letter.eml")); err != nil || !bytes.Equal(got, []byte(mail)) {
		t.Errorf("the original is %q, %v", got, err)
	}
}

// TestALetterIsFoundAgain looks for words in what was taken in, by another
// inflection, and is asked for them where the command line does not say.
func TestALetterIsFoundAgain(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.desk("anna", "", "init", "--name", "Anna")
	b.desk("anna", "Из архива \x1b[31m вынесли коробки.\n", "note", "--how", "call with Boris")
	for _, out := range []string{b.desk("anna", "", "search", "архивы коробка"), b.desk("anna", "архивом\n", "search")} {
		if !strings.Contains(out, "[архива]") || !strings.Contains(out, "note taken in") || strings.Contains(out, "\x1b") {
			t.Errorf("search says %q", out)
		}
	}
	var found struct {
		Total int
		Hits  []desk.Match
	}
	b.must(json.Unmarshal([]byte(b.desk("anna", "", "search", "boris", "--json")), &found))
	if found.Total != 1 || found.Hits[0].Field != "how" || found.Hits[0].Text != "call with Boris" || found.Hits[0].Marks[0] != [2]int{10, 15} {
		t.Errorf("search --json says %+v", found)
	}
	for _, args := range [][]string{{"search", "*"}, {"search", "a", "--limit", "0"}} {
		if out, code := b.try(b.now, "anna", "", args...); code == 0 {
			t.Errorf("%q was done: %s", args, out)
		}
	}
}

func TestWhatCannotBeTakenIn(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.desk("anna", "", "init", "--name", "Anna")
	for _, args := range [][]string{
		{"add", b.path("nothing"), "--how", "post"},
		{"add", b.dir, "--how", "post"},
		{"add", os.DevNull, "--how", "post"},
		{"add", b.path("nothing")},
		{"note"},
		{"note", "--how", "call"},
		{"items", "0000"},
		{"items", "--to", b.path("out")},
	} {
		if out, code := b.try(b.now, "anna", "", args...); code == 0 {
			t.Errorf("%q was done: %s", args, out)
		}
	}
}
