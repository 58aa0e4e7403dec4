// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tamizdat/letter"
)

// photo is what lies in a desk's folder, by path.
type photo map[string][]byte

func (w *world) photograph(i int) photo {
	w.t.Helper()
	p := photo{}
	w.must(filepath.WalkDir(w.dirs[i], func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		p[path[len(w.dirs[i])+1:]] = b
		return err
	}))
	return p
}

// between is what a power cut leaves of the writes from p to after: objects come before the
// records that name them and go after those, the journal is cut at any byte, and its mark
// is still the old one. Where the keyring changed too, it is p or after.
func (p photo) between(after photo, part float64) photo {
	if !bytes.Equal(p["keyring"], after["keyring"]) {
		if part < 0.5 {
			return p
		}
		return after
	}
	out := maps.Clone(p)
	for path, b := range after {
		if p[path] == nil && (part == 1 || strings.HasPrefix(path, "objects/")) {
			out[path] = b
		}
	}
	was, is := len(p["journal"]), len(after["journal"])
	out["journal"] = after["journal"][:was+int(part*float64(is-was))]
	return out
}

// openedFrom opens a desk of what a crash left, in a folder of its own.
func (w *world) openedFrom(i int, p photo) (d *Desk, dir string) {
	w.t.Helper()
	dir = filepath.Join(w.t.TempDir(), "after the crash")
	for path, b := range p {
		w.must(os.MkdirAll(filepath.Dir(filepath.Join(dir, path)), 0o700))
		w.must(os.WriteFile(filepath.Join(dir, path), b, 0o600))
	}
	d, err := Open(dir, "pass "+testNames[i], w.options())
	w.must(err)
	w.t.Cleanup(func() { d.Close() })
	return d, dir
}

// knows is all that a desk can show of what its person and colleagues did.
func (w *world) knows(d *Desk) string {
	w.t.Helper()
	threads, choices := shares(d)
	var items []*Item
	for _, info := range d.Items() {
		item, err := d.Item(info.ID)
		w.must(err)
		items = append(items, item)
	}
	b, err := json.Marshal([]any{threads, choices, items, d.s.incarnation, len(d.s.outbox), d.Behind()})
	w.must(err)
	return fingerprint(d) + string(b)
}

// dead is the panic with which a desk ends.
type dead struct{}

// crash runs a round that ends after the first call of a kind, or at its end, and goes on
// with what lay on the disk at some moment between that call and the next. It reports
// whether the round had such a call.
func (w *world) crash(i int, kind string, part float64) bool {
	w.t.Helper()
	var at photo
	from := len(w.double.calls)
	called := func() bool {
		return slices.ContainsFunc(w.double.calls[from:], func(c string) bool { return strings.Fields(c)[1] == kind })
	}
	w.double.wait = func(context.Context) {
		if called() {
			panic(dead{})
		}
		at = w.photograph(i)
	}
	defer func() { w.double.wait = nil }()
	w.roundUntilDead(w.desks[i])
	if !called() {
		return false
	}
	after := w.photograph(i)
	w.must(w.desks[i].Close())
	w.desks[i], w.dirs[i] = w.openedFrom(i, at.between(after, part))
	return true
}

func (w *world) roundUntilDead(d *Desk) {
	w.t.Helper()
	defer func() {
		if r := recover(); r != nil && r != any(dead{}) {
			panic(r)
		}
	}()
	w.round(d)
}

// TestKilledInEveryRound lets desks answer, note, set and take in, and kills each of them
// again and again between two calls, at any byte of what it wrote there. Nothing that
// somebody entered is lost or told twice, no source reads an answer twice, and nobody
// blames the drop.
func TestKilledInEveryRound(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	src := newSource(t)
	w.write(src, "The risk grows every week.")
	w.pass(2 * time.Hour)
	r := rand.New(rand.NewPCG(5, 6))
	died := map[string]int{}
	answers := map[string]string{}
	const spells = 4
	for spell := range spells {
		for i, d := range w.desks {
			w.must(d.WriteNote(w.onlyThread(i), fmt.Sprintf("note %d of %d. %s", spell, i, strings.Repeat("x", spell%3*20_000))))
			w.must(d.SetThread(w.onlyThread(i), FieldTags, fmt.Sprint("tag", spell)))
		}
		_, err := w.desks[spell%3].Reply(w.desks[0].Letters()[0].ID, fmt.Sprint("answer ", spell))
		w.must(err)
		w.write(src, fmt.Sprint("letter ", spell))
		for end := w.clock.Add(4 * time.Hour); w.clock.Before(end); {
			w.killDue(r, died)
		}
		w.gather(src, answers)
	}
	for range 3 {
		w.pass(10 * time.Hour)
		w.gather(src, answers)
	}
	w.alike()
	for i, d := range w.desks {
		if th := w.onlyThread(i); len(th.Notes) != 3*spells || len(th.Letters) != spells+1 || len(th.Replies) != spells {
			t.Errorf("%s has %d notes, %d letters, %d answers", d.s.name, len(th.Notes), len(th.Letters), len(th.Replies))
		}
		if got := rows(d); got != "" {
			t.Errorf("%s is told %s", d.s.name, got)
		}
		w.reopen(i)
	}
	texts := map[string]bool{}
	for _, text := range answers {
		texts[text] = true
	}
	if len(answers) != spells || len(texts) != spells {
		t.Errorf("the source reads %v", answers)
	}
	if len(died) < 4 {
		t.Errorf("nobody died at some calls: %v", died)
	}
}

// gather has the source read what is there: by the number under which it came.
func (w *world) gather(src *letter.Source, answers map[string]string) {
	w.t.Helper()
	for _, r := range w.readReplies(src) {
		number := fmt.Sprint(r.SenderName, " ", r.Incarnation, " ", r.Number)
		if known, ok := answers[number]; ok && known != r.Text {
			w.t.Errorf("%s is %q and %q", number, known, r.Text)
		}
		answers[number] = r.Text
	}
}

// killDue moves the clock to what is due next, and kills desks in their rounds.
func (w *world) killDue(r *rand.Rand, died map[string]int) {
	w.t.Helper()
	next := w.moments()[0]
	for _, t := range w.moments() {
		if t.After(w.clock) && t.Before(next) {
			next = t
		}
	}
	w.clock = next
	w.must(w.drop.Seal(w.t.Context()))
	for i := range w.desks {
		w.clock = next.Add(-time.Nanosecond)
		t, err := w.desks[i].Next()
		w.clock = next
		if err != nil || t.After(next) {
			continue
		}
		if kind := []string{"beats", "read", "segment", "reply"}[r.IntN(4)]; w.crash(i, kind, r.Float64()) {
			died[kind]++
		}
	}
}

// TestPowerCutInEveryStep cuts the power in each thing that a person can do, at any byte
// of what it wrote: then it was done or it was not, and the desk goes on.
func TestPowerCutInEveryStep(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	a, b := newSource(t), newSource(t)
	w.write(a, "The risk grows every week.")
	w.write(b, "So I heard.")
	w.pass(2 * time.Hour)
	d := w.desks[0]
	w.must(d.tellDaily())
	letters := d.Letters()
	first, second := d.Threads()[0].Hands[0], d.Threads()[1].Hands[0]
	thread := func() *Thread {
		th, err := d.FindThread(first)
		w.must(err)
		return th
	}
	boris := w.desks[1]
	w.must(boris.WriteNote(&boris.Threads()[0], "said while Anna was away"))
	var file bytes.Buffer
	_, err := boris.MakeHistory(&file, "Anna", boris.Threads())
	w.must(err)
	history := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(file.Bytes())), nil }
	for _, step := range []struct {
		what string
		do   func() error
	}{
		{"a field", func() error { return d.SetThread(thread(), FieldState, "in-work") }},
		{"a note", func() error { return d.WriteNote(thread(), strings.Repeat("Сравнить с мартом. ", 1000)) }},
		{"an explanation", func() error { return d.ExplainLetter(letters[0].ID, "asked by voice") }},
		{"hands joined", func() error { return d.JoinHands(first, second, true, "one knows what the other said") }},
		{"hands parted", func() error { return d.JoinHands(first, second, false, "it was in the paper") }},
		{"an answer", func() error { _, err := d.Reply(letters[0].ID, "We read it."); return err }},
		{"a letter read", func() error { return d.MarkRead(letters[0].ID) }},
		{"a mail", func() error { _, err := d.TakeIn("letter.eml", "by mail", strings.NewReader(mailFile)); return err }},
		{"a note of a call", func() error { _, err := d.TakeNote("a call", "eleven boxes"); return err }},
		{"an item in a thread", func() error { return d.PutInThread(thread(), d.Items()[0].ID) }},
		{"a step with it", func() error { return d.NoteStep(d.Items()[0].ID, "translated", "by hand", [32]byte{1}) }},
		{"a history made", func() error { _, err := d.MakeHistory(io.Discard, "Vera", d.Threads()); return err }},
		{"a history taken", func() error { _, err := d.TakeHistory(history); return err }},
		{"another numbering", d.NewIncarnation},
		{"shown as it is", func() error { return d.AcceptBehind() }},
		{"papers", func() error { _, err := d.NewShares(2, 3); return err }},
		{"a backup", func() error { return d.Backup(filepath.Join(w.t.TempDir(), "backup")) }},
		{"alarms seen", func() error { return d.SeeAlarms() }},
		{"what is told to colleagues", func() error { return d.tellDaily() }},
	} {
		at, before := w.photograph(0), w.knows(d)
		w.must(step.do())
		after, now := w.photograph(0), w.knows(d)
		for _, part := range []float64{0, 0.01, 0.4, 0.8, 0.999, 1} {
			cut, dir := w.openedFrom(0, at.between(after, part))
			got := w.knows(cut)
			if got != before && got != now { // an answer without a word to colleagues
				w.must(cut.tellDaily())
				got = w.knows(cut)
			}
			if got != before && got != now || part == 1 && got != now || part == 0 && got != before {
				t.Errorf("%s, cut at %v of what was written: the desk knows neither what was nor what is", step.what, part)
			}
			if cut.Behind() {
				w.must(cut.AcceptBehind())
			}
			w.must(cut.WriteNote(&cut.Threads()[0], "and on it goes"))
			w.must(cut.Close())
			w.must(os.RemoveAll(dir))
		}
	}
}
