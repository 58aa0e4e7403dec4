// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"errors"
	"io"
	"math"
	"runtime"
	"slices"
	"testing"
	"testing/iotest"
)

// TestViewsOfEveryShape reads views of a log of seven pages with each base and each
// range of whole pages, and learns the root hash at each size.
func TestViewsOfEveryShape(t *testing.T) {
	h := found("Anna")
	l := h.log(Desk, 7)
	for base := 0; base <= 7; base++ {
		for from := base; from <= 7; from++ {
			for to := from; to <= 7; to++ {
				checkView(t, h, l, base, from, to)
			}
		}
	}
	empty := h.emptyLog(Desk)
	checkView(t, h, empty, 0, 0, 0)
}

func checkView(t *testing.T, h *house, l *testLog, base, from, to int) {
	t.Helper()
	b := l.view(base, from, to)
	if n := must(l.parts(base, from, to).Length()); n != int64(len(b)) {
		t.Errorf("Length is %d, %d bytes were written", n, len(b))
	}
	v, err := h.readView(b, l.log)
	if err != nil {
		t.Fatalf("view %d %d %d: %v", base, from, to, err)
	}
	want := ViewShape{uint64(base), uint64(from - base), uint64(to - from), uint64(len(l.headers) - to)}
	if got := v.Shape(); got != want || v.CheckShape(want) != nil {
		t.Errorf("shape %v, not %v", got, want)
	}
	for i, p := range v.Pages {
		if !bytes.Equal(p.Body, l.bodies[from+i]) || p.Header.Number != uint64(from+i) {
			t.Errorf("page %d differs", from+i)
		}
	}
	checkProof(t, l, v.Proof, base)
}

func checkProof(t *testing.T, l *testLog, p *Proof, base int) {
	t.Helper()
	tree := NewTree()
	for size := 0; size <= len(l.leaves)+1; size++ {
		root, ok := p.RootAt(uint64(size))
		if known := size >= base && size <= len(l.leaves); ok != known || (ok && root != tree.Root()) {
			t.Errorf("base %d: the root at %d is wrong", base, size)
		}
		if size < len(l.leaves) {
			leaf, ok := p.Leaf(uint64(size))
			if ok != (size >= base) || (ok && leaf != l.leaves[size]) {
				t.Errorf("base %d: leaf %d is wrong", base, size)
			}
			tree.Append(l.leaves[size])
		}
	}
	if p.Tree().Root() != l.tree.Root() || p.Size() != l.tree.Size() || p.Base() != uint64(base) {
		t.Error("the proof ends elsewhere")
	}
}

// TestLastPageHasTheHeadsTime covers a head that lies about when its last page was
// sealed.
func TestLastPageHasTheHeadsTime(t *testing.T) {
	h := found("Anna")
	for _, off := range []int64{-1, 1} {
		l := h.log(Replies, 3)
		l.sealed += off
		_, err := h.readView(l.view(0, 1, 3), Replies)
		wantError(t, err, "mismatch")
	}
}

// TestViewOfAnother covers a view of another newsroom, log, incarnation or drop
// (M-33).
func TestViewOfAnother(t *testing.T) {
	h := found("Anna")
	b, inc, drop := h.log(Replies, 3).view(0, 0, 3), h.body.Incarnation, DropKey(publicOf(h.drop))
	for name, read := range map[string]func() (*View, error){
		"mismatch": func() (*View, error) { return ReadView(bytes.NewReader(b), NewsroomKey{1}, Replies, inc, drop, 1<<30) },
		"mismatch (log)": func() (*View, error) {
			return ReadView(bytes.NewReader(b), h.key, Letters, inc, drop, 1<<30)
		},
		"mismatch (incarnation)": func() (*View, error) {
			return ReadView(bytes.NewReader(b), h.key, Replies, Incarnation{1}, drop, 1<<30)
		},
		"signature": func() (*View, error) {
			return ReadView(bytes.NewReader(b), h.key, Replies, inc, publicOf(h.access), 1<<30)
		},
	} {
		_, err := read()
		want := name[:min(len(name), len("mismatch"))]
		if name == "signature" {
			want = name
		}
		wantError(t, err, want)
	}
}

// TestViewCounts writes counts that lie.
func TestViewCounts(t *testing.T) {
	h := found("Anna")
	b := h.log(Replies, 7).view(2, 4, 6)
	const base, frontier = 2 + HeadSize, 2 + HeadSize + 8
	const before = frontier + 1 + 32
	const pages = before + 4 + 2*32
	for name, changed := range map[string][]byte{
		"base past the end":    replaced(b, base, be64(8)...),
		"base past all":        replaced(b, base, be64(1<<63)...),
		"subtrees":             replaced(b, frontier, 2),
		"subtrees 255":         replaced(b, frontier, 255),
		"before":               replaced(b, before, be32(6)...),
		"before past the list": replaced(b, before, be32(MaxViewLeaves+1)...),
		"before past all":      replaced(b, before, be32(1<<32-1)...),
		"pages":                replaced(b, pages, be32(4)...),
		"pages past the list":  replaced(b, pages, be32(MaxViewPages+1)...),
		"after too many":       replaced(b, len(b)-36, be32(2)...),
		"after too few":        replaced(b, len(b)-36, be32(0)...),
		"after past the list":  replaced(b, len(b)-36, be32(1<<31)...),
	} {
		_, err := h.readView(changed, Replies)
		t.Run(name, func(t *testing.T) { wantError(t, err, "malformed") })
	}
}

// endless yields zeros for ever and counts them.
type endless struct{ n int64 }

func (e *endless) Read(b []byte) (int, error) {
	e.n += int64(len(b))
	return len(b), nil
}

// TestViewIsBounded covers a stream that never ends, one that is longer than it may
// be, and a declared body of a gigabyte that never comes.
func TestViewIsBounded(t *testing.T) {
	h := found("Anna")
	l := h.log(Letters, 2)
	b := l.view(0, 0, 2)
	inc, drop := h.body.Incarnation, DropKey(publicOf(h.drop))
	tail := &endless{}
	_, err := ReadView(io.MultiReader(bytes.NewReader(b), tail), h.key, Letters, inc, drop, 1<<20)
	wantError(t, err, "malformed")
	if tail.n > 1<<20 {
		t.Errorf("read %d bytes past the view", tail.n)
	}
	_, err = ReadView(bytes.NewReader(b), h.key, Letters, inc, drop, int64(len(b)-1))
	wantError(t, err, "malformed")
	_, err = ReadView(bytes.NewReader(b), h.key, Letters, inc, drop, int64(len(b)))
	wantError(t, err, "")
	for _, over := range []int{0, 1, 2, 100} { // what follows a view that is as long as it may be
		long := append(bytes.Clone(b), make([]byte, 1+over)...)
		_, err = ReadView(bytes.NewReader(long), h.key, Letters, inc, drop, int64(len(b)+over))
		wantError(t, err, "malformed")
		_, err = ReadView(iotest.OneByteReader(bytes.NewReader(long)), h.key, Letters, inc, drop, int64(len(b)+over))
		wantError(t, err, "malformed")
	}
	_, err = ReadView(bytes.NewReader(b), h.key, Letters, inc, drop, math.MaxInt64)
	wantError(t, err, "")

	big := h.emptyLog(Letters)
	big.seal([]byte{0, 0, 0, 0, 0, 0, 0, 0})
	header := must(ParsePageHeader(big.headers[0]))
	header.BodyLen = uint32(maxBody(Letters))
	short := slices.Concat([]byte{1, typeView}, big.head(), make([]byte, 9+4), be32(1), header.Encode(), []byte("and no more"))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err = h.readView(short, Letters)
	runtime.ReadMemStats(&after)
	wantError(t, err, "malformed")
	if used := after.TotalAlloc - before.TotalAlloc; used > 2*ahead {
		t.Errorf("%d bytes were allocated for a body that never came", used)
	}
}

// TestLongBodyArrivesInParts covers bodies longer than what is allocated ahead.
func TestLongBodyArrivesInParts(t *testing.T) {
	h := found("Anna")
	l := h.emptyLog(Letters)
	var list [][]byte
	for i := range 200 { // 3 MB
		list = append(list, envelopeOf(string(rune('A'+i)), EnvelopeSize))
	}
	l.seal(must(EncodeLettersBody(list, nil)))
	b := l.view(0, 0, 1)
	v, err := ReadView(iotest.HalfReader(bytes.NewReader(b)), h.key, Letters, h.body.Incarnation, publicOf(h.drop), 1<<30)
	if err != nil || !bytes.Equal(v.Pages[0].Body, l.bodies[0]) {
		t.Fatalf("the body differs: %v", err)
	}
	if got := must(ParseLettersBody(v.Pages[0].Body)); len(got.Envelopes) != len(list) {
		t.Errorf("%d envelopes", len(got.Envelopes))
	}
}

// TestReaderFails tells a failing reader from a bad view.
func TestReaderFails(t *testing.T) {
	h := found("Anna")
	b := h.log(Replies, 3).view(0, 0, 3)
	broken := errors.New("the line is dead")
	for n := 0; n < len(b); n += 500 {
		_, err := ReadView(io.MultiReader(bytes.NewReader(b[:n]), iotest.ErrReader(broken)), h.key, Replies, h.body.Incarnation, publicOf(h.drop), 1<<30)
		if !errors.Is(err, broken) {
			t.Fatalf("after %d bytes: %v", n, err)
		}
		for name, sentinel := range sentinels() {
			if errors.Is(err, sentinel) {
				t.Fatalf("after %d bytes the view is called %s", n, name)
			}
		}
	}
}

// TestViewReader reads page by page, skips, and cannot be finished twice.
func TestViewReader(t *testing.T) {
	h := found("Anna")
	l := h.log(Replies, 5)
	b := l.view(0, 1, 4)
	v := must(NewViewReader(bytes.NewReader(b), h.key, Replies, h.body.Incarnation, publicOf(h.drop), 1<<30))
	if v.Head().Size != 5 || v.Base() != 0 || v.Remaining() != 3 {
		t.Error("the beginning is wrong")
	}
	if header, body, err := v.Next(); err != nil || header.Number != 1 || !bytes.Equal(body, l.bodies[1]) {
		t.Errorf("page 1: %v", err)
	}
	proof, err := v.Finish()
	if err != nil || proof.Size() != 5 {
		t.Fatalf("two pages skipped: %v", err)
	}
	if _, err := v.Finish(); err == nil {
		t.Error("it can be finished twice")
	}
	if _, _, err := v.Next(); err == nil || errors.Is(err, io.EOF) {
		t.Error("a page comes after the end")
	}

	bad := replaced(b, len(b)-1, b[len(b)-1]^1)
	v = must(NewViewReader(bytes.NewReader(bad), h.key, Replies, h.body.Incarnation, publicOf(h.drop), 1<<30))
	for {
		if _, _, err := v.Next(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	_, err = v.Finish()
	wantError(t, err, "mismatch")
	_, err = v.Finish()
	wantError(t, err, "mismatch")
}

// TestWriterRefuses covers parts that do not fit together.
func TestWriterRefuses(t *testing.T) {
	h := found("Anna")
	l := h.log(Replies, 5)
	broken := errors.New("the disk is dead")
	for name, tt := range map[string]struct {
		change func(*ViewParts)
		want   string
	}{
		"no head":        {func(p *ViewParts) { p.Head = nil }, "malformed"},
		"subtrees":       {func(p *ViewParts) { p.Frontier = nil }, "malformed"},
		"base too high":  {func(p *ViewParts) { p.Base = 6; p.Frontier = make([]Hash, 2) }, "malformed"},
		"too few pages":  {func(p *ViewParts) { p.Pages = p.Pages[1:] }, "malformed"},
		"many leaves":    {func(p *ViewParts) { p.After = make([]Hash, MaxViewLeaves+1) }, "malformed"},
		"bad header":     {func(p *ViewParts) { p.Pages[0].Header = nil }, "malformed"},
		"body too short": {func(p *ViewParts) { p.Pages[1].Open = open(nil) }, "mismatch"},
		"body too long":  {func(p *ViewParts) { p.Pages[1].Open = open(append(bytes.Clone(l.bodies[3]), 0)) }, "mismatch"},
	} {
		p := l.parts(1, 2, 5)
		tt.change(p)
		t.Run(name, func(t *testing.T) { wantError(t, p.Write(io.Discard), tt.want) })
	}
	p := l.parts(1, 2, 5)
	p.Pages[0].Open = func() (io.ReadCloser, error) { return nil, broken }
	if err := p.Write(io.Discard); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	if err := WriteView(iotest.TruncateWriter(io.Discard, 0), p.Head, p.Base, p.Frontier, p.Before, l.parts(1, 2, 5).Pages, p.After); err != nil {
		t.Error(err)
	}
}

// TestShapes covers the shapes that readers insist on (spec/drop.md §2).
func TestShapes(t *testing.T) {
	s := DefaultSchedule()
	daily := with(s, func(s *Schedule) { s.RepliesEvery = 86_400 })
	second := with(s, func(s *Schedule) { s.RepliesEvery = 1 })
	odd := with(s, func(s *Schedule) { s.RepliesEvery = 50_000 })
	for _, tt := range []struct {
		got, want ViewShape
	}{
		{s.EveryonesView(0), ViewShape{}},
		{s.EveryonesView(1), ViewShape{0, 0, 1, 0}},
		{s.EveryonesView(120), ViewShape{0, 0, 120, 0}},
		{s.EveryonesView(121), ViewShape{0, 1, 120, 0}},
		{s.EveryonesView(480), ViewShape{0, 360, 120, 0}},
		{s.EveryonesView(10_000), ViewShape{9520, 360, 120, 0}},
		{s.WeeksView(0), ViewShape{}},
		{s.WeeksView(10_000), ViewShape{9520, 452, 28, 0}},
		{daily.WeeksView(10_000), ViewShape{9520, 473, 7, 0}},
		{second.WeeksView(10_000), ViewShape{9520, 360, 120, 0}},
		{odd.WeeksView(10_000), ViewShape{9520, 467, 13, 0}},
	} {
		if tt.got != tt.want {
			t.Errorf("got %v, want %v", tt.got, tt.want)
		}
	}
	if s.ViewBase(500) != 20 {
		t.Error("the base of everyone's view is wrong")
	}
}

// TestDesksView covers what a desk asked for and what it may be given (M-37): of seven
// pages, of which the roster keeps five, from 3 on with a base of 2.
func TestDesksView(t *testing.T) {
	h := found("Anna")
	s := with(DefaultSchedule(), func(s *Schedule) { s.LettersKept, s.RepliesKept = 5, 5 })
	l := h.log(Replies, 7)
	read := func(base, from, to int) *View { return must(h.readView(l.view(base, from, to), Replies)) }
	q := ReadRequest{Newsroom: h.key, Log: Replies, Base: 2, From: 3, Count: 2}
	asked := func(change func(*ReadRequest)) *ReadRequest { n := with(q, change); return &n }
	all := asked(func(q *ReadRequest) { q.Base, q.From, q.Count = 0, 0, 64 })
	none := asked(func(q *ReadRequest) { q.Count = 0 })
	atEnd := asked(func(q *ReadRequest) { q.From = 7 })
	for _, tt := range []struct {
		name string
		q    *ReadRequest
		view *View
		want string
	}{
		{"as asked", &q, read(2, 3, 5), ""},
		{"a page too few", &q, read(2, 3, 4), "mismatch"},
		{"none", &q, read(2, 3, 3), "mismatch"},
		{"none, and all leaf hashes before", &q, read(2, 7, 7), "mismatch"},
		{"begins too late", &q, read(2, 4, 6), "mismatch"},
		{"begins too early", &q, read(2, 2, 4), "mismatch"},
		{"too many", &q, read(2, 3, 6), "mismatch"},
		{"another base", &q, read(1, 3, 5), "mismatch"},
		{"another log", &q, must(h.readView(h.log(Desk, 7).view(2, 3, 5), Desk)), "mismatch"},
		{"all that is kept", all, read(0, 2, 7), ""},
		{"and what should be gone", all, read(0, 0, 7), ""},
		{"not all that is kept", all, read(0, 3, 7), "mismatch"},
		{"not to the end", all, read(0, 2, 6), "mismatch"},
		{"no pages asked for", none, read(2, 3, 3), ""},
		{"a page that was not asked for", none, read(2, 3, 4), "mismatch"},
		{"nothing new", atEnd, read(2, 7, 7), ""},
		{"something old", atEnd, read(2, 6, 7), "mismatch"},
	} {
		t.Run(tt.name, func(t *testing.T) { wantError(t, tt.q.CheckView(tt.view, s), tt.want) })
	}
}

// TestDesksViewFits covers the bound of a desk's view in bytes: a page of letters may be
// too great for it, one of replies never is.
func TestDesksViewFits(t *testing.T) {
	h := found("Anna")
	q := ReadRequest{Newsroom: h.key, Log: Letters, Count: 3}
	view := func(bytes ...uint32) *View {
		head := &Head{headBody: HeadBody{Newsroom: h.key, Log: q.Log, Size: 3}}
		v := &View{Head: head}
		for _, n := range bytes {
			v.Pages = append(v.Pages, Page{Header: PageHeader{BodyLen: n}})
		}
		return v
	}
	const half = maxReadBytes/2 - PageHeaderSize
	wantError(t, q.CheckView(view(1<<29, half, half), DefaultSchedule()), "")
	wantError(t, q.CheckView(view(1<<29, half, half+1), DefaultSchedule()), "mismatch")
	wantError(t, q.CheckView(view(8), DefaultSchedule()), "") // the second may be great
	q.Log = Replies
	wantError(t, q.CheckView(view(1), DefaultSchedule()), "mismatch")
	wantError(t, q.CheckView(view(1, 1, 1), DefaultSchedule()), "")
}
