// SPDX-License-Identifier: Apache-2.0

package memory

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"sync"

	"tamizdat/drop/server"
)

// Blobs is a server.Blobs in memory.
type Blobs struct {
	mu    sync.Mutex
	blobs map[string][]byte
}

var _ server.Blobs = (*Blobs)(nil)

// NewBlobs returns an empty one.
func NewBlobs() *Blobs { return &Blobs{blobs: map[string][]byte{}} }

// Put implements server.Blobs. No time is kept at all.
func (b *Blobs) Put(name string, _ int64, write func(io.Writer) error) error {
	var buf bytes.Buffer
	if err := write(&buf); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.blobs[name] = buf.Bytes()
	return nil
}

// Open implements server.Blobs.
func (b *Blobs) Open(name string) (io.ReadCloser, int64, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	data, ok := b.blobs[name]
	if !ok {
		return nil, 0, fmt.Errorf("%s: %w", name, fs.ErrNotExist)
	}
	return io.NopCloser(bytes.NewReader(data)), int64(len(data)), nil
}

// Delete implements server.Blobs.
func (b *Blobs) Delete(name string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.blobs, name)
	return nil
}
