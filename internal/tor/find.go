// SPDX-License-Identifier: Apache-2.0

package tor

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"tamizdat/internal/cli"
)

// readyLimit is how long a tor that we start may take to join the network.
const readyLimit = 5 * time.Minute

// ExtraVariable names, in the environment, a file with further settings for a
// tor that a program starts. It is for tests, which have a network of their own;
// the file must belong to the user.
const ExtraVariable = "TAMIZDAT_TOR_EXTRA"

// usualPorts are where Tor usually listens: as a service, and in Tor Browser.
func usualPorts() []string { return []string{"127.0.0.1:9050", "127.0.0.1:9150"} }

// Finder finds Tor when it is needed: at the SOCKS port it was told, else at the
// usual ports, else it starts a tor of its own, once, and ends it when it is
// closed.
//
// A tor of its own has no memory unless Keep says where: without, each time it
// chooses its entry into the network anew, and who does so often will one day
// choose an enemy's (guard-spec). A source comes seldom and must leave nothing
// behind; a desk comes every hour. Programs that keep the same folder share one
// tor: whoever started it has it, the others use its SOCKS port.
//
// What is not kept is in memory where the system has a place for that (Linux),
// else among temporary files, unless OnlyInMemory forbids that. It is deleted at
// the end; a program that is killed leaves it, in memory until the machine is
// started anew. It holds what tor has downloaded of the network, and nothing of
// what was sent or asked for.
type Finder struct {
	Socks  string              // where Tor listens, if that is known
	Getenv func(string) string // the environment
	Tell   func(string)        // called with a sentence where a person must wait; may be nil
	Keep   string              // folder in which a tor of its own remembers its entries into the network; may be empty

	// OnlyInMemory has it start no tor where what is not kept would be on a disk.
	OnlyInMemory bool

	usual  []string      // in place of usualPorts, for tests
	memory []string      // in place of what the environment says, for tests
	wait   time.Duration // in place of shareLimit, for tests

	mu     sync.Mutex
	own    *Process
	dir    string // of own, to be deleted with it; empty for Keep
	kept   *kept  // of own in Keep; nil elsewhere
	shared string // SOCKS port of another program's tor in Keep
}

// To is the way to an address, http://host or http://host:port. It is nil for an
// address on this machine if no SOCKS port was given, which means directly.
func (f *Finder) To(ctx context.Context, address string) (DialFunc, error) {
	local, err := OnThisMachine(address)
	if err == nil && !local {
		err = checkAddress(address)
	}
	switch {
	case err != nil:
		return nil, err
	case f.Socks != "":
		return Through(f.Socks)
	case local:
		return nil, nil
	}
	socks, err := f.find(ctx)
	if err != nil {
		return nil, err
	}
	return Through(socks)
}

// Close ends the tor that was started, if one was.
func (f *Finder) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.end()
}

func (f *Finder) end() error {
	var err error
	if f.own != nil {
		err = f.own.Close()
	}
	if f.dir != "" {
		err = errors.Join(err, os.RemoveAll(f.dir))
	}
	if f.kept != nil { // last: whoever gets the folder may start a tor in it
		err = errors.Join(err, f.kept.release())
	}
	f.own, f.dir, f.kept, f.shared = nil, "", nil, ""
	return err
}

// find is the SOCKS port of a tor that is there now.
func (f *Finder) find(ctx context.Context) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.own != nil && !f.own.Ended() {
		return f.own.Socks(), nil
	}
	if f.shared != "" && speaksSOCKS(ctx, f.shared) {
		return f.shared, nil
	}
	if err := f.end(); err != nil {
		return "", err
	}
	extra, err := Extra(f.Getenv)
	if err != nil {
		return "", err
	}
	if extra == "" { // a Tor that is there knows nothing of a network of tests
		if at := f.running(ctx); at != "" {
			return at, nil
		}
	}
	if err := f.start(ctx, extra); err != nil {
		return "", errors.Join(err, f.end())
	}
	if f.shared != "" {
		return f.shared, nil
	}
	return f.own.Socks(), nil
}

// There is where a Tor listens now: at the SOCKS port that was given, or at a
// usual one; "" where none does. Nothing is started, and nothing but this machine
// is asked.
func (f *Finder) There(ctx context.Context) (string, error) {
	if f.Socks == "" {
		return f.running(ctx), nil
	}
	if err := checkSocks(f.Socks); err != nil {
		return "", err
	}
	if speaksSOCKS(ctx, f.Socks) {
		return f.Socks, nil
	}
	return "", nil
}

// running is the first of the usual places where something speaks as Tor does.
func (f *Finder) running(ctx context.Context) string {
	usual := f.usual
	if usual == nil {
		usual = usualPorts()
	}
	for _, at := range usual {
		if speaksSOCKS(ctx, at) {
			return at
		}
	}
	return ""
}

func (f *Finder) start(ctx context.Context, extra string) error {
	err := f.startOwn(ctx, extra)
	if errors.Is(err, ErrNotInstalled) {
		return cli.WithHint(errors.New("no Tor runs on this machine, and without it your network would see where you go"), howToInstall)
	}
	if err != nil || f.shared != "" {
		return err
	}
	f.tell("Tor does not run on this machine; starting one for this once. It takes a minute or so.")
	ctx, cancel := context.WithTimeout(ctx, readyLimit)
	defer cancel()
	var last Phase
	if err := f.own.Ready(ctx, func(p Phase) { last = p }); err != nil {
		return cli.WithHint(fmt.Errorf("this tor did not get into the network, it came to %d %% (%s): %w", last.Percent, last.Summary, err),
			"where Tor is blocked, open Tor Browser, have it connect by a bridge, and leave it open")
	}
	f.tell("Tor is ready.")
	return nil
}

// startOwn starts a tor that remembers, or has another program's that does. Where
// that is not wanted or does not work it starts one that forgets.
func (f *Finder) startOwn(ctx context.Context, extra string) error {
	if f.Keep != "" {
		err := f.keep(ctx, extra)
		if err == nil || errors.Is(err, ErrNotInstalled) || ctx.Err() != nil {
			return err
		}
		if err := f.end(); err != nil {
			return err
		}
	}
	place := f.inMemory()
	if place == "" && f.OnlyInMemory {
		return cli.WithHint(errors.New("no Tor runs on this machine, and one that was started now would write to a disk"),
			"open Tor Browser and leave it open, then try again")
	}
	var err error
	if f.dir, err = os.MkdirTemp(place, "tor"); err != nil {
		return err
	}
	f.own, err = Start(ctx, Options{Dir: f.dir, Socks: true, Extra: extra})
	return err
}

func (f *Finder) tell(sentence string) {
	if f.Tell != nil {
		f.Tell(sentence)
	}
}

// inMemory is a folder that is not on a disk, or empty where there is none. What
// it holds may still reach a swap partition.
func (f *Finder) inMemory() string {
	candidates := f.memory
	if candidates == nil {
		candidates = []string{f.Getenv("XDG_RUNTIME_DIR"), "/dev/shm"}
	}
	for _, dir := range candidates {
		if filepath.IsAbs(dir) && onlyMemory(dir) && writable(dir) {
			return dir
		}
	}
	return ""
}

func writable(dir string) bool {
	probe, err := os.MkdirTemp(dir, "tor")
	return err == nil && os.Remove(probe) == nil
}

// Extra reads the settings that [ExtraVariable] names; none if it is not set.
func Extra(getenv func(string) string) (string, error) {
	path := getenv(ExtraVariable)
	if path == "" {
		return "", nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("%s: %w", ExtraVariable, err)
	}
	if !info.Mode().IsRegular() || !ours(info) || info.Mode().Perm()&0o022 != 0 {
		return "", fmt.Errorf("%s names a file that others could have written", ExtraVariable)
	}
	b, err := os.ReadFile(path)
	return string(b), err
}
