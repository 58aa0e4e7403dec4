// SPDX-License-Identifier: Apache-2.0

package sqlite_test

import (
	"testing"

	"tamizdat/drop/droptest"
	"tamizdat/drop/server"
	"tamizdat/drop/sqlite"
)

// reopening returns an OpenStore that closes the former before it opens again.
func reopening(t *testing.T) droptest.OpenStore {
	dir := t.TempDir()
	var last *sqlite.Store
	shut := func() {
		if last != nil {
			droptest.Expect(t, "close", last.Close(), nil)
		}
	}
	t.Cleanup(func() { shut() })
	return func(t *testing.T) server.Store {
		t.Helper()
		shut()
		s, err := sqlite.Open(dir)
		droptest.Expect(t, "open", err, nil)
		last = s
		return s
	}
}

func TestStore(t *testing.T) { droptest.RunStore(t, reopening) }
