// SPDX-License-Identifier: Apache-2.0

package sqlite

import "sync"

// maxBatch bounds what one sync carries, in bytes: the log of writes should
// not grow by more at a time.
const maxBatch = 8 << 20

// group lets writers that come at the same time share one transaction and so
// one sync. There is no goroutine of its own: the first writer to find nobody
// at work takes what is waiting, commits it for all, and hands the lead to the
// next one who waits.
type group struct {
	commit func(batch []*writer) // sets err of each

	mu      sync.Mutex
	busy    bool // somebody leads
	waiting []*writer
}

// writer is one call with the rows that must be stored together or not at all.
type writer struct {
	rows []row
	turn chan bool // true: lead; false: done, see err
	err  error
}

// do returns when the rows are on disk. After an error none of them is.
func (g *group) do(rows []row) error {
	w := &writer{rows: rows, turn: make(chan bool, 1)}
	g.mu.Lock()
	g.waiting = append(g.waiting, w)
	if !g.busy {
		g.busy = true
		w.turn <- true
	}
	g.mu.Unlock()
	if lead := <-w.turn; lead {
		g.lead()
	}
	return w.err
}

// lead commits a batch, which holds the leader itself, and passes the lead on.
func (g *group) lead() {
	batch := g.take()
	g.commit(batch)
	for _, w := range batch[1:] { // the first is the leader
		w.turn <- false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.waiting) == 0 {
		g.busy = false
		return
	}
	g.waiting[0].turn <- true
}

// take removes the next batch from those waiting; at least one writer.
func (g *group) take() []*writer {
	g.mu.Lock()
	defer g.mu.Unlock()
	n, size := 0, 0
	for _, w := range g.waiting {
		for _, r := range w.rows {
			size += len(r.body)
		}
		if n > 0 && size > maxBatch {
			break
		}
		n++
	}
	batch := g.waiting[:n:n]
	g.waiting = g.waiting[n:]
	return batch
}
