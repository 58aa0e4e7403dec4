// SPDX-License-Identifier: Apache-2.0

package vault

import (
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// ObjectReader reads an object. What Read gives is authentic; that it is all
// is known only when Read has returned [io.EOF].
type ObjectReader struct {
	f     *os.File
	aead  cipher.AEAD
	left  uint64 // of the content
	index uint64
	total uint64 // segments
	plain []byte
}

// OpenObject opens an object for reading. It fails with [ErrForgotten] when
// the object was destroyed, and with [ErrDamaged] when its key is there and
// its file is not whole.
func (v *Vault) OpenObject(n Name) (*ObjectReader, error) {
	k, ok := v.objectKey(n)
	if !ok {
		return nil, ErrForgotten
	}
	f, err := os.Open(v.objectPath(n))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: an object is missing", ErrDamaged)
	}
	if err != nil {
		return nil, err
	}
	r := &ObjectReader{f: f, aead: gcm(k.key), left: k.length, total: segments(k.length)}
	info, err := f.Stat()
	if err == nil && uint64(info.Size()) != r.total*segmentSize {
		err = fmt.Errorf("%w: an object has a wrong length", ErrDamaged)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return r, nil
}

func (v *Vault) objectKey(n Name) (objectKey, bool) {
	if k, ok := v.pending[n]; ok {
		return k, true
	}
	b, ok := v.ring.secrets[objectPrefix+n.String()]
	if !ok || len(b) != 40 {
		return objectKey{}, false
	}
	return objectKey{[32]byte(b), binary.BigEndian.Uint64(b[32:])}, true
}

// segments is how many a content of so many bytes is sealed into.
func segments(length uint64) uint64 {
	return uint64(padme(int(max((length+segmentPlain-1)/segmentPlain, 1))))
}

// Length is the number of bytes that are still to be read.
func (r *ObjectReader) Length() uint64 { return r.left }

// Read implements [io.Reader].
func (r *ObjectReader) Read(b []byte) (int, error) {
	if len(r.plain) == 0 && r.left > 0 {
		if err := r.next(); err != nil {
			return 0, err
		}
	}
	if r.left == 0 {
		return 0, io.EOF
	}
	n := copy(b, r.plain)
	r.plain = r.plain[n:]
	r.left -= uint64(n)
	return n, nil
}

func (r *ObjectReader) next() error {
	_, err := r.sealed()
	return err
}

// sealed returns the next segment as it lies in the file, after it was opened.
func (r *ObjectReader) sealed() ([]byte, error) {
	sealed := make([]byte, segmentSize)
	if _, err := io.ReadFull(r.f, sealed); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	plain, err := r.aead.Open(nil, segmentNonce(r.index, r.index == r.total-1), sealed, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: an object was changed", ErrDamaged)
	}
	r.index++
	r.plain = plain[:min(uint64(len(plain)), r.left)]
	return sealed, nil
}

// Close implements [io.Closer].
func (r *ObjectReader) Close() error { return r.f.Close() }
