// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"fmt"

	"tamizdat/drop/server"
	"tamizdat/letter/wire"
)

// frozen is a page in the making. Its spool is nil if nothing came.
type frozen struct {
	log    wire.Log
	sealed int64
	spool  *spool
}

func (f *frozen) Sealed() int64 { return f.sealed }
func (f *frozen) Close() error  { return nil } // Discard closes the file

func (f *frozen) Count() (envelopes, chunks int) {
	if f.spool == nil {
		return 0, 0
	}
	u := f.spool.used()
	return u.Envelopes, u.Chunks
}

func (f *frozen) Envelopes(yield func([]byte) error) error {
	if f.spool == nil {
		return nil
	}
	return f.spool.each("envelope", func(_, body []byte) error { return yield(body) })
}

func (f *frozen) Chunks(yield func(wire.ChunkID, []byte) error) error {
	if f.spool == nil {
		return nil
	}
	return f.spool.each("chunk", func(key, body []byte) error {
		if len(key) != len(wire.ChunkID{}) {
			return fmt.Errorf("a chunk id of %d bytes", len(key))
		}
		return yield(wire.ChunkID(key), body)
	})
}

func (f *frozen) Slots() ([]server.Slot, error) {
	if f.spool == nil {
		return nil, nil
	}
	return f.spool.slots(f.log, f.sealed)
}

func (f *frozen) Serials() ([]server.Serial, error) {
	if f.spool == nil {
		return nil, nil
	}
	return f.spool.serials()
}
