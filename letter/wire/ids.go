// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"strconv"
)

// NewsroomKey is NR: the hash of the newsroom's first root (spec/keys.md §3). It
// never changes, and everything a client believes leads back to it.
type NewsroomKey [32]byte

// JournalistID is a journalist's Ed25519 signing key.
type JournalistID [32]byte

// DropKey is the Ed25519 key that signs heads.
type DropKey [32]byte

// AdminKey is the Ed25519 key of one who may sign roots and rosters.
type AdminKey [32]byte

// AccessKey is the Ed25519 key that signs a desk's read requests.
type AccessKey [32]byte

// PermitKey is the Ed25519 key that signs permits.
type PermitKey [32]byte

// EditorKey is the Ed25519 key with which a journalist signs off what is published.
type EditorKey [32]byte

// Hash is a SHA-256 digest.
type Hash [32]byte

// Incarnation tells a drop's logs from those before a restore without history.
type Incarnation [16]byte

// Ticket names one upload to the drop (spec/attachments.md §3).
type Ticket [16]byte

// ChunkID is the SHA-256 of a chunk's ciphertext (spec/attachments.md §1).
type ChunkID [32]byte

// Period numbers a key period (spec/keys.md §5).
type Period uint32

// Log numbers one of a drop's three logs (spec/drop.md §1).
type Log uint8

// The three logs.
const (
	Letters Log = 1
	Replies Log = 2
	Desk    Log = 3
)

const (
	keyPrefix     = "tamizdat1"
	keyChecksum   = 3
	checkSalt     = "tamizdat-check-words-v1"
	printSalt     = "tamizdat-fingerprint-v1"
	slowRounds    = 600_000
	slowLength    = 16
	wordBits      = 11
	tagNewsroom   = "tamizdat-newsroom-v1"
	tagKeyText    = "tamizdat-newsroom-text-v1"
	tagSender     = "tamizdat-sender-v1"
	tagGrant      = "tamizdat-grant-v1"
	tagWork       = "tamizdat-work-v1"
	keyTextLength = len(keyPrefix) + 56
)

func keyEncoding() *base32.Encoding {
	return base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)
}

// String is the text form of spec/keys.md §3: "tamizdat1" and 56 characters.
func (k NewsroomKey) String() string {
	sum := HashTag(tagKeyText, k[:])
	return keyPrefix + keyEncoding().EncodeToString(append(k[:], sum[:keyChecksum]...))
}

// IsZero reports whether k was never set.
func (k NewsroomKey) IsZero() bool { return k == NewsroomKey{} }

// ParseNewsroomKey reads the text form, exactly as String writes it. A typing
// error is found by its checksum and reported as ErrMalformed.
func ParseNewsroomKey(text string) (NewsroomKey, error) {
	const object = "newsroom key"
	if len(text) != keyTextLength || text[:len(keyPrefix)] != keyPrefix {
		return NewsroomKey{}, fail(object, ErrMalformed, "not %q and 56 characters", keyPrefix)
	}
	raw, err := keyEncoding().DecodeString(text[len(keyPrefix):])
	if err != nil || len(raw) != 32+keyChecksum {
		return NewsroomKey{}, fail(object, ErrMalformed, "not lower-case base32")
	}
	k := NewsroomKey(raw[:32])
	if k.String() != text {
		return NewsroomKey{}, fail(object, ErrMalformed, "checksum differs: compare it letter by letter")
	}
	return k, nil
}

// CheckNumbers are the places in the word list of the four check words that
// stand beside the key (spec/keys.md §3). It takes about a tenth of a second, so
// that finding another newsroom with the same words stays dear.
func (k NewsroomKey) CheckNumbers() [4]uint16 {
	return [4]uint16(slowNumbers(k[:], checkSalt, 4))
}

// FingerprintNumbers are the places in the word list of the six words by which
// two people compare a journalist's request aloud (spec/keys.md §3). request
// is the whole request; it takes about a tenth of a second.
func FingerprintNumbers(request []byte) [6]uint16 {
	sum := HashTag(printSalt, request)
	return [6]uint16(slowNumbers(sum[:], printSalt, 6))
}

// slowNumbers stretches password and cuts the result into n numbers of 11 bits.
func slowNumbers(password []byte, salt string, n int) []uint16 {
	raw, err := pbkdf2.Key(sha256.New, string(password), []byte(salt), slowRounds, slowLength)
	if err != nil {
		panic("wire: pbkdf2 refused fixed parameters: " + err.Error())
	}
	out := make([]uint16, n)
	for bit := range n * wordBits {
		one := raw[bit/8] >> (7 - bit%8) & 1
		out[bit/wordBits] = out[bit/wordBits]<<1 | uint16(one)
	}
	return out
}

// String is lower-case hexadecimal.
func (id JournalistID) String() string { return hex.EncodeToString(id[:]) }

// ParseJournalistID reads 64 lower-case hexadecimal digits.
func ParseJournalistID(text string) (JournalistID, error) {
	b, err := parseHex("journalist id", text, 32)
	if err != nil {
		return JournalistID{}, err
	}
	return JournalistID(b), nil
}

// String is lower-case hexadecimal.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// String is lower-case hexadecimal.
func (t Ticket) String() string { return hex.EncodeToString(t[:]) }

// ParseTicket reads 32 lower-case hexadecimal digits.
func ParseTicket(text string) (Ticket, error) {
	b, err := parseHex("ticket", text, 16)
	if err != nil {
		return Ticket{}, err
	}
	return Ticket(b), nil
}

// ChunkIDOf names a chunk by its ciphertext, without a tag, so that anyone can.
func ChunkIDOf(ct []byte) ChunkID { return sha256.Sum256(ct) }

// String is lower-case hexadecimal.
func (id ChunkID) String() string { return hex.EncodeToString(id[:]) }

// ParseChunkID reads 64 lower-case hexadecimal digits.
func ParseChunkID(text string) (ChunkID, error) {
	b, err := parseHex("chunk id", text, 32)
	if err != nil {
		return ChunkID{}, err
	}
	return ChunkID(b), nil
}

// parseHex accepts n bytes in lower-case hexadecimal and nothing else.
func parseHex(object, text string, n int) ([]byte, error) {
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != n || hex.EncodeToString(b) != text {
		return nil, fail(object, ErrMalformed, "not %d lower-case hexadecimal digits", 2*n)
	}
	return b, nil
}

// String names the log in English.
func (l Log) String() string {
	switch l {
	case Letters:
		return "letters"
	case Replies:
		return "replies"
	case Desk:
		return "desk"
	}
	return "log " + strconv.Itoa(int(l))
}

func (l Log) valid() bool { return l >= Letters && l <= Desk }

// ParsePeriod reads a period as it stands in a path: decimal, without sign,
// space or leading zero (spec/drop.md §9).
func ParsePeriod(text string) (Period, error) {
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil || strconv.FormatUint(n, 10) != text {
		return 0, fail("period", ErrMalformed, "not a decimal number below 2^32")
	}
	return Period(n), nil
}

// PeriodAt is the period that now, in Unix seconds, falls into; seconds is the
// length of a period from the root. Times before 1970 fall into period 0.
func PeriodAt(now int64, seconds uint32) Period {
	if now < 0 || seconds == 0 {
		return 0
	}
	return Period(min(now/int64(seconds), 1<<32-1))
}

// Start is the first Unix second of the period.
func (p Period) Start(seconds uint32) int64 { return int64(p) * int64(seconds) }

// End is the first Unix second after the period.
func (p Period) End(seconds uint32) int64 { return (int64(p) + 1) * int64(seconds) }
