// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"encoding/binary"
	"errors"
	"fmt"
	"unicode/utf8"

	"tamizdat/letter/wire"
)

const (
	maxFiles      = 32
	maxFileName   = 255
	maxMediaType  = 127
	directChunks  = 64    // more need an index chunk
	maxChunks     = 16384 // beside the index chunk
	manifestIDs   = 0     // form: ids follow
	manifestIndex = 1     // form: the id of an index chunk follows
)

var (
	// ErrDamaged says that a chunk, or the stream in it, is not what the letter
	// promises (spec/misbehaviour.md M-21).
	ErrDamaged = errors.New("attachment is damaged: nothing was saved")
	// ErrFiles says that these files cannot be a parcel.
	ErrFiles = errors.New("these files cannot be attached")
	// ErrFileChanged says that a file is not what it was when the parcel was
	// begun. Begin a new parcel.
	ErrFileChanged = errors.New("a file changed while it was being sent; begin again")
)

// A MissingError says how many chunks of a parcel could not be had
// (spec/misbehaviour.md M-22).
type MissingError struct{ Missing, Total int }

// Error counts the missing pieces.
func (e *MissingError) Error() string {
	return fmt.Sprintf("%d of %d pieces of the attachment are missing", e.Missing, e.Total)
}

// A File is one entry of a manifest. Name and Type are the claims of a
// stranger: show them with everything invisible made visible, save under
// [SafeName], and make no path, address or command of them.
type File struct {
	Name   string // 1 to 255 bytes of UTF-8
	Type   string // media type; at most 127 bytes of printable ASCII
	Length int64  // bytes
}

// FileInfo describes a file that is to be attached.
type FileInfo = File

// A Parcel is a letter's manifest: the key to its chunks, their ids, and what
// files they hold (spec/attachments.md §2).
type Parcel struct {
	IDs   []wire.ChunkID // in order; nil until the index chunk is loaded
	Index wire.ChunkID   // zeros when the ids stand in the letter
	Files []File

	key    *[32]byte
	chunks int
}

// Indexed tells whether the ids are in a chunk of their own.
func (p *Parcel) Indexed() bool { return p.Index != wire.ChunkID{} }

// Chunks is the number of chunks of the stream, without the index chunk.
func (p *Parcel) Chunks() int { return p.chunks }

// Needed lists the ids to fetch, as far as they are known: the index chunk's
// first, the others only once [Parcel.LoadIndex] has been called.
func (p *Parcel) Needed() []wire.ChunkID {
	var ids []wire.ChunkID
	if p.Indexed() {
		ids = append(ids, p.Index)
	}
	return append(ids, p.IDs...)
}

// checkFiles returns the number of chunks that files make.
func checkFiles(files []File) (chunks int, err error) {
	if len(files) < 1 || len(files) > maxFiles {
		return 0, fmt.Errorf("%w: a parcel has 1 to %d files", ErrFiles, maxFiles)
	}
	const room = int64(maxChunks) * chunkRoom
	var sum int64
	for _, f := range files {
		if err := f.check(); err != nil {
			return 0, err
		}
		if f.Length < 0 || f.Length > room-sum {
			return 0, fmt.Errorf("%w: they are larger than %d bytes", ErrFiles, room)
		}
		sum += f.Length
	}
	chunks = wire.Padme(max(1, int((sum+chunkRoom-1)/chunkRoom)))
	if chunks > maxChunks {
		return 0, fmt.Errorf("%w: they are larger than %d bytes", ErrFiles, room)
	}
	return chunks, nil
}

func (f *File) check() error {
	if f.Name == "" || len(f.Name) > maxFileName || !utf8.ValidString(f.Name) {
		return fmt.Errorf("%w: a file name has 1 to %d bytes of UTF-8", ErrFiles, maxFileName)
	}
	if len(f.Type) > maxMediaType {
		return fmt.Errorf("%w: a media type has at most %d bytes", ErrFiles, maxMediaType)
	}
	for _, c := range []byte(f.Type) {
		if c < 0x20 || c > 0x7e {
			return fmt.Errorf("%w: a media type is printable ASCII", ErrFiles)
		}
	}
	return nil
}

// appendManifest writes the manifest for a letter.
func (p *Parcel) appendManifest(b []byte) ([]byte, error) {
	if p.key == nil {
		return nil, errors.New("letter: this parcel has no key; it comes from ParcelSealer.Manifest")
	}
	if n, err := checkFiles(p.Files); err != nil || n != p.chunks {
		return nil, fmt.Errorf("letter: these are not the files that were sealed: %w", errors.Join(ErrFiles, err))
	}
	b = append(b, p.key[:]...)
	if p.Indexed() {
		b = append(b, manifestIndex)
		b = append(binary.BigEndian.AppendUint16(b, uint16(p.chunks)), p.Index[:]...)
	} else {
		b = append(b, manifestIDs)
		b = binary.BigEndian.AppendUint16(b, uint16(p.chunks))
		for _, id := range p.IDs {
			b = append(b, id[:]...)
		}
	}
	b = append(b, byte(len(p.Files)))
	for _, f := range p.Files {
		b = append(append(b, byte(len(f.Name))), f.Name...)
		b = append(append(b, byte(len(f.Type))), f.Type...)
		b = binary.BigEndian.AppendUint64(b, uint64(f.Length))
	}
	return b, nil
}

func parseManifest(c *cursor) (*Parcel, error) {
	p := &Parcel{key: new([32]byte)}
	c.fill(p.key[:])
	if err := p.parseIDs(c, c.u8(), int(c.u16())); err != nil {
		return nil, err
	}
	for range min(c.u8(), maxFiles+1) { // one too many is seen by checkFiles
		f := File{Name: string(c.take(int(c.u8()))), Type: string(c.take(int(c.u8())))}
		length := c.u64()
		f.Length = int64(min(length, 1<<62)) // more is out of bounds all the same
		p.Files = append(p.Files, f)
	}
	if c.short {
		return nil, fmt.Errorf("%w: manifest: it is cut short", errMessage)
	}
	chunks, err := checkFiles(p.Files)
	if err != nil {
		return nil, fmt.Errorf("%w: manifest: %w", errMessage, err)
	}
	if chunks != p.chunks {
		return nil, fmt.Errorf("%w: manifest: the number of chunks does not fit the files", errMessage)
	}
	return p, nil
}

func (p *Parcel) parseIDs(c *cursor, form byte, n int) error {
	p.chunks = n
	switch {
	case form == manifestIDs && n >= 1 && n <= directChunks:
		return p.setIDs(c.take(n * len(wire.ChunkID{})))
	case form == manifestIndex && n > directChunks && n <= maxChunks:
		c.fill(p.Index[:])
		if !p.Indexed() {
			return fmt.Errorf("%w: manifest: no index chunk", errMessage)
		}
		return nil
	}
	return fmt.Errorf("%w: manifest: unknown form or number of chunks", errMessage)
}

// setIDs reads ids that must all differ. A repeated chunk could not open: its
// place is part of its nonce.
func (p *Parcel) setIDs(b []byte) error {
	const size = len(wire.ChunkID{})
	seen := make(map[wire.ChunkID]bool, len(b)/size)
	ids := make([]wire.ChunkID, 0, len(b)/size)
	for ; len(b) >= size; b = b[size:] {
		id := wire.ChunkID(b[:size])
		if seen[id] || id == p.Index {
			return fmt.Errorf("%w: manifest: a chunk is named twice", errMessage)
		}
		seen[id] = true
		ids = append(ids, id)
	}
	p.IDs = ids
	return nil
}
