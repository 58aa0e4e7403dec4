// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"tamizdat/drop"
	"tamizdat/letter/wire"
)

// checkBeats compares what colleagues have seen with what this desk has
// (spec/drop.md §4). Their beats were fetched before everything else, so that
// a change on the way cannot look like fraud.
func (d *Desk) checkBeats(raw []byte) error {
	file, err := wire.ParseBeatsFile(raw)
	if err != nil {
		return fmt.Errorf("the beats cannot be read: %w", err)
	}
	f := &found{d: d}
	for _, u := range file.Beats {
		if row, words := d.judgeBeat(u); row != "" {
			id := u.ClaimedID()
			f.alarm(row, words, fmt.Sprintf("%x %s", id[:], d.today()), u.Bytes(), d.s.position(wire.Replies).head)
		}
	}
	return f.commit()
}

// judgeBeat returns an empty row for a beat that agrees or does not count.
func (d *Desk) judgeBeat(u *wire.UnverifiedBeat) (row, words string) {
	r := d.s.newsroom.Roster()
	b, err := u.Verify(r)
	switch {
	case errors.Is(err, wire.ErrTwoRosters):
		return "M-4", wordsTwoRosters
	case errors.Is(err, wire.ErrChain) && beatRoster(u) > r.Number:
		return "M-3", wordsOlderRoster
	case errors.Is(err, wire.ErrChain):
		return "M-33", wordsRewritten
	case err != nil:
		return "", "" // as good as absent
	}
	log := d.s.position(wire.Replies)
	if b.Size > log.size {
		return "M-7", wordsRewound
	}
	if root, ok := log.roots[b.Size]; ok && root != b.Root {
		return "M-9", wordsRewritten
	}
	return "", ""
}

// beatRoster is the roster number in a beat that was not accepted.
func beatRoster(u *wire.UnverifiedBeat) uint64 {
	const at = 2 + 32 + 32 + 4
	return binary.BigEndian.Uint64(u.Bytes()[at:])
}

// lookKeys looks at the keys files of the periods in which this desk has
// bundles for one under its own name that it did not make (M-35).
func (d *Desk) lookKeys(ctx context.Context, to drop.Drop) error {
	f := &found{d: d}
	first := d.currentPeriod()
	known := d.bundles
	d.unshown, d.bundles = map[wire.Period]bool{}, map[wire.Period][]*wire.Bundle{}
	for p := first; p <= first+periodsAhead; p++ {
		raw, err := to.Keys(ctx, p)
		if err != nil {
			return err
		}
		file, err := wire.ParseKeysFile(raw)
		if err != nil {
			return fmt.Errorf("the keys of period %d cannot be read: %w", p, err)
		}
		d.unshown[p] = true // a drop that was restored has lost it
		for _, u := range file.Bundles {
			if u.ClaimedPeriod() == p {
				d.judgeBundle(f, u)
				d.keepBundle(u, known[p])
			}
			if u.ClaimedID() == d.ID() {
				d.unshown[p] = false
			}
		}
	}
	d.noteBundles(f)
	return f.commit()
}

// keepBundle notes a colleague's bundle, to which segments of its period are sealed. An
// unsound one is as good as absent.
func (d *Desk) keepBundle(u *wire.UnverifiedBundle, known []*wire.Bundle) {
	if b := d.sound(u, known); b != nil {
		d.bundles[u.ClaimedPeriod()] = append(d.bundles[u.ClaimedPeriod()], b)
	}
}

func (d *Desk) judgeBundle(f *found, u *wire.UnverifiedBundle) {
	own := d.s.periods[u.ClaimedPeriod()]
	if u.ClaimedID() != d.ID() || own != nil && bytes.Equal(own.bundle, u.Bytes()) {
		return
	}
	_, err := u.Verify(d.s.newsroom.Roster())
	if errors.Is(err, wire.ErrMismatch) || errors.Is(err, wire.ErrSignature) {
		return // nobody will take it
	}
	d.foreignKeys(f, u.ClaimedPeriod(), u.Bytes())
}
