// SPDX-License-Identifier: Apache-2.0

package server

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"tamizdat/letter/wire"
)

// week is how far back the shorter view of the replies log reaches, in seconds.
const week = 7 * 86400

// view is a stretch of a log in the form of spec/drop.md §2, described but not
// read yet: page bodies are opened one after another while it is sent.
type view struct {
	l              *ledger
	base, from, to uint64 // leaf hashes base … from−1, whole pages from … to−1
}

// everyone is the view of the replies log that all get. Its shape is fixed by
// the newest roster; a reader refuses any other.
func everyone(room *room, l *ledger) view {
	kept := uint64(room.roster.Schedule.Kept(wire.Replies))
	return view{l: l, base: firstKept(l.size(), 4*kept), from: firstKept(l.size(), kept), to: l.size()}
}

// lastWeek is everyone's view with the pages before the last seven days as
// leaf hashes.
func lastWeek(room *room, l *ledger) view {
	v := everyone(room, l)
	for v.from < v.to && sealedAt(l.headers[v.from]) <= l.sealed-week {
		v.from++
	}
	return v
}

// parts is the view as letter/wire sends it.
func (v view) parts(blobs Blobs) *wire.ViewParts {
	p := &wire.ViewParts{
		Head:     v.l.head,
		Base:     v.base,
		Frontier: v.l.frontier(v.base),
		Before:   v.l.leaves(v.base, v.from),
		After:    v.l.leaves(v.to, v.l.size()),
	}
	for n := v.from; n < v.to; n++ {
		p.Pages = append(p.Pages, wire.PageSource{
			Header: v.l.headers[n],
			Open: func() (io.ReadCloser, error) {
				body, _, err := blobs.Open(pageName(v.l.log, n))
				return body, err
			},
		})
	}
	return p
}

// A page header's fixed places (spec/drop.md §1). The headers of a ledger were
// made or parsed by this program.
const (
	headerSealed  = 2 + 32 + 1 + 16 + 8
	headerBodyLen = headerSealed + 8
)

func sealedAt(header []byte) int64 {
	return int64(binary.BigEndian.Uint64(header[headerSealed:]))
}

func bodyLen(header []byte) int64 {
	return int64(binary.BigEndian.Uint32(header[headerBodyLen:]))
}

// refreshViews makes both views of the replies log those of the ledger, each
// as one file, so that a visit costs the drop a file read. A view that is
// right already is left alone: a full disk must not keep a drop from starting.
func (s *Server) refreshViews(room *room, l *ledger) error {
	err := s.refreshView(viewName(false), everyone(room, l))
	if err != nil {
		return err
	}
	return s.refreshView(viewName(true), lastWeek(room, l))
}

func (s *Server) refreshView(name string, v view) error {
	parts := v.parts(s.cfg.Blobs)
	if s.viewStands(name, parts) {
		return nil
	}
	if err := s.cfg.Blobs.Put(name, v.l.sealed, parts.Write); err != nil {
		return fmt.Errorf("writing a view of the replies: %w", err)
	}
	return nil
}

// viewStands reports whether the blob is that view. Head and base at its
// beginning fix all of its shape but the number of whole pages, and that is
// told by its length.
func (s *Server) viewStands(name string, parts *wire.ViewParts) bool {
	r, n, err := s.cfg.Blobs.Open(name)
	if err != nil {
		return false
	}
	defer r.Close()
	want := append([]byte{1, 0x0a}, parts.Head...)
	want = binary.BigEndian.AppendUint64(want, parts.Base)
	got := make([]byte, len(want))
	length, lengthErr := parts.Length()
	_, err = io.ReadFull(r, got)
	return errors.Join(err, lengthErr) == nil && n == length && string(got) == string(want)
}
