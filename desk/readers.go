// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"bytes"
	"maps"
	"slices"

	"tamizdat/letter/wire"
)

// The keys to which segments are sealed, as the drop showed them last: they are needed
// before there is a connection.

// bundlesSeen are the bundles of colleagues that the drop showed for a period.
type bundlesSeen struct {
	Period  uint32   `json:"period"`
	Bundles [][]byte `json:"bundles"`
}

func (*bundlesSeen) kind() string { return "bundles.seen" }

func (e *bundlesSeen) apply(s *state, _ int64) error {
	s.bundles[wire.Period(e.Period)] = e.Bundles
	maps.DeleteFunc(s.bundles, func(p wire.Period, _ [][]byte) bool { return p+periodsAhead < wire.Period(e.Period) })
	return nil
}

// noteBundles writes down what is new in the bundles of this round.
func (d *Desk) noteBundles(f *found) {
	for _, p := range slices.Sorted(maps.Keys(d.bundles)) {
		var raw [][]byte
		for _, b := range d.bundles[p] {
			raw = append(raw, b.Bytes())
		}
		slices.SortFunc(raw, bytes.Compare)
		if !slices.EqualFunc(raw, d.s.bundles[p], bytes.Equal) {
			f.add(&bundlesSeen{Period: uint32(p), Bundles: raw})
		}
	}
}

// readers gives the bundles of a period that were seen and are sound. One that was
// verified since this desk was opened is not verified again, as long as the roster lists
// its journalist.
func (d *Desk) readers(p wire.Period) []*wire.Bundle {
	var out []*wire.Bundle
	for _, raw := range d.s.bundles[p] {
		if u, err := wire.ParseBundle(raw); err == nil {
			if b := d.sound(u, d.bundles[p]); b != nil {
				out = append(out, b)
			}
		}
	}
	return out
}

// sound verifies a bundle, or finds it among those that were; else it is nil.
func (d *Desk) sound(u *wire.UnverifiedBundle, known []*wire.Bundle) *wire.Bundle {
	r := d.s.newsroom.Roster()
	_, _, listed := r.Journalist(u.ClaimedID())
	i := slices.IndexFunc(known, func(b *wire.Bundle) bool { return bytes.Equal(b.Bytes(), u.Bytes()) })
	if i >= 0 && listed {
		return known[i]
	}
	b, err := u.Verify(r)
	if err != nil {
		return nil
	}
	return b
}
