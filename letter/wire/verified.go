// SPDX-License-Identifier: Apache-2.0

package wire

import "bytes"

// rosterBody lets Roster show the fields of a RosterBody. Another package can still
// assign to them, or make a Roster of its own that holds nothing that was signed: the
// compiler does not forbid it. Verified tells the second.
type rosterBody = RosterBody

// Roster is a roster whose signatures lead to the newsroom's key. It comes from a
// Newsroom only. All fields of RosterBody can be read from it; none may be changed.
type Roster struct {
	rosterBody
	raw  []byte
	hash Hash
}

// Body is a copy of what was signed, to derive the next roster from. Its lists
// are copied too.
func (r *Roster) Body() RosterBody {
	b := r.rosterBody
	b.Addresses = append([]string(nil), b.Addresses...)
	b.Journalists = append([]Journalist(nil), b.Journalists...)
	b.Former = append([]Former(nil), b.Former...)
	return b
}

// Verified reports whether r came out of a verified newsroom file. It does not see a
// field that was assigned to since.
func (r *Roster) Verified() bool { return r != nil && r.raw != nil }

// Hash is H(tamizdat-roster-v1, signed part): what beats and the next roster name.
func (r *Roster) Hash() Hash { return r.hash }

// Bytes is the roster with its signatures.
func (r *Roster) Bytes() []byte { return bytes.Clone(r.raw) }

// Journalist finds a current journalist and their index in the roster.
func (r *Roster) Journalist(id JournalistID) (*Journalist, int, bool) {
	for i := range r.Journalists {
		if r.Journalists[i].ID == id {
			return &r.Journalists[i], i, true
		}
	}
	return nil, 0, false
}

// Formers lists all who have left, ascending by ID.
func (r *Roster) Formers() []Former { return r.rosterBody.Former }

// Former finds one who has left.
func (r *Roster) Former(id JournalistID) (*Former, bool) {
	for i := range r.rosterBody.Former {
		if r.rosterBody.Former[i].ID == id {
			return &r.rosterBody.Former[i], true
		}
	}
	return nil, false
}

// BySender finds the current journalist who has this pseudonym.
func (r *Roster) BySender(p Pseudonym) (*Journalist, bool) {
	for i := range r.Journalists {
		if r.Journalists[i].Tuple.Pseudonym() == p {
			return &r.Journalists[i], true
		}
	}
	return nil, false
}

// FormerBySender finds the former journalist who has this pseudonym.
func (r *Roster) FormerBySender(p Pseudonym) (*Former, bool) {
	for i := range r.rosterBody.Former {
		if r.rosterBody.Former[i].Pseudonym == p {
			return &r.rosterBody.Former[i], true
		}
	}
	return nil, false
}

// CheckTime reports whether the roster is current at now (Unix seconds): from a day
// before its issue to its expiry, that second included. The error is ErrExpired.
func (r *Roster) CheckTime(now int64) error {
	switch {
	case now < r.Issued-daySeconds:
		return fail("roster", ErrExpired, "it is issued more than a day after this clock's time")
	case now > r.Expires:
		return fail("roster", ErrExpired, "it has expired")
	}
	return nil
}

// SlotOwner is the journalist to whom a reply slot of the page sealed at the given
// Unix second belongs (spec/drop.md §5).
func (r *Roster) SlotOwner(sealing int64, slot int) JournalistID {
	turn := uint64(sealing)/uint64(r.Schedule.RepliesEvery)*uint64(r.Schedule.Slots) + uint64(slot)
	return r.Journalists[turn%uint64(len(r.Journalists))].ID
}

// SlotsOf lists the reply slots of the page sealed at the given Unix second that
// belong to id, ascending.
func (r *Roster) SlotsOf(id JournalistID, sealing int64) []int {
	var own []int
	for slot := range r.Schedule.Slots {
		if r.SlotOwner(sealing, slot) == id {
			own = append(own, slot)
		}
	}
	return own
}
