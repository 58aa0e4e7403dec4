// SPDX-License-Identifier: Apache-2.0

package wire

import "bytes"

// HeadBody is the signed part of a head: size and root hash of one log
// (spec/drop.md §1).
type HeadBody struct {
	Newsroom    NewsroomKey
	Log         Log
	Incarnation Incarnation
	Size        uint64
	Sealed      int64 // Unix second of the last page; 0 when Size is 0
	Root        Hash
}

// SignedPart is what the drop signs, tag TagHead.
func (b *HeadBody) SignedPart() []byte {
	w := newWriter(typeHead, HeadSize)
	w.bytes(b.Newsroom[:])
	w.u8(int(b.Log))
	w.bytes(b.Incarnation[:])
	w.u64(b.Size)
	w.time(b.Sealed)
	w.bytes(b.Root[:])
	return w.b
}

// AssembleHead joins a signed part with its signature.
func AssembleHead(signedPart []byte, sig [64]byte) []byte { return join(signedPart, sig) }

// UnverifiedHead is a head of which only the form was checked.
type UnverifiedHead struct {
	body   HeadBody
	raw    []byte
	signed []byte
	sig    [64]byte
}

// Head is a head signed by the drop of a newsroom. Its fields are for reading.
type Head struct {
	headBody
	raw []byte
}

type headBody = HeadBody

// Body is a copy of what was signed.
func (h *Head) Body() HeadBody { return h.headBody }

// Bytes is the head with its signature: keep it as evidence.
func (h *Head) Bytes() []byte { return bytes.Clone(h.raw) }

// ParseHead reads a head, HeadSize bytes.
func ParseHead(b []byte) (*UnverifiedHead, error) {
	b = bytes.Clone(b)
	r := newReader("head", b)
	r.header(typeHead)
	u := &UnverifiedHead{raw: b}
	u.body.Newsroom = r.a32()
	u.body.Log = r.log()
	u.body.Incarnation = r.a16()
	u.body.Size, u.body.Sealed, u.body.Root = r.whole("size"), r.time("sealing"), r.a32()
	u.signed = r.signedPart()
	u.sig = r.a64()
	if r.err == nil {
		r.require((u.body.Size == 0) == (u.body.Sealed == 0), "a log without pages was never sealed, every other was")
		r.require(u.body.Size > 0 || u.body.Root == emptyTree(), "the root hash of no pages is wrong")
	}
	if err := r.done(); err != nil {
		return nil, err
	}
	return u, nil
}

func (r *reader) log() Log {
	l := Log(r.u8())
	r.require(r.err != nil || l.valid(), "log %d", uint8(l))
	return l
}

// Verify checks the head against a verified roster: its newsroom, incarnation
// (ErrMismatch) and drop key (ErrSignature). Which log it is of, the caller compares.
func (u *UnverifiedHead) Verify(r *Roster) (*Head, error) {
	return u.VerifyKey(r.Newsroom, r.Incarnation, r.Drop)
}

// VerifyKey is Verify for who holds no roster, as the drop itself.
func (u *UnverifiedHead) VerifyKey(nr NewsroomKey, inc Incarnation, drop DropKey) (*Head, error) {
	const object = "head"
	switch {
	case u.body.Newsroom != nr:
		return nil, fail(object, ErrMismatch, "it is another newsroom's")
	case u.body.Incarnation != inc:
		return nil, fail(object, ErrMismatch, "it is of another incarnation of the logs")
	case !verifySignature(drop, TagHead, u.signed, u.sig[:]):
		return nil, fail(object, ErrSignature, "it is not signed by the drop")
	}
	return &Head{headBody: u.body, raw: u.raw}, nil
}

// VerifySigner is VerifyKey for a head of whichever incarnation of the logs: the drop
// itself asks whether it has ever signed it (spec/drop.md §11).
func (u *UnverifiedHead) VerifySigner(nr NewsroomKey, drop DropKey) (*Head, error) {
	return u.VerifyKey(nr, u.body.Incarnation, drop)
}

// Convicts reports whether the two heads, both signed by one drop, cannot both be
// honest: one log, incarnation and size with two root hashes or times of sealing
// (spec/drop.md §1).
func (h *Head) Convicts(o *Head) bool {
	return h.Newsroom == o.Newsroom && h.Log == o.Log && h.Incarnation == o.Incarnation &&
		h.Size == o.Size && (h.Root != o.Root || h.Sealed != o.Sealed)
}
