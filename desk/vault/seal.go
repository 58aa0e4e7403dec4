// SPDX-License-Identifier: Apache-2.0

package vault

import (
	"crypto/cipher"
	"encoding/binary"
	"math/bits"

	"golang.org/x/crypto/chacha20poly1305"
)

// minPadded is the size of the smallest padded plaintext.
const minPadded = 512

// xchacha is the cipher of everything with a random nonce: 24 bytes never
// meet twice, even after a torn record was cut and its place used again.
func xchacha(key []byte) cipher.AEAD {
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		panic("vault: a key of 32 bytes is refused: " + err.Error())
	}
	return aead
}

// padded returns u32 length ‖ data ‖ zeros, of a size that tells little.
func padded(data []byte) []byte {
	b := make([]byte, padme(max(4+len(data), minPadded)))
	binary.BigEndian.PutUint32(b, uint32(len(data)))
	copy(b[4:], data)
	return b
}

// unpadded is the inverse of padded; false for what padded did not make.
func unpadded(b []byte) ([]byte, bool) {
	if len(b) < 4 || uint64(binary.BigEndian.Uint32(b)) > uint64(len(b)-4) {
		return nil, false
	}
	return b[4 : 4+binary.BigEndian.Uint32(b)], true
}

// padme rounds a positive length up so that it keeps only about log2 log2 n
// significant bits; at most 12 percent are added.
func padme(n int) int {
	if n < 2 {
		return n
	}
	e := bits.Len(uint(n)) - 1
	z := max(e-bits.Len(uint(e)), 0)
	mask := 1<<z - 1
	return (n + mask) &^ mask
}
