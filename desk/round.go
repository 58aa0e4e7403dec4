// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"tamizdat/drop"
	"tamizdat/letter/wire"
)

// Report is what a round brought.
type Report struct {
	Letters int // new ones
	Alarms  int // new ones
	Sent    int // slots that the drop took
}

// errSilent is M-29 in the words of spec/misbehaviour.md.
var errSilent = errors.New("the drop does not answer")

// Round is one look at the drop and everything that is due: the newsroom, the
// beats, the three logs; bundles of coming periods; the reply slots whose
// moment has come; the keys whose time is over. Which calls it makes, and how
// long they are, follows from the clock and from what the drop holds for
// everybody, never from what this desk could open or has to say.
//
// What could be done is done: an error tells what could not, and the report is
// valid beside it. Only a drop that does not answer ends the round early.
func (d *Desk) Round(ctx context.Context) (Report, error) {
	before := d.tally()
	err := d.round(ctx)
	after := d.tally()
	return Report{
		Letters: after.Letters - before.Letters,
		Alarms:  after.Alarms - before.Alarms,
		Sent:    after.Sent,
	}, err
}

func (d *Desk) tally() Report {
	r := Report{Letters: len(d.s.letters), Alarms: len(d.s.alarms), Sent: d.sent}
	d.sent = 0
	return r
}

func (d *Desk) round(ctx context.Context) error {
	n, err := d.member()
	if err != nil {
		return err
	}
	to, done, err := d.reach(n)
	if err != nil {
		return errors.Join(err, d.destroyPeriods())
	}
	defer done()
	err = d.steps(ctx, to)
	return errors.Join(err, d.destroyPeriods())
}

// steps go on after a step failed, unless no answer came at all.
func (d *Desk) steps(ctx context.Context, to drop.Drop) error {
	var beats []byte
	var errs []error
	for _, step := range []struct {
		what string
		do   func() error
	}{
		{"the beats", func() (err error) { beats, err = to.Beats(ctx); return err }},
		{"the keys", func() error { return d.lookKeys(ctx, to) }},
		{"the newsroom", func() error { return d.lookNewsroom(ctx, to) }},
		{"the letters log", func() error { return d.lookLog(ctx, to, wire.Letters) }},
		{"the replies log", func() error { return d.lookLog(ctx, to, wire.Replies) }},
		{"the desk log", func() error { return d.lookLog(ctx, to, wire.Desk) }},
		{"the beats", func() error { return d.checkBeats(beats) }},
		{"this desk's keys", func() error { return d.postBundles(ctx, to) }},
		{"the replies", func() error { return d.writeSlots(ctx, to) }},
	} {
		err := step.do()
		switch {
		case err == nil:
			continue
		case errors.Is(err, ErrExpelled) || d.broken != nil || ctx.Err() != nil:
			return err
		}
		errs = append(errs, fmt.Errorf("%s: %w", step.what, err))
		if !answered(err) {
			return fmt.Errorf("%w: %w", errSilent, errors.Join(errs...))
		}
	}
	return errors.Join(errs...)
}

// noticed is an error that became an alarm: the drop did answer.
type noticed struct{ error }

func (n noticed) Unwrap() error { return n.error }

// answered reports whether err came from a drop that is there.
func answered(err error) bool {
	if _, ok := errors.AsType[noticed](err); ok {
		return true
	}
	for _, e := range []error{
		drop.ErrMalformed, drop.ErrRefused, drop.ErrAbsent, drop.ErrConflict,
		drop.ErrTooLarge, drop.ErrBudget, drop.ErrBusy, drop.ErrFull,
	} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// lookNewsroom takes over a newer roster and notices a false one.
func (d *Desk) lookNewsroom(ctx context.Context, to drop.Drop) error {
	file, err := to.Newsroom(ctx)
	if err != nil {
		return err
	}
	old := d.s.newsroom
	n, row, words, err := judgeNewsroom(old, file, d.unix())
	if err != nil {
		f := found{d: d}
		f.alarm(row, words, "", file, old.Bytes())
		return errors.Join(noticed{fmt.Errorf("%s: %w", words, err)}, f.commit())
	}
	if n.Roster().Hash() == old.Roster().Hash() {
		return nil
	}
	grant, err := to.Grant(ctx)
	if err != nil {
		return err
	}
	if err := d.adopt(n, grant, nil); err != nil {
		return err
	}
	_, err = d.member()
	return err
}

// judgeNewsroom verifies a newsroom file against the one known before. On an
// error it names the row of spec/misbehaviour.md and its words.
func judgeNewsroom(old *wire.Newsroom, file []byte, now int64) (n *wire.Newsroom, row, words string, err error) {
	if n = old; !bytes.Equal(file, old.Bytes()) {
		if n, row, words, err = judgeNewer(old, file); err != nil {
			return nil, row, words, err
		}
	}
	if err := n.Roster().CheckTime(now); err != nil && now > n.Roster().Issued {
		return nil, "M-5", wordsExpired, err
	}
	return n, "", "", nil
}

// judgeNewer verifies a file that is not the one known.
func judgeNewer(old *wire.Newsroom, file []byte) (n *wire.Newsroom, row, words string, err error) {
	u, err := wire.ParseNewsroom(file)
	if err != nil {
		return nil, "M-1", wordsNotSigned, err
	}
	if n, err = u.Verify(old.Key()); err != nil {
		return nil, "M-1", rosterFault(err), err
	}
	err = old.CheckNewer(n)
	switch {
	case errors.Is(err, wire.ErrRollback):
		return nil, "M-3", wordsOlderRoster, err
	case err != nil:
		return nil, "M-4", wordsTwoRosters, err
	}
	return n, "", "", nil
}

// rosterFault is what a person is told of a newsroom file that fails.
func rosterFault(err error) string {
	if errors.Is(err, wire.ErrMismatch) {
		return wordsWrongNewsroom
	}
	return wordsNotSigned
}
