// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"

	"tamizdat/letter/wire"
)

// retain deletes the pages past the number kept, whole, with the chunks that
// no kept page names (spec/drop.md §10). Files go first and the note of it
// last, so that a kill in between is made good at the next sealing.
func (s *Server) retain(ctx context.Context, room *room, l *ledger) (*ledger, error) {
	keep := firstKept(l.size(), uint64(room.roster.Schedule.Kept(l.log)))
	if keep <= l.kept {
		return l, nil
	}
	if l.log == wire.Letters {
		if err := s.deleteOrphans(ctx, keep); err != nil {
			return nil, err
		}
	}
	for n := l.kept; n < keep; n++ {
		if err := s.cfg.Blobs.Delete(pageName(l.log, n)); err != nil {
			return nil, err
		}
	}
	if err := s.cfg.Store.Forget(ctx, l.log, keep); err != nil {
		return nil, err
	}
	return l.keeping(keep), nil
}

// firstKept is the number of the oldest page whose body stays.
func firstKept(size, kept uint64) uint64 {
	if size <= kept {
		return 0
	}
	return size - kept
}

func (s *Server) deleteOrphans(ctx context.Context, keep uint64) error {
	ids, err := s.cfg.Store.Orphans(ctx, keep)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := s.cfg.Blobs.Delete(chunkName(id)); err != nil {
			return err
		}
	}
	return nil
}
