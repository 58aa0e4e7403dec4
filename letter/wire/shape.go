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

// CheckView reports whether the view is an answer to the request: the base that was
// asked for, whole pages from From on, no more than Count (ErrMismatch). The first
// may be a later one, where From is no longer kept, and there may be fewer, where more
// do not fit; both the desk sees for itself.
func (q *ReadRequest) CheckView(v *View) error {
	pages := uint64(len(v.Pages))
	switch {
	case v.Head.Newsroom != q.Newsroom || v.Head.Log != q.Log:
		return fail("view", ErrMismatch, "it is of another log than was asked for")
	case v.Base != q.Base:
		return fail("view", ErrMismatch, "its base is %d, not %d", v.Base, q.Base)
	case pages > uint64(q.Count) || (pages > 0 && v.Base+v.before < q.From):
		return fail("view", ErrMismatch, "it has other pages than were asked for")
	}
	return nil
}

// ViewBase is where everyone's view of a replies log of the given size begins.
func (s Schedule) ViewBase(size uint64) uint64 { return s.EveryonesView(size).Base }
