// SPDX-License-Identifier: Apache-2.0

package server

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"tamizdat/letter/wire"
)

// view is a stretch of a log in the form of spec/drop.md §2, described but not
// read yet: page bodies are opened one after another while it is sent.
type view struct {
	l              *ledger
	base, from, to uint64 // leaf hashes base … from−1, whole pages from … to−1
}

// shaped is a view of the replies log of one of the two shapes that a roster
// fixes; a reader refuses any other.
func shaped(l *ledger, shape wire.ViewShape) view {
	from := shape.Base + shape.Before
	return view{l: l, base: shape.Base, from: from, to: from + shape.Pages}
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

// bodyLenAt is where a page header holds the length of the body (spec/drop.md
// §1). The headers of a ledger were made or parsed by this program.
const bodyLenAt = 2 + 32 + 1 + 16 + 8 + 8

func bodyLen(header []byte) int64 {
	return int64(binary.BigEndian.Uint32(header[bodyLenAt:]))
}

// refreshViews makes both views of the replies log those of the ledger, each
// as one file, so that a visit costs the drop a file read. A view that is
// right already is left alone: a full disk must not keep a drop from starting.
func (s *Server) refreshViews(room *room, l *ledger) error {
	schedule := room.roster.Schedule
	if err := s.refreshView(viewName(false), shaped(l, schedule.EveryonesView(l.size()))); err != nil {
		return err
	}
	return s.refreshView(viewName(true), shaped(l, schedule.WeeksView(l.size())))
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
