// SPDX-License-Identifier: Apache-2.0

package fs_test

import (
	"testing"

	"tamizdat/drop/droptest"
	"tamizdat/drop/fs"
	"tamizdat/drop/server"
)

// reopening returns an OpenBlobs that closes the former before it opens again.
func reopening(t *testing.T) droptest.OpenBlobs {
	dir := t.TempDir()
	var last *fs.Blobs
	shut := func() {
		if last != nil {
			last.Close()
		}
	}
	t.Cleanup(func() { shut() })
	return func(t *testing.T) server.Blobs {
		t.Helper()
		shut()
		b, err := fs.Open(dir)
		droptest.Expect(t, "open", err, nil)
		last = b
		return b
	}
}

func TestBlobs(t *testing.T) { droptest.RunBlobs(t, reopening) }
