// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"context"
	"errors"
	"io/fs"
	"slices"

	"tamizdat/desk/vault"
	"tamizdat/letter"
	"tamizdat/letter/wire"
)

// Which pieces stay, of those that came. Nothing here may decide what is asked for.

// wordsWithheld is M-22 before somebody saves.
const wordsWithheld = "the drop does not have pieces of attachments that its own pages name"

// settleChunks writes down what a look fetched, after its last call. What nobody is known
// to need stays for some time, if it came for the first time: its letter, or the list of
// its parcel's pieces, may come later.
func (d *Desk) settleChunks(c *fetching) error {
	if c.tried == 0 {
		return nil
	}
	f, wanted := &found{d: d}, d.wanted()
	var keep []vault.Name
	fresh := map[wire.ChunkID]bool{}
	for _, p := range c.came {
		_, here := d.s.chunks[p.id]
		if here || fresh[p.id] || !p.first && !wanted[p.id] {
			f.forget(p.object)
			continue
		}
		fresh[p.id] = true
		keep = append(keep, p.object)
		f.add(&chunkKept{Chunk: hash32(p.id), Object: p.object})
	}
	f.add(c.progress())
	f.miss(c.lost, wanted)
	rest := f.done
	f.done = nil
	return errors.Join(d.v.Forget(rest...), d.v.Keep(keep...), f.commit())
}

// progress is how far a look came in each page.
func (c *fetching) progress() *chunksTried {
	e := &chunksTried{}
	for _, a := range c.asks[:c.tried] {
		i := slices.IndexFunc(e.Pages, func(p pageTried) bool { return p.Page == a.page })
		if i < 0 {
			i, e.Pages = len(e.Pages), append(e.Pages, pageTried{Page: a.page})
		}
		e.Pages[i].Pieces++
	}
	return e
}

// miss counts the looks in which the drop did not have what letters need. Its own page
// names it, so no stranger can raise this alarm.
func (f *found) miss(lost []ask, wanted map[wire.ChunkID]bool) {
	e, seen, gone := &chunksMissed{}, map[wire.ChunkID]bool{}, 0
	for _, a := range lost {
		if !wanted[a.id] || seen[a.id] {
			continue
		}
		seen[a.id] = true
		e.Chunks = append(e.Chunks, hash32(a.id))
		if f.d.s.budget.missed[a.id]+1 == maxMissed {
			gone++
		}
	}
	if len(e.Chunks) > 0 {
		f.add(e)
	}
	if gone > 0 {
		f.alarm("M-22", wordsWithheld, f.d.today())
	}
}

// trimHeld forgets the oldest of what nobody is known to need: as much stays as is fetched
// in a day.
func (d *Desk) trimHeld() error {
	wanted := d.wanted()
	held := slices.DeleteFunc(slices.Clone(d.s.budget.came), func(id wire.ChunkID) bool { return wanted[id] })
	f, gone := &found{d: d}, &chunksGone{}
	for _, id := range held[:max(0, len(held)-d.fetch)] {
		gone.Chunks = append(gone.Chunks, hash32(id))
		f.forget(d.s.chunks[id])
	}
	if len(gone.Chunks) > 0 {
		f.add(gone)
	}
	return f.commit()
}

// wanted are the pieces of letters whose attachments are not whole yet, here or not. Of
// letters that nobody read there is room for some.
func (d *Desk) wanted() map[wire.ChunkID]bool {
	ids, room := map[wire.ChunkID]bool{}, maxUnread
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
		if l.files != nil || d.expired(l) || !l.read && room < 0 {
			continue
		}
		for _, c := range p.Needed() {
			if !d.s.budget.never[c] {
				ids[c] = true
			}
		}
	}
	return ids
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

// PiecesInfo is how the fetching of attachments stands, by pieces.
type PiecesInfo struct {
	Missing int `json:"missing"` // of letters that this desk opened, and still to come
	// Lost do not come by themselves, as far as anybody knows: the drop did not have them
	// when asked, deleted them, or never named them, or they do not open.
	Lost  int `json:"lost"`
	Today int `json:"today"` // asked for today, needed or not
}

func (d *Desk) piecesStatus() PiecesInfo {
	var p PiecesInfo
	if d.s.budget.day == dayOf(d.unix()) {
		p.Today = d.s.budget.today
	}
	coming := map[wire.ChunkID]bool{}
	for _, page := range d.keptPages() {
		for _, id := range d.s.budget.pool[page].ids {
			coming[id] = d.s.budget.missed[id] < maxMissed && !d.s.budget.never[id]
		}
	}
	for _, id := range d.notHere() {
		if coming[id] {
			p.Missing++
		} else {
			p.Lost++
		}
	}
	return p
}

// notHere lists the pieces of attachments that are not whole, without those that are here
// and may open.
func (d *Desk) notHere() []wire.ChunkID {
	var ids []wire.ChunkID
	for _, id := range d.s.order {
		l := d.s.letters[id]
		if l.Parcel == nil || l.files != nil {
			continue
		}
		p, err := d.indexed(l)
		if err != nil {
			continue
		}
		for _, c := range p.Needed() {
			if _, here := d.s.chunks[c]; !here {
				ids = append(ids, c)
			}
		}
	}
	return ids
}
