// SPDX-License-Identifier: Apache-2.0

package vault

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"tamizdat/internal/durable"
)

// ErrNoBackup means that a file is not a backup, or was changed or cut.
var ErrNoBackup = errors.New("this is no whole backup of a desk")

// Backup is a backup file. Call [OpenBackup], then [Backup.Unlock] or
// [Backup.UnlockWith], then [Backup.Restore]. It is not for use by several
// goroutines at once.
type Backup struct {
	f        io.ReadSeeker
	keyFile  []byte
	recovery []byte // nil where no shares had been made
	key      dataKey
	checked  bool
}

// OpenBackup looks at the beginning of a backup. It fails with [ErrNoBackup] or
// with what a later version's file is refused with. Nothing is believed yet.
func OpenBackup(f io.ReadSeeker) (*Backup, error) {
	b := &Backup{f: f}
	err := b.walk(nil, func(e entry) (err error) {
		switch e.name {
		case keyFileName:
			b.keyFile, err = e.small()
		case recoveryName:
			b.recovery, err = e.small()
		default:
			return errEnough
		}
		return err
	})
	if err != nil && !errors.Is(err, errEnough) {
		return nil, err
	}
	if err := checkKeyFile(b.keyFile); err != nil {
		return nil, notWhole(err)
	}
	if b.recovery == nil {
		return b, nil
	}
	return b, notWhole(checkRecovery(b.recovery))
}

// errEnough ends a walk that has seen what it came for.
var errEnough = errors.New("enough")

// notWhole keeps the word of damage to a folder out of what is said of a file.
func notWhole(err error) error {
	if errors.Is(err, ErrDamaged) {
		return ErrNoBackup
	}
	return err
}

// Unlock opens the backup with the passphrase of its time and checks all of it. It
// fails with [ErrPassphrase] or [ErrNoBackup].
func (b *Backup) Unlock(passphrase []byte) error {
	k, err := unwrapKey(b.keyFile, passphrase)
	if err != nil {
		return notWhole(err)
	}
	return b.check(k)
}

// Papers begins to open the backup with the shares of its time. It fails with
// [ErrNoShares].
func (b *Backup) Papers() (*Papers, error) {
	if b.recovery == nil {
		return nil, ErrNoShares
	}
	return papersFor(b.recovery), nil
}

// UnlockWith is Unlock with enough shares.
func (b *Backup) UnlockWith(p *Papers) error {
	k, err := p.open()
	if err != nil {
		return err
	}
	return b.check(k)
}

// CheckBackup reads a backup that this vault wrote, to its end, and fails with
// [ErrNoBackup] if it is not whole.
func (v *Vault) CheckBackup(f io.ReadSeeker) error {
	b, err := OpenBackup(f)
	if err != nil {
		return err
	}
	defer clear(b.key[:])
	return b.check(v.key)
}

// check reads the whole file and compares what it ends in.
func (b *Backup) check(k dataKey) error {
	if err := b.walk(&k, func(entry) error { return nil }); err != nil {
		return err
	}
	b.key, b.checked = k, true
	return nil
}

// Restore makes dir, which must be empty or absent, the vault of the backup. With a
// passphrase it gets that one, with these costs; with an empty one it keeps that
// of the backup. The vault says [Vault.Copied] until that is noted. Killed at any
// moment it leaves a folder that is no vault yet, in which it can be repeated.
func (b *Backup) Restore(dir string, passphrase []byte, costs Params) (err error) {
	if !b.checked {
		return ErrPassphrase
	}
	keyFile := b.keyFile
	if len(passphrase) > 0 {
		if keyFile, err = wrapKey(&b.key, passphrase, costs); err != nil {
			return err
		}
	}
	return b.restore(dir, keyFile, createPlain)
}

// maker makes a new file; tests put a disk that fails in its place.
type maker func(path string) (file, error)

func createPlain(path string) (file, error) {
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
}

func (b *Backup) restore(dir string, keyFile []byte, create maker) error {
	if err := durable.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	lock, err := lockFolder(dir)
	if err != nil {
		return err
	}
	return errors.Join(b.restoreLocked(dir, keyFile, create), unlockFolder(lock))
}

// restoreLocked writes the key file last, when all others and their names are on
// disk.
func (b *Backup) restoreLocked(dir string, keyFile []byte, create maker) error {
	if err := checkUnused(dir); err != nil {
		return err
	}
	objects := filepath.Join(dir, objectsName)
	if err := durable.MkdirAll(objects, 0o700); err != nil {
		return err
	}
	err := b.walk(&b.key, func(e entry) error {
		path := filepath.Join(dir, filepath.FromSlash(e.name))
		switch e.name {
		case keyFileName:
			return nil
		case recoveryName: // whole or not there, so that a leftover is known for what it is
			return durable.WriteFile(path, b.recovery, 0o600)
		}
		return writeSynced(create, path, e)
	})
	if err != nil {
		return err
	}
	if err := errors.Join(durable.SyncDir(objects), durable.SyncDir(dir)); err != nil {
		return err
	}
	return durable.CreateFile(filepath.Join(dir, keyFileName), keyFile, 0o600)
}

func writeSynced(create maker, path string, e entry) error {
	f, err := create(path)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, e.content)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// Close wipes the key. The file is the caller's.
func (b *Backup) Close() { clear(b.key[:]) }

// String implements [fmt.Stringer] and hides the key.
func (*Backup) String() string { return redacted }

// GoString implements [fmt.GoStringer] and hides the key.
func (*Backup) GoString() string { return redacted }

// Format implements [fmt.Formatter] and hides the key from every verb.
func (*Backup) Format(s fmt.State, _ rune) { io.WriteString(s, redacted) }
