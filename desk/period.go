// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"tamizdat/drop"
	"tamizdat/letter"
	"tamizdat/letter/wire"
)

// periodsAhead is how many periods ahead of the current one a bundle goes up.
const periodsAhead = 2

func (d *Desk) currentPeriod() wire.Period {
	return wire.PeriodAt(d.unix(), d.s.newsroom.PeriodSeconds())
}

func periodSecret(p wire.Period) string { return fmt.Sprintf("%s%010d", secretPeriod, p) }

// postBundles makes the keys of the current and the coming periods and gives
// the public halves to the drop.
func (d *Desk) postBundles(ctx context.Context, to drop.Drop) error {
	first := d.currentPeriod()
	if err := d.makePeriods(first); err != nil {
		return err
	}
	for p := first; p <= first+periodsAhead; p++ {
		if own := d.s.periods[p]; own.posted && !d.unshown[p] || own.refused || own.destroyed {
			continue
		}
		if err := d.postBundle(ctx, to, p); err != nil {
			return err
		}
	}
	return nil
}

func (d *Desk) postBundle(ctx context.Context, to drop.Drop, p wire.Period) error {
	own := d.s.periods[p]
	err := to.PostBundle(ctx, own.bundle)
	f := &found{d: d}
	switch {
	case errors.Is(err, drop.ErrConflict):
		d.foreignKeys(f, p, own.bundle)
		f.add(&periodRefused{Period: uint32(p)})
	case err != nil:
		return err
	default:
		f.add(&periodPosted{Period: uint32(p)})
	}
	return f.commit()
}

// foreignKeys tells of a bundle that this desk does not know as its own. After
// it was restored from a copy, it may have made it before.
func (d *Desk) foreignKeys(f *found, p wire.Period, evidence []byte) {
	subject := fmt.Sprintf("period %d", p)
	if d.s.restored != 0 && p <= wire.PeriodAt(d.s.restored, d.s.newsroom.PeriodSeconds())+periodsAhead {
		f.alarm("restored", wordsOldKeys, subject, evidence)
		return
	}
	f.alarm("M-35", wordsForeignKeys, subject, evidence)
}

// makePeriods draws keys for the periods from first on that have none yet. The private
// halves are in the keyring before the bundle is written down, and the bundle
// is signed only once.
func (d *Desk) makePeriods(first wire.Period) error {
	n := d.s.newsroom
	put := map[string][]byte{}
	f := &found{d: d}
	for p := first; p <= first+periodsAhead; p++ {
		if d.s.periods[p] != nil {
			continue
		}
		keys := letter.NewPeriodKeys(p)
		put[periodSecret(p)] = keys.Marshal()
		f.add(&periodMade{Period: uint32(p), Bundle: d.keys.Bundle(n.Key(), n.Roster().Number, keys)})
	}
	if len(put) == 0 {
		return nil
	}
	if err := d.v.ChangeSecrets(put); err != nil {
		return err
	}
	return f.commit()
}

// RenewKeys makes and posts the bundles that are due now, as every round does.
func (d *Desk) RenewKeys(ctx context.Context) error {
	n, err := d.member()
	if err != nil {
		return err
	}
	to, done, err := d.reach(n)
	if err != nil {
		return err
	}
	defer done()
	return inTime(ctx, d.stepLimit, func(ctx context.Context) error { return d.postBundles(ctx, to) })
}

// The spans of spec/keys.md §5 in seconds after the end of a period.
func acceptSpan(period int64) int64  { return period / 7 }
func destroySpan(period int64) int64 { return 2 * period / 7 }
func latestSpan(period int64) int64  { return 5 * period }

// livePeriods returns the private halves with which a letter in a page sealed
// at the given time may be opened: all that there are where the page is late.
func (d *Desk) livePeriods(sealed int64, late bool) ([]*letter.PeriodKeys, error) {
	seconds := d.s.newsroom.PeriodSeconds()
	var live []*letter.PeriodKeys
	for p := range d.s.periods {
		if !late && sealed > p.End(seconds)+acceptSpan(int64(seconds)) {
			continue
		}
		keys, err := d.periodKeys(p)
		if err != nil {
			return nil, err
		}
		if keys != nil {
			live = append(live, keys)
		}
	}
	return live, nil
}

// periodKeys gives the private halves of a period, nil where they are gone or never were.
// What was read once stays in memory for as long as the keyring has it.
func (d *Desk) periodKeys(p wire.Period) (*letter.PeriodKeys, error) {
	secret, ok := d.v.Secret(periodSecret(p))
	if !ok {
		delete(d.opening, p)
		return nil, nil
	}
	if keys := d.opening[p]; keys != nil {
		return keys, nil
	}
	keys, err := letter.ParsePeriodKeys(secret)
	if err != nil {
		return nil, fmt.Errorf("the keys of period %d: %w", p, err)
	}
	if d.opening == nil {
		d.opening = map[wire.Period]*letter.PeriodKeys{}
	}
	d.opening[p] = keys
	return keys, nil
}

// destroyPeriods takes the private halves whose time is over out of the
// keyring. The desk's own clock decides together with the pages it has
// processed; the drop's time alone never does (M-34).
func (d *Desk) destroyPeriods() error {
	if d.s.newsroom == nil || d.broken != nil {
		return nil
	}
	if err := d.watchClock(); err != nil {
		return err
	}
	var secrets []string
	f := &found{d: d}
	for _, p := range slices.Sorted(maps.Keys(d.s.periods)) {
		if d.s.periods[p].destroyed || !d.periodOver(p) {
			continue
		}
		secrets = append(secrets, periodSecret(p))
		f.add(&periodDestroyed{Period: uint32(p)})
	}
	if len(secrets) == 0 {
		return nil
	}
	if err := d.v.ChangeSecrets(nil, secrets...); err != nil {
		return err
	}
	clear(d.opening)
	return f.commit()
}

// sweepPeriods deletes private halves of which no event tells: the desk died
// between drawing them and writing it down.
func (d *Desk) sweepPeriods() error {
	gone := slices.DeleteFunc(d.v.SecretNames(secretPeriod), func(name string) bool {
		for p, own := range d.s.periods {
			if periodSecret(p) == name && !own.destroyed {
				return true
			}
		}
		return false
	})
	if len(gone) == 0 {
		return nil
	}
	return d.v.ChangeSecrets(nil, gone...)
}

func (d *Desk) periodOver(p wire.Period) bool {
	seconds := d.s.newsroom.PeriodSeconds()
	end, length := p.End(seconds), int64(seconds)
	due := end + destroySpan(length)
	processed := true
	for _, log := range []wire.Log{wire.Letters, wire.Desk} {
		p := d.s.position(log)
		processed = processed && p.looked >= due && p.sealed >= due
	}
	return d.unix() >= due && processed || d.surelyPast(d.latest(p))
}

// A clock that is wrong for one moment must not destroy what cannot be made
// again: after a jump of more than maxJump it has to say the same for a day.
const (
	maxJump    = 7 * 86400
	jumpSettle = 86400
)

// watchClock notices a jump, ahead or back: a clock that is right again must not
// be measured against the wrong one. A desk that was not used for so long sees
// one too, and its keys live for a day longer.
func (d *Desk) watchClock() error {
	apart := d.unix() - d.s.last
	if max(apart, -apart) <= maxJump {
		return nil
	}
	return d.commit(&clockJumped{From: d.s.last})
}

// warnClock tells a person of a jump that would have destroyed keys, and that
// the drop's pages do not confirm.
func (d *Desk) warnClock() error {
	if d.s.newsroom == nil || d.broken != nil {
		return nil
	}
	f := &found{d: d}
	for p, own := range d.s.periods {
		if !own.destroyed && d.latest(p) <= d.unix() {
			f.alarm("clock", wordsClockJumped, fmt.Sprint(dayOf(d.s.jumped)), fmt.Appendf(nil, "%d to %d", d.s.jumpedFrom, d.s.jumped))
		}
	}
	return f.commit()
}

// latest is when the keys of a period are destroyed whatever the drop delivers.
func (d *Desk) latest(p wire.Period) int64 {
	seconds := d.s.newsroom.PeriodSeconds()
	return p.End(seconds) + latestSpan(int64(seconds))
}

// surelyPast reports whether a time is over by a clock that did not just jump,
// or that had passed it before it jumped.
func (d *Desk) surelyPast(t int64) bool {
	now := d.unix()
	return now >= t && (d.s.jumped == 0 || now-d.s.jumped >= jumpSettle || t <= d.s.jumpedFrom)
}
