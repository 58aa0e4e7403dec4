// SPDX-License-Identifier: Apache-2.0

package server

import (
	"tamizdat/letter/wire"
)

// changeover is how long letters sealed under the former roster are taken
// after a new one (spec/drop.md §9), in seconds.
const changeover = 24 * 3600

// room is a newsroom as it was accepted, with what goes with it. It never
// changes; a newsroom write makes a new one.
type room struct {
	newsroom *wire.Newsroom
	roster   *wire.Roster
	grant    []byte
	rosters  []RosterRef // every roster ever accepted, ascending by number
}

// takes tells whether a letter of k envelopes has one for each journalist: of
// the newest roster or, for a day, of the one before it.
func (r *room) takes(k int, now int64) bool {
	if k == len(r.roster.Journalists) {
		return true
	}
	n := len(r.rosters)
	return n >= 2 && k == r.rosters[n-2].Journalists && now < r.rosters[n-1].Since+changeover
}

// knows tells whether the drop has had a roster of that number and hash.
func (r *room) knows(number uint64, hash wire.Hash) bool {
	for _, ref := range r.rosters {
		if ref.Number == number {
			return ref.Hash == hash
		}
	}
	return false
}
