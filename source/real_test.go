// SPDX-License-Identifier: Apache-2.0

package source_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"net/http/httptest"
	"testing"
	"time"

	"tamizdat/drop"
	"tamizdat/drop/client"
	"tamizdat/drop/memory"
	"tamizdat/drop/server"
	"tamizdat/letter"
	"tamizdat/letter/wire"
)

// real is a real drop for the stage's newsroom, reached over HTTP on loopback.
type real struct {
	s   *stage
	srv *server.Server
	drop.Drop
}

func (s *stage) real() *real {
	s.t.Helper()
	srv := must(server.New(s.t.Context(), server.Config{
		Newsroom: s.nr, Key: s.dropKey, Incarnation: s.roster().Incarnation,
		Store: memory.New(), Blobs: memory.NewBlobs(),
		Now: func() time.Time { return s.now }, Random: rand.Reader,
	}))(s.t)
	web := httptest.NewServer(srv.Handler())
	s.t.Cleanup(web.Close)
	c := must(client.New(web.URL, nil))(s.t)
	s.t.Cleanup(c.Close)
	r := &real{s, srv, c}
	r.publish()
	return r
}

// publish gives the drop the newest roster and its journalists' bundles.
func (r *real) publish() {
	r.s.t.Helper()
	w := wire.NewsroomWrite{Newsroom: r.s.newsroom.Bytes(), Grant: r.s.grant}
	r.do(r.PostNewsroom(r.s.t.Context(), must(w.Encode())(r.s.t)))
	for _, b := range r.s.bundles[r.s.period()] {
		r.do(r.PostBundle(r.s.t.Context(), b))
	}
}

func (r *real) do(err error) {
	r.s.t.Helper()
	if err != nil {
		r.s.t.Fatal(err)
	}
}

// beatOf is desk i's beat on what the drop shows it.
func (r *real) beatOf(i int) []byte {
	body := must(r.Replies(r.s.t.Context(), false))(r.s.t)
	defer body.Close()
	roster := r.s.roster()
	v := must(wire.ReadView(body, r.s.nr, wire.Replies, roster.Incarnation, roster.Drop, roster.Schedule.MaxViewBytes()))(r.s.t)
	return r.s.desks[i].Beat(wire.BeatBody{
		Newsroom: r.s.nr, Day: wire.DayOf(r.s.now.Unix()), RosterNumber: roster.Number, RosterHash: roster.Hash(),
		Incarnation: roster.Incarnation, Size: v.Head.Size, Root: v.Head.Root,
	})
}

// write has every desk fill all its slots of the next page, with the given
// replies first, and lets the drop seal.
func (r *real) write(replies map[int][][]byte) {
	r.s.t.Helper()
	sealing := (r.s.now.Unix()/testEvery + 1) * testEvery
	for i, k := range r.s.desks {
		beat, own := r.beatOf(i), replies[i]
		for _, slot := range r.s.roster().SlotsOf(k.ID(), sealing) {
			envelope := must(letter.DummyReply(r.s.nr))(r.s.t)
			if len(own) > 0 {
				envelope, own = own[0], own[1:]
			}
			r.do(r.PostReply(r.s.t.Context(), k.SealReplyWrite(beat, sealing, slot, envelope)))
		}
		if len(own) > 0 {
			r.s.t.Fatalf("desk %d has no slots for %d replies", i, len(own))
		}
	}
	r.s.now = time.Unix(sealing, 0)
	r.do(r.srv.Seal(r.s.t.Context()))
}

// letters is what a desk reads of the letters log: all envelopes at its place.
func (r *real) letters(i int) []*letter.Opened {
	r.s.t.Helper()
	ctx := r.s.t.Context()
	nonce := must(r.Nonce(ctx))(r.s.t)
	body := must(r.Read(ctx, r.s.seed.SignRead(wire.ReadRequest{Newsroom: r.s.nr, Log: wire.Letters, Count: 64, Nonce: nonce})))(r.s.t)
	defer body.Close()
	roster := r.s.roster()
	v := must(wire.ReadView(body, r.s.nr, wire.Letters, roster.Incarnation, roster.Drop, 64<<20))(r.s.t)
	var opened []*letter.Opened
	for _, p := range v.Pages {
		for _, e := range must(wire.ParseLettersBody(p.Body))(r.s.t).Envelopes {
			if o, err := r.s.deskOpens(i, e); err == nil {
				opened = append(opened, o)
			}
		}
	}
	return opened
}

// files is what a desk saves of a parcel.
func (r *real) files(p *letter.Parcel) map[string][]byte {
	r.s.t.Helper()
	ctx := r.s.t.Context()
	get := func(id wire.ChunkID) ([]byte, error) {
		nonce, err := r.Nonce(ctx)
		if err != nil {
			return nil, err
		}
		b, err := r.Chunk(ctx, r.s.seed.SignChunk(wire.ChunkRequest{Newsroom: r.s.nr, ID: id, Nonce: nonce}))
		if errors.Is(err, drop.ErrAbsent) {
			return nil, fs.ErrNotExist
		}
		return b, err
	}
	return saved(r.s.t, p, get)
}

func saved(t testing.TB, p *letter.Parcel, get func(wire.ChunkID) ([]byte, error)) map[string][]byte {
	t.Helper()
	parts := make([]bytes.Buffer, len(p.Files))
	err := p.Extract(t.Context(), get, func(i int) (io.WriteCloser, error) { return closer{&parts[i]}, nil })
	if err != nil {
		t.Fatal(err)
	}
	out := make(map[string][]byte)
	for i, f := range p.Files {
		out[f.Name] = parts[i].Bytes()
	}
	return out
}

type closer struct{ io.Writer }

func (closer) Close() error { return nil }
