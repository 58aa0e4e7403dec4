// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"tamizdat/desk/vault"
)

// restoreDesk takes a desk's laptop away, and gives its person a new one with the backup.
func (w *world) restoreDesk(i int, backup string) *Desk {
	w.t.Helper()
	f, err := os.Open(backup)
	w.must(err)
	defer f.Close()
	b, err := vault.OpenBackup(f)
	w.must(err)
	w.must(b.Unlock([]byte("pass " + testNames[i])))
	dir := filepath.Join(w.t.TempDir(), "new laptop")
	w.must(b.Restore(dir, nil, vault.Params{}))
	d, err := Open(dir, "pass "+testNames[i], w.options())
	w.must(err)
	w.t.Cleanup(func() { d.Close() })
	w.desks[i], w.dirs[i] = d, dir
	return d
}

func (w *world) backUp(i int) string {
	w.t.Helper()
	file := filepath.Join(w.t.TempDir(), "backup")
	w.must(w.desks[i].Backup(file))
	return file
}

// TestF6ARestoredDeskUsesNoNumberTwice: a used desk, a backup, further replies, the
// laptop lost, a restore. It begins another numbering by itself, shows nothing
// before it has looked, and then everything; the source reads every answer, and no
// number stands over two texts.
func TestF6ARestoredDeskUsesNoNumberTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	src := newSource(t)
	w.write(src, "one")
	w.pass(2 * time.Hour)
	w.replies(0, "a")
	w.pass(13 * time.Hour)
	backup := w.backUp(0)

	w.replies(0, "b")
	w.replies(0, "c")
	w.pass(14 * time.Hour)
	w.write(src, "two")
	w.pass(2 * time.Hour)
	lost := w.desks[0]
	incarnation, id := lost.s.incarnation, lost.Letters()[0].ID
	w.must(lost.Close())

	d := w.restoreDesk(0, backup)
	if d.s.incarnation <= incarnation {
		t.Errorf("incarnation %d after %d", d.s.incarnation, incarnation)
	}
	if _, err := d.Letter(id); !d.Behind() || len(d.Letters()) != 0 || !errors.Is(err, ErrBehind) || !d.Status().Behind {
		t.Errorf("before it looked: %d letters, %v", len(d.Letters()), err)
	}
	d = w.reopen(0)
	if !d.Behind() {
		t.Error("it forgot that it is behind")
	}
	begun := d.s.incarnation
	w.round(d)
	if d = w.reopen(0); d.Behind() || d.s.incarnation != begun {
		t.Errorf("after it looked: behind %v, incarnation %d, then %d", d.Behind(), begun, d.s.incarnation)
	}
	if len(d.Letters()) != 1 { // "two" is sealed to keys that are in no backup
		t.Errorf("it shows %d letters", len(d.Letters()))
	}
	w.replies(0, "d")
	w.pass(14 * time.Hour)
	texts := map[string]string{}
	for _, r := range w.readReplies(src) {
		key := fmt.Sprint(r.Author, r.Incarnation, r.Number)
		if other, used := texts[key]; used && other != r.Text {
			t.Errorf("%q and %q have one number", other, r.Text)
		}
		texts[key] = r.Text
	}
	got := []string{}
	for _, text := range texts {
		got = append(got, text)
	}
	slices.Sort(got)
	if strings.Join(got, "") != "abcd" {
		t.Errorf("the source reads %q", got)
	}
}

// TestARestoredDeskTellsWhatItCannotOpen, and reads again with its next keys.
func TestARestoredDeskTellsWhatItCannotOpen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	backup := w.backUp(0)
	w.must(w.desks[0].Close())
	d := w.restoreDesk(0, backup)
	if len(d.v.SecretNames(secretPeriod)) != 0 {
		t.Error("the backup has keys of a period")
	}
	if !told(d, wordsOldKeys) {
		t.Errorf("it tells %s", rows(d))
	}
	src := newSource(t)
	w.write(src, "to the old keys")
	w.pass(2 * time.Hour)
	if texts(d) != "" || texts(w.desks[1]) != "to the old keys" {
		t.Errorf("restored: %q, colleague: %q", texts(d), texts(w.desks[1]))
	}
	w.clock = w.clock.Add((periodsAhead + 1) * testPeriod * time.Second) // everybody sleeps
	w.must(w.drop.Seal(t.Context()))
	w.rounds()
	w.write(src, "to the new keys")
	w.pass(2 * time.Hour)
	if texts(d) != "to the new keys" {
		t.Errorf("with new keys: %q", texts(d))
	}
}

// TestARestoredDeskWhoseDropIsGone shows what it had, when its person says so.
func TestARestoredDeskWhoseDropIsGone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	w.write(newSource(t), "one")
	w.pass(2 * time.Hour)
	backup := w.backUp(0)
	w.must(w.desks[0].Close())
	d := w.restoreDesk(0, backup)
	w.must(d.AcceptBehind())
	d = w.reopen(0)
	if len(d.Letters()) != 1 || d.Behind() {
		t.Errorf("it shows %d letters", len(d.Letters()))
	}
}

func TestBackupOverwritesNothing(t *testing.T) {
	t.Parallel()
	w := &world{t: t, clock: time.Unix(testStart, 0)}
	d := w.newDesk("Anna")
	file := filepath.Join(t.TempDir(), "thesis.txt")
	w.must(os.WriteFile(file, []byte("mine"), 0o600))
	if err := d.Backup(file); !errors.Is(err, os.ErrExist) {
		t.Errorf("got %v", err)
	}
	if b, _ := os.ReadFile(file); string(b) != "mine" {
		t.Error("it was overwritten")
	}
}

// TestLockForgets: nothing is written, sent or shown with a locked desk, and the
// folder is free for whoever knows the passphrase.
func TestLockForgets(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	w.write(newSource(t), "one")
	w.pass(2 * time.Hour)
	d, key := w.desks[0], w.desks[0].Key()
	w.must(d.Lock())
	if len(d.Letters()) != 0 {
		t.Error("it shows letters")
	}
	if _, err := d.Round(t.Context()); err == nil {
		t.Error("it looks at the drop")
	}
	if err := d.SeeAlarms(); err != nil {
		t.Errorf("nothing to note, and yet %v", err)
	}
	if err := d.NewIncarnation(); !errors.Is(err, vault.ErrLocked) {
		t.Errorf("it writes: %v", err)
	}
	key.Forget()
	if _, err := OpenWith(key, w.options()); !errors.Is(err, vault.ErrLocked) {
		t.Errorf("a forgotten key: %v", err)
	}
	again, err := Open(w.dirs[0], "pass Anna", w.options())
	w.must(err)
	w.must(again.Close())
}

// TestD6NoPlaintextOnTheDiskOfAUsedAndKilledDesk reads every byte of the folder and
// of a backup, and every name, for what the desk knows: letters, a note, answers, an
// attachment with its name, people, the newsroom, its address, keys. The folder is
// read as it lies there while the desk is open, which is what a killed one leaves.
func TestD6NoPlaintextOnTheDiskOfAUsedAndKilledDesk(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	const text, note, reply = "MARKER-LETTER-0451 письмо", "MARKER-NOTE-0451 записка", "MARKER-ANSWER-0451 ответ"
	const fileName, content = "MARKER-FILE-0451.pdf", "MARKER-CONTENT-0451 "
	w.write(newSource(t), text)
	w.pass(2 * time.Hour)
	id := w.attach(map[string][]byte{fileName: []byte(strings.Repeat(content, 3000))})
	d := w.desks[0]
	w.must(d.Fetch(t.Context(), id, noProgress))
	w.must(d.commit(&letterKept{ID: LetterID{1}, Note: true, Text: note, Sender: hash32(w.desks[1].keys.Pseudonym())}))
	w.replies(0, reply)
	_, err := d.NewShares(2, 3)
	w.must(err)
	const tag, remark, reason, asked = "MARKER-TAG-0451", "MARKER-REMARK-0451 заметка", "MARKER-REASON-0451", "MARKER-ASKED-0451"
	const item, how, subject, call = "MARKER-ITEM-0451.eml", "MARKER-HOW-0451", "MARKER-SUBJECT-0451", "MARKER-CALL-0451"
	w.write(newSource(t), "Another one's letter.")
	w.pass(2 * time.Hour)
	threads := d.Threads()
	w.must(d.SetThread(&threads[0], FieldTags, tag))
	w.must(d.WriteNote(&threads[0], strings.Repeat(remark+" ", 900))) // of two segments
	w.must(w.desks[1].WriteNote(&threads[0], "MARKER-COLLEAGUE-0451"))
	w.must(d.JoinHands(threads[0].Hands[0], threads[1].Hands[0], true, reason))
	w.must(d.ExplainLetter(id, asked))
	_, err = d.TakeIn(item, how, strings.NewReader("Subject: "+subject+"\r\n\r\ntext\r\n"))
	w.must(err)
	_, err = d.TakeNote(how, call)
	w.must(err)
	for range 2 { // with an index for one question, and with the whole one
		_, _, err = d.Search("MARKER-SOUGHT-0451 письмо", 10)
		w.must(err)
	}
	w.pass(7 * time.Hour)
	_, err = d.NewShares(2, 3)
	w.must(err)
	w.must(d.Backup(filepath.Join(w.dirs[0], "backup-beside")))

	secrets := map[string][]byte{
		"a tag": []byte(tag), "a note about a thread": []byte(remark), "a colleague's note": []byte("MARKER-COLLEAGUE-0451"),
		"why hands are one": []byte(reason), "an explanation": []byte(asked), "an item's name": []byte(item), "how it came": []byte(how),
		"a mail's subject": []byte(subject), "a call": []byte(call), "what was sought": []byte("MARKER-SOUGHT-0451"),
		"three words": []byte(threads[0].Hands[0]), "a field": []byte(FieldTags + `"`), "a kind told to colleagues": []byte(`"` + kindSet),
		"a letter": []byte(text), "a note": []byte(note), "an answer": []byte(reply),
		"a file's name": []byte(fileName), "a file": []byte(content), "the passphrase": []byte("pass Anna"),
		"the newsroom": []byte("Free Voice"), "its address": []byte("127.0.0.1:1"),
		"a colleague": []byte("Boris"), "herself": []byte("Anna"),
		"a kind of event": []byte("letter.kept"), "her editor key": d.keys.EditorSeed(), "the schedule": d.plan,
		"her keys": d.keys.Marshal()[8:40], "a key of the drop": w.key[:], "the newsroom's key": keyBytes(w),
	}
	for _, name := range d.v.SecretNames(secretPeriod) {
		b, _ := d.v.Secret(name)
		secrets[name] = b[8:40]
	}
	found := leaks(t, w.dirs[0], secrets)
	for _, what := range found {
		t.Error(what)
	}
	// What is looked for is found where it is.
	plain := filepath.Join(t.TempDir(), "saved")
	_, err = d.Save(t.Context(), id, plain, noProgress)
	w.must(err)
	if got := len(leaks(t, plain, secrets)); got < 2 {
		t.Errorf("in a folder of plaintext %d leaks were found", got)
	}
}

func keyBytes(w *world) []byte {
	key := w.draft.Key()
	return key[:]
}

// leaks lists what stands in the files and names below dir: as it is, in hexadecimal, in
// base64 at any place, in UTF-16, and each of them deflated.
func leaks(t *testing.T, dir string, secrets map[string][]byte) (found []string) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		files++
		b = append(b, path[len(dir):]...)
		for how, b := range map[string][]byte{"": b, "deflated ": inflated(b)} {
			for what, secret := range secrets {
				for form, looked := range forms(secret) {
					if bytes.Contains(b, looked) {
						found = append(found, fmt.Sprintf("%s stands in %s, %s%s", what, path[len(dir):], how, form))
					}
				}
			}
		}
		return err
	})
	if err != nil || files == 0 {
		t.Fatalf("%d files, %v", files, err)
	}
	return found
}

func forms(secret []byte) map[string][]byte {
	little, big := []byte{}, []byte{}
	for _, u := range utf16.Encode([]rune(string(secret))) {
		little, big = binary.LittleEndian.AppendUint16(little, u), binary.BigEndian.AppendUint16(big, u)
	}
	out := map[string][]byte{"plain": secret, "in hexadecimal": []byte(hex.EncodeToString(secret)), "in UTF-16": little, "in UTF-16BE": big}
	for at := range 3 { // where the secret begins in a group of three bytes
		for name, code := range map[string]*base64.Encoding{"base64": base64.RawStdEncoding, "base64url": base64.RawURLEncoding} {
			coded := code.EncodeToString(append(make([]byte, at), secret...))
			out[fmt.Sprint("in ", name, ", ", at)] = []byte(coded[(at*8+5)/6 : (at+len(secret))*8/6])
		}
	}
	return out
}

// inflated is what comes out wherever in b a deflated stream could begin that is worth the
// name: one that gives more than it is itself. Of a large file the beginning and the end
// are tried.
func inflated(b []byte) (out []byte) {
	r := flate.NewReader(nil)
	part := make([]byte, 4<<10)
	for at := range b {
		if at > 64<<10 && at < len(b)-1<<10 {
			continue
		}
		if r.(flate.Resetter).Reset(bytes.NewReader(b[at:]), nil) != nil {
			continue
		}
		if n, _ := io.ReadFull(r, part); n > 32 {
			out = append(out, part[:n]...)
		}
	}
	return out
}

// TestLeaksAreFound: each form in which plaintext could lie on a disk is seen there.
func TestLeaksAreFound(t *testing.T) {
	t.Parallel()
	const secret = "MARKER-0451 письмо"
	deflated := func(w io.WriteCloser, b *bytes.Buffer) []byte {
		io.WriteString(w, strings.Repeat(secret+", ", 20))
		w.Close()
		return b.Bytes()
	}
	var gz, fl bytes.Buffer
	raw, err := flate.NewWriter(&fl, 9)
	if err != nil {
		t.Fatal(err)
	}
	wide := []byte{}
	for _, u := range utf16.Encode([]rune(secret)) {
		wide = append(wide, byte(u>>8), byte(u))
	}
	for name, b := range map[string][]byte{
		"plain": []byte("xx" + secret), "base64": []byte(base64.StdEncoding.EncodeToString([]byte("x" + secret + "x"))),
		"base64url": []byte(base64.URLEncoding.EncodeToString([]byte("xx" + secret))), "UTF-16BE": wide,
		"gzip": deflated(gzip.NewWriter(&gz), &gz), "deflate": append(make([]byte, 77), deflated(raw, &fl)...),
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "file"), b, 0o600); err != nil {
			t.Fatal(err)
		}
		if got := leaks(t, dir, map[string][]byte{"it": []byte(secret)}); len(got) == 0 {
			t.Errorf("%s is not seen", name)
		}
	}
}
