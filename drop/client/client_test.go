// SPDX-License-Identifier: Apache-2.0

package client_test

import (
	"context"
	"errors"
	"net"
	"testing"

	"tamizdat/drop/client"
	"tamizdat/drop/droptest"
	"tamizdat/drop/fs"
	"tamizdat/drop/memory"
	"tamizdat/drop/server"
	"tamizdat/drop/sqlite"
)

// listen serves s over real HTTP on loopback until the test ends.
func listen(t testing.TB, s *server.Server) *client.Client {
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

// TestContractOverHTTP runs the suite through both sides of HTTP, over the
// store in memory.
func TestContractOverHTTP(t *testing.T) {
	droptest.RunDrop(t, func(t *testing.T, n *droptest.Newsroom, c *droptest.Clock, l server.Limits) *droptest.Drop {
		s := droptest.NewServer(t, n, c, l, memory.New(), memory.NewBlobs())
		return &droptest.Drop{Drop: listen(t, s), Clock: c, Seal: droptest.Sealer(s)}
	})
}

// TestContractOverHTTPAndDisk runs it as a drop runs in earnest.
func TestContractOverHTTPAndDisk(t *testing.T) {
	droptest.RunDrop(t, func(t *testing.T, n *droptest.Newsroom, c *droptest.Clock, l server.Limits) *droptest.Drop {
		dir := t.TempDir()
		store, err := sqlite.Open(dir)
		droptest.Expect(t, "open", err, nil)
		blobs, err := fs.Open(dir)
		droptest.Expect(t, "open", err, nil)
		t.Cleanup(func() { droptest.Expect(t, "close", errors.Join(blobs.Close(), store.Close()), nil) })
		s := droptest.NewServer(t, n, c, l, store, blobs)
		return &droptest.Drop{Drop: listen(t, s), Clock: c, Seal: droptest.Sealer(s)}
	})
}
