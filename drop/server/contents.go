// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"fmt"
	"math"

	"tamizdat/letter/wire"
)

// Content is a blob that a store's records name, and what it must be.
type Content struct {
	Name string
	Size int64
	Hash wire.Hash // SHA-256
}

// Contents lists the page bodies that a store keeps and all chunks. With the
// records they are a whole drop: the views can be made from them. It is for who
// copies a drop, or checks a copy.
func Contents(ctx context.Context, store Store) ([]Content, error) {
	snap, err := store.Load(ctx)
	if err != nil {
		return nil, err
	}
	var out []Content
	for _, log := range logs() {
		r := snap.Logs[log]
		for n := r.Kept; n < uint64(len(r.Headers)); n++ {
			h, err := wire.ParsePageHeader(r.Headers[n])
			if err != nil {
				return nil, fmt.Errorf("%s log, page %d: %w", log, n, err)
			}
			out = append(out, Content{Name: pageName(log, n), Size: int64(h.BodyLen), Hash: h.BodyHash})
		}
	}
	ids, err := store.Orphans(ctx, math.MaxInt64)
	for _, id := range ids {
		out = append(out, Content{Name: chunkName(id), Size: wire.ChunkSize, Hash: wire.Hash(id)})
	}
	return out, err
}
