// SPDX-License-Identifier: Apache-2.0

package client

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"tamizdat/drop"
	"tamizdat/letter/wire"
)

// hostile is a client of a drop that the test plays. It does not pause.
func hostile(t *testing.T, h http.HandlerFunc) *Client {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return to(t, srv.Listener.Addr().String())
}

func to(t *testing.T, addr string) *Client {
	t.Helper()
	c, err := New("http://"+addr, nil)
	if err != nil {
		t.Fatal(err)
	}
	c.pause = func(context.Context, int) error { return nil }
	t.Cleanup(c.Close)
	return c
}

// TestOnlyLoopbackWithoutTor: without a dialler nothing but this machine is
// dialled, however it is spelled.
func TestOnlyLoopbackWithoutTor(t *testing.T) {
	for _, address := range []string{
		"http://example.org", "http://192.0.2.1:80", "http://abcdefghijklmnop.onion", "http://localhost.example.org",
		"http://127.0.0.1.example.org", "http://0.0.0.0", "http://2130706433", "https://127.0.0.1", "http://user@127.0.0.1",
		"http://127.0.0.1/path", "", "127.0.0.1:80",
	} {
		if _, err := New(address, nil); err == nil {
			t.Errorf("%q was accepted without a dialler", address)
		}
	}
	for _, address := range []string{"http://127.0.0.1", "http://127.9.9.9:1234", "http://localhost:1"} {
		if _, err := New(address, nil); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
	if _, err := dialLoopback(t.Context(), "tcp", "192.0.2.1:80"); err == nil {
		t.Error("the direct dialler went elsewhere")
	}
}

// TestTheDiallerIsUsed: a given dialler gets the name, unresolved, and nothing
// from the environment comes in between.
func TestTheDiallerIsUsed(t *testing.T) {
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	t.Setenv("http_proxy", "http://127.0.0.1:1")
	var got string
	c, err := New("http://abcdefghijklmnop.onion", func(_ context.Context, network, addr string) (net.Conn, error) {
		got = network + " " + addr
		return nil, errors.New("no way")
	})
	if err != nil {
		t.Fatal(err)
	}
	c.pause = func(context.Context, int) error { return nil }
	if _, err := c.Newsroom(t.Context()); err == nil || got != "tcp abcdefghijklmnop.onion:80" {
		t.Errorf("dialled %q: %v", got, err)
	}
}

// TestRequestsAreAlike: a request has the same few headers for everyone.
func TestRequestsAreAlike(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	heads := make(chan string, 2)
	go func() {
		for range 2 {
			c, err := l.Accept()
			if err != nil {
				return
			}
			heads <- readHead(c)
			io.WriteString(c, "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
			c.Close()
		}
	}()
	c := to(t, l.Addr().String())
	if err := c.PostLetter(t.Context(), []byte("letter")); err != nil {
		t.Fatal(err)
	}
	want := "POST /v1/letters HTTP/1.1|Host: " + l.Addr().String() + "|Content-Length: 6|Content-Type: application/octet-stream"
	if got := <-heads; got != want {
		t.Errorf("a write is sent as\n%s and not\n%s", got, want)
	}
	if _, err := c.Newsroom(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, want := <-heads, "GET /v1/newsroom HTTP/1.1|Host: "+l.Addr().String(); got != want {
		t.Errorf("a read is sent as\n%s and not\n%s", got, want)
	}
}

func readHead(c net.Conn) string {
	var lines []string
	for in := bufio.NewScanner(c); in.Scan() && in.Text() != ""; {
		lines = append(lines, in.Text())
	}
	return strings.Join(lines, "|")
}

// TestErrors: each status is its error, and what the drop wrote is not told.
func TestErrors(t *testing.T) {
	for status, want := range map[int]error{
		400: drop.ErrMalformed, 403: drop.ErrRefused, 404: drop.ErrAbsent, 409: drop.ErrConflict, 411: drop.ErrTooLarge,
		413: drop.ErrTooLarge, 429: drop.ErrBudget, 503: drop.ErrBusy, 507: drop.ErrFull, 500: nil, 301: nil, 100 + 418: nil,
	} {
		c := hostile(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "/v1/grant")
			w.WriteHeader(status)
			fmt.Fprint(w, "\x1b[31mvisit evil.example")
		})
		err := c.PostLetter(t.Context(), []byte("x"))
		if err == nil || want != nil && !errors.Is(err, want) || strings.Contains(err.Error(), "evil") {
			t.Errorf("status %d: %v", status, err)
		}
	}
}

// TestErrorsTellNothing: no error names what was asked for, or repeats what
// came in place of an answer.
func TestErrorsTellNothing(t *testing.T) {
	for _, answer := range []string{"evil words\r\n\r\n", "HTTP/1.1 200 evil\r\nevil\r\n\r\n", ""} {
		c := hostile(t, func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err == nil {
				io.WriteString(conn, answer)
				conn.Close()
			}
		})
		ticket, id := wire.Ticket{0xab, 0xcd}, wire.ChunkID{0xef, 0x01}
		err := c.PutChunk(t.Context(), ticket, id, make([]byte, wire.ChunkSize))
		if err == nil {
			t.Fatal("an answer that is none was taken")
		}
		for _, told := range []string{"evil", "abcd", "ef01", "127.0.0.1", "v1"} {
			if strings.Contains(err.Error(), told) {
				t.Errorf("%q tells %q", err, told)
			}
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c := hostile(t, func(http.ResponseWriter, *http.Request) {})
	if _, err := c.Newsroom(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("a visit that was ended: %v", err)
	}
}

// TestNoRedirectNoCookie: a drop cannot send a client elsewhere or mark it.
func TestNoRedirectNoCookie(t *testing.T) {
	var visits atomic.Int32
	c := hostile(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Cookie") != "" || r.URL.Path != "/v1/newsroom" {
			t.Errorf("asked for %s with the cookie %q", r.URL, r.Header.Get("Cookie"))
		}
		visits.Add(1)
		w.Header().Set("Set-Cookie", "marked=yes")
		http.Redirect(w, r, "/elsewhere", http.StatusFound)
	})
	for range 2 {
		if _, err := c.Newsroom(t.Context()); err == nil {
			t.Error("a redirect was taken for an answer")
		}
	}
	if visits.Load() != 2 {
		t.Errorf("%d requests were made", visits.Load())
	}
}

// TestAnswersAreBounded: no answer is read beyond what its object can be, and
// lists are read strictly.
func TestAnswersAreBounded(t *testing.T) {
	c := hostile(t, func(w http.ResponseWriter, r *http.Request) {
		piece := make([]byte, 64<<10)
		for {
			if _, err := w.Write(piece); err != nil {
				return
			}
		}
	})
	ctx := t.Context()
	for what, call := range map[string]func() error{
		"newsroom": func() error { _, err := c.Newsroom(ctx); return err },
		"grant":    func() error { _, err := c.Grant(ctx); return err },
		"keys":     func() error { _, err := c.Keys(ctx, 1); return err },
		"beats":    func() error { _, err := c.Beats(ctx); return err },
		"nonce":    func() error { _, err := c.Nonce(ctx); return err },
		"ticket":   func() error { _, err := c.OpenTicket(ctx, nil); return err },
		"chunks":   func() error { _, err := c.TicketChunks(ctx, wire.Ticket{}); return err },
		"chunk":    func() error { _, err := c.Chunk(ctx, nil); return err },
		"letter":   func() error { return c.PostLetter(ctx, nil) },
	} {
		if err := call(); err == nil {
			t.Errorf("%s: an endless answer was taken", what)
		}
	}
	for _, bad := range [][]byte{nil, {0}, {0, 1}, make([]byte, 2+31), append([]byte{0, 2}, make([]byte, 64)...), make([]byte, 3)} {
		if _, err := parseChunkIDs(bad); err == nil {
			t.Errorf("the list %x was taken", bad)
		}
	}
	b := &bounded{body: io.NopCloser(strings.NewReader("too long")), left: 3}
	if got, err := io.ReadAll(b); err == nil || string(got) != "too" {
		t.Errorf("read %q: %v", got, err)
	}
}

// TestTryAgain: a request is made again when no answer came and that does no
// harm, and only then.
func TestTryAgain(t *testing.T) {
	var visits atomic.Int32
	c := hostile(t, func(w http.ResponseWriter, _ *http.Request) {
		if visits.Add(1)%3 != 0 {
			panic(http.ErrAbortHandler) // cut the connection
		}
	})
	if err := c.PostLetter(t.Context(), []byte("x")); err != nil {
		t.Errorf("the third attempt: %v", err)
	}
	visits.Store(0)
	if _, err := c.Read(t.Context(), []byte("x")); err == nil || visits.Load() != 1 {
		t.Errorf("a read was made %d times: %v", visits.Load(), err)
	}
	visits.Store(0)
	if _, err := c.Chunk(t.Context(), []byte("x")); err == nil || visits.Load() != 1 {
		t.Errorf("a chunk was asked for %d times: %v", visits.Load(), err)
	}
	var busy atomic.Int32
	c = hostile(t, func(w http.ResponseWriter, _ *http.Request) {
		busy.Add(1)
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	if err := c.PostLetter(t.Context(), []byte("x")); !errors.Is(err, drop.ErrBusy) || busy.Load() != 1 {
		t.Errorf("a busy drop was asked %d times: %v", busy.Load(), err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.PostLetter(ctx, []byte("x")); !errors.Is(err, context.Canceled) {
		t.Errorf("a request that was called off: %v", err)
	}
}

// TestCutAnswer: an answer that ends early is no answer.
func TestCutAnswer(t *testing.T) {
	c := hostile(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		io.WriteString(w, "only this")
		panic(http.ErrAbortHandler)
	})
	r, err := c.Replies(t.Context(), false)
	if err == nil {
		_, err = io.ReadAll(r)
	}
	var none noAnswer
	if !errors.As(err, &none) {
		t.Errorf("half a view: %v", err)
	}
	if _, err := c.Newsroom(t.Context()); !errors.As(err, &none) {
		t.Errorf("half a newsroom file: %v", err)
	}
}
