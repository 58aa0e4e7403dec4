// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tamizdat/letter"
	"tamizdat/letter/wire"
)

// export returns a thread's archive and what lies in it.
func (w *world) export(d *Desk, typed string, with ...ItemID) (raw []byte, m *Manifest, files map[string]string) {
	w.t.Helper()
	t, err := d.FindThread(typed)
	w.must(err)
	var b bytes.Buffer
	_, _, err = d.Export(&b, t, with...)
	w.must(err)
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	w.must(err)
	files = map[string]string{}
	for _, f := range z.File {
		in, err := f.Open()
		w.must(err)
		content, err := io.ReadAll(in)
		w.must(err)
		files[f.Name] = string(content)
	}
	m = &Manifest{}
	w.must(json.Unmarshal([]byte(files["manifest.json"]), m))
	return b.Bytes(), m, files
}

// TestAThreadIsExported is the whole of it: letters with an attachment of a hostile
// name, a reply, a mail that belongs to it; the same bytes tomorrow; hashes that
// verify; and nothing of the transport.
func TestAThreadIsExported(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	first := w.attach(map[string][]byte{"../../.ssh/config": []byte("Host *"), "отчёт\u202efdp.exe": []byte("MZ")})
	d := w.desks[0]
	w.must(d.Fetch(t.Context(), first, noProgress))
	_, err := d.Reply(first, "thank you")
	w.must(err)
	w.write(newSource(t), "somebody else's letter")
	w.pass(8 * time.Hour) // colleagues' word that it opened there comes by their segments
	mail, err := d.TakeIn("letter.eml", "e-mail to the desk", strings.NewReader(mailFile))
	w.must(err)
	sender, err := d.FindSender(first.Short())
	w.must(err)
	thread := SenderName(sender.pseudonym)

	raw, m, files := w.export(d, thread, mail)
	w.clock = w.clock.Add(30 * 24 * time.Hour)
	again, _, _ := w.export(w.reopen(0), thread, mail)
	if !bytes.Equal(raw, again) {
		t.Error("a month later the same thread is other bytes")
	}
	want := []string{
		"SHA256SUMS", "about.txt", "documents/001/01-letter.eml", "documents/001/02-bashrc",
		"letters/001/01-config", "letters/001/02-отчётfdp.exe", "letters/001/letter.txt", "manifest.json", "replies/001.txt",
		"thread-en.txt", "thread-ru.txt",
	}
	if diff := cmp.Diff(want, w.namesOf(raw)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if m.Hands[0].Name != thread || files["letters/001/letter.txt"] != "see attached" || files["replies/001.txt"] != "thank you" || files["documents/001/01-letter.eml"] != mailFile {
		t.Errorf("the archive says %+v", m)
	}
	w.verifies(m, files)
	w.tellsNothing(first, files["manifest.json"]+files["SHA256SUMS"]+files["about.txt"]+files["thread-en.txt"]+files["thread-ru.txt"])
}

func (w *world) namesOf(raw []byte) []string {
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	w.must(err)
	var names []string
	for _, f := range z.File {
		names = append(names, f.Name)
		if path.Clean(f.Name) != f.Name || strings.HasPrefix(f.Name, ".") || path.IsAbs(f.Name) || f.Method != zip.Store || !f.Modified.Equal(time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)) {
			w.t.Errorf("the archive has %q, method %d, of %v", f.Name, f.Method, f.Modified)
		}
	}
	if !slices.IsSorted(names) {
		w.t.Errorf("the names are in no order: %q", names)
	}
	return names
}

// verifies checks all files against the manifest and the sums, and that every file
// that is spoken of is there.
func (w *world) verifies(m *Manifest, files map[string]string) {
	w.t.Helper()
	sums := map[string]string{}
	for line := range strings.Lines(files["SHA256SUMS"]) {
		sum, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		sums[name] = sum
	}
	listed := map[string]bool{}
	for _, f := range m.Files {
		content, ok := files[f.Name]
		if sum := fmt.Sprintf("%x", sha256.Sum256([]byte(content))); !ok || sum != f.SHA256 || sum != sums[f.Name] || int64(len(content)) != f.Length {
			w.t.Errorf("%s does not verify", f.Name)
		}
		listed[f.Name] = true
	}
	if len(sums) != len(files)-1 || len(listed) != len(files)-2 {
		w.t.Errorf("%d sums and %d files listed of %d", len(sums), len(listed), len(files))
	}
	steps := slices.Concat(m.Letters[0].Custody, m.Documents[0].Custody)
	for _, s := range steps {
		if !listed[s.File] || s.From != "" && !listed[s.From] || s.By == "" != (s.Step == stepPieces) || s.How == "" || s.SHA256 != "" && s.SHA256 != fmt.Sprintf("%x", sha256.Sum256([]byte(files[s.File]))) {
			w.t.Errorf("a step of custody speaks of what is not there: %+v", s)
		}
	}
	if len(steps) != 7 {
		w.t.Errorf("there are %d steps of custody, want three who opened the letter, 2 of its files and 2 of the mail", len(steps))
	}
}

// tellsNothing looks for what only the transport knows.
func (w *world) tellsNothing(id LetterID, text string) {
	w.t.Helper()
	l := w.desks[0].s.letters[id]
	tuple := w.desks[0].s.senders[wire.Pseudonym(l.Sender)].tuple
	secrets := []string{
		id.String(), fmt.Sprintf("%x", l.Sender), fmt.Sprintf("%x", l.OwnID), fmt.Sprintf("%x", l.Digest), l.Envelope.String(),
		fmt.Sprintf("%x", tuple.DH[:]), fmt.Sprintf("%x", tuple.Fetch[:]), fmt.Sprint(l.PageSealed), fmt.Sprint(w.desks[0].s.items[w.desks[0].s.itemOrder[0]].at),
	}
	p, err := letter.ParseParcel(l.Parcel)
	w.must(err)
	for _, c := range p.Needed() {
		secrets = append(secrets, fmt.Sprintf("%x", c[:]))
	}
	for _, s := range secrets {
		if strings.Contains(text, s[:min(len(s), 16)]) {
			w.t.Errorf("the archive tells %s", s)
		}
	}
}

func TestWhatWasNotFetchedIsSaid(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	id := w.attach(map[string][]byte{"a": []byte("b")})
	d := w.desks[0]
	thread, err := d.FindThread(id.String())
	w.must(err)
	var b bytes.Buffer
	m, missing, err := d.Export(&b, thread)
	if err != nil || missing != 1 || m.Letters[0].Attachments[0].File != "" {
		t.Errorf("%d are missing of %+v, %v", missing, m, err)
	}
	if _, err := d.FindSender("no-such-words"); !errors.Is(err, ErrNoLetter) {
		t.Error(err)
	}
	if _, _, err := d.Export(&b, &Thread{}); !errors.Is(err, ErrNoThread) {
		t.Error(err)
	}
	if _, _, err := d.Export(&b, thread, ItemID{}); !errors.Is(err, ErrNoItem) {
		t.Error(err)
	}
}

// TestADamagedAttachmentIsNotExported: nothing is written then.
func TestADamagedAttachmentIsNotExported(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	id := w.attach(map[string][]byte{"a": []byte("b")})
	d := w.desks[0]
	w.must(d.Fetch(t.Context(), id, noProgress))
	d.s.letters[id].files[0].SHA256[0] ^= 1
	thread, err := d.FindThread(id.String())
	w.must(err)
	var b bytes.Buffer
	if _, _, err := d.Export(&b, thread); err == nil || b.Len() > 0 {
		t.Errorf("%d bytes were written, %v", b.Len(), err)
	}
}
