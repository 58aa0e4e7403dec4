// SPDX-License-Identifier: Apache-2.0

package vault

import (
	"bufio"
	"bytes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/crypto/chacha20poly1305"
	"tamizdat/internal/durable"
)

// The journal:
//
//	[8] magic ‖ [16] random id
//	records: u32 n ‖ [24] nonce ‖ [n] XChaCha20-Poly1305 of the padded record
//
// A record's aad is u64 its position ‖ [32] the chain before it ‖ u32 n, so
// that none can be left out, doubled, moved or taken from another journal.
// The chain is H(id) at the start and H(chain ‖ n ‖ nonce ‖ ciphertext) after
// each record.
const (
	journalMagic = "tmzjrnl1"
	journalHead  = 24
	recordHead   = 4 + chacha20poly1305.NonceSizeX
)

// MaxRecord is the greatest length of a record in bytes.
const MaxRecord = 32 << 20

// maxSealed is the greatest n that a record of MaxRecord bytes can have.
const maxSealed = MaxRecord + MaxRecord/8 + 1024

// errTorn is a record that was being written when the power went, if it lies
// behind the mark, and damage otherwise.
var errTorn = errors.New("a record is incomplete or changed")

// file is what the journal needs of an [os.File]; tests put a disk that fails
// in its place.
type file interface {
	io.Writer
	io.WriterAt
	Sync() error
	Close() error
}

// point is a place between two records.
type point struct {
	count  uint64 // records before it
	offset int64  // bytes before it
	chain  [32]byte
}

type journal struct {
	id      [16]byte
	f, mark file
	aead    cipher.AEAD
	markKey []byte
	end     point
	failed  error // the first failed write; nothing is written after it
}

func createJournal(dir string, k *dataKey) (*journal, error) {
	head := append([]byte(journalMagic), random(16)...)
	if err := durable.WriteFile(filepath.Join(dir, journalName), head, 0o600); err != nil {
		return nil, err
	}
	j := newJournal(k, head)
	if err := durable.WriteFile(filepath.Join(dir, markName), j.firstMark(), 0o600); err != nil {
		return nil, err
	}
	return j, j.openFiles(dir)
}

func newJournal(k *dataKey, head []byte) *journal {
	id := head[len(journalMagic):]
	return &journal{
		id:      [16]byte(id),
		aead:    xchacha(k.sub("journal", id)),
		markKey: k.sub("mark", id),
		end:     point{offset: journalHead, chain: sha256.Sum256(id)},
	}
}

func (j *journal) openFiles(dir string) error {
	f, err := os.OpenFile(filepath.Join(dir, journalName), os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	mark, err := os.OpenFile(filepath.Join(dir, markName), os.O_WRONLY, 0)
	if err != nil {
		return errors.Join(err, f.Close())
	}
	j.f, j.mark = f, mark
	return nil
}

// openJournal reads the whole journal, hands its records to apply, and cuts
// off what was never acknowledged and is not whole.
func openJournal(dir string, k *dataKey, apply func([]byte) error) (*journal, error) {
	path := filepath.Join(dir, journalName)
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	defer f.Close()
	head := make([]byte, journalHead)
	if _, err := io.ReadFull(f, head); err != nil || string(head[:8]) != journalMagic {
		return nil, fmt.Errorf("%w: its journal is not one", ErrDamaged)
	}
	j := newJournal(k, head)
	acked, err := j.readMark(dir)
	if err != nil {
		return nil, err
	}
	if err := j.replay(bufio.NewReaderSize(f, 1<<16), acked, apply); err != nil {
		return nil, err
	}
	if err := cut(path, j.end.offset); err != nil {
		return nil, err
	}
	if err := j.openFiles(dir); err != nil {
		return nil, err
	}
	return j, j.writeMark() // what was read is acknowledged from now on
}

// replay stops at the end of the file or at a torn record. Either is refused
// if it comes before the mark.
func (j *journal) replay(r io.Reader, acked point, apply func([]byte) error) error {
	for {
		if j.end.count == acked.count && j.end != acked {
			return fmt.Errorf("%w: its journal is not the one that was acknowledged", ErrDamaged)
		}
		record, next, err := j.read(r)
		if err == io.EOF || errors.Is(err, errTorn) {
			if j.end.count < acked.count {
				return fmt.Errorf("%w: record %d of %d cannot be read", ErrDamaged, j.end.count+1, acked.count)
			}
			return nil
		}
		if err != nil {
			return err
		}
		if err := apply(record); err != nil {
			return fmt.Errorf("record %d of the journal: %w", j.end.count+1, err)
		}
		j.end = next
	}
}

// read returns the next record and the point after it, io.EOF at the end of
// the file, or errTorn.
func (j *journal) read(r io.Reader) ([]byte, point, error) {
	head := make([]byte, recordHead)
	if _, err := io.ReadFull(r, head); err != nil {
		return nil, point{}, torn(err)
	}
	n := binary.BigEndian.Uint32(head)
	if n > maxSealed {
		return nil, point{}, errTorn
	}
	sealed := make([]byte, n)
	if _, err := io.ReadFull(r, sealed); err == io.EOF {
		return nil, point{}, errTorn // a head without its body
	} else if err != nil {
		return nil, point{}, torn(err)
	}
	plain, err := j.aead.Open(nil, head[4:], sealed, j.aad(n))
	if err != nil {
		return nil, point{}, errTorn
	}
	record, ok := unpadded(plain)
	if !ok {
		return nil, point{}, errTorn
	}
	return record, j.after(head, sealed), nil
}

// torn leaves failures of the disk as they are.
func torn(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return errTorn
	}
	return err
}

func (j *journal) aad(n uint32) []byte {
	b := binary.BigEndian.AppendUint64(nil, j.end.count)
	b = append(b, j.end.chain[:]...)
	return binary.BigEndian.AppendUint32(b, n)
}

func (j *journal) after(head, sealed []byte) point {
	chain := sha256.Sum256(bytes.Join([][]byte{j.end.chain[:], head, sealed}, nil))
	return point{j.end.count + 1, j.end.offset + int64(len(head)+len(sealed)), chain}
}

func (j *journal) append(record []byte) error {
	if j.failed != nil {
		return fmt.Errorf("an earlier write failed, nothing more is stored: %w", j.failed)
	}
	if len(record) > MaxRecord {
		return fmt.Errorf("a record of %d bytes is longer than %d", len(record), MaxRecord)
	}
	next, err := j.write(record)
	if err == nil {
		j.end = next
		err = j.writeMark()
	}
	j.failed = err
	return err
}

func (j *journal) write(record []byte) (point, error) {
	plain := padded(record)
	n := uint32(len(plain) + j.aead.Overhead())
	head := binary.BigEndian.AppendUint32(nil, n)
	head = append(head, random(chacha20poly1305.NonceSizeX)...)
	sealed := j.aead.Seal(nil, head[4:], plain, j.aad(n))
	if _, err := j.f.Write(append(bytes.Clone(head), sealed...)); err != nil {
		return point{}, err
	}
	return j.after(head, sealed), j.f.Sync()
}

func (j *journal) close() error { return errors.Join(j.f.Close(), j.mark.Close()) }

// cut shortens the file to size if it is longer.
func cut(path string, size int64) error {
	info, err := os.Stat(path)
	if err != nil || info.Size() == size {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Truncate(size), f.Sync(), f.Close())
}
