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
// order, i from 0 to Chunks()-1. It encrypts on all cores with a few chunks a core
// in memory, however long the files are.
//
// Both functions run on other goroutines. No two calls of open, nor reads and closes
// of what it gave, overlap; no two calls of emit overlap; each call happens before the
// next of its kind. But files are opened and read while emit runs: what the two share
// needs a lock. emit may use ct only until it returns. When SealAll returns no call is
// under way any more.
//
// When anything fails SealAll returns that error, and may be called again with
// the same files: every chunk then comes with the same bytes, so that emit can
// skip what the drop has. Bytes that differ from those sealed before are never
// handed out, because their nonce is spent: the error is [ErrFileChanged].
func (p *ParcelSealer) SealAll(ctx context.Context, open func(file int) (io.ReadCloser, error), emit func(i int, id wire.ChunkID, ct []byte) error) error {
	stream := &fileStream{files: p.files, open: open}
	defer stream.close()
	pipe := &chunkPipe{cipher: newChunkCipher(p.key), n: p.chunks, fill: stream.fill}
	pipe.emit = func(i int, id wire.ChunkID, ct []byte) error {
		if err := p.remember(i, id); err != nil {
			return err
		}
		return emit(i, id, ct)
	}
	err := pipe.run(ctx)
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

// maxAhead is how many chunks a pipe holds in memory for each worker. A worker whose core
// another program takes away is waited for when its chunk's turn comes; until then the
// others go on with chunks after it.
const maxAhead = 4

// chunkPipe encrypts chunks on all cores: it reads them one at a time, in order, seals
// them side by side, and emits them one at a time, in order. Each stays in the buffer it
// was read into, and the buffer used last is taken first, so that it stays in a core's
// cache.
type chunkPipe struct {
	cipher *chunkCipher
	n      int
	fill   func([]byte) error
	emit   func(i int, id wire.ChunkID, ct []byte) error

	reading sync.Mutex
	next    int // chunk to read; under reading

	mu       sync.Mutex
	changed  *sync.Cond // a buffer is free, or it is over
	free     [][]byte
	buffers  int // that may still be made
	sealed   map[int]sealedChunk
	due      int // chunk to emit
	emitting bool
	over     bool
	err      error
}

// sealedChunk waits for its turn, or says why there is none.
type sealedChunk struct {
	id  wire.ChunkID
	buf []byte
	err error
}

// run returns when all its goroutines have ended, with the first error in the
// order of chunks.
func (p *chunkPipe) run(ctx context.Context) error {
	workers := min(p.n, runtime.GOMAXPROCS(0))
	p.changed = sync.NewCond(&p.mu)
	p.buffers, p.sealed = maxAhead*workers, make(map[int]sealedChunk)
	var all sync.WaitGroup
	for range workers {
		all.Go(func() { p.work(ctx) })
	}
	all.Wait()
	return p.err
}

func (p *chunkPipe) work(ctx context.Context) {
	for buf := p.take(); buf != nil; buf = p.take() {
		i, err := p.read(ctx, buf)
		if i == p.n {
			return
		}
		c := sealedChunk{buf: buf, err: err}
		if err == nil {
			c.id = p.cipher.seal(uint32(i), i == p.n-1, buf)
		}
		p.give(i, c)
	}
}

// take waits for a buffer; nil when it is over. Buffers are taken before chunks: whoever
// has the chunk that is due has all it needs to seal it.
func (p *chunkPipe) take() []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.free) == 0 && p.buffers == 0 && !p.over {
		p.changed.Wait()
	}
	if p.over {
		return nil
	}
	if last := len(p.free) - 1; last >= 0 {
		buf := p.free[last]
		p.free = p.free[:last]
		return buf
	}
	p.buffers--
	return make([]byte, wire.ChunkSize)
}

// read fills buf with the next chunk's part of the stream.
func (p *chunkPipe) read(ctx context.Context, buf []byte) (i int, err error) {
	p.reading.Lock()
	defer p.reading.Unlock()
	if i = p.next; i == p.n {
		return i, nil
	}
	p.next++
	if err = ctx.Err(); err == nil {
		err = p.fill(buf[commitSize : commitSize+chunkRoom])
	}
	if err != nil {
		p.next = p.n // nobody reads on after a failure
	}
	return i, err
}

// give hands in chunk i, and emits all whose turn has come, unless somebody is about it.
func (p *chunkPipe) give(i int, c sealedChunk) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sealed[i] = c
	if p.emitting {
		return
	}
	p.emitting = true
	for c, ready := p.sealed[p.due]; ready && !p.over; c, ready = p.sealed[p.due] {
		p.emitNext(c)
	}
	p.emitting = false
}

// emitNext emits the chunk that is due, without holding the others up meanwhile.
func (p *chunkPipe) emitNext(c sealedChunk) {
	delete(p.sealed, p.due)
	err := c.err
	if err == nil {
		p.mu.Unlock()
		err = p.emit(p.due, c.id, c.buf) // only the one who emits changes due
		p.mu.Lock()
	}
	p.due++
	p.free = append(p.free, c.buf)
	if p.err = err; err != nil || p.due == p.n {
		p.over = true
	}
	p.changed.Broadcast()
}
