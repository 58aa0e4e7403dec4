// SPDX-License-Identifier: Apache-2.0

package server_test

import (
	"testing"

	"tamizdat/drop/droptest"
	"tamizdat/drop/memory"
	"tamizdat/drop/server"
)

// TestContract runs the suite without HTTP: the server itself is the twin that
// other rooms may test against.
func TestContract(t *testing.T) {
	droptest.RunDrop(t, func(t *testing.T, n *droptest.Newsroom, c *droptest.Clock, l server.Limits) *droptest.Drop {
		s := droptest.NewServer(t, n, c, l, memory.New(), memory.NewBlobs())
		return &droptest.Drop{Drop: s, Clock: c, Seal: droptest.Sealer(s)}
	})
}
