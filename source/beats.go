// SPDX-License-Identifier: Apache-2.0

package source

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	"tamizdat/letter/wire"
)

const (
	warnDays  = 4  // older: the source is warned
	stopDays  = 14 // older: nothing is sent
	aheadDays = 2  // dated further ahead: not counted
)

// takeBeats is step 4 of spec/drop.md §4. A file that cannot be read is as good
// as an empty one, and a beat that does not verify as good as absent: step 5 then
// finds too few.
func (v *Visit) takeBeats(file []byte, view *wire.View, at time.Time) error {
	f, err := wire.ParseBeatsFile(file)
	if err != nil || f.CheckFor(v.key()) != nil {
		return nil
	}
	for _, u := range f.Beats {
		b, err := u.Verify(v.roster())
		switch {
		case errors.Is(err, wire.ErrChain), errors.Is(err, wire.ErrTwoRosters):
			return v.beatAlarm(err, u, view)
		case err != nil:
			continue
		}
		if err := checkSeen(view, b.Size, b.Root, b.Bytes()); err != nil {
			return err
		}
		v.beats = append(v.beats, b)
	}
	return v.checkComparable(view, at)
}

// beatAlarm says what a signed beat that contradicts the roster proves.
func (v *Visit) beatAlarm(err error, u *wire.UnverifiedBeat, view *wire.View) error {
	switch {
	case errors.Is(err, wire.ErrTwoRosters):
		return alarm(rowTwoRosters, toldTwoRosters, hintHostile, err, v.newsroom.Bytes(), u.Bytes())
	case namedRoster(u) > v.roster().Number:
		return alarm(rowOutdated, toldOutdated, hintHostile, err, v.newsroom.Bytes(), u.Bytes())
	}
	return alarm(rowIncarnation, toldForked, hintHostile, err, view.Head.Bytes(), u.Bytes())
}

// namedRoster is the roster number that stands in a beat (spec/drop.md §3).
func namedRoster(u *wire.UnverifiedBeat) uint64 {
	const at = 2 + len(wire.NewsroomKey{}) + len(wire.JournalistID{}) + 4
	return binary.BigEndian.Uint64(u.Bytes()[at:])
}

// counted are the beats that step 5 counts, newest first.
func (v *Visit) counted(now time.Time) []*wire.Beat {
	today := int(wire.DayOf(now.Unix()))
	var all []*wire.Beat
	for _, b := range v.beats {
		if int(b.Day)-today <= aheadDays {
			all = append(all, b)
		}
	}
	slices.SortFunc(all, wire.NewestFirst)
	return all
}

// needed is how many beats must speak for the drop.
func (v *Visit) needed() int { return min(2, len(v.roster().Journalists)) }

// checkComparable: the beats on which step 5 rests must reach into the view. One
// from before its base would vouch for a log that nobody can compare.
func (v *Visit) checkComparable(view *wire.View, at time.Time) error {
	all := v.counted(at)
	for _, b := range all[:min(len(all), v.needed())] {
		if b.Size < view.Base {
			return alarm(rowForked, toldForked, hintHostile,
				fmt.Errorf("the newest beats saw %d pages, and the view begins at %d", b.Size, view.Base), view.Head.Bytes(), b.Bytes())
		}
	}
	return nil
}

// silence returns the age in days of the beat that step 5 of spec/drop.md §4
// looks at: the second newest, or the newest where the roster lists one
// journalist. It is false when there are too few.
func (v *Visit) silence(now time.Time) (days int, ok bool) {
	all := v.counted(now)
	if len(all) < v.needed() {
		return 0, false
	}
	day := int(all[v.needed()-1].Day)
	return max(0, int(wire.DayOf(now.Unix()))-day), true
}

// silenceWarning is the warning of step 5 (M-17).
func (v *Visit) silenceWarning() []Warning {
	days, ok := v.silence(v.opt.Now())
	switch {
	case !ok:
		return []Warning{{rowSilent, toldTooFew}}
	case days > warnDays:
		return []Warning{{rowSilent, fmt.Sprintf(toldSilent, days)}}
	}
	return nil
}

// checkSilence is the refusal of step 5 (M-17).
func (v *Visit) checkSilence(now time.Time) error {
	days, ok := v.silence(now)
	switch {
	case !ok:
		return alarm(rowSilent, toldTooFew, hintSilent, nil)
	case days > stopDays:
		return alarm(rowSilent, fmt.Sprintf(toldSilent, days), hintSilent, nil)
	}
	return nil
}
