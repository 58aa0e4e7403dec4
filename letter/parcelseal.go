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
// memory, however long the files are. open and emit are called one at a time,
// though on other goroutines; emit owns ct only until it returns.
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

// chunkPipe encrypts chunks on all cores. Each worker fills, seals and emits in
// its own buffer, so that a chunk stays in one core's cache; two gates let them
// read and emit one at a time, in order. A worker whose core is wanted by another
// program holds the others up: on a busy machine this is no faster than one core.
type chunkPipe struct {
	cipher *chunkCipher
	n      int
	fill   func([]byte) error
	emit   func(i int, id wire.ChunkID, ct []byte) error

	reading  sync.Mutex
	next     int // chunk to read; under reading
	emitting *turns
}

// run returns when all its goroutines have ended, with the first error in the
// order of chunks.
func (p *chunkPipe) run(ctx context.Context) error {
	p.emitting = newTurns()
	var all sync.WaitGroup
	for range min(p.n, runtime.GOMAXPROCS(0)) {
		all.Go(func() { p.work(ctx) })
	}
	all.Wait()
	return p.emitting.err
}

func (p *chunkPipe) work(ctx context.Context) {
	buf := make([]byte, wire.ChunkSize)
	for {
		i, err := p.read(ctx, buf)
		if i == p.n {
			return
		}
		var id wire.ChunkID
		if err == nil {
			id = p.cipher.seal(uint32(i), i == p.n-1, buf)
		}
		if !p.emitting.take(i, func() error {
			if err != nil {
				return err
			}
			return p.emit(i, id, buf)
		}) {
			return
		}
	}
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

// turns runs functions one at a time in the order of their numbers, until one
// of them fails.
type turns struct {
	mu   sync.Mutex
	cond *sync.Cond
	now  int
	err  error
}

func newTurns() *turns {
	t := &turns{}
	t.cond = sync.NewCond(&t.mu)
	return t
}

// take waits for turn i and calls f. It reports false, without calling f, once
// an earlier turn has failed, and when f fails.
func (t *turns) take(i int, f func() error) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	for t.now != i && t.err == nil {
		t.cond.Wait()
	}
	if t.err == nil {
		t.err = f()
		t.now++
	}
	t.cond.Broadcast()
	return t.err == nil
}
