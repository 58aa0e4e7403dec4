// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"math"

	"tamizdat/letter/wire"
)

const (
	commitSize = 32
	// chunkRoom is how much of the stream one chunk holds (spec/attachments.md §1).
	chunkRoom = wire.ChunkSize - tagSize - commitSize // 1,048,528

	indexChunk = math.MaxUint32
)

// chunkCipher seals and opens the chunks of one parcel. It is safe for
// concurrent use. A nonce is a chunk's place; so one key may seal only one
// stream, ever: a second one under it would give both away.
type chunkCipher struct {
	redacted
	aead cipher.AEAD
}

func newChunkCipher(key *[32]byte) *chunkCipher { return &chunkCipher{aead: aes256GCM(key[:])} }

// aes256GCM takes a key of 32 bytes.
func aes256GCM(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic("letter: AES refused a key of 32 bytes: " + err.Error())
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic("letter: GCM refused AES: " + err.Error())
	}
	return aead
}

func streamNonce(i uint32, last bool) []byte {
	nonce := make([]byte, 12)
	binary.BigEndian.PutUint32(nonce[7:], i)
	if last {
		nonce[11] = 1
	}
	return nonce
}

// seal encrypts in place. chunk has the size of a chunk; its plaintext stands
// at chunk[commitSize : commitSize+chunkRoom].
func (c *chunkCipher) seal(i uint32, last bool, chunk []byte) wire.ChunkID {
	clear(chunk[:commitSize])
	c.aead.Seal(chunk[:0], streamNonce(i, last), chunk[:commitSize+chunkRoom], nil)
	return wire.ChunkIDOf(chunk)
}

// open returns the chunk's part of the stream. The commitment is compared
// because GCM alone lets one ciphertext open under two keys.
func (c *chunkCipher) open(i uint32, last bool, chunk []byte) ([]byte, error) {
	if len(chunk) != wire.ChunkSize {
		return nil, ErrDamaged
	}
	plaintext, err := c.aead.Open(nil, streamNonce(i, last), chunk, nil)
	if err != nil || !allZero(plaintext[:commitSize]) {
		return nil, ErrDamaged
	}
	return plaintext[commitSize:], nil
}
