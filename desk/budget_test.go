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
	"strings"
	"testing"
	"time"

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
	if d.s.letters[id].files == nil || len(d.s.chunks) != 0 || d.Status().Pieces.Missing != 0 {
		t.Fatalf("after five hours %+v, %d pieces wait", d.Status().Pieces, len(d.s.chunks))
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

// TestFetchOfWhatIsNotThere: pieces that letters only claim, or that the drop keeps back,
// are asked for a few times and do not keep others away; nor do pieces that never open.
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
	w.pass(14 * time.Hour)
	d := w.desks[0]
	if s := d.Status().Pieces; s.Missing == 0 {
		t.Fatal("nothing is missing: the test sees nothing")
	}
	whole := 0
	for _, l := range d.s.letters {
		if l.files != nil {
			whole++
		}
	}
	if whole != 1 {
		t.Error("the attachment that is there did not come")
	}
	w.pass(12 * time.Hour)
	d = w.reopen(0)
	if s := d.Status().Pieces; s.Missing != 0 {
		t.Errorf("%d pieces are still asked for", s.Missing)
	}
	if got := rows(d); got != "" {
		t.Errorf("told %s", got)
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

// TestStrangersDoNotFillTheDisk: of letters that nobody read only so much is fetched.
func TestStrangersDoNotFillTheDisk(t *testing.T) {
	t.Parallel()
	w := fetchingWorld(t, 1)
	w.sendFiles(newSource(t), map[string][]byte{"scan": make([]byte, 3<<20)})
	w.pass(2 * time.Hour)
	d := w.desks[0]
	id := d.s.order[0]
	d.s.order = append(make([]LetterID, 0), d.s.order...)
	for n := range maxUnread/4 + 1 { // as many of the same, before it
		other := *d.s.letters[id]
		other.ID = LetterID{byte(n), byte(n >> 8), 1}
		d.s.letters[other.ID] = &other
		d.s.order = append(d.s.order, other.ID)
	}
	if n := len(d.neededChunks()); n != maxUnread {
		t.Errorf("%d pieces are wanted", n)
	}
	d.s.letters[d.s.order[len(d.s.order)-1]].read = true
	if n := len(d.neededChunks()); n != maxUnread+4 {
		t.Errorf("%d pieces are wanted, with those of a letter that was read", n)
	}
}

// TestChunksOfAFlood: of a page only some are remembered, and none of pages that are gone.
func TestChunksOfAFlood(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.desks[0]
	ids := make([]wire.ChunkID, 4000)
	for i := range ids {
		rand.Read(ids[i][:])
	}
	for page := range uint64(3) {
		f := &found{d: d}
		f.noteChunks(page*d.s.newsroom.Roster().Schedule.Kept(wire.Letters), ids)
		w.must(f.commit())
	}
	if n := len(d.pool()); n != sampled || len(d.s.budget.pool) != 1 {
		t.Errorf("%d chunks of %d pages are remembered", n, len(d.s.budget.pool))
	}
}

// TestPiecesOnTheDisk: what is fetched to fill up does not stay.
func TestPiecesOnTheDisk(t *testing.T) {
	t.Parallel()
	w := fetchingWorld(t, 240)
	w.sendNothing(1)
	w.pass(3 * time.Hour)
	entries, err := os.ReadDir(filepath.Join(w.dirs[0], "objects"))
	w.must(err)
	for _, e := range entries {
		if info, err := e.Info(); err != nil || info.Size() > wire.ChunkSize {
			t.Errorf("%s has %d bytes, %v", e.Name(), info.Size(), err)
		}
	}
	if len(entries) == 0 || w.asked() == 0 {
		t.Error("the test reads the wrong folder")
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
