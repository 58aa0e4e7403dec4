// SPDX-License-Identifier: Apache-2.0

package server_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"tamizdat/drop/droptest"
	"tamizdat/letter/wire"
)

// FuzzHandler throws requests at a drop: any method, path, header and body, or
// a good object with some bytes replaced, sent to any call. Whatever comes,
// the answer is one of the specification's, says nothing more, and the log
// stays one that proves itself.
func FuzzHandler(f *testing.F) {
	s := newSite(f)
	objects := s.objects(f)
	h := s.s.Handler()
	f.Add("GET", "/v1/newsroom", "", []byte(nil), uint8(0), uint32(0))
	f.Add("POST", "/v1/letters", "Transfer-Encoding", []byte{1, 0x0d}, uint8(0), uint32(0))
	for i := range objects {
		f.Add(objects[i].method, objects[i].path, "Range", []byte{0xff}, uint8(i), uint32(1))
	}
	sealed := droptest.Noon
	f.Fuzz(func(t *testing.T, method, path, header string, body []byte, object uint8, at uint32) {
		if int(object) < len(objects) && at > 0 {
			o := objects[object]
			method, path = o.method, o.path
			patch := body
			body = bytes.Clone(o.body)
			copy(body[min(int(at)-1, len(body)):], patch)
		}
		r := &http.Request{
			Method: method, RequestURI: path, Host: "drop.test", Header: http.Header{header: {"x"}},
			Body: http.NoBody, ContentLength: int64(len(body)), ProtoMajor: 1, ProtoMinor: 1,
		}
		r.Body = readCloser{bytes.NewReader(body)}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r.WithContext(t.Context()))
		checkAnswer(t, w)
		sealed += 3600
		s.clock.Set(sealed)
		droptest.Expect(t, "sealing", s.s.Seal(t.Context()), nil)
		s.n.View(t, s.s, wire.Letters, 0, 0, 1)
	})
}

type readCloser struct{ *bytes.Reader }

func (readCloser) Close() error { return nil }

// checkAnswer demands one of the answers of spec/drop.md §9.
func checkAnswer(t *testing.T, w *httptest.ResponseRecorder) {
	t.Helper()
	known := []int{200, 201, 204, 400, 403, 404, 409, 411, 413, 429, 503, 507}
	if !slices.Contains(known, w.Code) {
		t.Errorf("status %d", w.Code)
	}
	if w.Code >= 400 && (w.Body.Len() > 80 || w.Header().Get("Content-Type") != "text/plain; charset=utf-8") {
		t.Errorf("status %d says %q", w.Code, w.Body)
	}
	allowed := []string{"Content-Type", "Content-Length", "Cache-Control", "X-Content-Type-Options", "Connection", "Date"}
	for name, values := range w.Header() {
		if !slices.Contains(allowed, name) || name == "Date" && values != nil {
			t.Errorf("the answer has the header %s", name)
		}
	}
}

// object is one good write and where it goes.
type object struct {
	method, path string
	body         []byte
}

// objects are one of each write that the drop would take.
func (s *site) objects(f *testing.F) []object {
	f.Helper()
	n := s.n
	ctx := f.Context()
	post, err := n.Letter(droptest.Noon).Encode()
	droptest.Expect(f, "letter", err, nil)
	req := n.TicketRequest(droptest.Noon, nil)
	ticket, err := s.s.OpenTicket(ctx, req)
	droptest.Expect(f, "ticket", err, nil)
	chunk, id := n.Chunk()
	size, root := n.State(f, s.s)
	beat := n.Beat(n.Desks[0], droptest.Noon, size, root)
	at := droptest.Noon + 7200
	slot := n.Verified().Roster().SlotsOf(n.Desks[0].ID, at)[0]
	return []object{
		{"POST", "/v1/letters", post},
		{"POST", "/v1/tickets", req},
		{"PUT", "/v1/tickets/" + ticket.String() + "/" + id.String(), chunk},
		{"POST", "/v1/read", n.ReadRequest(f, s.s, wire.Letters, 0, 0, 1)},
		{"POST", "/v1/chunk", n.ChunkRequest(f, s.s, id)},
		{"POST", "/v1/replies", n.Reply(n.Desks[0], beat, at, slot, n.Envelope(wire.ReplySize))},
		{"POST", "/v1/segments", n.SegmentWrite(n.Desks[0], beat, at, n.Envelope(wire.SegmentSize))},
		{"POST", "/v1/bundles", n.BundleOf(n.Desks[0], wire.PeriodAt(droptest.Noon, 604800))},
		{"POST", "/v1/newsroom", n.Write()},
	}
}
