// SPDX-License-Identifier: Apache-2.0

// Package server is a drop: it takes, seals, keeps and hands out what
// spec/drop.md says, for one newsroom, and can open none of it.
//
// Make a [Server] with [New] over a [Store] and [Blobs], let [Server.Run] seal
// at the fixed times, and answer the network with [Server.Handler] inside
// [Serve]. The Server itself is a drop.Drop, so tests can do without HTTP.
//
// It refuses whatever does not prove itself. There is no account and no log-in:
// a letter proves work, everything else a signature that leads to the root
// whose hash the operator named in [Config]. Until a newsroom write under that
// root has come the drop answers everything with drop.ErrBusy, so the first
// stranger can never take a fresh drop. All checks come before anything is
// stored, and a write is answered only when it is on disk.
//
// It trusts its clock, its store, and the operator's choice of newsroom. It
// keeps no log of requests and learns no address: only the listener sees
// connections, and behind Tor they all look alike.
//
// One process may hold many servers, one a newsroom. Several processes may
// serve one newsroom as far as sealing and writes go, because the store
// decides who wins; tickets and nonces live in one process's memory, so one
// visitor's requests would have to reach the same process. That is unsolved.
package server

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"
	"time"

	"tamizdat/drop"
	"tamizdat/letter/wire"
)

// Config is what a server is made of. All fields but Free and Report must be
// set; of Limits the zero fields take their defaults.
type Config struct {
	Newsroom    wire.NewsroomKey   // the only newsroom this drop will ever serve
	Key         ed25519.PrivateKey // signs heads
	Incarnation wire.Incarnation   // of the first three logs; later ones come with a roster
	Store       Store
	Blobs       Blobs
	Now         func() time.Time
	Random      io.Reader             // tickets and nonces
	Free        func() (int64, error) // bytes that the disk has left; nil: not asked
	Report      func(error)           // what the operator must know; nil: nothing is told
	Limits      Limits
}

// Limits bound what strangers can make a server hold.
type Limits struct {
	SpoolBytes  int64 // in one spool before letters get drop.ErrBusy, chunks at three quarters; 4 GiB
	FreeBytes   int64 // free on the disk below which letters get drop.ErrFull, chunks below four times as much, desks below a quarter; 1 GiB
	Tickets     int   // open at the same time; 4,096
	Uploads     int   // chunks in memory at the same time; 64
	Connections int   // open at the same time; 1,024
}

// Server is a drop for one newsroom.
type Server struct {
	cfg     Config
	nonces  *nonces
	tickets *tickets
	letters *subjects
	work    chan struct{} // bounds the checks of work that run at the same time
	uploads *lanes        // bound the chunks that are held in memory

	desks   sync.Mutex // held while a desk's write is compared and stored: a beat must not fall behind its newer one
	sealing sync.Mutex // held while pages are sealed or the store is reread
	stale   bool       // memory may lag behind the store; guarded by sealing

	mu      sync.RWMutex // guards what follows; what it points to never changes, but for maps
	room    *room        // nil before the first newsroom write
	bundles map[wire.Period]map[wire.JournalistID][]byte
	beats   map[wire.JournalistID]*wire.Beat
	serials map[[16]byte]uint16
	logs    map[wire.Log]*ledger
	past    map[wire.Incarnation]bool // of logs that this drop had before
	pause   *pause                    // nil while it goes on

	convicted bool // a head has shown the logs to be behind, and the store could not note it yet
}

var _ drop.Drop = (*Server)(nil)

// New returns a server with what its store remembers. It finishes a sealing
// that was cut off, and seals what came due while the drop was down. Where only
// that fails, as on a full disk, it is reported and left to Run: the desks must
// still be able to read, and to make room.
func New(ctx context.Context, cfg Config) (*Server, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	cfg.Limits = cfg.Limits.withDefaults()
	nonces, err := newNonces(cfg.Random)
	if err != nil {
		return nil, err
	}
	s := &Server{
		cfg:     cfg,
		nonces:  nonces,
		tickets: newTickets(cfg.Limits.Tickets),
		letters: &subjects{until: map[wire.Hash]int64{}},
		work:    make(chan struct{}, runtime.GOMAXPROCS(0)),
		uploads: newLanes(cfg.Limits.Uploads),
		stale:   true,
		bundles: map[wire.Period]map[wire.JournalistID][]byte{},
		serials: map[[16]byte]uint16{},
	}
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// begin takes over what the store remembers, and seals.
func (s *Server) begin(ctx context.Context) error {
	s.sealing.Lock()
	defer s.sealing.Unlock()
	left, err := s.catchUp(ctx)
	if err != nil {
		return err
	}
	s.stale = false
	if p := s.holds(); p != nil {
		s.report(errors.New(p.why.Told()))
	}
	if err := errors.Join(left, s.seal(ctx)); err != nil {
		s.stale = true
		s.report(fmt.Errorf("sealing at the start did not succeed, it will be tried again: %w", err))
	}
	return nil
}

func (c *Config) check() error {
	switch {
	case c.Newsroom.IsZero():
		return errors.New("a drop must be told which newsroom it serves")
	case len(c.Key) != ed25519.PrivateKeySize:
		return errors.New("a drop needs an Ed25519 key")
	case c.Store == nil || c.Blobs == nil || c.Now == nil || c.Random == nil:
		return errors.New("a drop needs a store, blobs, a clock and randomness")
	}
	return nil
}

// DefaultLimits are those of a drop that was told none.
func DefaultLimits() Limits { return Limits{}.withDefaults() }

func (l Limits) withDefaults() Limits {
	return Limits{
		SpoolBytes:  orDefault(l.SpoolBytes, 4<<30),
		FreeBytes:   orDefault(l.FreeBytes, 1<<30),
		Tickets:     orDefault(l.Tickets, 4096),
		Uploads:     orDefault(l.Uploads, 64),
		Connections: orDefault(l.Connections, 1024),
	}
}

func orDefault[T int | int64](v, d T) T {
	if v == 0 {
		return d
	}
	return v
}

// now is the drop's clock in Unix seconds.
func (s *Server) now() int64 { return s.cfg.Now().Unix() }

// report tells the operator. Nothing about a request may ever get here.
func (s *Server) report(err error) {
	if s.cfg.Report != nil {
		s.cfg.Report(err)
	}
}

// current returns the newsroom, or drop.ErrBusy while there is none.
func (s *Server) current() (*room, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.room == nil {
		return nil, fmt.Errorf("no newsroom yet: %w", drop.ErrBusy)
	}
	return s.room, nil
}

// ledgerOf returns a log as it is now.
func (s *Server) ledgerOf(log wire.Log) *ledger {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.logs[log]
}

// judged turns an error of letter/wire into the drop's answer to a stranger.
func judged(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, wire.ErrMalformed):
		return fmt.Errorf("%w: %v", drop.ErrMalformed, err)
	}
	return fmt.Errorf("%w: %v", drop.ErrRefused, err)
}

// refused is an answer for an object that is well formed and does not hold.
func refused(why string) error { return fmt.Errorf("%w: %s", drop.ErrRefused, why) }

// stored turns an error of a store into the drop's answer.
func stored(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, drop.ErrFull):
		return err
	case errors.Is(err, ErrTaken):
		return fmt.Errorf("%w: %v", drop.ErrConflict, err)
	case errors.Is(err, ErrSealed):
		return fmt.Errorf("%w: %v", drop.ErrRefused, err)
	}
	return fmt.Errorf("%w: %w", drop.ErrBusy, err)
}
