// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"fmt"

	"github.com/gtank/ristretto255"

	"tamizdat/letter/wire"
)

// hintSize is X ‖ Z (spec/letter.md §3).
const hintSize = 64

// makeHint marks an envelope for the owner of a fetch key, unreadable to
// everybody else. It is not bound to what the envelope holds: whoever relays
// an envelope can make another hint for the same receiver, or for none.
func makeHint(to *wire.FetchKey) ([]byte, error) {
	return hintWith(randomFetchSecret().scalar, to)
}

func hintWith(x *ristretto255.Scalar, to *wire.FetchKey) ([]byte, error) {
	f, err := ristretto255.NewIdentityElement().SetCanonicalBytes(to[:])
	if err != nil {
		return nil, fmt.Errorf("letter: receiver's fetch key: %w", err)
	}
	if isIdentity(f) {
		return nil, fmt.Errorf("letter: receiver's fetch key: %w", errIdentity)
	}
	hint := ristretto255.NewIdentityElement().ScalarBaseMult(x).Bytes()
	return append(hint, ristretto255.NewIdentityElement().ScalarMult(x, f).Bytes()...), nil
}

// matches tells whether X ‖ Z is a hint for this key. It takes the same time
// whether it is or not; only bytes that are no canonical point, which any
// reader could tell, end it early.
func (f *fetchSecret) matches(x, z []byte) bool {
	p, err := ristretto255.NewIdentityElement().SetCanonicalBytes(x)
	if err != nil || isIdentity(p) {
		return false
	}
	// The product's encoding is canonical and, the group being of prime order,
	// not the identity; so an equal Z is neither non-canonical nor identity.
	return sameBytes(ristretto255.NewIdentityElement().ScalarMult(f.scalar, p).Bytes(), z)
}

func isIdentity(p *ristretto255.Element) bool {
	return p.Equal(ristretto255.NewIdentityElement()) == 1
}
