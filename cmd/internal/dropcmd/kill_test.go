// SPDX-License-Identifier: Apache-2.0

package dropcmd

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"os"
	"sync"
	"testing"
	"time"

	"tamizdat/drop"
	"tamizdat/drop/droptest"
	"tamizdat/letter/wire"
)

// TestKill kills the drop at random moments, among them moments of sealing,
// while letters and chunks come in. Every letter that was answered is in a
// sealed page exactly once; no letter is there in part; no chunk is damaged.
func TestKill(t *testing.T) {
	rounds := 50
	if os.Getenv("TAMIZDAT_SOAK") != "" {
		rounds = 1000
	}
	s := droptest.Schedule()
	s.LettersEvery, s.RepliesEvery, s.DeskEvery = 1, 1, 1
	s.LettersKept, s.DeskKept = 65536, 65536
	s.Chunks = 64
	dir, n := founded(t, 2, s)
	first := start(t, dir)
	droptest.Expect(t, "newsroom", first.client(t).PostNewsroom(t.Context(), n.Write()), nil)
	first.kill()

	sent := &sent{answered: map[string]bool{}}
	for range rounds {
		sent.round(t, n, start(t, dir))
	}
	if len(sent.letters) < rounds || len(sent.chunks) < rounds/10 {
		t.Fatalf("only %d letters and %d chunks were sent", len(sent.letters), len(sent.chunks))
	}
	d := start(t, dir).client(t)
	sealed := n.View(t, d, wire.Letters, 0, 0, 0).Head.Size
	eventually(t, "two more sealings", func() bool {
		return n.View(t, d, wire.Letters, 0, 0, 0).Head.Size >= sealed+2
	})
	sent.check(t, n, d)
	t.Logf("%d rounds, %d letters and %d chunks sent, %d answered", rounds, len(sent.letters), len(sent.chunks), len(sent.answered))
}

// sent is what clients sent, and what was answered with yes.
type sent struct {
	mu       sync.Mutex
	letters  [][][]byte // envelopes by letter
	chunks   []wire.ChunkID
	answered map[string]bool // by hash of the first envelope, or chunk id
}

// round writes to a drop until it is killed.
func (s *sent) round(t *testing.T, n *droptest.Newsroom, p *process) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	c := p.client(t)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() { s.sendLetters(ctx, n, c) })
	}
	wg.Go(func() { s.sendChunks(ctx, n, c) })
	time.Sleep(time.Duration(randomBelow(250)) * time.Millisecond)
	p.kill()
	cancel()
	wg.Wait()
}

func (s *sent) sendLetters(ctx context.Context, n *droptest.Newsroom, c drop.Drop) {
	for ctx.Err() == nil {
		p := n.Letter(time.Now().Unix())
		post, err := p.Encode()
		if err != nil {
			panic(err)
		}
		s.mu.Lock()
		s.letters = append(s.letters, p.Envelopes)
		s.mu.Unlock()
		if c.PostLetter(ctx, post) == nil {
			s.yes(sha256.Sum256(p.Envelopes[0]))
		}
	}
}

func (s *sent) sendChunks(ctx context.Context, n *droptest.Newsroom, c drop.Drop) {
	ticket, err := c.OpenTicket(ctx, n.TicketRequest(time.Now().Unix(), nil))
	if err != nil {
		return
	}
	for ctx.Err() == nil {
		chunk, id := n.Chunk()
		s.mu.Lock()
		s.chunks = append(s.chunks, id)
		s.mu.Unlock()
		if c.PutChunk(ctx, ticket, id, chunk) == nil {
			s.yes(id)
		}
	}
}

func (s *sent) yes(key [32]byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answered[string(key[:])] = true
}

// check compares the log with what was sent.
func (s *sent) check(t *testing.T, n *droptest.Newsroom, d drop.Drop) {
	t.Helper()
	envelopes, chunks := readLog(t, n, d)
	for _, letter := range s.letters {
		first := sha256.Sum256(letter[0])
		want := envelopes[first]
		if want > 1 || want == 0 && s.answered[string(first[:])] {
			t.Errorf("an answered letter is %d times in the log", want)
		}
		for _, e := range letter[1:] {
			if envelopes[sha256.Sum256(e)] != want {
				t.Error("a letter is in the log in part")
			}
		}
	}
	for _, id := range s.chunks {
		if s.answered[string(id[:])] && !chunks[id] {
			t.Error("an answered chunk is not in the log")
		}
	}
	for id := range chunks {
		chunk, err := d.Chunk(t.Context(), n.ChunkRequest(t, d, id))
		if err != nil || wire.ChunkIDOf(chunk) != id {
			t.Errorf("a chunk is damaged: %v", err)
		}
	}
}

// readLog reads all letters pages as a desk does: how often each envelope is
// in it, and which chunks.
func readLog(t *testing.T, n *droptest.Newsroom, d drop.Drop) (map[[32]byte]int, map[wire.ChunkID]bool) {
	t.Helper()
	envelopes, chunks := map[[32]byte]int{}, map[wire.ChunkID]bool{}
	for from, size := uint64(0), uint64(1); from < size; {
		v := n.View(t, d, wire.Letters, from, from, 64)
		size = v.Head.Size
		for _, p := range v.Pages {
			b, err := wire.ParseLettersBody(bytes.Clone(p.Body))
			droptest.Expect(t, "page", err, nil)
			for _, e := range b.Envelopes {
				envelopes[sha256.Sum256(e)]++
			}
			for _, id := range b.Chunks {
				chunks[id] = true
			}
		}
		from += uint64(len(v.Pages))
	}
	return envelopes, chunks
}

// randomBelow is a random number below n.
func randomBelow(n uint64) uint64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return binary.BigEndian.Uint64(b[:]) % n
}
