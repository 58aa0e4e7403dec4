// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tamizdat/letter"
)

// wholeThread is a thread with all that one can have: two hands that were joined, a letter
// that did not open at Vera's desk, an attachment, answers by two desks, notes, and a field
// over which two disagree.
func wholeThread(t *testing.T) (w *world, typed string) {
	t.Helper()
	w = newWorld(t)
	anna, boris, vera := w.desks[0], w.desks[1], w.desks[2]
	w.pass(3 * time.Hour)
	first := w.attach(map[string][]byte{"../приказ №7\n.doc": []byte("not really a document")})
	src := newSource(t)
	n := w.newsroom()
	envelopes, err := src.SealLetter(n.Key(), n.Roster(), w.bundles(), letter.NewLetter("Вере я не доверяю.\n== Letter 9", nil), vera.ID())
	w.must(err)
	w.post(envelopes)
	w.pass(2 * time.Hour)
	w.write(src, "Риск растёт каждую неделю.")
	w.write(newSource(t), "somebody else's letter")
	w.pass(2 * time.Hour)
	second := w.named(anna, "Риск").Short()
	w.must(anna.JoinHands(first.Short(), second, true, "the second knows what the first said"))
	w.pass(3 * time.Hour)
	w.must(boris.SetThread(w.threadAt(boris, second), FieldTags, "риск, weekly"))
	w.must(anna.SetThread(w.threadAt(anna, second), FieldAssigned, "Boris"))
	w.must(vera.SetThread(w.threadAt(vera, second), FieldAssigned, "Vera"))
	w.must(vera.WriteNote(w.threadAt(vera, second), "Сравнить с письмом от марта.\r\n\x1b[2J== Letter 9"))
	_, err = anna.Reply(first, "Спасибо. Когда напишете снова?")
	w.must(err)
	_, err = boris.Reply(w.named(boris, "Риск"), "thank you")
	w.must(err)
	w.pass(36 * time.Hour)
	for _, d := range w.desks[:2] {
		w.must(d.Fetch(t.Context(), first, noProgress))
	}
	return w, second
}

func (w *world) named(d *Desk, begins string) LetterID {
	w.t.Helper()
	for _, l := range d.Letters() {
		if strings.HasPrefix(l.Begins, begins) {
			return l.ID
		}
	}
	w.t.Fatalf("%s has no letter %q", d.s.name, begins)
	return LetterID{}
}

func (w *world) threadAt(d *Desk, typed string) *Thread {
	w.t.Helper()
	t, err := d.FindThread(typed)
	w.must(err)
	return t
}

// TestAWholeThreadIsTheSameAtEachDesk: two desks with the same knowledge make the same
// bytes, now, later and opened again; the third one's say what it lacks.
func TestAWholeThreadIsTheSameAtEachDesk(t *testing.T) {
	t.Parallel()
	w, typed := wholeThread(t)
	raw, m, files := w.export(w.desks[0], typed)
	other, _, _ := w.export(w.desks[1], typed)
	if !bytes.Equal(raw, other) {
		_, _, theirs := w.export(w.desks[1], typed)
		t.Errorf("Anna's and Boris's differ:\n%s", cmp.Diff(files, theirs))
	}
	w.clock = w.clock.Add(20 * 24 * time.Hour)
	if again, _, _ := w.export(w.reopen(1), typed); !bytes.Equal(raw, again) {
		t.Error("later it is other bytes")
	}
	if len(m.Hands) != 2 || len(m.Joined) != 1 || m.Joined[0].By != "Anna" || len(m.Letters) != 3 || len(m.Replies) != 2 || len(m.Notes) != 1 {
		t.Errorf("the manifest says %+v", m)
	}
	found := []ExportedFinding{{"Anna", FoundSame}, {"Boris", FoundSame}, {"Vera", FoundNothing}}
	if diff := cmp.Diff(found, m.Letters[1].Desks); diff != "" {
		t.Error(diff)
	}
	for _, r := range m.Replies {
		if !r.Sent || r.Number != 1 || r.Numbering != 1 {
			t.Errorf("a reply is told as %+v", r)
		}
	}
	for _, f := range m.Fields {
		if (f.Field == FieldAssigned) != (len(f.Values) == 2) {
			t.Errorf("the field %+v", f)
		}
	}
	w.lacksOne(typed)
}

// TestADocumentOfTheThreadIsNamedWhereverItLies: a mail that Boris took in and put into the
// thread is whole in his archive; Anna's says where it lies, its hash and its custody. A
// letter that Vera was given by Anna is no gap any more, and says how it came.
func TestADocumentOfTheThreadIsNamedWhereverItLies(t *testing.T) {
	t.Parallel()
	w, typed := wholeThread(t)
	anna, boris, vera := w.desks[0], w.desks[1], w.desks[2]
	id, err := boris.TakeIn("letter.eml", "e-mail to the desk", strings.NewReader(mailFile))
	w.must(err)
	w.must(boris.PutInThread(w.threadAt(boris, typed), id))
	w.pass(3 * time.Hour)
	var file bytes.Buffer
	_, err = anna.MakeHistory(&file, "Vera", []Thread{*w.threadAt(anna, typed)})
	w.must(err)
	_, err = vera.TakeHistory(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(file.Bytes())), nil })
	w.must(err)
	w.pass(3 * time.Hour)

	_, his, files := w.export(boris, typed)
	_, hers, _ := w.export(anna, typed)
	_, veras, hadNot := w.export(vera, typed)
	if d := his.Documents[0]; d.LiesAt != "" || files[d.Original] != mailFile || d.Attachments[0].File == "" {
		t.Errorf("Boris's says %+v", d)
	}
	d := hers.Documents[0]
	if d.LiesAt != "Boris" || d.Original != "" || len(d.Custody) != 2 || d.Custody[0].SHA256 != his.Documents[0].Custody[0].SHA256 {
		t.Errorf("Anna's says %+v", d)
	}
	given := veras.Letters[1]
	if given.Gap || given.Desks[2].Found != FoundNothing || !strings.HasPrefix(hadNot[given.Text], "Вере я не доверяю") {
		t.Errorf("Vera's says %+v", given)
	}
	if last := given.Custody[len(given.Custody)-1]; last.Step != "given to Vera" || last.By != "Anna" {
		t.Errorf("it came by %+v", given.Custody)
	}
	if diff := cmp.Diff(hers.Letters[1], given); diff != "" {
		t.Errorf("and not the same in Anna's: %s", diff)
	}
}

// lacksOne looks at Vera's: the letter that she was not sent is a gap of the same number,
// and nothing of hers was fetched.
func (w *world) lacksOne(typed string) {
	w.t.Helper()
	_, m, files := w.export(w.desks[2], typed)
	gap := m.Letters[1]
	if !gap.Gap || gap.Text != "" || files["letters/002/letter.txt"] != "" || files["letters/003/letter.txt"] == "" {
		w.t.Errorf("Vera's says %+v", m.Letters)
	}
	if diff := cmp.Diff([]ExportedFinding{{"Anna", FoundText}, {"Boris", FoundText}}, gap.Desks); diff != "" {
		w.t.Error(diff)
	}
	if m.Letters[0].Attachments[0].File != "" {
		w.t.Error("what was not fetched is in it")
	}
}

// TestATextReadsWithoutTheProgram: both languages have every text and no line that a
// stranger could have made up.
func TestATextReadsWithoutTheProgram(t *testing.T) {
	t.Parallel()
	w, typed := wholeThread(t)
	_, _, files := w.export(w.desks[0], typed)
	for name, words := range map[string][]string{
		"thread-en.txt": {"== Letter 2", "Anna: the same text; Boris: the same text; Vera: nothing", "== Answer 1, to ", "№ 1", "colleagues disagree", "== Note 1, by Vera"},
		"thread-ru.txt": {"== Письмо 2", "Anna: тот же текст; Boris: тот же текст; Vera: ничего", "== Ответ 1, кому ", "коллеги расходятся", "== Заметка 1, кем Vera", "у кого в работе"},
	} {
		words = append(words, "    | Риск растёт каждую неделю.\n", "    | Сравнить с письмом от марта.\n", "    | thank you\n", "letters/001/01-приказ", "    | == Letter 9")
		for _, want := range words {
			if !strings.Contains(files[name], want) {
				t.Errorf("%s does not say %q", name, want)
			}
		}
		if strings.Contains(files[name], "\n== Letter 9") || strings.Contains(files[name], "\x1b") {
			t.Errorf("%s lets a stranger speak:\n%s", name, files[name])
		}
		if t.Failed() {
			t.Log(files[name])
		}
	}
	if !strings.Contains(files["notes/001.txt"], "\r\n\x1b[2J") {
		t.Error("the text alone is not as it was written")
	}
}

// TestSumsAreCheckedByOthers unpacks an archive as anybody would and has sha256sum check
// it: all is well, and one changed byte is not.
func TestSumsAreCheckedByOthers(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("sha256sum")
	if err != nil {
		t.Skip("sha256sum is not installed")
	}
	w, typed := wholeThread(t)
	_, _, files := w.export(w.desks[0], typed)
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		w.must(os.MkdirAll(filepath.Dir(path), 0o700))
		w.must(os.WriteFile(path, []byte(content), 0o600))
	}
	check := func() (string, error) {
		cmd := exec.Command(program, "-c", "SHA256SUMS")
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	if out, err := check(); err != nil || strings.Count(out, "OK") != len(files)-1 {
		t.Errorf("%v\n%s", err, out)
	}
	w.must(os.WriteFile(filepath.Join(dir, "replies", "001.txt"), []byte("no thanks"), 0o600))
	if out, err := check(); err == nil || !strings.Contains(out, "replies/001.txt: FAILED") {
		t.Errorf("%v\n%s", err, out)
	}
}
