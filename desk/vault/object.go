// SPDX-License-Identifier: Apache-2.0

package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"tamizdat/internal/durable"
)

// An object's file is a row of segments of 16 KiB, each AES-256-GCM of 16,368
// bytes under the object's own key, nonce = [3] zeros ‖ u64 index ‖ u8 last.
// Behind the content come zeros up to a number of segments that tells little
// of the length; the length stands beside the key.
const (
	segmentSize  = 16 << 10
	segmentPlain = segmentSize - 16
	objectPrefix = "object/"
)

// Name is an object's random name.
type Name [16]byte

// String returns the name in lower-case hexadecimal, as the file is called.
func (n Name) String() string { return hex.EncodeToString(n[:]) }

// MarshalText implements [encoding.TextMarshaler].
func (n Name) MarshalText() ([]byte, error) { return []byte(n.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler]. It takes what
// MarshalText wrote and nothing else.
func (n *Name) UnmarshalText(b []byte) error {
	raw, err := hex.DecodeString(string(b))
	if err != nil || len(raw) != len(n) || hex.EncodeToString(raw) != string(b) {
		return fmt.Errorf("%q is not an object's name", b)
	}
	*n = Name(raw)
	return nil
}

// objectKey is what the keyring holds for an object.
type objectKey struct {
	key    [32]byte
	length uint64
}

func (k objectKey) encode() []byte {
	return binary.BigEndian.AppendUint64(k.key[:len(k.key):len(k.key)], k.length)
}

func (v *Vault) objectPath(n Name) string {
	return filepath.Join(v.dir, objectsName, n.String())
}

// ObjectWriter takes the content of a new object.
type ObjectWriter struct {
	v     *Vault
	name  Name
	key   objectKey
	f     *os.File
	aead  cipher.AEAD
	buf   []byte // at most one segment that may turn out to be the last
	index uint64
	err   error
}

// NewObject begins an object. Write to it, then call [ObjectWriter.Seal] or
// [ObjectWriter.Abort].
func (v *Vault) NewObject() (*ObjectWriter, error) {
	w := &ObjectWriter{v: v, name: Name(random(16))}
	w.key.key = [32]byte(random(32))
	w.aead = gcm(w.key.key)
	var err error
	w.f, err = os.OpenFile(v.objectPath(w.name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	return w, err
}

func gcm(key [32]byte) cipher.AEAD {
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic("vault: AES refuses 32 bytes: " + err.Error())
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic("vault: GCM refuses AES: " + err.Error())
	}
	return aead
}

// Write implements [io.Writer].
func (w *ObjectWriter) Write(b []byte) (int, error) {
	n := len(b)
	for len(b) > 0 && w.err == nil {
		if len(w.buf) == segmentPlain {
			w.flush(false)
		}
		take := min(segmentPlain-len(w.buf), len(b))
		w.buf = append(w.buf, b[:take]...)
		b = b[take:]
	}
	if w.err != nil {
		return 0, w.err
	}
	w.key.length += uint64(n)
	return n, nil
}

func (w *ObjectWriter) flush(last bool) {
	plain := make([]byte, segmentPlain)
	copy(plain, w.buf)
	w.buf = w.buf[:0]
	if w.err == nil {
		_, w.err = w.f.Write(w.aead.Seal(nil, segmentNonce(w.index, last), plain, nil))
	}
	w.index++
}

func segmentNonce(i uint64, last bool) []byte {
	nonce := make([]byte, 12)
	binary.BigEndian.PutUint64(nonce[3:], i)
	if last {
		nonce[11] = 1
	}
	return nonce
}

// Seal ends the object and returns its name. The content is on disk then, but
// only [Vault.Keep] makes it last: an object that was not kept is gone after
// the vault is closed or the machine fails.
func (w *ObjectWriter) Seal() (Name, error) {
	total := uint64(padme(int(w.index) + 1))
	for w.index < total {
		w.flush(w.index == total-1)
	}
	if w.err == nil {
		w.err = w.f.Sync()
	}
	if w.err != nil {
		return Name{}, errors.Join(w.err, w.Abort())
	}
	if err := w.f.Close(); err != nil {
		return Name{}, err
	}
	w.v.pending[w.name] = w.key
	return w.name, durable.SyncDir(filepath.Join(w.v.dir, objectsName))
}

// Abort deletes what was written.
func (w *ObjectWriter) Abort() error {
	return errors.Join(w.f.Close(), durable.Remove(w.v.objectPath(w.name)))
}

// PutObject seals b as an object that is still to be kept.
func (v *Vault) PutObject(b []byte) (Name, error) {
	w, err := v.NewObject()
	if err != nil {
		return Name{}, err
	}
	if _, err := w.Write(b); err != nil {
		return Name{}, errors.Join(err, w.Abort())
	}
	return w.Seal()
}

// Keep makes sealed objects last, all or none. Write the record that names
// them after it, not before.
func (v *Vault) Keep(names ...Name) error {
	if len(names) == 0 {
		return nil
	}
	put := map[string][]byte{}
	for _, n := range names {
		k, ok := v.pending[n]
		if !ok {
			return fmt.Errorf("%w: %s", ErrForgotten, n)
		}
		put[objectPrefix+n.String()] = k.encode()
	}
	if err := v.ring.change(put, nil); err != nil {
		return err
	}
	for _, n := range names {
		delete(v.pending, n)
	}
	return nil
}

// Forget destroys objects: first their keys, all in one step, then the files.
// Names that are not there are no error.
func (v *Vault) Forget(names ...Name) error {
	if len(names) == 0 {
		return nil
	}
	var keys []string
	for _, n := range names {
		keys = append(keys, objectPrefix+n.String())
	}
	if err := v.ring.change(nil, keys); err != nil {
		return err
	}
	var errs []error
	for _, n := range names {
		errs = append(errs, v.drop(n))
	}
	return errors.Join(errs...)
}

// Objects lists the names of all kept objects, in no order.
func (v *Vault) Objects() []Name {
	var names []Name
	for key := range v.ring.secrets {
		var n Name
		if text, ok := strings.CutPrefix(key, objectPrefix); ok && n.UnmarshalText([]byte(text)) == nil {
			names = append(names, n)
		}
	}
	return names
}

// drop deletes an object's file and forgets its key if it was not kept.
func (v *Vault) drop(n Name) error {
	delete(v.pending, n)
	err := durable.Remove(v.objectPath(n))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// sweepObjects deletes the files whose key is not in the keyring: nobody can
// ever read them.
func (v *Vault) sweepObjects() error {
	entries, err := os.ReadDir(filepath.Join(v.dir, objectsName))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	for _, e := range entries {
		var n Name
		if n.UnmarshalText([]byte(e.Name())) != nil {
			continue // not ours
		}
		if _, ok := v.ring.secrets[objectPrefix+e.Name()]; ok {
			continue
		}
		if err := v.drop(n); err != nil {
			return err
		}
	}
	return nil
}

// Object returns an object's whole content, of at most limit bytes. It fails
// with [ErrForgotten] or [ErrDamaged].
func (v *Vault) Object(n Name, limit uint64) ([]byte, error) {
	r, err := v.OpenObject(n)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	if r.left > limit {
		return nil, fmt.Errorf("an object is longer than %d bytes", limit)
	}
	return io.ReadAll(r)
}
