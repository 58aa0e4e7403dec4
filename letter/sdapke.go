// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"crypto/mlkem"
	"crypto/rand"
	"fmt"
	"io"

	circl "github.com/cloudflare/circl/hpke"

	"tamizdat/letter/wire"
)

const (
	pqCipherSize = 1088
	dhEncSize    = 32
	// apkeOverhead is what SD-APKE adds to a plaintext: c2, c1 and the tag.
	apkeOverhead = pqCipherSize + dhEncSize + tagSize

	pskID = "SD-pskAPKE"
)

// preShared is HPKE's pre-shared key: in SD-APKE the ML-KEM secret.
type preShared struct{ key, id []byte }

// apkeSuite is HPKE's suite of SD-APKE (spec/letter.md §2). The standard
// library has base mode only; mode_auth_psk comes from CIRCL.
func apkeSuite() circl.Suite {
	return circl.NewSuite(circl.KEM_X25519_HKDF_SHA256, circl.KDF_HKDF_SHA256, circl.AEAD_ChaCha20Poly1305)
}

// An apkeRecord is an SD-APKE ciphertext in the order of the wire.
type apkeRecord []byte

func (c apkeRecord) c2() []byte   { return c[:pqCipherSize] }
func (c apkeRecord) c1() []byte   { return c[pqCipherSize : pqCipherSize+dhEncSize] }
func (c apkeRecord) text() []byte { return c[pqCipherSize+dhEncSize:] }

// apkeInfo binds the post-quantum ciphertext, the receiver's fetch key and the
// sender's PQ key to the message. Without the last two a receiver could pass
// a message on as if it had been written to somebody else, or by another key.
func apkeInfo(c2 []byte, fetch *wire.FetchKey, senderPQ *wire.PQKey) []byte {
	info := make([]byte, 0, len(c2)+len(fetch)+len(senderPQ))
	return append(append(append(info, c2...), fetch[:]...), senderPQ[:]...)
}

// sealAPKE encrypts plaintext to one receiver, authenticated by the sender's
// DH key (SD-APKE). Authentication is implicit: the receiver could have made
// the same bytes. A thief of the receiver's keys can too (RFC 9180 §9.1.1).
func sealAPKE(nr wire.NewsroomKey, from *identity, to *wire.Tuple, plaintext []byte) ([]byte, error) {
	ek, err := mlkem.NewEncapsulationKey768(to.PQ[:])
	if err != nil {
		return nil, fmt.Errorf("letter: receiver's PQ key: %w", err)
	}
	k2, c2 := ek.Encapsulate()
	info := apkeInfo(c2, &to.Fetch, &from.tuple.PQ)
	c1, ct, err := authPSKSeal(rand.Reader, from.intake.dh, &to.DH, preShared{k2, []byte(pskID)}, info, nr[:], plaintext)
	if err != nil {
		return nil, err
	}
	record := make([]byte, 0, len(plaintext)+apkeOverhead)
	return append(append(append(record, c2...), c1...), ct...), nil
}

// openAPKE opens what sealAPKE made, for a receiver with the public fetch key
// given, if (dh, pq) sent it.
func openAPKE(nr wire.NewsroomKey, k *intake, fetch *wire.FetchKey, dh *wire.DHKey, pq *wire.PQKey, sealed []byte) ([]byte, error) {
	if len(sealed) < apkeOverhead {
		return nil, ErrCannotOpen
	}
	c := apkeRecord(sealed)
	if wire.CheckEphemeral([dhEncSize]byte(c.c1())) != nil {
		return nil, ErrCannotOpen
	}
	k2, err := k.pq.key.Decapsulate(c.c2())
	if err != nil {
		return nil, ErrCannotOpen
	}
	psk := preShared{k2, []byte(pskID)}
	return authPSKOpen(k.dh, dh, psk, apkeInfo(c.c2(), fetch, pq), c.c1(), nr[:], c.text())
}

// authPSKSeal is single-shot HPKE in mode_auth_psk. CIRCL's key objects are
// made for each call: they print their secret and fill a field on first use,
// so they are neither kept nor shared.
func authPSKSeal(rnd io.Reader, from *dhSecret, to *wire.DHKey, psk preShared, info, aad, plaintext []byte) (enc, ct []byte, err error) {
	kem := circl.KEM_X25519_HKDF_SHA256.Scheme()
	pk, err := kem.UnmarshalBinaryPublicKey(to[:])
	if err != nil {
		return nil, nil, fmt.Errorf("letter: receiver's DH key: %w", err)
	}
	sk, err := kem.UnmarshalBinaryPrivateKey(from.raw[:])
	if err != nil {
		return nil, nil, fmt.Errorf("letter: sender's DH key: %w", err)
	}
	s, err := apkeSuite().NewSender(pk, info)
	if err != nil {
		return nil, nil, fmt.Errorf("letter: SD-APKE: %w", err)
	}
	enc, sealer, err := s.SetupAuthPSK(rnd, sk, psk.key, psk.id)
	if err != nil {
		return nil, nil, fmt.Errorf("letter: SD-APKE: %w", err)
	}
	if ct, err = sealer.Seal(plaintext, aad); err != nil {
		return nil, nil, fmt.Errorf("letter: SD-APKE: %w", err)
	}
	return enc, ct, nil
}

func authPSKOpen(to *dhSecret, from *wire.DHKey, psk preShared, info, enc, aad, ct []byte) ([]byte, error) {
	kem := circl.KEM_X25519_HKDF_SHA256.Scheme()
	sk, err := kem.UnmarshalBinaryPrivateKey(to.raw[:])
	if err != nil {
		return nil, ErrCannotOpen
	}
	pk, err := kem.UnmarshalBinaryPublicKey(from[:])
	if err != nil {
		return nil, ErrCannotOpen
	}
	r, err := apkeSuite().NewReceiver(sk, info)
	if err != nil {
		return nil, ErrCannotOpen
	}
	opener, err := r.SetupAuthPSK(enc, psk.key, psk.id, pk)
	if err != nil {
		return nil, ErrCannotOpen
	}
	plaintext, err := opener.Open(ct, aad)
	if err != nil {
		return nil, ErrCannotOpen
	}
	return plaintext, nil
}
