// SPDX-License-Identifier: Apache-2.0

package server_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"tamizdat/drop/droptest"
	"tamizdat/drop/server"
	"tamizdat/letter/wire"
)

// TestPromisedBodiesHoldNothing: a stranger who announces a body and sends none
// keeps a connection for seconds, whatever the drop answers him.
func TestPromisedBodiesHoldNothing(t *testing.T) {
	s := newSite(t)
	for what, text := range map[string]string{
		"an unknown path":    request("POST", "/v1/nothing", []string{length(80)}, ""),
		"a wrong method":     request("POST", "/v1/beats", []string{length(80)}, ""),
		"a read with a body": request("GET", "/v1/beats", []string{length(80)}, ""),
		"one too long":       request("POST", "/v1/bundles", []string{length(200 << 10)}, ""),
		"one too short":      request("POST", "/v1/bundles", []string{length(80)}, ""),
		"one in pieces":      request("POST", "/v1/letters", []string{"Transfer-Encoding: chunked"}, ""),
		"no ticket request":  request("POST", "/v1/tickets", []string{length(3)}, "xxx"),
		"a general question": request("OPTIONS", "*", []string{length(80)}, ""),
		"an expectation":     request("POST", "/v1/letters", []string{"Expect: wonders", length(80)}, ""),
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			one := *s
			one.addr = listenFor(t, s.s, 2)
			for range 2 {
				c, err := net.Dial("tcp", one.addr)
				droptest.Expect(t, "dial", err, nil)
				defer c.Close()
				_, err = io.WriteString(c, text)
				droptest.Expect(t, "send", err, nil)
			}
			c, err := net.Dial("tcp", one.addr)
			droptest.Expect(t, "dial", err, nil)
			defer c.Close()
			droptest.Expect(t, "deadline", c.SetDeadline(time.Now().Add(40*time.Second)), nil)
			_, err = io.WriteString(c, request("GET", "/v1/beats", []string{"Connection: close"}, ""))
			droptest.Expect(t, "send", err, nil)
			if _, err := http.ReadResponse(bufio.NewReader(c), nil); err != nil {
				t.Errorf("two strangers keep everybody out: %v", err)
			}
		})
	}
}

// TestGeneralQuestions: "OPTIONS *" is a path like any that is not there.
func TestGeneralQuestions(t *testing.T) {
	resp, _ := newSite(t).raw(t, request("OPTIONS", "*", nil, ""))
	wantStatus(t, "OPTIONS *", resp, 404)
	checkHeaders(t, resp)
}

// promise opens an upload and sends nothing of it.
func (s *site) promise(t *testing.T, ticket wire.Ticket, id wire.ChunkID) {
	t.Helper()
	c, err := net.Dial("tcp", s.addr)
	droptest.Expect(t, "dial", err, nil)
	t.Cleanup(func() { c.Close() })
	_, err = io.WriteString(c, request("PUT", "/v1/tickets/"+ticket.String()+"/"+id.String(), []string{length(wire.ChunkSize)}, ""))
	droptest.Expect(t, "send", err, nil)
}

func (s *site) ticket(t *testing.T) wire.Ticket {
	t.Helper()
	ticket, err := s.s.OpenTicket(t.Context(), s.n.TicketRequest(droptest.Noon, nil))
	droptest.Expect(t, "ticket", err, nil)
	return ticket
}

// await waits until so many uploads are under way.
func (s *site) await(t *testing.T, n int) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); s.s.Uploading() < n; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d uploads are under way and not %d", s.s.Uploading(), n)
		}
	}
}

// put sends a whole chunk under a ticket.
func (s *site) put(t *testing.T, ticket wire.Ticket) *http.Response {
	t.Helper()
	chunk, id := s.n.Chunk()
	path := "/v1/tickets/" + ticket.String() + "/" + id.String()
	resp, _ := s.raw(t, request("PUT", path, []string{length(wire.ChunkSize)}, string(chunk)))
	return resp
}

// TestOneTicketBlocksNobody: whoever opens uploads and sends nothing takes two
// places with one ticket, and makes room for others when all are taken.
func TestOneTicketBlocksNobody(t *testing.T) {
	s := newSiteWith(t, server.Limits{Uploads: 3})
	idle, honest := s.ticket(t), s.ticket(t)
	for i := range 2 {
		s.promise(t, idle, wire.ChunkID{byte(i)})
	}
	s.await(t, 2)
	wantStatus(t, "a third upload under one ticket", s.put(t, idle), 503)
	wantStatus(t, "an upload beside", s.put(t, honest), 204)
	s.promise(t, s.ticket(t), wire.ChunkID{})
	s.await(t, 3)
	wantStatus(t, "an upload when all places were just taken", s.put(t, honest), 503)
	s.s.Impatient()
	wantStatus(t, "an upload when all places are idle", s.put(t, honest), 204)
	ids, err := s.s.TicketChunks(t.Context(), honest)
	if err != nil || len(ids) != 2 {
		t.Errorf("%d chunks are stored: %v", len(ids), err)
	}
}

// TestA14BrokenCircuit: a chunk that is sent again while the drop still waits
// for the rest of it is taken, at once.
func TestA14BrokenCircuit(t *testing.T) {
	s := newSite(t)
	ticket := s.ticket(t)
	chunk, id := s.n.Chunk()
	s.promise(t, ticket, id)
	s.await(t, 1)
	path := "/v1/tickets/" + ticket.String() + "/" + id.String()
	resp, _ := s.raw(t, request("PUT", path, []string{length(wire.ChunkSize)}, string(chunk)))
	wantStatus(t, "the chunk again", resp, 204)
}
