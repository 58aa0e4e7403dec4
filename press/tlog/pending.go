// SPDX-License-Identifier: Apache-2.0

package tlog

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

func formatPending(size int64, leaves [][]byte) []byte {
	b := []byte(pendingHeader + strconv.FormatInt(size, 10) + "\n")
	return append(b, formatBundle(leaves)...)
}

// readPending gives nil without a pending file, and an empty list for one
// whose entries are under the checkpoint already.
func (l *Log) readPending() ([][]byte, error) {
	b, err := os.ReadFile(filepath.Join(l.dir, "pending"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	rest, ok := strings.CutPrefix(string(b), pendingHeader)
	if !ok && strings.HasPrefix(string(b), pendingHeader[:len(pendingHeader)-len("1\n")]) {
		return nil, errors.New("the log folder was last used by a newer version of this program: use that one")
	}
	digits, bundle, ok2 := strings.Cut(rest, "\n")
	size, err := parseDecimal(digits)
	if !ok || !ok2 || err != nil {
		return nil, errors.New("the log folder's pending file is not one of ours; restore the folder from a copy")
	}
	leaves, err := parseBundle([]byte(bundle), -1)
	if err != nil {
		return nil, fmt.Errorf("the log folder's pending file: %w", err)
	}
	return l.matchPending(size, leaves)
}

func (l *Log) matchPending(size int64, leaves [][]byte) ([][]byte, error) {
	end := size + int64(len(leaves))
	switch {
	case size == l.Size():
		return leaves, nil
	case end == l.Size() && bytes.Equal(formatBundle(l.entries[size:]), formatBundle(leaves)):
		return [][]byte{}, nil
	}
	return nil, fmt.Errorf("the log folder's pending file continues a log of %d entries, but there are %d; restore the folder from a copy", size, l.Size())
}
