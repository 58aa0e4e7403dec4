// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"context"
	"errors"
	"io"
	"runtime"
	"sync"

	"tamizdat/letter/wire"
)

// ParcelSealer encrypts the files of one letter under one fresh key. Give it up
// with the attempt to send: its chunks are then of no use to anybody. Within the
// attempt it can be asked for the same chunks again. Not for concurrent use.
type ParcelSealer struct {
	redacted
	key    *[32]byte
	files  []File
	chunks int            // of the stream
	ids    []wire.ChunkID // sealed so far, in order
	index  wire.ChunkID
}

// NewParcel draws the key for a parcel of these files, whose lengths must be
// exact. Errors wrap [ErrFiles].
func NewParcel(files []FileInfo) (*ParcelSealer, error) {
	chunks, err := checkFiles(files)
	if err != nil {
		return nil, err
	}
	p := &ParcelSealer{key: new([32]byte), files: append([]File(nil), files...), chunks: chunks}
	copy(p.key[:], randomBytes(len(p.key)))
	return p, nil
}

// Chunks is the number of chunks to upload, an index chunk among them. More
// than the roster's number for everybody needs a permit.
func (p *ParcelSealer) Chunks() int {
	if p.indexed() {
		return p.chunks + 1
	}
	return p.chunks
}

func (p *ParcelSealer) indexed() bool { return p.chunks > directChunks }

// Manifest is what goes into the letter, once all chunks are sealed.
func (p *ParcelSealer) Manifest() (*Parcel, error) {
	m := &Parcel{Files: append([]File(nil), p.files...), key: p.key, chunks: p.chunks}
	switch {
	case len(p.ids) < p.chunks, p.indexed() && p.index == (wire.ChunkID{}):
		return nil, errors.New("letter: not all of the parcel is sealed yet")
	case p.indexed():
		m.Index = p.index
	}
	m.IDs = append([]wire.ChunkID(nil), p.ids...)
	return m, nil
}

// SealAll reads the files once, in order, and hands each chunk to emit, in
// order, i from 0 to Chunks()-1. It encrypts on all cores with a few chunks in
// memory, however long the files are. emit owns ct only until it returns.
//
// When anything fails SealAll returns that error, and may be called again with
// the same files: every chunk then comes with the same bytes, so that emit can
// skip what the drop has. Bytes that differ from those sealed before are never
// handed out, because their nonce is spent: the error is [ErrFileChanged].
func (p *ParcelSealer) SealAll(ctx context.Context, open func(file int) (io.ReadCloser, error), emit func(i int, id wire.ChunkID, ct []byte) error) error {
	stream := &fileStream{files: p.files, open: open}
	defer stream.close()
	pipe := newChunkPipe(newChunkCipher(p.key), p.chunks)
	err := pipe.run(ctx, stream.fill, func(i int, id wire.ChunkID, ct []byte) error {
		if err := p.remember(i, id); err != nil {
			return err
		}
		return emit(i, id, ct)
	})
	if err != nil || !p.indexed() {
		return err
	}
	return p.sealIndex(ctx, emit)
}

// remember notes the id of chunk i before its bytes leave.
func (p *ParcelSealer) remember(i int, id wire.ChunkID) error {
	if i == len(p.ids) {
		p.ids = append(p.ids, id)
		return nil
	}
	if p.ids[i] != id {
		return ErrFileChanged
	}
	return nil
}

func (p *ParcelSealer) sealIndex(ctx context.Context, emit func(int, wire.ChunkID, []byte) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	chunk := make([]byte, wire.ChunkSize)
	at := chunk[commitSize:]
	for _, id := range p.ids {
		at = at[copy(at, id[:]):]
	}
	p.index = newChunkCipher(p.key).seal(indexChunk, true, chunk)
	return emit(p.chunks, p.index, chunk)
}

// chunkPipe encrypts chunks on all cores and hands them on in order. Each of
// its few buffers goes round: filled by the reader, sealed by a worker, emitted.
type chunkPipe struct {
	cipher *chunkCipher
	n      int
	free   chan []byte
	work   chan *chunkJob
	order  chan *chunkJob
	broken error // the reader's; read after order is closed
}

type chunkJob struct {
	i    int
	buf  []byte
	id   wire.ChunkID
	done chan struct{}
}

func newChunkPipe(c *chunkCipher, n int) *chunkPipe {
	depth := min(n, 2*runtime.GOMAXPROCS(0)+1)
	p := &chunkPipe{
		cipher: c, n: n,
		free: make(chan []byte, depth), work: make(chan *chunkJob, depth), order: make(chan *chunkJob, depth),
	}
	for range depth {
		p.free <- make([]byte, wire.ChunkSize)
	}
	return p
}

// run returns when all its goroutines have ended.
func (p *chunkPipe) run(ctx context.Context, fill func([]byte) error, emit func(int, wire.ChunkID, []byte) error) error {
	ctx, stop := context.WithCancel(ctx)
	var all sync.WaitGroup
	all.Go(func() { p.read(ctx, fill) })
	for range min(p.n, runtime.GOMAXPROCS(0)) {
		all.Go(p.seal)
	}
	err := p.emit(ctx, emit)
	stop()
	all.Wait()
	if err == nil {
		err = p.broken
	}
	return err
}

func (p *chunkPipe) read(ctx context.Context, fill func([]byte) error) {
	defer close(p.order)
	defer close(p.work)
	for i := range p.n {
		var buf []byte
		select {
		case buf = <-p.free:
		case <-ctx.Done():
			p.broken = ctx.Err()
			return
		}
		if p.broken = fill(buf[commitSize : commitSize+chunkRoom]); p.broken != nil {
			return
		}
		job := &chunkJob{i: i, buf: buf, done: make(chan struct{})}
		p.work <- job // both hold as many jobs as there are buffers:
		p.order <- job
	}
}

func (p *chunkPipe) seal() {
	for job := range p.work {
		job.id = p.cipher.seal(uint32(job.i), job.i == p.n-1, job.buf)
		close(job.done)
	}
}

func (p *chunkPipe) emit(ctx context.Context, emit func(int, wire.ChunkID, []byte) error) error {
	for job := range p.order {
		<-job.done
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := emit(job.i, job.id, job.buf); err != nil {
			return err
		}
		p.free <- job.buf
	}
	return nil
}
