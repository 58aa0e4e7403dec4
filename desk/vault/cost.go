// SPDX-License-Identifier: Apache-2.0

package vault

import (
	"time"

	"golang.org/x/crypto/argon2"
)

// What MeasureParams aims at. One try at the passphrase is what a person waits
// for at each command, and what a thief pays for each guess. The floor in memory
// holds on every machine: one too slow for it waits longer. The ceiling leaves a
// laptop of 8 GB, with a browser and a second command at work, out of its swap:
// what is swapped out lies on a disk. Past it only the passes grow.
const (
	costTarget   = 500 * time.Millisecond
	costFloor    = 64 << 10  // KiB
	costCeiling  = 256 << 10 // KiB
	costStep     = 16 << 10  // KiB: memory is a multiple of it
	costPasses   = 3         // RFC 9106 §4, the second recommended choice
	costMaxPass  = 16
	costThreads  = 4
	costAttempts = 2 // the faster one counts: whatever else runs makes a machine look slow
)

// Took is how long one try with these costs takes on this machine, by its clock.
func Took(p Params) time.Duration {
	start := time.Now()
	argon2.IDKey([]byte("measure"), make([]byte, 16), p.Passes, p.MemoryKiB, p.Threads, 32)
	return time.Since(start)
}

// MeasureParams chooses the costs of a passphrase for the machine on which one
// try with given costs takes as long as took says ([Took] in earnest): about half
// a second, with 64 to 256 MiB. They stand in the key file, so a folder that moves
// to another machine opens there with the costs of the first, until its passphrase
// is changed.
func MeasureParams(took func(Params) time.Duration) Params {
	p := Params{MemoryKiB: costFloor, Passes: costPasses, Threads: costThreads}
	p.MemoryKiB = within(scaled(p.MemoryKiB, fastest(took, p))/costStep*costStep, costFloor, costCeiling)
	if p.MemoryKiB == costCeiling {
		p.Passes = within(scaled(p.Passes, fastest(took, p)), costPasses, costMaxPass)
	}
	return p
}

func fastest(took func(Params) time.Duration, p Params) time.Duration {
	best := took(p)
	for range costAttempts - 1 {
		best = min(best, took(p))
	}
	return max(best, 1)
}

// scaled is the cost that takes the target's time where cost took d: both memory
// and passes are in proportion to the time.
func scaled(cost uint32, d time.Duration) uint32 {
	return uint32(min(uint64(cost)*uint64(costTarget)/uint64(d), 1<<31))
}

func within(x, low, high uint32) uint32 { return min(max(x, low), high) }
