// SPDX-License-Identifier: Apache-2.0

package server_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"

	"tamizdat/drop/droptest"
	"tamizdat/drop/memory"
	"tamizdat/drop/server"
	"tamizdat/letter/wire"
)

// site is a drop in memory behind HTTP on loopback, for tests that speak HTTP
// by hand.
type site struct {
	n     *droptest.Newsroom
	clock *droptest.Clock
	s     *server.Server
	addr  string
}

func newSite(t testing.TB) *site { return newSiteWith(t, server.Limits{}) }

func newSiteWith(t testing.TB, l server.Limits) *site {
	t.Helper()
	n := droptest.NewNewsroom(t, 2, droptest.Schedule(), droptest.Noon)
	clock := droptest.NewClock(droptest.Noon)
	s := droptest.NewServer(t, n, clock, l, memory.New(), memory.NewBlobs())
	droptest.Expect(t, "newsroom", s.PostNewsroom(t.Context(), n.Write()), nil)
	return &site{n: n, clock: clock, s: s, addr: listen(t, s)}
}

// listen serves s on loopback until the test ends.
func listen(t testing.TB, s *server.Server) string { return listenFor(t, s, 200) }

// listenFor is listen for so many connections at a time.
func listenFor(t testing.TB, s *server.Server, connections int) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	droptest.Expect(t, "listen", err, nil)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- server.Serve(ctx, l, s.Handler(), connections) }()
	t.Cleanup(func() {
		cancel()
		droptest.Expect(t, "serving", <-done, nil)
	})
	return l.Addr().String()
}

// raw sends text, then closes its side of the connection, and returns the
// answer with its body read. The drop may answer before it has read all.
func (s *site) raw(t *testing.T, text string) (*http.Response, string) {
	t.Helper()
	c, err := net.Dial("tcp", s.addr)
	droptest.Expect(t, "dial", err, nil)
	defer c.Close()
	go func() {
		if _, err := io.WriteString(c, text); err == nil {
			_ = c.(*net.TCPConn).CloseWrite() // the drop may have closed it
		}
	}()
	method, _, _ := strings.Cut(text, " ")
	resp, err := http.ReadResponse(bufio.NewReader(c), &http.Request{Method: method})
	droptest.Expect(t, "answer", err, nil)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	droptest.Expect(t, "body", err, nil)
	return resp, string(body)
}

// request is a request by hand.
func request(method, path string, headers []string, body string) string {
	lines := append([]string{method + " " + path + " HTTP/1.1", "Host: drop.test"}, headers...)
	return strings.Join(lines, "\r\n") + "\r\n\r\n" + body
}

func length(n int) string { return fmt.Sprintf("Content-Length: %d", n) }

// TestB2EveryRoute enumerates all routes: each answers its one method, within
// the bounds of its body, with the fixed headers, and nothing else answers.
func TestB2EveryRoute(t *testing.T) {
	s := newSite(t)
	var known []string
	for _, r := range server.Routes() {
		path := strings.Replace(r.Path, "keys/{}", "keys/7", 1)
		path = strings.Replace(path, "{}", strings.Repeat("0", 32), 1)
		path = strings.Replace(path, "{}", strings.Repeat("0", 64), 1)
		known = append(known, r.Method+" "+r.Path)
		t.Run(r.Method+" "+r.Path, func(t *testing.T) { s.tryRoute(t, r, path) })
	}
	want := strings.Fields(`GET/v1/newsroom GET/v1/grant GET/v1/keys/{} GET/v1/beats GET/v1/replies GET/v1/replies/week
		POST/v1/letters POST/v1/tickets GET/v1/tickets/{} PUT/v1/tickets/{}/{} GET/v1/nonce POST/v1/read POST/v1/chunk
		POST/v1/replies POST/v1/segments POST/v1/bundles POST/v1/newsroom
		GET/v1/holding POST/v1/vouches POST/v1/heads`)
	for i := range known {
		known[i] = strings.Replace(known[i], " ", "", 1)
	}
	if !slices.Equal(known, want) {
		t.Errorf("the calls are not those of the specification:\n%v\n%v", known, want)
	}
}

func (s *site) tryRoute(t *testing.T, r server.Route, path string) {
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "get"} {
		resp, _ := s.raw(t, request(method, path, []string{length(0)}, ""))
		// Two paths have a call for reading and one for writing.
		both := (r.Path == "/v1/replies" || r.Path == "/v1/newsroom") && (method == "GET" || method == "POST")
		if method != r.Method && !both && resp.StatusCode != 404 {
			t.Errorf("%s: %s", method, resp.Status)
		}
		checkHeaders(t, resp)
	}
	if r.Most == 0 {
		resp, _ := s.raw(t, request(r.Method, path, []string{length(1)}, "x"))
		wantStatus(t, "a body where there is none", resp, 413)
		return
	}
	over := int(r.Most) + 1
	resp, _ := s.raw(t, request(r.Method, path, []string{length(over)}, ""))
	wantStatus(t, "a body that is announced too long", resp, 413)
	resp, _ = s.raw(t, request(r.Method, path, nil, ""))
	if resp.StatusCode != 400 && resp.StatusCode != 411 && resp.StatusCode != 404 {
		t.Errorf("no length: %s", resp.Status)
	}
	resp, _ = s.raw(t, request(r.Method, path, []string{"Transfer-Encoding: chunked"}, "0\r\n\r\n"))
	wantStatus(t, "a body in pieces", resp, 411)
	resp, _ = s.raw(t, request(r.Method, path, []string{length(int(r.Most))}, strings.Repeat("x", int(r.Most))))
	if resp.StatusCode != 400 && resp.StatusCode != 404 {
		t.Errorf("a body of nonsense: %s", resp.Status)
	}
}

func wantStatus(t *testing.T, what string, resp *http.Response, want int) {
	t.Helper()
	if resp.StatusCode != want {
		t.Errorf("%s: got %s, want %d", what, resp.Status, want)
	}
}

// checkHeaders demands that an answer tells nothing but itself.
func checkHeaders(t *testing.T, resp *http.Response) {
	t.Helper()
	allowed := []string{"Content-Type", "Content-Length", "Cache-Control", "X-Content-Type-Options", "Connection"}
	for name := range resp.Header {
		if !slices.Contains(allowed, name) {
			t.Errorf("the answer has the header %s: %s", name, resp.Header.Get(name))
		}
	}
	if resp.Header.Get("Cache-Control") != "no-store" && resp.StatusCode != 400 {
		t.Errorf("%s may be kept by a cache", resp.Status)
	}
}

// TestA8PathsHaveOneSpelling: nothing is decoded, cleaned or redirected.
func TestA8PathsHaveOneSpelling(t *testing.T) {
	s := newSite(t)
	for _, path := range []string{
		"/", "/v1", "/v1/", "//v1/newsroom", "/v1/newsroom/", "/v1//newsroom", "/v1/./newsroom", "/v1/../v1/newsroom",
		"/v1/%6eewsroom", "/v1/newsroom?x=1", "/v1/newsroom?", "/V1/newsroom", "/v1/keys/", "/v1/keys/07", "/v1/keys/-1",
		"/v1/keys/4294967296", "/v1/keys/1e3", "/v1/tickets/..", "/v1/tickets/" + strings.Repeat("A", 32), "/v1/replies/month",
		"http://drop.test/v1/newsroom", "/v1/tickets/../../state.db", "/spool", "/debug/pprof/", "*",
	} {
		resp, body := s.raw(t, request("GET", path, nil, ""))
		if resp.StatusCode != 404 && resp.StatusCode != 400 {
			t.Errorf("%s: %s", path, resp.Status)
		}
		if resp.Header.Get("Location") != "" || strings.Contains(body, path) && path != "/" && path != "*" {
			t.Errorf("%s: the answer repeats or redirects: %q", path, body)
		}
	}
}

// TestB7ErrorsAreOneSentence: an error body is the same for all reasons under
// one status, and has no path, trace or echo in it.
func TestB7ErrorsAreOneSentence(t *testing.T) {
	s := newSite(t)
	good, err := s.n.Letter(droptest.Noon).Encode()
	droptest.Expect(t, "letter", err, nil)
	foreign := bytes.Clone(good)
	foreign[2] ^= 1
	stale := s.n.Letter(droptest.Noon)
	stale.Slot = 1
	late, err := stale.Encode()
	droptest.Expect(t, "letter", err, nil)
	bodies := map[int]string{}
	for _, text := range []string{
		request("POST", "/v1/letters", []string{length(len(foreign))}, string(foreign)),
		request("POST", "/v1/letters", []string{length(len(late))}, string(late)),
		request("POST", "/v1/letters", []string{length(3)}, "\x01\x0d<"),
		request("POST", "/v1/bundles", []string{length(wire.BundleSize)}, strings.Repeat("<", wire.BundleSize)),
		request("GET", "/v1/tickets/"+strings.Repeat("0", 32), nil, ""),
		request("GET", "/<script>", nil, ""),
		request("POST", "/v1/letters", []string{"Content-Length: 9999999"}, ""),
		request("POST", "/v1/segments", []string{"Content-Length: 40000"}, ""),
	} {
		resp, body := s.raw(t, text)
		if old, seen := bodies[resp.StatusCode]; seen && old != body {
			t.Errorf("status %d has two sentences: %q and %q", resp.StatusCode, old, body)
		}
		bodies[resp.StatusCode] = body
		if len(body) > 80 || strings.ContainsAny(strings.TrimSuffix(body, "\n"), "/<>\n\x00") {
			t.Errorf("status %d: %q", resp.StatusCode, body)
		}
		if ct := resp.Header.Get("Content-Type"); ct != "text/plain; charset=utf-8" {
			t.Errorf("an error of the type %q", ct)
		}
	}
	for _, status := range []int{400, 403, 404, 413} {
		if bodies[status] == "" {
			t.Errorf("status %d did not occur", status)
		}
	}
}

// TestA14UploadCutShort: an upload that ends early and is closed cleanly is
// not stored, whole or in part, and can go on afterwards.
func TestA14UploadCutShort(t *testing.T) {
	s := newSite(t)
	ticket, err := s.s.OpenTicket(t.Context(), s.n.TicketRequest(droptest.Noon, nil))
	droptest.Expect(t, "ticket", err, nil)
	chunk, id := s.n.Chunk()
	path := "/v1/tickets/" + ticket.String() + "/" + id.String()
	for _, cut := range []int{0, 1, 15 << 10, wire.ChunkSize - 15<<10, wire.ChunkSize - 1} {
		resp, _ := s.raw(t, request("PUT", path, []string{length(wire.ChunkSize)}, string(chunk[:cut])))
		wantStatus(t, "a chunk that was cut", resp, 400)
		resp, _ = s.raw(t, request("PUT", path, []string{length(cut)}, string(chunk[:cut])))
		wantStatus(t, "a chunk that says it is shorter", resp, 400)
		if ids, err := s.s.TicketChunks(t.Context(), ticket); err != nil || len(ids) != 0 {
			t.Fatalf("%d chunks are stored: %v", len(ids), err)
		}
	}
	letter, err := s.n.Letter(droptest.Noon).Encode()
	droptest.Expect(t, "letter", err, nil)
	resp, _ := s.raw(t, request("POST", "/v1/letters", []string{length(len(letter))}, string(letter[:len(letter)-15<<10])))
	wantStatus(t, "a letter that was cut", resp, 400)
	resp, _ = s.raw(t, request("PUT", path, []string{length(wire.ChunkSize)}, string(chunk)))
	wantStatus(t, "the whole chunk", resp, 204)
	if ids, err := s.s.TicketChunks(t.Context(), ticket); err != nil || len(ids) != 1 {
		t.Fatalf("%d chunks are stored: %v", len(ids), err)
	}
}

// TestA12HugeBodies: what is too large is refused by its announcement, before
// a byte of it is held.
func TestA12HugeBodies(t *testing.T) {
	s := newSite(t)
	for _, r := range server.Routes() {
		if r.Most == 0 {
			continue
		}
		path := strings.Replace(r.Path, "{}", strings.Repeat("0", 32), 1)
		path = strings.Replace(path, "{}", strings.Repeat("0", 64), 1)
		resp, _ := s.raw(t, request(r.Method, path, []string{"Content-Length: 1000000000000"}, "x"))
		wantStatus(t, r.Path, resp, 413)
	}
	resp, _ := s.raw(t, request("GET", "/v1/newsroom", []string{"X-Long: " + strings.Repeat("x", 64<<10)}, ""))
	wantStatus(t, "huge headers", resp, 431)
}
