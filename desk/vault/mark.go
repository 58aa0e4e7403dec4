// SPDX-License-Identifier: Apache-2.0

package vault

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
)

// The mark says how far the journal was acknowledged. It is two slots in two
// disk sectors, written in turn, so that a power cut during one leaves the
// other:
//
//	slot = u64 records ‖ u64 bytes ‖ [32] chain ‖ [32] HMAC-SHA256 of these ‖ zeros
//
// A record is acknowledged when its mark is synced, and not before. So a mark
// that was lost belongs to a record that nobody was promised.
const (
	slotSize = 512
	slotUsed = 8 + 8 + 32
)

func (j *journal) slot(p point) []byte {
	b := binary.BigEndian.AppendUint64(make([]byte, 0, slotSize), p.count)
	b = binary.BigEndian.AppendUint64(b, uint64(p.offset))
	b = append(b, p.chain[:]...)
	b = append(b, j.markSum(b)...)
	return b[:slotSize]
}

func (j *journal) markSum(b []byte) []byte {
	mac := hmac.New(sha256.New, j.markKey)
	mac.Write(b)
	return mac.Sum(nil)
}

// firstMark fills both slots, so that a missing slot is never normal.
func (j *journal) firstMark() []byte {
	return append(j.slot(j.end), j.slot(j.end)...)
}

func (j *journal) writeMark() error {
	at := int64(j.end.count%2) * slotSize
	if _, err := j.mark.WriteAt(j.slot(j.end), at); err != nil {
		return err
	}
	return j.mark.Sync()
}

// readMark returns the later of the two slots. One may be torn, not both.
func (j *journal) readMark(dir string) (point, error) {
	b, err := os.ReadFile(filepath.Join(dir, markName))
	if err != nil {
		return point{}, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if len(b) != 2*slotSize {
		return point{}, fmt.Errorf("%w: its mark has a wrong length", ErrDamaged)
	}
	first, ok1 := j.parseSlot(b[:slotSize])
	second, ok2 := j.parseSlot(b[slotSize:])
	switch {
	case ok1 && (!ok2 || first.count >= second.count):
		return first, nil
	case ok2:
		return second, nil
	}
	return point{}, fmt.Errorf("%w: its mark cannot be read", ErrDamaged)
}

func (j *journal) parseSlot(b []byte) (point, bool) {
	if !hmac.Equal(b[slotUsed:slotUsed+32], j.markSum(b[:slotUsed])) {
		return point{}, false
	}
	return point{
		count:  binary.BigEndian.Uint64(b),
		offset: int64(binary.BigEndian.Uint64(b[8:])),
		chain:  [32]byte(b[16:48]),
	}, true
}
