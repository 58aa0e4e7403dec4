// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"bytes"
	"context"
	"io"
	"testing"

	"filippo.io/age"

	"tamizdat/letter/wire"
)

func BenchmarkSealLetterTo8(b *testing.B) {
	n := newTestRoom(b, "A", "B", "C", "D", "E", "F", "G", "H")
	_, bundles := n.bundles(2960)
	s := newTestSource(b)
	l := NewLetter(russianSample(b), nil)
	for b.Loop() {
		if _, err := s.SealLetter(n.key(), n.roster(), bundles, l); err != nil {
			b.Fatal(err)
		}
	}
}

// The worst case: the keys that open are the last to be tried.
func BenchmarkOpenAmong3Periods(b *testing.B) {
	n := newTestRoom(b, "A", "B", "C")
	keys, bundles := n.bundles(2960)
	s := newTestSource(b)
	envelopes, err := s.SealLetter(n.key(), n.roster(), bundles, NewLetter(russianSample(b), nil))
	if err != nil {
		b.Fatal(err)
	}
	periods := []*PeriodKeys{NewPeriodKeys(2958), NewPeriodKeys(2959), keys[0]}
	for b.Loop() {
		if _, err := n.members[0].Open(n.key(), n.roster(), periods, envelopes[0]); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkScanHints1024(b *testing.B) {
	s := newTestSource(b)
	envelopes := make([][]byte, 1024)
	for i := range envelopes {
		hint, err := makeHint(&randomIdentity().tuple.Fetch)
		if err != nil {
			b.Fatal(err)
		}
		envelopes[i] = append(hint, make([]byte, wire.ReplySize-hintSize)...)
	}
	for b.Loop() {
		if found := s.Scan(envelopes); len(found) != 0 {
			b.Fatal("found what is not there")
		}
	}
}

// Both sides turn the same bytes into ciphertext, as many as anybody may attach;
// tamizdat also names every chunk by its hash. (A few bytes more would be rounded
// up to 72 chunks, for a seventh more work.) For the time on one core set GOMAXPROCS=1:
// with -cpu 1,2 the first round runs before package testing has changed anything. There
// the hash alone may take longer than all that age does.
func BenchmarkEncryptAttachment(b *testing.B) {
	file := make([]byte, directChunks*chunkRoom)
	for i := range file {
		file[i] = byte(i * 31 >> 3)
	}
	b.Run("tamizdat", func(b *testing.B) { benchmarkParcel(b, file) })
	b.Run("age", func(b *testing.B) { benchmarkAge(b, file) })
}

func benchmarkParcel(b *testing.B, file []byte) {
	b.SetBytes(int64(len(file)))
	open := func(int) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(file)), nil }
	for b.Loop() {
		p, err := NewParcel([]FileInfo{{Name: "a", Length: int64(len(file))}})
		if err != nil {
			b.Fatal(err)
		}
		err = p.SealAll(context.Background(), open, func(_ int, _ wire.ChunkID, ct []byte) error {
			_, err := io.Discard.Write(ct)
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

func benchmarkAge(b *testing.B, file []byte) {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(file)))
	for b.Loop() {
		w, err := age.Encrypt(io.Discard, id.Recipient())
		if err != nil {
			b.Fatal(err)
		}
		if _, err := w.Write(file); err != nil {
			b.Fatal(err)
		}
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
