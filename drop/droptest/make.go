// SPDX-License-Identifier: Apache-2.0

package droptest

import (
	"crypto/rand"
	"testing"

	"tamizdat/drop/server"
)

// NewServer makes a server for n over the given store, told the time by c.
func NewServer(t testing.TB, n *Newsroom, c *Clock, l server.Limits, s server.Store, b server.Blobs) *server.Server {
	t.Helper()
	srv, err := server.New(t.Context(), server.Config{
		Newsroom: n.NR, Key: n.Drop, Incarnation: n.Incarnation, Store: s, Blobs: b,
		Now: c.Now, Random: rand.Reader, Limits: l,
	})
	if err != nil {
		t.Fatal(err)
	}
	return srv
}

// Sealer makes Seal of a Drop from a server.
func Sealer(s *server.Server) func(t testing.TB) {
	return func(t testing.TB) {
		t.Helper()
		Expect(t, "sealing", s.Seal(t.Context()), nil)
	}
}
