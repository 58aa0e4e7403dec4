// SPDX-License-Identifier: Apache-2.0

// Package wire is everything the drop may know: the outer form of every object
// that passes between a source, a drop and a desk, and the public checks that
// go with it. Its authority is spec/: where they differ, this package is wrong.
//
// What to call first. A client starts with [ParseNewsroom] and
// [UnverifiedNewsroom.Verify] under the key it was given out of band; the
// [Roster] inside is the root of all further trust. Then
// [ParseBundle], [ParseBeatsFile] and [ReadView] take what the drop serves, and
// their Verify methods turn it into values that may be relied upon. Whoever
// writes builds a *Body, signs Preimage(tag, its signed part) with crypto/ed25519
// and joins the two with the Assemble function beside it.
//
// What it refuses. An object is accepted in one encoding only: a byte too few or
// too many, a count out of bounds, items out of order, a key that is not well
// formed are all [ErrMalformed]. Nothing is allocated for a length before it was
// checked against its bound, and in a [ViewReader] not before the bytes arrive.
//
// What it trusts. Nothing that is not signed. Types named Unverified hold what a
// stranger said; [Newsroom], [Roster], [Bundle], [Beat] and [Head] can be had from
// bytes only through a signature check that leads to the newsroom's key. Their
// fields are exported for reading: changing one breaks the promise.
//
// The package holds no secret, reads no clock, file or network, asks for randomness
// only where [DoWork] begins its search, and cannot open
// a letter. Envelopes are bytes to it, of which only the length and the two
// points of the hint are looked at.
//
// Byte slices in results share memory with the input unless a comment says
// otherwise; an input must not be changed after it was parsed.
package wire

// Sizes in bytes of the objects that have only one (spec/sizes.md).
const (
	// EnvelopeSize is the size of a letter's envelope (spec/letter.md §4).
	EnvelopeSize = 15360
	// ReplySize is the size of a reply's envelope (spec/letter.md §4).
	ReplySize = 8192
	// SegmentSize is the size of a desk segment (spec/drop.md §7).
	SegmentSize = 32768
	// ChunkSize is the size of a chunk's ciphertext (spec/attachments.md §1).
	ChunkSize = 1 << 20
	// HeadSize is the size of a signed head (spec/drop.md §1).
	HeadSize = 163
	// PageHeaderSize is the size of a page header (spec/drop.md §1).
	PageHeaderSize = 103
	// BeatSize is the size of a beat (spec/drop.md §3).
	BeatSize = 230
	// BundleSize is the size of a bundle (spec/keys.md §5).
	BundleSize = 2574
	// PermitSize is the size of a permit (spec/attachments.md §4).
	PermitSize = 117
	// ReplyWriteSize is the size of a reply write (spec/drop.md §5).
	ReplyWriteSize = 2 + BeatSize + 8 + 1 + ReplySize + SignatureSize
	// SegmentWriteSize is the size of a segment write (spec/drop.md §5).
	SegmentWriteSize = 2 + BeatSize + 8 + SegmentSize + SignatureSize
	// ReadRequestSize is the size of a log read request (spec/drop.md §9).
	ReadRequestSize = 2 + 32 + 1 + 8 + 8 + 2 + NonceSize + SignatureSize
	// ChunkRequestSize is the size of a chunk read request (spec/drop.md §9).
	ChunkRequestSize = 2 + 32 + 32 + NonceSize + SignatureSize
	// VouchSize is the size of a vouch (spec/drop.md §11).
	VouchSize = 2 + 32 + 32 + 8 + 32 + 16 + 3*(8+32) + NonceSize + SignatureSize
	// TupleSize is the size of a key tuple (spec/keys.md §2).
	TupleSize = DHSize + PQSize + FetchSize + PKESize

	// DHSize is the size of an X25519 public key.
	DHSize = 32
	// PQSize is the size of an ML-KEM-768 encapsulation key.
	PQSize = 1184
	// FetchSize is the size of a ristretto255 element.
	FetchSize = 32
	// PKESize is the size of an X-Wing public key: ML-KEM-768, then X25519.
	PKESize = PQSize + DHSize
	// SignatureSize is the size of an Ed25519 signature.
	SignatureSize = 64
	// NonceSize is the size of a drop's nonce (spec/drop.md §9).
	NonceSize = 32
	// WrapEncSize is the size of an X-Wing encapsulation.
	WrapEncSize = 1120
	// WrapCtSize is the size of a wrapped 32-byte secret with its tag.
	WrapCtSize = 48
)

// Limits that hold everywhere (spec/README.md §4).
const (
	// MaxAdmins bounds the admin keys of a root.
	MaxAdmins = 16
	// MaxRoots bounds the roots in a newsroom file.
	MaxRoots = 64
	// MaxJournalists bounds the journalists of a roster.
	MaxJournalists = 8
	// MaxFormer bounds the former journalists of a roster.
	MaxFormer = 64
	// MaxAddresses bounds the addresses of a newsroom.
	MaxAddresses = 4
	// MaxEnvelopes bounds the envelopes of a letter.
	MaxEnvelopes = 8
	// MaxFreeChunks bounds the chunks that a letter may bring without a permit.
	MaxFreeChunks = 64
	// MaxSlots bounds the reply slots of a page.
	MaxSlots = 64
	// MaxViewPages bounds the whole pages in a view.
	MaxViewPages = 4096
	// MaxViewLeaves bounds each of the two lists of leaf hashes in a view.
	MaxViewLeaves = 65536
	// MaxReadPages bounds the pages that one log read request asks for.
	MaxReadPages = 64
	// MaxPageItems bounds the envelopes, and the chunk ids, of a letters page.
	MaxPageItems = 16384
	// MaxTime is the last Unix second that any object may carry.
	MaxTime = 1 << 40
	// MaxRosterAge is the longest time in seconds between issue and expiry of a
	// roster.
	MaxRosterAge = 60 * daySeconds
)

const daySeconds = 86400

// Greatest lengths of objects of varying size: what a reader of a stream may
// allow before it parses.
const (
	// MaxRootSize is the greatest length of a root with its signatures.
	MaxRootSize = 2 + 4 + 32 + 4 + 1 + 1 + 32*MaxAdmins + 1 + 96*2*MaxAdmins
	// MaxRosterSize is the greatest length of a roster with its signatures.
	MaxRosterSize = 2 + 32 + 4 + 8 + 32 + 16 + 97 + 1 + 129*MaxAddresses + 32 + 16 + 40 + 3*32 + 256 +
		12 + 1 + 12 + 2 + 4 + 1 + 1 + maxJournalistSize*MaxJournalists + 1 + 169*MaxFormer + 1 + 96*MaxAdmins
	// MaxNewsroomSize is the greatest length of a newsroom file.
	MaxNewsroomSize = 3 + (2+MaxRootSize)*MaxRoots + 4 + MaxRosterSize
	// MaxGrantSize is the greatest length of a grant.
	MaxGrantSize = 2 + 32 + 8 + 1 + (32+WrapEncSize+WrapCtSize)*MaxJournalists
	// MaxKeysFileSize is the greatest length of a keys file.
	MaxKeysFileSize = 2 + 32 + 4 + 1 + BundleSize*MaxJournalists
	// MaxBeatsFileSize is the greatest length of a beats file.
	MaxBeatsFileSize = 2 + 32 + 1 + BeatSize*MaxJournalists
	// MaxLetterPostSize is the greatest length of a letter post.
	MaxLetterPostSize = 2 + 32 + 8 + 8 + 1 + EnvelopeSize*MaxEnvelopes
	// MaxTicketRequestSize is the greatest length of a ticket request.
	MaxTicketRequestSize = 2 + 32 + 32 + 8 + 8 + 1 + PermitSize
	// MaxNewsroomWriteSize is the greatest length of a newsroom write.
	MaxNewsroomWriteSize = 2 + 4 + MaxNewsroomSize + 4 + MaxGrantSize
	// MaxRequestSize is the greatest length of a journalist's request.
	MaxRequestSize = 2 + maxJournalistSize + 32 + SignatureSize

	maxJournalistSize = 32 + 97 + TupleSize + 32 + SignatureSize
)

// Object types (spec/README.md §2).
const (
	version = 1

	typeRoot          = 0x01
	typeRoster        = 0x02
	typeBundle        = 0x03
	typeKeysFile      = 0x04
	typeGrant         = 0x05
	typeBeat          = 0x06
	typeBeatsFile     = 0x07
	typeHead          = 0x08
	typePageHeader    = 0x09
	typeView          = 0x0a
	typeReadRequest   = 0x0b
	typeChunkRequest  = 0x0c
	typeLetterPost    = 0x0d
	typeReplyWrite    = 0x0e
	typeSegmentWrite  = 0x0f
	typeNewsroom      = 0x10
	typeNewsroomWrite = 0x11
	typeTicketRequest = 0x12
	typePermit        = 0x13
	typeRequest       = 0x14
	typeVouch         = 0x15
)
