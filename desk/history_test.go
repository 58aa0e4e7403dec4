// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"tamizdat/desk/casebook"
	"tamizdat/letter"
	"tamizdat/letter/wire"
)

// history makes a file for a colleague, with all letters where she may read them.
func (w *world) history(by *Desk, name string, letters bool) []byte {
	w.t.Helper()
	var threads []Thread
	if letters {
		threads = by.Threads()
	}
	var out bytes.Buffer
	_, err := by.MakeHistory(&out, name, threads)
	w.must(err)
	return out.Bytes()
}

func takeHistory(d *Desk, file []byte) (*HistoryTaken, error) {
	return d.TakeHistory(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(file)), nil })
}

// newcomer is listed by a new roster, joins and looks once.
func (w *world) newcomer(name string) *Desk {
	w.t.Helper()
	d := w.newDesk(name)
	w.round(w.desks[0])
	w.round(w.desks[1])
	draft, err := w.desks[0].Propose(Change{Add: [][]byte{d.Request()}})
	w.must(err)
	w.desks = append(w.desks, d)
	w.signAndJoin(draft, 0, 1)
	return d
}

// TestHistoryForWhoWasAway: a colleague comes back when the desk log has forgotten what
// she missed, and has it at once by a file.
func TestHistoryForWhoWasAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	w.write(newSource(t), "hello")
	w.pass(3 * time.Hour)
	vera := w.desks[2]
	w.desks = w.desks[:2]
	w.must(w.desks[0].WriteNote(w.onlyThread(0), strings.Repeat("while she was away ", 1500)))
	w.must(w.desks[1].SetThread(w.onlyThread(1), FieldState, "closed"))
	w.pass(5 * time.Hour)
	w.fillPages(int(w.sched.Kept(wire.Desk)) + 20)
	w.desks = append(w.desks, vera)
	file := w.history(w.desks[1], "vera", false)
	got, err := takeHistory(vera, file)
	w.must(err)
	diff := cmp.Diff(w.desks[1].Threads(), vera.Threads())
	if got.Events < 2 || got.Waiting > 0 || diff != "" {
		t.Errorf("she took %+v and sees %s", got, diff)
	}
	if got, err = takeHistory(vera, file); err != nil || *got != (HistoryTaken{}) {
		t.Errorf("the second time %+v, %v", got, err)
	}
	w.reopen(2)
	w.pass(6 * time.Hour)
	w.alike()
}

// TestHistoryForANewcomer: she gets what was told before she came, and reads the letters
// that she is given; it is never taken for her desk's word.
func TestHistoryForANewcomer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	src := newSource(t)
	w.write(src, "The risk grows every week.")
	w.pass(2 * time.Hour)
	w.write(newSource(t), "not for newcomers")
	w.pass(3 * time.Hour)
	anna := w.desks[0]
	first := anna.Threads()[0]
	w.must(anna.WriteNote(&first, "compare with March"))
	w.must(anna.SetThread(&first, FieldState, "in-work"))
	mail, err := anna.TakeIn("letter.eml", "e-mail to the desk", strings.NewReader(mailFile))
	w.must(err)
	large := bytes.Repeat([]byte("0123456789abcdef"), 40_000) // of several parts
	scan, err := anna.TakeIn("scan.pdf", "post", bytes.NewReader(large))
	w.must(err)
	other, err := anna.TakeNote("call", "not in a thread")
	w.must(err)
	w.must(anna.PutInThread(&first, mail))
	w.must(anna.PutInThread(&first, scan))
	w.pass(2 * time.Hour)
	dora := w.newcomer("Dora")
	w.pass(3 * time.Hour)
	var out bytes.Buffer
	made, err := anna.MakeHistory(&out, "Dora", anna.Threads()[:1])
	w.must(err)
	got, err := takeHistory(dora, out.Bytes())
	w.must(err)
	if made.Letters != 1 || made.Items != 2 || got.Letters != 1 || got.Items != 2 || got.Refused > 0 {
		t.Fatalf("made %+v, taken %+v", made, got)
	}
	w.pass(30 * time.Hour)
	threads := dora.Threads()
	if len(threads) != 2 || len(threads[0].Notes)+len(threads[1].Notes) != 1 {
		t.Fatalf("she sees %+v", threads)
	}
	l, err := dora.Letter(first.Letters[0])
	w.must(err)
	want, err := anna.Letter(first.Letters[0])
	w.must(err)
	if l.Given != "Anna" || l.Text != want.Text || l.Week != want.Week || l.Label != want.Label || len(l.Agreement.Same) != 3 {
		t.Errorf("the letter: %+v", l)
	}
	w.hasCopies(dora, map[ItemID]string{mail: mailFile, scan: string(large)})
	if i, err := dora.Item(other); err != nil || i.Desk != "Anna" {
		t.Errorf("what was not given: %+v, %v", i, err)
	}
	for i, d := range w.desks {
		for _, l := range d.Letters() {
			a, err := d.Agreement(l.ID)
			w.must(err)
			if a.Doubtful() || i < 3 && strings.Contains(strings.Join(a.Same, " "), "Dora") {
				t.Errorf("%s is told of the letter %q: %+v", d.s.name, l.Begins, a)
			}
		}
	}
	w.reopen(3)
	w.write(src, "to all four")
	w.pass(3 * time.Hour)
	if th, err := w.desks[3].FindThread(first.Hands[0]); err != nil || len(th.Letters) != 2 {
		t.Errorf("the thread goes on as %+v, %v", th, err)
	}
	if _, err := w.desks[3].Reply(first.Letters[0], "Thank you."); err != nil {
		t.Errorf("she cannot answer: %v", err)
	}
}

// hasCopies fails unless a desk has copies that Anna gave, and shows them as that.
func (w *world) hasCopies(d *Desk, want map[ItemID]string) {
	w.t.Helper()
	for id, content := range want {
		i, err := d.Item(id)
		w.must(err)
		anna, err := w.desks[0].Item(id)
		w.must(err)
		if i.Given != "Anna" || i.Desk != "" || i.Text != anna.Text || cmp.Diff(i.Custody, anna.Custody) != "" || !strings.HasPrefix(i.Custody[len(i.Custody)-1].Step, "a copy given to ") {
			w.t.Errorf("given: %+v", i)
		}
		dir := w.t.TempDir()
		names, err := d.SaveItem(id, dir)
		w.must(err)
		if got, err := os.ReadFile(filepath.Join(dir, names[0])); err != nil || string(got) != content {
			w.t.Errorf("the copy has %d bytes of %d: %v", len(got), len(content), err)
		}
	}
}

// TestHistoryThatIsRefused: a file that is not whole, or not hers, changes nothing.
func TestHistoryThatIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	w.write(newSource(t), "hello")
	w.pass(2 * time.Hour)
	dora := w.newcomer("Dora")
	anna := w.desks[0]
	w.must(anna.WriteNote(w.onlyThread(0), strings.Repeat("long ", 8000)))
	file := w.history(anna, "Dora", true)
	before := dora.s.book.Len()
	edited := bytes.Clone(file)
	edited[len(edited)-40] ^= 1
	for name, bad := range map[string][]byte{
		"altered": edited, "cut": file[:len(file)-16384], "extended": append(bytes.Clone(file), 0), "nothing": nil,
	} {
		_, err := takeHistory(dora, bad)
		if !errors.Is(err, letter.ErrHistory) && !errors.Is(err, letter.ErrCannotOpen) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := takeHistory(w.desks[1], file); !errors.Is(err, letter.ErrCannotOpen) {
		t.Errorf("Boris opens hers: %v", err)
	}
	if dora.s.book.Len() != before || len(dora.s.letters) > 0 {
		t.Error("something of it was taken in")
	}
	for _, name := range []string{"Anna", "Nobody"} {
		if _, err := anna.MakeHistory(io.Discard, name, nil); err == nil {
			t.Errorf("a history for %s", name)
		}
	}
}

// TestHistoryByAStranger: whoever has her public keys can make a file, and puts nothing
// into it: no event, no letter, no other text of a letter.
func TestHistoryByAStranger(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	src := newSource(t)
	w.write(src, "hello")
	w.pass(2 * time.Hour)
	dora := w.newcomer("Dora")
	anna := w.desks[0]
	_, err := takeHistory(dora, w.history(anna, "Dora", true))
	w.must(err)
	real := dora.s.letters[dora.Letters()[0].ID]
	j, _, _ := dora.s.newsroom.Roster().Journalist(dora.ID())
	forge := func(write func(io.Writer) error) []byte {
		var out bytes.Buffer
		f, err := letter.NewHistory(&out, dora.s.newsroom.Key(), j)
		w.must(err)
		w.must(write(f))
		w.must(f.Close())
		return out.Bytes()
	}
	for _, l := range []*letter.Letter{letter.NewLetter("new", nil), {ID: real.OwnID, Text: "another text"}} {
		body, err := l.Body()
		w.must(err)
		got, err := takeHistory(dora, forge((&casebook.GivenLetter{Sender: *src.Tuple(), Body: body}).Write))
		w.must(err)
		if got.Refused != 1 || got.Letters != 0 || len(dora.s.letters) != 1 {
			t.Errorf("a stranger gave %+v", got)
		}
	}
	for _, p := range []casebook.FilePart{{SHA256: [32]byte{1}, Bytes: []byte("x")}, {Offset: 4, Bytes: []byte("x")}} {
		got, err := takeHistory(dora, forge(p.Write))
		if p.Offset == 0 && (err != nil || got.Refused != 1 || got.Items != 0) || p.Offset > 0 && !errors.Is(err, casebook.ErrMalformed) {
			t.Errorf("a stranger gave a file: %+v, %v", got, err)
		}
	}
	stranger, err := letter.NewJournalistKeys("Anna")
	w.must(err)
	book := casebook.New(dora.s.newsroom.Key())
	b := book.Next(casebook.Chain{Incarnation: 1})
	b.Kind = kindNote
	e, err := casebook.Sign(stranger, b)
	w.must(err)
	_, err = book.Add(e)
	w.must(err)
	_, err = takeHistory(dora, forge(func(f io.Writer) error { _, err := book.WriteHistory(f); return err }))
	if !errors.Is(err, casebook.ErrForeign) {
		t.Errorf("a stranger's event: %v", err)
	}
}

// TestGivenByOneAlone: a colleague invents a letter, says that it opened at her desk, and
// gives it. She can; but it is doubtful, because nobody else's desk says so, nor of that
// page; and no source is told that her letter was received or a reply answered.
func TestGivenByOneAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	anna, boris, vera, src := w.desks[0], w.desks[1], w.desks[2], newSource(t)
	real := w.write(src, "hello")
	w.pass(5 * time.Hour)
	_, err := vera.Reply(vera.Letters()[0].ID, "We hear you.")
	w.must(err)
	page := vera.s.position(wire.Letters).size - 1
	for i, tt := range []struct {
		page  uint64
		boris bool
		want  string
	}{
		{page, false, "Anna gave it, and nobody else's desk"},
		{1 << 40, true, "from a page that this desk has not seen"},
		{page, true, "nothing opened at the desk of Vera"},
	} {
		invented := letter.NewLetter("The editor takes bribes.", nil)
		body, err := invented.Body()
		w.must(err)
		_, digest, err := letter.ParseLetterBody(body)
		w.must(err)
		o := openedLetter{hash32(src.Pseudonym()), invented.ID, hash32(digest), tt.page}
		w.must(anna.tell(kindOpened, &lettersOpened{[]openedLetter{o}}))
		if tt.boris {
			w.must(boris.tell(kindOpened, &lettersOpened{[]openedLetter{o}}))
		}
		w.must(anna.tell(kindGiven, &eventsGiven{To: hash32(vera.ID()), Letters: []givenLetter{{o, wire.MaxTime}}}))
		for e := range boris.s.book.All() {
			w.must(anna.commit(&eventsKept{Events: [][]byte{e.Bytes()}}))
		}
		got, err := takeHistory(vera, w.forge(vera, func(f io.Writer) error {
			_, err := anna.s.book.WriteHistory(f)
			return errors.Join(err, (&casebook.GivenLetter{Sender: *src.Tuple(), Body: body}).Write(f))
		}))
		w.must(err)
		list := vera.Letters()
		a, err := vera.Agreement(list[len(list)-1].ID)
		w.must(err)
		if got.Letters != 1 || !a.Doubtful() || !strings.Contains(a.Words(), tt.want) || list[len(list)-1].Sealed > w.clock.Unix() {
			t.Errorf("%d: taken %+v, beyond doubt: %q", i, got, a.Words())
		}
	}
	if r := vera.s.received(src.Pseudonym()); len(r) != 1 || r[0].Label != real.Label() {
		t.Errorf("the source is told that %d letters came", len(r))
	}
	if newest := vera.s.senders[src.Pseudonym()].newest; newest != vera.Letters()[0].Sealed {
		t.Errorf("she wrote last at %d", newest)
	}
}

// forge makes a history for a desk as whoever has its public keys can.
func (w *world) forge(to *Desk, write func(io.Writer) error) []byte {
	w.t.Helper()
	n := to.s.newsroom
	j, _, _ := n.Roster().Journalist(to.ID())
	var out bytes.Buffer
	f, err := letter.NewHistory(&out, n.Key(), j)
	w.must(err)
	w.must(write(f))
	w.must(f.Close())
	return out.Bytes()
}

// TestOneFileTwoDocuments: two took the same bytes in, and both are given. Neither takes
// the place of the other.
func TestOneFileTwoDocuments(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	w.write(newSource(t), "hello")
	w.pass(2 * time.Hour)
	var ids []ItemID
	for i, how := range []string{"call", "I was there"} {
		id, err := w.desks[i].TakeNote(how, "eleven boxes")
		w.must(err)
		w.must(w.desks[i].PutInThread(w.onlyThread(i), id))
		ids = append(ids, id)
	}
	w.history(w.desks[1], "Vera", true)
	w.pass(6 * time.Hour)
	vera := w.desks[2]
	got, err := takeHistory(vera, w.history(w.desks[0], "Vera", true))
	w.must(err)
	for i, id := range ids {
		item, err := vera.Item(id)
		w.must(err)
		if name := testNames[i]; item.Given != name || item.By != name || item.Text != "eleven boxes" {
			t.Errorf("taken %+v, from %s: %+v", got, name, item)
		}
	}
	w.reopen(2)
}

// TestHistoryInterrupted: the desk dies in the middle. What was taken in stays, and the
// file taken in once more brings the rest.
func TestHistoryInterrupted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	w.write(newSource(t), "hello")
	w.pass(3 * time.Hour)
	dora := w.newcomer("Dora")
	anna := w.desks[0]
	th := w.onlyThread(0)
	scan, err := anna.TakeIn("scan.pdf", "post", bytes.NewReader(bytes.Repeat([]byte("0123456789abcdef"), 40_000)))
	w.must(err)
	w.must(anna.PutInThread(th, scan))
	for range 45 { // more than one record holds
		w.must(anna.WriteNote(th, strings.Repeat("long ", 12_000)))
	}
	file := w.history(anna, "Dora", true)
	w.round(dora)
	edited := bytes.Clone(file)
	edited[len(edited)-1] ^= 1
	before := dora.s.book.Len()
	if _, err := takeHistory(dora, edited); !errors.Is(err, letter.ErrHistory) || dora.s.book.Len() != before || len(dora.s.letters) > 0 {
		t.Errorf("of an altered file %d events are taken in: %v", dora.s.book.Len()-before, err)
	}
	broken := errors.New("the stick was pulled out")
	for _, end := range []int{len(file) - 600_000, len(file) - 100_000} {
		opened := 0
		before := dora.s.book.Len()
		_, err := dora.TakeHistory(func() (io.ReadCloser, error) {
			if opened++; opened == 1 {
				return io.NopCloser(bytes.NewReader(file)), nil
			}
			return io.NopCloser(io.MultiReader(bytes.NewReader(file[:end]), iotest.ErrReader(broken))), nil
		})
		if !errors.Is(err, broken) || dora.s.book.Len() == before && len(dora.s.letters) == 0 || len(dora.s.items) > 0 {
			t.Fatalf("at %d: %v, %d events", end, err, dora.s.book.Len()-before)
		}
		dora = w.reopen(3)
	}
	_, err = takeHistory(dora, file)
	w.must(err)
	dora = w.reopen(3)
	if diff := cmp.Diff(anna.Threads(), dora.Threads()); diff != "" {
		t.Error(diff)
	}
	_, err = dora.SaveItem(scan, t.TempDir())
	w.must(err)
}

// TestFilesThatAreOthers: bytes that are not those of the document they are given for
// are let go.
func TestFilesThatAreOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	w.write(newSource(t), "hello")
	w.pass(2 * time.Hour)
	anna, vera := w.desks[0], w.desks[2]
	id, err := anna.TakeNote("call", "eleven boxes")
	w.must(err)
	w.must(anna.PutInThread(w.onlyThread(0), id))
	file := w.history(anna, "Vera", true)
	w.pass(5 * time.Hour)
	n := vera.s.newsroom
	j, _, _ := n.Roster().Journalist(vera.ID())
	for _, content := range []string{"twelve boxes", "eleven boxes and more", "eleven"} {
		var out bytes.Buffer
		f, err := letter.NewHistory(&out, n.Key(), j)
		w.must(err)
		w.must((&casebook.FilePart{SHA256: sha256.Sum256([]byte("eleven boxes")), Bytes: []byte(content)}).Write(f))
		w.must(f.Close())
		got, err := takeHistory(vera, out.Bytes())
		if err != nil || got.Refused != 1 || got.Items != 0 || len(vera.s.items) > 0 {
			t.Errorf("%q: %+v, %v", content, got, err)
		}
	}
	objects := len(vera.v.Objects())
	got, err := takeHistory(vera, file)
	w.must(err)
	if i, err := vera.Item(id); got.Items != 1 || err != nil || i.Kind != itemNote || i.Text != "eleven boxes" || len(vera.v.Objects()) != objects+1 {
		t.Errorf("the right one: %+v, %+v, %v", got, i, err)
	}
}

// TestGivenLetterThatOpens: a letter that was given before it opened here counts as
// opened then.
func TestGivenLetterThatOpens(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	w.write(newSource(t), "hello")
	vera := w.desks[2]
	w.desks = w.desks[:2]
	w.pass(3 * time.Hour)
	w.desks = append(w.desks, vera)
	got, err := takeHistory(vera, w.history(w.desks[0], "Vera", true))
	w.must(err)
	if got.Letters != 1 || vera.Letters()[0].Given != "Anna" {
		t.Fatalf("given: %+v", got)
	}
	w.pass(6 * time.Hour)
	vera = w.reopen(2)
	if list := vera.Letters(); len(list) != 1 || list[0].Given != "" || vera.s.dropped.Replays > 0 {
		t.Errorf("it opened: %+v", list)
	}
	for _, snd := range vera.s.senders {
		if len(snd.letters) > 0 && snd.newest != vera.Letters()[0].Sealed {
			t.Error("the source is not known to have written")
		}
	}
	a, err := w.desks[1].Agreement(w.desks[1].Letters()[0].ID)
	w.must(err)
	if len(a.Same) != 2 {
		t.Errorf("Boris is told %+v", a)
	}
	w.alike()
}
