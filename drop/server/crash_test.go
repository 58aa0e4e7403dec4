// SPDX-License-Identifier: Apache-2.0

package server_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"testing"

	"tamizdat/drop/droptest"
	"tamizdat/drop/fs"
	"tamizdat/drop/memory"
	"tamizdat/drop/server"
	"tamizdat/drop/sqlite"
	"tamizdat/letter/wire"
)

// errPower is a power cut, or a disk that failed once.
var errPower = errors.New("the power was cut")

// fuse stands between a server and what it keeps things in. It cuts the power
// before or after the n-th change, and keeps all heads that were handed over.
type fuse struct {
	server.Store
	server.Blobs
	t     *testing.T
	n     int  // changes until the cut; negative: never
	after bool // the change is made, and not reported
	once  bool // only that change fails
	blown bool
	count int
	heads map[string][]byte // by log and size
}

// change makes a change, or not.
func (f *fuse) change(do func() error) error {
	if f.blown && !f.once {
		return errPower
	}
	f.count++
	if f.blown || f.count != f.n {
		return do()
	}
	f.blown = true
	if f.after {
		droptest.Expect(f.t, "a change before the cut", do(), nil)
	}
	return errPower
}

func (f *fuse) Freeze(ctx context.Context, log wire.Log, n uint64, at int64) (frozen server.Frozen, err error) {
	err = f.change(func() (err error) {
		frozen, err = f.Store.Freeze(ctx, log, n, at)
		return err
	})
	return frozen, err
}

func (f *fuse) Append(ctx context.Context, s server.Sealing) error {
	name := fmt.Sprintf("%s %d", s.Log, s.Number+1)
	if old := f.heads[name]; old != nil && !bytes.Equal(old, s.Head) {
		f.t.Errorf("two heads of %s were signed", name)
	}
	f.heads[name] = s.Head
	return f.change(func() error { return f.Store.Append(ctx, s) })
}

func (f *fuse) Discard(ctx context.Context, log wire.Log, n uint64, at int64) error {
	return f.change(func() error { return f.Store.Discard(ctx, log, n, at) })
}

func (f *fuse) Forget(ctx context.Context, log wire.Log, keep uint64) error {
	return f.change(func() error { return f.Store.Forget(ctx, log, keep) })
}

func (f *fuse) Put(name string, at int64, write func(io.Writer) error) error {
	return f.change(func() error { return f.Blobs.Put(name, at, write) })
}

func (f *fuse) Delete(name string) error {
	return f.change(func() error { return f.Blobs.Delete(name) })
}

// ground is what outlives a server: opened again it is what was there.
type ground func() (server.Store, server.Blobs)

func inMemory() ground {
	s, b := memory.New(), memory.NewBlobs()
	return func() (server.Store, server.Blobs) { return s, b }
}

func inFolder(t *testing.T, dir string) ground {
	shut := func() {}
	t.Cleanup(func() { shut() })
	return func() (server.Store, server.Blobs) {
		shut()
		store, err := sqlite.Open(dir)
		droptest.Expect(t, "store", err, nil)
		blobs, err := fs.Open(dir)
		droptest.Expect(t, "blobs", err, nil)
		shut = func() { droptest.Expect(t, "close", errors.Join(blobs.Close(), store.Close()), nil) }
		return store, blobs
	}
}

// TestSealingIsCut cuts the power before and after every single change that a
// sealing makes. The next start makes the page of the same content under the
// same time, and never are two heads of one size signed. A disk that fails
// once, and not the process, is made good without a new start.
func TestSealingIsCut(t *testing.T) {
	total := newScene(t, inMemory()).cut(t, -1, false, false)
	if total < 12 {
		t.Fatalf("a sealing makes only %d changes", total)
	}
	for n := 1; n <= total; n++ {
		newScene(t, inMemory()).cut(t, n, false, false)
		newScene(t, inMemory()).cut(t, n, true, false)
		newScene(t, inMemory()).cut(t, n, false, true)
	}
}

// TestSealingIsCutOnDisk does so over files, each time from the same folder.
func TestSealingIsCutOnDisk(t *testing.T) {
	before := t.TempDir()
	scene := newScene(t, inFolder(t, before))
	for n := -1; n <= scene.cuts; n++ {
		dir := t.TempDir()
		droptest.Expect(t, "copy", os.CopyFS(dir, os.DirFS(before)), nil)
		again := *scene
		again.open = inFolder(t, dir)
		scene.cuts = max(scene.cuts, again.cut(t, n, true, false))
	}
}

// scene is a drop just before a sealing of all three logs, which will also
// delete pages.
type scene struct {
	n    *droptest.Newsroom
	now  int64
	open ground
	want filled
	cuts int
}

func newScene(t *testing.T, open ground) *scene {
	t.Helper()
	n := droptest.NewNewsroom(t, 2, droptest.Schedule(), droptest.Noon)
	clock := droptest.NewClock(droptest.Noon)
	store, blobs := open()
	s := droptest.NewServer(t, n, clock, server.Limits{}, store, blobs)
	want := fillHours(t, n, clock, s)
	return &scene{n: n, now: clock.Unix(), open: open, want: want}
}

// cut seals with a cut at change n and sees what comes after. It returns how
// many changes there were. once: the same process goes on.
func (sc *scene) cut(t *testing.T, n int, after, once bool) int {
	t.Helper()
	clock := droptest.NewClock(sc.now - 1)
	f := &fuse{t: t, heads: map[string][]byte{}}
	f.Store, f.Blobs = sc.open()
	s := droptest.NewServer(t, sc.n, clock, server.Limits{}, f, f)
	clock.Set(sc.now)
	f.n, f.after, f.once, f.count = n, after, once, 0
	err := s.Seal(t.Context())
	total := f.count
	if f.blown {
		droptest.Expect(t, "a sealing that was cut", err, errPower)
	} else {
		droptest.Expect(t, "sealing", err, nil)
	}
	f.n = -1
	clock.Add(1234)
	if once {
		droptest.Expect(t, "sealing again", s.Seal(t.Context()), nil)
	} else {
		f.blown = false
		f.Store, f.Blobs = sc.open()
		s = droptest.NewServer(t, sc.n, clock, server.Limits{}, f, f)
	}
	sc.want.check(t, sc.n, s, sc.now)
	clock.Add(3600)
	droptest.Expect(t, "the next sealing", s.Seal(t.Context()), nil)
	if size := sc.n.View(t, s, wire.Letters, 0, 0, 64).Head.Size; size != 7 {
		t.Fatalf("cut at %d: the next page is number %d", n, size)
	}
	return total
}

// filled is what the newest pages must hold.
type filled struct {
	letter  *wire.LetterPost
	chunk   wire.ChunkID
	reply   []byte
	segment []byte
}

// fillHours seals five hours, so that the next sealing of all three logs also
// deletes pages, and then writes to each log.
func fillHours(t *testing.T, n *droptest.Newsroom, c *droptest.Clock, s *server.Server) (f filled) {
	t.Helper()
	ctx := t.Context()
	droptest.Expect(t, "newsroom", s.PostNewsroom(ctx, n.Write()), nil)
	for range 5 {
		upload(t, n, c, s)
		c.Add(3600)
		droptest.Expect(t, "sealing", s.Seal(ctx), nil)
	}
	c.Add(1800)
	now := c.Unix()
	f.chunk = upload(t, n, c, s)
	f.letter = n.Letter(now)
	post, err := f.letter.Encode()
	droptest.Expect(t, "letter", errors.Join(err, s.PostLetter(ctx, post)), nil)
	size, root := n.State(t, s)
	beat := n.Beat(n.Desks[0], now, size, root)
	next := now/7200*7200 + 7200
	f.reply, f.segment = n.Envelope(wire.ReplySize), n.Envelope(wire.SegmentSize)
	slot := n.Verified().Roster().SlotsOf(n.Desks[0].ID, next)[0]
	droptest.Expect(t, "reply", s.PostReply(ctx, n.Reply(n.Desks[0], beat, next, slot, f.reply)), nil)
	droptest.Expect(t, "segment", s.PostSegment(ctx, n.SegmentWrite(n.Desks[0], beat, next, f.segment)), nil)
	c.Set(next)
	return f
}

func upload(t *testing.T, n *droptest.Newsroom, c *droptest.Clock, s *server.Server) wire.ChunkID {
	t.Helper()
	ticket, err := s.OpenTicket(t.Context(), n.TicketRequest(c.Unix(), nil))
	droptest.Expect(t, "ticket", err, nil)
	chunk, id := n.Chunk()
	droptest.Expect(t, "chunk", s.PutChunk(t.Context(), ticket, id, chunk), nil)
	return id
}

func (f filled) check(t *testing.T, n *droptest.Newsroom, s *server.Server, sealed int64) {
	t.Helper()
	for _, log := range []wire.Log{wire.Letters, wire.Replies, wire.Desk} {
		v := n.View(t, s, log, 0, 0, 64)
		last := v.Pages[len(v.Pages)-1]
		if last.Header.Sealed != sealed {
			t.Fatalf("%s log: sealed at %d and not %d", log, last.Header.Sealed, sealed)
		}
		want := append([]byte{1}, f.reply...)
		switch log {
		case wire.Letters:
			var err error
			want, err = wire.EncodeLettersBody(f.letter.Envelopes, []wire.ChunkID{f.chunk})
			droptest.Expect(t, "page", err, nil)
		case wire.Desk:
			want = append([]byte{1}, f.segment...)
		}
		if !bytes.Equal(last.Body, want) {
			t.Fatalf("%s log: the page is another", log)
		}
	}
	if _, err := s.Chunk(t.Context(), n.ChunkRequest(t, s, f.chunk)); err != nil {
		t.Fatalf("the chunk: %v", err)
	}
	for _, week := range []bool{false, true} {
		r, err := s.Replies(t.Context(), week)
		droptest.Expect(t, "view", err, nil)
		if v := n.Prove(t, r, wire.Replies); v.Head.Sealed != sealed {
			t.Fatal("the view is not of the newest page")
		}
	}
}
