// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"math/bits"
)

const (
	// viewFixed is a view without its lists: version, type, head, base, k, b, p, a.
	viewFixed = 2 + HeadSize + 8 + 1 + 4 + 4 + 4
	// ahead bounds what is allocated for bytes that were declared but have not
	// arrived yet.
	ahead = 1 << 20
)

// Page is one whole page of a view.
type Page struct {
	Header PageHeader
	Body   []byte
}

// View is a view that was read to its end and agrees with its signed head.
type View struct {
	Head  *Head
	Base  uint64
	Pages []Page // whole pages, by number
	Proof *Proof
	// before is the number of leaf hashes ahead of the pages.
	before uint64
}

// ReadView reads and proves a whole view of one log (spec/drop.md §2), of at most
// maxBytes. It is the normal call; nothing of a view that fails is returned. Errors:
// ErrMalformed, also for a view cut short; ErrMismatch for another newsroom's, log's
// or incarnation's, for pages out of sequence or with another body, and for a tree
// that differs from the head; ErrSignature for the head. Errors of r are wrapped.
func ReadView(r io.Reader, nr NewsroomKey, log Log, inc Incarnation, drop DropKey, maxBytes int64) (*View, error) {
	v, err := NewViewReader(r, nr, log, inc, drop, maxBytes)
	if err != nil {
		return nil, err
	}
	view := &View{Head: v.head, Base: v.base.Size(), before: uint64(len(v.leaves))}
	for {
		header, body, err := v.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		view.Pages = append(view.Pages, Page{Header: *header, Body: body})
	}
	view.Proof, err = v.Finish()
	if err != nil {
		return nil, err
	}
	return view, nil
}

// ViewReader reads a view page by page, for who cannot hold it in memory. What Next
// returns is not proven until Finish has returned without error: until then it may be
// kept, but not be shown or acted upon. It is not safe for use by several goroutines.
type ViewReader struct {
	in    *bufio.Reader
	limit *io.LimitedReader
	head  *Head
	base  *Tree
	tree  *Tree
	// leaves are the leaf hashes from base on.
	leaves []Hash
	pages  uint64 // whole pages still to come
	sealed int64  // of the page before
	buf    [PageHeaderSize]byte
	err    error
}

// NewViewReader reads the beginning of a view and verifies its head. It reads at most
// one byte more than maxBytes, to see that nothing follows, and allocates for no length
// before the bytes are there.
func NewViewReader(r io.Reader, nr NewsroomKey, log Log, inc Incarnation, drop DropKey, maxBytes int64) (*ViewReader, error) {
	limit := &io.LimitedReader{R: r, N: min(maxBytes, math.MaxInt64-1) + 1}
	v := &ViewReader{in: bufio.NewReaderSize(limit, 16<<10), limit: limit}
	if err := v.readHead(nr, log, inc, drop); err != nil {
		return nil, err
	}
	if err := v.readBase(); err != nil {
		return nil, err
	}
	if err := v.readBefore(); err != nil {
		return nil, err
	}
	return v, nil
}

func (v *ViewReader) readHead(nr NewsroomKey, log Log, inc Incarnation, drop DropKey) error {
	var b [2 + HeadSize]byte
	if err := v.full(b[:]); err != nil {
		return err
	}
	r := newReader("view", b[:2])
	r.header(typeView)
	if r.err != nil {
		return r.err
	}
	u, err := ParseHead(b[2:])
	if err != nil {
		return err
	}
	if u.body.Log != log {
		return fail("view", ErrMismatch, "it is of the %s log, not the %s log", u.body.Log, log)
	}
	v.head, err = u.VerifyKey(nr, inc, drop)
	return err
}

func (v *ViewReader) readBase() error {
	var b [9]byte
	if err := v.full(b[:]); err != nil {
		return err
	}
	base, k := binary.BigEndian.Uint64(b[:]), int(b[8])
	if base > v.head.Size {
		return malformedView("it begins after its end")
	}
	if k != bits.OnesCount64(base) {
		return malformedView("%d subtrees for a base of %d", k, base)
	}
	frontier, err := v.hashes(nil, k)
	if err != nil {
		return err
	}
	v.base, err = FromFrontier(base, frontier)
	if err != nil {
		return err
	}
	v.tree = v.base.Clone()
	return nil
}

func (v *ViewReader) readBefore() error {
	before, err := v.count("leaf hashes", MaxViewLeaves)
	if err != nil {
		return err
	}
	if err := v.addLeaves(before); err != nil {
		return err
	}
	v.pages, err = v.count("pages", MaxViewPages)
	return err
}

// Head is the verified head.
func (v *ViewReader) Head() *Head { return v.head }

// Base is the number of pages of which the view has only the frontier.
func (v *ViewReader) Base() uint64 { return v.base.Size() }

// Remaining is the number of whole pages that Next will still return.
func (v *ViewReader) Remaining() int { return int(v.pages) }

// Next returns the next whole page, or io.EOF after the last. The body is fresh memory
// and hashes to what the header says, but the header is not proven yet.
func (v *ViewReader) Next() (*PageHeader, []byte, error) {
	if v.err != nil {
		return nil, nil, v.err
	}
	if v.pages == 0 {
		return nil, nil, io.EOF
	}
	header, body, err := v.readPage()
	if err != nil {
		v.err = err
		return nil, nil, err
	}
	v.pages--
	return header, body, nil
}

func (v *ViewReader) readPage() (*PageHeader, []byte, error) {
	if err := v.full(v.buf[:]); err != nil {
		return nil, nil, err
	}
	header, err := ParsePageHeader(v.buf[:])
	if err != nil {
		return nil, nil, err
	}
	if err := v.inSequence(header); err != nil {
		return nil, nil, err
	}
	body, err := v.body(int(header.BodyLen))
	if err != nil {
		return nil, nil, err
	}
	if err := header.CheckBody(body); err != nil {
		return nil, nil, err
	}
	v.sealed = header.Sealed
	v.addLeaf(leafHash(&v.buf))
	return header, body, nil
}

// inSequence checks that the page is the next one of this log.
func (v *ViewReader) inSequence(h *PageHeader) error {
	switch {
	case h.Newsroom != v.head.Newsroom || h.Log != v.head.Log || h.Incarnation != v.head.Incarnation:
		return fail("view", ErrMismatch, "a page is of another log than the head")
	case h.Number != v.tree.Size():
		return fail("view", ErrMismatch, "page %d stands in place %d", h.Number, v.tree.Size())
	case h.Sealed <= v.sealed:
		return fail("view", ErrMismatch, "page %d was not sealed after the page before", h.Number)
	case h.Sealed > v.head.Sealed || (h.Number == v.head.Size-1) != (h.Sealed == v.head.Sealed):
		return fail("view", ErrMismatch, "the time of page %d does not agree with the head", h.Number)
	}
	return nil
}

// Finish reads what is left of the view and compares its tree with the head. Only
// when its error is nil is any page that Next returned proven.
func (v *ViewReader) Finish() (*Proof, error) {
	for v.pages > 0 && v.err == nil {
		_, _, _ = v.Next() // the error stays in v.err
	}
	if v.err != nil {
		return nil, v.err
	}
	v.err = v.finish()
	if v.err != nil {
		return nil, v.err
	}
	v.err = errFinished
	return &Proof{base: v.base, leaves: v.leaves, tree: v.tree}, nil
}

var errFinished = errors.New("view: it was read to its end before")

func (v *ViewReader) finish() error {
	after, err := v.count("leaf hashes", MaxViewLeaves)
	if err != nil {
		return err
	}
	if err := v.addLeaves(after); err != nil {
		return err
	}
	if err := v.atEnd(); err != nil {
		return err
	}
	if v.tree.Size() != v.head.Size {
		return malformedView("it holds %d of %d pages", v.tree.Size(), v.head.Size)
	}
	if v.tree.Root() != v.head.Root {
		return fail("view", ErrMismatch, "its tree has not the root hash of its head")
	}
	return nil
}

func (v *ViewReader) atEnd() error {
	switch _, err := v.in.ReadByte(); {
	case err == nil:
		return malformedView("bytes after its end")
	case errors.Is(err, io.EOF) && v.limit.N > 0:
		return nil
	default:
		return v.readError(err)
	}
}

func (v *ViewReader) addLeaves(n uint64) error {
	from := len(v.leaves)
	leaves, err := v.hashes(v.leaves, int(n))
	if err != nil {
		return err
	}
	v.leaves = leaves
	for _, leaf := range leaves[from:] {
		v.tree.Append(leaf)
	}
	return nil
}

func (v *ViewReader) addLeaf(leaf Hash) {
	v.leaves = append(v.leaves, leaf)
	v.tree.Append(leaf)
}
