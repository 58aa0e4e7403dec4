// SPDX-License-Identifier: Apache-2.0

// Package letter is the message protocol: it makes keys, seals letters and
// replies, and opens them. Bytes in, bytes out; it knows no network, no file, no
// clock and no log. Its values are safe for concurrent use once made, except a
// [ParcelSealer] and a [Parcel] whose index is being loaded.
//
// A source begins with [NewWords] or [ReadWords], then [Words.Source], then
// [Source.SealLetter], [Source.Scan] and [Source.OpenReply]. A journalist begins
// with [NewJournalistKeys] and [NewPeriodKeys], then [JournalistKeys.Mine],
// [JournalistKeys.Open] and [JournalistKeys.SealReply]. Attachments begin with
// [NewParcel] and end with [Parcel.Extract].
//
// It trusts three things that the caller must have checked: a [wire.Roster]
// and its bundles come verified out of package wire; the clock decides which
// of them are current; and the page number of a reply is one that the proof of
// a view vouched for. It refuses everything else that does not open with one
// error, [ErrCannotOpen], whatever the reason was.
//
// Senders are authenticated implicitly: the receiver could have made the same
// message, and so could a thief of the receiver's keys. A source's replies have
// no forward secrecy: who gets her words reads every reply ever sent to her.
// Authentication rests on X25519 alone; secrecy on X25519 and ML-KEM-768
// together. The delivery hint rests on ristretto255 alone. No published proof
// covers this profile (spec/README.md).
//
// Secrets print as REDACTED. The garbage collector may leave copies of them in
// memory; nothing here can prevent that.
package letter

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"

	"tamizdat/letter/wire"
)

var (
	// ErrCannotOpen is the one answer to an envelope that does not open,
	// whatever the reason: not for these keys, expired, altered, malformed.
	ErrCannotOpen = errors.New("this envelope cannot be opened")
	// ErrFormer says that a reply is by someone who has left the newsroom and
	// lies in a page that counts no more (spec/misbehaviour.md M-27).
	ErrFormer = errors.New("a message from someone who has left the newsroom was not shown")
	// ErrTooLong says that a message does not fit into its envelope.
	ErrTooLong = errors.New("this message is too long")
	// ErrText says that a text is empty or holds what a text may not hold.
	ErrText = errors.New("this text cannot be sent")
	// ErrFewBundles says that too few journalists have keys for this period
	// (spec/keys.md §5). Nothing is sealed.
	ErrFewBundles = errors.New("too few journalists have current keys; nothing was sealed")

	errMessage  = errors.New("letter: malformed message")
	errStored   = errors.New("letter: these are not stored keys of this kind")
	errIdentity = errors.New("the identity is nobody's key")
)

// Kind says what a message is (spec/letter.md §5).
type Kind uint8

// The kinds of message.
const (
	KindLetter Kind = 1
	KindReply  Kind = 2
	KindNote   Kind = 3
)

// String names the kind in one word.
func (k Kind) String() string {
	switch k {
	case KindLetter:
		return "letter"
	case KindReply:
		return "reply"
	case KindNote:
		return "note"
	}
	return fmt.Sprintf("kind %d", uint8(k))
}

// A KindError says that a message opened, but its sender may not send that
// kind: a journalist's key under a letter, a stranger's under a note. It matches
// [ErrCannotOpen] too, for those who only open; a desk reports it.
type KindError struct {
	Kind   Kind
	Sender wire.Pseudonym
}

// Error names the kind, not the sender.
func (e *KindError) Error() string { return "this sender may not send a " + e.Kind.String() }

// Unwrap makes the error one of those that cannot be opened.
func (e *KindError) Unwrap() error { return ErrCannotOpen }

// Label is a short name of a letter: 22 bits, shown to the source when sending
// and repeated in replies (spec/letter.md §6).
type Label uint32

// In writes the label as two words of l.
func (n Label) In(l List) string {
	return l.Word(int(n>>11)&(listSize-1)) + " " + l.Word(int(n)&(listSize-1))
}

// A Letter is what a source writes (spec/letter.md §6).
type Letter struct {
	ID     [16]byte
	Text   string
	Parcel *Parcel // nil without attachments
}

// NewLetter gives the letter a fresh id; take a new one for each attempt to send.
// Sealing turns other systems' line ends into line feeds and checks the text:
// UTF-8, no control characters but line feed and tab; empty only beside a parcel.
func NewLetter(text string, parcel *Parcel) *Letter {
	l := &Letter{Text: text, Parcel: parcel}
	_, _ = rand.Read(l.ID[:])
	return l
}

// Label is the letter's label, from its id.
func (l *Letter) Label() Label {
	h := wire.HashTag("tamizdat-label-v1", l.ID[:])
	return Label(binary.BigEndian.Uint32(h[:4]) >> (32 - labelBits))
}

// A Note is what a journalist writes to colleagues (spec/letter.md §8).
type Note struct {
	ID   [16]byte
	Text string
}

// NewNote gives the note a fresh id.
func NewNote(text string) *Note {
	n := &Note{Text: text}
	_, _ = rand.Read(n.ID[:])
	return n
}

// Received tells a source that a letter of hers has come.
type Received struct {
	Week  uint32 // spec/README.md §1, of the page it was sealed in
	Label Label
}

// A Reply is what a journalist writes to a source (spec/letter.md §7).
type Reply struct {
	Incarnation uint32 // of the author's numbering
	Number      uint64 // from 1, for each author and source
	Lowest      uint64 // lowest number still kept in the log, 1 to Number
	Day         uint32 // the text was first written, by the author's clock
	Author      wire.JournalistID
	Received    []Received // newest last, at most 64
	Text        string
	Permit      []byte // nil, or a permit of spec/attachments.md §4
}
