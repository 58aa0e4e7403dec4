// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"crypto/sha256"
	"math/bits"
	"slices"
)

// emptyTree is the root hash of a log without pages.
func emptyTree() Hash { return sha256.Sum256(nil) }

// LeafHash is H(0x00 ‖ header) of RFC 6962.
func leafHash(header *[PageHeaderSize]byte) Hash {
	var b [1 + PageHeaderSize]byte
	copy(b[1:], header[:])
	return sha256.Sum256(b[:])
}

// nodeHash is H(0x01 ‖ left ‖ right) of RFC 6962.
func nodeHash(left, right Hash) Hash {
	var b [1 + 64]byte
	b[0] = 1
	copy(b[1:], left[:])
	copy(b[33:], right[:])
	return sha256.Sum256(b[:])
}

// Tree is the Merkle tree of RFC 6962 over a log's page headers, of which only the
// frontier is kept: the roots of the perfect subtrees, largest first. The zero value
// is the empty tree. It is not safe for use by several goroutines at once.
type Tree struct {
	size     uint64
	frontier []Hash
}

// NewTree is the empty tree.
func NewTree() *Tree { return &Tree{} }

// FromFrontier is the tree of which the first size leaves have the given perfect
// subtrees, largest first; there is one for each one bit of size (ErrMalformed).
func FromFrontier(size uint64, roots []Hash) (*Tree, error) {
	if bits.OnesCount64(size) != len(roots) {
		return nil, fail("tree", ErrMalformed, "%d subtrees for %d leaves", len(roots), size)
	}
	return &Tree{size: size, frontier: slices.Clone(roots)}, nil
}

// Append adds one leaf.
func (t *Tree) Append(leaf Hash) {
	for n := t.size; n&1 == 1; n >>= 1 {
		last := len(t.frontier) - 1
		leaf = nodeHash(t.frontier[last], leaf)
		t.frontier = t.frontier[:last]
	}
	t.frontier = append(t.frontier, leaf)
	t.size++
}

// Size is the number of leaves.
func (t *Tree) Size() uint64 { return t.size }

// Root is the root hash; of no leaves, the hash of nothing.
func (t *Tree) Root() Hash {
	if len(t.frontier) == 0 {
		return emptyTree()
	}
	last := len(t.frontier) - 1
	root := t.frontier[last]
	for _, left := range slices.Backward(t.frontier[:last]) {
		root = nodeHash(left, root)
	}
	return root
}

// Frontier is a copy of the perfect subtrees' roots, largest first: what a view
// carries for its base.
func (t *Tree) Frontier() []Hash { return slices.Clone(t.frontier) }

// Clone is an independent copy.
func (t *Tree) Clone() *Tree { return &Tree{size: t.size, frontier: slices.Clone(t.frontier)} }
