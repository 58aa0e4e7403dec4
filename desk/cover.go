// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"math"
	"sync/atomic"
	"time"

	"tamizdat/drop"
	"tamizdat/internal/pause"
	"tamizdat/letter/wire"
)

// Whoever runs the drop sees when somebody over Tor reads or writes. So desks come too, as
// a source with the native client does, at moments that have nothing to do with anything:
// each visit that the drop sees may have been one of these (DESIGN: cover for the sources).

const (
	// CoversADay is how often a desk that runs comes as a source on a day, on average.
	// Three desks make twelve visits and four letters a day of it, where a small newsroom
	// has a letter or less: who sees one letter come guesses right once in five.
	CoversADay = 4
	// MaxCoversADay bounds what a desk takes of the drop's and of Tor's room: each visit
	// downloads everyone's view, 8 MB in earnest.
	MaxCoversADay = 48
)

const (
	// coverCells is how many cells a cover has on average, of which one is drawn: covers
	// then follow each other as strangers do, and the last one tells nothing of the next.
	coverCells = 8
	// Of those who come so many write; of those who write so many attach something; of
	// those who come so many fetch the week only. These are guesses: nobody counts sources.
	coverWrites, coverAttaches, coverWeek = 1.0 / 3, 1.0 / 6, 1.0 / 8
	// What is attached has, in bytes, between a document of 100 kB and a recording of
	// 16 MiB, each order of magnitude as likely as the next: the sizes of files that people
	// have are spread so. It is 3 MiB on average, and half is one piece. Three desks leave
	// 2.5 MiB a day at the drop so, and 110 MiB at any time; more than 16 pieces have no
	// cover.
	coverLeast, coverMost = 100e3, 16 << 20
	// She stays when the last byte has come: time to read, or to type a letter. Counted from
	// the first call instead, a drop that gives its bytes slowly would see who does not read.
	coverStayLeast, coverStayMost = 2 * time.Minute, 40 * time.Minute
	// coverEndsLeast and coverEndsMost are how long she waits for a visit to come, and for a
	// letter to go, before she gives up. A person does at some time that nobody knows.
	coverEndsLeast, coverEndsMost = time.Hour, 6 * time.Hour
	// coverLate is how late an errand still is one. A machine that slept comes with none:
	// the drop would see when it woke.
	coverLate = time.Minute
)

// Cover is how one desk comes as a source. It knows the newsroom and the moments, and
// nothing of the vault, so that it goes on beside rounds and beside what a person does
// with the folder; no journal is needed, because a moment that went by is left out. Visits
// go on beside each other: [Cover.After] and [Cover.Do] may be called from several
// goroutines.
type Cover struct {
	key       wire.NewsroomKey
	addresses atomic.Pointer[[]string]
	secret    []byte // from which the moments come
	cell      int64  // seconds
	now       func() time.Time
	connect   func(string) (drop.Drop, error)
	wait      func(context.Context, time.Duration) error
}

// Errand is one moment of a cover: it comes, or does what it came for and goes. The zero
// value is none.
type Errand struct {
	At    time.Time
	cell  int64
	visit *coverVisit // nil: it comes
}

// ErrCoverStuck means that a cover gave up waiting for the drop.
var ErrCoverStuck = errors.New("a visit as cover came to no end")

// Cover returns the covers of this desk, so many a day on average. They may be used until
// the desk changes its newsroom, also while it is closed.
func (d *Desk) Cover(perDay int) (*Cover, error) {
	if perDay < 1 || perDay > MaxCoversADay {
		return nil, fmt.Errorf("a desk comes as cover 1 to %d times a day, not %d", MaxCoversADay, perDay)
	}
	n, err := d.member()
	if err != nil {
		return nil, err
	}
	mac := hmac.New(sha256.New, d.plan)
	mac.Write([]byte("tamizdat-desk-cover"))
	c := &Cover{
		key: n.Key(), secret: mac.Sum(nil),
		cell: daySeconds / int64(perDay*coverCells),
		now:  d.now, connect: d.connect, wait: pause.For,
	}
	return c, c.Follow(d)
}

// Follow takes over the addresses of the newsroom's newest list, as d knows it: a source
// who comes today has that.
func (c *Cover) Follow(d *Desk) error {
	n, err := d.member()
	if err == nil {
		c.addresses.Store(new(n.Roster().Addresses))
	}
	return err
}

// outing is a cover as it was drawn.
type outing struct {
	arrive       time.Time
	stay, ends   time.Duration
	week, writes bool
	chunks       int
	address      float64 // its place among all
}

// outing returns the cover of a cell, if it has one. It follows from the desk's secret and
// from nothing else.
func (c *Cover) outing(cell int64) (o outing, ok bool) {
	at := func(k int) float64 { return placeOf(c.secret, "cover", cell, k) }
	if at(0) >= 1.0/coverCells {
		return o, false
	}
	o.arrive = time.Unix(cell*c.cell, 0).Add(time.Duration(at(1) * float64(c.cell) * float64(time.Second)))
	o.stay = time.Duration(between(float64(coverStayLeast), float64(coverStayMost), at(2)))
	o.ends = time.Duration(between(float64(coverEndsLeast), float64(coverEndsMost), at(8)))
	o.writes, o.week = at(3) < coverWrites, at(4) < coverWeek
	if o.writes && at(5) < coverAttaches {
		bytes := between(coverLeast, coverMost, at(6))
		o.chunks = wire.Padme(int(math.Ceil(bytes / wire.ChunkSize)))
	}
	o.address = at(7)
	return o, true
}

// between places a moment within two bounds, each order of magnitude alike.
func between(least, most, at float64) float64 { return least * math.Pow(most/least, at) }

// After is the first after a moment at which one comes. Who asks for it with the last one leaves none out,
// however long that took.
func (c *Cover) After(moment time.Time) Errand {
	for cell := moment.Unix() / c.cell; ; cell++ {
		if o, ok := c.outing(cell); ok && o.arrive.After(moment) {
			return Errand{At: o.arrive, cell: cell}
		}
	}
}

// Do runs an errand whose moment has come, and returns the next one of the same visit, if
// there is one: its moment is counted from now, when everything has come. One that is late
// is not run. What goes wrong is of no consequence, but drop.ErrFull should be told
// ([Desk.NoteFull]), and ErrCoverStuck ([Desk.NoteCoverStuck]).
func (c *Cover) Do(ctx context.Context, e Errand) (Errand, error) {
	o, ok := c.outing(e.cell)
	if !ok {
		return Errand{}, errors.New("this errand is of another desk")
	}
	if ctx.Err() != nil || c.now().Sub(e.At) > coverLate {
		e.End()
		return Errand{}, ctx.Err()
	}
	within, cancel := context.WithTimeout(ctx, o.ends)
	defer cancel()
	then, err := c.run(within, e, o)
	if err != nil && ctx.Err() == nil && within.Err() != nil {
		err = errors.Join(ErrCoverStuck, err)
	}
	return then, err
}

func (c *Cover) run(ctx context.Context, e Errand, o outing) (Errand, error) {
	if e.visit == nil {
		v, err := c.arrive(ctx, o)
		if err != nil {
			return Errand{}, err
		}
		return Errand{At: c.now().Add(o.stay), cell: e.cell, visit: v}, nil
	}
	defer e.End()
	if !o.writes {
		return Errand{}, nil
	}
	return Errand{}, e.visit.write(ctx, o.chunks)
}

// End gives the connections of a visit back; it does nothing where none has begun.
func (e Errand) End() {
	if e.visit == nil {
		return
	}
	if closer, ok := e.visit.drop.(interface{ Close() }); ok {
		closer.Close()
	}
}
