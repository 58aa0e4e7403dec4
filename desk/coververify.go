// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"errors"
	"io"
	"slices"

	"tamizdat/letter/wire"
)

// A drop that plays false to a visitor to see whether she notices must learn nothing: a
// cover leaves where a source does (spec/drop.md §4). It raises no alarm; the desk's own
// looks do.

var errUnsound = errors.New("a source would leave here")

// silentDays is the age of beats at which a source sends nothing.
const silentDays = 14

// coverSeen is what a cover was shown.
type coverSeen struct {
	newsroom *wire.Newsroom
	period   wire.Period
	bundles  int // journalists who have current keys
	beats    []*wire.Beat
}

// verifyNewsroom is step 1, of one who has the newsroom's key and no memory.
func verifyNewsroom(key wire.NewsroomKey, file []byte, now int64) (*wire.Newsroom, error) {
	u, err := wire.ParseNewsroom(file)
	if err != nil {
		return nil, err
	}
	n, err := u.Verify(key)
	if err != nil {
		return nil, err
	}
	return n, n.Roster().CheckTime(now)
}

// takeView is steps 2 and 3.
func (s *coverSeen) takeView(body io.Reader, week bool) (*wire.View, error) {
	r := s.newsroom.Roster()
	v, err := wire.ReadView(body, r.Newsroom, wire.Replies, r.Incarnation, r.Drop, r.Schedule.MaxViewBytes())
	if err != nil {
		return nil, err
	}
	shape := r.Schedule.EveryonesView(v.Head.Size)
	if week {
		shape = r.Schedule.WeeksView(v.Head.Size)
	}
	if err := v.CheckShape(shape); err != nil {
		return nil, err
	}
	for _, p := range v.Pages {
		if _, err := wire.ParseRepliesBody(p.Body); err != nil {
			return nil, err
		}
	}
	return v, goesOn(v, r.HeadSize, r.HeadRoot)
}

// goesOn reports whether a view goes on from a state that somebody saw.
func goesOn(v *wire.View, size uint64, root wire.Hash) error {
	had, known := v.Proof.RootAt(size)
	if size > v.Head.Size || known && had != root {
		return errUnsound
	}
	return nil
}

// takeBeats is step 4.
func (s *coverSeen) takeBeats(file []byte, v *wire.View, now int64) error {
	f, err := wire.ParseBeatsFile(file)
	if err != nil || f.CheckFor(s.newsroom.Key()) != nil {
		return nil
	}
	for _, u := range f.Beats {
		b, err := u.Verify(s.newsroom.Roster())
		if errors.Is(err, wire.ErrChain) || errors.Is(err, wire.ErrTwoRosters) {
			return err
		}
		if err != nil {
			continue
		}
		if err := goesOn(v, b.Size, b.Root); err != nil {
			return err
		}
		if int64(b.Day) <= dayOf(now)+2 {
			s.beats = append(s.beats, b)
		}
	}
	slices.SortFunc(s.beats, wire.NewestFirst)
	for _, b := range s.beats[:min(len(s.beats), s.needed())] {
		if b.Size < v.Base {
			return errUnsound
		}
	}
	return nil
}

// takeKeys is step 7.
func (s *coverSeen) takeKeys(file []byte, p wire.Period) error {
	s.period, s.bundles = p, 0
	f, err := wire.ParseKeysFile(file)
	if err != nil || f.CheckFor(s.newsroom.Key(), p) != nil {
		return nil
	}
	for _, u := range f.Bundles {
		switch _, err := u.Verify(s.newsroom.Roster()); {
		case errors.Is(err, wire.ErrChain):
			return err
		case err == nil:
			s.bundles++
		}
	}
	return nil
}

func (s *coverSeen) needed() int { return min(2, len(s.newsroom.Roster().Journalists)) }

// mayWrite reports whether a source would send anything now.
func (s *coverSeen) mayWrite(now int64) bool {
	return s.newsroom.Roster().CheckTime(now) == nil && s.bundles >= s.needed() &&
		len(s.beats) >= s.needed() && dayOf(now)-int64(s.beats[s.needed()-1].Day) <= silentDays
}
