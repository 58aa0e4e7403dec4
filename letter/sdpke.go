// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"crypto/hpke"
	"fmt"

	"tamizdat/letter/wire"
)

const (
	xwingEncSize  = 1120
	tagSize       = 16
	apkeKeySize   = 32 + 1184
	pkeCipherSize = xwingEncSize + apkeKeySize + tagSize // 2,352
)

// SD-PKE's suite; X-Wing wraps of a grant use it too (spec/letter.md §1,
// spec/keys.md §7).

func pkeKDF() hpke.KDF   { return hpke.HKDFSHA256() }
func pkeAEAD() hpke.AEAD { return hpke.ChaCha20Poly1305() }

// sealXWing is HPKE base mode to an X-Wing key: enc ‖ ct, aad empty.
func sealXWing(to *wire.PKEKey, info, plaintext []byte) ([]byte, error) {
	pk, err := hpke.MLKEM768X25519().NewPublicKey(to[:])
	if err != nil {
		return nil, fmt.Errorf("letter: receiver's PKE key: %w", err)
	}
	enc, s, err := hpke.NewSender(pk, pkeKDF(), pkeAEAD(), info)
	if err != nil {
		return nil, fmt.Errorf("letter: SD-PKE: %w", err)
	}
	ct, err := s.Seal(nil, plaintext)
	if err != nil {
		return nil, fmt.Errorf("letter: SD-PKE: %w", err)
	}
	return append(enc, ct...), nil
}

func openXWing(k *pkeSecret, info, sealed []byte) ([]byte, error) {
	if len(sealed) < xwingEncSize+tagSize {
		return nil, ErrCannotOpen
	}
	if wire.CheckEphemeral([dhEncSize]byte(sealed[xwingEncSize-dhEncSize:])) != nil {
		return nil, ErrCannotOpen
	}
	r, err := hpke.NewRecipient(sealed[:xwingEncSize], k.key, pkeKDF(), pkeAEAD(), info)
	if err != nil {
		return nil, ErrCannotOpen
	}
	plaintext, err := r.Open(nil, sealed[xwingEncSize:])
	if err != nil {
		return nil, ErrCannotOpen
	}
	return plaintext, nil
}

// sealSender says to one reader who wrote (SD-PKE, spec/letter.md §1).
func sealSender(to *wire.PKEKey, from *wire.Tuple) ([]byte, error) {
	return sealXWing(to, nil, append(append(make([]byte, 0, apkeKeySize), from.DH[:]...), from.PQ[:]...))
}

// openSender reads who claims to have written. Nothing vouches for it until
// SD-APKE opens with these keys.
func openSender(k *pkeSecret, sealed []byte) (dh wire.DHKey, pq wire.PQKey, err error) {
	if len(sealed) != pkeCipherSize {
		return dh, pq, ErrCannotOpen
	}
	key, err := openXWing(k, nil, sealed)
	if err != nil {
		return dh, pq, err
	}
	copy(dh[:], key[:len(dh)])
	copy(pq[:], key[len(dh):])
	return dh, pq, nil
}
