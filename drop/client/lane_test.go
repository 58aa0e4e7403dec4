// SPDX-License-Identifier: Apache-2.0

package client

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tamizdat/letter/wire"
)

// carried is what each connection of a drop was used for.
type carried struct {
	mu sync.Mutex
	by map[string][]string // paths by remote address
	// spoil may keep a request from being answered.
	spoil func(w http.ResponseWriter, r *http.Request) bool
}

// ServeHTTP answers every request as a drop might.
func (d *carried) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	io.Copy(io.Discard, r.Body)
	d.mu.Lock()
	d.by[r.RemoteAddr] = append(d.by[r.RemoteAddr], r.Method+" "+r.URL.Path)
	spoilt := d.spoil != nil && d.spoil(w, r)
	d.mu.Unlock()
	switch {
	case spoilt:
	case r.URL.Path == "/v1/nonce", r.URL.Path == "/v1/holding":
		w.Write(make([]byte, wire.NonceSize))
	case r.URL.Path == "/v1/tickets":
		w.Write(make([]byte, len(wire.Ticket{})))
	}
}

func watched(t *testing.T) (*carried, *Client) {
	t.Helper()
	d := &carried{by: map[string][]string{}}
	srv := httptest.NewServer(d)
	t.Cleanup(srv.Close)
	return d, to(t, srv.Listener.Addr().String())
}

// kind is what of a request may stand beside others.
func kind(path string) string {
	switch {
	case strings.Contains(path, "/v1/tickets"):
		return "upload"
	case slices.Contains([]string{"GET /v1/nonce", "POST /v1/read", "POST /v1/chunk"}, path):
		return "asking"
	case slices.Contains([]string{"POST /v1/letters", "POST /v1/newsroom"}, path):
		return "alone"
	case strings.HasPrefix(path, "POST "), path == "GET /v1/holding":
		return "signed"
	}
	return "visit"
}

// TestRequestsApart: a connection carries nothing that the drop could not have
// joined by what is in it. Two letters, two tickets and two nonces have
// connections of their own.
func TestRequestsApart(t *testing.T) {
	d, c := watched(t)
	ctx := t.Context()
	for range 3 {
		c.Newsroom(ctx)
		c.PostLetter(ctx, []byte("letter"))
		c.Nonce(ctx)
		if in, err := c.Read(ctx, []byte("read")); err == nil {
			io.Copy(io.Discard, in)
			in.Close()
		}
		c.Beats(ctx)
		ticket, _ := c.OpenTicket(ctx, []byte("ticket"))
		c.PostReply(ctx, []byte("signed"))
		c.Holding(ctx)
		c.PostVouch(ctx, []byte("signed"))
		c.PutChunk(ctx, ticket, wire.ChunkID{1}, []byte("chunk"))
		c.PostLetter(ctx, []byte("letter"))
		c.PutChunk(ctx, ticket, wire.ChunkID{2}, []byte("chunk"))
		c.Nonce(ctx)
		c.Chunk(ctx, []byte("chunk"))
		c.PostBundle(ctx, []byte("signed"))
		c.PostNewsroom(ctx, []byte("newsroom"))
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	uses := map[string]int{}
	for _, paths := range d.by {
		k := kind(paths[0])
		uses[k]++
		for _, p := range paths {
			if kind(p) != k {
				t.Errorf("one connection carried %q", paths)
			}
		}
	}
	want := map[string]int{"visit": 1, "alone": 9, "asking": 6, "upload": 3, "signed": 1}
	if fmt.Sprint(uses) != fmt.Sprint(want) {
		t.Errorf("connections of each kind: %v, want %v", uses, want)
	}
}

// TestRetriesGoAnotherWay: a chunk whose connection was cut, or on which nothing
// moves, is sent again over a connection that was not open before.
func TestRetriesGoAnotherWay(t *testing.T) {
	for what, spoil := range map[string]func(http.ResponseWriter, *http.Request){
		"cut": func(w http.ResponseWriter, _ *http.Request) {
			conn, _, _ := w.(http.Hijacker).Hijack()
			conn.Close()
		},
		"stalled": func(w http.ResponseWriter, _ *http.Request) {
			w.(http.Hijacker).Hijack() // and leave it so
		},
		"half an answer": func(w http.ResponseWriter, _ *http.Request) {
			conn, buf, _ := w.(http.Hijacker).Hijack()
			buf.WriteString("HTTP/1.1 20")
			buf.Flush()
			conn.Close()
		},
	} {
		t.Run(what, func(t *testing.T) {
			d, c := watched(t)
			c.ways.stall = time.Second
			var dialled int
			c.ways.dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
				dialled++
				return dialLoopback(ctx, network, addr)
			}
			ticket, err := c.OpenTicket(t.Context(), []byte("ticket"))
			if err != nil {
				t.Fatal(err)
			}
			left := 2
			d.spoil = func(w http.ResponseWriter, r *http.Request) bool {
				if left--; left < 0 {
					return false
				}
				spoil(w, r)
				return true
			}
			if err := c.PutChunk(t.Context(), ticket, wire.ChunkID{1}, bytes.Repeat([]byte("c"), 1<<16)); err != nil {
				t.Fatal(err)
			}
			d.mu.Lock()
			defer d.mu.Unlock()
			// The first try goes where the ticket was opened, the others each by a
			// way of their own.
			if len(d.by) != 3 || dialled != 3 {
				t.Errorf("%d dialled, requests came by %v", dialled, d.by)
			}
		})
	}
}
