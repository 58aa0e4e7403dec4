// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"context"
	"crypto/sha256"
	"errors"
	"hash"
	"io"
	"io/fs"

	"tamizdat/desk/vault"
	"tamizdat/drop"
	"tamizdat/letter"
	"tamizdat/letter/wire"
)

// Fetch brings what is missing of a letter's attachments from the drop at once, and keeps
// them as they came. A desk that runs fetches them by and by, among others that it does not
// need; here the drop learns that some desk wants just these pieces now. progress is
// called with the number of pieces fetched and of all.
//
// Pieces that were fetched stay when it fails, so that another try goes on.
// The errors of a hostile drop are letter.ErrDamaged and letter.MissingError,
// in the words of spec/misbehaviour.md.
func (d *Desk) Fetch(ctx context.Context, id LetterID, progress func(done, all int)) error {
	l, parcel, err := d.parcel(id)
	if err != nil || l.files != nil {
		return err
	}
	n, err := d.member()
	if err != nil {
		return err
	}
	to, done, err := d.reach(n)
	if err != nil {
		return err
	}
	defer done()
	got := 0
	return d.extract(ctx, id, func(c wire.ChunkID) ([]byte, error) {
		chunk, err := d.chunk(ctx, to, c)
		if err == nil {
			got++
			progress(got, parcel.Chunks())
		}
		return chunk, err
	})
}

// extract opens the attachments of a letter, of pieces that get returns.
func (d *Desk) extract(ctx context.Context, id LetterID, get func(wire.ChunkID) ([]byte, error)) error {
	_, parcel, err := d.parcel(id)
	if err != nil {
		return err
	}
	out := &filesIn{d: d}
	if err := parcel.Extract(ctx, get, out.create); err != nil {
		return errors.Join(plain(err), out.abort(), d.dropBadChunks(err, parcel))
	}
	return d.keepFiles(id, parcel, out)
}

// plain is err in the words of spec/misbehaviour.md and no others, where it is
// one of its rows.
func plain(err error) error {
	if errors.Is(err, letter.ErrDamaged) {
		return letter.ErrDamaged
	}
	if missing, ok := errors.AsType[*letter.MissingError](err); ok {
		return missing
	}
	return err
}

// parcel returns a letter with its manifest.
func (d *Desk) parcel(id LetterID) (*keptLetter, *letter.Parcel, error) {
	l := d.s.letters[id]
	switch {
	case l == nil:
		return nil, nil, ErrNoLetter
	case l.Parcel == nil:
		return nil, nil, errors.New("this letter has no attachments")
	}
	p, err := letter.ParseParcel(l.Parcel)
	return l, p, err
}

// chunk returns a chunk's ciphertext from the vault, or from the drop by way
// of the vault. fs.ErrNotExist means that the drop does not have it.
func (d *Desk) chunk(ctx context.Context, to drop.Drop, id wire.ChunkID) ([]byte, error) {
	if _, ok := d.s.chunks[id]; !ok {
		object, err := d.askChunk(ctx, to, id)
		if err != nil {
			return nil, err
		}
		if err := d.v.Keep(object); err != nil {
			return nil, err
		}
		if err := d.commit(&chunkKept{Chunk: hash32(id), Object: object}); err != nil {
			return nil, err
		}
	}
	return d.kept(id)
}

// askChunk brings a chunk from the drop into an object that is still to be kept.
func (d *Desk) askChunk(ctx context.Context, to drop.Drop, id wire.ChunkID) (vault.Name, error) {
	nonce, err := to.Nonce(ctx)
	if err != nil {
		return vault.Name{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, d.stepLimit)
	defer cancel()
	ct, err := to.Chunk(ctx, d.seed.SignChunk(wire.ChunkRequest{Newsroom: d.s.newsroom.Key(), ID: id, Nonce: nonce}))
	switch {
	case errors.Is(err, drop.ErrAbsent):
		return vault.Name{}, fs.ErrNotExist
	case err != nil:
		return vault.Name{}, err
	case wire.ChunkIDOf(ct) != id:
		return vault.Name{}, letter.ErrDamaged
	}
	return d.v.PutObject(ct)
}

// keepFiles makes the extracted files last and lets go of the chunks.
func (d *Desk) keepFiles(id LetterID, parcel *letter.Parcel, out *filesIn) error {
	names := make([]vault.Name, len(out.files))
	for i, f := range out.files {
		names[i] = f.Object
	}
	if err := d.v.Keep(names...); err != nil {
		return err
	}
	f := &found{d: d}
	f.add(&filesKept{ID: id, Files: out.files})
	f.dropChunks(parcel)
	return f.commit()
}

func (f *found) dropChunks(parcel *letter.Parcel) {
	gone := &chunksGone{}
	for _, c := range parcel.Needed() {
		if object, ok := f.d.s.chunks[c]; ok {
			gone.Chunks = append(gone.Chunks, hash32(c))
			f.forget(object)
		}
	}
	if len(gone.Chunks) > 0 {
		f.add(gone)
	}
}

// dropBadChunks forgets the chunks of a parcel that is damaged in itself: they
// are what the letter names, and they will never open.
func (d *Desk) dropBadChunks(err error, parcel *letter.Parcel) error {
	if !errors.Is(err, letter.ErrDamaged) {
		return nil
	}
	f := &found{d: d}
	f.dropChunks(parcel)
	return f.commit()
}

// filesIn seals extracted files into the vault, one after another.
type filesIn struct {
	d     *Desk
	files []storedFile
	open  *fileIn
}

type fileIn struct {
	out  *filesIn
	w    *vault.ObjectWriter
	hash hash.Hash
	n    int64
}

func (o *filesIn) create(int) (io.WriteCloser, error) {
	w, err := o.d.v.NewObject()
	o.open = &fileIn{out: o, w: w, hash: sha256.New()}
	return o.open, err
}

// Write implements [io.Writer].
func (f *fileIn) Write(b []byte) (int, error) {
	n, err := f.w.Write(b)
	f.hash.Write(b[:n])
	f.n += int64(n)
	return n, err
}

// Close implements [io.Closer].
func (f *fileIn) Close() error {
	f.out.open = nil
	name, err := f.w.Seal()
	f.out.files = append(f.out.files, storedFile{Object: name, Length: f.n, SHA256: hash32(f.hash.Sum(nil))})
	return err
}

// abort deletes what was written of a parcel that did not open whole.
func (o *filesIn) abort() error {
	var names []vault.Name
	for _, f := range o.files {
		names = append(names, f.Object)
	}
	if o.open != nil {
		return errors.Join(o.open.w.Abort(), o.d.v.Forget(names...))
	}
	return o.d.v.Forget(names...)
}
