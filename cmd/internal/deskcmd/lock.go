// SPDX-License-Identifier: Apache-2.0

package deskcmd

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"tamizdat/desk"
	"tamizdat/desk/vault"
)

// A desk that runs has its key in memory between two rounds. It forgets it when the
// machine has slept, as a laptop does whose lid was closed, and when nobody has used
// the desk for long: what is taken at a border is then as good as switched off.
//
// Unsolved: the key is forgotten after the sleep and not before it, so that whoever
// can read the memory of a sleeping machine finds it. To be told before needs the
// system's message bus (logind's PrepareForSleep). On Windows the clock that should
// stand still during a sleep goes on, and only idleness locks.

const (
	lockAfter = 12 * time.Hour   // nobody used the desk
	sleptFor  = 15 * time.Second // at least: clocks that are set by a second are no sleep
	lookTick  = 10 * time.Second
)

// errLocked means that the desk that ran has forgotten its key.
var errLocked = errors.New("the desk has locked itself")

// clocks are the one on the wall and one that stands still while the machine sleeps.
type clocks func() (wall time.Time, awake time.Duration)

// systemClocks are this machine's.
func systemClocks() clocks {
	start := time.Now()
	return func() (time.Time, time.Duration) {
		now := time.Now()
		return now.Round(0), now.Sub(start)
	}
}

// guard decides when a desk that runs forgets its key.
type guard struct {
	idle time.Duration // 0: idleness does not lock
	read clocks
	used func() time.Time // when a program last opened the folder

	wall, active time.Time
	awake        time.Duration
	seen         time.Time // the last use that is known, by the folder's clock
}

func newGuard(idle time.Duration, read clocks, used func() time.Time) *guard {
	g := &guard{idle: idle, read: read, used: used, seen: used()}
	g.wall, g.awake = read()
	g.active = g.wall
	return g
}

// own takes the newest use for the desk's own.
func (g *guard) own() { g.seen = g.used() }

// look tells why the key must be forgotten now, or nil.
func (g *guard) look() error {
	wall, awake := g.read()
	slept := wall.Sub(g.wall) - (awake - g.awake)
	g.wall, g.awake = wall, awake
	if u := g.used(); u.After(g.seen) {
		g.seen, g.active = u, wall
	}
	switch {
	case slept >= sleptFor:
		return fmt.Errorf("%w: this machine was asleep", errLocked)
	case g.idle > 0 && wall.Sub(g.active) >= g.idle:
		return fmt.Errorf("%w: nobody has used it for %s", errLocked, g.idle)
	}
	return nil
}

// newGuard begins with the moment at which the passphrase was given.
func (w *watch) newGuard() *guard {
	read := w.p.clocks
	if read == nil {
		read = systemClocks()
	}
	return newGuard(w.idle, read, func() time.Time { return vault.LastOpened(w.o.dir) })
}

// wait waits between two rounds. It fails when ctx ends, and with errLocked when the
// key was forgotten instead.
func (w *watch) wait(ctx context.Context, span time.Duration) error {
	tick := w.p.tick
	if tick == 0 {
		tick = lookTick
	}
	until := time.Now().Round(0).Add(span)
	for {
		if err := w.guard.look(); err != nil {
			return w.lock(err)
		}
		left := time.Until(until)
		if left <= 0 {
			return ctx.Err()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(min(left, tick)):
		}
	}
}

// lock forgets the key.
func (w *watch) lock(why error) error {
	w.key.Forget()
	w.say("%s\n", why)
	return why
}

// forgetting is await for a desk that is closed: where the key is forgotten, so is
// what the desk knew.
func forgetting(last *desk.Desk, err error) error {
	if errors.Is(err, errLocked) {
		_ = last.Lock() // its folder is closed already, which it tells
	}
	return err
}

// giveBack has the system take back, and clear, the memory in which lay what a locked
// desk knew. Without it letters would stay there until something else needs the room,
// and a locked desk needs none. What shares a page with what lives stays.
func giveBack() { debug.FreeOSMemory() }
