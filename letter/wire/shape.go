// SPDX-License-Identifier: Apache-2.0

package wire

// ViewShape is how a view divides its log. The drop must not choose what a reader
// sees by choosing the shape, so readers compare it (spec/drop.md §2).
type ViewShape struct {
	Base   uint64 // pages of which the view has the frontier only
	Before uint64 // leaf hashes
	Pages  uint64 // whole pages
	After  uint64 // leaf hashes
}

const weekSeconds = 7 * daySeconds

// EveryonesView is the shape of everyone's view of a replies log of the given size.
func (s Schedule) EveryonesView(size uint64) ViewShape {
	return s.shape(size, uint64(s.RepliesKept))
}

// WeeksView is the shape of the week's view of a replies log of the given size.
func (s Schedule) WeeksView(size uint64) ViewShape {
	return s.shape(size, min(uint64(s.RepliesKept), s.WeekPages()))
}

// WeekPages is the number of pages of the replies log that seven days make.
func (s Schedule) WeekPages() uint64 {
	every := uint64(max(s.RepliesEvery, 1))
	return (weekSeconds + every - 1) / every
}

func (s Schedule) shape(size, pages uint64) ViewShape {
	base := size - min(size, keptFactor*uint64(s.RepliesKept))
	pages = min(size, pages)
	return ViewShape{Base: base, Before: size - base - pages, Pages: pages}
}

// Shape is how the view divides its log.
func (v *View) Shape() ViewShape {
	pages := uint64(len(v.Pages))
	return ViewShape{Base: v.Base, Before: v.before, Pages: pages, After: v.Head.Size - v.Base - v.before - pages}
}

// CheckShape reports whether the view has the shape that was asked for
// (ErrMismatch).
func (v *View) CheckShape(want ViewShape) error {
	if got := v.Shape(); got != want {
		return fail("view", ErrMismatch, "it is divided as %d+%d+%d+%d pages, not as was asked for", got.Base, got.Before, got.Pages, got.After)
	}
	return nil
}

// maxReadBytes bounds the pages of a desk's view beyond the first (spec/drop.md §2).
const maxReadBytes = 64 << 20

// CheckView reports whether the view is the answer to the request that a drop owes under
// the schedule of the newest roster (ErrMismatch): the base that was asked for; the first
// page From, or the first that is still kept; and as many pages as were asked for, are
// there, and fit. Pages that should be gone already do no harm. Whether pages are missing
// because a great one did not fit cannot be seen where the log's pages may be that great:
// of letters, then, the next view must begin where this one ends.
func (q *ReadRequest) CheckView(v *View, s Schedule) error {
	pages, first, size := uint64(len(v.Pages)), v.Base+v.before, v.Head.Size
	oldest := max(q.From, size-min(size, s.Kept(q.Log)))
	want := min(uint64(max(q.Count, 0)), size-min(size, max(first, q.From)))
	switch {
	case v.Head.Newsroom != q.Newsroom || v.Head.Log != q.Log:
		return fail("view", ErrMismatch, "it is of another log than was asked for")
	case v.Base != q.Base:
		return fail("view", ErrMismatch, "its base is %d, not %d", v.Base, q.Base)
	case first < q.From || (first > oldest && pages > 0) || pages > want:
		return fail("view", ErrMismatch, "it has other pages than were asked for")
	case pages == 0 && q.Count > 0 && oldest < size:
		return fail("view", ErrMismatch, "it has none of the pages that were asked for")
	}
	return v.checkFit(q.Log, pages < want)
}

// checkFit holds the bytes of the pages to their bound; fewer says that there are not as
// many pages as were asked for and are there.
func (v *View) checkFit(log Log, fewer bool) error {
	var sum uint64
	for i := range v.Pages {
		if i > 0 {
			sum += PageHeaderSize + uint64(v.Pages[i].Header.BodyLen)
		}
	}
	switch {
	case sum > maxReadBytes:
		return fail("view", ErrMismatch, "it has more pages than fit")
	case fewer && sum+PageHeaderSize+maxBody(log) <= maxReadBytes:
		return fail("view", ErrMismatch, "it leaves out pages that fit")
	}
	return nil
}

// ViewBase is where everyone's view of a replies log of the given size begins.
func (s Schedule) ViewBase(size uint64) uint64 { return s.EveryonesView(size).Base }
