// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"testing"

	"tamizdat/letter/wire"
)

func bodyConstructions() []construction {
	common := []string{"truncated", "extended", "empty text", "not UTF-8", "control character", "length too large"}
	return []construction{
		{
			"message-area", "letter.md §5",
			"area is followed by zeros up to size bytes; it holds kind and body. body_repeat says how often body is repeated. Other compressors give other areas for the same body; all must be read.",
			[]string{"version", "inflated over the limit", "deflated too long", "padding not zero", "longer than declared", "shorter than declared", "bomb", "stream cut", "bytes after the stream", "stream malformed"},
			generateAreas, checkAreas,
		},
		{
			"letter-body", "letter.md §6", "body of kind 1 and what it says; label is that of its id, digest is H(tamizdat-letter-v1, body).",
			append(slices.Clone(common), "unknown parcel", "manifest"), generateLetterBodies, checkLetterBodies,
		},
		{
			"reply-body", "letter.md §7", "body of kind 2 and what it says. received is pairs of week and label.",
			append(slices.Clone(common), "numbers", "label", "too many received", "permit"), generateReplyBodies, checkReplyBodies,
		},
		{
			"note-body", "letter.md §8", "body of kind 3 and what it says.", common, generateNoteBodies, checkNoteBodies,
		},
	}
}

type areaCase struct {
	caseHead
	Size   int      `json:"size"`
	Area   hexBytes `json:"area"`
	Kind   Kind     `json:"kind,omitempty"`
	Body   hexBytes `json:"body,omitempty"`
	Repeat int      `json:"body_repeat,omitempty"`
}

// rawArea writes any header in front of any stream.
func rawArea(version, kind byte, inflated, deflated int, stream []byte) []byte {
	b := binary.BigEndian.AppendUint32([]byte{version, kind}, uint32(inflated))
	return append(binary.BigEndian.AppendUint16(b, uint16(deflated)), stream...)
}

// stored is a DEFLATE stream of one stored block.
func stored(body []byte) []byte {
	b := binary.LittleEndian.AppendUint16([]byte{1}, uint16(len(body)))
	return append(binary.LittleEndian.AppendUint16(b, ^uint16(len(body))), body...)
}

func huffmanOnly(t *testing.T, body []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.HuffmanOnly)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(body); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func generateAreas(t *testing.T) (any, any) {
	text := []byte(strings.Repeat("ещё раз то же самое, ", 40))
	short := []byte("одно слово")
	limit := bytes.Repeat([]byte{'a'}, maxInflated)
	over := bytes.Repeat([]byte{'a'}, maxInflated+1)
	z, s, big := deflate(text), deflate(short), deflate(limit)
	full := fixed("incompressible", replyArea-areaHeader-5)
	pass := []areaCase{
		{caseHead{Name: "text"}, replyArea, rawArea(1, 1, len(text), len(z), z), 1, text, 0},
		{caseHead{Name: "in a letter"}, letterArea, rawArea(1, 1, len(text), len(z), z), 1, text, 0},
		{caseHead{Name: "short"}, replyArea, rawArea(1, 3, len(short), len(s), s), 3, short, 0},
		{caseHead{Name: "stored block"}, replyArea, rawArea(1, 2, len(short), len(stored(short)), stored(short)), 2, short, 0},
		{caseHead{Name: "codes without matches"}, replyArea, rawArea(1, 2, len(text), len(huffmanOnly(t, text)), huffmanOnly(t, text)), 2, text, 0},
		{caseHead{Name: "full to the last byte"}, replyArea, rawArea(1, 2, len(full), len(stored(full)), stored(full)), 2, full, 0},
		{caseHead{Name: "as long as may be"}, replyArea, rawArea(1, 1, maxInflated, len(big), big), 1, []byte{'a'}, maxInflated},
		{caseHead{Name: "kind nobody knows"}, replyArea, rawArea(1, 200, len(short), len(s), s), 200, short, 0},
		{caseHead{Name: "empty body"}, replyArea, rawArea(1, 1, 0, len(deflate(nil)), deflate(nil)), 1, nil, 0},
	}
	bomb := deflate(bytes.Repeat([]byte{0}, 2_900_000)) // 2.9 MB in some 3 kB
	bad := func(name, class string, area []byte) areaCase {
		return areaCase{caseHead: caseHead{name, class}, Size: replyArea, Area: area}
	}
	last := rawArea(1, 1, len(s), len(s), s)
	copy(last[2:], rawArea(1, 1, len(short), len(s), nil)[2:])
	padded := append(bytes.Clone(last), make([]byte, replyArea-len(last))...)
	padded[replyArea-1] = 1
	return pass, []areaCase{
		bad("0", "version", rawArea(0, 1, len(short), len(s), s)), bad("2", "version", rawArea(2, 1, len(short), len(s), s)),
		bad("by one", "inflated over the limit", rawArea(1, 1, maxInflated+1, len(deflate(over)), deflate(over))),
		bad("4 GiB", "inflated over the limit", rawArea(1, 1, 1<<32-1, len(s), s)),
		bad("by one", "deflated too long", rawArea(1, 1, len(short), replyArea-areaHeader+1, s)), bad("64 KiB", "deflated too long", rawArea(1, 1, len(short), 65535, s)),
		bad("after the stream", "padding not zero", append(bytes.Clone(last), 1)), bad("last byte", "padding not zero", padded),
		bad("by one", "longer than declared", rawArea(1, 1, len(short)-1, len(s), s)), bad("declared as nothing", "longer than declared", rawArea(1, 1, 0, len(s), s)),
		bad("by one", "shorter than declared", rawArea(1, 1, len(short)+1, len(s), s)), bad("declared as the limit", "shorter than declared", rawArea(1, 1, maxInflated, len(s), s)),
		bad("declared as 1 byte", "bomb", rawArea(1, 1, 1, len(bomb), bomb)), bad("declared as the limit", "bomb", rawArea(1, 1, maxInflated, len(bomb), bomb)),
		bad("last byte", "stream cut", rawArea(1, 1, len(text), len(z)-1, z[:len(z)-1])), bad("empty", "stream cut", rawArea(1, 1, 0, 0, nil)),
		bad("no final block", "stream cut", rawArea(1, 1, len(short), len(stored(short)), append([]byte{0}, stored(short)[1:]...))),
		bad("one zero", "bytes after the stream", rawArea(1, 1, len(short), len(s)+1, append(bytes.Clone(s), 0))),
		bad("another stream", "bytes after the stream", rawArea(1, 1, len(short), 2*len(s), append(bytes.Clone(s), s...))),
		bad("block type 3", "stream malformed", rawArea(1, 1, 1, 3, []byte{7, 0, 0})),
		bad("stored length", "stream malformed", rawArea(1, 1, 1, 6, []byte{1, 1, 0, 0, 0, 'a'})),
		bad("distance before the beginning", "stream malformed", rawArea(1, 1, 3, 4, mustHex("03020000"))),
	}
}

func checkAreas(t *testing.T, raw []byte) {
	eachCase(t, raw, func(c *areaCase) caseHead { return c.caseHead }, func(c *areaCase) error {
		area := append(bytes.Clone(c.Area), make([]byte, c.Size-len(c.Area))...)
		kind, got, err := unpackArea(area)
		if err != nil || c.Class != "" {
			return err
		}
		if kind != c.Kind || !bytes.Equal(got, bytes.Repeat(c.Body, max(1, c.Repeat))) {
			return errors.New("reads as something else")
		}
		return nil
	})
}

type bodyCase struct {
	caseHead
	Body hexBytes `json:"body"`

	ID       hexBytes `json:"id,omitempty"`
	Text     string   `json:"text,omitempty"`
	Label    Label    `json:"label,omitempty"`
	Digest   hexBytes `json:"digest,omitempty"`
	Manifest hexBytes `json:"manifest,omitempty"`

	Incarnation uint32      `json:"incarnation,omitempty"`
	Number      uint64      `json:"number,omitempty"`
	Lowest      uint64      `json:"lowest,omitempty"`
	Day         uint32      `json:"day,omitempty"`
	Author      hexBytes    `json:"author,omitempty"`
	Received    [][2]uint32 `json:"received,omitempty"`
	Permit      hexBytes    `json:"permit,omitempty"`
}

func bodyHead(c *bodyCase) caseHead { return c.caseHead }

func refusedBody(name, class string, b []byte) bodyCase {
	return bodyCase{caseHead: caseHead{name, class}, Body: b}
}

// badTexts spoils the text of a body in every way a text can be spoilt. build
// writes a body around a text, which it does not check; extra is the length of
// what follows the text.
func badTexts(build func(text string) []byte, extra int) []bodyCase {
	good := build("text")
	long := bytes.Clone(good)
	at := len(good) - extra - len("text") - 4
	binary.BigEndian.PutUint32(long[at:], 1<<32-1)
	one := bytes.Clone(good)
	binary.BigEndian.PutUint32(one[at:], uint32(len("text")+extra+1))
	bad := []bodyCase{
		refusedBody("a byte less", "truncated", good[:len(good)-1]), refusedBody("nothing", "truncated", []byte{}), refusedBody("half", "truncated", good[:len(good)/2]),
		refusedBody("a byte more", "extended", append(bytes.Clone(good), 0)), refusedBody("text", "empty text", build("")),
		refusedBody("4 GiB", "length too large", long), refusedBody("by one", "length too large", one),
	}
	for name, text := range map[string]string{"lone byte": "a\xff", "surrogate": "\xed\xa0\x80", "overlong": "\xc0\xaf", "cut": "\xd0"} {
		bad = append(bad, refusedBody(name, "not UTF-8", build(text)))
	}
	for _, c := range []string{"\x00", "\x07", "\x0b", "\r", "\x1b", "\x7f", "\u0085", "\u009f"} {
		bad = append(bad, refusedBody(hex.EncodeToString([]byte(c)), "control character", build("a"+c)))
	}
	slices.SortFunc(bad, func(a, b bodyCase) int { return strings.Compare(a.Class+a.Name, b.Class+b.Name) })
	return bad
}

func goodTexts() []string {
	return []string{"a", "Прошу передать редактору.\n\tВсё правда.\n", "\ufeffmark", "نامه \u200cبرای سردبیر", "\u202eoverride"}
}

func generateLetterBodies(t *testing.T) (any, any) {
	build := func(text string) []byte { return append(appendBytes32(fixed("letter id", 16), text), 0) }
	var pass []bodyCase
	for i, text := range goodTexts() {
		l := &Letter{ID: [16]byte(fixed("letter id", 16)), Text: text}
		l.ID[0] = byte(i)
		pass = append(pass, letterCase(t, l, text))
	}
	p := fixedParcel()
	pass = append(pass, letterCase(t, &Letter{ID: [16]byte(fixed("letter id", 16)), Parcel: p}, "only a parcel"))
	pass = append(pass, letterCase(t, &Letter{ID: [16]byte(fixed("letter id", 16)), Text: "see below", Parcel: p}, "text and parcel"))
	withParcel := pass[len(pass)-1].Body
	unknown := bytes.Clone(build("text"))
	unknown[len(unknown)-1] = 2
	refuse := append(badTexts(build, 1),
		refusedBody("parcel 2", "unknown parcel", unknown), refusedBody("parcel 255", "unknown parcel", append(unknown[:len(unknown)-1:len(unknown)-1], 255)),
		refusedBody("cut", "manifest", withParcel[:len(withParcel)-1]), refusedBody("none", "manifest", append(unknown[:len(unknown)-1:len(unknown)-1], 1)),
		refusedBody("a byte more", "manifest", append(bytes.Clone(withParcel), 0)),
	)
	return pass, refuse
}

// fixedParcel is a manifest whose chunks nobody needs.
func fixedParcel() *Parcel {
	return &Parcel{
		key: (*[32]byte)(fixed("parcel key", 32)), chunks: 1, IDs: []wire.ChunkID{wire.ChunkID(fixed("chunk id", 32))},
		Files: []File{{Name: "../отчёт\u202efdp.exe", Type: "application/pdf", Length: 70_000}, {Name: "b", Length: 0}},
	}
}

func letterCase(t *testing.T, l *Letter, name string) bodyCase {
	b := body(t, l)
	d := wire.HashTag(tagLetter, b)
	c := bodyCase{caseHead: caseHead{Name: name}, Body: b, ID: l.ID[:], Text: l.Text, Label: l.Label(), Digest: d[:]}
	if l.Parcel != nil {
		m, err := l.Parcel.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		c.Manifest = m
	}
	return c
}

func checkLetterBodies(t *testing.T, raw []byte) {
	eachCase(t, raw, bodyHead, func(c *bodyCase) error {
		l, err := parseLetter(c.Body)
		if err != nil || c.Class != "" {
			return err
		}
		again := letterCase(t, l, c.Name)
		if !bytes.Equal(again.Body, c.Body) || !bytes.Equal(again.ID, c.ID) || again.Text != c.Text || again.Label != c.Label ||
			!bytes.Equal(again.Digest, c.Digest) || !bytes.Equal(again.Manifest, c.Manifest) {
			return errors.New("reads as something else")
		}
		return nil
	})
}

func generateNoteBodies(t *testing.T) (any, any) {
	id := [16]byte(fixed("note id", 16))
	var pass []bodyCase
	for _, text := range goodTexts() {
		pass = append(pass, bodyCase{caseHead: caseHead{Name: text}, Body: body(t, &Note{ID: id, Text: text}), ID: id[:], Text: text})
	}
	return pass, badTexts(func(text string) []byte { return appendBytes32(id[:len(id):len(id)], text) }, 0)
}

func checkNoteBodies(t *testing.T, raw []byte) {
	eachCase(t, raw, bodyHead, func(c *bodyCase) error {
		n, err := parseNote(c.Body)
		if err != nil || c.Class != "" {
			return err
		}
		if !bytes.Equal(n.ID[:], c.ID) || n.Text != c.Text || !bytes.Equal(body(t, n), c.Body) {
			return errors.New("reads as something else")
		}
		return nil
	})
}

func generateReplyBodies(t *testing.T) (any, any) {
	permit := fixedPermit()
	var pass []bodyCase
	for i, text := range goodTexts() {
		r := &Reply{Number: uint64(i + 1), Lowest: 1, Day: 20_800, Author: wire.JournalistID(fixed("author", 32)), Text: text}
		switch i {
		case 1:
			r.Received = []Received{{Week: 2971, Label: 1<<22 - 1}, {Week: 2972}}
		case 2:
			r.Received = slices.Repeat([]Received{{1, 2}}, maxReceived)
		case 3:
			r.Permit, r.Incarnation = permit, 1<<32-1
		case 4:
			r.Number, r.Lowest = 1<<53-1, 1<<53-1
		}
		pass = append(pass, replyCase(t, r, text))
	}
	build := func(number, lowest uint64, received []uint32, text string, tail []byte) []byte {
		b := binary.BigEndian.AppendUint32(nil, 0)
		b = binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(b, number), lowest)
		b = append(binary.BigEndian.AppendUint32(b, 20_800), fixed("author", 32)...)
		b = append(b, byte(len(received)))
		for _, label := range received {
			b = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(b, 1), label)
		}
		return append(appendBytes32(b, text), tail...)
	}
	none := []byte{0}
	refuse := badTexts(func(text string) []byte { return build(1, 1, nil, text, none) }, 1)
	return pass, append(refuse,
		refusedBody("number 0", "numbers", build(0, 0, nil, "a", none)), refusedBody("lowest 0", "numbers", build(1, 0, nil, "a", none)),
		refusedBody("lowest above number", "numbers", build(1, 2, nil, "a", none)), refusedBody("number 2^53", "numbers", build(1<<53, 1, nil, "a", none)),
		refusedBody("23 bits", "label", build(1, 1, []uint32{1 << 22}, "a", none)), refusedBody("32 bits", "label", build(1, 1, []uint32{3, 1<<32 - 1}, "a", none)),
		refusedBody("65", "too many received", build(1, 1, make([]uint32, 65), "a", none)), refusedBody("255", "too many received", build(1, 1, make([]uint32, 255), "a", none)),
		refusedBody("2", "permit", build(1, 1, nil, "a", []byte{2})), refusedBody("cut", "permit", build(1, 1, nil, "a", append([]byte{1}, permit[:116]...))),
		refusedBody("a byte more", "permit", build(1, 1, nil, "a", append(append([]byte{1}, permit...), 0))),
		refusedBody("of another type", "permit", build(1, 1, nil, "a", append([]byte{1}, edited(permit, 1)...))),
		refusedBody("class 6", "permit", build(1, 1, nil, "a", append([]byte{1}, permitOfClass(6)...))),
		refusedBody("class 15", "permit", build(1, 1, nil, "a", append([]byte{1}, permitOfClass(15)...))),
	)
}

func fixedPermit() []byte { return permitOfClass(9) }

func permitOfClass(class uint8) []byte {
	nr := fixedNewsroom()
	b := append([]byte{1, 0x13}, nr[:]...)
	b = append(append(b, fixed("serial", 16)...), class)
	b = binary.BigEndian.AppendUint16(b, 690)
	sig := deskSeedFrom(fixed("desk seed", 32)).permit.sign(wire.TagPermit, b)
	return append(b, sig[:]...)
}

func replyCase(t *testing.T, r *Reply, name string) bodyCase {
	c := bodyCase{
		caseHead: caseHead{Name: name}, Body: body(t, r), Text: r.Text, Incarnation: r.Incarnation, Number: r.Number,
		Lowest: r.Lowest, Day: r.Day, Author: r.Author[:], Permit: r.Permit,
	}
	for _, got := range r.Received {
		c.Received = append(c.Received, [2]uint32{got.Week, uint32(got.Label)})
	}
	return c
}

func checkReplyBodies(t *testing.T, raw []byte) {
	eachCase(t, raw, bodyHead, func(c *bodyCase) error {
		r, err := parseReply(c.Body)
		if err != nil || c.Class != "" {
			return err
		}
		again := replyCase(t, r, c.Name)
		if !bytes.Equal(again.Body, c.Body) || again.Text != c.Text || again.Incarnation != c.Incarnation || again.Number != c.Number ||
			again.Lowest != c.Lowest || again.Day != c.Day || !bytes.Equal(again.Author, c.Author) ||
			!slices.Equal(again.Received, c.Received) || !bytes.Equal(again.Permit, c.Permit) {
			return errors.New("reads as something else")
		}
		return nil
	})
}
