// SPDX-License-Identifier: Apache-2.0

// Package witness cosigns the checkpoints of other people's logs, after the
// C2SP tlog-witness protocol (spec/record.md §9).
//
// A witness calls [Open], [Witness.Trust] for each log, and serves
// [Witness.Handler]. A press calls [Client.AddCheckpoint]; tests may call the
// same method on a Witness itself.
//
// A witness vouches for one thing: that each tree it cosigned continues the
// one before. It refuses a log that it was not told to trust, a rollback and a
// fork, and its memory is on disk before a signature leaves. It does not look
// at entries and does not judge what is published.
package witness

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"tamizdat/internal/durable"
	"tamizdat/press/tlog"
)

// Request is one call of add-checkpoint.
type Request struct {
	Old        int64       // size that the witness is believed to have cosigned last
	Proof      []tlog.Hash // from Old to the checkpoint
	Checkpoint []byte
}

// The refusals, one for each status that is not 200.
var (
	ErrMalformed    = errors.New("the request is malformed")                                          // 400
	ErrUnsigned     = errors.New("the checkpoint is not signed by the key trusted for this log")      // 403
	ErrUnknownLog   = errors.New("this witness does not know the log")                                // 404
	ErrInconsistent = errors.New("the tree does not continue the one cosigned before: a fork")        // 422
	ErrFork         = errors.New("another tree of the same size was cosigned before: a fork")         // 409
	ErrInternal     = errors.New("the witness could not do its work; try later")                      // 500
	ErrProtocol     = errors.New("the answer is not one of a witness; check the address")             // seen by a client
	ErrBehind       = errors.New("the witness has seen a larger tree: this log has been rolled back") // seen by a client
)

// SizeError is the refusal of a request whose old size is not the one cosigned
// last (409). The client makes a proof from Size and asks again.
type SizeError struct{ Size int64 }

// Error names the size.
func (e *SizeError) Error() string {
	return fmt.Sprintf("the tree cosigned last has %d entries", e.Size)
}

// Witness is an open witness folder.
type Witness struct {
	dir    string
	key    tlog.CosignKey
	now    func() time.Time
	unlock func() error

	mu sync.Mutex // one request at a time: check and store must be one step
}

// Open opens the folder that [Init] made. The caller must Close it; a second
// process on the folder is refused.
func Open(dir string, now func() time.Time) (*Witness, error) {
	key, err := readKey(dir)
	if err != nil {
		return nil, err
	}
	unlock, err := tlog.Lock(filepath.Join(dir, ".lock"))
	if err != nil {
		return nil, err
	}
	if err := sweep(dir); err != nil {
		return nil, errors.Join(err, unlock())
	}
	return &Witness{dir: dir, key: key, now: now, unlock: unlock}, nil
}

// sweep clears what a killed process left half written among the states, and
// makes their folder. The folder above is left alone: [Trust] may be writing
// there at this moment.
func sweep(dir string) error {
	state := filepath.Join(dir, "state")
	if err := durable.MkdirAll(state, 0o700); err != nil {
		return err
	}
	return durable.Sweep(state)
}

// Close gives the folder free.
func (w *Witness) Close() error { return w.unlock() }

// Key gives the public key to hand to logs and readers.
func (w *Witness) Key() tlog.WitnessKey { return w.key.Witness() }

// AddCheckpoint verifies the request and gives the cosignature line. The tree
// is on disk when it returns nil.
func (w *Witness) AddCheckpoint(_ context.Context, r Request) (string, error) {
	origin, _, _ := strings.Cut(string(r.Checkpoint), "\n")
	log, err := findLog(w.dir, origin)
	if err != nil {
		return "", err
	}
	cp, err := tlog.ParseCheckpoint(r.Checkpoint, log)
	if errors.Is(err, tlog.ErrSignature) {
		return "", errors.Join(ErrUnsigned, err)
	}
	if err != nil {
		return "", errors.Join(ErrMalformed, err)
	}
	if r.Old < 0 || r.Old > cp.Size {
		return "", fmt.Errorf("%w: old size %d is above the checkpoint's %d", ErrMalformed, r.Old, cp.Size)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.advance(r, cp, log); err != nil {
		return "", err
	}
	return w.key.Cosign(cp, w.now())
}

// advance checks the tree against the stored one and stores it.
func (w *Witness) advance(r Request, cp tlog.Checkpoint, log tlog.LogKey) error {
	path := filepath.Join(w.dir, "state", stateName(log.Origin()))
	last, err := readState(path, log)
	if err != nil {
		return errors.Join(ErrInternal, err)
	}
	if r.Old != last.Size {
		return &SizeError{Size: last.Size}
	}
	if last.Size == cp.Size && last.Size > 0 && last.Root != cp.Root {
		return ErrFork
	}
	if err := tlog.CheckConsistency(r.Proof, last, cp.Tree); err != nil {
		return errors.Join(ErrInconsistent, err)
	}
	if err := durable.WriteFile(path, cp.Bytes(), 0o600); err != nil {
		return errors.Join(ErrInternal, err)
	}
	return nil
}

// stateName makes a file name of an origin that a stranger chose.
func stateName(origin string) string {
	sum := sha256.Sum256([]byte(origin))
	return hex.EncodeToString(sum[:])
}

// readState gives the tree cosigned last, or the empty one. A file that cannot
// be believed is an error: forgetting it would let a rollback through.
func readState(path string, log tlog.LogKey) (tlog.Tree, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return tlog.Tree{}, nil
	}
	if err != nil {
		return tlog.Tree{}, err
	}
	cp, err := tlog.ParseCheckpoint(b, log)
	return cp.Tree, err
}
