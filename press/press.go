// SPDX-License-Identifier: Apache-2.0

// Package press decides what may become public. It is pure: bytes in, bytes
// out, no file, no network, no log.
//
// A desk fills a [Draft] (texts pass through [Tidy] first), calls
// [Draft.Freeze] to get an [Edition], looks at [Gate], lets two editors call
// [SignOff], joins their notes with [CollectSignOffs] and hands the result of
// [FormatFile] to the press. The press calls [ParseFile] and [SignOffs.Check].
//
// An edition is an allow-list. It has no field for a sender, a channel, a time
// of reception or a file name, and the parser refuses every field it does not
// know; a test holds the list of fields against spec/record.md §3. Nothing
// here looks into a letter or a casebook, and the import rules of the project
// forbid it to.
//
// What it cannot see: a name written into the text itself, or a mark made by
// the choice of words. That is for people.
package press

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"tamizdat/press/internal/canon"
)

// MaxEdition is the largest edition, in bytes of its canonical form.
const MaxEdition = 1 << 20

// EditionHash is SHA-256 over the canonical bytes of an edition.
type EditionHash [sha256.Size]byte

// String gives the hash in lower-case hex.
func (h EditionHash) String() string { return hex.EncodeToString(h[:]) }

// Edition is a frozen [Draft]: valid, and with exactly one byte form. The zero
// Edition is not valid; make one with [Draft.Freeze] or [ParseEdition].
type Edition struct {
	draft Draft
	raw   []byte
}

// ErrEdition is wrapped by every refusal of an edition's structure.
var ErrEdition = errors.New("not a valid edition")

// Freeze validates the draft and fixes its bytes (spec/record.md §3). It does
// not change the draft: texts that are not clean are refused, see [Tidy].
func (d Draft) Freeze() (Edition, error) {
	d = d.clone()
	if err := d.validate(); err != nil {
		return Edition{}, fmt.Errorf("%w: %w", ErrEdition, err)
	}
	raw, err := canon.Indented(d)
	if err != nil {
		return Edition{}, fmt.Errorf("%w: %w", ErrEdition, err)
	}
	if len(raw) > MaxEdition {
		return Edition{}, fmt.Errorf("%w: %d bytes, more than %d", ErrEdition, len(raw), MaxEdition)
	}
	return Edition{draft: d, raw: raw}, nil
}

// ParseEdition reads canonical bytes and refuses anything else: another
// spelling of the same value, a byte too many, or a value that breaks a rule.
func ParseEdition(b []byte) (Edition, error) {
	if len(b) > MaxEdition {
		return Edition{}, fmt.Errorf("%w: %d bytes, more than %d", ErrEdition, len(b), MaxEdition)
	}
	var d Draft
	err := canon.Parse(b, &d, func() ([]byte, error) { return canon.Indented(d.clone()) })
	if err != nil {
		return Edition{}, fmt.Errorf("%w: %w", ErrEdition, err)
	}
	return d.Freeze()
}

// Bytes gives the canonical form. These are the bytes that are hashed, signed
// and stored; nobody needs to encode again.
func (e Edition) Bytes() []byte { return append([]byte(nil), e.raw...) }

// Hash is what editors sign.
func (e Edition) Hash() EditionHash { return sha256.Sum256(e.raw) }

// Draft gives a copy of the content.
func (e Edition) Draft() Draft { return e.draft.clone() }

// Name is the stem of the edition's public file names: series and number.
func (e Edition) Name() string {
	return fmt.Sprintf("%s-%d", e.draft.Series, e.draft.Number)
}
