// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"tamizdat/letter/wire"
)

// OpenChunk checks chunk i of the stream against its id and opens it. The result
// is that chunk's part of the stream. The error is [ErrDamaged].
func (p *Parcel) OpenChunk(i int, ct []byte) ([]byte, error) {
	if i < 0 || i >= len(p.IDs) || wire.ChunkIDOf(ct) != p.IDs[i] {
		return nil, ErrDamaged
	}
	return newChunkCipher(p.key).open(uint32(i), i == p.chunks-1, ct)
}

// LoadIndex takes the ids out of the index chunk. The error is [ErrDamaged].
func (p *Parcel) LoadIndex(ct []byte) error {
	if !p.Indexed() || wire.ChunkIDOf(ct) != p.Index {
		return ErrDamaged
	}
	list, err := newChunkCipher(p.key).open(indexChunk, true, ct)
	if err != nil {
		return err
	}
	end := p.chunks * len(wire.ChunkID{})
	if !allZero(list[end:]) || p.setIDs(list[:end]) != nil {
		return ErrDamaged
	}
	return nil
}

// Extract fetches all chunks and writes the files out. get reports a chunk that
// is not there with an error that matches [fs.ErrNotExist]. file opens the i-th
// file for writing; each is closed before the next is opened.
//
// Write aside, and move the files to their place only when Extract has returned
// nil: until then none of them is known to be whole. A chunk damaged, cut or out
// of order gives [ErrDamaged], missing ones [*MissingError]; other errors of get
// and file are returned wrapped.
func (p *Parcel) Extract(ctx context.Context, get func(id wire.ChunkID) ([]byte, error), file func(i int) (io.WriteCloser, error)) error {
	if p.Indexed() && p.IDs == nil {
		if err := p.fetchIndex(get); err != nil {
			return err
		}
	}
	out := &fileSplitter{files: p.Files, create: file}
	err := p.extractChunks(ctx, get, out)
	if closing := out.close(); err == nil {
		err = closing
	}
	return err
}

func (p *Parcel) fetchIndex(get func(wire.ChunkID) ([]byte, error)) error {
	ct, err := get(p.Index)
	if errors.Is(err, fs.ErrNotExist) {
		return &MissingError{Missing: 1, Total: p.chunks + 1}
	}
	if err != nil {
		return fmt.Errorf("letter: fetching a piece of the attachment: %w", err)
	}
	return p.LoadIndex(ct)
}

func (p *Parcel) extractChunks(ctx context.Context, get func(wire.ChunkID) ([]byte, error), out *fileSplitter) error {
	missing := 0
	for i, id := range p.IDs {
		if err := ctx.Err(); err != nil {
			return err
		}
		ct, err := get(id)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			missing++
			continue
		case err != nil:
			return fmt.Errorf("letter: fetching a piece of the attachment: %w", err)
		case missing > 0:
			continue // only counting now
		}
		part, err := p.OpenChunk(i, ct)
		if err != nil {
			return err
		}
		if err := out.write(part); err != nil {
			return err
		}
	}
	if missing > 0 {
		return &MissingError{Missing: missing, Total: len(p.Needed())}
	}
	return out.finish()
}

// fileSplitter cuts the stream into files again.
type fileSplitter struct {
	files  []File
	create func(i int) (io.WriteCloser, error)

	at      int
	left    int64
	current io.WriteCloser
}

// write takes the next part of the stream. After the last file it must be zero.
func (s *fileSplitter) write(part []byte) error {
	for s.at < len(s.files) {
		if err := s.begin(); err != nil {
			return err
		}
		n := min(int64(len(part)), s.left)
		if _, err := s.current.Write(part[:n]); err != nil {
			return fmt.Errorf("letter: writing attachment %d: %w", s.at+1, err)
		}
		part, s.left = part[n:], s.left-n
		if s.left > 0 {
			return nil
		}
		if err := s.next(); err != nil {
			return err
		}
	}
	if !allZero(part) {
		return ErrDamaged
	}
	return nil
}

func (s *fileSplitter) begin() error {
	if s.current != nil {
		return nil
	}
	w, err := s.create(s.at)
	if err != nil {
		return fmt.Errorf("letter: creating attachment %d: %w", s.at+1, err)
	}
	s.current, s.left = w, s.files[s.at].Length
	return nil
}

func (s *fileSplitter) next() error {
	err := s.close()
	s.at++
	return err
}

// finish makes sure that every file got all its bytes.
func (s *fileSplitter) finish() error {
	if s.at < len(s.files) {
		return ErrDamaged
	}
	return nil
}

func (s *fileSplitter) close() error {
	if s.current == nil {
		return nil
	}
	err := s.current.Close()
	s.current = nil
	if err != nil {
		return fmt.Errorf("letter: closing attachment %d: %w", s.at+1, err)
	}
	return nil
}
