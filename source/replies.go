// SPDX-License-Identifier: Apache-2.0

package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"tamizdat/letter/wire"
)

// page is one proven page of the replies log.
type page struct {
	number    uint64
	envelopes [][]byte
}

const daySeconds = 86400

// viewPrefix is how much of a view its head takes, with version and type.
const viewPrefix = 2 + wire.HeadSize

// readView is step 2 of spec/drop.md §4: the head, and that everything that
// came hashes to it. A head of another incarnation is told apart from a broken
// one (M-33), so it is looked at first.
func readView(ctx context.Context, body io.Reader, n *wire.Newsroom) (*wire.View, error) {
	r := n.Roster()
	limit := r.Schedule.MaxViewBytes()
	body = &whole{body}
	prefix := make([]byte, viewPrefix)
	if _, err := io.ReadFull(body, prefix); err != nil {
		return nil, unread(ctx, err)
	}
	if err := checkIncarnation(prefix[2:], r); err != nil {
		return nil, err
	}
	all := io.MultiReader(bytes.NewReader(prefix), body)
	view, err := wire.ReadView(all, n.Key(), wire.Replies, r.Incarnation, r.Drop, limit)
	if err != nil {
		return nil, unread(ctx, err)
	}
	return view, nil
}

// checkIncarnation refuses a head that the roster's drop signed for a log of
// another incarnation. Any other fault is left to the reader of the view.
func checkIncarnation(raw []byte, r *wire.Roster) error {
	const at = 2 + len(wire.NewsroomKey{}) + 1 // version, type, newsroom, log
	named := wire.Incarnation(raw[at:])
	u, err := wire.ParseHead(raw)
	if err != nil || named == r.Incarnation {
		return nil
	}
	if _, err := u.VerifyKey(r.Newsroom, named, r.Drop); err != nil {
		return nil
	}
	return alarm(rowIncarnation, toldForked, hintHostile,
		errors.New("the view is of another incarnation of the log than the roster names"), raw, r.Bytes())
}

// whole passes on a body. A connection that breaks is no fault of the log, so
// its error must not look like the end of the bytes.
type whole struct{ r io.Reader }

func (w *whole) Read(b []byte) (int, error) {
	n, err := w.r.Read(b)
	if err != nil && err != io.EOF {
		err = &brokenOff{err}
	}
	return n, err
}

type brokenOff struct{ err error }

func (e *brokenOff) Error() string { return "the download broke off: " + e.err.Error() }

// unread tells a view that does not add up from one that did not arrive whole.
func unread(ctx context.Context, err error) error {
	if _, broke := errors.AsType[*brokenOff](err); broke {
		return unserved(ctx, err)
	}
	return alarm(rowBroken, toldBroken, hintHostile, err)
}

// takeView is the rest of step 2, and step 3: the view has the shape that all
// get (M-37), and the head in the roster is in it.
func (v *Visit) takeView(view *wire.View) error {
	r := v.roster()
	shape := r.Schedule.EveryonesView(view.Head.Size)
	if v.opt.Week {
		shape = r.Schedule.WeeksView(view.Head.Size)
	}
	if err := view.CheckShape(shape); err != nil {
		return alarm(rowShape, toldBroken, hintHostile, err)
	}
	for _, p := range view.Pages {
		envelopes, err := wire.ParseRepliesBody(p.Body)
		if err != nil { // whole and proven, and still no page: the drop made it
			return alarm(rowBroken, toldBroken, hintHostile, err)
		}
		v.pages = append(v.pages, page{p.Header.Number, envelopes})
	}
	v.sealed = r.Issued // of a log without pages
	if view.Head.Size > 0 {
		v.sealed = view.Head.Sealed
	}
	return checkSeen(view, r.HeadSize, r.HeadRoot, r.Bytes())
}

// staleWarning is step 6 of spec/drop.md §4 (M-16).
func (v *Visit) staleWarning() []Warning {
	age := v.opt.Now().Unix() - v.sealed
	if age <= daySeconds+2*v.roster().Schedule.Interval(wire.Replies) {
		return nil
	}
	return []Warning{{rowStale, fmt.Sprintf(toldStale, age/daySeconds)}}
}

// checkSeen asks whether the view goes on from a head that somebody honest saw:
// it is not shorter (M-6), and its tree had that root at that size (M-8, M-25).
// A head from before the view's base cannot be compared.
func checkSeen(view *wire.View, size uint64, root wire.Hash, evidence []byte) error {
	head := view.Head
	if size > head.Size {
		return alarm(rowRewound, toldRewound, hintHostile,
			fmt.Errorf("the newsroom saw %d pages, the drop shows %d", size, head.Size), head.Bytes(), evidence)
	}
	had, known := view.Proof.RootAt(size)
	if !known || had == root {
		return nil
	}
	return alarm(rowForked, toldForked, hintHostile,
		fmt.Errorf("the tree of the first %d pages differs", size), head.Bytes(), evidence)
}
