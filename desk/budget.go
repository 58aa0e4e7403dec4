// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"bytes"
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"io/fs"
	"maps"
	"slices"

	"tamizdat/desk/vault"
	"tamizdat/drop"
	"tamizdat/letter"
	"tamizdat/letter/wire"
)

// A desk fetches the same number of pieces of attachments at each look at the drop,
// whether it needs any or not, and takes them in the order in which pages name them
// (DESIGN §5): all of them once, then all once more. What it needs, what was opened and
// what was read decides only what stays on its disk.

const (
	// FetchADay is how many MiB of attachments a desk fetches a day.
	FetchADay = 256
	// MaxFetchADay bounds what is asked for in one look.
	MaxFetchADay = 16 << 10
	// leastNamed is how many chunks of a page are remembered at least, however few a desk
	// fetches.
	leastNamed = 32
	// maxUnread is how many pieces of letters that nobody has read are kept: strangers
	// must not fill the disk. To read a letter makes room.
	maxUnread = 2 << 10
	// maxMissed is how often the drop may say that it does not have a piece that its own
	// page names, before a person hears of it. It is asked for again like all others.
	maxMissed = 3
)

// chunksSeen are the chunks that a page names, or some of them ([found.noteChunks]).
type chunksSeen struct {
	Page   uint64   `json:"page"`
	Chunks []hash32 `json:"chunks"`
}

// chunksAsked tells that the pieces of an interval of the letters log are asked for. It is
// on disk before the first is: a desk that dies asks for no more than one that does not.
type chunksAsked struct {
	From   int64 `json:"from"` // when the interval began; its number is another by another roster
	Pieces int   `json:"pieces"`
}

// chunksTried tells how many pieces of each page were asked for, in the page's order. One
// that dies before it is written down asks for the same pieces in the next interval.
type chunksTried struct {
	Pages []pageTried `json:"pages"`
}

type pageTried struct {
	Page   uint64 `json:"page"`
	Pieces int    `json:"pieces"`
}

// chunksMissed tells that the drop did not have pieces of letters, or that they do not open.
type chunksMissed struct {
	Chunks []hash32 `json:"chunks"`
	Never  bool     `json:"never,omitempty"` // they came, and do not open
}

func (*chunksSeen) kind() string   { return "chunks.seen" }
func (*chunksAsked) kind() string  { return "chunks.asked" }
func (*chunksTried) kind() string  { return "chunks.tried" }
func (*chunksMissed) kind() string { return "chunks.missed" }

// budget is what is known of chunks, and what was asked for.
type budget struct {
	pool   map[uint64]*named // by page
	missed map[wire.ChunkID]int
	never  map[wire.ChunkID]bool
	came   []wire.ChunkID // pieces that are here, as they came
	from   int64          // when the newest interval began whose pieces were asked for
	day    int64          // on which they were
	today  int            // pieces asked for on that day
}

// named are chunks of one page, ascending, and how many were asked for, counted on through
// all passes.
type named struct {
	ids   []wire.ChunkID
	tried int
}

func newBudget() budget {
	return budget{pool: map[uint64]*named{}, missed: map[wire.ChunkID]int{}, never: map[wire.ChunkID]bool{}}
}

func (e *chunksSeen) apply(s *state, _ int64) error {
	if s.newsroom == nil {
		return errors.New("no newsroom is known")
	}
	if len(e.Chunks) > 0 && s.budget.pool[e.Page] == nil { // else the page is opened again
		ids := make([]wire.ChunkID, len(e.Chunks))
		for i, c := range e.Chunks {
			ids[i] = wire.ChunkID(c)
		}
		s.budget.pool[e.Page] = &named{ids: ids}
	}
	kept := s.newsroom.Roster().Schedule.Kept(wire.Letters)
	for page := range s.budget.pool {
		if page+kept <= e.Page {
			delete(s.budget.pool, page)
		}
	}
	return nil
}

func (e *chunksAsked) apply(s *state, at int64) error {
	b := &s.budget
	if b.day != dayOf(at) {
		b.day, b.today = dayOf(at), 0
	}
	b.from, b.today = e.From, b.today+e.Pieces
	return nil
}

func (e *chunksTried) apply(s *state, _ int64) error {
	for _, p := range e.Pages {
		if n := s.budget.pool[p.Page]; n != nil {
			n.tried += p.Pieces
		}
	}
	return nil
}

func (e *chunksMissed) apply(s *state, _ int64) error {
	for _, c := range e.Chunks {
		if e.Never {
			s.budget.never[wire.ChunkID(c)] = true
		} else {
			s.budget.missed[wire.ChunkID(c)]++
		}
	}
	return nil
}

// noteChunks remembers the chunks that a page names. Of a page with more than this desk
// fetches in a day and in a look some are left out, or a flood would fill the journal.
// Which, follows from the desk's secret: whoever floods cannot choose.
func (f *found) noteChunks(page uint64, all []wire.ChunkID) {
	if len(all) == 0 {
		return
	}
	d := f.d
	every := d.s.newsroom.Roster().Schedule.Interval(wire.Letters)
	some := slices.Clone(all)
	if most := max(leastNamed, d.fetch, d.share(d.unix()/every)+1); len(some) > most {
		drawn := map[wire.ChunkID]string{}
		for _, id := range some {
			mac := hmac.New(sha256.New, d.plan)
			mac.Write([]byte("chunk"))
			mac.Write(id[:])
			drawn[id] = string(mac.Sum(nil))
		}
		slices.SortFunc(some, func(a, b wire.ChunkID) int { return cmp.Compare(drawn[a], drawn[b]) })
		some = some[:most]
		slices.SortFunc(some, func(a, b wire.ChunkID) int { return bytes.Compare(a[:], b[:]) })
	}
	e := &chunksSeen{Page: page}
	for _, id := range some {
		e.Chunks = append(e.Chunks, hash32(id))
	}
	f.add(e)
}

// share is how many pieces the look of an interval fetches. Over a day they add up to the
// budget, whatever the interval.
func (d *Desk) share(interval int64) int {
	every := d.s.newsroom.Roster().Schedule.Interval(wire.Letters)
	upTo := func(i int64) int64 { return i * every * int64(d.fetch) / daySeconds }
	return int(upTo(interval+1) - upTo(interval))
}

// fetching is what one look fetches, and what came of it.
type fetching struct {
	from  int64 // the interval
	asks  []ask
	tried int // of asks
	came  []piece
	lost  []ask // that the drop does not have
}

// ask is one piece that is asked for.
type ask struct {
	page  uint64
	id    wire.ChunkID
	first bool // for the first time
}

// piece is one that came, sealed and still to be kept.
type piece struct {
	ask
	object vault.Name
}

// chooseChunks chooses the pieces of this interval, once, when the moment of its look has
// come. It is done before the first call of a round, so that no pause between two calls
// tells how long the choice took. It follows from the pages and from how far earlier looks
// came. There are none only where the pages that the drop keeps name none, or this desk
// wants none.
func (d *Desk) chooseChunks() *fetching {
	every := d.s.newsroom.Roster().Schedule.Interval(wire.Letters)
	interval := d.unix() / every
	f := &fetching{from: interval * every}
	if d.s.budget.from >= f.from || d.lookDue(interval).After(d.now()) {
		return f
	}
	f.asks = d.nextPieces(d.share(interval))
	return f
}

// nextPieces are the next n: those that were asked for least often, in the order of pages.
// Where there are fewer, they are asked for more than once.
func (d *Desk) nextPieces(n int) []ask {
	pages := d.keptPages()
	tried := map[uint64]int{}
	for _, p := range pages {
		tried[p] = d.s.budget.pool[p].tried
	}
	var asks []ask
	for len(pages) > 0 && len(asks) < n {
		least := slices.MinFunc(pages, func(a, b uint64) int {
			return cmp.Compare(tried[a]/len(d.s.budget.pool[a].ids), tried[b]/len(d.s.budget.pool[b].ids))
		})
		ids := d.s.budget.pool[least].ids
		asks = append(asks, ask{least, ids[tried[least]%len(ids)], tried[least] < len(ids)})
		tried[least]++
	}
	return asks
}

// keptPages are the pages with chunks that the drop still keeps, oldest first.
func (d *Desk) keptPages() []uint64 {
	kept, size := d.s.newsroom.Roster().Schedule.Kept(wire.Letters), d.s.position(wire.Letters).size
	pages := slices.Sorted(maps.Keys(d.s.budget.pool))
	return slices.DeleteFunc(pages, func(p uint64) bool { return p+kept < size })
}

// fetchChunks asks for the pieces. All are sealed into the vault as they come, so that what
// is done between two calls is the same for each.
func (d *Desk) fetchChunks(ctx context.Context, to drop.Drop, c *fetching) error {
	if len(c.asks) == 0 {
		return nil
	}
	if err := d.commit(&chunksAsked{From: c.from, Pieces: len(c.asks)}); err != nil {
		return err
	}
	for _, a := range c.asks {
		object, err := d.askChunk(ctx, to, a.id)
		c.tried++ // also without an answer: one piece must not keep all behind it away
		switch {
		case err == nil:
			c.came = append(c.came, piece{a, object})
		case errors.Is(err, fs.ErrNotExist), errors.Is(err, letter.ErrDamaged):
			c.lost = append(c.lost, a)
		default:
			return err
		}
	}
	return nil
}
