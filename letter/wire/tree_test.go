// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"crypto/sha256"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
)

// hashes stores what tlog asks for.
type hashes []tlog.Hash

func (h hashes) ReadHashes(at []int64) ([]tlog.Hash, error) {
	var out []tlog.Hash
	for _, i := range at {
		out = append(out, h[i])
	}
	return out, nil
}

// TestTreeAgainstTlog compares each root hash from 0 to 300 leaves with
// golang.org/x/mod's, and each tree that is grown from any frontier.
func TestTreeAgainstTlog(t *testing.T) {
	const size = 300
	var stored hashes
	tree := NewTree()
	trees := []*Tree{tree.Clone()}
	var leaves []Hash
	for n := range int64(size) {
		record := noise("leaf", PageHeaderSize)
		record[0] = byte(n)
		leaf := leafHash((*[PageHeaderSize]byte)(record))
		if leaf != Hash(tlog.RecordHash(record)) {
			t.Fatal("leaf hashes differ")
		}
		stored = append(stored, must(tlog.StoredHashes(n, record, stored))...)
		tree.Append(leaf)
		leaves = append(leaves, leaf)
		trees = append(trees, tree.Clone())
	}
	for n, tree := range trees {
		want := Hash(must(tlog.TreeHash(int64(n), stored)))
		if n == 0 {
			want = sha256.Sum256(nil)
		}
		if tree.Root() != want || tree.Size() != uint64(n) {
			t.Errorf("%d leaves: the root hash differs", n)
		}
		if n%7 == 0 {
			checkGrowth(t, tree, leaves, trees)
		}
	}
}

// checkGrowth begins anew with a frontier only.
func checkGrowth(t *testing.T, from *Tree, leaves []Hash, trees []*Tree) {
	t.Helper()
	grown := must(FromFrontier(from.Size(), from.Frontier()))
	p := &Proof{base: grown.Clone(), leaves: leaves[from.Size():], tree: trees[len(leaves)]}
	for n := from.Size(); ; n++ {
		if grown.Root() != trees[n].Root() {
			t.Fatalf("grown from %d to %d the root hash differs", from.Size(), n)
		}
		if root, ok := p.RootAt(n); n%50 == 0 && (!ok || root != trees[n].Root()) {
			t.Fatalf("from %d the proof's root at %d differs", from.Size(), n)
		}
		if n == uint64(len(leaves)) {
			return
		}
		grown.Append(leaves[n])
	}
}

// TestFrontierBounds covers frontiers that fit no size.
func TestFrontierBounds(t *testing.T) {
	for _, tt := range []struct {
		size  uint64
		roots int
		ok    bool
	}{{0, 0, true}, {0, 1, false}, {5, 2, true}, {5, 1, false}, {5, 3, false}, {1<<53 - 1, 53, true}} {
		_, err := FromFrontier(tt.size, make([]Hash, tt.roots))
		if want := map[bool]string{true: "", false: "malformed"}[tt.ok]; nameOf(t, err) != want {
			t.Errorf("%d subtrees for %d: %v", tt.roots, tt.size, err)
		}
	}
}
