// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"tamizdat/drop"
	"tamizdat/letter/wire"
)

// Report is what a round brought.
type Report struct {
	Letters int // new ones
	Alarms  int // new ones
	Sent    int // slots that the drop took
	// Holding: the drop was started from a copy, or has lost pages, and takes
	// nothing until it is known what is the newest.
	Holding bool
}

// errSilent is M-29 in the words of spec/misbehaviour.md.
var errSilent = errors.New("the drop does not answer")

// Round is one look at the drop and everything that is due: the newsroom, the
// beats, the three logs; bundles of coming periods; the reply slots whose
// moment has come; pieces of attachments; the keys whose time is over. Which calls it makes, and how
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
		Holding: d.holding,
	}, err
}

func (d *Desk) tally() Report {
	r := Report{Letters: len(d.s.letters), Alarms: len(d.s.alarms), Sent: d.sent}
	d.sent = 0
	return r
}

func (d *Desk) round(ctx context.Context) error {
	if err := d.destroyPeriods(); err != nil {
		return err
	}
	d.astray = false
	start := d.unix()
	err := d.look(ctx)
	if ctx.Err() != nil {
		return errors.Join(err, d.destroyPeriods())
	}
	return errors.Join(err, d.noteContact(err), d.destroyPeriods(), d.warnClock(), d.warn(start, err))
}

func (d *Desk) look(ctx context.Context) error {
	n, err := d.member()
	if err != nil {
		return err
	}
	unfilled := d.fillDue()
	chunks := d.chooseChunks()
	to, done, err := d.reach(n)
	if err != nil {
		d.astray = true
		return errors.Join(unfilled, err)
	}
	defer done()
	seen := map[wire.Log]*wire.View{}
	err = errors.Join(unfilled, d.steps(ctx, to, seen, chunks))
	done() // now, or when connections end would tell how much was opened
	if d.broken == nil {
		err = errors.Join(err, d.settleChunks(chunks))
	}
	for _, log := range []wire.Log{wire.Desk, wire.Letters} {
		if seen[log] == nil || d.broken != nil || ctx.Err() != nil {
			continue
		}
		err = errors.Join(err, d.openPages(ctx, to, seen[log]), d.leaveFork())
	}
	if d.broken == nil && ctx.Err() == nil {
		err = errors.Join(err, d.openParcels(ctx), d.trimHeld())
	}
	if d.broken != nil || ctx.Err() != nil || errors.Is(err, ErrExpelled) {
		return err
	}
	return errors.Join(err, d.tellDaily())
}

// openPages is done after all calls, so that the time between two of them
// does not tell what opened. Only a desk that was away for more than one view
// calls once more.
func (d *Desk) openPages(ctx context.Context, to drop.Drop, v *wire.View) error {
	err := inTime(ctx, d.logLimit, func(ctx context.Context) error { return d.follow(ctx, to, v) })
	if err != nil {
		return fmt.Errorf("the %s log: %w", v.Head.Body().Log, err)
	}
	return nil
}

// steps go on after a step failed, unless no answer came at all. Views of the letters
// and the desk log are put into seen.
func (d *Desk) steps(ctx context.Context, to drop.Drop, seen map[wire.Log]*wire.View, chunks *fetching) error {
	fetch := func(ctx context.Context, log wire.Log) error {
		v, err := d.fetchView(ctx, to, log)
		if err == nil {
			seen[log] = v
		}
		return err
	}
	d.lacks = false
	var beats []byte
	var errs []error
	done := map[string]bool{}
	for _, step := range []struct {
		what  string
		limit time.Duration
		do    func(context.Context) error
	}{
		{"the beats", d.stepLimit, func(ctx context.Context) (err error) { beats, err = to.Beats(ctx); return err }},
		{"the keys", d.stepLimit, func(ctx context.Context) error { return d.lookKeys(ctx, to) }},
		{stepNewsroom, d.stepLimit, func(ctx context.Context) error { return d.lookNewsroom(ctx, to) }},
		{"the letters log", d.logLimit, func(ctx context.Context) error { return fetch(ctx, wire.Letters) }},
		{stepReplies, d.logLimit, func(ctx context.Context) error { return d.lookLog(ctx, to, wire.Replies) }},
		{"the desk log", d.logLimit, func(ctx context.Context) error { return fetch(ctx, wire.Desk) }},
		{"the beats", 0, func(context.Context) error {
			if beats == nil || !done[stepNewsroom] || !done[stepReplies] {
				return nil // what is old here would make honest beats look false
			}
			return d.checkBeats(beats)
		}},
		{"whether the drop holds", d.stepLimit, func(ctx context.Context) error {
			if !done[stepNewsroom] || !done[stepReplies] {
				return d.lookHolding(ctx, to, nil, nil)
			}
			return d.lookHolding(ctx, to, seen[wire.Letters], seen[wire.Desk])
		}},
		{"this desk's keys", d.stepLimit, func(ctx context.Context) error { return d.postBundles(ctx, to) }},
		{"the replies", d.stepLimit, func(ctx context.Context) error {
			if d.holding {
				return nil // the drop takes none
			}
			return d.writeSlots(ctx, to)
		}},
		{"what colleagues are told", d.stepLimit, func(ctx context.Context) error {
			if d.holding {
				return nil
			}
			return d.writeSegment(ctx, to)
		}},
		{"attachments", d.logLimit, func(ctx context.Context) error { return d.fetchChunks(ctx, to, chunks) }},
	} {
		err := inTime(ctx, step.limit, step.do)
		switch {
		case err == nil:
			done[step.what] = true
			continue
		case errors.Is(err, ErrExpelled) || d.broken != nil || ctx.Err() != nil:
			return err
		}
		errs = append(errs, fmt.Errorf("%s: %w", step.what, err))
		if silent(err) {
			return fmt.Errorf("%w: %w", errSilent, errors.Join(errs...))
		}
	}
	return errors.Join(errs...)
}

// Steps on which others rest.
const (
	stepNewsroom = "the newsroom"
	stepReplies  = "the replies log"
)

// inTime does a step with a deadline; 0 is none.
func inTime(ctx context.Context, limit time.Duration, do func(context.Context) error) error {
	if limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, limit)
		defer cancel()
	}
	return do(ctx)
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
		if n == nil { // nobody signed it, so there is no end of such files
			h := sha256.Sum256(file)
			f.alarm(row, words, d.today(), h[:], old.Bytes())
		} else {
			h := n.Roster().Hash()
			f.alarm(row, words, fmt.Sprintf("%x", h[:]), file, old.Bytes())
		}
		if row == "M-3" {
			d.confront(ctx, to)
		}
		return errors.Join(fmt.Errorf("%s: %w", words, err), f.commit())
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
// error it names the row of spec/misbehaviour.md and its words, and n is nil
// unless the newsroom has signed the file.
func judgeNewsroom(old *wire.Newsroom, file []byte, now int64) (n *wire.Newsroom, row, words string, err error) {
	if n = old; !bytes.Equal(file, old.Bytes()) {
		if n, row, words, err = judgeNewer(old, file); err != nil {
			return n, row, words, err
		}
	}
	if err := n.Roster().CheckTime(now); err != nil && now > n.Roster().Issued {
		return n, "M-5", wordsExpired, err
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
		return n, "M-3", wordsOlderRoster, err
	case err != nil:
		return n, "M-4", wordsTwoRosters, err
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
