// SPDX-License-Identifier: Apache-2.0

package tor

import (
	"crypto/ed25519"
	"crypto/sha3"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base32"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// SeedSize is the size of what an [OnionKey] is kept as.
const SeedSize = ed25519.SeedSize

// OnionKey is the key of an onion service. Who has it can answer in the
// service's name; who loses it loses the address. It never prints.
type OnionKey struct{ seed [SeedSize]byte }

// NewOnionKey makes a key.
func NewOnionKey(random io.Reader) (OnionKey, error) {
	var k OnionKey
	_, err := io.ReadFull(random, k.seed[:])
	return k, err
}

// OnionKeyFromSeed is the key that was kept as seed.
func OnionKeyFromSeed(seed [SeedSize]byte) OnionKey { return OnionKey{seed} }

// Seed is what to keep, as secret as the key is.
func (k OnionKey) Seed() [SeedSize]byte { return k.seed }

// Host is the name of the service, 56 characters and ".onion".
func (k OnionKey) Host() string {
	return hostOf(ed25519.NewKeyFromSeed(k.seed[:]).Public().(ed25519.PublicKey))
}

// String keeps the key out of anything that prints.
func (k OnionKey) String() string { return "REDACTED" }

// Format does so for every verb.
func (k OnionKey) Format(f fmt.State, _ rune) { io.WriteString(f, k.String()) }

// LogValue does so for logs.
func (k OnionKey) LogValue() slog.Value { return slog.StringValue(k.String()) }

// expanded is the key as ADD_ONION wants it: the scalar and the prefix into
// which Ed25519 (RFC 8032 §5.1.5) expands the seed.
func (k OnionKey) expanded() string {
	h := sha512.Sum512(k.seed[:])
	h[0] &= 248
	h[31] = h[31]&127 | 64
	return "ED25519-V3:" + base64.StdEncoding.EncodeToString(h[:])
}

const (
	onionVersion = 3
	onionSuffix  = ".onion"
	onionSize    = ed25519.PublicKeySize + 2 + 1 // key, checksum, version
)

// hostOf writes the address of a public key (rend-spec-v3, "Encoding onion
// addresses").
func hostOf(public ed25519.PublicKey) string {
	sum := checksum(public)
	b := append(append(make([]byte, 0, onionSize), public...), sum[0], sum[1], onionVersion)
	return strings.ToLower(base32.StdEncoding.EncodeToString(b)) + onionSuffix
}

func checksum(public []byte) [2]byte {
	b := append([]byte(".onion checksum"), public...)
	sum := sha3.Sum256(append(b, onionVersion))
	return [2]byte(sum[:2])
}

// CheckHost refuses a name that no onion service can have: one that was
// mistyped, or cut, or written otherwise than in small letters.
func CheckHost(host string) error {
	label, ok := strings.CutSuffix(host, onionSuffix)
	b, err := base32.StdEncoding.DecodeString(strings.ToUpper(label))
	if !ok || err != nil || len(b) != onionSize || strings.ToLower(label) != label || b[onionSize-1] != onionVersion {
		return errors.New("this is not the address of an onion service: it has 56 small letters and digits before .onion")
	}
	sum := checksum(b[:ed25519.PublicKeySize])
	if subtle.ConstantTimeCompare(sum[:], b[ed25519.PublicKeySize:onionSize-1]) != 1 {
		return errors.New("the address of the onion service is mistyped")
	}
	return nil
}
