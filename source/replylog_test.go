// SPDX-License-Identifier: Apache-2.0

package source_test

import (
	"bytes"
	"crypto/ed25519"
	"io"
	"slices"

	"tamizdat/letter/wire"
)

// replyLog is the replies log of a drop whose key the test holds.
type replyLog struct {
	s       *stage
	inc     wire.Incarnation
	headers [][]byte
	bodies  [][]byte
	sealed  []int64
}

func newReplyLog(s *stage) *replyLog { return &replyLog{s: s, inc: wire.Incarnation{1, 2, 3}} }

func (l *replyLog) size() uint64 { return uint64(len(l.headers)) }

func (l *replyLog) seal(at int64, envelopes [][]byte) {
	l.s.t.Helper()
	l.sealBody(at, must(wire.EncodeRepliesBody(envelopes))(l.s.t))
}

// sealBody seals any bytes at all.
func (l *replyLog) sealBody(at int64, body []byte) {
	if n := len(l.sealed); n > 0 && at <= l.sealed[n-1] {
		at = l.sealed[n-1] + testEvery
	}
	h := wire.PageHeader{
		Newsroom: l.s.nr, Log: wire.Replies, Incarnation: l.inc, Number: l.size(), Sealed: at,
		BodyLen: uint32(len(body)), BodyHash: wire.Hash(wire.ChunkIDOf(body)),
	}
	l.headers, l.bodies, l.sealed = append(l.headers, h.Encode()), append(l.bodies, body), append(l.sealed, at)
}

func (l *replyLog) leaf(i int) wire.Hash {
	return must(wire.ParsePageHeader(l.headers[i]))(l.s.t).LeafHash()
}

func (l *replyLog) tree(size uint64) *wire.Tree {
	t := wire.NewTree()
	for i := range size {
		t.Append(l.leaf(int(i)))
	}
	return t
}

func (l *replyLog) rootAt(size uint64) wire.Hash { return l.tree(size).Root() }

// upTo is the log as it was when it had size pages.
func (l *replyLog) upTo(size int) *replyLog {
	return &replyLog{l.s, l.inc, slices.Clone(l.headers[:size]), slices.Clone(l.bodies[:size]), slices.Clone(l.sealed[:size])}
}

// head is signed by the drop.
func (l *replyLog) head() []byte {
	b := wire.HeadBody{Newsroom: l.s.nr, Log: wire.Replies, Incarnation: l.inc, Size: l.size(), Root: l.rootAt(l.size())}
	if l.size() > 0 {
		b.Sealed = l.sealed[l.size()-1]
	}
	part := b.SignedPart()
	return wire.AssembleHead(part, [64]byte(ed25519.Sign(l.s.dropKey, wire.Preimage(wire.TagHead, part))))
}

// viewFrom is the view in which whole pages begin at from.
func (l *replyLog) viewFrom(base, from uint64) []byte {
	return l.viewBetween(base, from, l.size())
}

func (l *replyLog) viewBetween(base, from, to uint64) []byte {
	l.s.t.Helper()
	var before, after []wire.Hash
	var pages []wire.PageSource
	for i := base; i < l.size(); i++ {
		switch {
		case i < from:
			before = append(before, l.leaf(int(i)))
		case i < to:
			body := l.bodies[i]
			open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
			pages = append(pages, wire.PageSource{Header: l.headers[i], Open: open})
		default:
			after = append(after, l.leaf(int(i)))
		}
	}
	var out bytes.Buffer
	if err := wire.WriteView(&out, l.head(), base, l.tree(base).Frontier(), before, pages, after); err != nil {
		l.s.t.Fatal(err)
	}
	return out.Bytes()
}

// view is everyone's, or the week's.
func (l *replyLog) view(week bool) []byte {
	shape := l.s.roster().Schedule.EveryonesView(l.size())
	if week {
		shape = l.s.roster().Schedule.WeeksView(l.size())
	}
	return l.viewFrom(shape.Base, shape.Base+shape.Before)
}
