// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tamizdat/drop"
	"tamizdat/letter"
	"tamizdat/letter/wire"
)

// fetchingWorld is a newsroom whose desks fetch so many MiB a day. Only the first of them runs,
// after the beginning.
func fetchingWorld(t *testing.T, mib int) *world {
	t.Helper()
	w := newWorldOf(t, nil, func(w *world) { w.fetch = mib })
	w.pass(3 * time.Hour)
	w.desks = w.desks[:1]
	w.double.calls = nil
	return w
}

// asked counts the pieces that the drop was asked for.
func (w *world) asked() int {
	n := 0
	for _, c := range w.double.calls {
		if strings.Contains(c, " chunk ") {
			n++
		}
	}
	return n
}

// TestFetchBudget: a day's looks ask for the day's pieces, whether one is needed or none,
// and what is needed comes and opens.
func TestFetchBudget(t *testing.T) {
	t.Parallel()
	w := fetchingWorld(t, 50)
	w.sendNothing(1)
	w.pass(2 * time.Hour)
	before := w.asked()
	w.pass(22 * time.Hour)
	if n := w.asked() - before; n < 44 || n > 48 {
		t.Errorf("%d pieces in 22 hours where none was needed", n)
	}
	scan := make([]byte, 3<<20)
	rand.Read(scan)
	w.sendFiles(newSource(t), map[string][]byte{"scan": scan})
	before = w.asked()
	w.pass(2 * time.Hour)
	d := w.reopen(0)
	id := d.s.order[0]
	if here, all, err := d.Pieces(id); here == 4 || all != 4 || err != nil {
		t.Fatalf("%d of %d pieces, %v", here, all, err)
	}
	w.pass(3 * time.Hour) // two pieces in each
	if d.s.letters[id].files == nil || d.Status().Pieces.Missing != 0 {
		t.Fatalf("after five hours %+v", d.Status().Pieces)
	}
	if n := w.asked() - before; n < 8 || n > 15 {
		t.Errorf("%d pieces in five hours where four were needed", n)
	}
	w.double.chunk = func([]byte, []byte, error) ([]byte, error) { return nil, errors.New("nobody asked") }
	names, err := d.Save(t.Context(), id, t.TempDir(), noProgress)
	if err != nil || len(names) != 1 {
		t.Errorf("saved %q, %v", names, err)
	}
	if n := len(d.v.Objects()); n != len(d.s.objects()) {
		t.Errorf("%d objects, of which %d are named", n, len(d.s.objects()))
	}
}

// TestFetchOnceAnInterval: looks that a person asks for, and a desk that is opened again,
// fetch nothing more, and one that died in the middle does not fetch twice.
func TestFetchOnceAnInterval(t *testing.T) {
	t.Parallel()
	w := fetchingWorld(t, 240)
	w.sendNothing(1)
	w.pass(2 * time.Hour)
	w.double.hostile = true
	before := w.asked()
	w.clock = w.desks[0].lookDue(w.clock.Unix()/3600 + 1)
	ctx, cancel := context.WithCancel(t.Context())
	w.double.chunk = func(_ []byte, ct []byte, err error) ([]byte, error) {
		if w.asked() == before+3 {
			cancel()
			return nil, ctx.Err()
		}
		return ct, err
	}
	_, _ = w.desks[0].Round(ctx)
	for range 3 {
		w.round(w.reopen(0))
	}
	if n := w.asked() - before; n != 3 {
		t.Errorf("%d pieces were asked for", n)
	}
	w.clock = w.desks[0].lookDue(w.clock.Unix()/3600 + 1).Add(-time.Second)
	w.round(w.desks[0]) // before its moment
	if n := w.asked() - before; n != 3 {
		t.Errorf("%d pieces were asked for before the moment", n)
	}
	w.clock = w.clock.Add(2 * time.Second)
	w.round(w.desks[0])
	if n := w.asked() - before; n != 13 {
		t.Errorf("%d pieces in two intervals", n)
	}
}

// TestFetchShares: over any day the shares of its looks are the budget, whatever the
// interval.
func TestFetchShares(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.desks[0]
	for _, mib := range []int{0, 1, 7, 256, MaxFetchADay} {
		d.fetch = mib
		sum := 0
		for i := int64(500_000); i < 500_024; i++ {
			sum += d.share(i)
		}
		if sum != mib {
			t.Errorf("of %d MiB a day %d are fetched", mib, sum)
		}
	}
}

// TestNothingToFetch: where the drop has no pieces nobody asks for one.
func TestNothingToFetch(t *testing.T) {
	t.Parallel()
	w := fetchingWorld(t, 240)
	w.pass(4 * time.Hour)
	if n := w.asked(); n != 0 {
		t.Errorf("%d pieces were asked for", n)
	}
}

// TestFetchOfWhatIsNotThere: pieces that letters only claim are never asked for and keep no
// others away. They are counted apart, and nobody is blamed: the drop never named them.
func TestFetchOfWhatIsNotThere(t *testing.T) {
	t.Parallel()
	w := fetchingWorld(t, 120)
	sealer, err := letter.NewParcel([]letter.FileInfo{{Name: "nothing", Length: 30 << 20}})
	w.must(err)
	w.must(sealer.SealAll(t.Context(), opensZeros, func(int, wire.ChunkID, []byte) error { return nil }))
	parcel, err := sealer.Manifest()
	w.must(err)
	w.send(newSource(t), letter.NewLetter("thirty pieces that never were", parcel))
	w.pass(2 * time.Hour)
	w.sendFiles(newSource(t), map[string][]byte{"scan": bytes.Repeat([]byte("a page "), 1<<18)})
	w.pass(4 * time.Hour)
	d := w.reopen(0)
	whole := 0
	for _, l := range d.s.letters {
		if l.files != nil {
			whole++
		}
	}
	if whole != 1 {
		t.Error("the attachment that is there did not come")
	}
	if s := d.Status().Pieces; s.Missing != 0 || s.Lost < 30 {
		t.Errorf("%+v", s)
	}
	if got := rows(d); got != "" {
		t.Errorf("told %s", got)
	}
}

// TestM22WithheldPiece: one that the drop's own page names and that it does not give is
// told of after some looks, counted apart, asked for ever again, and kept when it comes.
func TestM22WithheldPiece(t *testing.T) {
	t.Parallel()
	w := fetchingWorld(t, 120)
	w.sendFiles(newSource(t), map[string][]byte{"scan": make([]byte, 3<<20)})
	w.double.hostile = true
	w.double.chunk = func([]byte, []byte, error) ([]byte, error) { return nil, drop.ErrAbsent }
	w.pass(2 * time.Hour)
	if s := w.desks[0].Status().Pieces; s.Missing != 4 || s.Lost != 0 || rows(w.desks[0]) != "" {
		t.Fatalf("at first %+v, told %s", s, rows(w.desks[0]))
	}
	w.pass(10 * time.Hour)
	d := w.reopen(0)
	if s := d.Status().Pieces; s.Missing != 0 || s.Lost != 4 || rows(d) != "M-22" || d.Alarms()[0].Do == "" {
		t.Fatalf("%+v, told %s", s, rows(d))
	}
	w.double.chunk = nil
	w.pass(3 * time.Hour)
	if d.s.letters[d.s.order[0]].files == nil || d.Status().Pieces.Lost != 0 {
		t.Errorf("the drop gives them again: %+v", d.Status().Pieces)
	}
}

// TestFetchAfterTheDropBrokeOff keeps what came.
func TestFetchAfterTheDropBrokeOff(t *testing.T) {
	t.Parallel()
	w := fetchingWorld(t, 240)
	w.sendFiles(newSource(t), map[string][]byte{"scan": make([]byte, 7<<20)})
	w.double.hostile = true
	calls := 0
	w.double.chunk = func(_ []byte, ct []byte, err error) ([]byte, error) {
		if calls++; calls > 3 {
			return nil, errors.New("broken off")
		}
		return ct, err
	}
	w.pass(3 * time.Hour)
	d := w.reopen(0)
	if here, all, _ := d.Pieces(d.s.order[0]); here == 0 || here == all {
		t.Errorf("%d of %d pieces", here, all)
	}
	w.double.chunk = nil
	w.pass(2 * time.Hour)
	if d.s.letters[d.s.order[0]].files == nil {
		t.Error("the rest did not come")
	}
	if n := len(d.v.Objects()); n != len(d.s.objects()) {
		t.Errorf("%d objects are kept, of which %d are named", n, len(d.s.objects()))
	}
}

// TestStrangersDoNotFillTheDisk: of letters that nobody read only so much is kept.
func TestStrangersDoNotFillTheDisk(t *testing.T) {
	t.Parallel()
	w := fetchingWorld(t, 1)
	src := newSource(t)
	for range 2 {
		scan := make([]byte, 3<<20)
		rand.Read(scan)
		w.sendFiles(src, map[string][]byte{"scan": scan})
	}
	w.pass(2 * time.Hour)
	d := w.desks[0]
	first, last := d.s.order[0], d.s.order[1]
	d.s.order = []LetterID{first}
	for n := range maxUnread/4 - 1 { // as many of the same, before the last
		other := *d.s.letters[first]
		other.ID = LetterID{byte(n), byte(n >> 8), 1}
		d.s.letters[other.ID] = &other
		d.s.order = append(d.s.order, other.ID)
	}
	d.s.order = append(d.s.order, last)
	if n := len(d.wanted()); n != 4 {
		t.Errorf("%d pieces are wanted", n)
	}
	before := d.nextPieces(50)
	d.s.letters[last].read = true
	if n := len(d.wanted()); n != 8 {
		t.Errorf("%d pieces are wanted, with those of a letter that was read", n)
	}
	if !slices.Equal(before, d.nextPieces(50)) {
		t.Error("to read a letter changed what is asked for")
	}
}

// TestChunksOfAFlood: of a page with more than a day's pieces some are remembered, drawn
// with the desk's secret, and none of pages that are gone.
func TestChunksOfAFlood(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ids := make([]wire.ChunkID, 4000)
	for i := range ids {
		rand.Read(ids[i][:])
	}
	var had [][]ask
	for _, d := range w.desks[:2] {
		d.fetch = 40
		for page := range uint64(3) {
			f := &found{d: d}
			f.noteChunks(page*d.s.newsroom.Roster().Schedule.Kept(wire.Letters), ids)
			w.must(f.commit())
		}
		if n := len(d.s.budget.pool); n != 1 {
			t.Errorf("%d pages are remembered", n)
		}
		for page, n := range d.s.budget.pool {
			if len(n.ids) != d.fetch || !slices.IsSortedFunc(n.ids, func(a, b wire.ChunkID) int { return bytes.Compare(a[:], b[:]) }) {
				t.Errorf("%d chunks of page %d", len(n.ids), page)
			}
		}
		had = append(had, d.nextPieces(40))
	}
	if slices.Equal(had[0], had[1]) {
		t.Error("two desks remember the same: whoever floods can foretell it")
	}
	d := w.desks[0]
	d.fetch = 24 * 100
	if n := d.share(d.unix() / 3600); n != 100 {
		t.Fatalf("%d in a look", n)
	}
	f := &found{d: d}
	f.noteChunks(1<<30, ids[:2000])
	w.must(f.commit())
	if n := len(d.s.budget.pool[1<<30].ids); n != 2000 {
		t.Errorf("%d of a page that a day's looks fetch whole", n)
	}
}

// TestFetchInTheOrderOfPages: each piece of each page once, oldest page first, before any
// comes again, whoever needs it: one look's order tells nothing, nor does the next one's.
func TestFetchInTheOrderOfPages(t *testing.T) {
	t.Parallel()
	w := fetchingWorld(t, 48)
	for range 3 {
		w.sendNothing(1)
		w.sendFiles(newSource(t), map[string][]byte{"scan": []byte(rand.Text())})
		w.pass(time.Hour)
	}
	w.pass(time.Hour)
	var order []wire.ChunkID
	d := w.desks[0]
	for _, p := range d.keptPages() {
		order = append(order, d.s.budget.pool[p].ids...)
	}
	if len(order) != 9 {
		t.Fatalf("%d pieces are named", len(order))
	}
	seen := map[wire.ChunkID]int{}
	for _, a := range d.nextPieces(18 + 5) {
		seen[a.id]++
	}
	for i, id := range order {
		if n := seen[id]; n < 2 || n > 4 {
			t.Errorf("piece %d is asked for %d times in two passes and a half", i, n)
		}
	}
	for _, p := range d.keptPages() {
		d.s.budget.pool[p].tried = 0
	}
	for i, a := range d.nextPieces(9) {
		if a.id != order[i] || !a.first {
			t.Errorf("place %d is not its piece of the page", i)
		}
	}
}

// TestFetchWhatItsLetterFollows: a piece may come before the letter that names it, and
// stays for as long as a day's pieces take to come.
func TestFetchWhatItsLetterFollows(t *testing.T) {
	t.Parallel()
	w := fetchingWorld(t, 24)
	w.sendNothing(1)
	w.pass(4 * time.Hour)
	d := w.reopen(0)
	if len(d.s.chunks) != 2 {
		t.Fatalf("%d pieces are held", len(d.s.chunks))
	}
	d.fetch = 1
	oldest := d.s.budget.came[0]
	w.must(d.trimHeld())
	if _, here := d.s.chunks[oldest]; here || len(d.s.chunks) != 1 || len(d.v.Objects()) != len(d.s.objects()) {
		t.Errorf("%d pieces, %d objects of which %d are named", len(d.s.chunks), len(d.v.Objects()), len(d.s.objects()))
	}
}

// TestPiecesOnTheDisk: what is fetched again and again lies there once.
func TestPiecesOnTheDisk(t *testing.T) {
	t.Parallel()
	w := fetchingWorld(t, 240)
	w.sendNothing(1)
	w.pass(3 * time.Hour)
	entries, err := os.ReadDir(filepath.Join(w.dirs[0], "objects"))
	w.must(err)
	pieces := 0
	for _, e := range entries {
		info, err := e.Info()
		w.must(err)
		if info.Size() > wire.ChunkSize {
			pieces++
		}
	}
	if pieces != 2 || w.asked() < 10 {
		t.Errorf("%d pieces are on the disk, of 2 that were asked for %d times", pieces, w.asked())
	}
}

func opensZeros(int) (io.ReadCloser, error) {
	return io.NopCloser(io.LimitReader(zeros{}, 30<<20)), nil
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

// TestDeskDiesWhileItFetches: killed between two pieces it asks for no more in that
// interval, keeps no piece that nobody needs, and gets the rest in the next ones.
func TestDeskDiesWhileItFetches(t *testing.T) {
	t.Parallel()
	w := fetchingWorld(t, 120)
	w.sendFiles(newSource(t), map[string][]byte{"scan": make([]byte, 7<<20)})
	w.sendNothing(1)
	var killed *Desk
	calls := 0
	w.double.chunk = func(_ []byte, ct []byte, err error) ([]byte, error) {
		if calls++; calls == 3 {
			killed = w.copyOf(0)
		}
		return ct, err
	}
	for killed == nil {
		w.pass(10 * time.Minute)
	}
	w.double.chunk = nil
	w.desks[0] = killed
	before := w.asked()
	w.round(killed)
	if n := w.asked() - before; n != 0 {
		t.Errorf("opened again it asked for %d pieces", n)
	}
	w.pass(5 * time.Hour)
	id := killed.s.order[0]
	if killed.s.letters[id].files == nil || len(killed.v.Objects()) != len(killed.s.objects()) {
		here, all, _ := killed.Pieces(id)
		t.Errorf("%d of %d pieces, %d objects, %d named", here, all, len(killed.v.Objects()), len(killed.s.objects()))
	}
}
