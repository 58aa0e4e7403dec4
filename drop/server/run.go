// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"fmt"
	"time"

	"tamizdat/letter/wire"
)

// longestNap bounds a sleep between two looks at the clock, so that a machine
// that was suspended, or whose clock was set, seals soon after; retryNap is
// how soon a sealing that failed is tried again.
const (
	longestNap = 15 * time.Second
	retryNap   = 3 * time.Second
)

// Run seals at the fixed times until ctx ends. What goes wrong is reported and
// tried again; nothing is lost meanwhile, the queue only grows. A sealing that
// has begun is finished before Run returns.
func (s *Server) Run(ctx context.Context) {
	for {
		err := s.Seal(context.WithoutCancel(ctx))
		nap := s.untilNext()
		if err != nil {
			s.report(fmt.Errorf("sealing did not succeed, it will be tried again: %w", err))
			nap = retryNap
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(nap):
		}
	}
}

// untilNext is how long nothing will come due.
func (s *Server) untilNext() time.Duration {
	room, err := s.current()
	if err != nil {
		return time.Second // a newsroom may arrive at any time
	}
	next := s.next(room, s.ledgerOf(wire.Letters))
	next = min(next, s.next(room, s.ledgerOf(wire.Replies)), s.next(room, s.ledgerOf(wire.Desk)))
	return max(0, min(time.Unix(next, 0).Sub(s.cfg.Now()), longestNap))
}
