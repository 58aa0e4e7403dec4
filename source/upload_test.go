// SPDX-License-Identifier: Apache-2.0

package source_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"slices"
	"testing"

	"tamizdat/drop"
	"tamizdat/letter"
	"tamizdat/letter/wire"
	"tamizdat/source"
)

// chunkRoom is how much of a file one chunk holds (spec/attachments.md §1).
const chunkRoom = 1_048_528

var errCut = errors.New("connection reset")

// uploader is one source with a file of seven chunks before a drop that can
// fail.
type uploader struct {
	t       *testing.T
	s       *stage
	honest  *honest
	drop    *hostile
	visit   *source.Visit
	draft   *source.Draft
	content []byte
	puts    map[wire.ChunkID]int
}

func newUploader(t *testing.T) *uploader {
	s := threeDesks(t)
	u := &uploader{t: t, s: s, honest: s.honest(), content: noise(6*chunkRoom + 17), puts: make(map[wire.ChunkID]int)}
	u.drop = &hostile{Drop: u.honest}
	u.visit = s.mustOpen(u.drop)
	words, _ := newcomer(t)
	u.draft = must(u.visit.Compose(words, "with a film", file("film", u.content)))(t)
	if u.draft.Chunks() != 7 {
		t.Fatalf("%d chunks", u.draft.Chunks())
	}
	return u
}

// failAt makes the n-th new chunk fail with fail, which may store it first.
func (u *uploader) failAt(n int, fail func(wire.Ticket, wire.ChunkID, []byte) error) {
	seen := 0
	u.drop.put = func(t wire.Ticket, id wire.ChunkID, chunk []byte) error {
		if u.puts[id]++; u.puts[id] == 1 {
			seen++
		}
		if seen == n+1 {
			return fail(t, id, chunk)
		}
		return u.honest.PutChunk(context.Background(), t, id, chunk)
	}
}

// arrived checks that a desk gets letter and file whole.
func (u *uploader) arrived() {
	u.t.Helper()
	if len(u.honest.posts) != 1 {
		u.t.Fatalf("%d letters were posted", len(u.honest.posts))
	}
	got := must(u.s.deskOpens(0, u.honest.envelopes(0)[u.s.place(0)]))(u.t)
	if b := saved(u.t, got.Letter.Parcel, u.honest.chunk)["film"]; !bytes.Equal(b, u.content) {
		u.t.Error("the file arrived changed")
	}
}

func (h *honest) chunk(id wire.ChunkID) ([]byte, error) {
	b, ok := h.chunks[id]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return b, nil
}

// A connection breaks at some chunk, before or after the drop has stored it. In
// both cases the upload goes on, and brings nothing twice that was answered for.
func TestA14UploadCutAndResumed(t *testing.T) {
	for name, lost := range map[string]bool{"before it was stored": false, "after it was stored": true} {
		t.Run(name, func(t *testing.T) {
			u := newUploader(t)
			at := rand.IntN(7)
			cut := false
			u.failAt(at, func(ticket wire.Ticket, id wire.ChunkID, chunk []byte) error {
				var err error
				if cut || lost {
					err = u.honest.PutChunk(t.Context(), ticket, id, chunk)
				}
				if cut {
					return err
				}
				cut = true
				return errCut
			})
			must(u.visit.Send(t.Context(), u.draft, source.SendOptions{}))(t)
			u.arrived()
			sum := 0
			for _, n := range u.puts {
				sum += n
			}
			want := 8 // one was brought twice
			if lost {
				want = 7 // the list of the ticket told that it was there
			}
			if sum != want || u.honest.calls.count("list") != 1 || u.honest.calls.count("ticket") != 1 {
				t.Errorf("cut at chunk %d: %d chunks brought, not %d; calls %v", at, sum, want, u.honest.calls.list())
			}
		})
	}
}

// The line stays dead: the send fails, nothing is lost, and a second send, with
// the same draft, brings only what is missing.
func TestA14UploadGivenUpAndTakenUpAgain(t *testing.T) {
	u := newUploader(t)
	at := 1 + rand.IntN(6)
	dead := true
	u.failAt(at, func(ticket wire.Ticket, id wire.ChunkID, chunk []byte) error {
		if dead {
			return errCut
		}
		return u.honest.PutChunk(t.Context(), ticket, id, chunk)
	})
	_, err := u.visit.Send(t.Context(), u.draft, source.SendOptions{})
	wantAlarm(t, nil, err, "M-29", noAnswer)
	if len(u.honest.posts) != 0 || len(u.honest.chunks) != at {
		t.Fatalf("%d chunks and %d letters are there", len(u.honest.chunks), len(u.honest.posts))
	}
	dead = false
	must(u.visit.Send(t.Context(), u.draft, source.SendOptions{}))(t)
	u.arrived()
	if u.honest.calls.count("chunk") != 7 || u.honest.calls.count("ticket") != 1 {
		t.Errorf("cut at %d: calls %v", at, u.honest.calls.list())
	}
}

// A drop that was restarted has forgotten the ticket, not the chunks.
func TestA14UploadTicketForgotten(t *testing.T) {
	u := newUploader(t)
	u.failAt(rand.IntN(7), func(ticket wire.Ticket, id wire.ChunkID, chunk []byte) error {
		if u.puts[id] == 1 {
			clear(u.honest.tickets)
			return errCut
		}
		return u.honest.PutChunk(t.Context(), ticket, id, chunk)
	})
	must(u.visit.Send(t.Context(), u.draft, source.SendOptions{}))(t)
	u.arrived()
	if u.honest.calls.count("ticket") != 2 || u.honest.calls.count("chunk") != 7 {
		t.Errorf("calls %v", u.honest.calls.list())
	}
}

// The request for a ticket got lost on its way, or its answer on the way back:
// the same request is made again, not a second one.
func TestA14TicketRequestRepeatedAsItWas(t *testing.T) {
	u := newUploader(t)
	l := &losing{hostile: u.drop}
	v := u.s.mustOpen(l)
	must(v.Send(t.Context(), u.draft, source.SendOptions{}))(t)
	u.arrived()
	if len(l.requests) != 2 || !bytes.Equal(l.requests[0], l.requests[1]) {
		t.Errorf("%d requests, or they differ", len(l.requests))
	}
}

type losing struct {
	*hostile
	requests [][]byte
}

func (l *losing) OpenTicket(ctx context.Context, req []byte) (wire.Ticket, error) {
	l.requests = append(l.requests, req)
	if len(l.requests) == 1 {
		return wire.Ticket{}, errCut
	}
	return l.hostile.OpenTicket(ctx, req)
}

// The answer to the letter got lost: the same post goes again, to the byte.
func TestLetterRepeatedAsItWas(t *testing.T) {
	s := threeDesks(t)
	words, _ := newcomer(t)
	var posts [][]byte
	d := &hostile{Drop: s.honest(), post: func(p []byte) error {
		if posts = append(posts, p); len(posts) < 3 {
			return errCut
		}
		return nil
	}}
	v := s.mustOpen(d)
	must(v.Send(t.Context(), must(v.Compose(words, "once"))(t), source.SendOptions{}))(t)
	if len(posts) != 3 || !bytes.Equal(posts[0], posts[1]) || !bytes.Equal(posts[1], posts[2]) {
		t.Errorf("%d posts, or they differ", len(posts))
	}
}

// A letter that was refused may have been made for an hour that is over. It is
// made anew, and then it is another letter.
func TestLetterMadeAnewAfterRefusal(t *testing.T) {
	s := threeDesks(t)
	words, _ := newcomer(t)
	honest := s.honest()
	var first []byte
	d := &hostile{Drop: honest, post: func(p []byte) error {
		if first == nil {
			first = p
			return drop.ErrRefused
		}
		return honest.PostLetter(t.Context(), p)
	}}
	v := s.mustOpen(d)
	sent := must(v.Send(t.Context(), must(v.Compose(words, "again"))(t), source.SendOptions{}))(t)
	was := must(wire.ParseLetterPost(first))(t)
	a := must(s.deskOpens(0, was.Envelopes[s.place(0)]))(t)
	b := must(s.deskOpens(0, honest.envelopes(0)[s.place(0)]))(t)
	if a.Letter.ID == b.Letter.ID || b.Letter.Label().In(letter.English()) != sent.Label {
		t.Error("a second sealing passes for the same letter, or carries the first one's label")
	}
}

// A post without an answer may have arrived. The draft knows by which label, also
// after the letter was made anew.
func TestPerhapsSent(t *testing.T) {
	s := threeDesks(t)
	words, _ := newcomer(t)
	honest := s.honest()
	var labels []string
	answers := []error{drop.ErrFull, errCut, drop.ErrRefused, errCut, drop.ErrFull}
	d := &hostile{Drop: honest, post: func(p []byte) error {
		was := must(wire.ParseLetterPost(p))(t)
		labels = append(labels, must(s.deskOpens(0, was.Envelopes[s.place(0)]))(t).Letter.Label().In(letter.English()))
		err := answers[0]
		answers = answers[1:]
		return err
	}}
	v := s.mustOpen(d)
	draft := must(v.Compose(words, "perhaps"))(t)
	for _, known := range []int{0, 2} {
		if _, err := v.Send(t.Context(), draft, source.SendOptions{}); err == nil {
			t.Fatal("a letter was sent to a drop that is full")
		}
		if got := draft.Perhaps(); len(got) != known || known == 2 && (got[0] != labels[1] || got[1] != labels[3] || got[0] == got[1]) {
			t.Errorf("perhaps sent as %q, the posts were %q", got, labels)
		}
	}
}

// A file that changes while it is sent would spend a nonce twice.
func TestA14FileChangedDuringTheUpload(t *testing.T) {
	u := newUploader(t)
	changing := source.File{Name: "log", Size: 2 * chunkRoom}
	opened := 0
	changing.Open = func() (io.ReadCloser, error) {
		opened++
		return io.NopCloser(bytes.NewReader(bytes.Repeat([]byte{byte(opened)}, 2*chunkRoom))), nil
	}
	words, _ := newcomer(t)
	u.draft = must(u.visit.Compose(words, "a growing log", changing))(t)
	u.failAt(1, func(wire.Ticket, wire.ChunkID, []byte) error { return errCut })
	_, err := u.visit.Send(t.Context(), u.draft, source.SendOptions{})
	wantAlarm(t, nil, err, "M-29", noAnswer)
	u.drop.put = nil
	before := len(u.honest.chunks)
	if _, err := u.visit.Send(t.Context(), u.draft, source.SendOptions{}); !errors.Is(err, letter.ErrFileChanged) {
		t.Errorf("got %v", err)
	}
	if len(u.honest.chunks) != before || len(u.honest.posts) != 0 {
		t.Error("changed bytes were sent under the same key")
	}
}

// A file that is shorter or longer than it was said to be is not sent as whole.
func TestA14FileOfAnotherLength(t *testing.T) {
	for _, off := range []int{-1, 1} {
		u := newUploader(t)
		f := file("short", make([]byte, 1000+off))
		f.Size = 1000
		words, _ := newcomer(t)
		draft := must(u.visit.Compose(words, "x", f))(t)
		if _, err := u.visit.Send(t.Context(), draft, source.SendOptions{}); err == nil || len(u.honest.posts) != 0 {
			t.Errorf("a file of %d bytes passes for 1000: %v", 1000+off, err)
		}
	}
}

// Exactly at the limit, one under, one over.
func TestA13AttachmentLimits(t *testing.T) {
	s := threeDesks(t)
	s.adopt(s.issue(func(b *wire.RosterBody) { b.Schedule.Chunks = 4 }))
	s.beatAll()
	v := s.mustOpen(s.honest())
	words, _ := newcomer(t)
	for size, chunks := range map[int]int{
		0: 1, 1: 1, chunkRoom - 1: 1, chunkRoom: 1, chunkRoom + 1: 2,
		4*chunkRoom - 1: 4, 4 * chunkRoom: 4, 4*chunkRoom + 1: 0,
	} {
		d, err := v.Compose(words, "x", file("f", make([]byte, size)))
		switch {
		case chunks == 0 && err == nil:
			t.Errorf("%d bytes are taken", size)
		case chunks > 0 && (err != nil || d.Chunks() != chunks):
			t.Errorf("%d bytes: %v", size, err)
		}
	}
	many := make([]source.File, 33)
	for i := range many {
		many[i] = file(fmt.Sprint(i), nil)
	}
	if _, err := v.Compose(words, "x", many...); !errors.Is(err, letter.ErrFiles) {
		t.Errorf("33 files: %v", err)
	}
	if _, err := v.Compose(words, "", many[:32]...); err != nil {
		t.Errorf("32 files: %v", err)
	}
}

// Room is told before the upload, and holds after it.
func TestA13RoomIsKnownBeforeTheUpload(t *testing.T) {
	u := newUploader(t)
	before, total, err := u.draft.Room()
	if err != nil || before <= 7*32 || before > total {
		t.Fatalf("%d of %d: %v", before, total, err)
	}
	must(u.visit.Send(t.Context(), u.draft, source.SendOptions{}))(t)
	after, _, err := u.draft.Room()
	if err != nil || after > before {
		t.Errorf("%d bytes were foretold, %d are used: %v", before, after, err)
	}
	words, _ := newcomer(t)
	long := string(slices.Concat([]byte("x"), bytes.Repeat([]byte("y"), 300_000)))
	if _, err := u.visit.Compose(words, long); !errors.Is(err, letter.ErrTooLong) {
		t.Errorf("300,000 letters: %v", err)
	}
	for _, text := range []string{"", "a\x00b", "a\x1b[2J", "\xff"} {
		if _, err := u.visit.Compose(words, text); !errors.Is(err, letter.ErrText) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// Whoever gives up takes what it keeps along.
func TestDiscardForgets(t *testing.T) {
	u := newUploader(t)
	u.draft.Discard()
	if _, err := u.visit.Send(t.Context(), u.draft, source.SendOptions{}); !errors.Is(err, source.ErrSent) {
		t.Errorf("got %v", err)
	}
}
