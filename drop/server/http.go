// SPDX-License-Identifier: Apache-2.0

package server

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"tamizdat/drop"
	"tamizdat/letter/wire"
)

// route is one call of spec/drop.md §9. The table of them is all that the drop
// answers: there is no other path, no method beside the one named, no query,
// no redirect.
type route struct {
	method string
	path   string // {} stands for one part that the call reads
	least  int64  // length of the body
	most   int64
	call   func(s *Server, r *call) error
}

// routes are all calls.
func routes() []route {
	return []route{
		{method: "GET", path: "/v1/newsroom", call: object((*Server).Newsroom)},
		{method: "GET", path: "/v1/grant", call: object((*Server).Grant)},
		{method: "GET", path: "/v1/keys/{}", call: (*Server).serveKeys},
		{method: "GET", path: "/v1/beats", call: object((*Server).Beats)},
		{method: "GET", path: "/v1/replies", call: served(false)},
		{method: "GET", path: "/v1/replies/week", call: served(true)},
		{"POST", "/v1/letters", 1, wire.MaxLetterPostSize, posted((*Server).PostLetter)},
		{"POST", "/v1/tickets", 1, wire.MaxTicketRequestSize, (*Server).serveTicket},
		{method: "GET", path: "/v1/tickets/{}", call: (*Server).serveTicketChunks},
		{"PUT", "/v1/tickets/{}/{}", wire.ChunkSize, wire.ChunkSize, (*Server).servePutChunk},
		{method: "GET", path: "/v1/nonce", call: (*Server).serveNonce},
		{"POST", "/v1/read", wire.ReadRequestSize, wire.ReadRequestSize, (*Server).serveRead},
		{"POST", "/v1/chunk", wire.ChunkRequestSize, wire.ChunkRequestSize, (*Server).serveChunk},
		{"POST", "/v1/replies", wire.ReplyWriteSize, wire.ReplyWriteSize, posted((*Server).PostReply)},
		{"POST", "/v1/segments", wire.SegmentWriteSize, wire.SegmentWriteSize, posted((*Server).PostSegment)},
		{"POST", "/v1/bundles", wire.BundleSize, wire.BundleSize, posted((*Server).PostBundle)},
		{"POST", "/v1/newsroom", 1, wire.MaxNewsroomWriteSize, posted((*Server).PostNewsroom)},
		{method: "GET", path: "/v1/holding", call: (*Server).serveHolding},
		{"POST", "/v1/vouches", wire.VouchSize, wire.VouchSize, posted((*Server).PostVouch)},
		{"POST", "/v1/heads", wire.HeadSize, wire.HeadSize, posted((*Server).PostHead)},
	}
}

// Handler answers the calls of spec/drop.md §9.
func (s *Server) Handler() http.Handler {
	table := routes()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := &call{w: w, r: r, control: http.NewResponseController(w)}
		c.fixHeaders()
		if r.ContentLength == 0 {
			_ = c.patience(time.Time{}) // Serve's is for bodies; an answer may take longer
		}
		if err := s.dispatch(table, c); err != nil {
			c.fail(err)
		}
	})
}

// dispatch finds the call and bounds its body before anything is read.
func (s *Server) dispatch(table []route, c *call) error {
	for _, rt := range table {
		parts, ok := match(rt.path, c.r)
		if !ok || rt.method != c.r.Method {
			continue
		}
		if err := c.bound(rt.least, rt.most); err != nil {
			return err
		}
		c.parts = parts
		return rt.call(s, c)
	}
	return drop.ErrAbsent
}

// match compares the target of a request as it was sent, not decoded or
// cleaned and with its query, so that one call has one spelling.
func match(pattern string, r *http.Request) (parts []string, ok bool) {
	want := strings.Split(pattern, "/")
	got := strings.Split(r.RequestURI, "/")
	if len(want) != len(got) {
		return nil, false
	}
	for i := range want {
		switch {
		case want[i] == "{}":
			parts = append(parts, got[i])
		case want[i] != got[i]:
			return nil, false
		}
	}
	return parts, true
}

// object serves a call that answers with one object.
func object(get func(*Server, context.Context) ([]byte, error)) func(*Server, *call) error {
	return func(s *Server, c *call) error {
		b, err := get(s, c.r.Context())
		if err != nil {
			return err
		}
		return c.answer(b)
	}
}

// posted serves a call that takes one object and answers with nothing.
func posted(post func(*Server, context.Context, []byte) error) func(*Server, *call) error {
	return func(s *Server, c *call) error {
		body, err := c.body()
		if err != nil {
			return err
		}
		if err := post(s, c.r.Context(), body); err != nil {
			return err
		}
		return c.done()
	}
}

// served serves one of the two views as the file that it is.
func served(week bool) func(*Server, *call) error {
	return func(s *Server, c *call) error {
		if _, err := s.current(); err != nil {
			return err
		}
		r, n, err := s.cfg.Blobs.Open(viewName(week))
		if err != nil {
			return stored(err)
		}
		defer r.Close()
		return c.stream(n, func(w io.Writer) error { return copyAll(w, r, n) })
	}
}

func (s *Server) serveKeys(c *call) error {
	p, err := wire.ParsePeriod(c.parts[0])
	if err != nil {
		return drop.ErrAbsent
	}
	b, err := s.Keys(c.r.Context(), p)
	if err != nil {
		return err
	}
	return c.answer(b)
}

func (s *Server) serveHolding(c *call) error {
	occasion, err := s.Holding(c.r.Context())
	if err != nil {
		return err
	}
	return c.answer(occasion[:])
}

func (s *Server) serveTicket(c *call) error {
	body, err := c.body()
	if err != nil {
		return err
	}
	t, err := s.OpenTicket(c.r.Context(), body)
	if err != nil {
		return err
	}
	return c.answerWith(http.StatusCreated, t[:])
}

func (s *Server) serveTicketChunks(c *call) error {
	t, err := wire.ParseTicket(c.parts[0])
	if err != nil {
		return drop.ErrAbsent
	}
	ids, err := s.TicketChunks(c.r.Context(), t)
	if err != nil {
		return err
	}
	b := []byte{byte(len(ids) >> 8), byte(len(ids))}
	for _, id := range ids {
		b = append(b, id[:]...)
	}
	return c.answer(b)
}

// servePutChunk looks at the ticket, and takes the place that the chunk will
// have in its budget, before it takes a megabyte from anyone.
func (s *Server) servePutChunk(c *call) error {
	t, err := wire.ParseTicket(c.parts[0])
	if err != nil {
		return drop.ErrAbsent
	}
	id, err := wire.ParseChunkID(c.parts[1])
	if err != nil {
		return drop.ErrMalformed
	}
	done, err := s.reserve(c.r.Context(), t, id)
	if err != nil {
		return err
	}
	if done {
		if err := c.drain(); err != nil {
			return err
		}
		return c.done()
	}
	err = s.receiveChunk(c, t, id)
	s.tickets.settle(t, id, s.ledgerOf(wire.Letters).size(), err == nil)
	if err != nil {
		return err
	}
	return c.done()
}

// receiveChunk reads a chunk for which there is a place, and stores it.
func (s *Server) receiveChunk(c *call, t wire.Ticket, id wire.ChunkID) error {
	leave, err := s.uploads.enter(c.r.Context(), c, t, id)
	if err != nil {
		return err
	}
	defer leave()
	chunk, err := c.body()
	if err != nil {
		return err
	}
	if err := checkChunk(id, chunk); err != nil {
		return err
	}
	return s.keepChunk(c.r.Context(), id, chunk)
}

func (s *Server) serveNonce(c *call) error {
	n, err := s.Nonce(c.r.Context())
	if err != nil {
		return errors.Join(drop.ErrBusy, err)
	}
	return c.answer(n[:])
}

func (s *Server) serveRead(c *call) error {
	body, err := c.body()
	if err != nil {
		return err
	}
	v, err := s.readView(body)
	if err != nil {
		return err
	}
	parts := v.parts(s.cfg.Blobs)
	n, err := parts.Length()
	if err != nil {
		return stored(err)
	}
	return c.stream(n, parts.Write)
}

func (s *Server) serveChunk(c *call) error {
	body, err := c.body()
	if err != nil {
		return err
	}
	chunk, err := s.Chunk(c.r.Context(), body)
	if err != nil {
		return err
	}
	return c.stream(int64(len(chunk)), func(w io.Writer) error {
		return copyAll(w, bytes.NewReader(chunk), int64(len(chunk)))
	})
}

// fixed are the headers of every answer. There is nothing in them about the
// time, the program, or who asks.
func fixed() map[string]string {
	return map[string]string{
		"Content-Type":           "application/octet-stream",
		"Cache-Control":          "no-store",
		"X-Content-Type-Options": "nosniff",
	}
}

// fixHeaders sets them. A nil Date keeps net/http from adding its own.
func (c *call) fixHeaders() {
	h := c.w.Header()
	for k, v := range fixed() {
		h.Set(k, v)
	}
	h["Date"] = nil
}

// answerWith sends one object.
func (c *call) answerWith(status int, b []byte) error {
	c.w.Header().Set("Content-Length", strconv.Itoa(len(b)))
	c.extendWrite()
	c.w.WriteHeader(status)
	_, _ = c.w.Write(b) // whoever asked has gone; there is nobody to tell
	return nil
}
