// SPDX-License-Identifier: Apache-2.0

package tlog

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	sumdb "golang.org/x/mod/sumdb/tlog"

	"tamizdat/internal/durable"
)

const (
	tileHeight    = 8
	tileWidth     = 1 << tileHeight
	pendingHeader = "tamizdat-pending v1\n"
)

// TreeSigner signs tree heads with the log's private key. It must refuse a
// tree that is smaller than one it signed before, and one of the same size
// with another root; it gives the signed checkpoint.
type TreeSigner interface {
	SignTree(t Tree) (checkpoint []byte, err error)
}

// Log is an open log folder (spec/record.md §6). Its methods are not safe for
// use by several goroutines, and the folder is locked against other processes.
type Log struct {
	dir     string
	key     LogKey
	unlock  func() error
	entries [][]byte
	hashes  []Hash // by stored hash index
	head    Checkpoint
	empty   bool // no checkpoint yet
	write   func(path string, data []byte) error
	// remove need not be durable: a pending file that comes back after a power
	// cut is recognised as done.
	remove func(path string) error
}

// Open opens the log in dir, makes the folder if need be, and verifies that
// the entries there have the root of the signed checkpoint there. The caller
// must Close it. See [Log.Pending] for what a killed process may have left.
func Open(dir string, key LogKey) (*Log, error) {
	if err := durable.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	unlock, err := Lock(filepath.Join(dir, ".lock"))
	if err != nil {
		return nil, err
	}
	if err := durable.Sweep(dir); err != nil {
		return nil, errors.Join(err, unlock())
	}
	l := &Log{dir: dir, key: key, unlock: unlock, write: writeDurably, remove: os.Remove}
	if err := l.load(); err != nil {
		return nil, errors.Join(err, unlock())
	}
	return l, nil
}

func writeDurably(path string, data []byte) error {
	if err := durable.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return durable.WriteFile(path, data, 0o644)
}

// Close gives the folder free.
func (l *Log) Close() error { return l.unlock() }

func (l *Log) load() error {
	b, err := os.ReadFile(filepath.Join(l.dir, "checkpoint"))
	if errors.Is(err, fs.ErrNotExist) {
		l.empty = true
		return nil
	}
	if err != nil {
		return err
	}
	head, err := ParseCheckpoint(b, l.key)
	if err != nil {
		return fmt.Errorf("the log folder's checkpoint: %w", err)
	}
	if l.entries, err = ReadEntries(l.read, head.Size); err != nil {
		return fmt.Errorf("the log folder: %w", err)
	}
	if l.hashes, err = storedHashes(nil, l.entries); err != nil {
		return err
	}
	if root, err := rootOf(l.hashes, head.Size); err != nil || root != head.Root {
		return errors.Join(err, errors.New("the log folder was changed: its entries do not have the root that its checkpoint signs; restore it from a copy"))
	}
	l.head = head
	return nil
}

func (l *Log) read(path string) ([]byte, error) {
	return os.ReadFile(filepath.Join(l.dir, filepath.FromSlash(path)))
}

// Size is the number of entries under the checkpoint.
func (l *Log) Size() int64 { return int64(len(l.entries)) }

// Entry gives one leaf.
func (l *Log) Entry(i int64) []byte { return bytes.Clone(l.entries[i]) }

// Entries gives all leaves. The caller must not change them.
func (l *Log) Entries() [][]byte { return l.entries }

// Checkpoint gives the newest checkpoint; ok is false for an empty log.
func (l *Log) Checkpoint() (cp Checkpoint, ok bool) { return l.head, !l.empty }

// Pending tells how many entries a killed process began to add. They count as
// accepted: [Log.Finish] or the next [Log.Append] completes them.
func (l *Log) Pending() (int, error) {
	entries, err := l.readPending()
	return len(entries), err
}

// Append adds entries and signs the new tree. When it returns nil all is on
// disk. When the process is killed within it, the entries are either all
// there after the next [Log.Finish], or none ever were.
func (l *Log) Append(s TreeSigner, entries ...Entry) error {
	if err := l.Finish(s); err != nil {
		return err
	}
	var leaves [][]byte
	for _, e := range entries {
		if !e.Known() {
			return fmt.Errorf("%w: this program writes no entry of type %q", ErrEntry, e.Type)
		}
		leaves = append(leaves, e.raw)
	}
	if len(leaves) == 0 {
		return nil
	}
	if err := l.write(filepath.Join(l.dir, "pending"), formatPending(l.Size(), leaves)); err != nil {
		return err
	}
	return l.finish(s, leaves)
}

// Finish completes what a killed process began; without that it does nothing.
func (l *Log) Finish(s TreeSigner) error {
	leaves, err := l.readPending()
	if err != nil || leaves == nil {
		return err
	}
	if len(leaves) == 0 {
		return l.remove(filepath.Join(l.dir, "pending"))
	}
	return l.finish(s, leaves)
}

// finish does the steps in the order that makes each of them safe to lose:
// bundles and tiles, signature, checkpoint, and only then the note is removed.
func (l *Log) finish(s TreeSigner, leaves [][]byte) error {
	grown, tree, err := l.grow(leaves)
	if err != nil {
		return err
	}
	if err := l.writeAll(treeFiles(grown.entries, grown.hashes, l.Size())); err != nil {
		return err
	}
	note, err := s.SignTree(tree)
	if err != nil {
		return err
	}
	if err := l.storeHead(note, tree); err != nil {
		return err
	}
	old := l.Size()
	l.entries, l.hashes = grown.entries, grown.hashes
	if err := l.remove(filepath.Join(l.dir, "pending")); err != nil {
		return err
	}
	return l.prune(old)
}

// writeAll writes the files side by side: each waits for the disk, and the
// disk can take them together.
func (l *Log) writeAll(files []File) error {
	errs := make([]error, len(files))
	var wg sync.WaitGroup
	for i, f := range files {
		wg.Go(func() { errs[i] = l.write(filepath.Join(l.dir, filepath.FromSlash(f.Path)), f.Data) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

type growth struct {
	entries [][]byte
	hashes  []Hash
}

func (l *Log) grow(leaves [][]byte) (growth, Tree, error) {
	entries := append(l.entries[:len(l.entries):len(l.entries)], leaves...)
	hashes, err := storedHashes(l.hashes[:len(l.hashes):len(l.hashes)], entries)
	if err != nil {
		return growth{}, Tree{}, err
	}
	size := int64(len(entries))
	root, err := rootOf(hashes, size)
	return growth{entries, hashes}, Tree{Size: size, Root: root}, err
}

func (l *Log) storeHead(note []byte, want Tree) error {
	head, err := ParseCheckpoint(note, l.key)
	if err != nil {
		return fmt.Errorf("the signer's answer: %w", err)
	}
	if head.Tree != want {
		return errors.New("the signer signed another tree than it was given")
	}
	if err := l.write(filepath.Join(l.dir, "checkpoint"), head.Bytes()); err != nil {
		return err
	}
	l.head, l.empty = head, false
	return nil
}

// AddCosignatures stores the newest checkpoint with more signature lines. The
// caller has verified them.
func (l *Log) AddCosignatures(lines string) error {
	if l.empty {
		return errors.New("an empty log has no checkpoint to cosign")
	}
	head, err := l.head.WithSignatures(lines)
	if err != nil {
		return err
	}
	return l.storeHead(head.Bytes(), l.head.Tree)
}

// Prove makes the proof of entry i in the newest checkpoint.
func (l *Log) Prove(i int64, salt Salt) (Proof, error) {
	if l.empty || i < 0 || i >= l.Size() {
		return Proof{}, fmt.Errorf("the log has no entry %d", i)
	}
	e, err := ParseEntry(l.entries[i])
	if err != nil {
		return Proof{}, err
	}
	path, err := sumdb.ProveRecord(l.head.Size, i, hashReader(l.hashes))
	return Proof{Salt: salt, Entry: e, Index: i, path: path, head: l.head}, err
}

// Consistency proves to one who has seen the tree of size old that the newest
// tree continues it.
func (l *Log) Consistency(old int64) ([]Hash, error) {
	switch {
	case l.empty || old < 0 || old > l.head.Size:
		return nil, fmt.Errorf("the log has no tree of %d entries", old)
	case old == 0 || old == l.head.Size:
		return nil, nil
	}
	return sumdb.ProveTree(l.head.Size, old, hashReader(l.hashes))
}

// prune deletes the partial files of tiles that have become full.
func (l *Log) prune(old int64) error {
	for _, t := range fullTiles(old, l.Size()) {
		if err := os.RemoveAll(filepath.Join(l.dir, filepath.FromSlash(t)+".p")); err != nil {
			return err
		}
	}
	return nil
}

// formatBundle writes entries as in tlog-tiles: u16 length, then the bytes.
func formatBundle(leaves [][]byte) []byte {
	var b []byte
	for _, e := range leaves {
		b = binary.BigEndian.AppendUint16(b, uint16(len(e)))
		b = append(b, e...)
	}
	return b
}
