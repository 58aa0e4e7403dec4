// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"tamizdat/desk/vault"
)

// lone is a desk without a newsroom: whatever comes can be taken in from the first
// day.
func lone(t *testing.T) (d *Desk, dir string, again func() *Desk) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "desk")
	o := Options{Now: func() time.Time { return time.Unix(testStart+5*86400+12345, 0) }, Params: vault.Params{MemoryKiB: 8, Passes: 1, Threads: 1}}
	d, err := Create(dir, "pass", "Anna", o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d, dir, func() *Desk {
		t.Helper()
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		if d, err = Open(dir, "pass", o); err != nil {
			t.Fatal(err)
		}
		return d
	}
}

const mailFile = "Received: x\r\nFrom: =?utf-8?B?0JLRltGC0LXRgA==?= <wind@lamp.example>\r\nSubject: boxes\r\nDate: Mon, 2 May 2022 10:00:00 +0300\r\n" +
	"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nEleven boxes.\r\n--x\r\nContent-Type: application/pdf\r\n" +
	"Content-Disposition: attachment; filename=\"../../.bashrc\"\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERg==\r\n--x--\r\n"

// TestAMailIsTakenIn tells the whole of it: what came is kept byte for byte, what
// was copied out names its parent, and the desk still has all of it tomorrow.
func TestAMailIsTakenIn(t *testing.T) {
	d, dir, again := lone(t)
	id, err := d.TakeIn(`/media/stick/from Boris/letter 1.eml`, " e-mail to the\tdesk ", strings.NewReader(mailFile))
	if err != nil {
		t.Fatal(err)
	}
	d = again()
	got, err := d.Item(id)
	if err != nil {
		t.Fatal(err)
	}
	original, pdf := fmt.Sprintf("%x", sha256.Sum256([]byte(mailFile))), fmt.Sprintf("%x", sha256.Sum256([]byte("%PDF")))
	thisWeek := week(testStart + 5*86400)
	want := &Item{
		ItemInfo: ItemInfo{
			ID: id, Kind: "mail", Week: thisWeek, By: "Anna", How: "e-mail to the desk", Name: "letter 1.eml",
			From: "Вітер <wind@lamp.example>", Subject: "boxes", Files: 1, Begins: "Eleven boxes.",
		},
		Date: "Mon, 2 May 2022 10:00:00 +0300", Text: "Eleven boxes.", Length: int64(len(mailFile)),
		Attached: []FileInfo{{"../../.bashrc", "application/pdf", 4, pdf}}, Remarks: []string{}, Same: []ItemID{},
		Custody: []Custody{
			{"taken in", "Anna", "e-mail to the desk", thisWeek, original, ""},
			{"copied out of the mail", "Anna", "MIME", thisWeek, pdf, original},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	out := filepath.Join(t.TempDir(), "out")
	names, err := d.SaveItem(id, out)
	if diff := cmp.Diff([]string{"01-letter_1.eml", "02-bashrc"}, names); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if b, err := os.ReadFile(filepath.Join(out, names[0])); err != nil || string(b) != mailFile {
		t.Errorf("the original came back as %q, %v", b, err)
	}
	for _, secret := range []string{"Eleven boxes", "%PDF", "wind@lamp", "e-mail to the desk"} {
		if filesHold(t, dir, []byte(secret)) {
			t.Errorf("%q lies readable on the disk", secret)
		}
	}
}

// TestAnyFileIsTakenInUnread: A-18, a thing that is encrypted already, is kept as it
// is like everything else; a mail that is none is a file.
func TestAnyFileIsTakenInUnread(t *testing.T) {
	d, _, _ := lone(t)
	for _, tt := range []struct{ name, content, kind, shown string }{
		{"scan.pdf", "%PDF…", itemFile, "scan.pdf"},
		{"letter.pgp", "-----BEGIN PGP MESSAGE-----", itemFile, "letter.pgp"},
		{"empty", "", itemFile, "empty"},
		{"broken.EML", "\xff\xd8 not a mail", itemFile, "broken.EML"},
		{`C:\Users\vera\..\x.txt`, "x", itemFile, "x.txt"},
		{"/", "y", itemFile, ""},
		{"a\nb\x1b[31m", "z", itemFile, "a b\x1b[31m"},
		{strings.Repeat("щ", 300), "w", itemFile, strings.Repeat("щ", maxGiven) + "…"},
	} {
		id, err := d.TakeIn(tt.name, "post", strings.NewReader(tt.content))
		if err != nil {
			t.Fatalf("%q: %v", tt.name, err)
		}
		i, err := d.Item(id)
		if err != nil || i.Kind != tt.kind || i.Name != tt.shown || i.Length != int64(len(tt.content)) || i.Text != "" {
			t.Errorf("%q: %+v, %v", tt.name, i, err)
		}
		if wantRemark := strings.EqualFold(filepath.Ext(tt.name), ".eml"); (len(i.Remarks) > 0) != wantRemark {
			t.Errorf("%q: remarks %q", tt.name, i.Remarks)
		}
		if _, err := d.SaveItem(id, t.TempDir()); err != nil {
			t.Errorf("%q: %v", tt.name, err)
		}
	}
}

func TestANoteIsTakenIn(t *testing.T) {
	d, _, _ := lone(t)
	id, err := d.TakeNote("call", "Борис сказал: одиннадцать коробок.\n")
	if err != nil {
		t.Fatal(err)
	}
	i, err := d.Item(id)
	if err != nil || i.Kind != itemNote || i.Text != "Борис сказал: одиннадцать коробок.\n" || i.Custody[0].SHA256 != fmt.Sprintf("%x", sha256.Sum256([]byte(i.Text))) {
		t.Errorf("got %+v, %v", i, err)
	}
	for _, text := range []string{"", " \n", "\xff", strings.Repeat("x", maxNote+1)} {
		if _, err := d.TakeNote("call", text); err == nil {
			t.Errorf("a note %.10q was taken", text)
		}
	}
}

func TestSomebodyMustSayHowItCame(t *testing.T) {
	d, _, _ := lone(t)
	for _, how := range []string{"", "\t\n", strings.Repeat("x", maxHow+1), "\xff"} {
		if _, err := d.TakeIn("a", how, strings.NewReader("x")); !errors.Is(err, ErrHow) {
			t.Errorf("%q: %v", how, err)
		}
	}
}

func TestTheSameBytesAreTold(t *testing.T) {
	d, _, _ := lone(t)
	var ids []ItemID
	for range 2 {
		id, err := d.TakeIn("a", "post", strings.NewReader("x"))
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	i, err := d.Item(ids[1])
	if diff := cmp.Diff(ids[:1], i.Same); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if found, err := d.FindItem(ids[0].Short()); found != ids[0] || err != nil {
		t.Errorf("found %s, %v", found, err)
	}
	for _, typed := range []string{"", "zzzz", ids[0].String()[:3]} {
		if _, err := d.FindItem(typed); !errors.Is(err, ErrNoItem) {
			t.Errorf("%q: %v", typed, err)
		}
	}
	if _, err := d.Item(ItemID{}); !errors.Is(err, ErrNoItem) {
		t.Error(err)
	}
}

// TestAHalfReadFileLeavesNothing: a stick that is pulled out.
func TestAHalfReadFileLeavesNothing(t *testing.T) {
	d, dir, again := lone(t)
	broken := io.MultiReader(strings.NewReader(mailFile), iotest.ErrReader(io.ErrUnexpectedEOF))
	if _, err := d.TakeIn("a.eml", "stick", broken); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v", err)
	}
	d = again()
	files, err := os.ReadDir(filepath.Join(dir, "objects"))
	if len(files) > 0 || len(d.Items()) > 0 || err != nil {
		t.Errorf("%d objects are left, %v", len(files), err)
	}
}

// TestAnObjectOfNoItemIsSwept: the desk died between keeping the objects and
// writing the item down.
func TestAnObjectOfNoItemIsSwept(t *testing.T) {
	d, _, again := lone(t)
	if _, err := d.TakeIn("a.eml", "mail", strings.NewReader(mailFile)); err != nil {
		t.Fatal(err)
	}
	f, err := d.sealTaken(bytes.NewReader([]byte("x")))
	if err != nil {
		t.Fatal(err)
	}
	if err := d.v.Keep(f.Object); err != nil {
		t.Fatal(err)
	}
	if n := len(again().v.Objects()); n != 2 {
		t.Errorf("%d objects are left, want the two of the item", n)
	}
}
