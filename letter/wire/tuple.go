// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"crypto/ecdh"
	"crypto/mlkem"

	"github.com/gtank/ristretto255"
)

// FetchKey is a ristretto255 element: the public half by which hints find their
// receiver.
type FetchKey [FetchSize]byte

// DHKey is an X25519 public key.
type DHKey [DHSize]byte

// PQKey is an ML-KEM-768 encapsulation key.
type PQKey [PQSize]byte

// PKEKey is an X-Wing public key: ML-KEM-768, then X25519.
type PKEKey [PKESize]byte

// Pseudonym is how desks call a sender: the hash of the whole key tuple, so that no
// part of it can be exchanged unnoticed (spec/keys.md §2).
type Pseudonym [32]byte

// Tuple is the public halves of whoever writes (spec/keys.md §2).
type Tuple struct {
	DH    DHKey
	PQ    PQKey
	Fetch FetchKey
	PKE   PKEKey
}

// Bytes is DH ‖ PQ ‖ fetch ‖ PKE, TupleSize bytes.
func (t *Tuple) Bytes() []byte {
	b := make([]byte, 0, TupleSize)
	b = append(b, t.DH[:]...)
	b = append(b, t.PQ[:]...)
	b = append(b, t.Fetch[:]...)
	return append(b, t.PKE[:]...)
}

// Pseudonym is H(tamizdat-sender-v1, tuple).
func (t *Tuple) Pseudonym() Pseudonym { return Pseudonym(HashTag(tagSender, t.Bytes())) }

// ParseTuple reads a key tuple and refuses one that is not well formed
// (spec/keys.md §2) with ErrMalformed.
func ParseTuple(b []byte) (Tuple, error) {
	r := newReader("key tuple", b)
	t := r.tuple()
	if err := r.done(); err != nil {
		return Tuple{}, err
	}
	return t, nil
}

func (r *reader) tuple() (t Tuple) {
	t.DH = r.dhKey()
	t.PQ = r.pqKey()
	t.Fetch = r.fetchKey()
	t.PKE = r.pkeKey()
	return t
}

func (r *reader) dhKey() DHKey {
	k := DHKey(r.a32())
	if r.err == nil {
		r.require(goodDH(k), "the X25519 key is not usable")
	}
	return k
}

func (r *reader) pqKey() (k PQKey) {
	b := r.take(PQSize)
	if r.err == nil {
		copy(k[:], b)
		r.require(goodPQ(b), "the ML-KEM-768 key fails the modulus check")
	}
	return k
}

func (r *reader) fetchKey() FetchKey {
	k := FetchKey(r.a32())
	if r.err == nil {
		r.require(goodElement(k[:]), "the fetch key is not a usable ristretto255 element")
	}
	return k
}

func (r *reader) pkeKey() (k PKEKey) {
	b := r.take(PKESize)
	if r.err == nil {
		copy(k[:], b)
		r.require(goodPKE(k), "the X-Wing key is not usable")
	}
	return k
}

// goodPQ is the modulus check of FIPS 203 §7.2.
func goodPQ(b []byte) bool {
	_, err := mlkem.NewEncapsulationKey768(b)
	return err == nil
}

// goodPKE holds both halves to their own rules.
func goodPKE(k PKEKey) bool { return goodPQ(k[:PQSize]) && goodDH(DHKey(k[PQSize:])) }

// goodDH refuses an encoding that is not canonical, and points of small order:
// their product with any clamped scalar is zero, which ecdh reports.
func goodDH(k DHKey) bool {
	if !belowPrime(k) {
		return false
	}
	public, err := ecdh.X25519().NewPublicKey(k[:])
	if err != nil {
		return false
	}
	private, err := ecdh.X25519().NewPrivateKey(make([]byte, DHSize)) // clamped to 2^254
	if err != nil {
		return false
	}
	_, err = private.ECDH(public)
	return err == nil
}

// CheckEphemeral reports whether the X25519 public key that an HPKE encapsulation is made
// of, or ends in, is canonical and not of small order (spec/README.md §3). X25519 itself
// takes other encodings for the same point, and libraries differ in which they refuse.
func CheckEphemeral(k [DHSize]byte) error {
	if !goodDH(k) {
		return fail("ciphertext", ErrMalformed, "its ephemeral X25519 key is not usable")
	}
	return nil
}

// goodElement reports whether b is the canonical encoding of an element of
// ristretto255 other than the identity.
func goodElement(b []byte) bool {
	e, err := ristretto255.NewIdentityElement().SetCanonicalBytes(b)
	return err == nil && e.Equal(ristretto255.NewIdentityElement()) == 0
}
