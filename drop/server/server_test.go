// SPDX-License-Identifier: Apache-2.0

package server_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"tamizdat/drop"
	"tamizdat/drop/droptest"
	"tamizdat/drop/fs"
	"tamizdat/drop/memory"
	"tamizdat/drop/server"
	"tamizdat/drop/sqlite"
	"tamizdat/letter/wire"
)

// TestContract runs the suite without HTTP: the server itself is the twin that
// other rooms may test against.
func TestContract(t *testing.T) {
	droptest.RunDrop(t, func(t *testing.T, n *droptest.Newsroom, c *droptest.Clock, l server.Limits) *droptest.Drop {
		s := droptest.NewServer(t, n, c, l, memory.New(), memory.NewBlobs())
		return &droptest.Drop{Drop: s, Clock: c, Seal: droptest.Sealer(s)}
	})
}

// config is that of a drop in memory.
func config(n *droptest.Newsroom, c *droptest.Clock) server.Config {
	return server.Config{
		Newsroom: n.NR, Key: n.Drop, Incarnation: n.Incarnation,
		Store: memory.New(), Blobs: memory.NewBlobs(), Now: c.Now, Random: rand.Reader,
	}
}

// TestDoubtfulStartsAreRefused: a drop without a newsroom or over somebody
// else's store does not start.
func TestDoubtfulStartsAreRefused(t *testing.T) {
	n := droptest.NewNewsroom(t, 2, droptest.Schedule(), droptest.Noon)
	c := droptest.NewClock(droptest.Noon)
	good := config(n, c)
	s, err := server.New(t.Context(), good)
	droptest.Expect(t, "start", err, nil)
	droptest.Expect(t, "newsroom", s.PostNewsroom(t.Context(), n.Write()), nil)
	c.Add(3600)
	droptest.Expect(t, "sealing", s.Seal(t.Context()), nil)
	other := droptest.NewNewsroom(t, 2, droptest.Schedule(), droptest.Noon)
	for what, change := range map[string]func(c *server.Config){
		"no newsroom":         func(c *server.Config) { c.Newsroom = wire.NewsroomKey{} },
		"no key":              func(c *server.Config) { c.Key = nil },
		"no store":            func(c *server.Config) { c.Store = nil },
		"no clock":            func(c *server.Config) { c.Now = nil },
		"another newsroom":    func(c *server.Config) { c.Newsroom = other.NR },
		"another key":         func(c *server.Config) { c.Key = other.Drop },
		"another incarnation": func(c *server.Config) { c.Incarnation[0]++ },
	} {
		bad := good
		change(&bad)
		if _, err := server.New(t.Context(), bad); err == nil {
			t.Errorf("%s: the drop started", what)
		}
	}
	if _, err := server.New(t.Context(), good); err != nil {
		t.Errorf("the right drop does not start again: %v", err)
	}
}

// TestA17NearlyFullDisk: below the floor nothing is taken, above it is, and
// what cannot be asked for counts as full.
func TestA17NearlyFullDisk(t *testing.T) {
	n := droptest.NewNewsroom(t, 2, droptest.Schedule(), droptest.Noon)
	cfg := config(n, droptest.NewClock(droptest.Noon))
	var free int64
	var broken error
	cfg.Limits.FreeBytes = 1 << 20
	cfg.Free = func() (int64, error) { return free, broken }
	s, err := server.New(t.Context(), cfg)
	droptest.Expect(t, "start", err, nil)
	droptest.Expect(t, "newsroom", s.PostNewsroom(t.Context(), n.Write()), nil)
	post, err := n.Letter(droptest.Noon).Encode()
	droptest.Expect(t, "letter", err, nil)
	free = 1 << 20
	droptest.Expect(t, "at the floor", s.PostLetter(t.Context(), post), drop.ErrFull)
	if u := cfg.Store.Usage(); u.Envelopes != 0 {
		t.Errorf("%d envelopes were stored", u.Envelopes)
	}
	free, broken = 1<<40, errors.New("no answer")
	droptest.Expect(t, "unknown", s.PostLetter(t.Context(), post), drop.ErrBusy)
	broken = nil
	droptest.Expect(t, "room enough", s.PostLetter(t.Context(), post), nil)
}

// TestStrangersCannotSilenceDesks: as the disk fills up chunks are refused
// first, then letters, and what desks write last.
func TestStrangersCannotSilenceDesks(t *testing.T) {
	n := droptest.NewNewsroom(t, 2, droptest.Schedule(), droptest.Noon)
	cfg := config(n, droptest.NewClock(droptest.Noon))
	var free int64
	cfg.Limits.FreeBytes = 16 << 20
	cfg.Free = func() (int64, error) { return free, nil }
	s, err := server.New(t.Context(), cfg)
	droptest.Expect(t, "start", err, nil)
	ctx := t.Context()
	droptest.Expect(t, "newsroom", s.PostNewsroom(ctx, n.Write()), nil)
	size, root := n.State(t, s)
	for i, tt := range []struct {
		free                 int64
		chunk, letter, write error
	}{
		{80 << 20, nil, nil, nil},
		{60 << 20, drop.ErrFull, nil, nil},
		{12 << 20, drop.ErrFull, drop.ErrFull, nil},
		{5 << 20, drop.ErrFull, drop.ErrFull, drop.ErrFull},
	} {
		free = 80 << 20
		ticket, err := s.OpenTicket(ctx, n.TicketRequest(droptest.Noon, nil))
		droptest.Expect(t, "ticket", err, nil)
		post, err := n.Letter(droptest.Noon).Encode()
		droptest.Expect(t, "letter", err, nil)
		chunk, id := n.Chunk()
		free = tt.free
		droptest.Expect(t, "a chunk", s.PutChunk(ctx, ticket, id, chunk), tt.chunk)
		droptest.Expect(t, "a letter", s.PostLetter(ctx, post), tt.letter)
		desk := n.Desks[i%2]
		at := droptest.Noon + 3600*int64(1+i/2)
		w := n.SegmentWrite(desk, n.Beat(desk, droptest.Noon, size, root), at, n.Envelope(wire.SegmentSize))
		droptest.Expect(t, "a segment", s.PostSegment(ctx, w), tt.write)
		_, err = s.OpenTicket(ctx, n.TicketRequest(droptest.Noon, n.NewPermit(7, wire.MonthOf(droptest.Noon))))
		droptest.Expect(t, "a permit", err, tt.write)
	}
}

// TestRunSeals: left alone, the drop seals by its clock, tells what goes wrong,
// and goes on.
func TestRunSeals(t *testing.T) {
	schedule := droptest.Schedule()
	schedule.LettersEvery, schedule.RepliesEvery, schedule.DeskEvery = 1, 1, 1
	n := droptest.NewNewsroom(t, 2, schedule, time.Now().Unix())
	f := &fuse{t: t, Store: memory.New(), Blobs: memory.NewBlobs(), n: 4, once: true, heads: map[string][]byte{}}
	var mu sync.Mutex
	var told []string
	s, err := server.New(t.Context(), server.Config{
		Newsroom: n.NR, Key: n.Drop, Incarnation: n.Incarnation, Store: f, Blobs: f,
		Now: time.Now, Random: rand.Reader,
		Report: func(err error) {
			mu.Lock()
			defer mu.Unlock()
			told = append(told, err.Error())
		},
	})
	droptest.Expect(t, "start", err, nil)
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { s.Run(ctx) })
	droptest.Expect(t, "newsroom", s.PostNewsroom(t.Context(), n.Write()), nil)
	for deadline := time.Now().Add(time.Minute); n.View(t, s, wire.Letters, 0, 0, 1).Head.Size < 2; {
		if time.Now().After(deadline) {
			t.Fatal("nothing is sealed")
		}
		time.Sleep(20 * time.Millisecond)
	}
	cancel()
	running.Wait()
	mu.Lock()
	defer mu.Unlock()
	if len(told) != 1 || !strings.Contains(told[0], errPower.Error()) {
		t.Errorf("the operator was told %q", told)
	}
}

// TestWrongClock: a clock that is years ahead dates no page; what came is sealed
// when the clock is right again.
func TestWrongClock(t *testing.T) {
	n := droptest.NewNewsroom(t, 2, droptest.Schedule(), droptest.Noon)
	clock := droptest.NewClock(droptest.Noon)
	s, err := server.New(t.Context(), config(n, clock))
	droptest.Expect(t, "start", err, nil)
	droptest.Expect(t, "newsroom", s.PostNewsroom(t.Context(), n.Write()), nil)
	post, err := n.Letter(droptest.Noon).Encode()
	droptest.Expect(t, "letter", errors.Join(err, s.PostLetter(t.Context(), post)), nil)
	clock.Set(n.Roster.Expires + 30*86400 + 3600)
	if err := s.Seal(t.Context()); err == nil || !strings.Contains(err.Error(), "set the clock") {
		t.Errorf("sealing in the far future: %v", err)
	}
	clock.Set(droptest.Noon + 3600)
	droptest.Expect(t, "sealing at the right time", s.Seal(t.Context()), nil)
	v := n.View(t, s, wire.Letters, 0, 0, 1)
	if v.Head.Size != 1 || v.Head.Sealed != droptest.Noon+3600 {
		t.Errorf("%d pages, the newest of %d", v.Head.Size, v.Head.Sealed)
	}
	clock.Set((n.Roster.Expires + 30*86400) / 7200 * 7200)
	droptest.Expect(t, "sealing under an old list", s.Seal(t.Context()), nil)
}

// TestConnectionCap: the bound on connections holds, and those who wait get in.
func TestConnectionCap(t *testing.T) {
	n := droptest.NewNewsroom(t, 2, droptest.Schedule(), droptest.Noon)
	s := droptest.NewServer(t, n, droptest.NewClock(droptest.Noon), server.Limits{}, memory.New(), memory.NewBlobs())
	l, err := net.Listen("tcp", "127.0.0.1:0")
	droptest.Expect(t, "listen", err, nil)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- server.Serve(ctx, l, s.Handler(), 2) }()
	var idle []net.Conn
	for range 2 {
		c, err := net.Dial("tcp", l.Addr().String())
		droptest.Expect(t, "dial", err, nil)
		_, err = io.WriteString(c, "GET /v1/newsroom HTTP/1.1\r\nHost: x\r\n\r\n")
		droptest.Expect(t, "send", err, nil)
		_, err = http.ReadResponse(bufio.NewReader(c), nil)
		droptest.Expect(t, "answer", err, nil)
		idle = append(idle, c)
	}
	third, err := net.Dial("tcp", l.Addr().String())
	droptest.Expect(t, "dial", err, nil)
	defer third.Close()
	_, err = io.WriteString(third, "GET /v1/newsroom HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	droptest.Expect(t, "send", err, nil)
	droptest.Expect(t, "deadline", third.SetReadDeadline(time.Now().Add(100*time.Millisecond)), nil)
	if _, err := third.Read(make([]byte, 1)); err == nil {
		t.Error("a third connection was served beside two")
	}
	for _, c := range idle {
		c.Close()
	}
	droptest.Expect(t, "deadline", third.SetReadDeadline(time.Now().Add(20*time.Second)), nil)
	if _, err := http.ReadResponse(bufio.NewReader(third), nil); err != nil {
		t.Errorf("the third connection is not served after the others went: %v", err)
	}
	cancel()
	droptest.Expect(t, "serving", <-done, nil)
}

// onDisk opens a server over a folder.
func onDisk(t testing.TB, n *droptest.Newsroom, c *droptest.Clock, dir string) (d *server.Server, shut func()) {
	t.Helper()
	store, err := sqlite.Open(dir)
	droptest.Expect(t, "store", err, nil)
	blobs, err := fs.Open(dir)
	droptest.Expect(t, "blobs", err, nil)
	return droptest.NewServer(t, n, c, server.Limits{}, store, blobs), func() {
		droptest.Expect(t, "close", errors.Join(blobs.Close(), store.Close()), nil)
	}
}
