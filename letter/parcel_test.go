// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"tamizdat/letter/wire"
)

// shelf keeps chunks as a drop does, by id.
type shelf map[wire.ChunkID][]byte

func (s shelf) put(_ int, id wire.ChunkID, ct []byte) error {
	s[id] = bytes.Clone(ct)
	return nil
}

func (s shelf) get(id wire.ChunkID) ([]byte, error) {
	if ct, ok := s[id]; ok {
		return ct, nil
	}
	return nil, fmt.Errorf("chunk: %w", fs.ErrNotExist)
}

// saved collects extracted files.
type saved struct {
	bytes.Buffer
	closed bool
}

func (s *saved) Close() error {
	s.closed = true
	return nil
}

func opener(files [][]byte) func(int) (io.ReadCloser, error) {
	return func(i int) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(files[i])), nil }
}

func infos(files [][]byte) (list []FileInfo) {
	for i, f := range files {
		list = append(list, FileInfo{Name: fmt.Sprintf("file %d", i), Type: "text/plain", Length: int64(len(f))})
	}
	return list
}

// sealParcel seals files and passes the manifest through a letter's body, as it travels.
func sealParcel(t testing.TB, files ...[]byte) (*Parcel, shelf) {
	t.Helper()
	p, err := NewParcel(infos(files))
	if err != nil {
		t.Fatal(err)
	}
	chunks := shelf{}
	if err := p.SealAll(t.Context(), opener(files), chunks.put); err != nil {
		t.Fatal(err)
	}
	if len(chunks) != p.Chunks() {
		t.Fatalf("%d chunks, announced were %d", len(chunks), p.Chunks())
	}
	m, err := p.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	l, err := parseLetter(body(t, NewLetter("", m)))
	if err != nil {
		t.Fatal(err)
	}
	return l.Parcel, chunks
}

func extract(t testing.TB, p *Parcel, get func(wire.ChunkID) ([]byte, error)) ([]*saved, error) {
	t.Helper()
	var out []*saved
	err := p.Extract(t.Context(), get, func(i int) (io.WriteCloser, error) {
		if i != len(out) {
			t.Fatalf("file %d after %d", i, len(out))
		}
		out = append(out, &saved{})
		return out[i], nil
	})
	for i, s := range out {
		if !s.closed {
			t.Errorf("file %d was left open", i)
		}
	}
	return out, err
}

func fill(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i*7 + i>>8)
	}
	return b
}

// Sizes around each limit, and files that end where chunks end.
func TestParcelComesOutAsItWentIn(t *testing.T) {
	for _, sizes := range [][]int{
		{0},
		{1},
		{chunkRoom - 1},
		{chunkRoom},
		{chunkRoom + 1},
		{2 * chunkRoom},
		{8*chunkRoom + 1},
		{0, 0, 0},
		{5, 0, 7},
		{chunkRoom, 0, chunkRoom, 1},
		{chunkRoom - 1, 1, 0},
		slices.Repeat([]int{100_000}, maxFiles),
	} {
		var files [][]byte
		for i, n := range sizes {
			files = append(files, append(fill(n)[:max(0, n-1)], bytes.Repeat([]byte{byte(i)}, min(n, 1))...))
		}
		p, chunks := sealParcel(t, files...)
		out, err := extract(t, p, chunks.get)
		if err != nil || len(out) != len(files) {
			t.Fatalf("%v: %d files, %v", sizes, len(out), err)
		}
		for i := range files {
			if !bytes.Equal(out[i].Bytes(), files[i]) {
				t.Fatalf("%v: file %d differs", sizes, i)
			}
		}
	}
}

// Over 64 chunks the ids travel in a chunk of their own.
func TestParcelWithIndex(t *testing.T) {
	file := fill(64*chunkRoom + 1)
	p, chunks := sealParcel(t, file)
	if !p.Indexed() || p.IDs != nil || len(p.Needed()) != 1 || p.Chunks() != wire.Padme(65) {
		t.Fatalf("%d chunks, %d known", p.Chunks(), len(p.Needed()))
	}
	out, err := extract(t, p, chunks.get)
	if err != nil || !bytes.Equal(out[0].Bytes(), file) {
		t.Fatal(err)
	}
	if len(p.Needed()) != p.Chunks()+1 {
		t.Fatal("the ids are not known after extraction")
	}
	stored, err := p.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	again, err := ParseParcel(stored)
	if err != nil {
		t.Fatal(err)
	}
	index := chunks[p.Index]
	for name, bad := range map[string][]byte{
		"changed": change(index, 70), "cut": index[:len(index)-1], "another chunk": chunks[p.IDs[0]], "none": nil,
	} {
		if err := again.LoadIndex(bad); !errors.Is(err, ErrDamaged) {
			t.Errorf("index %s: %v", name, err)
		}
	}
	delete(chunks, p.Index)
	var missing *MissingError
	if _, err := extract(t, again, chunks.get); !errors.As(err, &missing) || missing.Missing != 1 {
		t.Errorf("without index: %v", err)
	}
	if direct, _ := sealParcel(t, []byte("x")); direct.LoadIndex(index) == nil {
		t.Error("an index for a parcel without one")
	}
}

// An index that is sealed well and says nonsense.
func TestIndexThatDoesNotFit(t *testing.T) {
	key := new([32]byte)
	for name, spoil := range map[string]func(list []byte){
		"an id twice":     func(l []byte) { copy(l[32:64], l[:32]) },
		"bytes after ids": func(l []byte) { l[72*32] = 1 },
		"last byte":       func(l []byte) { l[len(l)-1] = 1 },
	} {
		chunk := make([]byte, wire.ChunkSize)
		list := chunk[commitSize : commitSize+chunkRoom]
		copy(list, randomBytes(72*32))
		spoil(list)
		p := &Parcel{key: key, chunks: 72}
		p.Index = newChunkCipher(key).seal(indexChunk, true, chunk)
		if err := p.LoadIndex(chunk); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func change(b []byte, at int) []byte {
	c := bytes.Clone(b)
	c[at] ^= 1
	return c
}

// an upload cut short, a chunk damaged, lost, exchanged or from elsewhere
// is never stored as whole (M-21, M-22).
func TestA14UploadCutShort(t *testing.T) {
	p, chunks := sealParcel(t, fill(2*chunkRoom+5), fill(10))
	other, otherChunks := sealParcel(t, fill(2*chunkRoom+5), fill(10))
	first, last := p.IDs[0], p.IDs[2]
	swap := func(a, b wire.ChunkID) func(wire.ChunkID) ([]byte, error) {
		return func(id wire.ChunkID) ([]byte, error) {
			switch id {
			case a:
				return chunks.get(b)
			case b:
				return chunks.get(a)
			}
			return chunks.get(id)
		}
	}
	with := func(id wire.ChunkID, ct []byte) func(wire.ChunkID) ([]byte, error) {
		return func(asked wire.ChunkID) ([]byte, error) {
			if asked == id {
				return ct, nil
			}
			return chunks.get(asked)
		}
	}
	for name, get := range map[string]func(wire.ChunkID) ([]byte, error){
		"first byte changed":   with(first, change(chunks[first], 0)),
		"last byte changed":    with(last, change(chunks[last], wire.ChunkSize-1)),
		"cut by 15 kB":         with(last, chunks[last][:wire.ChunkSize-15<<10]),
		"cut to nothing":       with(first, nil),
		"one byte longer":      with(first, append(bytes.Clone(chunks[first]), 0)),
		"reordered":            swap(first, last),
		"from another parcel":  with(first, otherChunks[other.IDs[0]]),
		"the same chunk twice": with(p.IDs[1], chunks[first]),
	} {
		if _, err := extract(t, p, get); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
	delete(chunks, p.IDs[1])
	delete(chunks, p.IDs[2])
	var missing *MissingError
	if _, err := extract(t, p, chunks.get); !errors.As(err, &missing) || missing.Missing != 2 || missing.Total != 3 {
		t.Errorf("missing: %v", err)
	}
}

// A sender who names her chunks in a false order, or ends the parcel early, has
// valid ids; the place and the last flag in the nonce give it away.
func TestChunksInAFalseOrder(t *testing.T) {
	p, chunks := sealParcel(t, fill(2*chunkRoom+5))
	for name, spoil := range map[string]func(q *Parcel){
		"reordered": func(q *Parcel) { q.IDs[0], q.IDs[1] = q.IDs[1], q.IDs[0] },
		"cut short": func(q *Parcel) { q.IDs, q.chunks, q.Files[0].Length = q.IDs[:2], 2, 2*chunkRoom },
		"front cut": func(q *Parcel) { q.IDs, q.chunks, q.Files[0].Length = q.IDs[1:], 2, chunkRoom+5 },
		"prolonged": func(q *Parcel) { q.IDs, q.chunks, q.Files[0].Length = append(q.IDs, wire.ChunkID{1}), 4, 4*chunkRoom },
		"other key": func(q *Parcel) { q.key = new([32]byte) },
		// The rest of the file would be padding, which must be zero.
		"length too small": func(q *Parcel) { q.Files[0].Length -= 3 },
	} {
		q := &Parcel{IDs: slices.Clone(p.IDs), Files: slices.Clone(p.Files), key: p.key, chunks: p.chunks}
		spoil(q)
		_, err := extract(t, q, chunks.get)
		if var1 := new(MissingError); !errors.Is(err, ErrDamaged) && !errors.As(err, &var1) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// GCM alone does not commit to its key; the zeros do (spec/attachments.md §1).
func TestChunkWithoutCommitment(t *testing.T) {
	key := new([32]byte)
	c := newChunkCipher(key)
	plaintext := make([]byte, commitSize+chunkRoom)
	plaintext[31] = 1
	ct := c.aead.Seal(nil, streamNonce(0, true), plaintext, nil)
	p := &Parcel{IDs: []wire.ChunkID{wire.ChunkIDOf(ct)}, key: key, chunks: 1, Files: []File{{Name: "a", Length: 1}}}
	if _, err := p.OpenChunk(0, ct); !errors.Is(err, ErrDamaged) {
		t.Fatal(err)
	}
	for _, i := range []int{-1, 1, 1 << 40} {
		if _, err := p.OpenChunk(i, ct); !errors.Is(err, ErrDamaged) {
			t.Fatalf("chunk %d: %v", i, err)
		}
	}
}

// A cut upload goes on within the session: the same chunks come again.
func TestUploadGoesOn(t *testing.T) {
	files := [][]byte{fill(5 * chunkRoom), fill(3)}
	p, err := NewParcel(infos(files))
	if err != nil {
		t.Fatal(err)
	}
	cut := errors.New("connection lost")
	chunks := shelf{}
	err = p.SealAll(t.Context(), opener(files), func(i int, id wire.ChunkID, ct []byte) error {
		if i == 3 {
			return cut
		}
		return chunks.put(i, id, ct)
	})
	if !errors.Is(err, cut) || len(chunks) != 3 {
		t.Fatalf("%d chunks, %v", len(chunks), err)
	}
	if _, err := p.Manifest(); err == nil {
		t.Fatal("a manifest before all chunks are sealed")
	}
	want := 0
	err = p.SealAll(t.Context(), opener(files), func(i int, id wire.ChunkID, ct []byte) error {
		if i != want {
			t.Errorf("chunk %d instead of %d", i, want)
		}
		want++
		if before, ok := chunks[id]; ok && !bytes.Equal(before, ct) || i < 3 && !ok {
			t.Errorf("chunk %d came otherwise", i)
		}
		return chunks.put(i, id, ct)
	})
	if err != nil || want != p.Chunks() {
		t.Fatal(err)
	}
	m, err := p.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	if out, err := extract(t, m, chunks.get); err != nil || !bytes.Equal(out[0].Bytes(), files[0]) {
		t.Fatal(err)
	}
}

// A second text under a nonce that was used would give both texts away, and the
// key for forging: it never leaves.
func TestFileThatChangesUnderWay(t *testing.T) {
	before := [][]byte{fill(2*chunkRoom + 9)}
	run := func(p *ParcelSealer, files [][]byte, seen *[]wire.ChunkID) error {
		return p.SealAll(t.Context(), opener(files), func(_ int, id wire.ChunkID, _ []byte) error {
			*seen = append(*seen, id)
			return nil
		})
	}
	for name, after := range map[string][]byte{
		"changed": change(before[0], chunkRoom+3), "shorter": before[0][:len(before[0])-1],
		"longer": append(bytes.Clone(before[0]), 0), "empty": nil,
	} {
		p, err := NewParcel(infos(before))
		if err != nil {
			t.Fatal(err)
		}
		var first, second []wire.ChunkID
		if err := run(p, before, &first); err != nil {
			t.Fatal(err)
		}
		if err := run(p, [][]byte{after}, &second); !errors.Is(err, ErrFileChanged) {
			t.Errorf("%s: %v", name, err)
		}
		for i, id := range second {
			if id != first[i] {
				t.Errorf("%s: changed chunk %d left", name, i)
			}
		}
	}
}

func TestSealingStops(t *testing.T) {
	files := [][]byte{fill(20 * chunkRoom)}
	p, err := NewParcel(infos(files))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	n := 0
	err = p.SealAll(ctx, opener(files), func(int, wire.ChunkID, []byte) error {
		if n++; n == 2 {
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	broken := errors.New("disk broke")
	err = p.SealAll(t.Context(), func(int) (io.ReadCloser, error) { return nil, broken }, shelf{}.put)
	if !errors.Is(err, broken) {
		t.Fatal(err)
	}
	m, chunks := sealParcel(t, fill(chunkRoom+1))
	if err := m.Extract(ctx, chunks.get, func(int) (io.WriteCloser, error) { return &saved{}, nil }); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if err := m.Extract(t.Context(), chunks.get, func(int) (io.WriteCloser, error) { return nil, broken }); !errors.Is(err, broken) {
		t.Fatal(err)
	}
}

func TestFilesThatCannotBeAttached(t *testing.T) {
	good := FileInfo{Name: "a", Length: 1}
	for name, files := range map[string][]FileInfo{
		"none": nil, "33": slices.Repeat([]FileInfo{good}, 33), "no name": {{Length: 1}},
		"long name": {{Name: string(bytes.Repeat([]byte{'a'}, 256))}}, "name not UTF-8": {{Name: "\xff"}},
		"long type": {{Name: "a", Type: string(bytes.Repeat([]byte{'a'}, 128))}}, "type with CR LF": {{Name: "a", Type: "text/plain\r\nX: y"}},
		"type not ASCII": {{Name: "a", Type: "é"}}, "negative": {{Name: "a", Length: -1}},
		"too large": {{Name: "a", Length: maxChunks*chunkRoom + 1}}, "sum too large": {{Name: "a", Length: maxChunks * chunkRoom}, good},
		"sum overflows": slices.Repeat([]FileInfo{{Name: "a", Length: 1<<63 - 1}}, 2),
	} {
		if _, err := NewParcel(files); !errors.Is(err, ErrFiles) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if p, err := NewParcel([]FileInfo{{Name: "a", Length: maxChunks * chunkRoom}}); err != nil || p.Chunks() != maxChunks+1 {
		t.Errorf("the largest parcel: %v", err)
	}
}

// Every bit of a manifest matters: with any one changed it does not parse, or its
// chunks do not open, or it says something else about the files, which is the
// sender's to say. (In a letter the envelope binds every byte.)
func TestEveryBitOfAManifestMatters(t *testing.T) {
	p, chunks := sealParcel(t, fill(70_000), fill(3))
	stored, err := p.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	for i := range stored {
		for bit := range 8 {
			bad := bytes.Clone(stored)
			bad[i] ^= 1 << bit
			q, err := ParseParcel(bad)
			if err != nil {
				continue
			}
			if _, err = extract(t, q, chunks.get); err == nil && slices.Equal(p.Files, q.Files) {
				t.Fatalf("bit %d of byte %d does not matter", bit, i)
			}
		}
	}
}

// A chunk is bound by its hash and by GCM; each is tried on its own, at places
// all over the chunk.
func TestBytesOfAChunkMatter(t *testing.T) {
	p, chunks := sealParcel(t, fill(900_000))
	ct := chunks[p.IDs[0]]
	for at := 0; at < len(ct); at += 4099 {
		bad := change(ct, at)
		if _, err := p.OpenChunk(0, bad); !errors.Is(err, ErrDamaged) {
			t.Fatalf("byte %d: %v", at, err)
		}
		if _, err := newChunkCipher(p.key).open(0, true, bad); !errors.Is(err, ErrDamaged) {
			t.Fatalf("byte %d, without the hash: %v", at, err)
		}
	}
}

// The files of a manifest are for reading: a name that was exchanged for one of 256 bytes
// would be cut, and shift all that follows.
func TestManifestOfOtherFilesIsNotWritten(t *testing.T) {
	for name, change := range map[string]func(*Parcel){
		"a name of 256 bytes": func(p *Parcel) { p.Files[0].Name = string(bytes.Repeat([]byte{'a'}, 256)) },
		"another length":      func(p *Parcel) { p.Files[0].Length = 3 * chunkRoom },
		"no files":            func(p *Parcel) { p.Files = nil },
	} {
		p, _ := sealParcel(t, fill(10))
		change(p)
		if _, err := p.Marshal(); !errors.Is(err, ErrFiles) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// counting counts what is read of a file of zeros.
type counting struct {
	io.Reader
	n *atomic.Int64
}

func (c counting) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	c.n.Add(int64(n))
	return n, err
}

// TestPipeGoesOnMeanwhile: while one worker is held up with chunk 0 the other seals more
// than its own next chunk, and no more than there are buffers for.
func TestPipeGoesOnMeanwhile(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	const chunks, buffers = 16, 2 * maxAhead
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var read atomic.Int64
	file := make([]byte, chunks*chunkRoom)
	open := func(int) (io.ReadCloser, error) {
		return io.NopCloser(counting{bytes.NewReader(file), &read}), nil
	}
	p, err := NewParcel([]FileInfo{{Name: "a", Length: int64(len(file))}})
	if err != nil {
		t.Fatal(err)
	}
	err = p.SealAll(ctx, open, func(i int, _ wire.ChunkID, _ []byte) error {
		for i == 0 && read.Load() < 3*chunkRoom {
			if err := ctx.Err(); err != nil {
				return err
			}
			runtime.Gosched()
		}
		if n := read.Load(); n > int64(i+buffers)*chunkRoom {
			t.Errorf("at chunk %d, %d bytes were read", i, n)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
