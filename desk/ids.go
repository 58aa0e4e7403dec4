// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"tamizdat/letter"
	"tamizdat/letter/wire"
)

// LetterID names a letter on this desk and on every other that holds it: the
// first half of a hash over the letter's identity (spec/letter.md §6).
type LetterID [16]byte

// letterID joins what makes two letters the same one.
func letterID(sender wire.Pseudonym, id [16]byte, digest [32]byte) LetterID {
	b := slices.Concat(sender[:], id[:], digest[:])
	sum := sha256.Sum256(b)
	return LetterID(sum[:16])
}

// String is lower-case hexadecimal.
func (id LetterID) String() string { return hex.EncodeToString(id[:]) }

// Short is what people type.
func (id LetterID) Short() string { return id.String()[:8] }

// MarshalText implements [encoding.TextMarshaler].
func (id LetterID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (id *LetterID) UnmarshalText(b []byte) error { return fromHex(id[:], b) }

// hash32 is 32 bytes that stand as hexadecimal in a stored event.
type hash32 [32]byte

// MarshalText implements [encoding.TextMarshaler].
func (h hash32) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(h[:])), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (h *hash32) UnmarshalText(b []byte) error { return fromHex(h[:], b) }

// hash16 is 16 bytes that stand as hexadecimal in a stored event.
type hash16 [16]byte

// MarshalText implements [encoding.TextMarshaler].
func (h hash16) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(h[:])), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (h *hash16) UnmarshalText(b []byte) error { return fromHex(h[:], b) }

// fromHex fills dst and takes only what hex.EncodeToString writes.
func fromHex(dst, text []byte) error {
	raw, err := hex.DecodeString(string(text))
	if err != nil || len(raw) != len(dst) || hex.EncodeToString(raw) != string(text) {
		return fmt.Errorf("not %d bytes in lower-case hexadecimal", len(dst))
	}
	copy(dst, raw)
	return nil
}

// SenderName gives a pseudonym three words, so that people can speak of a
// source who has no name. The words are not secret and not unique by design:
// they are 33 bits of the pseudonym.
func SenderName(p wire.Pseudonym) string {
	list := letter.English()
	n := uint64(p[0])<<32 | uint64(p[1])<<24 | uint64(p[2])<<16 | uint64(p[3])<<8 | uint64(p[4])
	n >>= 7 // 33 of 40 bits
	return list.Word(int(n>>22)) + "-" + list.Word(int(n>>11)&2047) + "-" + list.Word(int(n)&2047)
}

// week is the number of the week that a Unix second lies in (spec/README.md §1).
func week(at int64) uint32 { return uint32((dayOf(at) + 3) / 7) }

func dayOf(at int64) int64 { return at / 86400 }
