// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"crypto/ecdh"
	"crypto/hpke"
	"crypto/mlkem"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"

	"github.com/gtank/ristretto255"

	"tamizdat/letter/wire"
)

const (
	fetchSeedSize = 64 // uniform bytes, reduced to a scalar
	scalarSize    = 32
	dhSize        = 32
	pkeSeedSize   = 32
)

// fetchSecret finds one's envelopes among all others (spec/letter.md §3).
type fetchSecret struct {
	redacted
	scalar *ristretto255.Scalar
}

// dhSecret is the classical half of an APKE key: an X25519 private key.
type dhSecret struct {
	redacted
	raw *[dhSize]byte
	pub wire.DHKey
}

// pqSecret is the post-quantum half of an APKE key: an ML-KEM-768 private key.
type pqSecret struct {
	redacted
	key *mlkem.DecapsulationKey768
}

// pkeSecret opens who wrote: an X-Wing private key.
type pkeSecret struct {
	redacted
	key hpke.PrivateKey
}

// intake is one set of secrets that SD-PKE and SD-APKE open with: a source's,
// or a journalist's of one period (spec/letter.md §2).
type intake struct {
	redacted
	dh  *dhSecret
	pq  *pqSecret
	pke *pkeSecret
}

// identity is a whole key tuple with its secrets: what one writes with.
type identity struct {
	redacted
	fetch  *fetchSecret
	intake *intake
	tuple  *wire.Tuple
}

var errZeroScalar = errors.New("letter: these bytes give no fetch key; draw new ones")

// fetchSecretFromUniform reduces 64 uniform bytes (RFC 9496 §4.4).
func fetchSecretFromUniform(b []byte) (*fetchSecret, error) {
	s, err := ristretto255.NewScalar().SetUniformBytes(b)
	if err != nil {
		return nil, fmt.Errorf("letter: fetch key: %w", err)
	}
	return checkedFetchSecret(s)
}

// fetchSecretFromScalar reads a stored, canonical scalar.
func fetchSecretFromScalar(b []byte) (*fetchSecret, error) {
	s, err := ristretto255.NewScalar().SetCanonicalBytes(b)
	if err != nil {
		return nil, fmt.Errorf("letter: fetch key: %w", err)
	}
	return checkedFetchSecret(s)
}

func checkedFetchSecret(s *ristretto255.Scalar) (*fetchSecret, error) {
	if s.Equal(ristretto255.NewScalar()) == 1 {
		return nil, errZeroScalar
	}
	return &fetchSecret{scalar: s}, nil
}

func (f *fetchSecret) public() (k wire.FetchKey) {
	copy(k[:], ristretto255.NewIdentityElement().ScalarBaseMult(f.scalar).Bytes())
	return k
}

func dhSecretFrom(b []byte) (*dhSecret, error) {
	key, err := ecdh.X25519().NewPrivateKey(b)
	if err != nil {
		return nil, fmt.Errorf("letter: DH key: %w", err)
	}
	d := &dhSecret{raw: new([dhSize]byte)}
	copy(d.raw[:], b)
	copy(d.pub[:], key.PublicKey().Bytes())
	return d, nil
}

func pqSecretFrom(seed []byte) (*pqSecret, error) {
	key, err := mlkem.NewDecapsulationKey768(seed)
	if err != nil {
		return nil, fmt.Errorf("letter: PQ key: %w", err)
	}
	return &pqSecret{key: key}, nil
}

func (p *pqSecret) public() (k wire.PQKey) {
	copy(k[:], p.key.EncapsulationKey().Bytes())
	return k
}

func pkeSecretFrom(seed []byte) (*pkeSecret, error) {
	key, err := hpke.MLKEM768X25519().NewPrivateKey(seed)
	if err != nil {
		return nil, fmt.Errorf("letter: PKE key: %w", err)
	}
	return &pkeSecret{key: key}, nil
}

func (p *pkeSecret) public() (k wire.PKEKey) {
	copy(k[:], p.key.PublicKey().Bytes())
	return k
}

func (p *pkeSecret) seed() []byte {
	b, err := p.key.Bytes()
	if err != nil {
		panic("letter: a PKE key made from a seed has lost it: " + err.Error())
	}
	return b
}

func newIntake(dh, pqSeed, pkeSeed []byte) (*intake, error) {
	d, err := dhSecretFrom(dh)
	if err != nil {
		return nil, err
	}
	q, err := pqSecretFrom(pqSeed)
	if err != nil {
		return nil, err
	}
	p, err := pkeSecretFrom(pkeSeed)
	if err != nil {
		return nil, err
	}
	return &intake{dh: d, pq: q, pke: p}, nil
}

// intakeSize is the length of append's part of a stored key.
const intakeSize = dhSize + mlkem.SeedSize + pkeSeedSize

// appendTo writes the three secrets for storage in a vault.
func (k *intake) appendTo(b []byte) []byte {
	b = append(b, k.dh.raw[:]...)
	b = append(b, k.pq.key.Bytes()...)
	return append(b, k.pke.seed()...)
}

func intakeFromStored(b []byte) (*intake, error) {
	if len(b) != intakeSize {
		return nil, errStored
	}
	return newIntake(b[:dhSize], b[dhSize:dhSize+mlkem.SeedSize], b[dhSize+mlkem.SeedSize:])
}

func randomIntake() *intake {
	k, err := intakeFromStored(randomBytes(intakeSize))
	if err != nil {
		panic("letter: random bytes refused as keys: " + err.Error())
	}
	return k
}

func newIdentity(fetch *fetchSecret, in *intake) *identity {
	return &identity{fetch: fetch, intake: in, tuple: &wire.Tuple{
		DH: in.dh.pub, PQ: in.pq.public(), Fetch: fetch.public(), PKE: in.pke.public(),
	}}
}

func randomIdentity() *identity {
	return newIdentity(randomFetchSecret(), randomIntake())
}

// randomFetchSecret draws again in the impossible case of a zero scalar.
func randomFetchSecret() *fetchSecret {
	for {
		if f, err := fetchSecretFromUniform(randomBytes(fetchSeedSize)); err == nil {
			return f
		}
	}
}

// randomBytes cannot fail: crypto/rand.Read ends the program instead.
func randomBytes(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return b
}

// sameBytes compares in constant time for equal lengths.
func sameBytes(a, b []byte) bool { return subtle.ConstantTimeCompare(a, b) == 1 }
