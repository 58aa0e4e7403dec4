// SPDX-License-Identifier: Apache-2.0

package tlog

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	sumdb "golang.org/x/mod/sumdb/tlog"
)

// File is one file of the log by its path below the log's folder.
type File struct {
	Path string
	Data []byte
}

// Files gives every bundle and tile of a log of these entries, and its tree:
// what a verifier compares a copy with. With partial tiles of older trees it
// does not concern itself.
func Files(entries [][]byte) ([]File, Tree, error) {
	hashes, err := storedHashes(nil, entries)
	if err != nil {
		return nil, Tree{}, err
	}
	size := int64(len(entries))
	root, err := rootOf(hashes, size)
	return treeFiles(entries, hashes, 0), Tree{Size: size, Root: root}, err
}

// Replay knows the tree that a log of these entries had at each size.
type Replay struct {
	hashes []Hash
	size   int64
}

// NewReplay hashes the entries.
func NewReplay(entries [][]byte) (Replay, error) {
	hashes, err := storedHashes(nil, entries)
	return Replay{hashes, int64(len(entries))}, err
}

// TreeAt gives the tree over the first size entries.
func (r Replay) TreeAt(size int64) (Tree, error) {
	if size < 0 || size > r.size {
		return Tree{}, fmt.Errorf("the log has no tree of %d entries", size)
	}
	root, err := rootOf(r.hashes, size)
	return Tree{Size: size, Root: root}, err
}

// Tile gives what the partial or full file at path must hold; ok is false
// where a log of these entries has no such file.
func Tile(entries [][]byte, path string) (data []byte, ok bool) {
	t, isBundle, err := parsePath(path)
	size := int64(len(entries))
	if err != nil || t.N > size || (t.N<<tileHeight+int64(t.W))<<(uint(t.L)*tileHeight) > size {
		return nil, false
	}
	if isBundle {
		return formatBundle(entries[t.N<<tileHeight : t.N<<tileHeight+int64(t.W)]), true
	}
	hashes, err := storedHashes(nil, entries)
	if err != nil {
		return nil, false
	}
	data, err = sumdb.ReadTileData(t, hashReader(hashes))
	return data, err == nil
}

func parsePath(path string) (t sumdb.Tile, isBundle bool, err error) {
	rest, ok := strings.CutPrefix(path, "tile/")
	if after, found := strings.CutPrefix(rest, "entries/"); found {
		rest, isBundle = "0/"+after, true
	}
	t, err = sumdb.ParseTilePath(fmt.Sprintf("tile/%d/%s", tileHeight, rest))
	if err == nil && (!ok || t.L < 0 || t.L > 5 || t.N > 1<<40) {
		err = errors.New("not the path of a tile")
	}
	return t, isBundle, err
}

// ReadEntries reads the leaves of a log of the given size from its bundles.
// They are not verified: the caller compares the root.
func ReadEntries(read func(path string) ([]byte, error), size int64) ([][]byte, error) {
	var entries [][]byte
	for n := int64(0); n*tileWidth < size; n++ {
		width := min(size-n*tileWidth, tileWidth)
		path := bundlePath(n, int(width))
		b, err := read(path)
		if err != nil {
			return nil, fmt.Errorf("the log's bundle %s cannot be read: %w", path, err)
		}
		leaves, err := parseBundle(b, int(width))
		if err != nil {
			return nil, fmt.Errorf("the log's bundle %s: %w", path, err)
		}
		entries = append(entries, leaves...)
	}
	return entries, nil
}

// parseBundle reads exactly width entries, or any number for width -1.
func parseBundle(b []byte, width int) ([][]byte, error) {
	leaves := [][]byte{}
	for len(b) > 0 {
		if len(b) < 2 || len(b) < 2+int(binary.BigEndian.Uint16(b)) {
			return nil, fmt.Errorf("entry %d is cut short", len(leaves))
		}
		end := 2 + int(binary.BigEndian.Uint16(b))
		leaves, b = append(leaves, b[2:end:end]), b[end:]
	}
	if width >= 0 && len(leaves) != width {
		return nil, fmt.Errorf("%d entries instead of %d", len(leaves), width)
	}
	return leaves, nil
}

// treeFiles gives the bundles and tiles that a tree over entries has and the
// one of size old had not.
func treeFiles(entries [][]byte, hashes []Hash, old int64) []File {
	var files []File
	for _, t := range sumdb.NewTiles(tileHeight, old, int64(len(entries))) {
		data, err := sumdb.ReadTileData(t, hashReader(hashes))
		if err != nil {
			panic("tlog: a tile of hashes we hold: " + err.Error())
		}
		files = append(files, File{Path: tilePath(t), Data: data})
		if t.L == 0 {
			start := t.N * tileWidth
			leaves := entries[start : start+int64(t.W)]
			files = append(files, File{Path: bundlePath(t.N, t.W), Data: formatBundle(leaves)})
		}
	}
	return files
}

// fullTiles gives the paths of tiles and bundles that became full.
func fullTiles(old, size int64) []string {
	var paths []string
	for _, t := range sumdb.NewTiles(tileHeight, old, size) {
		if t.W != tileWidth {
			continue
		}
		paths = append(paths, tilePath(t))
		if t.L == 0 {
			paths = append(paths, bundlePath(t.N, t.W))
		}
	}
	return paths
}

// tilePath is C2SP's path: sumdb's without the height.
func tilePath(t sumdb.Tile) string {
	return "tile/" + strings.TrimPrefix(t.Path(), fmt.Sprintf("tile/%d/", tileHeight))
}

func bundlePath(n int64, width int) string {
	t := sumdb.Tile{H: tileHeight, L: 0, N: n, W: width}
	return "tile/entries/" + strings.TrimPrefix(tilePath(t), "tile/0/")
}

// storedHashes extends hashes, those of the first entries, to all of them.
func storedHashes(hashes []Hash, entries [][]byte) ([]Hash, error) {
	for n := storedEntries(hashes); n < int64(len(entries)); n++ {
		more, err := sumdb.StoredHashes(n, entries[n], hashReader(hashes))
		if err != nil {
			return nil, err
		}
		hashes = append(hashes, more...)
	}
	return hashes, nil
}

// storedEntries is the inverse of sumdb.StoredHashCount.
func storedEntries(hashes []Hash) int64 {
	lo, hi := int64(0), int64(len(hashes))
	for lo < hi {
		mid := (lo + hi + 1) / 2
		if sumdb.StoredHashCount(mid) <= int64(len(hashes)) {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	return lo
}

func rootOf(hashes []Hash, size int64) (Hash, error) {
	return sumdb.TreeHash(size, hashReader(hashes))
}

func hashReader(hashes []Hash) sumdb.HashReader {
	return sumdb.HashReaderFunc(func(indexes []int64) ([]Hash, error) {
		out := make([]Hash, len(indexes))
		for i, x := range indexes {
			if x < 0 || x >= int64(len(hashes)) {
				return nil, errors.New("a hash that the log does not hold")
			}
			out[i] = hashes[x]
		}
		return out, nil
	})
}
