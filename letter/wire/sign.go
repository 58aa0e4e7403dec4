// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"math/big"
	"slices"
)

// Tags under which objects are signed, and hashed where the specification says
// H(tag, …) (spec/README.md §3).
const (
	TagRoot        = "tamizdat-root-v1"
	TagRoster      = "tamizdat-roster-v1"
	TagJournalist  = "tamizdat-journalist-v1"
	TagRequest     = "tamizdat-request-v1"
	TagBundle      = "tamizdat-bundle-v1"
	TagBeat        = "tamizdat-beat-v1"
	TagReply       = "tamizdat-reply-v1"
	TagSegment     = "tamizdat-segment-v1"
	TagSegmentBody = "tamizdat-segment-body-v1"
	TagEvent       = "tamizdat-event-v1"
	TagHead        = "tamizdat-head-v1"
	TagVouch       = "tamizdat-vouch-v1"
	TagRead        = "tamizdat-read-v1"
	TagChunk       = "tamizdat-chunk-v1"
	TagPermit      = "tamizdat-permit-v1"
)

// Preimage is what is signed or hashed instead of the bare message: the length of
// the tag, the tag, the message (spec/README.md §3). A tag has at most 255 bytes.
func Preimage(tag string, msg []byte) []byte {
	b := make([]byte, 0, 1+len(tag)+len(msg))
	b = append(b, byte(len(tag)))
	b = append(b, tag...)
	return append(b, msg...)
}

// HashTag is SHA-256 of Preimage(tag, msg).
func HashTag(tag string, msg []byte) Hash { return sha256.Sum256(Preimage(tag, msg)) }

// Signature is one of several signatures under a root or roster.
type Signature struct {
	Key [32]byte
	Sig [64]byte
}

// verifySignature checks an Ed25519 signature as spec/README.md §3 wants it, and
// crypto/ed25519 does it: S below the group order, no cofactor, R compared as bytes.
// The key must have passed goodSigningKey when it was parsed.
func verifySignature(key [32]byte, tag string, msg, sig []byte) bool {
	return ed25519.Verify(key[:], Preimage(tag, msg), sig)
}

// goodSigningKey reports whether the key is the canonical encoding of a point (y is
// below 2^255 − 19) that is not of small order: under such a point anyone can make
// signatures of anything.
func goodSigningKey(key [32]byte) bool {
	y := key
	y[31] &= 0x7f
	return belowPrime(y) && !slices.Contains(smallOrder(), y) && onCurve(y)
}

// onCurve reports whether edwards25519 has a point with the given y, little-endian and
// below p: whether x² = (y² − 1) / (dy² + 1) has a root. The quotient is a square when
// the product is. (x = 0 with a sign, the one more encoding of no point, is of small
// order.) Keys are public: the time this takes tells nothing.
func onCurve(y [32]byte) bool {
	slices.Reverse(y[:])
	p := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 255), big.NewInt(19))
	d, ok := new(big.Int).SetString("52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3", 16)
	if !ok {
		panic("wire: the curve's constant is not a number")
	}
	yy := new(big.Int).SetBytes(y[:])
	yy.Mod(yy.Mul(yy, yy), p)
	u := new(big.Int).Sub(yy, big.NewInt(1))
	v := d.Add(d.Mul(d, yy), big.NewInt(1))
	return big.Jacobi(u.Mod(u.Mul(u, v), p), p) >= 0
}

// belowPrime reports whether the little-endian number is below 2^255 − 19.
func belowPrime(le [32]byte) bool {
	if le[31] != 0x7f {
		return le[31] < 0x7f
	}
	for _, b := range le[1:31] {
		if b != 0xff {
			return true
		}
	}
	return le[0] < 0xed
}

// smallOrder lists the y coordinates, little-endian, of the points of edwards25519
// whose order divides 8.
func smallOrder() [][32]byte {
	return [][32]byte{
		{1}, // order 1
		{
			0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
			0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f,
		}, // order 2
		{}, // order 4
		{
			0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0,
			0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
		}, // order 8
		{
			0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f,
			0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
		}, // order 8
	}
}

// signingKey reads an Ed25519 public key and refuses one that could not be
// relied upon.
func (r *reader) signingKey(what string) [32]byte {
	k := r.a32()
	if r.err == nil {
		r.require(goodSigningKey(k), "%s is not a usable Ed25519 key", what)
	}
	return k
}

// signatures reads a list of signatures, ascending by key.
func (r *reader) signatures(max int) []Signature {
	n := r.count8("signatures", 0, max)
	if r.err != nil {
		return nil
	}
	out := make([]Signature, 0, n)
	for i := range n {
		s := Signature{Key: r.a32(), Sig: r.a64()}
		if r.err != nil {
			return nil
		}
		r.require(i == 0 || bytes.Compare(out[i-1].Key[:], s.Key[:]) < 0, "signatures are not in ascending order of keys")
		out = append(out, s)
	}
	return out
}

// assemble joins a signed part and its signatures, sorted by key.
func assemble(signedPart []byte, sigs []Signature) []byte {
	sorted := slices.Clone(sigs)
	slices.SortFunc(sorted, func(a, b Signature) int { return bytes.Compare(a.Key[:], b.Key[:]) })
	w := writer{b: make([]byte, 0, len(signedPart)+1+96*len(sigs))}
	w.bytes(signedPart)
	w.u8(len(sorted))
	for _, s := range sorted {
		w.bytes(s.Key[:])
		w.bytes(s.Sig[:])
	}
	return w.b
}

// join appends one signature to a signed part, in new memory.
func join(signedPart []byte, sig [64]byte) []byte {
	return append(append(make([]byte, 0, len(signedPart)+64), signedPart...), sig[:]...)
}
