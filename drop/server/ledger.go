// SPDX-License-Identifier: Apache-2.0

package server

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"tamizdat/letter/wire"
)

// ledger is one log as the server holds it in memory: every page header and
// every perfect subtree of the Merkle tree over them, so that the frontier of
// any size costs a handful of look-ups. A year of hourly pages is about 2 MB.
// A ledger only grows, and readers hold a view of a fixed size of it.
type ledger struct {
	log     wire.Log
	headers [][]byte
	levels  [][]wire.Hash // levels[k][i]: root over leaves i<<k … (i+1)<<k − 1
	head    []byte        // signed, of this size
	sealed  int64         // time of the newest page, 0 without one
	kept    uint64        // number of the first page whose body is kept
	frozen  bool          // a page was frozen and not appended before a restart

	incarnation wire.Incarnation
}

// newLedger rebuilds a log from what the store remembers.
func newLedger(log wire.Log, r LogRecord) (*ledger, error) {
	l := &ledger{log: log, head: r.Head, kept: r.Kept, frozen: r.Frozen}
	for i, raw := range r.Headers {
		h, err := wire.ParsePageHeader(raw)
		if err != nil {
			return nil, fmt.Errorf("%s log, page %d: %w", log, i, err)
		}
		if h.Log != log || h.Number != uint64(i) || h.Sealed <= l.sealed {
			return nil, fmt.Errorf("%s log, page %d: the header is another page's", log, i)
		}
		l.add(raw, h.Sealed)
	}
	return l, nil
}

func (l *ledger) size() uint64 { return uint64(len(l.headers)) }

// with returns the ledger with one page more. The receiver stays as it was:
// appending to its slices writes only past the length that its readers know.
func (l *ledger) with(header []byte, sealed int64, head []byte) *ledger {
	n := &ledger{log: l.log, headers: l.headers, head: head, kept: l.kept, incarnation: l.incarnation}
	n.levels = append([][]wire.Hash(nil), l.levels...)
	n.add(header, sealed)
	return n
}

// add appends a leaf and completes the subtrees that it fills.
func (l *ledger) add(header []byte, sealed int64) {
	l.headers = append(l.headers, header)
	l.sealed = sealed
	h := leafHash(header)
	for k := 0; ; k++ {
		if k == len(l.levels) {
			l.levels = append(l.levels, nil)
		}
		l.levels[k] = append(l.levels[k], h)
		n := len(l.levels[k])
		if n%2 == 1 {
			return
		}
		h = nodeHash(l.levels[k][n-2], h)
	}
}

// leaves are the leaf hashes of pages from … to−1.
func (l *ledger) leaves(from, to uint64) []wire.Hash {
	if from >= to {
		return nil
	}
	return l.levels[0][from:to]
}

// frontier is the roots of the perfect subtrees of the first size leaves,
// largest first (spec/drop.md §2).
func (l *ledger) frontier(size uint64) []wire.Hash {
	var out []wire.Hash
	for k := len(l.levels) - 1; k >= 0; k-- {
		if size>>k&1 == 1 {
			out = append(out, l.levels[k][size>>k-1])
		}
	}
	return out
}

// root is the root hash over the first size leaves: RFC 6962 joins the perfect
// subtrees from the right.
func (l *ledger) root(size uint64) wire.Hash {
	f := l.frontier(size)
	if len(f) == 0 {
		return sha256.Sum256(nil)
	}
	h := f[len(f)-1]
	for i := len(f) - 2; i >= 0; i-- {
		h = nodeHash(f[i], h)
	}
	return h
}

// sealedAt is when the log had reached that size; 0 for no pages.
func (l *ledger) sealedAt(size uint64) int64 {
	if size == 0 {
		return 0
	}
	return int64(binary.BigEndian.Uint64(l.headers[size-1][sealedAt:]))
}

// sealedAt is where a page header holds the time of sealing (spec/drop.md §1).
const sealedAt = 2 + 32 + 1 + 16 + 8

func leafHash(header []byte) wire.Hash {
	return sha256.Sum256(append([]byte{0}, header...))
}

func nodeHash(left, right wire.Hash) wire.Hash {
	b := make([]byte, 0, 1+2*sha256.Size)
	b = append(b, 1)
	b = append(b, left[:]...)
	return sha256.Sum256(append(b, right[:]...))
}
