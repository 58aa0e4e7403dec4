// SPDX-License-Identifier: Apache-2.0

package server_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"tamizdat/drop"
	"tamizdat/drop/droptest"
	"tamizdat/drop/memory"
	"tamizdat/drop/server"
	"tamizdat/letter/wire"
)

// halfFull is a disk that has no room for blobs of one folder.
type halfFull struct {
	server.Blobs
	folder string
}

func (h *halfFull) Put(name string, at int64, write func(io.Writer) error) error {
	if h.folder != "" && strings.HasPrefix(name, h.folder) {
		return drop.ErrFull
	}
	return h.Blobs.Put(name, at, write)
}

// TestOneLogFails: a page that finds no room keeps no other log from being
// sealed, again and again, and is made under its own time once there is room.
func TestOneLogFails(t *testing.T) {
	n := droptest.NewNewsroom(t, 2, droptest.Schedule(), droptest.Noon)
	clock := droptest.NewClock(droptest.Noon)
	disk := &halfFull{Blobs: memory.NewBlobs()}
	s := droptest.NewServer(t, n, clock, server.Limits{}, memory.New(), disk)
	want := fillHours(t, n, clock, s)
	sealed := clock.Unix()
	disk.folder = "letters/"
	for range 2 {
		droptest.Expect(t, "sealing", s.Seal(t.Context()), drop.ErrFull)
		for _, log := range []wire.Log{wire.Replies, wire.Desk} {
			if head := n.View(t, s, log, 0, 0, 0).Head; head.Sealed != clock.Unix()/7200*7200 {
				t.Errorf("the %s log is sealed until %d only", log, head.Sealed)
			}
		}
		if size := n.View(t, s, wire.Letters, 0, 0, 0).Head.Size; size != 5 {
			t.Errorf("the letters log has %d pages", size)
		}
		clock.Add(7200)
	}
	disk.folder = ""
	droptest.Expect(t, "sealing with room", s.Seal(t.Context()), nil)
	v := n.View(t, s, wire.Letters, 5, 5, 1)
	body, err := wire.EncodeLettersBody(want.letter.Envelopes, []wire.ChunkID{want.chunk})
	if err != nil || v.Pages[0].Header.Sealed != sealed || !bytes.Equal(v.Pages[0].Body, body) {
		t.Errorf("the page that had no room is another: %v", err)
	}
}

// TestA17StartOnAFullDisk: a drop that finds no room for what is due starts,
// is read, tells the operator, and seals once there is room.
func TestA17StartOnAFullDisk(t *testing.T) {
	n := droptest.NewNewsroom(t, 2, droptest.Schedule(), droptest.Noon)
	clock := droptest.NewClock(droptest.Noon)
	disk := &halfFull{Blobs: memory.NewBlobs()}
	cfg := config(n, clock)
	cfg.Blobs = disk
	var told []error
	cfg.Report = func(err error) { told = append(told, err) }
	s, err := server.New(t.Context(), cfg)
	droptest.Expect(t, "start", err, nil)
	fillHours(t, n, clock, s)
	for _, disk.folder = range []string{"chunks/", "letters/", "views/"} {
		told = nil
		s, err = server.New(t.Context(), cfg)
		droptest.Expect(t, "start without room for "+disk.folder, err, nil)
		if len(told) != 1 || !errors.Is(told[0], drop.ErrFull) {
			t.Errorf("the operator was told %v", told)
		}
		if size := n.View(t, s, wire.Letters, 0, 0, 0).Head.Size; size < 5 {
			t.Errorf("%d pages can be read", size)
		}
		disk.folder = ""
		droptest.Expect(t, "sealing with room", s.Seal(t.Context()), nil)
		clock.Add(7200)
	}
}

// slowDisk says when a blob is being written, and waits until it may go on.
type slowDisk struct {
	server.Blobs
	begun, on chan struct{}
}

func (d *slowDisk) Put(name string, at int64, write func(io.Writer) error) error {
	d.begun <- struct{}{}
	<-d.on
	return d.Blobs.Put(name, at, write)
}

// TestRepeatedNewsroomWaitsForNoSealing: the newsroom is public, so anyone can
// send it again; a sealing that takes its time keeps nobody waiting for that.
func TestRepeatedNewsroomWaitsForNoSealing(t *testing.T) {
	n := droptest.NewNewsroom(t, 2, droptest.Schedule(), droptest.Noon)
	clock := droptest.NewClock(droptest.Noon)
	disk := &slowDisk{memory.NewBlobs(), make(chan struct{}, 100), make(chan struct{})}
	s := droptest.NewServer(t, n, clock, server.Limits{}, memory.New(), disk)
	posted := make(chan error)
	go func() { posted <- s.PostNewsroom(context.Background(), n.Write()) }()
	for range 2 { // the views
		<-disk.begun
		disk.on <- struct{}{}
	}
	droptest.Expect(t, "newsroom", <-posted, nil)
	clock.Add(3600)
	sealed := make(chan error)
	go func() { sealed <- s.Seal(context.Background()) }()
	<-disk.begun
	go func() { posted <- s.PostNewsroom(context.Background(), n.Write()) }()
	select {
	case err := <-posted:
		droptest.Expect(t, "the same again", err, nil)
	case <-time.After(10 * time.Second):
		t.Error("whoever repeats a newsroom waits for a sealing")
		defer func() { <-posted }()
	}
	close(disk.on)
	droptest.Expect(t, "sealing", <-sealed, nil)
}

// TestUnsealedSpoolCounts: what a page that found no room still has to copy is
// kept free, so that strangers cannot take the room it waits for.
func TestUnsealedSpoolCounts(t *testing.T) {
	n := droptest.NewNewsroom(t, 2, droptest.Schedule(), droptest.Noon)
	clock := droptest.NewClock(droptest.Noon)
	disk := &halfFull{Blobs: memory.NewBlobs()}
	cfg := config(n, clock)
	free := int64(1 << 40)
	cfg.Blobs, cfg.Limits.FreeBytes, cfg.Free = disk, 1<<20, func() (int64, error) { return free, nil }
	s, err := server.New(t.Context(), cfg)
	droptest.Expect(t, "start", err, nil)
	droptest.Expect(t, "newsroom", s.PostNewsroom(t.Context(), n.Write()), nil)
	upload(t, n, clock, s)
	disk.folder = "chunks/"
	clock.Add(3600)
	droptest.Expect(t, "sealing", s.Seal(t.Context()), drop.ErrFull)
	post, err := n.Letter(clock.Unix()).Encode()
	droptest.Expect(t, "letter", err, nil)
	free = 2 << 20
	droptest.Expect(t, "a letter in the chunk's room", s.PostLetter(t.Context(), post), drop.ErrFull)
	disk.folder = ""
	droptest.Expect(t, "sealing with room", s.Seal(t.Context()), nil)
	droptest.Expect(t, "a letter after it", s.PostLetter(t.Context(), post), nil)
}
