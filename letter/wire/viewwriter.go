// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"errors"
	"fmt"
	"io"
	"math/bits"
)

// PageSource is one whole page for WriteView: its header, and where its body comes
// from. Open is called when the page's turn has come; the body is closed after it.
type PageSource struct {
	Header []byte
	Open   func() (io.ReadCloser, error)
}

// ViewParts is what a view is made of (spec/drop.md §2).
type ViewParts struct {
	Head     []byte // signed, HeadSize bytes
	Base     uint64
	Frontier []Hash // of the first Base pages
	Before   []Hash // leaf hashes
	Pages    []PageSource
	After    []Hash // leaf hashes
}

// Length is the exact number of bytes that Write will write. Headers must be whole.
func (p *ViewParts) Length() (int64, error) {
	n := int64(viewFixed) + 32*int64(len(p.Frontier)+len(p.Before)+len(p.After))
	for _, page := range p.Pages {
		h, err := ParsePageHeader(page.Header)
		if err != nil {
			return 0, err
		}
		n += PageHeaderSize + int64(h.BodyLen)
	}
	return n, nil
}

// Write writes the view. It checks counts (ErrMalformed) and that each body has the
// length its header says (ErrMismatch), but neither hashes nor signatures: the reader
// does. Errors of w and of the sources are wrapped.
func (p *ViewParts) Write(w io.Writer) error {
	if err := p.check(); err != nil {
		return err
	}
	out := newWriter(typeView, viewFixed+32*(len(p.Frontier)+len(p.Before)))
	out.bytes(p.Head)
	out.u64(p.Base)
	out.u8(len(p.Frontier))
	out.hashes(p.Frontier)
	out.u32(uint32(len(p.Before)))
	out.hashes(p.Before)
	out.u32(uint32(len(p.Pages)))
	if err := out.flush(w); err != nil {
		return err
	}
	for i := range p.Pages {
		if err := p.Pages[i].write(w); err != nil {
			return err
		}
	}
	out.u32(uint32(len(p.After)))
	out.hashes(p.After)
	return out.flush(w)
}

// WriteView is ViewParts.Write for who has the parts at hand.
func WriteView(w io.Writer, head []byte, base uint64, frontier, before []Hash, pages []PageSource, after []Hash) error {
	p := ViewParts{Head: head, Base: base, Frontier: frontier, Before: before, Pages: pages, After: after}
	return p.Write(w)
}

func (p *ViewParts) check() error {
	head, err := ParseHead(p.Head)
	switch {
	case err != nil:
		return err
	case len(p.Frontier) != bits.OnesCount64(p.Base):
		return malformedView("%d subtrees for a base of %d", len(p.Frontier), p.Base)
	case len(p.Before) > MaxViewLeaves || len(p.After) > MaxViewLeaves || len(p.Pages) > MaxViewPages:
		return malformedView("too many pages or leaf hashes")
	case p.Base > head.body.Size || head.body.Size-p.Base != uint64(len(p.Before)+len(p.Pages)+len(p.After)):
		return malformedView("base and pages do not add up to the size")
	}
	return nil
}

func (s *PageSource) write(w io.Writer) error {
	h, err := ParsePageHeader(s.Header)
	if err != nil {
		return err
	}
	body, err := s.Open()
	if err != nil {
		return fmt.Errorf("view: open page %d: %w", h.Number, err)
	}
	defer body.Close()
	if _, err := w.Write(s.Header); err != nil {
		return fmt.Errorf("view: write: %w", err)
	}
	n, err := io.Copy(w, io.LimitReader(body, int64(h.BodyLen)))
	if err != nil {
		return fmt.Errorf("view: write page %d: %w", h.Number, err)
	}
	if n != int64(h.BodyLen) {
		return fail("view", ErrMismatch, "the body of page %d has %d of %d bytes", h.Number, n, h.BodyLen)
	}
	switch n, err := io.ReadFull(body, make([]byte, 1)); {
	case n != 0:
		return fail("view", ErrMismatch, "the body of page %d has more than %d bytes", h.Number, h.BodyLen)
	case !errors.Is(err, io.EOF):
		return fmt.Errorf("view: read page %d: %w", h.Number, err)
	}
	return nil
}

func (w *writer) hashes(list []Hash) {
	for i := range list {
		w.bytes(list[i][:])
	}
}

// flush writes what was built and starts anew.
func (w *writer) flush(out io.Writer) error {
	_, err := out.Write(w.b)
	w.b = w.b[:0]
	if err != nil {
		return fmt.Errorf("view: write: %w", err)
	}
	return nil
}
