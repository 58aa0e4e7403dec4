// SPDX-License-Identifier: Apache-2.0

package wire

import "time"

const (
	minPermitClass = 7
	maxPermitClass = 14
)

// PermitBody is the signed part of a permit, which lets a source send more than the
// roster's number of chunks (spec/attachments.md §4).
type PermitBody struct {
	Newsroom NewsroomKey
	Serial   [16]byte // random; used once
	Class    uint8    // 2^Class + 1 chunks, 7 to 14
	Expiry   uint16   // last good month, as MonthOf counts
}

// Permit is a permit signed by the newsroom's permit key. Its fields are for reading.
type Permit struct{ permitBody }

type permitBody = PermitBody

// UnverifiedPermit is a permit of which only the form was checked.
type UnverifiedPermit struct {
	body   PermitBody
	signed []byte
	sig    [64]byte
}

// SignedPart is what the permit key signs, tag TagPermit.
func (p *PermitBody) SignedPart() []byte {
	w := newWriter(typePermit, PermitSize)
	w.bytes(p.Newsroom[:])
	w.bytes(p.Serial[:])
	w.u8(int(p.Class))
	w.u16(int(p.Expiry))
	return w.b
}

// Chunks is the number of chunks that the permit allows: a power of two and the index.
func (p *PermitBody) Chunks() int { return 1<<p.Class + 1 }

// AssemblePermit joins a signed part with its signature.
func AssemblePermit(signedPart []byte, sig [64]byte) []byte { return join(signedPart, sig) }

// ParsePermit reads a permit, PermitSize bytes.
func ParsePermit(b []byte) (*UnverifiedPermit, error) {
	r := newReader("permit", b)
	r.header(typePermit)
	u := &UnverifiedPermit{}
	u.body = PermitBody{Newsroom: r.a32(), Serial: r.a16()}
	u.body.Class = uint8(r.count8("as class", minPermitClass, maxPermitClass))
	u.body.Expiry = r.u16()
	u.signed = r.signedPart()
	u.sig = r.a64()
	if err := r.done(); err != nil {
		return nil, err
	}
	return u, nil
}

// Verify checks the permit for a newsroom (ErrMismatch), under its permit key
// (ErrSignature), at a Unix second (ErrExpired). That its serial was not used before
// only the drop knows.
func (u *UnverifiedPermit) Verify(nr NewsroomKey, key PermitKey, now int64) (*Permit, error) {
	switch {
	case u.body.Newsroom != nr:
		return nil, fail("permit", ErrMismatch, "it is another newsroom's")
	case !verifySignature(key, TagPermit, u.signed, u.sig[:]):
		return nil, fail("permit", ErrSignature, "it is not signed by the permit key")
	case MonthOf(now) > u.body.Expiry:
		return nil, fail("permit", ErrExpired, "its last month is over")
	}
	return &Permit{u.body}, nil
}

// MonthOf counts months from January 1970, UTC.
func MonthOf(now int64) uint16 {
	t := time.Unix(now, 0).UTC()
	months := (t.Year()-1970)*12 + int(t.Month()) - 1
	return uint16(max(0, min(months, 1<<16-1)))
}
