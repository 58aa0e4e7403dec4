// SPDX-License-Identifier: Apache-2.0

// Package tlog is the public record's transparency log: entries, checkpoints,
// proofs, policies, and a folder that holds them (spec/record.md §5–§8).
//
// A reader calls [ParsePolicy], [ParseProof] and [Policy.Judge]. The press
// calls [Open] and [Log.Append] with a [TreeSigner]; the private key lives in
// press/tlog/signer, which only the press's own command may link. A witness
// (press/tlog/witness) uses [ParseCheckpoint] and [CheckConsistency].
//
// Trees, tiles and proofs are those of golang.org/x/mod/sumdb/tlog; files and
// notes are C2SP's, so other people's witnesses and verifiers can read them.
// Input from outside is bounded and has one spelling; what does not verify is
// an error, never a weaker answer.
//
// It trusts SHA-256 and Ed25519, the policy it is given, and nothing that it
// reads. It cannot know of a second log that nobody has shown to a witness.
package tlog

import (
	"fmt"

	sumdb "golang.org/x/mod/sumdb/tlog"
)

// Hash is a node of the tree.
type Hash = sumdb.Hash

// Tree is a tree by its size and root.
type Tree struct {
	Size int64
	Root Hash
}

// LeafHash is the hash of an entry in the tree (RFC 6962 §2.1).
func LeafHash(entry []byte) Hash { return sumdb.RecordHash(entry) }

// CheckConsistency tells whether the tree newer starts with the whole of older.
// A proof from size zero, or between equal sizes, is empty.
func CheckConsistency(proof []Hash, older, newer Tree) error {
	switch {
	case older.Size > newer.Size || older.Size < 0:
		return fmt.Errorf("a tree of %d entries cannot continue one of %d", newer.Size, older.Size)
	case older.Size == 0 && len(proof) == 0:
		return nil
	case older.Size == newer.Size && len(proof) == 0:
		if older.Root != newer.Root {
			return fmt.Errorf("two trees of %d entries have different roots: the log was forked", newer.Size)
		}
		return nil
	case older.Size == 0 || older.Size == newer.Size:
		return fmt.Errorf("the consistency proof has %d hashes, but needs none", len(proof))
	}
	if err := sumdb.CheckTree(proof, newer.Size, newer.Root, older.Size, older.Root); err != nil {
		return fmt.Errorf("the tree of %d entries is not a continuation of the one of %d: %w", newer.Size, older.Size, err)
	}
	return nil
}
