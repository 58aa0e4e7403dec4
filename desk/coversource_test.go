// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tamizdat/drop"
	"tamizdat/drop/client"
	"tamizdat/letter"
	"tamizdat/source"
)

// recorder is what a drop could write down of who comes: each request with its headers and
// lengths, whether it came over a connection that was used before, and whether the same
// was sent before.
type recorder struct {
	mu   sync.Mutex
	next http.Handler
	fail func(r *http.Request, n int) int // a status to answer the n-th request with; 0: none
	seen []string
	sent map[string]bool // bodies
}

type usedKey struct{}

var ids = regexp.MustCompile(`[0-9a-f]{32,}`)

func (rec *recorder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	var headers []string
	for name, values := range r.Header {
		headers = append(headers, fmt.Sprint(name, values))
	}
	slices.Sort(headers)
	out := &counting{ResponseWriter: w, status: 200}
	rec.mu.Lock()
	n := len(rec.seen)
	used := r.Context().Value(usedKey{}).(*bool)
	line := fmt.Sprintf("%s %s %v %d again %v", r.Method, ids.ReplaceAllString(r.URL.Path, "ID"), headers, len(body), rec.sent[string(body)])
	rec.sent[string(body)] = len(body) > 0
	if r.Method != http.MethodGet { // the first two of a visit are made at once, over one connection or two
		line += fmt.Sprintf(" used %v", *used)
	}
	*used = true
	rec.seen = append(rec.seen, line)
	status := 0
	if rec.fail != nil {
		status = rec.fail(r, n)
	}
	rec.mu.Unlock()
	if status != 0 {
		out.WriteHeader(status)
	} else {
		rec.next.ServeHTTP(out, r)
	}
	rec.mu.Lock()
	rec.seen[n] += fmt.Sprintf(" → %d %d", out.status, out.n)
	rec.mu.Unlock()
}

type counting struct {
	http.ResponseWriter
	status, n int
}

func (c *counting) WriteHeader(s int) { c.status = s; c.ResponseWriter.WriteHeader(s) }

func (c *counting) Write(b []byte) (int, error) { c.n += len(b); return c.ResponseWriter.Write(b) }

// record serves the world's drop, and returns what it saw of a visit.
func (w *world) record(fail func(*http.Request, int) int, visit func(address string)) []string {
	w.t.Helper()
	rec := &recorder{next: w.drop.Handler(), fail: fail, sent: map[string]bool{}}
	srv := httptest.NewUnstartedServer(rec)
	srv.Config.ConnContext = func(ctx context.Context, _ net.Conn) context.Context {
		return context.WithValue(ctx, usedKey{}, new(bool))
	}
	srv.Start()
	defer srv.Close()
	visit(srv.URL)
	if len(rec.seen) > 1 {
		slices.Sort(rec.seen[:2])
	}
	return rec.seen
}

// noWait is a pause between tries that takes no time.
func noWait(context.Context, time.Duration) error { return nil }

// asSource is a visit of the native client, with a letter and a file of so many pieces
// where it writes.
func (w *world) asSource(address string, week, writes bool, pieces int) {
	w.t.Helper()
	c, err := client.New(address, nil)
	w.must(err)
	defer c.Close()
	v, err := source.Open(w.t.Context(), c, source.Options{Newsroom: w.draft.Key(), Now: w.now, Wait: noWait, Week: week})
	w.must(err)
	if !writes {
		return
	}
	var files []source.File
	if pieces > 0 {
		size := int64(pieces-1)<<20 + 17
		files = []source.File{{Name: "scan", Size: size, Open: func() (io.ReadCloser, error) { return io.NopCloser(io.LimitReader(zeros{}, size)), nil }}}
	}
	d, err := v.Compose(letter.NewWords(), "a letter", files...)
	w.must(err)
	_, _ = v.Send(w.t.Context(), d, source.SendOptions{})
}

// asCover is the same as a desk makes it.
func (w *world) asCover(address string, week, writes bool, pieces int) {
	w.t.Helper()
	c, err := w.desks[0].Cover(CoversADay)
	w.must(err)
	c.addresses.Store(&[]string{address})
	c.wait = noWait
	c.connect = func(address string) (drop.Drop, error) { return client.New(address, nil) }
	v, err := c.arrive(w.t.Context(), outing{week: week})
	w.must(err)
	defer Errand{visit: v}.End()
	if writes {
		_ = v.write(w.t.Context(), pieces)
	}
}

// TestCoverLooksLikeASource: what the drop can record of a cover, over a real line, is what
// it can record of the native client: calls, order, headers, lengths, connections; also
// where it answers with an error to see who tries again.
func TestCoverLooksLikeASource(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pass(8 * time.Hour) // replies are there
	first := func(path string, status int) func() func(*http.Request, int) int {
		return func() func(*http.Request, int) int {
			once := false
			return func(r *http.Request, _ int) int {
				if once || !strings.HasPrefix(r.URL.Path, path) || r.Method == http.MethodGet && path != "/v1/keys" {
					return 0
				}
				once = true
				return status
			}
		}
	}
	for name, x := range map[string]struct {
		week, writes bool
		pieces       int
		fail         func() func(*http.Request, int) int
		least        int
	}{
		"reads":                             {least: 4},
		"reads the week":                    {week: true, least: 4},
		"writes":                            {writes: true, least: 5},
		"attaches":                          {writes: true, pieces: 7, least: 13},
		"attaches little":                   {writes: true, pieces: 2, least: 8},
		"is refused a letter":               {writes: true, fail: first("/v1/letters", 403), least: 6},
		"finds the drop full":               {writes: true, fail: first("/v1/letters", 507), least: 5},
		"finds its ticket forgotten":        {writes: true, pieces: 2, fail: first("/v1/tickets/", 404), least: 10},
		"is refused a ticket":               {writes: true, pieces: 2, fail: first("/v1/tickets", 403), least: 5},
		"finds no keys, and writes nothing": {writes: true, fail: first("/v1/keys", 404), least: 4},
	} {
		t.Run(name, func(t *testing.T) {
			fail := x.fail
			if fail == nil {
				fail = func() func(*http.Request, int) int { return nil }
			}
			real := w.record(fail(), func(a string) { w.asSource(a, x.week, x.writes, x.pieces) })
			cover := w.record(fail(), func(a string) { w.asCover(a, x.week, x.writes, x.pieces) })
			if len(real) != x.least {
				t.Errorf("the source made %d calls: %s", len(real), strings.Join(real, "\n"))
			}
			if at, same := compare(real, cover); !same {
				t.Errorf("the drop can tell the two apart: %s", at)
			}
		})
	}
}
