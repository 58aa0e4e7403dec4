// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"io/fs"
	"slices"

	"tamizdat/desk/vault"
	"tamizdat/drop"
	"tamizdat/letter"
	"tamizdat/letter/wire"
)

// A desk fetches the same number of pieces of attachments at each look at the drop,
// whether it needs any or not (DESIGN §5): first those of letters that it opened, the rest
// at random from all that the drop has. Which are of use the drop cannot tell, as long as
// no more come than a desk fetches.

const (
	// FetchADay is how many MiB of attachments a desk fetches a day.
	FetchADay = 256
	// MaxFetchADay bounds what is asked for in one look.
	MaxFetchADay = 16 << 10
	// sampled is how many chunks of a page are remembered for the rest: a flood must not
	// fill the journal.
	sampled = 32
	// maxUnread is how many pieces of letters that nobody has read are fetched: strangers
	// must not fill the disk. To read a letter makes room.
	maxUnread = 2 << 10
	// maxMissed is how often a piece is asked for that the drop does not have. Letters may
	// name pieces that never were.
	maxMissed = 3
)

// chunksSeen are some of the chunks that a page names.
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

// chunksMissed tells that the drop did not have pieces, or that they do not open.
type chunksMissed struct {
	Chunks []hash32 `json:"chunks"`
	Never  bool     `json:"never,omitempty"` // not to be asked for any more
}

func (*chunksSeen) kind() string   { return "chunks.seen" }
func (*chunksAsked) kind() string  { return "chunks.asked" }
func (*chunksMissed) kind() string { return "chunks.missed" }

// budget is what is known of chunks, and what was asked for.
type budget struct {
	pool   map[uint64][]wire.ChunkID // by page that names them
	missed map[wire.ChunkID]int
	from   int64 // when the newest interval began whose pieces were asked for
	day    int64 // on which they were
	today  int   // pieces asked for on that day
}

func newBudget() budget {
	return budget{pool: map[uint64][]wire.ChunkID{}, missed: map[wire.ChunkID]int{}}
}

func (e *chunksSeen) apply(s *state, _ int64) error {
	if s.newsroom == nil {
		return errors.New("no newsroom is known")
	}
	ids := make([]wire.ChunkID, len(e.Chunks))
	for i, c := range e.Chunks {
		ids[i] = wire.ChunkID(c)
	}
	s.budget.pool[e.Page] = ids
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

func (e *chunksMissed) apply(s *state, _ int64) error {
	for _, c := range e.Chunks {
		s.budget.missed[wire.ChunkID(c)]++
		if e.Never {
			s.budget.missed[wire.ChunkID(c)] = maxMissed
		}
	}
	return nil
}

// noteChunks remembers some of the chunks that a page names, for the rest.
func (f *found) noteChunks(page uint64, all []wire.ChunkID) {
	if len(all) == 0 {
		return
	}
	some := slices.Clone(all)
	shuffle(some)
	e := &chunksSeen{Page: page}
	for _, id := range some[:min(len(some), sampled)] {
		e.Chunks = append(e.Chunks, hash32(id))
	}
	f.add(e)
}

// shuffle puts a list into an order that nobody can foretell.
func shuffle[T any](list []T) {
	for i := len(list) - 1; i > 0; i-- {
		var b [8]byte
		rand.Read(b[:])
		k := binary.BigEndian.Uint64(b[:]) % uint64(i+1)
		list[i], list[k] = list[k], list[i]
	}
}

// share is how many pieces the look of an interval fetches. Over a day they add up to the
// budget, whatever the interval.
func (d *Desk) share(interval int64) int {
	every := d.s.newsroom.Roster().Schedule.Interval(wire.Letters)
	upTo := func(i int64) int64 { return i * every * int64(d.fetch) / daySeconds }
	return int(upTo(interval+1) - upTo(interval))
}

// fetching is what one look fetches. It is chosen before the first call of a round, so that
// no pause between two calls tells how long the choice took.
type fetching struct {
	from   int64 // the interval
	ids    []wire.ChunkID
	needed map[wire.ChunkID]bool
}

// chooseChunks chooses the pieces of this interval, once, when the moment of its look has
// come. There are none only where the pages that the drop keeps name none, or this desk
// wants none: both have nothing to do with what it needs.
func (d *Desk) chooseChunks() *fetching {
	every := d.s.newsroom.Roster().Schedule.Interval(wire.Letters)
	interval := d.unix() / every
	f := &fetching{from: interval * every, needed: map[wire.ChunkID]bool{}}
	pool := d.pool()
	n := d.share(interval)
	if d.s.budget.from >= f.from || d.lookDue(interval).After(d.now()) || len(pool) == 0 {
		return f
	}
	for _, id := range d.neededChunks() {
		if len(f.ids) < n {
			f.needed[id] = true
			f.ids = append(f.ids, id)
		}
	}
	for round := 0; len(f.ids) < n; round++ { // more than once where the drop has few
		shuffle(pool)
		for _, id := range pool {
			if len(f.ids) < n && (round > 0 || !f.needed[id]) {
				f.ids = append(f.ids, id)
			}
		}
	}
	shuffle(f.ids)
	return f
}

// pool lists the chunks that are known to be at the drop.
func (d *Desk) pool() []wire.ChunkID {
	var ids []wire.ChunkID
	for _, of := range d.s.budget.pool {
		ids = append(ids, of...)
	}
	slices.SortFunc(ids, func(a, b wire.ChunkID) int { return slices.Compare(a[:], b[:]) })
	return slices.Compact(ids)
}

// neededChunks lists the pieces that are missing here: of letters that somebody read first,
// then as the letters came; those that the drop did not have when asked come last.
func (d *Desk) neededChunks() []wire.ChunkID {
	var read, unread []wire.ChunkID
	room := maxUnread
	for _, id := range d.s.order {
		l := d.s.letters[id]
		if l.Parcel == nil {
			continue
		}
		p, err := d.indexed(l)
		if err != nil {
			continue
		}
		if !l.read {
			room -= p.Chunks()
		}
		switch {
		case l.files != nil || d.expired(l):
		case l.read:
			read = append(read, d.lackingOf(p)...)
		case room >= 0:
			unread = append(unread, d.lackingOf(p)...)
		}
	}
	all := append(read, unread...)
	slices.SortStableFunc(all, func(a, b wire.ChunkID) int {
		return cmp.Compare(d.s.budget.missed[a], d.s.budget.missed[b])
	})
	return all
}

// expired reports whether the drop has deleted the page of a letter, and its chunks.
func (d *Desk) expired(l *keptLetter) bool {
	return l.Page+d.s.newsroom.Roster().Schedule.Kept(wire.Letters) < d.s.position(wire.Letters).size
}

// indexed is a letter's manifest, with the ids of the index chunk where that is here.
func (d *Desk) indexed(l *keptLetter) (*letter.Parcel, error) {
	p, err := letter.ParseParcel(l.Parcel)
	if err != nil || !p.Indexed() || l.files != nil {
		return p, err
	}
	if object, ok := d.s.chunks[p.Index]; ok {
		ct, err := d.v.Object(object, wire.ChunkSize)
		return p, errors.Join(err, p.LoadIndex(ct))
	}
	return p, nil
}

// lackingOf lists the pieces of a parcel that are not here and may still come.
func (d *Desk) lackingOf(p *letter.Parcel) []wire.ChunkID {
	return slices.DeleteFunc(p.Needed(), func(id wire.ChunkID) bool {
		_, here := d.s.chunks[id]
		return here || d.s.budget.missed[id] >= maxMissed
	})
}

// fetchChunks asks for the pieces. All are sealed into the vault as they come, so that what
// is done between two calls is the same for each; only the needed ones are kept.
func (d *Desk) fetchChunks(ctx context.Context, to drop.Drop, c *fetching) error {
	if len(c.ids) == 0 {
		return nil
	}
	if err := d.commit(&chunksAsked{From: c.from, Pieces: len(c.ids)}); err != nil {
		return err
	}
	f, missed := &found{d: d}, &chunksMissed{}
	var keep []vault.Name
	var broke error
	for _, id := range c.ids {
		object, err := d.askChunk(ctx, to, id)
		absent := errors.Is(err, fs.ErrNotExist) || errors.Is(err, letter.ErrDamaged)
		switch {
		case absent && c.needed[id]:
			missed.Chunks = append(missed.Chunks, hash32(id))
		case err == nil && c.needed[id]:
			keep = append(keep, object)
			f.add(&chunkKept{Chunk: hash32(id), Object: object})
		case err == nil:
			f.forget(object)
		}
		delete(c.needed, id) // if it is asked for again, then to fill up
		if err != nil && !absent {
			broke = err
			break
		}
	}
	if len(missed.Chunks) > 0 {
		f.add(missed)
	}
	return errors.Join(broke, d.keepChunks(f, keep))
}

// keepChunks makes what was needed last, and forgets the rest.
func (d *Desk) keepChunks(f *found, keep []vault.Name) error {
	rest := f.done
	f.done = nil
	return errors.Join(d.v.Forget(rest...), d.v.Keep(keep...), f.commit())
}

// openParcels opens the attachments whose pieces are all here. It is done after all calls,
// like the opening of letters.
func (d *Desk) openParcels(ctx context.Context) error {
	var errs []error
	for _, id := range d.s.order {
		l := d.s.letters[id]
		if l.Parcel == nil || l.files != nil {
			continue
		}
		here, all, err := d.Pieces(id)
		if err != nil || here < all {
			continue
		}
		errs = append(errs, d.openParcel(ctx, id))
	}
	return errors.Join(errs...)
}

// openParcel opens one. Its pieces are those that the letter names: if they do not open they
// never will, and are not asked for any more.
func (d *Desk) openParcel(ctx context.Context, id LetterID) error {
	_, p, err := d.parcel(id)
	if err != nil {
		return err
	}
	err = d.extract(ctx, id, d.kept)
	if !errors.Is(err, letter.ErrDamaged) {
		return err
	}
	never := &chunksMissed{Never: true}
	for _, c := range p.Needed() {
		never.Chunks = append(never.Chunks, hash32(c))
	}
	return d.commit(never)
}

// kept returns a piece from the vault.
func (d *Desk) kept(id wire.ChunkID) ([]byte, error) {
	object, ok := d.s.chunks[id]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return d.v.Object(object, wire.ChunkSize)
}

// Pieces tells how many pieces of a letter's attachments are here, of how many; both are 0
// for one without.
func (d *Desk) Pieces(id LetterID) (here, all int, err error) {
	l := d.s.letters[id]
	if l == nil {
		return 0, 0, ErrNoLetter
	}
	if l.Parcel == nil {
		return 0, 0, nil
	}
	p, err := d.indexed(l)
	if err != nil {
		return 0, 0, err
	}
	if all = p.Chunks(); p.Indexed() {
		all++
	}
	if l.files != nil {
		return all, all, nil
	}
	for _, c := range p.Needed() {
		if _, ok := d.s.chunks[c]; ok {
			here++
		}
	}
	return here, all, nil
}

// PiecesInfo is how the fetching of attachments stands.
type PiecesInfo struct {
	Missing int `json:"missing"` // of letters that this desk opened, and still to be had
	Today   int `json:"today"`   // asked for today, needed or not
}

func (d *Desk) piecesStatus() PiecesInfo {
	p := PiecesInfo{Missing: len(d.neededChunks())}
	if d.s.budget.day == dayOf(d.unix()) {
		p.Today = d.s.budget.today
	}
	return p
}
