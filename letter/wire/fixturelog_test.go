// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"crypto/sha256"
	"io"
	"strings"
)

// testLog is a log in memory.
type testLog struct {
	h       *house
	log     Log
	headers [][]byte
	bodies  [][]byte
	leaves  []Hash
	tree    *Tree
	sealed  int64
}

func (h *house) emptyLog(l Log) *testLog { return &testLog{h: h, log: l, tree: NewTree()} }

// log has n pages; page i of the replies and desk logs has i mod 3 items.
func (h *house) log(l Log, n int) *testLog {
	out := h.emptyLog(l)
	for i := range n {
		out.seal(testBody(l, i, i%3))
	}
	return out
}

func testBody(l Log, page, items int) []byte {
	var list [][]byte
	for i := range items {
		label := strings.Join([]string{l.String(), string(rune('a' + page)), string(rune('a' + i))}, " ")
		switch l {
		case Replies:
			list = append(list, envelopeOf(label, ReplySize))
		case Desk:
			list = append(list, noise(label, SegmentSize))
		default:
			list = append(list, envelopeOf(label, EnvelopeSize))
		}
	}
	switch l {
	case Replies:
		return must(EncodeRepliesBody(list))
	case Desk:
		return must(EncodeSegmentsBody(list))
	}
	return must(EncodeLettersBody(list, []ChunkID{ChunkIDOf([]byte{1}), ChunkIDOf([]byte{2})}))
}

func (t *testLog) seal(body []byte) {
	t.sealed = testIssued/21600*21600 + int64(len(t.headers)+1)*21600
	h := PageHeader{
		Newsroom: t.h.key, Log: t.log, Incarnation: t.h.body.Incarnation, Number: uint64(len(t.headers)),
		Sealed: t.sealed, BodyLen: uint32(len(body)), BodyHash: sha256.Sum256(body),
	}
	t.headers, t.bodies = append(t.headers, h.Encode()), append(t.bodies, body)
	t.leaves = append(t.leaves, h.LeafHash())
	t.tree.Append(h.LeafHash())
}

// resealed is the log with page n's header changed, and tree and head made to fit: what
// a drop can do that lies from the start.
func (t *testLog) resealed(n int, change func(*PageHeader)) *testLog {
	out := &testLog{h: t.h, log: t.log, tree: NewTree(), sealed: t.sealed, bodies: t.bodies}
	for i, raw := range t.headers {
		h := must(ParsePageHeader(raw))
		if i == n {
			change(h)
		}
		out.headers, out.leaves = append(out.headers, h.Encode()), append(out.leaves, h.LeafHash())
		out.tree.Append(h.LeafHash())
	}
	return out
}

func (t *testLog) headBody() HeadBody {
	return HeadBody{
		Newsroom: t.h.key, Log: t.log, Incarnation: t.h.body.Incarnation,
		Size: t.tree.Size(), Sealed: t.sealed, Root: t.tree.Root(),
	}
}

func (t *testLog) head() []byte {
	b := t.headBody()
	return AssembleHead(b.SignedPart(), sign(t.h.drop, TagHead, b.SignedPart()))
}

// view has whole pages from … to−1.
func (t *testLog) parts(base, from, to int) *ViewParts {
	early := NewTree()
	for _, leaf := range t.leaves[:base] {
		early.Append(leaf)
	}
	p := &ViewParts{
		Head: t.head(), Base: uint64(base), Frontier: early.Frontier(),
		Before: t.leaves[base:from], After: t.leaves[to:],
	}
	for i := from; i < to; i++ {
		p.Pages = append(p.Pages, PageSource{Header: t.headers[i], Open: func() (io.ReadCloser, error) {
			return io.NopCloser(bytes.NewReader(t.bodies[i])), nil
		}})
	}
	return p
}

func (t *testLog) view(base, from, to int) []byte {
	var b bytes.Buffer
	if err := t.parts(base, from, to).Write(&b); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func (h *house) readView(b []byte, l Log) (*View, error) {
	return ReadView(bytes.NewReader(b), h.key, l, h.body.Incarnation, publicOf(h.drop), 1<<30)
}
