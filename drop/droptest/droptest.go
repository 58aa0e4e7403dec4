// SPDX-License-Identifier: Apache-2.0

// Package droptest is what every drop and every store of a drop must pass.
//
// [RunDrop] is the suite of the contract drop.Drop: it plays sources, desks,
// strangers and enemies against a drop and checks its answers, whether the
// drop is in the same process or behind HTTP. [RunStore] is the suite of
// server.Store, and [RunBlobs] that of server.Blobs. [Newsroom] signs what
// they send. Only tests may import this package.
//
// Names of tests that begin with a letter and a number, as A13, are those of
// the failures of other systems that we hold as cases.
package droptest

import (
	"crypto/rand"
	"errors"
	"sync"
	"testing"
	"time"

	"tamizdat/drop"
	"tamizdat/drop/server"
)

// Clock is a clock that a test sets.
type Clock struct {
	mu  sync.Mutex
	now int64
}

// NewClock returns a clock that stands at the Unix second now.
func NewClock(now int64) *Clock { return &Clock{now: now} }

// Now is for server.Config.
func (c *Clock) Now() time.Time { return time.Unix(c.Unix(), 0) }

// Unix is the time in Unix seconds.
func (c *Clock) Unix() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Set moves the clock.
func (c *Clock) Set(now int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = now
}

// Add moves the clock on by so many seconds.
func (c *Clock) Add(seconds int64) { c.Set(c.Unix() + seconds) }

// Drop is a drop under test, by a clock that the test sets.
type Drop struct {
	drop.Drop
	Clock *Clock
	Seal  func(t testing.TB) // seals what is due
}

// SealAt moves the clock to the next multiple of interval and seals.
func (d *Drop) SealAt(t testing.TB, interval int64) int64 {
	t.Helper()
	at := (d.Clock.Unix()/interval + 1) * interval
	d.Clock.Set(at)
	d.Seal(t)
	return at
}

// Make returns a fresh drop without a newsroom, told to serve n.
type Make func(t *testing.T, n *Newsroom, c *Clock, l server.Limits) *Drop

// Noon is when most tests begin: a round time, a Monday.
const Noon int64 = 1_800_000_000/604800*604800 + 4*86400 + 12*3600

// Expect ends the test unless err is want, or nil where want is nil.
func Expect(t testing.TB, what string, err, want error) {
	t.Helper()
	if want == nil && err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	if want != nil && !errors.Is(err, want) {
		t.Fatalf("%s: got %v, want %v", what, err, want)
	}
}

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
