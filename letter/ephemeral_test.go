// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"bytes"
	"crypto/hkdf"
	"crypto/mlkem"
	"crypto/mlkem/mlkemtest"
	"crypto/sha256"
	"crypto/sha3"
	"encoding/binary"
	"slices"
	"testing"

	"golang.org/x/crypto/chacha20poly1305"

	"tamizdat/letter/wire"
)

// What a sender of ill will makes who takes the base point u = 9, whose private half is
// 1, for an ephemeral key, and writes it in another way: each is a proper ciphertext to a
// program that takes the encoding.
func strangeEphemerals() map[string][]byte {
	base := append([]byte{9}, make([]byte, 31)...)
	beyond := append([]byte{0xed + 9}, bytes.Repeat([]byte{0xff}, 31)...)
	beyond[31] = 0x7f
	return map[string][]byte{"top bit": topBit(base), "beyond 2^255 - 19": beyond, "beyond, with top bit": topBit(beyond)}
}

// hpkeKey is RFC 9180's key schedule for one message: key and nonce.
func hpkeKey(t testing.TB, suite, mode, shared, psk, pskID, info []byte) (key, nonce []byte) {
	t.Helper()
	id := append([]byte("HPKE"), suite...)
	hash := func(label string, b []byte) []byte { return labeled(t, id, nil, label, b) }
	context := slices.Concat(mode, hash("psk_id_hash", pskID), hash("info_hash", info))
	secret := labeled(t, id, shared, "secret", psk)
	return expanded(t, id, secret, "key", context, 32), expanded(t, id, secret, "base_nonce", context, 12)
}

func labeled(t testing.TB, suite, salt []byte, label string, ikm []byte) []byte {
	t.Helper()
	b, err := hkdf.Extract(sha256.New, slices.Concat([]byte("HPKE-v1"), suite, []byte(label), ikm), salt)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func expanded(t testing.TB, suite, secret []byte, label string, info []byte, n int) []byte {
	t.Helper()
	size := binary.BigEndian.AppendUint16(nil, uint16(n))
	b, err := hkdf.Expand(sha256.New, secret, string(slices.Concat(size, []byte("HPKE-v1"), suite, []byte(label), info)), n)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func chachaSeal(t testing.TB, key, nonce, plaintext, aad []byte) []byte {
	t.Helper()
	a, err := chacha20poly1305.New(key)
	if err != nil {
		t.Fatal(err)
	}
	return a.Seal(nil, nonce, plaintext, aad)
}

// strangeXWing is sealXWing with the base point, encoded as tail, for the ephemeral key:
// the shared secret of X25519 is then the receiver's own public key.
func strangeXWing(t testing.TB, to *wire.PKEKey, tail, info, plaintext []byte) []byte {
	t.Helper()
	ek, err := mlkem.NewEncapsulationKey768(to[:1184])
	if err != nil {
		t.Fatal(err)
	}
	ssM, ctM, err := mlkemtest.Encapsulate768(ek, fixed("strange X-Wing", 32))
	if err != nil {
		t.Fatal(err)
	}
	shared := sha3.Sum256(slices.Concat(ssM, to[1184:], tail, to[1184:], []byte(`\.//^\`)))
	key, nonce := hpkeKey(t, []byte{0x64, 0x7a, 0, 1, 0, 3}, []byte{0}, shared[:], nil, nil, info)
	return slices.Concat(ctM, tail, chachaSeal(t, key, nonce, plaintext, nil))
}

// strangeAPKE is sealAPKE with the base point, encoded as c1, for the ephemeral key.
func strangeAPKE(t testing.TB, nr wire.NewsroomKey, from, to *identity, c1, plaintext []byte) []byte {
	t.Helper()
	ek, err := mlkem.NewEncapsulationKey768(to.tuple.PQ[:])
	if err != nil {
		t.Fatal(err)
	}
	k2, c2, err := mlkemtest.Encapsulate768(ek, fixed("strange SD-APKE", 32))
	if err != nil {
		t.Fatal(err)
	}
	static := shared(t, from.intake.dh, to.intake.dh)
	kem := []byte{'K', 'E', 'M', 0, 0x20}
	prk := labeled(t, kem, nil, "eae_prk", slices.Concat(to.tuple.DH[:], static[:]))
	secret := expanded(t, kem, prk, "shared_secret", slices.Concat(c1, to.tuple.DH[:], from.tuple.DH[:]), 32)
	key, nonce := hpkeKey(t, []byte{0, 0x20, 0, 1, 0, 3}, []byte{3}, secret, k2, []byte(pskID), apkeInfo(c2, &to.tuple.Fetch, &from.tuple.PQ))
	return slices.Concat(c2, c1, chachaSeal(t, key, nonce, plaintext, nr[:]))
}

// TestEphemeralKeysHaveOneForm: the same ciphertext with the base point in its canonical
// form opens; so what refuses the others is their form.
func TestEphemeralKeysHaveOneForm(t *testing.T) {
	nr, from, to := fixedNewsroom(), mustIdentity(t, fixedSecrets(t, "strange sender")), mustIdentity(t, fixedSecrets(t, "strange receiver"))
	open := func(point []byte) (apke, xwing bool) {
		_, err := openAPKE(nr, to.intake, &to.tuple.Fetch, &from.tuple.DH, &from.tuple.PQ, strangeAPKE(t, nr, from, to, point, []byte("text")))
		_, err2 := openXWing(to.intake.pke, []byte("info"), strangeXWing(t, &to.tuple.PKE, point, []byte("info"), []byte("text")))
		return err == nil, err2 == nil
	}
	if apke, xwing := open(append([]byte{9}, make([]byte, 31)...)); !apke || !xwing {
		t.Fatalf("the canonical form does not open: SD-APKE %v, X-Wing %v", apke, xwing)
	}
	for name, point := range strangeEphemerals() {
		if apke, xwing := open(point); apke || xwing {
			t.Errorf("%s opens: SD-APKE %v, X-Wing %v", name, apke, xwing)
		}
	}
}
