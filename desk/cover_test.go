// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tamizdat/drop"
	"tamizdat/letter/wire"
)

// visitor is the drop as covers meet it. It records their calls among the others.
type visitor struct {
	*double
	mu sync.Mutex // she makes two calls at a time
}

func (v *visitor) record(call string, size int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.note("cover "+call, size)
}

func (v *visitor) Beats(ctx context.Context) ([]byte, error) {
	v.record("beats", 0)
	b, err := v.Drop.Beats(ctx)
	if v.beats != nil {
		b = v.beats(b)
	}
	return b, errors.Join(err, v.down)
}

func (v *visitor) Keys(ctx context.Context, p wire.Period) ([]byte, error) {
	v.record("keys", 0)
	b, err := v.Drop.Keys(ctx, p)
	if v.keys != nil {
		b = v.keys(p, b)
	}
	return b, err
}

func (v *visitor) Newsroom(ctx context.Context) ([]byte, error) {
	slices.Sort(v.calls[len(v.calls)-2:]) // beats and keys come at once, in either order
	v.record("newsroom", 0)
	b, err := v.Drop.Newsroom(ctx)
	if v.newsroom != nil {
		b = v.newsroom(b)
	}
	return b, err
}

func (v *visitor) Replies(ctx context.Context, week bool) (io.ReadCloser, error) {
	v.record("replies", 0)
	in, err := v.Drop.Replies(ctx, week)
	if v.body != nil && err == nil {
		return io.NopCloser(v.body(in)), nil
	}
	return in, err
}

func (v *visitor) OpenTicket(ctx context.Context, req []byte) (wire.Ticket, error) {
	v.record("ticket", len(req))
	return v.Drop.OpenTicket(ctx, req)
}

func (v *visitor) PutChunk(ctx context.Context, t wire.Ticket, id wire.ChunkID, chunk []byte) error {
	v.record("piece", len(chunk))
	return v.Drop.PutChunk(ctx, t, id, chunk)
}

func (v *visitor) PostLetter(ctx context.Context, post []byte) error {
	v.record("letter", len(post))
	return v.Drop.PostLetter(ctx, post)
}

// comeAsCover has all desks come as cover from now on.
func (w *world) comeAsCover(perDay int) {
	w.t.Helper()
	w.covers, w.visits = nil, make([][]Errand, len(w.desks))
	for _, d := range w.desks {
		c, err := d.Cover(perDay)
		w.must(err)
		c.connect = func(string) (drop.Drop, error) { return &visitor{double: w.double}, nil }
		c.wait = func(context.Context, time.Duration) error { return errors.New("a call was made twice") }
		w.covers = append(w.covers, c)
	}
}

// errands are the next of those whose desks run.
func (w *world) errands() []time.Time {
	var out []time.Time
	for i := range min(len(w.covers), len(w.desks)) {
		out = append(out, w.covers[i].After(w.clock).At)
		for _, e := range w.visits[i] {
			out = append(out, e.At)
		}
	}
	return out
}

func (w *world) runErrands() {
	for i := range min(len(w.covers), len(w.desks)) {
		due := append([]Errand{w.covers[i].After(w.clock.Add(-time.Nanosecond))}, w.visits[i]...)
		w.visits[i] = nil
		for k, e := range due {
			if e.At.After(w.clock) {
				if k > 0 {
					w.visits[i] = append(w.visits[i], e)
				}
				continue
			}
			then, err := w.covers[i].Do(w.t.Context(), e)
			if err != nil && !w.double.hostile {
				w.t.Fatal(err)
			}
			if !then.At.IsZero() {
				w.visits[i] = append(w.visits[i], then)
			}
		}
	}
}

// TestCoverIsDrawnBeforehand: as often as was said, near enough, at moments that are the
// same for a desk that was opened again and others for another desk.
func TestCoverIsDrawnBeforehand(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	moments := func(d *Desk, perDay, days int) []Errand {
		c, err := d.Cover(perDay)
		w.must(err)
		var all []Errand
		for at, end := w.clock, w.clock.Add(time.Duration(days)*24*time.Hour); ; {
			e := c.After(at)
			if at = e.At; at.After(end) {
				return all
			}
			all = append(all, e)
		}
	}
	first := moments(w.desks[0], 4, 100)
	if n := len(first); n < 320 || n > 480 {
		t.Errorf("%d covers in a hundred days", n)
	}
	if again := moments(w.reopen(0), 4, 100); !slices.Equal(first, again) {
		t.Error("a desk that was opened again comes at other moments")
	}
	if other := moments(w.desks[1], 4, 100); slices.Equal(first, other) {
		t.Error("two desks come at the same moments")
	}
	if !slices.IsSortedFunc(first, func(a, b Errand) int { return a.At.Compare(b.At) }) {
		t.Error("the errands are out of order")
	}
	for _, n := range []int{0, -1, MaxCoversADay + 1} {
		if _, err := w.desks[0].Cover(n); err == nil {
			t.Errorf("%d covers a day are made", n)
		}
	}
}

// TestCoverSizes: what is attached has the sizes that a source's attachments have.
func TestCoverSizes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c, err := w.desks[0].Cover(4)
	w.must(err)
	var all, letters, with, pieces int
	for cell := range int64(80_000) {
		o, ok := c.outing(cell)
		if !ok {
			continue
		}
		all++
		if o.writes {
			letters++
		}
		if o.chunks > 0 {
			with, pieces = with+1, pieces+o.chunks
		}
		if o.stay < coverStayLeast || o.stay > coverStayMost || o.ends < coverEndsLeast || o.ends > coverEndsMost || o.chunks > 0 && !o.writes ||
			o.chunks != wire.Padme(o.chunks) && o.chunks != 0 || o.chunks > 16 {
			t.Fatalf("drawn: %+v", o)
		}
	}
	if all < 9_500 || all > 10_500 || letters < 3_000 || letters > 3_700 || with < 420 || with > 700 || pieces/with < 3 || pieces/with > 5 {
		t.Errorf("of %d covers %d write, %d of them with %d pieces", all, letters, with, pieces)
	}
}

// TestCoverIsLeftOut: one that is late is not made up for, and one that came before the
// machine slept does not write when it wakes.
func TestCoverIsLeftOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	w.comeAsCover(MaxCoversADay)
	c := w.covers[0]
	w.covers = nil
	w.double.calls = nil
	slept := c.After(w.clock)
	w.clock = slept.At.Add(coverLate + time.Second)
	if then, err := c.Do(t.Context(), slept); err != nil || !then.At.IsZero() || len(w.double.calls) != 0 {
		t.Errorf("%v, %v; the drop saw %v", then, err, w.double.calls)
	}
	for {
		o, _ := c.outing(slept.cell)
		if slept = c.After(slept.At); o.writes {
			break
		}
	}
	w.clock = slept.At
	then, err := c.Do(t.Context(), slept)
	w.must(err)
	w.double.calls = nil
	w.clock = then.At.Add(coverLate + time.Second)
	if last, err := c.Do(t.Context(), then); err != nil || !last.At.IsZero() || len(w.double.calls) != 0 {
		t.Errorf("%v, %v; the drop saw %v", last, err, w.double.calls)
	}
}

// TestCoverStaysAfterTheDownload: a drop that gives its bytes slowly finds that a visitor
// reads as long as ever when the last has come, however long that took.
func TestCoverStaysAfterTheDownload(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	w.comeAsCover(MaxCoversADay)
	c, slow := w.covers[0], 3*time.Hour
	w.double.body = func(in io.Reader) io.Reader {
		w.clock = w.clock.Add(slow)
		return in
	}
	e := c.After(w.clock)
	w.clock = e.At
	then, err := c.Do(t.Context(), e)
	w.must(err)
	defer then.End()
	if o, _ := c.outing(e.cell); !then.At.Equal(e.At.Add(slow + o.stay)) {
		t.Errorf("it leaves %v after it came, and stays %v", then.At.Sub(e.At), o.stay)
	}
}

// TestCoverFollowsTheList: where the newsroom moves, covers go where sources go.
func TestCoverFollowsTheList(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	d := w.desks[0]
	c, err := d.Cover(CoversADay)
	w.must(err)
	var to string
	c.connect = func(address string) (drop.Drop, error) {
		to = address
		return nil, errors.New("no route")
	}
	d.s.newsroom.Roster().Addresses = []string{"http://127.0.0.1:2"}
	w.must(c.Follow(d))
	e := c.After(w.clock)
	w.clock = e.At
	if _, err := c.Do(t.Context(), e); err == nil || to != "http://127.0.0.1:2" {
		t.Errorf("it went to %q, %v", to, err)
	}
}

// TestCoverGivesUp: a drop that keeps its answer back holds a visit for some hours, which
// are not the same for each, and a person hears of it once a week.
func TestCoverGivesUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	w.comeAsCover(MaxCoversADay)
	synctest.Test(t, func(t *testing.T) {
		c := w.covers[0]
		c.connect = func(string) (drop.Drop, error) { return silentDrop{}, nil }
		held := map[time.Duration]bool{}
		for e := c.After(w.clock); len(held) < 3; e = c.After(e.At) {
			w.clock = e.At
			began := time.Now()
			if _, err := c.Do(t.Context(), e); !errors.Is(err, ErrCoverStuck) {
				t.Fatal(err)
			}
			if n := time.Since(began); held[n] || n < coverEndsLeast || n > coverEndsMost {
				t.Errorf("held for %v", n)
			}
			held[time.Since(began)] = true
		}
	})
	d := w.desks[0]
	w.must(d.NoteCoverStuck())
	w.must(d.NoteCoverStuck())
	if rows(d) != "cover" {
		t.Errorf("told %q", rows(d))
	}
}

// silentDrop takes calls and says nothing.
type silentDrop struct{ drop.Drop }

func (silentDrop) Beats(ctx context.Context) ([]byte, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func (silentDrop) Keys(ctx context.Context, _ wire.Period) ([]byte, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// TestCoverLeavesNothing: its letters are sealed with all others, no desk opens one, and
// no desk counts or tells anything.
func TestCoverLeavesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(3 * time.Hour)
	w.comeAsCover(MaxCoversADay)
	w.pass(8 * time.Hour)
	n := 0
	for _, c := range w.double.calls {
		if strings.Contains(c, "cover letter") {
			n++
		}
	}
	if n < 4 || n > 40 {
		t.Errorf("%d letters in eight hours", n)
	}
	for _, d := range w.desks {
		if s := d.Status(); s.Letters != 0 || s.Opaque+s.Replays+s.WrongKind != 0 || len(s.Alarms) != 0 {
			t.Errorf("%s: %+v, %s", s.Name, s, rows(d))
		}
	}
	open := 0
	for _, of := range w.visits {
		open += len(of)
	}
	if open > 10 {
		t.Errorf("%d visits never ended", open)
	}
}

// withPage serves everyone's view with one more page, whole and proven, of this body.
func (w *world) withPage(body []byte) func(io.Reader) io.Reader {
	w.t.Helper()
	return func(io.Reader) io.Reader {
		pages := w.pagesOf(wire.Replies)
		page := wire.Page{Header: wire.PageHeader{
			Newsroom: w.draft.Key(), Log: wire.Replies, Incarnation: w.inc, Number: uint64(len(pages)), Sealed: w.clock.Unix(),
		}}
		pages = append(pages, remake(page, func(p *wire.Page) { p.Body = body }))
		return bytes.NewReader(w.viewOf(wire.Replies, w.dropPrivate, pages, &wire.ReadRequest{Count: wire.MaxReadPages}))
	}
}

// TestCoverLeavesWhereASourceDoes: a drop that plays false to see who looks finds that a
// cover looks too, and where nobody could send a letter none is sent.
func TestCoverLeavesWhereASourceDoes(t *testing.T) {
	t.Parallel()
	flip := func(b []byte) []byte { b[len(b)-1] ^= 1; return b }
	for name, play := range map[string]func(*double){
		"an honest drop":              func(*double) {},
		"a roster that nobody signed": func(h *double) { h.newsroom = flip },
		"no beats":                    func(h *double) { h.beats = func([]byte) []byte { return nil } },
		"no keys":                     func(h *double) { h.keys = func(wire.Period, []byte) []byte { return nil } },
		"silence":                     func(h *double) { h.down = errors.New("no route") },
		"a view that is cut short":    func(h *double) { h.body = func(in io.Reader) io.Reader { return io.LimitReader(in, 100) } },
		"a page that is no page":      func(h *double) { h.body = h.w.withPage([]byte{5}) },
		"one more page":               func(h *double) { h.body = h.w.withPage([]byte{0}) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.pass(3 * time.Hour)
			w.double.hostile = true
			play(w.double)
			w.comeAsCover(MaxCoversADay)
			w.desks, w.double.calls = w.desks[:1], nil
			end := w.clock.Add(8 * time.Hour)
			for w.clock.Before(end) { // without rounds, which would cry
				w.clock = slices.MinFunc(w.errands(), time.Time.Compare)
				w.runErrands()
			}
			arrived := strings.Contains(strings.Join(w.double.calls, ","), "cover beats")
			wrote := strings.Contains(strings.Join(w.double.calls, ","), "cover letter")
			if !arrived || wrote != (name == "an honest drop" || name == "one more page") {
				t.Errorf("wrote: %v; %q", wrote, w.double.calls)
			}
		})
	}
}
