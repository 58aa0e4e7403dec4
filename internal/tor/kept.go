// SPDX-License-Identifier: Apache-2.0

package tor

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"tamizdat/internal/durable"
	"tamizdat/internal/pause"
)

// The files in a kept folder beside tor's own.
const (
	lockName  = "tamizdat-lock"
	socksName = "socks" // where the tor of the one who holds the lock listens
)

// shareLimit is how long to wait for a tor that another program is starting. It
// listens long before it has joined the network.
const shareLimit = 10 * time.Second

// errLocked says that another program has the folder, and that its tor does not
// answer.
var errLocked = errors.New("another program has this tor")

// kept is a folder that is kept, held by us. The system lets go of the lock when
// we end, however we end; the note of the port may then stay and point to nobody.
type kept struct {
	dir  string
	lock *os.File
}

// keep starts a tor in Keep, or finds the one that another program has started
// there. Two programs with entries into the network of their own would, over
// time, double the chance of an enemy's.
func (f *Finder) keep(ctx context.Context, extra string) error {
	if err := durable.MkdirAll(f.Keep, 0o700); err != nil {
		return err
	}
	limit := f.wait
	if limit == 0 {
		limit = shareLimit
	}
	waiting, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	for {
		lock, err := lockFile(filepath.Join(f.Keep, lockName))
		if err == nil {
			f.kept = &kept{f.Keep, lock}
			return f.startKept(ctx, extra)
		}
		if !errors.Is(err, errLocked) {
			return err
		}
		if f.shared = sharedIn(ctx, f.Keep); f.shared != "" {
			return nil
		}
		if pause.For(waiting, lookAgain) != nil {
			return errLocked
		}
	}
}

// startKept starts a tor in the folder that we hold, and tells the others.
func (f *Finder) startKept(ctx context.Context, extra string) (err error) {
	if err := f.kept.forget(); err != nil {
		return err
	}
	if f.own, err = Start(ctx, Options{Dir: f.Keep, Socks: true, Extra: extra}); err != nil {
		return err
	}
	return f.kept.note(f.own.Socks())
}

// sharedIn is where the tor of a kept folder listens, or empty where none answers.
// The note may be old: a SOCKS port that greets is all that can be known, as at
// the usual places.
func sharedIn(ctx context.Context, dir string) string {
	b, err := os.ReadFile(filepath.Join(dir, socksName))
	at := strings.TrimSuffix(string(b), "\n")
	if err != nil || checkSocks(at) != nil || !speaksSOCKS(ctx, at) {
		return ""
	}
	return at
}

func (k *kept) note(socks string) error {
	if k.lock == nil {
		return nil // nobody shares without locks
	}
	return durable.WriteFile(filepath.Join(k.dir, socksName), []byte(socks+"\n"), 0o600)
}

func (k *kept) forget() error {
	if k.lock == nil {
		return nil
	}
	if err := durable.Remove(filepath.Join(k.dir, socksName)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// release gives the folder to whoever wants it next.
func (k *kept) release() error {
	if k.lock == nil {
		return nil
	}
	return errors.Join(k.forget(), k.lock.Close())
}
