// SPDX-License-Identifier: Apache-2.0

package casebook

import (
	"crypto/ed25519"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	"tamizdat/letter/wire"
)

const (
	version   = 1
	typeEvent = 0x16
	tagID     = "tamizdat-event-id-v1"
)

// Signer is the author: a journalist's keys.
type Signer interface {
	ID() wire.JournalistID
	SignEvent(part []byte) [64]byte
}

// Sign makes an event of what its author means. Chain.Author is filled in. The error
// is [ErrMalformed] for what no reader would take.
func Sign(by Signer, b Body) (*Event, error) {
	b.Chain.Author = by.ID()
	part, err := b.encode()
	if err != nil {
		return nil, err
	}
	sig := by.SignEvent(part)
	u, err := Parse(append(part, sig[:]...))
	if err != nil {
		return nil, err
	}
	return u.event, nil
}

// encode is the event without its signature.
func (b *Body) encode() ([]byte, error) {
	w := cryptobyte.NewBuilder(make([]byte, 0, 256+len(b.Payload)))
	w.AddUint8(version)
	w.AddUint8(typeEvent)
	w.AddBytes(b.Newsroom[:])
	addChain(w, b.Chain)
	w.AddUint64(b.N)
	w.AddBytes(b.Prev[:])
	w.AddUint64(uint64(b.At))
	addCauses(w, b.Causes)
	w.AddUint8LengthPrefixed(func(w *cryptobyte.Builder) { w.AddBytes([]byte(b.Kind)) })
	w.AddUint32(uint32(len(b.Payload)))
	w.AddBytes(b.Payload)
	part, err := w.Bytes()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return part, nil
}

func addChain(w *cryptobyte.Builder, c Chain) {
	w.AddBytes(c.Author[:])
	w.AddUint32(c.Incarnation)
}

func addCauses(w *cryptobyte.Builder, causes []Cause) {
	w.AddUint8(uint8(min(len(causes), 255)))
	for _, c := range causes {
		addChain(w, c.Chain)
		w.AddUint64(c.N)
		w.AddBytes(c.ID[:])
	}
}

// Unverified is an event of which only the form was checked.
type Unverified struct {
	event *Event
	part  []byte
	sig   []byte
}

// Parse reads an event. It shares memory with b, which must not be changed.
func Parse(b []byte) (*Unverified, error) {
	if len(b) > MaxEvent || len(b) < ed25519.SignatureSize {
		return nil, fmt.Errorf("%w: %d bytes are no event", ErrMalformed, len(b))
	}
	part := b[:len(b)-ed25519.SignatureSize]
	e := &Event{raw: b, id: wire.HashTag(tagID, part)}
	if !e.read(part) || !e.wellFormed() {
		return nil, fmt.Errorf("%w: this is no event", ErrMalformed)
	}
	return &Unverified{e, part, b[len(part):]}, nil
}

func (e *Event) read(part []byte) bool {
	s := cryptobyte.String(part)
	var v, kind uint8
	var at uint64
	var name cryptobyte.String
	var size uint32
	return s.ReadUint8(&v) && v == version && s.ReadUint8(&kind) && kind == typeEvent &&
		s.CopyBytes(e.Newsroom[:]) && readChain(&s, &e.Chain) && s.ReadUint64(&e.N) && s.CopyBytes(e.Prev[:]) &&
		s.ReadUint64(&at) && at <= wire.MaxTime && set(&e.At, int64(at)) && readCauses(&s, &e.Causes) &&
		s.ReadUint8LengthPrefixed(&name) && set(&e.Kind, string(name)) &&
		s.ReadUint32(&size) && size <= MaxPayload && s.ReadBytes(&e.Payload, int(size)) && s.Empty()
}

func set[T any](to *T, v T) bool { *to = v; return true }

func readChain(s *cryptobyte.String, c *Chain) bool {
	return s.CopyBytes(c.Author[:]) && s.ReadUint32(&c.Incarnation) && c.Incarnation > 0
}

// readCauses reads a list that ascends by chain.
func readCauses(s *cryptobyte.String, causes *[]Cause) bool {
	var n uint8
	if !s.ReadUint8(&n) || n > MaxCauses {
		return false
	}
	for i := range int(n) {
		var c Cause
		if !readChain(s, &c.Chain) || !s.ReadUint64(&c.N) || c.N == 0 || c.N >= 1<<53 || !s.CopyBytes(c.ID[:]) {
			return false
		}
		if i > 0 && (*causes)[i-1].Chain.Compare(c.Chain) >= 0 {
			return false
		}
		*causes = append(*causes, c)
	}
	return true
}

func (e *Event) wellFormed() bool {
	if e.N == 0 || e.N >= 1<<53 || (e.N == 1) != (e.Prev == wire.Hash{}) || !goodKind(e.Kind) {
		return false
	}
	for _, c := range e.Causes {
		if c.Chain == e.Chain || c.ID == (wire.Hash{}) {
			return false
		}
	}
	return true
}

func goodKind(kind string) bool {
	if kind == "" || len(kind) > 32 {
		return false
	}
	for _, c := range []byte(kind) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

// ClaimedAuthor is whom the event names. It proves nothing.
func (u *Unverified) ClaimedAuthor() wire.JournalistID { return u.event.Chain.Author }

// ID is the id that the event will have if it verifies.
func (u *Unverified) ID() wire.Hash { return u.event.id }

// Verify lets the event in if it is of the newsroom and signed by its author, who is one
// that a verified roster lists or listed. The error is [ErrForeign] whatever the reason.
func (u *Unverified) Verify(nr wire.NewsroomKey, known func(wire.JournalistID) bool) (*Event, error) {
	author := u.event.Chain.Author
	if u.event.Newsroom != nr || !known(author) || !ed25519.Verify(author[:], wire.Preimage(wire.TagEvent, u.part), u.sig) {
		return nil, ErrForeign
	}
	return u.event, nil
}

// Trust lets the event in without a look at its signature: for what this desk has
// verified before and kept where only it can write.
func (u *Unverified) Trust() *Event { return u.event }
