// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"bytes"
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"tamizdat/letter/wire"
)

// A Draft is a newsroom file in the making that travels from desk to desk until
// enough admins have signed. It holds nothing secret.
//
//	"tamizdat draft 1\n" ‖ u8 r, r × (u16, root) ‖ u32, roster ‖ u32, grant ‖ u8 q, q × (u32, request)
//
// Roots and roster carry the signatures collected so far. The requests tell
// whose an admin key is, and let each signer compare fingerprints.
type Draft struct {
	roots    [][]byte
	roster   []byte
	grant    []byte
	requests [][]byte

	body    *wire.RosterBody
	root    *wire.RootBody // the last
	before  *wire.RootBody // the one before it, if any
	ignored int            // signatures that were no good
}

const (
	draftMagic  = "tamizdat draft 1\n"
	maxRequests = wire.MaxAdmins
	// MaxDraft is the greatest length of a draft in bytes.
	MaxDraft = 1 << 20
)

var errDraft = errors.New("this file is not a draft of a newsroom")

// ParseDraft reads a draft. It checks the form of everything in it and the
// signatures by which journalists vouch for their own keys; what the draft
// would do is for [Desk.Explain] to say and for a person to judge.
func ParseDraft(b []byte) (*Draft, error) {
	if len(b) > MaxDraft || !bytes.HasPrefix(b, []byte(draftMagic)) {
		return nil, errDraft
	}
	r := &fields{rest: slices.Clone(b[len(draftMagic):])}
	d := &Draft{}
	for range r.u8() {
		d.roots = append(d.roots, r.sized(2))
	}
	d.roster, d.grant = r.sized(4), r.sized(4)
	for range r.u8() {
		d.requests = append(d.requests, r.sized(4))
	}
	if r.short || len(r.rest) > 0 || len(d.roots) == 0 || len(d.roots) > wire.MaxRoots || len(d.requests) > maxRequests {
		return nil, errDraft
	}
	if err := d.check(); err != nil {
		return nil, fmt.Errorf("%w: %w", errDraft, err)
	}
	return d, nil
}

// check parses every part.
func (d *Draft) check() error {
	part, _, err := wire.SplitRoster(d.roster)
	if err != nil {
		return err
	}
	if d.body, err = wire.ParseRosterBody(part); err != nil {
		return err
	}
	if err := d.checkRoots(); err != nil {
		return err
	}
	if d.roster, err = d.keepGood(d.roster, d.root.Admins, wire.TagRoster, wire.SplitRoster, wire.AssembleRoster); err != nil {
		return err
	}
	if err := d.checkRequests(); err != nil {
		return err
	}
	if _, err := wire.ParseGrant(d.grant); err != nil {
		return err
	}
	if wire.GrantHash(d.grant) != d.body.Grant || d.body.Newsroom != d.Key() {
		return errors.New("its parts do not belong together")
	}
	return nil
}

// checkRoots parses the roots and keeps the good signatures of each.
func (d *Draft) checkRoots() error {
	for i, b := range d.roots {
		part, _, err := wire.SplitRoot(b)
		if err != nil {
			return err
		}
		d.before = d.root
		if d.root, err = wire.ParseRootBody(part); err != nil {
			return err
		}
		may := d.root.Admins
		if d.before != nil {
			may = slices.Concat(may, d.before.Admins)
		}
		if d.roots[i], err = d.keepGood(b, may, wire.TagRoot, wire.SplitRoot, wire.AssembleRoot); err != nil {
			return err
		}
	}
	return nil
}

// keepGood leaves out signatures that are not by one of may, or do not verify. A
// draft passes through many hands: a bad signature must neither count nor make
// the good ones worthless.
func (d *Draft) keepGood(b []byte, may []wire.AdminKey, tag string,
	split func([]byte) ([]byte, []wire.Signature, error),
	assemble func([]byte, []wire.Signature) []byte,
) ([]byte, error) {
	part, sigs, err := split(b)
	if err != nil {
		return nil, err
	}
	message := wire.Preimage(tag, part)
	good := slices.DeleteFunc(slices.Clone(sigs), func(s wire.Signature) bool {
		return !slices.Contains(may, wire.AdminKey(s.Key)) || !ed25519.Verify(s.Key[:], message, s.Sig[:])
	})
	d.ignored += len(sigs) - len(good)
	return assemble(part, good), nil
}

// checkRequests lets a request say whose an admin key is only where nobody else
// says it. Anyone can join a colleague's public entry to another admin key in a
// request of his own making; what tells the true one is its six words.
func (d *Draft) checkRequests() error {
	seen := map[[32]byte]bool{}
	for _, b := range d.requests {
		q, err := wire.ParseRequest(b)
		if err != nil {
			return err
		}
		if seen[q.Journalist.ID] || seen[q.Admin] {
			return errors.New("two requests speak of one person or key")
		}
		seen[q.Journalist.ID], seen[q.Admin] = true, true
		listed := slices.ContainsFunc(d.body.Journalists, func(j wire.Journalist) bool { return j == q.Journalist })
		if !listed || !slices.Contains(d.root.Admins, q.Admin) {
			return errors.New("a request is not of somebody whom the draft lists")
		}
	}
	return nil
}

// Bytes is the draft as a file.
func (d *Draft) Bytes() []byte {
	b := append([]byte(draftMagic), byte(len(d.roots)))
	for _, r := range d.roots {
		b = append(binary.BigEndian.AppendUint16(b, uint16(len(r))), r...)
	}
	for _, part := range [][]byte{d.roster, d.grant} {
		b = append(binary.BigEndian.AppendUint32(b, uint32(len(part))), part...)
	}
	b = append(b, byte(len(d.requests)))
	for _, q := range d.requests {
		b = append(binary.BigEndian.AppendUint32(b, uint32(len(q))), q...)
	}
	return b
}

// Key is the newsroom's key. Only a founding draft makes a new one.
func (d *Draft) Key() wire.NewsroomKey {
	part, _, err := wire.SplitRoot(d.roots[0])
	if err != nil {
		return wire.NewsroomKey{}
	}
	return wire.NewsroomKeyOf(part)
}

// Roster is what the draft would make the newest roster.
func (d *Draft) Roster() *wire.RosterBody { return d.body }

// Newsroom verifies the draft as a newsroom file. The error is wire.ErrThreshold
// while signatures are missing.
func (d *Draft) Newsroom() (*wire.Newsroom, error) {
	u, err := wire.ParseNewsroom(wire.AssembleNewsroom(d.roots, d.roster))
	if err != nil {
		return nil, err
	}
	return u.Verify(d.Key())
}

// Ignored counts the signatures in the file that were no good and were left out.
func (d *Draft) Ignored() int { return d.ignored }

// Departure counts the admins of the root before who have signed the new root,
// and how many of them must. Both are 0 where the draft brings none of a chain.
func (d *Draft) Departure() (signed, needed int) {
	if d.before == nil {
		return 0, 0
	}
	_, sigs, err := wire.SplitRoot(d.roots[len(d.roots)-1])
	if err != nil {
		return 0, d.before.Threshold
	}
	for _, s := range sigs {
		if slices.Contains(d.before.Admins, wire.AdminKey(s.Key)) {
			signed++
		}
	}
	return signed, d.before.Threshold
}

// Signers counts the admins of the new root who have signed the roster, each
// signature verified, and how many must.
func (d *Draft) Signers() (signed, needed int) {
	_, sigs, err := wire.SplitRoster(d.roster)
	if err != nil {
		return 0, d.root.Threshold
	}
	return len(sigs), d.root.Threshold
}

// withSignature puts sig among the signatures of an object that split takes
// apart; one by the same key is replaced.
func withSignature(b []byte, sig wire.Signature,
	split func([]byte) ([]byte, []wire.Signature, error),
	assemble func([]byte, []wire.Signature) []byte,
) ([]byte, error) {
	part, sigs, err := split(b)
	if err != nil {
		return nil, err
	}
	sigs = slices.DeleteFunc(slices.Clone(sigs), func(s wire.Signature) bool { return s.Key == sig.Key })
	return assemble(part, append(sigs, sig)), nil
}

// fields takes sized parts off bytes that a stranger may have written. After
// the first that is not there all are empty.
type fields struct {
	rest  []byte
	short bool
}

func (f *fields) take(n int) []byte {
	if f.short || n < 0 || n > len(f.rest) {
		f.short = true
		return nil
	}
	b := f.rest[:n:n]
	f.rest = f.rest[n:]
	return b
}

func (f *fields) u8() int {
	if b := f.take(1); b != nil {
		return int(b[0])
	}
	return 0
}

// sized takes a length of 2 or 4 bytes and so many bytes.
func (f *fields) sized(width int) []byte {
	b := f.take(width)
	switch {
	case b == nil:
		return nil
	case width == 2:
		return f.take(int(binary.BigEndian.Uint16(b)))
	}
	n := binary.BigEndian.Uint32(b)
	if n > MaxDraft {
		f.short = true
		return nil
	}
	return f.take(int(n))
}
