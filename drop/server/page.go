// SPDX-License-Identifier: Apache-2.0

package server

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"

	"tamizdat/letter/wire"
)

// writePage puts a page's chunks and body on disk and returns its record,
// which lacks the head.
func (s *Server) writePage(room *room, l *ledger, frozen Frozen) (*Sealing, error) {
	record := &Sealing{Log: l.log, Number: l.size(), Sealed: frozen.Sealed()}
	body, err := s.pageBody(room, frozen, record)
	if err != nil {
		return nil, err
	}
	hash, n := sha256.New(), &counter{}
	err = s.cfg.Blobs.Put(pageName(l.log, record.Number), record.Sealed, func(w io.Writer) error {
		return body(io.MultiWriter(w, hash, n))
	})
	if err != nil {
		return nil, err
	}
	header := wire.PageHeader{
		Newsroom:    s.cfg.Newsroom,
		Log:         l.log,
		Incarnation: l.incarnation,
		Number:      record.Number,
		Sealed:      record.Sealed,
		BodyLen:     uint32(n.n),
		BodyHash:    wire.Hash(hash.Sum(nil)),
	}
	record.Header = header.Encode()
	return record, nil
}

// counter counts what is written to it.
type counter struct{ n int64 }

func (c *counter) Write(p []byte) (int, error) { c.n += int64(len(p)); return len(p), nil }

// pageBody prepares what a page consists of, and notes in the record what the
// page settles besides.
func (s *Server) pageBody(room *room, frozen Frozen, record *Sealing) (func(io.Writer) error, error) {
	if record.Log == wire.Letters {
		return s.lettersBody(frozen, record)
	}
	slots, err := frozen.Slots()
	if err != nil {
		return nil, err
	}
	var bodies [][]byte
	for _, slot := range slots {
		if slotStands(room.roster, slot) {
			bodies = append(bodies, slot.Body)
		}
		record.Beats = append(record.Beats, BeatRecord{Beat: slot.Beat})
	}
	record.Beats = s.newest(room, record.Beats)
	encode := wire.EncodeRepliesBody
	if record.Log == wire.Desk {
		encode = wire.EncodeSegmentsBody
	}
	body, err := encode(bodies)
	return func(w io.Writer) error {
		_, err := w.Write(body)
		return err
	}, err
}

// slotStands tells whether a page of the newest roster has room for the slot:
// one that was filled under a roster with more slots or people falls away, and
// its desk sees that at the page.
func slotStands(r *wire.Roster, slot Slot) bool {
	if slot.Log == wire.Replies {
		return len(slot.Key) == 1 && int(slot.Key[0]) < r.Schedule.Slots
	}
	_, _, ok := r.Journalist(wire.JournalistID([]byte(slot.Key)))
	return ok
}

// newest reduces beats to the newest of each journalist, counting those that
// are recorded already.
func (s *Server) newest(room *room, queued []BeatRecord) []BeatRecord {
	s.mu.RLock()
	for id, b := range s.beats {
		queued = append(queued, BeatRecord{ID: id, Beat: b.Bytes()})
	}
	s.mu.RUnlock()
	var out []BeatRecord
	for id, b := range newestBeats(queued, room.roster) {
		out = append(out, BeatRecord{ID: id, Beat: b.Bytes()})
	}
	return out
}

// lettersBody streams the queue into the form of spec/drop.md §1: a busy hour
// is larger than what should lie in memory. The queue yields envelopes and
// chunks in the order of their hashes, which is the page's.
func (s *Server) lettersBody(frozen Frozen, record *Sealing) (func(io.Writer) error, error) {
	err := frozen.Chunks(func(id wire.ChunkID, chunk []byte) error {
		record.Chunks = append(record.Chunks, id)
		return s.cfg.Blobs.Put(chunkName(id), record.Sealed, func(w io.Writer) error {
			_, err := w.Write(chunk)
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	if record.Serials, err = frozen.Serials(); err != nil {
		return nil, err
	}
	return func(w io.Writer) error { return writeLetters(w, frozen, record.Chunks) }, nil
}

func writeLetters(w io.Writer, frozen Frozen, chunks []wire.ChunkID) error {
	want, _ := frozen.Count()
	if _, err := w.Write(binary.BigEndian.AppendUint32(nil, uint32(want))); err != nil {
		return err
	}
	got := 0
	err := frozen.Envelopes(func(envelope []byte) error {
		got++
		_, err := w.Write(envelope)
		return err
	})
	if err != nil {
		return err
	}
	if got != want {
		return fmt.Errorf("the spool holds %d envelopes and counted %d", got, want)
	}
	tail := binary.BigEndian.AppendUint32(nil, uint32(len(chunks)))
	for _, id := range chunks {
		tail = append(tail, id[:]...)
	}
	_, err = w.Write(tail)
	return err
}
