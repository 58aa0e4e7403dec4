// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"tamizdat/drop"
	"tamizdat/letter/wire"
)

const (
	// viewBytes bounds a view in memory: the greatest page of letters, the
	// 64 MiB that may come with it (spec/drop.md §9), and leaf hashes.
	viewBytes = 512 << 20
	// A view begins with version, type and head; the incarnation stands here.
	viewPrefix       = 2 + wire.HeadSize
	viewIncarnation  = 2 + 2 + 32 + 1
	incarnationBytes = 16
)

// lookLog brings a log up to date.
func (d *Desk) lookLog(ctx context.Context, to drop.Drop, log wire.Log) error {
	v, err := d.fetchView(ctx, to, log)
	if err != nil {
		return err
	}
	return d.follow(ctx, to, v)
}

// follow processes a view and fetches what is missing up to its head, and no
// further: a log that grows while it is read would have no end.
func (d *Desk) follow(ctx context.Context, to drop.Drop, v *wire.View) (err error) {
	log, end := v.Head.Body().Log, v.Proof.Size()
	for {
		if err := d.takeView(v); err != nil {
			return err
		}
		if d.s.position(log).size >= end {
			return nil
		}
		if v, err = d.fetchView(ctx, to, log); err != nil {
			return err
		}
	}
}

// fetchView returns the next view of a log, proven and compared with what this
// desk has seen. Nothing of it is processed yet.
func (d *Desk) fetchView(ctx context.Context, to drop.Drop, log wire.Log) (*wire.View, error) {
	pos, count := d.s.position(log), wire.MaxReadPages
	prefix, view, err := d.readOn(ctx, to, log, pos.size, count)
	f := &found{d: d}
	if err != nil {
		if prefix == nil {
			return nil, err
		}
		row, words := d.viewFault(prefix)
		evidence := d.evidence(prefix)
		f.alarm(row, words, d.todays(log), evidence, pos.head)
		if row == "M-33" && len(evidence) == wire.HeadSize {
			d.confront(ctx, to)
		}
		return nil, errors.Join(fmt.Errorf("%s: %w", words, err), f.commit())
	}
	if row, words := d.judgeView(pos, view, count); row != "" {
		f.alarm(row, words, d.todays(log), view.Head.Bytes(), pos.head)
		if row != "M-37" {
			d.confront(ctx, to)
		}
		return nil, errors.Join(errors.New(words), f.commit())
	}
	if d.excess(pos, log, view.Head.Body().Size) > maxExcess {
		d.tellFaster(f, log, view.Head.Bytes())
		return nil, errors.Join(errors.New(wordsFaster), f.commit())
	}
	return view, nil
}

// readOn asks for what comes after the pages that this desk knows. A drop that has
// fewer refuses; what it has then, under its signature, is the evidence.
func (d *Desk) readOn(ctx context.Context, to drop.Drop, log wire.Log, size uint64, count int) ([]byte, *wire.View, error) {
	prefix, v, err := d.readView(ctx, to, log, size, count)
	if !errors.Is(err, drop.ErrRefused) || size == 0 {
		return prefix, v, err
	}
	if p, less, again := d.readView(ctx, to, log, 0, 0); again == nil && less.Proof.Size() < size {
		return p, less, nil
	}
	return prefix, v, err
}

// readView asks for a desk's view. A prefix beside the error means that the
// drop answered with something that is not one.
func (d *Desk) readView(ctx context.Context, to drop.Drop, log wire.Log, base uint64, count int) (prefix []byte, v *wire.View, err error) {
	if d.seed == nil {
		return nil, nil, ErrExpelled
	}
	nonce, err := to.Nonce(ctx)
	if err != nil {
		return nil, nil, err
	}
	r := d.s.newsroom.Roster()
	in, err := to.Read(ctx, d.seed.SignRead(wire.ReadRequest{
		Newsroom: r.Newsroom, Log: log, Base: base, From: base, Count: count, Nonce: nonce,
	}))
	if err != nil {
		return nil, nil, err
	}
	defer in.Close()
	body := &arriving{in}
	prefix = make([]byte, viewPrefix)
	if n, err := io.ReadFull(body, prefix); err != nil {
		return notView(prefix[:n], err)
	}
	whole := io.MultiReader(bytes.NewReader(prefix), body)
	v, err = wire.ReadView(whole, r.Newsroom, log, r.Incarnation, r.Drop, viewBytes)
	if err != nil && !isWire(err) {
		return nil, nil, err // the line broke
	}
	return prefix, v, err
}

// notView tells an answer that ended too early from a line that broke.
func notView(prefix []byte, err error) ([]byte, *wire.View, error) {
	if _, broke := errors.AsType[callError](err); broke {
		return nil, nil, err
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return prefix, nil, fmt.Errorf("the answer is too short to be a view: %w", wire.ErrMalformed)
	}
	return nil, nil, err
}

func isWire(err error) bool {
	return errors.Is(err, wire.ErrMalformed) || errors.Is(err, wire.ErrSignature) || errors.Is(err, wire.ErrMismatch)
}

// viewFault is the row of a view that does not hold: another incarnation is a
// rewritten history, anything else does not add up.
func (d *Desk) viewFault(prefix []byte) (row, words string) {
	inc := d.s.newsroom.Roster().Incarnation
	if len(prefix) == viewPrefix && !bytes.Equal(prefix[viewIncarnation:viewIncarnation+incarnationBytes], inc[:]) {
		return "M-33", wordsRewritten
	}
	return "M-10", wordsAddUp
}

// todays is the subject of today's alarm about a log.
func (d *Desk) todays(log wire.Log) string { return log.String() + " " + d.today() }

// evidence is the head at the beginning of a view that failed, if the drop
// signed it; of what nobody signed, only a hash.
func (d *Desk) evidence(prefix []byte) []byte {
	r := d.s.newsroom.Roster()
	if len(prefix) == viewPrefix {
		named := wire.Incarnation(prefix[viewIncarnation:])
		u, err := wire.ParseHead(prefix[2:])
		if err == nil {
			_, err = u.VerifyKey(r.Newsroom, named, r.Drop)
		}
		if err == nil {
			return prefix[2:]
		}
	}
	h := sha256.Sum256(prefix)
	return h[:]
}

// judgeView compares a proven view with what this desk has seen, and its shape
// with what was asked for (spec/drop.md §2). An empty row means that all is
// well.
func (d *Desk) judgeView(pos *position, v *wire.View, count int) (row, words string) {
	size := v.Proof.Size()
	if size < pos.size {
		return "M-7", wordsRewound
	}
	if v.Base != pos.size {
		return "M-37", wordsAddUp
	}
	switch root, ok := v.Proof.RootAt(pos.size); {
	case !ok:
		return "M-37", wordsAddUp
	case root != pos.tree.Root() && size == pos.size:
		return "M-25", wordsRewritten // two signed heads of one size
	case root != pos.tree.Root():
		return "M-9", wordsRewritten
	}
	if !d.rightShape(pos, v, count) {
		return "M-37", wordsAddUp
	}
	return "", ""
}

// rightShape refuses a view that holds back pages which the drop must have.
func (d *Desk) rightShape(pos *position, v *wire.View, count int) bool {
	r := d.s.newsroom.Roster()
	asked := wire.ReadRequest{Newsroom: r.Newsroom, Log: v.Head.Body().Log, Base: pos.size, From: pos.size, Count: count}
	return asked.CheckView(v, r.Schedule) == nil
}

// judgeClock notices pages dated ahead of this desk's clock, or sealed after
// its last look and dated before it (M-24, M-34). A drop that held seals then, under
// their own times, the pages that desks had written for.
func (d *Desk) judgeClock(f *found, pos *position, v *wire.View) {
	interval := d.s.newsroom.Roster().Schedule.Interval(v.Head.Body().Log)
	head := v.Head.Body()
	ahead := head.Sealed > d.unix()+interval
	isBack := func(sealed int64) bool {
		return pos.looked > 0 && sealed < pos.looked-interval && sealed >= d.s.held
	}
	back := head.Size > pos.size && isBack(head.Sealed)
	for _, p := range v.Pages {
		back = back || isBack(p.Header.Sealed)
	}
	if ahead || back {
		f.alarm("M-24", wordsClock, fmt.Sprintf("%s %v", d.todays(head.Log), ahead), v.Head.Bytes())
	}
}

// takeView processes the pages of a view that has passed every check, and
// moves the log on.
func (d *Desk) takeView(v *wire.View) error {
	log := v.Head.Body().Log
	f, pos := &found{d: d}, d.s.position(log)
	d.judgeClock(f, pos, v)
	d.judgePace(f, pos, v)
	unseen := noteGap(f, pos, v)
	for i, p := range v.Pages {
		late := d.late(pos, v, i)
		if err := d.takePage(f, log, p, unseen, late); err != nil {
			return err
		}
		if f.bulk > maxBulk && i+1 < len(v.Pages) {
			if err := d.moveOn(f, v, i+1); err != nil {
				return err
			}
		}
	}
	if err := d.moveOn(f, v, len(v.Pages)); err != nil {
		return err
	}
	if log == wire.Replies {
		return d.noteLeft()
	}
	return nil
}

// moveOn writes down what was found in the first n pages of a view, and that the log was
// processed so far.
func (d *Desk) moveOn(f *found, v *wire.View, n int) error {
	log := v.Head.Body().Log
	pos, end, sealed := d.s.position(log), v.Proof.Size(), v.Head.Body().Sealed
	if n > 0 {
		end, sealed = v.Pages[n-1].Header.Number+1, v.Pages[n-1].Header.Sealed
	}
	whole := end == v.Proof.Size()
	e := &logMoved{Log: uint8(log), From: pos.size, Head: v.Head.Bytes(), Sealed: sealed, Whole: whole}
	for i := pos.size; i < end; i++ {
		leaf, _ := v.Proof.Leaf(i) // the view begins at pos.size or before
		e.Leaves = append(e.Leaves, leaf[:])
	}
	f.add(e)
	return f.commit()
}

// noteGap tells a person that pages were deleted before this desk saw them,
// because it was away for longer than the drop keeps them. What was sealed
// before the time it returns is unknown; 0 means nothing is. A desk that never
// looked has missed nothing; one that looked while a log was empty may have
// written for its first page.
func noteGap(f *found, pos *position, v *wire.View) (unseen int64) {
	if len(v.Pages) == 0 || v.Pages[0].Header.Number == pos.size {
		return 0
	}
	h := v.Pages[0].Header
	if h.Log == wire.Letters && (pos.size > 0 || pos.wholeAt > 0) {
		words := fmt.Sprintf("%d pages of letters were deleted before this desk saw them; ask your colleagues for what came", h.Number-pos.size)
		f.alarm("gap", words, fmt.Sprint(h.Number), v.Head.Bytes())
	}
	return h.Sealed
}

// late reports whether a page may hold letters that waited for longer than an
// interval, as they do at a drop that holds: it is the first of its logs, or the
// page before is older than two intervals, or not known.
func (d *Desk) late(pos *position, v *wire.View, i int) bool {
	h, before := v.Pages[i].Header, pos.sealed
	switch {
	case i > 0:
		before = v.Pages[i-1].Header.Sealed
	case pos.size == 0 || h.Number != pos.size:
		return true
	}
	return h.Sealed-before > 2*d.s.newsroom.Roster().Schedule.Interval(h.Log)
}

func (d *Desk) takePage(f *found, log wire.Log, p wire.Page, unseen int64, late bool) error {
	var err error
	switch log {
	case wire.Letters:
		err = d.takeLetters(f, p, late)
	case wire.Replies:
		err = d.takeReplies(f, p, unseen)
	case wire.Desk:
		err = d.takeSegments(f, p, unseen)
	}
	if !errors.Is(err, wire.ErrMalformed) {
		return err
	}
	f.alarm("M-10", wordsAddUp, d.todays(log), p.Header.Encode())
	return errors.Join(fmt.Errorf("%s: %w", wordsAddUp, err), f.commit())
}
