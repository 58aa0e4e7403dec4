// SPDX-License-Identifier: Apache-2.0

package wire

import "bytes"

// Grant carries the desks' shared seed, wrapped to each journalist of one roster
// (spec/keys.md §7). The roster names its hash, so that it needs no signature.
type Grant struct {
	Newsroom     NewsroomKey
	RosterNumber uint64
	Wraps        []Wrap // ascending by ID, 1 to 8
}

// Wrap is one journalist's copy of a secret: HPKE base mode under X-Wing.
type Wrap struct {
	ID  JournalistID
	Enc [WrapEncSize]byte
	Ct  [WrapCtSize]byte
}

// Encode builds the grant, sorting the wraps. It fails where ParseGrant would.
func (g *Grant) Encode() ([]byte, error) {
	w := newWriter(typeGrant, MaxGrantSize)
	w.bytes(g.Newsroom[:])
	w.u64(g.RosterNumber)
	w.u8(len(g.Wraps))
	for _, wrap := range sortedByID(g.Wraps, func(w *Wrap) JournalistID { return w.ID }) {
		w.bytes(wrap.ID[:])
		w.bytes(wrap.Enc[:])
		w.bytes(wrap.Ct[:])
	}
	if _, err := ParseGrant(w.b); err != nil {
		return nil, err
	}
	return w.b, nil
}

// ParseGrant reads a grant. Compare GrantHash of the same bytes with the roster's
// before anything else is done with it.
func ParseGrant(b []byte) (*Grant, error) {
	r := newReader("grant", b)
	r.header(typeGrant)
	g := &Grant{Newsroom: r.a32(), RosterNumber: r.whole("roster number")}
	r.require(r.err != nil || g.RosterNumber >= 1, "roster number is 0")
	for i := range r.count8("wraps", 1, MaxJournalists) {
		wrap := Wrap{ID: r.a32()}
		copy(wrap.Enc[:], r.take(WrapEncSize))
		copy(wrap.Ct[:], r.take(WrapCtSize))
		r.require(r.err != nil || i == 0 || less(g.Wraps[i-1].ID, wrap.ID), "wraps are not in ascending order of journalists")
		g.Wraps = append(g.Wraps, wrap)
	}
	if err := r.done(); err != nil {
		return nil, err
	}
	return g, nil
}

// For finds the wrap for one journalist.
func (g *Grant) For(id JournalistID) (*Wrap, bool) {
	for i := range g.Wraps {
		if bytes.Equal(g.Wraps[i].ID[:], id[:]) {
			return &g.Wraps[i], true
		}
	}
	return nil, false
}

// GrantHash is H(tamizdat-grant-v1, grant): what the roster names.
func GrantHash(b []byte) Hash { return HashTag(tagGrant, b) }
