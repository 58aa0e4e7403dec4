// SPDX-License-Identifier: Apache-2.0

package droptest

import (
	"context"
	"crypto/rand"
	"io"
	mathrand "math/rand/v2"
	"testing"

	"tamizdat/drop"
	"tamizdat/letter/wire"
)

// maxView bounds the views that tests read.
const maxView = 1 << 30

// Envelope is random bytes with a hint that is well formed.
func (n *Newsroom) Envelope(size int) []byte {
	b := make([]byte, size)
	_, _ = rand.Read(b) // never fails
	copy(b, n.points[mathrand.IntN(len(n.points))])
	copy(b[32:], n.points[mathrand.IntN(len(n.points))])
	return b
}

// Letter is a letter post with an envelope for each journalist and its work.
func (n *Newsroom) Letter(now int64) *wire.LetterPost {
	n.t.Helper()
	p := &wire.LetterPost{Newsroom: n.NR, Slot: n.Slot(now)}
	for range n.Desks {
		p.Envelopes = append(p.Envelopes, n.Envelope(wire.EnvelopeSize))
	}
	p.Counter = n.Work(p.Slot, p.Subject())
	return p
}

// Slot is the slot of work done at the Unix second now.
func (n *Newsroom) Slot(now int64) uint64 {
	return uint64(now / n.Roster.Schedule.Interval(wire.Letters))
}

// Work does the work of the roster.
func (n *Newsroom) Work(slot uint64, subject wire.Hash) uint64 {
	n.t.Helper()
	s := n.Roster.Schedule
	return must[uint64](n.t)(wire.DoWork(context.Background(), n.NR, slot, subject, s.WorkIterations, s.WorkBits))
}

// TicketRequest is one with its work; permit may be nil.
func (n *Newsroom) TicketRequest(now int64, permit []byte) []byte {
	n.t.Helper()
	r := &wire.TicketRequest{Newsroom: n.NR, Slot: n.Slot(now), Permit: permit}
	fill(n.t, r.Random[:])
	r.Counter = n.Work(r.Slot, r.Subject())
	return must[[]byte](n.t)(r.Encode())
}

// NewPermit is a signed permit with a random serial.
func (n *Newsroom) NewPermit(class uint8, expiry uint16) []byte {
	n.t.Helper()
	p := wire.PermitBody{Newsroom: n.NR, Class: class, Expiry: expiry}
	fill(n.t, p.Serial[:])
	part := p.SignedPart()
	return wire.AssemblePermit(part, Sign(n.Permit, wire.TagPermit, part))
}

// Chunk is a random one with its id.
func (n *Newsroom) Chunk() ([]byte, wire.ChunkID) {
	b := make([]byte, wire.ChunkSize)
	_, _ = rand.Read(b)
	return b, wire.ChunkIDOf(b)
}

// Beat is a desk's beat about a state of the replies log.
func (n *Newsroom) Beat(d *Desk, now int64, size uint64, root wire.Hash) []byte {
	n.t.Helper()
	b := n.BeatBody(d, now, size, root)
	return n.SignBeat(d, b)
}

// BeatBody is what Beat signs, for tests that change it first.
func (n *Newsroom) BeatBody(d *Desk, now int64, size uint64, root wire.Hash) *wire.BeatBody {
	n.t.Helper()
	return &wire.BeatBody{
		Newsroom: n.NR, ID: d.ID, Day: wire.DayOf(now),
		RosterNumber: n.Roster.Number, RosterHash: n.Verified().Roster().Hash(),
		Incarnation: n.Incarnation, Size: size, Root: root,
	}
}

// SignBeat signs a beat.
func (n *Newsroom) SignBeat(d *Desk, b *wire.BeatBody) []byte {
	part := b.SignedPart()
	return wire.AssembleBeat(part, Sign(d.Key, wire.TagBeat, part))
}

// Reply is a reply write.
func (n *Newsroom) Reply(d *Desk, beat []byte, sealing int64, slot int, envelope []byte) []byte {
	w := wire.ReplyWrite{Beat: beat, Sealing: sealing, Slot: slot, Envelope: envelope}
	part := w.SignedPart()
	return wire.AssembleReplyWrite(part, Sign(d.Key, wire.TagReply, part))
}

// SegmentWrite is a segment write.
func (n *Newsroom) SegmentWrite(d *Desk, beat []byte, sealing int64, segment []byte) []byte {
	w := wire.SegmentWrite{Beat: beat, Sealing: sealing, Segment: segment}
	part := w.SignedPart()
	return wire.AssembleSegmentWrite(part, Sign(d.Key, wire.TagSegment, part))
}

// BundleOf is a desk's bundle of a period.
func (n *Newsroom) BundleOf(d *Desk, p wire.Period) []byte {
	b := d.Bundle
	b.Newsroom, b.Period, b.RosterNumber = n.NR, p, n.Roster.Number
	part := b.SignedPart()
	return wire.AssembleBundle(part, Sign(d.Key, wire.TagBundle, part))
}

// ReadRequest is a signed one with a nonce of the drop.
func (n *Newsroom) ReadRequest(t testing.TB, d drop.Drop, log wire.Log, base, from uint64, count int) []byte {
	t.Helper()
	nonce, err := d.Nonce(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	q := wire.ReadRequest{Newsroom: n.NR, Log: log, Base: base, From: from, Count: count, Nonce: nonce}
	part := q.SignedPart()
	return wire.AssembleReadRequest(part, Sign(n.Access, wire.TagRead, part))
}

// ChunkRequest is a signed one with a nonce of the drop.
func (n *Newsroom) ChunkRequest(t testing.TB, d drop.Drop, id wire.ChunkID) []byte {
	t.Helper()
	nonce, err := d.Nonce(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	q := wire.ChunkRequest{Newsroom: n.NR, ID: id, Nonce: nonce}
	part := q.SignedPart()
	return wire.AssembleChunkRequest(part, Sign(n.Access, wire.TagChunk, part))
}

// View reads and proves a desk's view.
func (n *Newsroom) View(t testing.TB, d drop.Drop, log wire.Log, base, from uint64, count int) *wire.View {
	t.Helper()
	r, err := d.Read(t.Context(), n.ReadRequest(t, d, log, base, from, count))
	if err != nil {
		t.Fatal(err)
	}
	return n.Prove(t, r, log)
}

// Prove reads a view to its end, and closes it.
func (n *Newsroom) Prove(t testing.TB, r io.ReadCloser, log wire.Log) *wire.View {
	t.Helper()
	defer r.Close()
	v, err := wire.ReadView(r, n.NR, log, n.Incarnation, wire.DropKey(public(n.Drop)), maxView)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// State is the replies log as everyone sees it, for beats.
func (n *Newsroom) State(t testing.TB, d drop.Drop) (size uint64, root wire.Hash) {
	t.Helper()
	r, err := d.Replies(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	v := n.Prove(t, r, wire.Replies)
	return v.Head.Size, v.Head.Root
}
