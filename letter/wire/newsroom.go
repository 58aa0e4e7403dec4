// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"slices"
)

// UnverifiedNewsroom is a newsroom file of which only the form was checked.
type UnverifiedNewsroom struct {
	raw    []byte
	roots  []*signedRoot
	roster *signedRoster
}

// Newsroom is a verified newsroom file: all roots and the newest roster
// (spec/keys.md §4). It is immutable.
type Newsroom struct {
	key    NewsroomKey
	raw    []byte
	roots  []*signedRoot
	roster *Roster
}

// AssembleNewsroom builds a newsroom file from roots 1 to the newest and a roster, each
// with its signatures.
func AssembleNewsroom(roots [][]byte, roster []byte) []byte {
	w := newWriter(typeNewsroom, MaxRosterSize)
	w.u8(len(roots))
	for _, b := range roots {
		w.bytes16(b)
	}
	w.bytes32(roster)
	return w.b
}

// ParseNewsroom reads a newsroom file. It fails with ErrMalformed, or with
// ErrSignature where a journalist's entry is not signed by its own key.
func ParseNewsroom(b []byte) (*UnverifiedNewsroom, error) {
	b = bytes.Clone(b)
	r := newReader("newsroom file", b)
	r.header(typeNewsroom)
	n := r.count8("roots", 1, MaxRoots)
	parts := make([][]byte, 0, n)
	for range n {
		parts = append(parts, r.bytes16("a root", MaxRootSize))
	}
	roster := r.bytes32("the roster", MaxRosterSize)
	if err := r.done(); err != nil {
		return nil, err
	}
	return parseNewsroomParts(b, parts, roster)
}

func parseNewsroomParts(raw []byte, parts [][]byte, roster []byte) (*UnverifiedNewsroom, error) {
	u := &UnverifiedNewsroom{raw: raw}
	for _, part := range parts {
		root, err := parseRoot(part)
		if err != nil {
			return nil, err
		}
		u.roots = append(u.roots, root)
	}
	var err error
	u.roster, err = parseRoster(roster)
	if err != nil {
		return nil, err
	}
	return u, nil
}

// ClaimedKey is the key of the newsroom that the file says it is. It proves nothing:
// anyone can make a newsroom.
func (u *UnverifiedNewsroom) ClaimedKey() NewsroomKey { return NewsroomKeyOf(u.roots[0].signed) }

// Verify checks that root 1 hashes to nr, each root follows the one before, and the
// roster is signed under the last of them. It reads no clock: ask Roster.CheckTime.
// Errors: ErrMismatch, ErrChain, ErrSignature, ErrThreshold.
func (u *UnverifiedNewsroom) Verify(nr NewsroomKey) (*Newsroom, error) {
	if u.ClaimedKey() != nr {
		return nil, fail("newsroom file", ErrMismatch, "it is another newsroom's")
	}
	var prev *signedRoot
	for _, root := range u.roots {
		if err := root.verifyAfter(prev); err != nil {
			return nil, err
		}
		prev = root
	}
	if u.roster.body.Root != prev.body.Number {
		return nil, fail("roster", ErrChain, "it is signed under root %d, but root %d is the newest", u.roster.body.Root, prev.body.Number)
	}
	roster, err := u.roster.verify(nr, prev.body)
	if err != nil {
		return nil, err
	}
	return &Newsroom{key: nr, raw: u.raw, roots: u.roots, roster: roster}, nil
}

// Key is the newsroom's key.
func (n *Newsroom) Key() NewsroomKey { return n.key }

// Roster is the newest roster.
func (n *Newsroom) Roster() *Roster { return n.roster }

// Root is a copy of the newest root.
func (n *Newsroom) Root() *RootBody {
	b := *n.roots[len(n.roots)-1].body
	b.Admins = append([]AdminKey(nil), b.Admins...)
	return &b
}

// RootHash is what a successor of the newest root names as previous.
func (n *Newsroom) RootHash() Hash { return n.roots[len(n.roots)-1].hash() }

// PeriodSeconds is the length of a key period.
func (n *Newsroom) PeriodSeconds() uint32 { return n.roots[0].body.Period }

// Threshold is how many admins must sign, by the newest root.
func (n *Newsroom) Threshold() int { return n.Root().Threshold }

// Admins are the admin keys of the newest root, ascending.
func (n *Newsroom) Admins() []AdminKey { return n.Root().Admins }

// RootBytes are all roots with their signatures, from 1 on.
func (n *Newsroom) RootBytes() [][]byte {
	out := make([][]byte, 0, len(n.roots))
	for _, root := range n.roots {
		out = append(out, bytes.Clone(root.raw))
	}
	return out
}

// Bytes is the newsroom file.
func (n *Newsroom) Bytes() []byte { return bytes.Clone(n.raw) }

// Follow reports whether next may replace n at a drop or a desk that sees every
// step: it is the same roster, or its direct successor, and its roots begin with
// n's. Errors: ErrMismatch, ErrChain, ErrRollback, ErrTwoRosters.
func (n *Newsroom) Follow(next *Newsroom) error {
	if err := n.CheckNewer(next); err != nil {
		return err
	}
	if old, now := n.roster.Number, next.roster.Number; now > old && now-old > 1 {
		return fail("roster", ErrChain, "number %d comes after %d", now, old)
	}
	return nil
}

// CheckNewer reports whether next may replace n at a client that may have missed some
// steps between. Errors: ErrMismatch for another newsroom, ErrRollback for anything
// older, ErrTwoRosters for two of one number, ErrChain for a later roster that
// contradicts the earlier one.
func (n *Newsroom) CheckNewer(next *Newsroom) error {
	if n.key != next.key {
		return fail("newsroom file", ErrMismatch, "it is another newsroom's")
	}
	if err := n.checkTwo(next); err != nil {
		return err
	}
	if len(next.roots) < len(n.roots) {
		return fail("root", ErrRollback, "%d roots after %d", len(next.roots), len(n.roots))
	}
	return n.roster.checkLater(next.roster)
}

// checkLater reports whether now may come after r (spec/keys.md §4). That root numbers
// do not fall was checked with the roots.
func (r *Roster) checkLater(now *Roster) error {
	direct, sameLogs := now.Number == r.Number+1, now.Incarnation == r.Incarnation
	switch {
	case now.Number < r.Number:
		return fail("roster", ErrRollback, "number %d after %d", now.Number, r.Number)
	case now.Issued < r.Issued:
		return fail("roster", ErrChain, "it was issued before the roster known before")
	case direct && now.Previous != r.hash:
		return fail("roster", ErrChain, "roster %d does not name the roster before it", now.Number)
	case sameLogs && now.Schedule.keepsMore(r.Schedule):
		return fail("roster", ErrChain, "it keeps more pages than the roster before")
	case sameLogs && now.Schedule.Slots < r.Schedule.Slots:
		return fail("roster", ErrChain, "it has fewer reply slots a page than the roster before")
	case direct && !sameLogs && now.countsFormer():
		return fail("roster", ErrChain, "it counts pages of former journalists in new logs")
	}
	return nil
}

func (r *Roster) countsFormer() bool {
	return slices.ContainsFunc(r.rosterBody.Former, func(f Former) bool { return f.Pages > 0 })
}

// checkTwo looks for two roots, or two rosters, of one number. It comes before all
// other rules: whatever else is wrong with next, the pair is evidence. Signatures may
// differ: more admins may have signed since.
func (n *Newsroom) checkTwo(next *Newsroom) error {
	for i := range min(len(n.roots), len(next.roots)) {
		if n.roots[i].hash() != next.roots[i].hash() {
			return fail("root", ErrTwoRosters, "both have number %d", i+1)
		}
	}
	if n.roster.Number == next.roster.Number && n.roster.hash != next.roster.hash {
		return fail("roster", ErrTwoRosters, "both have number %d", n.roster.Number)
	}
	return nil
}
