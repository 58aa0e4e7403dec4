// SPDX-License-Identifier: Apache-2.0

package client_test

import (
	"context"
	"crypto/rand"
	"net"
	"testing"

	"tamizdat/drop/client"
	"tamizdat/drop/droptest"
	"tamizdat/drop/memory"
	"tamizdat/drop/server"
)

// overHTTP is a drop behind real HTTP on loopback.
func overHTTP(t *testing.T, n *droptest.Newsroom, c *droptest.Clock, l server.Limits) *droptest.Drop {
	t.Helper()
	s, err := server.New(t.Context(), server.Config{
		Newsroom: n.NR, Key: n.Drop, Incarnation: n.Incarnation,
		Store: memory.New(), Blobs: memory.NewBlobs(),
		Now: c.Now, Random: rand.Reader, Limits: l,
	})
	if err != nil {
		t.Fatal(err)
	}
	cl := listen(t, s)
	return &droptest.Drop{Drop: cl, Clock: c, Seal: func(t testing.TB) {
		t.Helper()
		droptest.Expect(t, "sealing", s.Seal(t.Context()), nil)
	}}
}

func listen(t *testing.T, s *server.Server) *client.Client {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- server.Serve(ctx, l, s.Handler(), 100) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	c, err := client.New("http://"+l.Addr().String(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func TestContract(t *testing.T) { droptest.RunDrop(t, overHTTP) }
