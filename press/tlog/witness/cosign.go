// SPDX-License-Identifier: Apache-2.0

package witness

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tamizdat/press/tlog"
)

// Adder is a witness as a log sees it: a [Client], or a [Witness] in the same
// process.
type Adder interface {
	AddCheckpoint(ctx context.Context, r Request) (string, error)
}

// Prover makes consistency proofs to its own newest checkpoint.
type Prover interface {
	Checkpoint() (tlog.Checkpoint, bool)
	Consistency(old int64) ([]tlog.Hash, error)
}

// Cosign has a witness cosign the log's newest checkpoint and gives the one
// verified signature line by key. It first guesses that the witness knows
// nothing; the witness answers with the size it knows.
func Cosign(ctx context.Context, a Adder, key tlog.WitnessKey, log Prover, now time.Time) (string, error) {
	cp, ok := log.Checkpoint()
	if !ok {
		return "", errors.New("an empty log has nothing to cosign")
	}
	lines, err := ask(ctx, a, log, cp, 0)
	var size *SizeError
	if errors.As(err, &size) {
		if size.Size > cp.Size {
			return "", fmt.Errorf("%w: it knows %d entries, this log has %d; another copy of this press is at work, or the folder was restored from an old copy", ErrBehind, size.Size, cp.Size)
		}
		lines, err = ask(ctx, a, log, cp, size.Size)
	}
	if err != nil {
		return "", err
	}
	return tlog.PickCosignature(cp, lines, key, now)
}

func ask(ctx context.Context, a Adder, log Prover, cp tlog.Checkpoint, old int64) (string, error) {
	proof, err := log.Consistency(old)
	if err != nil {
		return "", err
	}
	return a.AddCheckpoint(ctx, Request{Old: old, Proof: proof, Checkpoint: cp.Bytes()})
}
