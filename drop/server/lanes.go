// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"tamizdat/drop"
	"tamizdat/letter/wire"
)

// slowest is how many bytes a second an upload must bring on average, once
// others wait for its place. A chunk may then take two minutes.
const slowest = 8 << 10

// lanes bound the chunks that are on their way into memory. Somebody who opens
// uploads and sends nothing must not keep out those who send: when all lanes
// are taken the slowest upload makes room, if it is slow enough.
type lanes struct {
	free  chan struct{}
	grace time.Duration // before an upload's speed is looked at

	mu   sync.Mutex
	open map[*lane]bool
}

// lane is one upload under way.
type lane struct {
	ticket  wire.Ticket
	id      wire.ChunkID
	control *http.ResponseController
	began   time.Time
	got     atomic.Int64
	cut     atomic.Bool
}

func newLanes(n int) *lanes {
	return &lanes{free: make(chan struct{}, n), grace: 10 * time.Second, open: map[*lane]bool{}}
}

// enter takes a lane for the body of c; leave ends it.
func (l *lanes) enter(ctx context.Context, c *call, t wire.Ticket, id wire.ChunkID) (leave func(), err error) {
	if err := l.wait(ctx); err != nil {
		return nil, err
	}
	c.lane = &lane{ticket: t, id: id, control: c.control, began: time.Now()}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open[c.lane] = true
	return func() { l.leave(c) }, nil
}

// wait waits for a lane, if there is one or one can be made free.
func (l *lanes) wait(ctx context.Context) error {
	select {
	case l.free <- struct{}{}:
		return nil
	default:
	}
	if !l.cutSlowest() {
		return fmt.Errorf("too many uploads are under way: %w", drop.ErrBusy)
	}
	t := time.NewTimer(farewell)
	defer t.Stop()
	select {
	case l.free <- struct{}{}:
		return nil
	case <-ctx.Done():
	case <-t.C:
	}
	return fmt.Errorf("too many uploads are under way: %w", drop.ErrBusy)
}

// leave gives a lane back. A cut that came too late must not end the
// connection's next request.
func (l *lanes) leave(c *call) {
	l.mu.Lock()
	delete(l.open, c.lane)
	l.mu.Unlock()
	if c.lane.cut.Load() {
		_ = c.patience(time.Time{})
	}
	c.lane = nil
	<-l.free
}

// cutSlowest ends the upload that brings least, unless all are fast enough.
func (l *lanes) cutSlowest() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	var found *lane
	least := float64(slowest)
	for one := range l.open {
		age := time.Since(one.began)
		speed := float64(one.got.Load()) / age.Seconds()
		if age >= l.grace && speed < least && !one.cut.Load() {
			found, least = one, speed
		}
	}
	if found == nil {
		return false
	}
	found.end()
	return true
}

// end cuts an upload. The mark comes before the deadline, because the upload
// looks at it after it has set a deadline of its own.
func (one *lane) end() {
	one.cut.Store(true)
	_ = one.control.SetReadDeadline(time.Now())
}

// cutSame ends the upload of a chunk that is being sent anew.
func (l *lanes) cutSame(t wire.Ticket, id wire.ChunkID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for one := range l.open {
		if one.ticket == t && one.id == id {
			one.end()
		}
	}
}

// reserve is that of the tickets for somebody who sends a chunk again while the
// drop still waits for the rest of it: over a circuit that broke nothing tells
// the drop so. The new upload takes the place of the old one.
func (s *Server) reserve(ctx context.Context, t wire.Ticket, id wire.ChunkID) (done bool, err error) {
	if _, err := s.taking(); err != nil {
		return false, err
	}
	for end := time.Now().Add(farewell); ; {
		done, err = s.tickets.reserve(t, id)
		if !errors.As(err, new(errUnderWay)) || time.Now().After(end) || ctx.Err() != nil {
			return done, err
		}
		s.uploads.cutSame(t, id)
		time.Sleep(20 * time.Millisecond)
	}
}
