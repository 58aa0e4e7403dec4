// SPDX-License-Identifier: Apache-2.0

package wire

// Proof is what a proven view teaches of its log's tree: the root hash at each size
// from its base on. It is immutable.
type Proof struct {
	base   *Tree
	leaves []Hash // from base on
	tree   *Tree  // at the end
}

// Base is the least size of which the proof knows the root hash.
func (p *Proof) Base() uint64 { return p.base.Size() }

// Size is the size of the log.
func (p *Proof) Size() uint64 { return p.tree.Size() }

// RootAt is the root hash that the log had at the given size; false below Base, where
// this view cannot tell, and above Size. It hashes anew from the base on.
func (p *Proof) RootAt(size uint64) (Hash, bool) {
	if size < p.Base() || size > p.Size() {
		return Hash{}, false
	}
	t := p.base.Clone()
	for _, leaf := range p.leaves[:size-p.Base()] {
		t.Append(leaf)
	}
	return t.Root(), true
}

// Leaf is the leaf hash of the page with the given number; false outside of Base …
// Size−1.
func (p *Proof) Leaf(number uint64) (Hash, bool) {
	if number < p.Base() || number >= p.Size() {
		return Hash{}, false
	}
	return p.leaves[number-p.Base()], true
}

// Tree is a copy of the tree at Size.
func (p *Proof) Tree() *Tree { return p.tree.Clone() }
