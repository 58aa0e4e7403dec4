// SPDX-License-Identifier: Apache-2.0

package memory_test

import (
	"testing"

	"tamizdat/drop/droptest"
	"tamizdat/drop/memory"
	"tamizdat/drop/server"
)

func TestStore(t *testing.T) {
	droptest.RunStore(t, func(*testing.T) droptest.OpenStore {
		s := memory.New()
		return func(*testing.T) server.Store { return s }
	})
}

func TestBlobs(t *testing.T) {
	droptest.RunBlobs(t, func(*testing.T) droptest.OpenBlobs {
		b := memory.NewBlobs()
		return func(*testing.T) server.Blobs { return b }
	})
}
