// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"context"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/bits"
)

// WorkSlotSlack is by how much the slot of a piece of work may differ from the
// drop's (spec/drop.md §8).
const WorkSlotSlack = 2

// CheckWorkSlot reports whether work for slot is good at a drop whose slot is now:
// ErrExpired if it is for another hour.
func CheckWorkSlot(slot, now uint64) error {
	if max(slot, now)-min(slot, now) > WorkSlotSlack {
		return fail("work", ErrExpired, "it was done for another hour")
	}
	return nil
}

// CheckWork is WorkDone as an error, ErrWork.
func CheckWork(nr NewsroomKey, slot uint64, subject Hash, counter uint64, iterations uint32, bits int) error {
	if !WorkDone(nr, slot, subject, counter, iterations, bits) {
		return fail("work", ErrWork, "fewer than %d zero bits", bits)
	}
	return nil
}

// WorkDone reports whether counter is work of so many bits for the subject
// (spec/drop.md §8). No bits at all are always done.
func WorkDone(nr NewsroomKey, slot uint64, subject Hash, counter uint64, iterations uint32, bits int) bool {
	return leadingZeros(workHash(workPassword(nr, slot, subject), counter, iterations)) >= bits
}

// DoWork looks for a counter; that takes 2^bits tries of so many iterations on
// average. The search begins at a random place, so that the counter tells nothing of
// the searcher's machine. It stops with ctx's error when ctx ends.
func DoWork(ctx context.Context, nr NewsroomKey, slot uint64, subject Hash, iterations uint32, bits int) (counter uint64, err error) {
	password := workPassword(nr, slot, subject)
	for counter = randomCounter(); ctx.Err() == nil; counter++ {
		if leadingZeros(workHash(password, counter, iterations)) >= bits {
			return counter, nil
		}
	}
	return 0, fmt.Errorf("work: given up: %w", ctx.Err())
}

func randomCounter() uint64 {
	var b [8]byte
	if _, err := rand.Read(b[:]); err != nil {
		panic("wire: the system has no randomness: " + err.Error()) // crypto/rand.Read never fails
	}
	return binary.BigEndian.Uint64(b[:])
}

func workPassword(nr NewsroomKey, slot uint64, subject Hash) string {
	b := make([]byte, 0, 72)
	b = append(b, nr[:]...)
	b = binary.BigEndian.AppendUint64(b, slot)
	b = append(b, subject[:]...)
	sum := HashTag(tagWork, b)
	return string(sum[:])
}

func workHash(password string, counter uint64, iterations uint32) []byte {
	salt := binary.BigEndian.AppendUint64(nil, counter)
	out, err := pbkdf2.Key(sha256.New, password, salt, int(iterations), 32)
	if err != nil {
		panic("wire: pbkdf2 refused fixed parameters: " + err.Error())
	}
	return out
}

func leadingZeros(b []byte) int {
	n := 0
	for _, v := range b {
		n += bits.LeadingZeros8(v)
		if v != 0 {
			break
		}
	}
	return n
}

// Padme rounds a number of chunks up so that few different ones exist
// (spec/attachments.md §1). Below 1 it gives 1.
func Padme(chunks int) int {
	if chunks < 1 {
		return 1
	}
	e := bits.Len(uint(chunks)) - 1
	s := bits.Len(uint(e)) // ⌊log2 e⌋ + 1, and 0 for 0
	if e <= s {
		return chunks
	}
	step := 1 << (e - s)
	return (chunks + step - 1) / step * step
}
