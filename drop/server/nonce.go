// SPDX-License-Identifier: Apache-2.0

package server

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"fmt"
	"io"
	"sync"
	"time"

	"tamizdat/letter/wire"
)

// nonceLife is how long a nonce serves (spec/drop.md §9).
const nonceLife = 5 * time.Minute

// nonces hands out numbers that serve once. A nonce is its own time of issue,
// sealed with AES-GCM under a key of this process: 12 random bytes, 4 bytes
// of time, 16 of tag. So the drop remembers nothing of those it gives out, and
// strangers who ask for millions fill no memory. Only nonces that came back
// under a desk's valid signature are remembered, until they are too old anyway.
type nonces struct {
	aead   cipher.AEAD
	random io.Reader

	mu    sync.Mutex
	spent map[[wire.NonceSize]byte]time.Time
}

func newNonces(random io.Reader) (*nonces, error) {
	key := make([]byte, 32)
	if _, err := io.ReadFull(random, key); err != nil {
		return nil, fmt.Errorf("drawing a key: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	return &nonces{aead: aead, random: random, spent: map[[wire.NonceSize]byte]time.Time{}}, err
}

// issue returns a fresh nonce. Its time is sealed inside: nobody can read the
// drop's clock from it.
func (n *nonces) issue(now time.Time) (out [wire.NonceSize]byte, err error) {
	iv := out[:n.aead.NonceSize()]
	if _, err := io.ReadFull(n.random, iv); err != nil {
		return out, err
	}
	n.aead.Seal(iv, iv, binary.BigEndian.AppendUint32(nil, uint32(now.Unix())), nil)
	return out, nil
}

// spend uses a nonce up. The caller has verified the signature over it.
func (n *nonces) spend(nonce [wire.NonceSize]byte, now time.Time) bool {
	size := n.aead.NonceSize()
	plain, err := n.aead.Open(nil, nonce[:size], nonce[size:], nil)
	if err != nil {
		return false
	}
	// Subtraction in 32 bits stays right when the clock's upper half turns.
	age := int32(uint32(now.Unix()) - binary.BigEndian.Uint32(plain))
	if age < 0 || time.Duration(age)*time.Second >= nonceLife {
		return false
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if _, used := n.spent[nonce]; used {
		return false
	}
	n.spent[nonce] = now
	return true
}

// expire forgets spent nonces that would be refused for their age.
func (n *nonces) expire(now time.Time) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for nonce, at := range n.spent {
		if now.Sub(at) >= nonceLife {
			delete(n.spent, nonce)
		}
	}
}
