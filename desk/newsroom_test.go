// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tamizdat/desk/vault"
	"tamizdat/drop"
	"tamizdat/drop/memory"
	"tamizdat/drop/server"
	"tamizdat/letter"
	"tamizdat/letter/wire"
)

// A world is a newsroom of desks, its drop and a source in one process, under
// one clock that only the test moves.
type world struct {
	t      *testing.T
	clock  time.Time
	drop   *server.Server
	double *double // what desks and sources talk to
	desks  []*Desk
	dirs   []string // of the desks
	draft  *Draft
	key    wire.DropKey
	inc    wire.Incarnation
	sched  wire.Schedule

	dropPrivate ed25519.PrivateKey
	dropDir     string // where the drop keeps its things; in memory where it is empty

	fetch  int        // MiB of attachments that a desk fetches a day
	covers []*Cover   // of the desks, where they come as cover
	visits [][]Errand // of theirs that have begun
}

const (
	testPeriod = 7 * 86400
	testStart  = 3000 * testPeriod // a Thursday in 2027, at the beginning of a period
)

var testNames = []string{"Anna", "Boris", "Vera"}

// testSchedule is the one in earnest, with less kept and almost no work.
func testSchedule() wire.Schedule {
	s := wire.DefaultSchedule()
	s.WorkIterations, s.WorkBits = 1, 0
	s.RepliesKept = 8
	return s
}

// newWorld founds a newsroom of three desks that have all joined, two of them
// having signed.
func newWorld(t *testing.T) *world { return newWorldOf(t, nil) }

// newWorldOf founds it of these people, where given.
func newWorldOf(t *testing.T, who []person, setUp ...func(*world)) *world {
	t.Helper()
	w := &world{t: t, clock: time.Unix(testStart+1000, 0), sched: testSchedule()}
	for _, f := range setUp {
		f(w)
	}
	public, private, err := ed25519.GenerateKey(rand.Reader)
	w.must(err)
	w.key, w.dropPrivate = wire.DropKey(public), private
	rand.Read(w.inc[:])
	for _, name := range testNames {
		w.desks = append(w.desks, w.newDesk(name))
	}
	for i, p := range who {
		w.desks[i].keys, w.desks[i].plan = p.keys, p.plan
		w.must(w.desks[i].v.ChangeSecrets(map[string][]byte{secretSelf: p.keys.Marshal(), secretSchedule: p.plan}))
	}
	w.draft, err = w.desks[0].Found(Founding{
		Name: "Free Voice", Addresses: []string{"http://127.0.0.1:1"}, Drop: w.key, Incarnation: w.inc,
		Threshold: 2, Period: testPeriod, Schedule: w.sched,
		Requests: [][]byte{w.desks[1].Request(), w.desks[2].Request()},
	})
	w.must(err)
	w.startDrop(private)
	w.signAndJoin(w.draft, 0, 1)
	return w
}

func (w *world) startDrop(key ed25519.PrivateKey) {
	w.t.Helper()
	var store server.Store = memory.New()
	var blobs server.Blobs = memory.NewBlobs()
	if w.dropDir != "" {
		store, blobs = w.openDisk()
	}
	s, err := server.New(w.t.Context(), server.Config{
		Newsroom: w.draft.Key(), Key: key, Incarnation: w.inc,
		Store: store, Blobs: blobs,
		Now: w.now, Random: rand.Reader,
		Report: func(err error) {
			if w.double == nil || !w.double.hostile {
				w.t.Errorf("the drop reports: %v", err)
			}
		},
	})
	w.must(err)
	w.drop = s
	w.double = &double{Drop: s, w: w, hostile: w.double != nil && w.double.hostile}
}

func (w *world) now() time.Time { return w.clock }

func (w *world) options() Options {
	return Options{
		Now:     w.now,
		Params:  vault.Params{MemoryKiB: 8, Passes: 1, Threads: 1},
		Connect: func(string) (drop.Drop, error) { return w.double, nil },
		Fetch:   w.fetch,
	}
}

func (w *world) newDesk(name string) *Desk {
	w.t.Helper()
	dir := filepath.Join(w.t.TempDir(), "desk")
	d, err := Create(dir, "pass "+name, name, w.options())
	w.must(err)
	w.dirs = append(w.dirs, dir)
	w.t.Cleanup(func() { d.Close() })
	return d
}

// signAndJoin has the draft go from desk to desk as a file.
func (w *world) signAndJoin(draft *Draft, signers ...int) *Draft {
	w.t.Helper()
	file := draft.Bytes()
	for _, i := range signers {
		d, err := ParseDraft(file)
		w.must(err)
		w.must(w.desks[i].Sign(d))
		file = d.Bytes()
	}
	d, err := ParseDraft(file)
	w.must(err)
	w.must(w.desks[signers[0]].Publish(w.t.Context(), d))
	for i, desk := range w.desks {
		if i != signers[0] && desk.s.newsroom == nil {
			w.must(desk.Join(w.t.Context(), d))
		}
	}
	return d
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// pass moves the clock in steps to each sealing and to each moment at which a
// desk wants a round.
func (w *world) pass(span time.Duration) {
	w.t.Helper()
	end := w.clock.Add(span)
	for w.clock.Before(end) {
		next := end
		for _, t := range w.moments() {
			if t.After(w.clock) && t.Before(next) {
				next = t
			}
		}
		w.clock = next
		w.must(w.drop.Seal(w.t.Context()))
		w.runDue()
	}
}

// moments are the next sealing and the next rounds.
func (w *world) moments() []time.Time {
	every := int64(w.sched.LettersEvery)
	out := []time.Time{time.Unix((w.clock.Unix()/every+1)*every, 0)}
	for _, d := range w.desks {
		if t, err := d.Next(); err == nil {
			out = append(out, t)
		}
	}
	return append(out, w.errands()...)
}

// runDue runs the desks whose moment is now. Next tells only what comes after
// now, so the moment is found by looking from just before.
func (w *world) runDue() {
	now := w.clock
	for _, d := range w.desks {
		w.clock = now.Add(-time.Nanosecond)
		t, err := d.Next()
		w.clock = now
		if err == nil && !t.After(now) {
			w.round(d)
		}
	}
	w.runErrands()
}

// round wants a round without error, unless the drop's double is hostile.
func (w *world) round(d *Desk) Report {
	w.t.Helper()
	r, err := d.Round(w.t.Context())
	if err != nil && !w.double.hostile {
		w.t.Fatalf("%s, %v: %v", d.s.name, w.clock, err)
	}
	return r
}

func (w *world) newsroom() *wire.Newsroom {
	w.t.Helper()
	file, err := w.drop.Newsroom(w.t.Context())
	w.must(err)
	u, err := wire.ParseNewsroom(file)
	w.must(err)
	n, err := u.Verify(w.draft.Key())
	w.must(err)
	return n
}

// bundles are those of the current period that the drop serves.
func (w *world) bundles() []*wire.Bundle {
	w.t.Helper()
	n := w.newsroom()
	raw, err := w.drop.Keys(w.t.Context(), wire.PeriodAt(w.clock.Unix(), testPeriod))
	w.must(err)
	file, err := wire.ParseKeysFile(raw)
	w.must(err)
	var out []*wire.Bundle
	for _, u := range file.Bundles {
		b, err := u.Verify(n.Roster())
		w.must(err)
		out = append(out, b)
	}
	return out
}

func newSource(t *testing.T) *letter.Source {
	t.Helper()
	s, err := letter.NewWords().Source()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// send seals a letter and hands it to the drop, and returns the envelopes.
func (w *world) send(s *letter.Source, l *letter.Letter) [][]byte {
	w.t.Helper()
	n := w.newsroom()
	envelopes, err := s.SealLetter(n.Key(), n.Roster(), w.bundles(), l)
	w.must(err)
	w.post(envelopes)
	return envelopes
}

func (w *world) write(s *letter.Source, text string) *letter.Letter {
	w.t.Helper()
	l := letter.NewLetter(text, nil)
	w.send(s, l)
	return l
}

func (w *world) post(envelopes [][]byte) {
	w.t.Helper()
	p := wire.LetterPost{Newsroom: w.draft.Key(), Slot: w.sched.WorkSlot(w.clock.Unix()), Envelopes: envelopes}
	var err error
	p.Counter, err = wire.DoWork(w.t.Context(), p.Newsroom, p.Slot, p.Subject(), w.sched.WorkIterations, w.sched.WorkBits)
	w.must(err)
	b, err := p.Encode()
	w.must(err)
	w.must(w.drop.PostLetter(w.t.Context(), b))
}

// readReplies does what a source does with everyone's view.
func (w *world) readReplies(s *letter.Source) []*letter.ReceivedReply {
	w.t.Helper()
	in, err := w.drop.Replies(w.t.Context(), false)
	w.must(err)
	defer in.Close()
	r := w.newsroom().Roster()
	v, err := wire.ReadView(in, r.Newsroom, wire.Replies, r.Incarnation, r.Drop, r.Schedule.MaxViewBytes())
	w.must(err)
	var out []*letter.ReceivedReply
	for _, p := range v.Pages {
		envelopes, err := wire.ParseRepliesBody(p.Body)
		w.must(err)
		for _, i := range s.Scan(envelopes) {
			if got, err := s.OpenReply(r.Newsroom, r, p.Header.Number, envelopes[i]); err == nil {
				out = append(out, got)
			}
		}
	}
	return out
}

// texts lists the texts of all letters that a desk has, sorted.
func texts(d *Desk) string {
	var out []string
	for _, l := range d.s.letters {
		out = append(out, l.Text)
	}
	slices.Sort(out)
	return strings.Join(out, "|")
}

// rows lists the rows of a desk's alarms in order.
func rows(d *Desk) string {
	var out []string
	for _, a := range d.s.alarms {
		out = append(out, a.Row)
	}
	return strings.Join(out, " ")
}

// reopen closes a desk and opens it from its disk. What it then knows must be
// what it knew.
func (w *world) reopen(i int) *Desk {
	w.t.Helper()
	old := w.desks[i]
	before, key := fingerprint(old), old.Key()
	w.must(old.Close())
	d, err := OpenWith(key, w.options())
	w.must(err)
	w.t.Cleanup(func() { d.Close() })
	if after := fingerprint(d); after != before {
		w.t.Errorf("%s opened again knows something else:\n%s\n%s", d.s.name, before, after)
	}
	w.desks[i] = d
	return d
}

// fingerprint describes everything that a desk would tell a person.
func fingerprint(d *Desk) string {
	s := d.Status()
	for i := range s.Alarms {
		s.Alarms[i] = nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%+v %s ", s, rows(d))
	for _, l := range d.Letters() {
		whole, err := d.Letter(l.ID)
		fmt.Fprintf(&b, "%+v %v ", whole, err)
	}
	for _, log := range []wire.Log{wire.Letters, wire.Replies, wire.Desk} {
		fmt.Fprintf(&b, "%x ", sha256.Sum256(d.s.logs[log].head))
	}
	return b.String()
}

// filesHold reports whether any file below dir holds b.
func filesHold(t *testing.T, dir string, b []byte) (found bool) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		found = found || bytes.Contains(content, b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// copyOf runs a copy of a desk's folder.
func (w *world) copyOf(i int) *Desk {
	w.t.Helper()
	dir := filepath.Join(w.t.TempDir(), "copy")
	w.must(os.CopyFS(dir, os.DirFS(w.dirs[i])))
	d, err := Open(dir, "pass "+w.desks[i].s.name, w.options())
	w.must(err)
	w.t.Cleanup(func() { d.Close() })
	return d
}
