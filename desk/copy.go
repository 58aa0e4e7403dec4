// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"tamizdat/desk/vault"
	"tamizdat/internal/durable"
)

// Backups, recovery shares, and what a desk does that came back from a copy.

// Backup writes an encrypted copy of this desk into a new file, and reads it back.
// It opens with the passphrase and the shares of now ([vault.OpenBackup]). The
// private keys of periods are not in it: whoever gets backup and passphrase one day
// reads what was open when it was made, and no letter that he kept from the drop.
// So a desk that is restored cannot open what is sealed to the keys that it had
// posted: letters of the current period and the two after it.
func (d *Desk) Backup(file string) error {
	if d.broken != nil {
		return fmt.Errorf("this desk must be opened again: %w", d.broken)
	}
	err := durable.CreateFileFrom(file, 0o600, func(w io.Writer) error {
		return d.v.Backup(w, func(secret string) bool { return strings.HasPrefix(secret, secretPeriod) })
	})
	if err != nil {
		return err
	}
	if err := d.checkBackup(file); err != nil {
		return errors.Join(fmt.Errorf("read the backup back: %w", err), durable.Remove(file))
	}
	return nil
}

func (d *Desk) checkBackup(file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	return d.v.CheckBackup(f)
}

// NewShares makes n recovery shares of which need open this desk, and voids those
// that were made before ([vault.Vault.NewShares]).
func (d *Desk) NewShares(need, n int) ([]vault.Share, error) { return d.v.NewShares(need, n) }

// Recovery tells how many recovery shares there are, or vault.ErrNoShares.
func (d *Desk) Recovery() (vault.Recovery, error) { return d.v.Recovery() }

// beginAgain is done by a desk that finds itself restored from a backup, before
// anything else. Killed in between, it is done again: one incarnation more is no
// harm.
func (d *Desk) beginAgain() error {
	if !d.v.Copied() {
		return nil
	}
	if err := d.NewIncarnation(); err != nil {
		return err
	}
	f := &found{d: d}
	for _, p := range slices.Sorted(maps.Keys(d.s.periods)) {
		if _, here := d.v.Secret(periodSecret(p)); here || d.s.periods[p].destroyed {
			continue
		}
		f.add(&periodDestroyed{Period: uint32(p)})
		f.alarm("restored", wordsOldKeys, fmt.Sprint("copy ", d.s.incarnation))
	}
	if err := f.commit(); err != nil {
		return err
	}
	return d.v.NoteCopied()
}

// Behind reports whether this desk came back from a copy and has not seen all logs
// whole since. It shows no letters then: it does not know which of them were
// answered, or came again. One that has no logs to look at is not behind.
//
// The casebook adds what colleagues' desks know: their events count like a log that
// must be seen.
func (d *Desk) Behind() bool {
	if len(d.s.unseen) == 0 {
		return false
	}
	_, err := d.member()
	return err == nil
}

// AcceptBehind shows the letters of a desk that is behind as they were when the copy
// was made: for one whose drop is gone.
func (d *Desk) AcceptBehind() error {
	if !d.Behind() {
		return nil
	}
	return d.commit(&behindAccepted{})
}

// behindAccepted tells that the person wants to see the letters of a copy although
// it may be behind.
type behindAccepted struct{}

func (*behindAccepted) kind() string { return "behind.accepted" }

func (*behindAccepted) apply(s *state, _ int64) error {
	clear(s.unseen)
	return nil
}

// Lock wipes the vault's keys and lets go of what this desk knows. Nothing can be
// done with it afterwards but to forget it; the error of every write is
// [vault.ErrLocked].
//
// What Go does not let us wipe: the keys inside the ciphers and the journalist's own,
// texts of letters, the passphrase as it was typed, until the garbage collector has
// used their memory again; and whatever the system has written to swap.
func (d *Desk) Lock() error {
	err := d.v.Close()
	clear(d.plan)
	d.s, d.keys, d.seed, d.plan, d.broken = newState(), nil, nil, nil, vault.ErrLocked
	d.opening, d.bundles, d.index = nil, nil, nil
	return err
}
