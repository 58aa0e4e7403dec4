// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"tamizdat/letter/wire"
)

func parcelConstructions() []construction {
	return []construction{
		{
			"chunk", "attachments.md §1",
			"plaintext [1,048,560] is head and zeros; AES-256-GCM under key and the nonce of i and last gives a chunk with this id, beginning with ciphertext and ending with tag. Refused: the chunk so made, with byte alter (-1: none) flipped and cut or prolonged to length, opened as open_i and open_last.",
			[]string{"altered", "truncated", "extended", "wrong place", "wrong last flag", "no commitment", "wrong key"},
			generateChunks, checkChunks,
		},
		{
			"parcel", "attachments.md §1",
			"files, each of length bytes, byte number k being (first + 7 k) mod 256, sealed under key, give chunks with these ids; index, if any, is the id of the index chunk.",
			nil, generateParcels, checkParcels,
		},
		{
			"padme", "attachments.md §1", "files of so many bytes make so many chunks.", []string{"too large"}, generatePadme, checkPadme,
		},
		{
			"manifest", "attachments.md §2", "manifest is one of key, ids or index, and files.",
			[]string{"truncated", "extended", "form", "number of chunks", "repeated id", "number of files", "name", "media type", "length"},
			generateManifests, checkManifests,
		},
	}
}

type chunkCase struct {
	caseHead
	Key        hexBytes `json:"key"`
	I          uint32   `json:"i"`
	Last       bool     `json:"last"`
	Head       hexBytes `json:"head"`
	ID         hexBytes `json:"id,omitempty"`
	Ciphertext hexBytes `json:"ciphertext,omitempty"`
	Tag        hexBytes `json:"tag,omitempty"`

	Alter    int      `json:"alter"`
	Length   int      `json:"length"`
	OpenKey  hexBytes `json:"open_key,omitempty"`
	OpenI    uint32   `json:"open_i"`
	OpenLast bool     `json:"open_last"`
}

func (c *chunkCase) seal() []byte {
	plaintext := append(bytes.Clone(c.Head), make([]byte, commitSize+chunkRoom-len(c.Head))...)
	return newChunkCipher((*[32]byte)(c.Key)).aead.Seal(nil, streamNonce(c.I, c.Last), plaintext, nil)
}

func generateChunks(_ *testing.T) (any, any) {
	key := fixed("chunk key", 32)
	head := append(make([]byte, commitSize), "the beginning of a file"...)
	base := chunkCase{Key: key, Head: head, Alter: -1, Length: wire.ChunkSize, Last: true, OpenLast: true}
	var pass []chunkCase
	for _, p := range []struct {
		name string
		i    uint32
		last bool
	}{{"first of several", 0, false}, {"only one", 0, true}, {"last of 64", 63, true}, {"i of four bytes", 0x01020304, false}, {"index chunk", indexChunk, true}} {
		c := base
		c.caseHead, c.I, c.Last, c.OpenI, c.OpenLast = caseHead{Name: p.name}, p.i, p.last, p.i, p.last
		ct := c.seal()
		id := wire.ChunkIDOf(ct)
		c.ID, c.Ciphertext, c.Tag = id[:], ct[:64], ct[len(ct)-tagSize:]
		pass = append(pass, c)
	}
	bad := func(name, class string, spoil func(c *chunkCase)) chunkCase {
		c := base
		c.caseHead = caseHead{name, class}
		spoil(&c)
		return c
	}
	uncommitted := edited(head, 0)
	return pass, []chunkCase{
		bad("first byte", "altered", func(c *chunkCase) { c.Alter = 0 }), bad("middle", "altered", func(c *chunkCase) { c.Alter = 500_000 }),
		bad("tag", "altered", func(c *chunkCase) { c.Alter = wire.ChunkSize - 1 }),
		bad("a byte less", "truncated", func(c *chunkCase) { c.Length-- }), bad("15 kB less", "truncated", func(c *chunkCase) { c.Length -= 15_360 }),
		bad("nothing", "truncated", func(c *chunkCase) { c.Length = 0 }), bad("a byte more", "extended", func(c *chunkCase) { c.Length++ }),
		bad("0 as 1", "wrong place", func(c *chunkCase) { c.OpenI = 1 }), bad("0 as index", "wrong place", func(c *chunkCase) { c.OpenI = indexChunk }),
		bad("last as middle", "wrong last flag", func(c *chunkCase) { c.OpenLast = false }), bad("middle as last", "wrong last flag", func(c *chunkCase) { c.Last = false }),
		bad("first byte not zero", "no commitment", func(c *chunkCase) { c.Head = uncommitted }),
		bad("last byte not zero", "no commitment", func(c *chunkCase) { c.Head = edited(head, 31) }),
		bad("another key", "wrong key", func(c *chunkCase) { c.OpenKey = fixed("another chunk key", 32) }),
	}
}

func checkChunks(t *testing.T, raw []byte) {
	eachCase(t, raw, func(c *chunkCase) caseHead { return c.caseHead }, func(c *chunkCase) error {
		ct := c.seal()
		if c.Alter >= 0 {
			ct[c.Alter] ^= 1
		}
		ct = append(ct, 0)[:c.Length]
		key := c.Key
		if c.OpenKey != nil {
			key = c.OpenKey
		}
		part, err := newChunkCipher((*[32]byte)(key)).open(c.OpenI, c.OpenLast, ct)
		if err != nil || c.Class != "" {
			return err
		}
		id := wire.ChunkIDOf(ct)
		if !bytes.Equal(id[:], c.ID) || !bytes.HasPrefix(ct, c.Ciphertext) || !bytes.HasSuffix(ct, c.Tag) || !bytes.HasPrefix(part, c.Head[commitSize:]) {
			return errors.New("another chunk")
		}
		return nil
	})
}

type parcelCase struct {
	caseHead
	Key   hexBytes     `json:"key"`
	Files []parcelFile `json:"files"`
	IDs   []hexBytes   `json:"ids"`
	Index hexBytes     `json:"index,omitempty"`
}

type parcelFile struct {
	Name   string `json:"name"`
	Type   string `json:"type"`
	Length int64  `json:"length"`
	First  byte   `json:"first"`
}

// sealFixed seals the files of the case under its key.
func (c *parcelCase) sealFixed(t *testing.T) (*Parcel, error) {
	var files [][]byte
	var list []FileInfo
	for _, f := range c.Files {
		b := make([]byte, f.Length)
		for k := range b {
			b[k] = f.First + byte(7*k)
		}
		files, list = append(files, b), append(list, FileInfo{Name: f.Name, Type: f.Type, Length: f.Length})
	}
	p, err := NewParcel(list)
	if err != nil {
		return nil, err
	}
	p.key = (*[32]byte)(c.Key)
	if err := p.SealAll(t.Context(), opener(files), func(int, wire.ChunkID, []byte) error { return nil }); err != nil {
		return nil, err
	}
	return p.Manifest()
}

func generateParcels(t *testing.T) (any, any) {
	var pass []parcelCase
	for name, files := range map[string][]parcelFile{
		"empty file":            {{"empty", "", 0, 0}},
		"small file":            {{"a.txt", "text/plain", 5, 1}},
		"exactly a chunk":       {{"a", "", chunkRoom, 2}},
		"a chunk and a byte":    {{"a", "", chunkRoom + 1, 3}},
		"three files":           {{"a", "image/png", 700_000, 4}, {"b", "", 0, 5}, {"c", "", 1_900_000, 6}},
		"rounded from 9 to 10":  {{"a", "", 8*chunkRoom + 1, 7}},
		"index, from 65 to 72 ": {{"a", "", 64*chunkRoom + 1, 8}},
	} {
		c := parcelCase{caseHead: caseHead{Name: name}, Key: fixed("parcel "+name, 32), Files: files}
		m, err := c.sealFixed(t)
		if err != nil {
			t.Fatal(err)
		}
		c.fill(m)
		pass = append(pass, c)
	}
	slices.SortFunc(pass, func(a, b parcelCase) int { return cmp.Or(len(a.IDs)-len(b.IDs), strings.Compare(a.Name, b.Name)) })
	return pass, []parcelCase{}
}

func (c *parcelCase) fill(m *Parcel) {
	c.IDs = nil
	for _, id := range m.IDs {
		c.IDs = append(c.IDs, bytes.Clone(id[:]))
	}
	if m.Indexed() {
		c.Index = bytes.Clone(m.Index[:])
	}
}

func checkParcels(t *testing.T, raw []byte) {
	eachCase(t, raw, func(c *parcelCase) caseHead { return c.caseHead }, func(c *parcelCase) error {
		m, err := c.sealFixed(t)
		if err != nil {
			return err
		}
		again := *c
		again.fill(m)
		if fmt.Sprint(again.IDs, again.Index) != fmt.Sprint(c.IDs, c.Index) {
			return errors.New("other chunks")
		}
		return nil
	})
}

type padmeCase struct {
	caseHead
	Bytes  int64 `json:"bytes"`
	Chunks int   `json:"chunks"`
}

func generatePadme(t *testing.T) (any, any) {
	var pass []padmeCase
	for _, c := range []int64{0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 15, 16, 17, 18, 31, 32, 33, 35, 36, 63, 64, 65, 127, 128, 129, 1000, 4095, 8191, 16383, 16384} {
		for _, bytes := range []int64{max(0, (c-1)*chunkRoom+1), c * chunkRoom} {
			n, err := checkFiles([]File{{Name: "a", Length: bytes}})
			if err != nil {
				t.Fatal(err)
			}
			pass = append(pass, padmeCase{caseHead{Name: fmt.Sprintf("%d chunks, %d bytes", c, bytes)}, bytes, n})
		}
	}
	return pass, []padmeCase{{caseHead{"a byte more", "too large"}, maxChunks*chunkRoom + 1, 0}, {caseHead{"2^53 bytes", "too large"}, 1 << 53, 0}}
}

func checkPadme(t *testing.T, raw []byte) {
	eachCase(t, raw, func(c *padmeCase) caseHead { return c.caseHead }, func(c *padmeCase) error {
		n, err := checkFiles([]File{{Name: "a", Length: c.Bytes}})
		if err == nil && c.Class == "" && n != c.Chunks {
			return fmt.Errorf("%d chunks, not %d", n, c.Chunks)
		}
		return err
	})
}

type manifestCase struct {
	caseHead
	Manifest hexBytes     `json:"manifest"`
	Key      hexBytes     `json:"key,omitempty"`
	Chunks   int          `json:"chunks,omitempty"`
	IDs      []hexBytes   `json:"ids,omitempty"`
	Index    hexBytes     `json:"index,omitempty"`
	Files    []parcelFile `json:"files,omitempty"`
}

// rawManifest writes any manifest. ids of form 0 come one after another.
func rawManifest(form byte, n int, ids []byte, files ...File) []byte {
	b := append(fixed("manifest key", 32), form)
	b = append(binary.BigEndian.AppendUint16(b, uint16(n)), ids...)
	b = append(b, byte(len(files)))
	for _, f := range files {
		b = append(append(b, byte(len(f.Name))), f.Name...)
		b = append(append(b, byte(len(f.Type))), f.Type...)
		b = binary.BigEndian.AppendUint64(b, uint64(f.Length))
	}
	return b
}

func generateManifests(t *testing.T) (any, any) {
	ids := fixed("manifest ids", 64*32)
	one := File{Name: "a", Type: "text/plain", Length: 10}
	of := func(chunks int64) File { return File{Name: "a", Length: chunks * chunkRoom} }
	long := File{Name: string(bytes.Repeat([]byte("ж"), 127)) + "a", Type: string(bytes.Repeat([]byte{'~'}, 127)), Length: 1}
	hostile := File{Name: "../../etc/passwd\r\n\u202e<b>", Type: "text/html", Length: 0}
	var pass []manifestCase
	for name, m := range map[string][]byte{
		"one chunk": rawManifest(0, 1, ids[:32], one), "several files": rawManifest(0, 1, ids[:32], one, hostile, long),
		"64 chunks": rawManifest(0, 64, ids, of(64)), "index, 72": rawManifest(1, 72, ids[:32], of(65)), "index, 16384": rawManifest(1, 16384, ids[:32], of(16384)),
		"32 files": rawManifest(0, 1, ids[:32], slices.Repeat([]File{one}, 32)...), "no bytes": rawManifest(0, 1, ids[:32], hostile),
	} {
		p, err := ParseParcel(m)
		if err != nil {
			t.Fatal(name, err)
		}
		pass = append(pass, manifestOf(name, m, p))
	}
	slices.SortFunc(pass, func(a, b manifestCase) int {
		return cmp.Or(len(a.Manifest)-len(b.Manifest), strings.Compare(a.Name, b.Name))
	})
	return pass, badManifests(ids, one, of)
}

func manifestOf(name string, m []byte, p *Parcel) manifestCase {
	c := manifestCase{caseHead: caseHead{Name: name}, Manifest: m, Key: p.key[:], Chunks: p.chunks}
	pc := parcelCase{}
	pc.fill(p)
	c.IDs, c.Index = pc.IDs, pc.Index
	for _, f := range p.Files {
		c.Files = append(c.Files, parcelFile{f.Name, f.Type, f.Length, 0})
	}
	return c
}

func badManifests(ids []byte, one File, of func(int64) File) []manifestCase {
	bad := func(name, class string, m []byte) manifestCase {
		return manifestCase{caseHead: caseHead{name, class}, Manifest: m}
	}
	good := rawManifest(0, 1, ids[:32], one)
	named := func(name string) []byte { return rawManifest(0, 1, ids[:32], File{Name: name, Length: 10}) }
	typed := func(typ string) []byte { return rawManifest(0, 1, ids[:32], File{Name: "a", Type: typ, Length: 10}) }
	twice := append(bytes.Clone(ids[:32]), ids[:32]...)
	return []manifestCase{
		bad("a byte less", "truncated", good[:len(good)-1]), bad("only key", "truncated", good[:32]), bad("nothing", "truncated", []byte{}), bad("a byte more", "extended", append(bytes.Clone(good), 0)),
		bad("2", "form", rawManifest(2, 1, ids[:32], one)), bad("1 with 64 chunks", "form", rawManifest(1, 64, ids[:32], of(64))),
		bad("0 with 72 chunks", "form", rawManifest(0, 72, append(bytes.Clone(ids), ids...)[:72*32], of(65))),
		bad("index of zeros", "form", rawManifest(1, 72, make([]byte, 32), of(65))),
		bad("0", "number of chunks", rawManifest(0, 0, nil, one)), bad("one too many", "number of chunks", rawManifest(0, 2, ids[:64], one)),
		bad("one too few", "number of chunks", rawManifest(0, 1, ids[:32], of(2))), bad("not rounded", "number of chunks", rawManifest(0, 9, ids[:9*32], of(9))),
		bad("16385", "number of chunks", rawManifest(1, 16385, ids[:32], of(16384))),
		bad("next to each other", "repeated id", rawManifest(0, 2, twice, of(2))),
		bad("first and last", "repeated id", rawManifest(0, 3, append(bytes.Clone(ids[:64]), ids[:32]...), of(3))),
		bad("0", "number of files", rawManifest(0, 1, ids[:32])), bad("33", "number of files", rawManifest(0, 1, ids[:32], slices.Repeat([]File{one}, 33)...)),
		bad("empty", "name", named("")), bad("not UTF-8", "name", named("a\xff")), bad("surrogate", "name", named("\xed\xa0\x80")),
		bad("CR LF", "media type", typed("text/plain\r\nX: y")), bad("not ASCII", "media type", typed("é")), bad("128 bytes", "media type", typed(string(bytes.Repeat([]byte{'a'}, 128)))),
		bad("delete", "media type", typed("a\x7f")), bad("2^34 + 1", "length", rawManifest(1, 16384, ids[:32], File{Name: "a", Length: 1<<34 + 1})),
		bad("2^63", "length", rawManifest(0, 1, ids[:32], File{Name: "a", Length: -1 << 63})), bad("sum overflows", "length", rawManifest(0, 1, ids[:32], File{Name: "a", Length: -1 << 63}, File{Name: "b", Length: -1 << 63})),
	}
}

func checkManifests(t *testing.T, raw []byte) {
	eachCase(t, raw, func(c *manifestCase) caseHead { return c.caseHead }, func(c *manifestCase) error {
		p, err := ParseParcel(c.Manifest)
		if err != nil || c.Class != "" {
			return err
		}
		again, err := p.Marshal()
		if err != nil {
			return err
		}
		if fmt.Sprint(manifestOf(c.Name, again, p)) != fmt.Sprint(*c) {
			return errors.New("reads as something else")
		}
		return nil
	})
}
